"""Merges what two readers labelled: finds each quote in its text, takes what both say, lists and counts the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import UsageError
from rag.evaluation.criteria_gold import (
    CriteriaGold,
    GoldConcept,
    GoldLimit,
    GoldTrial,
    parse_admits,
    same_limit,
    without_doubles,
    write_admits,
)
from rag.evaluation.gold import strict_object
from rag.values import Values

ToCanonical = Callable[[str, str, Values], Values]
"""(variable, unit as the reader wrote it, values) -> values in the canonical unit; ValueError for an unknown unit."""

_VERDICTS = ("match", "partial")
_SCOPE_WORDS = 6  # enough to say whom a limit binds; labels hold no sentence of a record


@dataclass(frozen=True, slots=True)
class ReaderSheets:
    """One reader's labels; `refused` says for each line that does not fit why."""

    done: frozenset[str]
    limits: tuple[GoldLimit, ...]
    concepts: tuple[GoldConcept, ...]
    refused: tuple[str, ...]


def read_reader(folder: Path, texts: Mapping[str, str], to_canonical: ToCanonical) -> ReaderSheets:
    """Every `*.jsonl` of one reader's folder, in file order. A line that does not fit is refused by name."""
    done: set[str] = set()
    limits: list[GoldLimit] = []
    concepts: dict[tuple[str, str], GoldConcept] = {}
    refused: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            place = f"{folder.name}/{path.name}:{number}"
            try:
                record = strict_object(line, place)
                if record.get("done"):
                    done.add(str(record["trial_id"]))
                elif "variable" in record:
                    limits.append(_reader_limit(record, texts, to_canonical))
                elif "concept" in record:
                    label = _reader_concept(record)
                    concepts.setdefault((label.trial_id, label.concept), label)
            except (ValueError, KeyError, UsageError) as error:
                refused.append(f"{place}: {error}")
    return ReaderSheets(frozenset(done), tuple(limits), tuple(concepts.values()), tuple(refused))


def _reader_limit(record: Mapping[str, Any], texts: Mapping[str, str], to_canonical: ToCanonical) -> GoldLimit:
    admits = parse_admits(record["admits"])
    unit = record.get("unit") or ""
    if unit:
        admits = to_canonical(record["variable"], unit, admits)
    text = texts[record["trial_id"]]
    start, end = locate(text, str(record.get("line", "")), str(record.get("quote", "")))
    scope = str(record.get("scope") or "")
    return GoldLimit(record["trial_id"], record["variable"], admits, scope, bool(record.get("firm", True)), start, end)


def _reader_concept(record: Mapping[str, Any]) -> GoldConcept:
    if record["verdict"] not in _VERDICTS:
        raise ValueError(f"verdict is match or partial, not {record['verdict']!r}")
    return GoldConcept(record["trial_id"], record["concept"], record["verdict"])


def locate(text: str, line: str, quote: str) -> tuple[int, int]:
    """The span of a quote, white space folded: from the line named on, else anywhere, else the line itself."""
    starts = line_starts(text)
    at = int(line.removeprefix("L")) - 1 if line.removeprefix("L").isdigit() else 0
    begin = starts[at] if 0 <= at < len(starts) else 0
    for origin in (begin, 0):
        found = _find(text, quote, origin)
        if found is not None:
            return found
    if not line or not 0 <= at < len(starts):
        raise ValueError(f"quote {quote[:40]!r} stands nowhere in the text")
    end = text.find("\n", begin)
    return begin, len(text) if end < 0 else end


def line_starts(text: str) -> list[int]:
    """The offset of the first visible character of each line that is not blank: the lines of a reader's sheet."""
    starts, at = [], 0
    for raw in text.split("\n"):
        if raw.strip():
            starts.append(at + len(raw) - len(raw.lstrip()))
        at += len(raw) + 1
    return starts


def _find(text: str, quote: str, origin: int) -> tuple[int, int] | None:
    """Where the words of the quote follow each other, any white space between them; linear."""
    places = [at for at in range(origin, len(text)) if not text[at].isspace()]
    letters = "".join(text[at] for at in places)
    wanted = "".join(quote.split())
    found = letters.find(wanted) if wanted else -1
    return None if found < 0 else (places[found], places[found + len(wanted) - 1] + 1)


# ── Two readers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Merged:
    gold: CriteriaGold
    agreement: Mapping[str, float | int | None]


def merge_readers(
    first: ReaderSheets, second: ReaderSheets, texts: Mapping[str, str], decided: Mapping[str, bool | str]
) -> Merged:
    """Labels of the trials that both readers finished. What only one says is `disputed` until `decided` by its key."""
    both = first.done & second.done
    ours, theirs = ([x for x in sheets.limits if x.trial_id in both] for sheets in (first, second))
    ours, theirs = without_doubles(ours), without_doubles(theirs)
    limits = _merged_limits(ours, theirs, decided)
    concepts, cells = _merged_concepts(first, second, both, decided)
    trials = tuple(GoldTrial(t, hashlib.sha256(texts[t].encode()).hexdigest(), "") for t in sorted(both))
    agreement: dict[str, float | int | None] = {
        "trials": len(both),
        "limits_first": len(ours),
        "limits_second": len(theirs),
        "limits_f1": _f1(ours, theirs, firm=False),
        "limits_f1_with_firm": _f1(ours, theirs, firm=True),
        "concept_kappa": kappa(cells),
        "disputed_limits": sum(limit.disputed for limit in limits),
        "disputed_concepts": sum(concept.disputed for concept in concepts),
    }
    return Merged(CriteriaGold(trials, tuple(limits), tuple(concepts)), agreement)


