"""Things asked for of which one is enough: "gout or lupus", "one of the following: fever, cough", "e.g. insulin"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.criteria.readings import Reading
from rag.types import Criterion, Stance, State

EITHER = "either"  # the other ways stand in the same words, each with this doubt
_ALTERNATIVE = "alternative"  # other ways may be meant that no concept names
_KINDS = frozenset({"condition", "treatment", "state", "biomarker"})

# Between two members of a list: adjectives and an "or", a comma; no other statement.
_BETWEEN = re.compile(r"[^.;:]{0,60}(?:;\s*or\b[^.;:]{0,40})?")
_APART = re.compile(
    r"(?i)\b(?:and(?!\s?/\s?or\b|\s?\(\s?or\b)|(?<!or )with|plus|but|must|should|who|whose"
    r"|which|that|have|has|had|if|unless|no|not|without|than|for|because|due|after|before|during|since|requiring|receiving|treated|by|including|includes|like)\b|&|\+"
)
_ANY_APART = re.compile(r"(?i)\b(?:plus|but|must|should|if|unless|no|not|without|than|who|because|including)\b|\+")
_OR = re.compile(r"(?i)\bor\b|(?<=\w) ?/ ?(?=\w)")
_COMMA = re.compile(r"[,/]")
_IN_BRACKETS = re.compile(r"\([^()]*\)")  # "diabetes (type 1 or 2), gout"
# "either gout or asthma, and diabetes": the last is asked of all
_EITHER_AHEAD = re.compile(r"(?i)\beither\b[^.;:]{0,40}$")
_AND_BEHIND = re.compile(r"(?i),?\s?and\b(?!\s?/)")
# a list whose line feeds were lost: "Melanoma Lymphoma (NHL) Sarcoma"
_RUN_ON = re.compile(
    r"\)?\s(?:\([^()]{1,20}\)\s|\[[^\[\]]{1,20}\]\s)?(?P<first>(?:Anaplastic|Small|Large|Acute|Chronic|Diffuse|Malignant|Mixed"
    r"|Primary|Refractory|Soft|Invasive|Low|High)[\s-])?"
)
_SHORTEST_RUN_ON = 3  # members, where nothing leads to the list
_GOES_ON = re.compile(r"(?i)(?:\s?\([^()]{1,20}\))?,? ?(?:and/)?or\s")
_REACH = 70  # code points between two members
_SHORT = 25  # the same, between an illness and a treatment
# Ahead of a list: "at least one of the following", "one or several symptoms", "such as"
_ONE_AHEAD = re.compile(
    r"(?i)\b(?:(?:one|1|any|either|some)(?: \(1\)| or (?:more|several|both))?"
    r" of (?:the|these|their|his|her|such|its|following|below)\b"
    r"|(?:at least|minimum of) (?:one|1|two|2|three|3)(?: \(\d\))? (?:of|additional|other|or more)\b"
    r"|(?:one|1) or (?:more|several)\b|either\b)[^.;:]{0,80}:?[^.;:]{0,40}$"
)
_EXAMPLES_AHEAD = re.compile(r"(?i)(?:\bsuch as\b|\be\.?\s?g\b\.?,?|\bfor (?:example|instance)\b,?)[^.;:()]{0,40}$")
# "signs of shock including low pressure, oliguria"; not "treatment including a platinum", "adults including those with"
_INCLUDING_AHEAD = re.compile(
    r"(?i)\binclud(?:ing|es?)\b(?: but not limited to)?,?(?:(?!\b(?:with|who|must|should)\b)[^.;:()]){0,120}$"
)
# "a rare sarcoma, chordoma or gout": the other ways have no concept
_OR_AHEAD = re.compile(
    r"(?i)(?<!\bwith)(?<!\band)(?<!\bwhether)(?<!\bmore)(?<!\bolder)(?<!\babove)(?<!\bover)(?<!\bhigher)(?<!\bgreater)"
    r"(?<!\bless)(?<!\byounger)(?<!\bbelow)(?<!\bno)(?<!\bnot)(?<!\bof)(?<!\bto)(?<!\bin)(?<!\bby)(?<!\bat)(?<!\d)"
    r"(?<=[\w)])(?:,| \(s\))? or (?:an? )?$"
)
_THAT_IS_AHEAD = re.compile(r"(?i)\bi\.?\s?e\b\.?,?[^.;:()]{0,40}$")
# its last word alone, "IV", or the whole of "stage III or IV"
_STAGES = re.compile(
    r"(?i)\b(?:I{1,3}|[1-3])[A-C]?\d?(?: disease)?\s?(?:,|,? ?\b(?:or|and)\b|/|-|–|\bto\b)"
    r"\s?(?:stage )?(?:IV|4)[A-C]?\d?(?: disease)?$"
)
_STAGES_BEHIND = re.compile(r"(?i),?\s?(?:\bor|/|,)\s?(?:stage )?(?:I{1,3}|[1-3])[A-C]?\b")
_COURSE = r"(?:advanced|recurrent|relapsed|refractory|unresectable|inoperable|progressive|metastatic)"
_COURSE_AHEAD = re.compile(rf"(?i)\b{_COURSE}(?: and/or| or|/|,)\W{{0,2}}$")
_COURSE_BEHIND = re.compile(rf"(?i)(?:,? (?:and/)?or |, |/){_COURSE}\b")
# what says how far a disease has come: the "or" behind it joins it with no disease
_NO_DISEASE = frozenset({"measurable_disease", "tumor", "malignancy", "other_malignancy", "bone_marrow_involvement"})
_OF_A_COURSE = frozenset({"locally_advanced", "metastatic_disease", "stage_iv", "treatment_naive", "recurrence"})


def one_is_enough(readings: list[Reading], item: str) -> list[Reading]:
    """The readings of a requirement, in doubt what another way may stand for."""
    known = load_concepts()
    wanted = [one for one in readings if one.stance is Stance.REQUIRED and not one.doubts and one.concept in known]
    wanted = [one for one in wanted if known[one.concept].kind in _KINDS and not known[one.concept].wanted]
    wanted.sort(key=lambda one: (one.start, -one.end))
    if not wanted:
        return readings
    doubts: dict[Reading, str] = {}
    for run in _runs(wanted, item):
        doubts |= _doubts(run, item)
    if not doubts:
        return readings
    return [replace(one, doubts=(doubts[one],)) if one in doubts else one for one in readings]


def _runs(wanted: Sequence[Reading], item: str) -> Iterator[list[list[Reading]]]:
    """Members of one list each, in order; a member is the readings of one name said twice."""
    run: list[list[Reading]] = []
    for one in wanted:
        if run and _is_again(run[-1], one):
            run[-1].append(one)
            continue
        if run and one.start < run[-1][-1].end and not _OR.search(item, run[-1][-1].start, one.start):
            continue  # the "carcinoma of the gullet" of "squamous carcinoma of the gullet"
        if run and not _is_joined(item, run, one):
            yield run
            run = []
        run.append([one])
    if run:
        yield run


def _is_again(member: Sequence[Reading], one: Reading) -> bool:
    """The "(NSCLC)" behind its long form."""
    return one.concept == member[-1].concept and one.start - member[-1].end <= 12


def _is_joined(item: str, run: Sequence[Sequence[Reading]], one: Reading) -> bool:
    between = _link(item, run[-1], one)
    if (one.concept in _OF_A_COURSE) != (run[-1][-1].concept in _OF_A_COURSE):
        return False
    if _is_run_on(item, run[-1][-1], one):
        return True
    if _AND_BEHIND.match(between) and len(run) > 1 and _EITHER_AHEAD.search(item, 0, run[0][0].start):
        return False
    if "(" in between and ")" not in between:
        return False  # "lung cancer (adenocarcinoma, or large cell)"
    told = bool(_OR.search(between) or _COMMA.search(between))
    if load_concepts()[one.concept].kind != load_concepts()[run[-1][-1].concept].kind:
        near = len(between) <= _SHORT and _OR.search(between) is not None
        told = near or between.strip() == ","  # not "gout in relapse or refractory to steroids"
    if len(between) > _REACH or _BETWEEN.fullmatch(between) is None or not told:
        return False
    apart = _ANY_APART if _is_led(item, run[0][0].start) else _APART
    return apart.search(between) is None


def _is_run_on(item: str, before: Reading, one: Reading) -> bool:
    """Whether two cancers stand in lines of a list that were run together."""
    known = load_concepts()
    cancers = all(known[each.concept].group == "cancer" and each.concept not in _NO_DISEASE for each in (before, one))
    found = _RUN_ON.fullmatch(item, before.end, one.start) if cancers and before.end < one.start else None
    return found is not None and (found["first"] is not None or item[one.start].isupper())


def _link(item: str, member: Sequence[Reading], one: Reading) -> str:
    """The words between two members, or the beginnings of two that overlap, "breast or lung cancer".

    What stands in brackets is left out.
    """
    end = max(reading.end for reading in member)
    return _IN_BRACKETS.sub(" ", item[end if end <= one.start else member[-1].start : one.start])


def _is_led(item: str, start: int) -> bool:
    lead = item[max(0, start - 140) : start]
    return _ONE_AHEAD.search(lead) is not None or _EXAMPLES_AHEAD.search(lead) is not None


def _doubts(run: Sequence[Sequence[Reading]], item: str) -> dict[Reading, str]:
    start = run[0][0].start
    lead = item[max(0, start - 140) : start]
    if _EXAMPLES_AHEAD.search(lead) or (len(run) == 1 and _is_one_stage(run[0][0], lead, item)):
        return {one: _ALTERNATIVE for member in run for one in member}
    alone = len(run) == 1 and _is_behind_or(run[0][0], lead, item)
    if _is_ill(run[0][0]) and (alone or _INCLUDING_AHEAD.search(lead)):
        return {one: _ALTERNATIVE for member in run for one in member}
    if len(run) >= _SHORTEST_RUN_ON and _THAT_IS_AHEAD.search(lead):
        return {one: _ALTERNATIVE for member in run for one in member}
    links = [_OR.search(_link(item, member, after[0])) is not None for member, after in pairwise(run)]
    last = max((number for number, joined in enumerate(links, start=1) if joined), default=0)
    run_on = sum(_is_run_on(item, one[-1], after[0]) for one, after in pairwise(run)) + 1 >= _SHORTEST_RUN_ON
    led = len(run) > 1 and (run_on or _ONE_AHEAD.search(lead) or _GOES_ON.match(item, run[-1][-1].end))
    members = run if led else run[: last + 1]
    concepts = {member[0].concept for member in members}
    whole = {one for one in concepts if concepts <= narrower_or_equal(one)}  # "lymphoma or follicular lymphoma"
    if len(concepts) < 2:
        return {}
    return {one: EITHER for member in members if member[0].concept not in whole for one in member}


def _is_ill(one: Reading) -> bool:
    return load_concepts()[one.concept].kind == "condition"


def _is_behind_or(one: Reading, lead: str, item: str) -> bool:
    """Whether another way stands before it that no concept names; not "squamous or non-squamous lung cancer"."""
    return not item.startswith("non", one.start) and _OR_AHEAD.search(lead) is not None


def _is_one_stage(one: Reading, lead: str, item: str) -> bool:
    """The last of "stage III or IV", "advanced or metastatic": of the others no concept is named."""
    if one.concept == "stage_iv":
        return bool(_STAGES.search(lead + item[one.start : one.end]) or _STAGES_BEHIND.match(item, one.end))
    beside = _COURSE_AHEAD.search(lead) or _COURSE_BEHIND.match(item, one.end)
    return one.concept in _OF_A_COURSE and beside is not None


def is_one_way(state: State) -> bool:
    """Whether what is asked for is asked of everybody, or is one of several ways to fit: who has it is let in."""
    return set(state.doubts) <= {EITHER}


def is_so_in_every_way(criterion: Criterion, state: State, kinds: Collection[str]) -> bool:
    """Whether a thing is asked of everybody, or each of those of which one is enough is of the kinds.

    So "type 1 or type 2 diabetes" asks for diabetes.
    """
    if not state.doubts:
        return True
    ways = [one for one in criterion.concepts if one.stance is Stance.REQUIRED and EITHER in one.doubts]
    return state.doubts == (EITHER,) and all(one.doubts == (EITHER,) and one.concept in kinds for one in ways)
