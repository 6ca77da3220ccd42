"""Facts that a question asks for through criteria: 'criterion:<variable>', 'concept:<id>', the whole lists."""

from __future__ import annotations

import re
from itertools import takewhile

from rag.planning import lexicon, tables
from rag.planning.averages import asks_an_average
from rag.planning.marks import Kind
from rag.planning.passing import asked_for
from rag.planning.rules import words_of_rules
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import Asks, FieldIs, Limit, Predicate


def criterion_facts(sheet: Sheet) -> tuple[str, ...]:
    """'criterion:<variable>' and 'concept:<id>' for what the question names, multiples of ULN with the level."""
    if asks_an_average(sheet):
        return ()
    with_twins = dict.fromkeys(twin for variable in sheet.variables for twin in lexicon.with_multiples(variable))
    named = ("ages" if variable == "age" else f"criterion:{variable}" for variable in with_twins)
    return (*named, *(f"concept:{concept}" for concept in sheet.concepts))


def lists_asked(sheet: Sheet) -> tuple[str, ...]:
    """'the exclusion criteria of …': the whole list, where a verb of criteria governs nothing."""
    asked = {cue.asks for cue in sheet.reading.cues}
    lists = {Asks.EXCLUDES: "exclusion", Asks.REQUIRES: "inclusion", Asks.ADMITS: "inclusion"}
    found = tuple(name for asks, name in lists.items() if asks in asked)
    lemmas = sheet.line.lemmas()
    if lemmas[:2] == ("how", "many") or {"meant", "defined"} & set(lemmas) or not _speaks_of_entry(sheet):
        return ()  # 'how many biopsies are taken?', 'what is taken as positive?', 'what is meant by …?'
    return found if found == ("exclusion", "inclusion") else found[:1]


def _speaks_of_entry(sheet: Sheet) -> bool:
    """Whether a verb of criteria says that people are let in, not that a thing is taken, tried or named."""
    lemmas = sheet.line.lemmas()
    cues = [set(lemmas[cue.first : cue.last]) for cue in sheet.reading.cues]
    people = bool(sheet.kinds(Kind.AGES, Kind.CONCEPT, Kind.LIMIT))
    return people or any(not words & word_set("plan.not_of_entry") for words in cues)


