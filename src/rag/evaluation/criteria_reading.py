"""The product's side of criteria gold: units by its own exact factors, concepts by its own judge, and score tables."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files

from rag.criteria.concepts import load_concepts
from rag.criteria.lexicon import load_variables
from rag.evaluation.criteria_gold import GoldLimit, write_admits
from rag.evaluation.criteria_scores import CriteriaScores, JudgeConcept, LimitScores
from rag.evaluation.intervals import Measure
from rag.evaluation.report import table
from rag.evidence.concerns import judge_concern
from rag.text import fold
from rag.types import Asks, Concerns, Document, ReadTrial, Verdict
from rag.units import load_units
from rag.values import Interval, Values

_VERDICTS = {Verdict.MATCH: "match", Verdict.PARTIAL: "partial"}


def convert_unit(variable: str, unit: str, values: Values) -> Values:
    """`values` in the canonical unit of `variable`; ValueError for a variable or unit that is not known."""
    known = load_variables().get(variable)
    if known is None:
        raise ValueError(f"variable {variable!r} is not known")
    if unit == known.unit:
        return values
    found = load_units().match(fold(unit).text.lower(), 0)
    names = [] if found is None else [candidate.id for candidate in found[0] if candidate.id in known.factors]
    if not names:
        raise ValueError(f"unit {unit!r} of {variable} is not known")

    def convert(number: Decimal | None) -> Decimal | None:
        return None if number is None else known.convert(number, names[0])

    return Values(tuple(Interval(convert(i.low), convert(i.high), i.low_closed, i.high_closed) for i in values))


def concept_judge(documents: Mapping[str, Document]) -> JudgeConcept:
    """match, partial or none: does the trial turn away a person with this concept, as an answer would say?"""

    def judge(trial: ReadTrial, concept: str) -> str:
        asked = Concerns(concept_ids(concept), concept.replace("_", " "), Asks.EXCLUDES)
        found = judge_concern(trial.criteria, asked, lambda: documents[trial.trial_id].text)
        return _VERDICTS.get(found.verdict, "none")

    return judge


@cache
def concept_ids(concept: str) -> tuple[str, ...]:
    """The lexicon's ids for a concept of gold. ValueError when it has none."""
    text = files("rag.evaluation").joinpath("data/gold_concepts.toml").read_text(encoding="utf-8")
    ids = tuple(tomllib.loads(text).get(concept, [concept]))
    unknown = [name for name in ids if name not in load_concepts()]
    if unknown:
        raise ValueError(f"gold concept {concept}: {unknown[0]} is not in the lexicon")
    return ids


def scores_text(scores: CriteriaScores, trials: int, read: int) -> str:
    rows = [["criteria gold", "value", "95 % interval", "n"]]
    for title, part in (("firm limits", scores.firm), ("all limits", scores.any)):
        rows += [_row(f"{title}: precision", part.precision), _row(f"{title}: recall", part.recall)]
    rows += [_row(f"set questions: {name}", measure) for name, measure in scores.questions.items()]
    rows.append(_row("items unread", scores.unread))
    rows += [_row(f"concepts: {name}", measure) for name, measure in scores.concepts.items()]
    return f"{read} of {trials} trials read\n\n{table(rows)}"


def _row(name: str, measure: Measure) -> list[str]:
    if measure.value is None or measure.low is None or measure.high is None:
        return [name, "–", "–", "0"]
    return [name, f"{measure.value:.3f}", f"{measure.low:.3f} – {measure.high:.3f}", str(measure.n)]


def error_lines(scores: CriteriaScores, documents: Mapping[str, Document]) -> Iterator[str]:
    """Every wrong and missed limit and concept, one a line; with the words for what was read."""
    for title, part in (("firm", scores.firm), ("any", scores.any)):
        yield from _limit_errors(title, part, documents)
    for trial_id, concept, expected, given in scores.concept_errors:
        yield f"concept\t{trial_id}\t{concept}\tgold {expected}\tread {given}"


def _limit_errors(title: str, part: LimitScores, documents: Mapping[str, Document]) -> Iterator[str]:
    for limit in part.wrong:
        text = documents[limit.trial_id].text
        words = " ".join(text[max(0, limit.start - 60) : limit.end + 60].split())
        yield f"{title} wrong\t{_described(limit)}\t{words}"
    for limit in part.missed:
        yield f"{title} missed\t{_described(limit)}\t(offset {limit.start} of the eligibility text)"


def _described(limit: GoldLimit) -> str:
    firm = "firm" if limit.firm else "loose"
    return f"{limit.trial_id}\t{limit.variable} {write_admits(limit.admits)}\t{limit.scope or 'everybody'}, {firm}"
