"""Superlatives: which end of which scale a question asks for."""

from __future__ import annotations

from decimal import Decimal

from rag.planning import tables
from rag.planning.forms import opens_with_trials
from rag.planning.joining import all_of, conjuncts
from rag.planning.leaving import leaves_out_zero
from rag.planning.marks import Kind, Mark
from rag.planning.quantities import number_at
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Concerns, FieldIs, Not, Predicate
from rag.values import exactly

# Cue → (end, the fact it is over when the question names none).
_ENDS = {
    "largest": ("largest", "enrollment"),
    "smallest": ("smallest", "enrollment"),
    "larger": ("largest", "enrollment"),
    "smaller": ("smallest", "enrollment"),
    "longest": ("largest", "duration"),
    "shortest": ("smallest", "duration"),
    "longer": ("largest", "duration"),
    "earliest": ("earliest", "start_date"),
    "latest": ("latest", "start_date"),
    "earlier": ("earliest", "start_date"),
    "later": ("latest", "start_date"),
    "ends_first": ("earliest", "completion_date"),
    "ends_last": ("latest", "completion_date"),
    "strictest": ("strictest", ""),
    "loosest": ("loosest", ""),
    "top": ("largest", "enrollment"),
    "most": ("largest", "enrollment"),
    "fewest": ("smallest", "enrollment"),
    "youngest": ("smallest", "minimum_age"),
    "eldest": ("largest", "maximum_age"),
}
_DATES = ("start_date", "primary_completion_date", "completion_date", "first_posted_date", "last_update_date")
_COUNTED = {
    "sites": "site_count",
    "countries": "countries",
    "arms": "arms",
    "collaborators": "collaborators",
    "cities": "cities",
    "outcome.secondary": "outcome.secondary",
    "outcome.primary": "outcome.primary",
    "outcome": "outcome",
    "interventions": "interventions",
    "site_count": "site_count",
    "conditions": "conditions",
    "enrollment": "enrollment",
    "minimum_age": "minimum_age",
    "maximum_age": "maximum_age",
    "follow_up": "follow_up",
    "duration": "duration",
}


AGES = frozenset({"minimum_age", "maximum_age"})
_LOW = frozenset({"youngest", "smallest", "fewest", "shortest", "smaller", "latest"})


def _is_extreme(sheet: Sheet, mark: Mark) -> bool:
    """Whether the superlative itself names the fact: 'youngest', 'oldest'."""
    return any(mark.first < found.last and found.first < mark.last for found in sheet.extremes)