def decisions_of(third: ReaderSheets, gold: CriteriaGold) -> dict[str, bool | str]:
    """What a third independent reader says of each dispute, in the trials that he finished: the majority decides."""
    decided: dict[str, bool | str] = {}
    for limit in gold.limits:
        if limit.disputed and limit.trial_id in third.done:
            agrees = any(same_limit(limit, other) and limit.firm == other.firm for other in third.limits)
            decided[limit_key(limit)] = agrees
    said = {(concept.trial_id, concept.concept): concept.verdict for concept in third.concepts}
    for concept in gold.concepts:
        if concept.disputed and concept.trial_id in third.done:
            decided[f"{concept.trial_id}|{concept.concept}"] = said.get((concept.trial_id, concept.concept), "none")
    return decided


def limit_key(limit: GoldLimit) -> str:
    """What a decision names a limit by."""
    firm = "firm" if limit.firm else "loose"
    return f"{limit.trial_id}|{limit.variable}|{write_admits(limit.admits)}|{limit.scope}|{firm}"


def _merged_limits(
    ours: Sequence[GoldLimit], theirs: Sequence[GoldLimit], decided: Mapping[str, bool | str]
) -> list[GoldLimit]:
    merged = []
    for mine, others in ((ours, theirs), (theirs, ours)):
        for limit in mine:
            agreed = any(same_limit(limit, other) and limit.firm == other.firm for other in others)
            verdict = decided.get(limit_key(limit))
            if agreed or verdict is True:
                merged.append(limit)
            elif verdict is None:
                merged.append(replace(limit, disputed=True))
    kept = without_doubles(merged)
    return sorted(kept, key=lambda limit: (limit.trial_id, limit.start, limit.variable, limit.disputed))


def _merged_concepts(
    first: ReaderSheets, second: ReaderSheets, both: frozenset[str], decided: Mapping[str, bool | str]
) -> tuple[list[GoldConcept], list[tuple[str, str]]]:
    """The labels, and (first's verdict, second's verdict) of every trial and every concept that anybody named."""
    ours, theirs = ({(c.trial_id, c.concept): c.verdict for c in sheets.concepts} for sheets in (first, second))
    names = sorted({name for _, name in (*ours, *theirs)})
    merged, cells = [], []
    for trial_id in sorted(both):
        for name in names:
            pair = (ours.get((trial_id, name), "none"), theirs.get((trial_id, name), "none"))
            cells.append(pair)
            verdict = decided.get(f"{trial_id}|{name}", pair[0] if pair[0] == pair[1] else None)
            if verdict is None:
                merged.append(GoldConcept(trial_id, name, "none", disputed=True))
            elif verdict in _VERDICTS:
                merged.append(GoldConcept(trial_id, name, str(verdict)))
    return merged, cells


def kappa(cells: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two readers' verdicts (Cohen 1960): agreement beyond chance; None without any cell."""
    if not cells:
        return None
    same = sum(a == b for a, b in cells) / len(cells)
    classes = {verdict for pair in cells for verdict in pair}
    chance = sum(
        (sum(a == c for a, _ in cells) / len(cells)) * (sum(b == c for _, b in cells) / len(cells)) for c in classes
    )
    return 1.0 if chance == 1 else round((same - chance) / (1 - chance), 4)


def _f1(ours: Sequence[GoldLimit], theirs: Sequence[GoldLimit], *, firm: bool) -> float | None:
    if not ours and not theirs:
        return None

    def among(limit: GoldLimit, others: Iterable[GoldLimit]) -> bool:
        return any(same_limit(limit, other) and (not firm or limit.firm == other.firm) for other in others)

    shared = sum(among(limit, theirs) for limit in ours) + sum(among(limit, ours) for limit in theirs)
    return round(shared / (len(ours) + len(theirs)), 4)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def gold_lines(gold: CriteriaGold) -> Iterable[str]:
    """The labels as JSON lines, trials first; they hold numbers, ids and offsets, and no sentence of a record."""
    for trial in gold.trials:
        yield _line({"trial_id": trial.trial_id, "sha256": trial.sha256, "source": trial.source})
    for limit in gold.limits:
        record: dict[str, Any] = {
            "trial_id": limit.trial_id,
            "variable": limit.variable,
            "admits": write_admits(limit.admits),
        }
        record["scope"] = " ".join(limit.scope.split()[:_SCOPE_WORDS])
        record |= {"firm": limit.firm, "start": limit.start, "end": limit.end}
        yield _line(record | ({"disputed": True} if limit.disputed else {}))
    for concept in gold.concepts:
        record = {"trial_id": concept.trial_id, "concept": concept.concept, "verdict": concept.verdict}
        yield _line(record | ({"disputed": True} if concept.disputed else {}))


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def disputes(gold: CriteriaGold, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """What an adjudicator has to decide: a key, what it is about, and the words around it."""
    rows: list[dict[str, Any]] = []
    for limit in gold.limits:
        if limit.disputed:
            text = texts[limit.trial_id]
            around = " ".join(text[max(0, limit.start - 120) : limit.end + 120].split())
            rows.append({"key": limit_key(limit), "keep": None, "around": around})
    rows += [
        {"key": f"{concept.trial_id}|{concept.concept}", "verdict": None}
        for concept in gold.concepts
        if concept.disputed
    ]
    return rows


def read_decisions(path: Path) -> dict[str, bool | str]:
    """key -> True / False for a limit, match / partial / none for a concept; undecided rows are left out."""
    decided: dict[str, bool | str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = strict_object(line, f"{path}:{number}")
        verdict = record.get("keep", record.get("verdict"))
        if verdict is not None:
            decided[str(record["key"])] = verdict
    return decided
