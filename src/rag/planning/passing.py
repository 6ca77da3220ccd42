"""Facts that a question names only in passing: 'after the last dose', 'in the maintenance phase', 'in the fed group'.

They say when, to whom or of what something else is asked, and are not asked for themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.planning import lexicon, tables
from rag.planning.answer_kinds import of_the_kind
from rag.planning.marks import Kind, Mark
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set

Facts = tuple[str, ...]
_NEAR = 4  # words between a preposition and the noun that it governs


def asked_for(sheet: Sheet, facts: Facts) -> Facts:
    """The facts without those named in passing, and with a time that is asked for told from other times."""
    for settle in (_by_rule, _stage, _dose, _beside_others, _followed, _people, _span, of_the_kind, _given):
        facts = settle(sheet, facts)
    return facts


def _marks(sheet: Sheet, fact: str) -> list[Mark]:
    return [mark for mark in sheet.kinds(Kind.FACT) if mark.value == fact]


def _without(facts: Facts, fact: str) -> Facts:
    return tuple(one for one in facts if one != fact)


def _only_marked(sheet: Sheet, fact: str, is_passing: Callable[[Sheet, Mark], bool]) -> bool:
    """Whether a fact was found by words alone, and each time in passing."""
    marks = _marks(sheet, fact)
    return bool(marks) and all(is_passing(sheet, mark) for mark in marks)


def _is_listed(sheet: Sheet, mark: Mark) -> bool:
    """An item of a list: 'sponsor, treatment and phase'."""
    around = sheet.line.gap(mark.first) + (sheet.line.gap(mark.last) if mark.last < len(sheet.line.tokens) else "")
    joined = {"and", "or", "plus"} & {*sheet.line.lemmas(max(0, mark.first - 1), mark.first)}
    return bool(joined) or any(sign in around for sign in ",;:/+&")


def _by_rule(sheet: Sheet, facts: Facts) -> Facts:
    """A rule over the whole question before what single words of it ask: how many in a group, how long to recruit."""
    alone = {fact for fact, stands_alone in sheet.ruled if stands_alone}
    for fact, wider in _RULED.items():
        if fact in alone and facts and set(facts) <= wider:
            return (fact,)
    return facts


_RULED = {
    "per_group": frozenset({"enrollment", "arms", "interventions", "control", "dose", "schedule"}),
    "accrual": frozenset({"enrollment", "duration"}),
    "sponsor": frozenset({"compensation"}),
    "follow_up": frozenset({"schedule", "dose", "interventions", "duration", "start_date", "completion_date"}),
    "participation": frozenset({"duration", "follow_up"}),
    "visits": frozenset({"outcome.time_frame", "schedule", "follow_up"}),
    "blinding_method": frozenset({"masking", "route", "administration", "interventions", "control"}),
}


# ── Stages, doses, groups ────────────────────────────────────────────────────────────────────────────────────────────


def _stage(sheet: Sheet, facts: Facts) -> Facts:
    """'How long is the maintenance phase?': a stage of the trial, not its phase."""
    return _without(facts, "phase") if "phase" in facts and _only_marked(sheet, "phase", _is_a_stage) else facts


def _is_a_stage(sheet: Sheet, mark: Mark) -> bool:
    before = sheet.line.lemmas(max(0, mark.first - 2), mark.first)
    return mark.last - mark.first == 1 and bool(word_set("passing.stages") & {before[-1:][0] if before else ""})


def _dose(sheet: Sheet, facts: Facts) -> Facts:
    """'When is the third dose given?', 'how soon after each dose …': one of the doses, not how high it is."""
    lemmas = sheet.line.lemmas()
    if "dose" not in facts or not _only_marked(sheet, "dose", _is_one_dose):
        return facts
    told_when = lemmas[0] in {"when", "where", "who"} or lemmas[:2] in {("how", "long"), ("how", "soon")}
    return _without(facts, "dose") if told_when or len(facts) > 1 else facts


def _is_one_dose(sheet: Sheet, mark: Mark) -> bool:
    """'the last dose', 'a single dose', 'each dose' but not 'what dose' or 'the dose of'."""
    before = sheet.line.lemmas(max(0, mark.first - 2), mark.first)
    return mark.last - mark.first == 1 and bool(word_set("passing.one_of_doses") & set(before))


_PLAIN = frozenset({"conditions", "healthy_volunteers", "summary"})
_SHORT = 3  # letters of a label
_GOVERNED = ("arms", "interventions", "conditions", "allocation", "healthy_volunteers")


def _beside_others(sheet: Sheet, facts: Facts) -> Facts:
    """'What dose does the group on the low schedule get?', 'how long before do they stop medication?'."""
    for fact in _GOVERNED:
        lists = {"interventions"} if fact == "allocation" else {"arms", "interventions"}
        others = set(facts) - {fact, *_PLAIN, *lists}
        if fact in facts and others and _only_marked(sheet, fact, _is_governed):
            facts = _without(facts, fact)
    return facts


def _is_governed(sheet: Sheet, mark: Mark) -> bool:
    """Behind a preposition, or a bare noun in a question for something else; no 'arm A', no item of a list."""
    lemmas = sheet.line.lemmas()
    label = [token.text for token in sheet.line.tokens[mark.first + 1 : mark.last + 1]][-1:]
    if any(text.isdigit() or (len(text) < _SHORT and text.isupper()) for text in label):
        return False
    before = lemmas[max(0, mark.first - _NEAR) : mark.first]
    if _is_listed(sheet, mark) or {"what", "which", "many", "number"} & {*before, *lemmas[mark.first : mark.last]}:
        return False
    bare = mark.last - mark.first == 1 and lemmas[0] in {"how", "when", "where", "who"}
    gets = bool(set(lemmas[mark.last : mark.last + 1]) & word_set("passing.of_getting"))  # 'does the first cohort get'
    return bare or gets or bool(word_set("passing.governing") & set(before))


def _followed(sheet: Sheet, facts: Facts) -> Facts:
    """'How often are they followed up?': their visits afterwards, no doses."""
    lemmas = sheet.line.lemmas()
    given = set(lemmas) & (word_set("plan.given") | {"dose", "and", "treated", "taken"})
    plain = {"follow_up", "schedule"} <= set(facts) and not given
    return _without(facts, "schedule") if plain else facts


def _people(sheet: Sheet, facts: Facts) -> Facts:
    """'May volunteers chew gum?', 'who goes on to the second randomisation?': no field of the registry."""
    if facts == ("allocation",) and sheet.line.lemmas()[0] in {"who", "whom"}:
        return ()
    lemmas = set(sheet.line.lemmas())
    if facts != ("healthy_volunteers",) or lemmas & word_set("passing.of_the_healthy"):
        return facts
    named = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    named |= {at for mark in sheet.marks for at in range(mark.first, mark.last)}
    plain = tables.stop_words() | tables.frame_words() | word_set("plan.permits") | word_set("passing.of_entry")
    left = [at for at, word in enumerate(sheet.line.lemmas()) if at not in named and word not in plain]
    return () if left else facts


def _given(sheet: Sheet, facts: Facts) -> Facts:
    """'Which vaccine do the women get?': what is given, not whom such a treatment turns away."""
    lemmas = sheet.line.lemmas()
    words = set(lemmas)
    if facts or lemmas[0] not in {"which", "what"} or words & word_set("passing.of_past") or sheet.limits:
        return facts
    given = words & word_set("passing.of_getting") and lexicon.are_treatments(sheet.concepts)
    return ("interventions",) if given and not sheet.variables and sheet.refs else facts


# ── Times ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _span(sheet: Sheet, facts: Facts) -> Facts:
    """'How long after the graft does feeding start?': the time between two things, no time frame of an outcome."""
    lemmas = sheet.line.lemmas()
    openings = {lemmas[at : at + 3] for at in range(len(lemmas))}
    if not openings & {("how", "long", "after"), ("how", "long", "before"), ("how", "soon", "after")}:
        return facts
    words = set(lemmas)
    before = ("how", "long", "before") in openings
    asked = {"washout", "duration"} if before else {"outcome.time_frame"}
    told = word_set("passing.stopping") if before else word_set("passing.measuring")
    outcome = any(mark.value.field.startswith("outcome") for mark in sheet.kinds(Kind.FIELD))
    if not asked & set(facts) or words & told or outcome or set(facts) & {"outcome.primary", "outcome.secondary"}:
        return facts
    if "follow_up" in facts or (words & word_set("passing.joining") and sheet.concepts):
        return tuple(fact for fact in facts if fact not in asked)  # what must be over before somebody may join
    return tuple(dict.fromkeys("how_long" if fact in asked else fact for fact in facts))