def extreme_of(sheet: Sheet) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The end asked for, the fact it is over, and the variables it is over: one of the last two is empty."""
    cue = min(sheet.extremes, key=lambda found: (found.value == "top", found.first)).value  # 'top five smallest'
    aged = [mark.value for mark in sheet.kinds(Kind.FACT) if mark.value in AGES and not _is_extreme(sheet, mark)]
    if aged:  # 'whose lower age limit is the greatest': youngest and oldest are ends of that age
        return ("smallest" if cue in _LOW else "largest"), (aged[0],), ()
    if ":" in cue:  # 'expected to be completed last'
        end, _, over = cue.partition(":")
        return end, (over,), ()
    end, over = _ENDS[cue]
    measures = _measures_behind(sheet)  # 'the highest platelet count': no number of people
    over_variables = sheet.variables and cue in {"most", "fewest", "largest", "smallest", "longest", "shortest"}
    if end in {"strictest", "loosest"} and not sheet.variables and not sheet.kinds(Kind.GROUP, Kind.LIMIT):
        return end, ("strictness",), ()  # 'which trial is the strictest?': on what, nobody says
    if measures or end in {"strictest", "loosest"} or (over_variables and not _counted(sheet, cue)):
        return end, (), measures or sheet.variables
    if end in {"earliest", "latest"}:
        return end, (next((fact for fact in sheet.facts if fact in _DATES), over),), ()
    return end, (_counted(sheet, cue) or _of_no_scale(sheet) or over,), ()


def _measures_behind(sheet: Sheet) -> tuple[str, ...]:
    """The measure whose name stands right behind the superlative."""
    ends = {found.last for found in sheet.extremes if found.value in _OF_ANYTHING}
    return tuple(mark.value for mark in sheet.kinds(Kind.VARIABLE) if mark.first in ends and mark.value != "age")


def _of_no_scale(sheet: Sheet) -> str:
    """What is said to be largest or most where that is neither the trial nor its people: 'the highest dose', 'the most
    visits', 'the longest list of criteria'; else ''. Trials cannot be ranked by it, and must not be by their size.
    """
    found = min(sheet.extremes, key=lambda one: (one.value == "top", one.first))
    lemmas, last = sheet.line.lemmas(), found.last
    if found.value in {"most", "fewest"} and any(found.first - cue.last in {0, 1} for cue in sheet.reading.cues):
        return "criteria"  # 'which trial excludes the fewest?'
    if found.value not in _OF_ANYTHING or last >= len(lemmas) or sheet.line.gap(last).strip(" '\"-"):
        return ""
    held = {at for mark in sheet.kinds(Kind.FIELD, Kind.LIMIT, Kind.VARIABLE) for at in range(mark.first, mark.last)}
    idle = (tables.stop_words() | word_set("extremes.of_trials")) - word_set("extremes.of_criteria")
    held |= {at for at in range(last + 1, len(lemmas)) if sheet.line.gap(at).strip(" -")}
    end = last
    while end < len(lemmas) and lemmas[end] not in idle and end not in held:
        end += 1
    trials = set(lemmas[last : end + 2]) & word_set("extremes.of_trials")
    return "" if end == last or trials or lemmas[last][0].isdigit() else sheet.line.words(last, end)


_OF_ANYTHING = frozenset({"largest", "smallest", "longest", "shortest", "most", "fewest", "top"})


def _counted(sheet: Sheet, cue: str) -> str:
    """The fact that the question counts ('most sites'), '' where it names none beside the superlative."""
    named = (_COUNTED[fact] for fact in sheet.facts if fact in _COUNTED and not _same_words(sheet, cue))
    return next(named, "")


def _same_words(sheet: Sheet, cue: str) -> bool:
    """Whether the cue itself names its scale: 'most participants', 'youngest'."""
    found = next(f for f in sheet.extremes if f.value == cue)
    return cue in {"youngest", "eldest", "ends_first", "ends_last"} or (
        cue in {"largest", "smallest", "larger", "smaller"} and found.last - found.first > 1
    )


def ranked_among(line: Line, where: Predicate | None, facts: tuple[str, ...]) -> Predicate | None:
    """The trials that are ranked: without the age that is ranked, and those of 0 where these are left out."""
    parts = [part for part in conjuncts(where) if not _is_of_age(part, facts)]
    if facts and leaves_out_zero(line):
        parts.append(Not(FieldIs(facts[0], numbers=exactly(Decimal(0)))))
    return all_of(parts)


def _is_of_age(part: Predicate, facts: tuple[str, ...]) -> bool:
    """'get in at the highest minimum age': the age that is ranked, no condition."""
    return bool(set(facts) & AGES) and isinstance(part, Concerns) and part.text in {"age", "ages"}


# ── Whether one is asked for ─────────────────────────────────────────────────────────────────────────────────────────


def asks_for_extreme(sheet: Sheet) -> bool:
    """Whether one end of a scale is asked for: 'the largest trial', 'who has the most sites?'."""
    names = {found.value for found in sheet.extremes}
    comparatives = {"larger", "smaller", "earlier", "later", "longer"}
    if names & comparatives:
        if len(sheet.refs) == 1 and "than" not in sheet.line.lemmas():
            return False  # 'which earlier trial does LYRA-2 build on?'
        return len(sheet.refs) > 1 or (
            sheet.has("which") and not sheet.limits and not sheet.kinds(Kind.FIELD) and not sheet.reading.cues
        )
    if not names or len(sheet.refs) == 1:
        return False
    return _measured(sheet) and not (
        names <= {"most", "fewest"}
        and sheet.has("landscape")
        and not (opens_with_trials(sheet) or ranks_a_count(sheet))
    )


def ranks_a_count(sheet: Sheet) -> bool:
    """'Who has the most sites?', 'who enrols the most participants?': what is counted stands right behind."""
    lemmas = sheet.line.lemmas()
    return any(
        found.last - found.first > 1 or lemmas[found.last : found.last + 1] in {(word,) for word in _PARTS_OF_A_TRIAL}
        for found in sheet.extremes
    )


_PARTS_OF_A_TRIAL = frozenset(
    {
        "site",
        "center",
        "country",
        "arm",
        "hospital",
        "location",
        "city",
        "participant",
        "patient",
        "collaborator",
        "group",
    }
    | {"outcome", "endpoint", "subject", "volunteer", "people", "person", "enrollment"}
)


def _stands_alone(sheet: Sheet) -> bool:
    """'The three largest, please', 'which is the smallest of the lot?': a superlative and field values alone."""
    held = {at for found in sheet.extremes for at in range(found.first, found.last)}
    held |= {at for mark in sheet.kinds(Kind.FIELD) for at in range(mark.first, mark.last)}
    idle = tables.stop_words() | tables.frame_words() | {"lot"}
    lemmas = sheet.line.lemmas()
    asks = {"it", "its", "how", "why", "when"} & set(lemmas)
    return not asks and all(at in held or word in idle or word.isdigit() for at, word in enumerate(lemmas))


def how_many(sheet: Sheet) -> int:
    """How many are asked for: 'top three', 'the five largest', '3 smallest'; 1 where no number stands beside."""
    places = {at for found in sheet.extremes for at in range(found.first - 1, found.last + 1)}
    places |= {at for at in range(1, len(sheet.line.tokens) - 1) if _counts_trials(sheet.line, at)}
    places -= {at for mark in sheet.kinds(Kind.LIMIT) for at in range(mark.first, mark.last)}  # 'is ≤ 35 stricter?'
    for at in sorted(places):
        number = number_at(sheet.line, at) if at >= 0 else None
        if number is not None and 1 < number.value <= _MOST and _is_whole(sheet, number.last):
            return int(number.value)
    return 1


def _counts_trials(line: Line, at: int) -> bool:
    """'which three trials have the most sites?'."""
    after = line.lemmas(at + 1, at + 6)
    noun = after[:1] in {("with",), ("that",), ("having",)} or bool({"trial", "study", "protocol"} & set(after))
    return noun and line.lemmas(at - 1, at) in {("which",), ("what",), ("the",)}


_MOST = 100


def _is_whole(sheet: Sheet, at: int) -> bool:
    """'the three largest', not 'largest 3-arm trial' or 'fewest 5-year …'."""
    return not sheet.line.gap(at).startswith("-") and sheet.line.lemmas(at, at + 1) not in {("arm",), ("year",)}


def _measured(sheet: Sheet) -> bool:
    if ranks_a_count(sheet) or _stands_alone(sheet):
        return True
    if sheet.line.lemmas()[:1] == ("which",) and len(sheet.line.tokens) <= 6:
        return True
    return bool(
        sheet.facts or sheet.variables or {"trial", "study", "one", "them", "those", "these"} & set(sheet.line.lemmas())
    )
