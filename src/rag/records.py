"""Records as plain objects for callers: one trial, its criteria, the list of trials, hits of a search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rag.codec import to_plain
from rag.criteria.concepts import load_concepts
from rag.criteria.lexicon import load_variables
from rag.types import Atom, Citation, Clause, Constraint, Criterion, Document, ReadTrial, Span, State

_LONG_FIGURE = re.compile(r"\d+\.\d{4,}")


def trial_json(document: Document) -> dict[str, Any]:
    """One record with its canonical text, which every offset counts in."""
    return {
        "trial_id": document.trial_id,
        "title": document.title,
        "url": document.url,
        "view_url": f"/trials/{document.trial_id}",
        "source": document.source,
        "document_sha256": document.sha256,
        "facts": to_plain(document.facts),
        "sections": [{"name": section.name, **_ends(section.span)} for section in document.sections],
        "fields": [{"name": field.name, **_ends(field.span)} for field in document.fields],
        "text": document.text,
    }


def criteria_json(read: ReadTrial, document: Document) -> dict[str, Any]:
    """The parsed criteria in text order, each with its quote; unread parts say why."""
    return {
        "trial_id": read.trial_id,
        "title": document.title,
        "document_sha256": document.sha256,
        "criteria": [_criterion(criterion, document.text) for criterion in read.criteria],
        "findings": [
            {"kind": f.kind, "message": f.message, "quotes": [_quoted(span, document.text) for span in f.spans]}
            for f in read.findings
        ],
    }


def trials_json(summaries: Iterable[Any], *, total: int) -> dict[str, Any]:
    """A page of the list of trials."""
    lines = [
        {
            "trial_id": summary.trial_id,
            "title": summary.title,
            "acronym": summary.acronym,
            "status": summary.status,
            "phases": list(summary.phases),
            "conditions": list(summary.conditions),
            "sponsor": summary.sponsor,
            "countries": list(summary.countries),
            "view_url": f"/trials/{summary.trial_id}",
        }
        for summary in summaries
    ]
    return {"total": total, "trials": lines}


def search_json(query: str, hits: Iterable[tuple[Citation, float]]) -> dict[str, Any]:
    """Passages, best first."""
    return {"query": query, "hits": [{**to_plain(citation), "score": round(score, 6)} for citation, score in hits]}


def _criterion(criterion: Criterion, text: str) -> dict[str, Any]:
    return {
        "criterion_id": criterion.criterion_id,
        "polarity": str(criterion.polarity),
        "section": criterion.section,
        **_quoted(criterion.span, text),
        "headings": list(criterion.headings),
        "requires": [_clause(clause, text) for clause in criterion.requires],
    }


def _clause(clause: Clause, text: str) -> dict[str, Any]:
    return {
        **_quoted(clause.span, text),
        "any_of": [_atom(atom, text) for atom in clause.alternatives],
        "scope": [{"kind": str(scope.kind), "text": scope.text} for scope in clause.scope],
        "exceptions": [_quoted(span, text) for span in clause.exceptions],
        "window": clause.window.text if clause.window else None,
    }


def _atom(atom: Atom, text: str) -> dict[str, Any]:
    quoted = _quoted(atom.span, text)
    if isinstance(atom, Constraint):
        return {
            "is": "constraint",
            "variable": atom.variable,
            "admits": atom.admits.describe(atom.unit),
            "stated": atom.stated,
            "inferred": atom.inferred,
            "words": _limit_words(atom),
            **quoted,
        }
    if isinstance(atom, State):
        label = _concept_label(atom.concept)
        words = label if atom.present else f"no {label}"
        return {"is": "state", "concept": atom.concept, "present": atom.present, "words": words, **quoted}
    words = f"not read ({atom.reason})"
    return {"is": "unread", "variable": atom.variable, "reason": atom.reason, "words": words, **quoted}


def _limit_words(constraint: Constraint) -> str:
    """'eGFR ≥ 60 mL/min'; a converted figure is rounded for reading and the words of the source stand beside it."""
    variable = load_variables().get(constraint.variable)
    exact = constraint.admits.describe(constraint.unit)
    shown = _LONG_FIGURE.sub(lambda figure: f"{float(figure.group()):.4g}", exact)
    words = f"{variable.label if variable else constraint.variable} {shown}"
    return words if shown == exact else f"{words} (stated: {constraint.stated})"


def _concept_label(concept: str) -> str:
    known = load_concepts().get(concept)
    return known.label if known else concept.replace("_", " ")


def _quoted(span: Span, text: str) -> dict[str, Any]:
    return {**_ends(span), "text": span.of(text)}


def _ends(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
