"""Number the quotes of a draft in order of first use, set the markers, and make the answer."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rag.answering.draft import Draft
from rag.origins import origin_of
from rag.types import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Document,
    IndexInfo,
    Page,
    QueryPlan,
    Question,
    Quote,
    ResultItem,
    ResultSet,
    TrialVerdict,
)
from rag.verification import MARKER, fits

_QUOTE_END = '"'  # a sentence that ends with quoted words gets its full stop behind the markers
MAX_MARKERS = 12  # markers a sentence may carry; the result set cites every trial all the same


@dataclass
class _Numbering:
    """Quotes in order of first use; the same words of the same trial keep one number."""

    document: Callable[[str], Document | Page]
    title: Callable[[str], str]
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[Quote, int] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    dropped: int = 0

    def number(self, quote: Quote) -> int | None:
        if quote not in self.numbers:
            document = self.document(quote.trial_id)
            if not fits(quote, document):
                self.dropped += 1
                return None
            self.numbers[quote] = len(self.citations) + 1
            self.seen[quote.trial_id] += 1
            self.citations.append(cite(quote, document, self.numbers[quote], nth=self.seen[quote.trial_id]))
        return self.numbers[quote]

    def all(self, quotes: Iterable[Quote]) -> tuple[int, ...]:
        numbers = (self.number(quote) for quote in quotes)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))


def cite(quote: Quote, document: Document | Page, index: int, *, nth: int = 1) -> Citation:
    """A numbered citation of words of a document, the `nth` of its trial.

    Chat front ends merge sources of equal title or url, so from the second on both carry the place quoted.
    """
    span = quote.span
    section = section_of(document, quote)
    return Citation(
        index=index,
        trial_id=document.trial_id,
        title=document.title if nth == 1 else f"{document.title} · {section} {nth}",
        section=section,
        cited_text=span.of(document.text),
        start=span.start,
        end=span.end,
        document_sha256=document.sha256,
        source=document.source,
        origin=origin_of(document, span),
        url=document.url if nth == 1 else f"{document.url}#{span.start}-{span.end}",
        view_url=f"/trials/{document.trial_id}?c={span.start}-{span.end}",
    )


def section_of(document: Document | Page, quote: Quote) -> str:
    for section in document.sections:
        if section.span.start <= quote.span.start < section.span.end:
            return section.name
    return "other"


def finish(
    draft: Draft,
    question: Question,
    plan: QueryPlan,
    *,
    document: Callable[[str], Document | Page],
    index: IndexInfo,
    title: Callable[[str], str] | None = None,
) -> Answer:
    """The whole answer, every marker resolved. Timings are the caller's to add.

    `title` spares opening a record for its title alone.
    """
    numbering = _Numbering(document, title or (lambda trial: document(trial).title))
    sentences = [_with_markers(claim, numbering) for claim in draft.claims if claim.text.strip()]
    result_set = None if draft.verdicts is None else _result_set(draft, draft.verdicts, numbering)
    abstention = None
    if draft.reason is not None:
        nearest = [q for q in draft.nearest if fits(q, document(q.trial_id))]
        cited = tuple(cite(q, document(q.trial_id), n) for n, q in enumerate(nearest, 1))
        abstention = Abstention(draft.reason, draft.claims[0].text, cited)
    warnings = list(draft.warnings)
    if plan.unread and draft.verdicts is not None:
        warnings.append(f"these words of the question were not read: {', '.join(plan.unread)}")
    if plan.left_out:
        told = " ".join(plan.left_out)
        warnings.append(f"this was told beside the question and used for nothing: {told}")
    if plan.counted:
        warnings.append(f"times that the question gives relative to today were {plan.counted}")
    if numbering.dropped:
        warnings.append(f"{numbering.dropped} citations did not fit their document and were dropped")
    return Answer(
        id=_answer_id(question, index),
        question=question.text,
        status=draft.status,
        answer=_joined(sentences),
        result_set=result_set,
        citations=tuple(numbering.citations),
        abstention=abstention,
        plan=plan,
        mode="extractive",
        warnings=tuple(warnings),
        timings_ms={},
        index=index,
    )


def _joined(sentences: list[str]) -> str:
    """Sentences in a line; those that start a list stand on lines of their own."""
    text = ""
    for sentence in sentences:
        gap = "" if not text else "\n" if sentence.startswith("- ") else " "
        if text.rpartition("\n")[2].startswith("- ") and not sentence.startswith("- "):
            gap = "\n"
        text += gap + sentence
    return text


def _with_markers(claim: Claim, numbering: _Numbering) -> str:
    markers = "".join(f"[{number}]" for number in numbering.all(claim.quotes[:MAX_MARKERS]))
    text = MARKER.sub(r"(\1)", claim.text.rstrip())  # a record's own '[10]' would pass for a citation
    if not markers:
        return text
    if text[-1] in ".?!":
        return f"{text[:-1]} {markers}{text[-1]}"
    return f"{text} {markers}{'.' if text.endswith(_QUOTE_END) else ''}"


def _result_set(draft: Draft, verdicts: tuple[TrialVerdict, ...], numbering: _Numbering) -> ResultSet:
    items = tuple(
        ResultItem(
            trial_id=verdict.trial_id,
            title=numbering.title(verdict.trial_id),
            verdict=verdict.verdict,
            reason=verdict.reason,
            values=verdict.values,
            citations=numbering.all(verdict.quotes),
            unknown=verdict.unknown,
        )
        for verdict in verdicts
    )
    return ResultSet(draft.total, draft.considered, draft.complete, items, draft.accounting)


def _answer_id(question: Question, index: IndexInfo) -> str:
    """The same question over the same index has the same id."""
    turns = "\x1f".join(f"{turn.role}\x1e{turn.content}" for turn in question.history)
    material = "\x1d".join((index.id, question.text, turns, ",".join(question.trial_ids), question.mode))
    return "ans_" + hashlib.sha256(material.encode("utf-8", "surrogatepass")).hexdigest()[:24]