def _without_miscounted(sheet: Sheet, facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts without a number of people or doses where something else is counted.

    'How many transplants can a patient get?', 'number of cells in each infusion', 'at what egg count'.
    """
    lemmas = sheet.line.lemmas()
    ends = (i + 2 for i in range(len(lemmas)) if lemmas[i : i + 2] in {("how", "many"), ("number", "of")})
    at = next(ends, len(lemmas))
    noun = lemmas[at : at + 1]
    if "count" in lemmas[1:] and not noun:
        at = lemmas.index("count", 1) - 1
        noun = lemmas[at : at + 1]
    if not noun or any(mark.kind is Kind.FACT and mark.first < at < mark.last for mark in sheet.marks):
        return facts
    known = tables.stop_words() | word_set("cues.people")
    noun = noun if "count" in lemmas[1:] else _head_of(lemmas, at)
    counted = _OF_NUMBERS & set(facts)
    wrong = {fact for fact in counted if not set(noun) & (known | words_of_rules((fact,)))}
    return tuple(fact for fact in facts if fact not in wrong)


_OF_NUMBERS = frozenset({"enrollment", "schedule", "duration", "follow_up", "control", "interventions"})


def _head_of(lemmas: tuple[str, ...], at: int) -> tuple[str, ...]:
    """The first word of what is counted, and the last before a verb: 'metronom' and 'sensor'."""
    ends = word_set("counted.ends")
    last = next((i for i in range(at + 1, len(lemmas)) if lemmas[i] in ends), len(lemmas))
    return (lemmas[at], lemmas[last - 1])


# 'how many were women?', 'how many of them are male?': a part of the people; not 'how many women took part?'
_SOME_SEX = re.compile(
    r"(?i)\bhow many (?:(?:of (?:the|them|these|those)|patients|participants|people|subjects|volunteers|ones) )*"
    r"(?:(?:of|in|from) (?:the )?[\w-]+ (?:trial |study )?)?"
    r"(?:are|were|is|was|will be) (?:(?:wo)?men|(?:fe)?males?|girls|boys)\b"
)


def asks_of_a_share(sheet: Sheet) -> bool:
    """'What is the mean age?', 'how many were women?': what no field and no criterion tells."""
    return asks_an_average(sheet) or bool(_SOME_SEX.search(sheet.line.text))


def spoken(sheet: Sheet, facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts asked for, with what single words cannot tell: 'how is … given', 'how much … paid', 'placebo arm'."""
    facts = () if asks_of_a_share(sheet) else asked_for(sheet, facts)
    lemmas = sheet.line.lemmas()
    words = set(lemmas)
    if (
        lemmas[:1] == ("how",)
        and words & word_set("plan.given")
        and not {"much", "often", "long", "many", "frequently"} & words
        and "administration" not in facts
    ):
        facts = (*facts, "route")
    if (
        set(facts) <= {"duration", "washout"}
        and "must" in words
        and words & {"lasted", "last", "had"}
        and sheet.concepts
    ):
        return ()  # 'how long must the asthma have lasted': a question about the criterion
    if {"washout", "run_in", "follow_up"} & set(facts) and "and" not in words:  # 'how long is the run-in?'
        facts = tuple(fact for fact in facts if fact != "duration")
    if "duration" in facts and words & word_set("plan.stopping"):
        facts = tuple("washout" if fact == "duration" else fact for fact in facts)
    if "duration" in facts and sheet.apart and set(facts) & word_set("plan.of_outcomes"):
        facts = tuple("outcome.time_frame" if fact == "duration" else fact for fact in facts)
    facts = _without_miscounted(sheet, _of_groups(lemmas, facts))
    if len(facts) > 1 and not words & word_set("plan.of_dates"):  # 'what dose do they start with?'
        facts = tuple(fact for fact in facts if fact not in {"start_date", "completion_date"}) or facts
    if len(facts) > 1 and "healthy" not in words:  # 'what dose do the volunteers get?'
        facts = tuple(fact for fact in facts if fact != "healthy_volunteers")
    if words & word_set("plan.not_a_dose"):
        facts = tuple(fact for fact in facts if fact != "dose")
    placebo = any(
        isinstance(mark.value, FieldIs) and mark.value.field == "arm_kind" for mark in sheet.kinds(Kind.FIELD)
    )
    if placebo and sheet.has("which", "explain") and not set(facts) - {"arms"}:
        facts = ("control",)
    return facts


def _of_groups(lemmas: tuple[str, ...], facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts, where they are how many people there are, were planned or get what, and how they come to it."""
    asked = set(facts)
    how = lemmas[:1] == ("how",) and not {"many", "long"} & set(lemmas)
    if how and _PUT_INTO & set(lemmas) and asked and asked <= {"allocation", "arms"}:
        return ("randomization_method",)  # 'how are people assigned to the groups?'
    if "planned_enrollment" in asked:  # 'planned against final enrolment': both
        facts = ("enrollment", *(fact for fact in facts if fact != "enrollment"))
    if {"enrollment", "per_group"} & asked and "outcome.time_frame" in asked:  # 'how many, and over what period?'
        facts = tuple("accrual" if fact == "outcome.time_frame" else fact for fact in facts)
    if "per_group" in asked:  # 'how many get the drug and how many the placebo?'
        facts = tuple(fact for fact in facts if fact not in {"enrollment", "arms", "interventions", "control"})
    return facts


_PUT_INTO = frozenset({"assigned", "allocated", "randomized", "divided", "formed"})


def _names_some(lemmas: tuple[str, ...]) -> bool:
    """'Name the two products that the test cohort gets': products are asked for, the cohort is where to look."""
    few = lemmas[:1] in {("name",), ("list",), ("state",)} and lemmas[1:2] == ("the",)
    return few and lemmas[2:3] in {("two",), ("three",), ("four",), ("2",), ("3",), ("4",)} and not set(
        lemmas[3:6]
    ) & {"arm", "group", "cohort"}


def _is_of_the_name(sheet: Sheet) -> bool:
    """'the NOD cohort': the trial itself, no arm of it."""
    lasts = {one.last for one in sheet.references}
    marks = [mark for mark in sheet.kinds(Kind.FACT) if mark.value == "arms"]
    return bool(marks) and all(mark.first in lasts and mark.last - mark.first == 1 for mark in marks)


def people_taken_for_granted(sheet: Sheet) -> Predicate | None:
    """'Which children under 10 …', 'the newborn cohort': the ages that a trial must let in for the question to hold."""
    if not sheet.refs or any(cue.asks is not Asks.ADMITS for cue in sheet.bare.cues):
        return None
    one = {"a", "an", "my", "one"}  # 'the dose for a girl of 22 kg' speaks of a weight, not of those in the trial
    marks = [m for m in sheet.kinds(Kind.AGES) if not one & set(sheet.line.lemmas(max(0, m.first - 1), m.first))]
    ages = [mark.value for mark in marks]
    ages += [limit.values for limit in sheet.limits if limit.variable == "age"]
    return Limit("age", ages[0], Asks.ADMITS, ages[0].describe()) if ages else None


def _is_kept_in_check(sheet: Sheet) -> bool:
    """'How is asthma control assessed?': a disease or a value under control, no control group."""
    lemmas = sheet.line.lemmas()
    held = {at for m in sheet.kinds(Kind.CONCEPT, Kind.VARIABLE) for at in range(m.first, m.last + 1)}
    at = [at for at, word in enumerate(lemmas) if word == "control"]
    behind = {"group", "arm", "patient", "participant", "treatment", "condition"}
    checked = [i for i in at if i in held or lemmas[max(i - 1, 0)] in word_set("plan.kept_in_check")]
    return bool(at) and checked == at and not any(set(lemmas[i + 1 : i + 2]) & behind for i in at)


def _is_of_a_step(sheet: Sheet, facts: tuple[str, ...]) -> bool:
    """'Who delivers the intervention?', 'when does the iron start?': what is done in the trial, no list or date."""
    lemmas = sheet.line.lemmas()
    if facts == ("interventions",):
        return lemmas[0] in {"who", "whom"} or bool({"measure", "measured", "assess", "assessed"} & set(lemmas))
    if facts == ("conditions",):
        return bool({"happen", "becomes", "become"} & set(lemmas))
    if facts != ("start_date",) or lemmas[0] not in {"when", "at", "in", "from", "on"}:
        return False
    known = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    known |= {at for mark in sheet.marks if mark.kind is Kind.FACT for at in range(mark.first, mark.last - 1)}
    idle = tables.stop_words() | tables.frame_words() | word_set("plan.begins")
    verbs = [at for at, word in enumerate(lemmas) if word in {"start", "begin", "started", "begun", "introduced"}]
    return bool(verbs) and verbs[0] - 1 not in known and lemmas[verbs[0] - 1] not in idle


def _asks_another_name(lemmas: tuple[str, ...]) -> bool:
    """'By what other name …', 'another name of …': no title, and no criterion."""
    return any(lemmas[at : at + 2] in {("other", "name"), ("another", "name")} for at in range(len(lemmas)))


def _is_of_another_thing(sheet: Sheet) -> bool:
    """'The name of the donor bank in LYRA': of something that is not the trial."""
    lemmas = sheet.line.lemmas()
    own = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    for at in (at for at in range(len(lemmas) - 1) if lemmas[at : at + 2] == ("name", "of")):
        thing = next((i for i in range(at + 2, len(lemmas)) if lemmas[i] not in tables.stop_words()), None)
        if thing is not None and thing not in own and lemmas[thing] not in word_set("plan.itself"):
            return True
    return False


def asks_no_value(sheet: Sheet) -> bool:
    """'When is the bone marrow looked at?', 'which cuff takes the blood pressure?': a time, a thing, and no limit."""
    lemmas = sheet.line.lemmas()
    asked = {"when", "where", "who", "whom", "why"} & set(lemmas[:3]) or lemmas[:2] == ("how", "often")
    judged = not gets_in_it(sheet) and bool(sheet.kinds(Kind.CUE))
    limited = sheet.has("cutoff") or bool(sheet.limits)
    return not judged and not limited and (bool(asked) or _asks_for_a_thing(sheet) or gets_in_it(sheet))


def of_another_kind(sheet: Sheet, facts: tuple[str, ...]) -> bool:
    """'When after the operation are they seen?': a condition that only says when, where or of whom; no criterion."""
    lemmas = sheet.line.lemmas()
    if not facts or not all(fact.startswith("concept:") for fact in facts) or sheet.kinds(Kind.CUE):
        return False
    joins = _OBLIGING | word_set("plan.stopping") | word_set("plan.of_criteria")
    return lemmas[:1] in {("when",), ("where",), ("who",)} and not set(lemmas) & joins


def gets_in_it(sheet: Sheet) -> bool:
    """'How many shots does each child get in LYRA?': what is got there, and nobody who gets in."""
    lemmas = sheet.line.lemmas()
    starts = {ref.first for ref in sheet.references}
    counts = lemmas[:2] in {("how", "many"), ("how", "much")} and not set(lemmas[2:3]) & word_set("cues.people")
    cues = sheet.reading.cues
    return counts and bool(cues) and all(c.last in starts and lemmas[c.last - 1] == "in" for c in cues)


def _asks_for_a_thing(sheet: Sheet) -> bool:
    """'Which cuff takes the blood pressure?': the head of the question is neither a measure, a value nor people."""
    lemmas = sheet.line.lemmas()
    marks = sheet.kinds(Kind.VARIABLE, Kind.CONCEPT, Kind.GROUP, Kind.AGES)
    measured = {word for mark in marks for word in lemmas[mark.first : mark.last]}
    values = word_set("plan.value_heads") | word_set("cues.people") | word_set("plan.permits")
    at = next((at for at, word in enumerate(lemmas[:_EARLY]) if word in {"which", "what"}), len(lemmas))
    head = set(takewhile(lambda word: word not in tables.stop_words(), lemmas[at + 1 :]))
    return bool(head) and not head & (measured | values) and not _OBLIGING & set(lemmas)


_EARLY = 3  # words: 'up to which …'
_OBLIGING = frozenset({"must", "need", "needed", "required", "allowed", "should", "may", "can", "have"})


_MADE_OF = frozenset({("made", "of"), ("consist", "of"), ("composed", "of")})


def without_passing(sheet: Sheet, facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts without one that is named in passing: the aim of 'which heart rate is it that they aim for?'."""
    lemmas = sheet.line.lemmas()
    stands_for = facts == ("acronym",) and sheet.has("meaning") and sheet.refs and sheet.bare.unplaced
    if stands_for or _asks_another_name(lemmas):  # 'what does QVX stand for in LYRA?'
        return ()
    head = sheet.head is not None and not sheet.head & words_of_rules(facts)
    if facts == ("summary",) and head:
        return ()
    if "control" in facts and _is_kept_in_check(sheet):
        facts = tuple(fact for fact in facts if fact != "control")
    meant = facts == ("dose",) and {"meant", "defined", "definition"} & set(lemmas)  # 'what is meant by the … dose?'
    if meant or (facts in {("contacts",), ("control",)} and lemmas[-2:] in _MADE_OF):
        return ()  # 'what is the contact cast made of?', 'what is the placebo made of?'
    if "title" in facts and _is_of_another_thing(sheet):
        facts = tuple(fact for fact in facts if fact != "title")
    if "published" in lemmas:  # 'where were the results published?'
        facts = tuple(fact for fact in facts if fact != "sites")
    if "compensation" in facts:  # 'what do they get paid per visit?'
        facts = tuple(fact for fact in facts if fact != "visits")
    if _is_of_a_step(sheet, facts) or (facts == ("arms",) and (_names_some(lemmas) or _is_of_the_name(sheet))):
        return ()
    counts = lemmas[:2] == ("how", "many") and not set(lemmas[2:3]) & (tables.stop_words() | words_of_rules(facts))
    if counts and facts in {("sponsor",), ("investigator",)}:
        return ()  # 'how many beds does the sponsor have?'
    allowed = word_set("plan.permits") & set(sheet.line.lemmas())
    return () if facts == ("conditions",) and allowed else facts  # 'which obstetric conditions are allowed?'
