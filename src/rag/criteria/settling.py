"""Readings of one item settled among themselves: what repeats another, is said of others, or cannot hold beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from rag.criteria.concepts import load_concepts
from rag.criteria.readings import Reading
from rag.criteria.sought import sought
from rag.types import Stance


def settled(readings: list[Reading], item: str) -> list[Reading]:
    """The readings of a folded item, in their order, with none that the others or the sentence contradict."""
    if not readings:
        return readings
    readings = _denied_on(_repeated(_without_use(readings), item), item)
    readings = _asked_of_the_infected(_said_of_a_later_pregnancy(readings, item), item)
    return _one_way(_known_either_way(readings, item), item)


def _without_use(readings: list[Reading]) -> list[Reading]:
    """The "alcohol" of "alcohol or drug abuse" is its abuse, and no use of it."""
    abused = {one.start for one in readings if one.concept == "alcohol_abuse"}
    return [one for one in readings if one.concept != "alcohol_use" or one.start not in abused]


def _repeated(readings: list[Reading], item: str) -> list[Reading]:
    """The "(HBsAg)" of "negative hepatitis B surface antigen (HBsAg)" says what stands before it."""
    kept = readings[:1]
    for one in readings[1:]:
        before = kept[-1]
        repeats = (
            before.concept == one.concept
            and before.end <= one.start
            and before.stance is not Stance.ASIDE
            and one.stance is Stance.REQUIRED
            and _OPENS.fullmatch(item, before.end, one.start)
        )
        kept.append(replace(one, stance=before.stance, doubts=before.doubts) if repeats else one)
    return kept


_OPENS = re.compile(r" ?(?:surface antigen|antigen|virus|antibody|infection)?s? ?[(\[/] ?")


def _denied_on(readings: list[Reading], item: str) -> list[Reading]:
    """ "Must not have had a stroke or have an infection": the second is as little wanted as the first."""
    spans = [found.span() for found in _MUST_NOT.finditer(item)]
    if not spans:
        return readings
    kept = readings[:1]
    for one in readings[1:]:
        before = kept[-1]
        joined = (
            one.stance is Stance.REQUIRED
            and before.stance is Stance.TURNED_AWAY
            and _span_at(spans, before.start) == _span_at(spans, one.start) >= 0
            and _is_denied_with(item, before.end, one)
        )
        kept.append(replace(one, stance=before.stance, doubts=before.doubts) if joined else one)
    return kept


def _span_at(spans: Sequence[tuple[int, int]], place: int) -> int:
    """The number of the span [start, end) that holds a place, -1 for none; the spans are disjoint and in order."""
    at = bisect_right(spans, place, key=itemgetter(0)) - 1
    return at if at >= 0 and place < spans[at][1] else -1


def _is_denied_with(item: str, start: int, one: Reading) -> bool:
    """Whether a list goes on from `start` to a reading: not ", but must have gout", "; able to swallow"."""
    known = load_concepts()
    illness = one.concept in known and known[one.concept].kind == "condition"
    between, stop = item[start : one.start], _CLAUSE_END.search(item, one.end)
    after = item[one.end : stop.start() if stop else len(item)]
    asked = _ASKED.search(between) or _ASKED.search(after) or _DIAGNOSED.search(after)
    return illness and one.concept != "measurable_disease" and not asked and _JOINT.search(between) is not None


_ASKED = re.compile(
    r"(?i)\b(?:must|should|shall|ha(?:s|ve) to|need|required?|requires|mandatory|but|however|only|though|women|men"
    r"|(?:patients|subjects|participants|individuals) (?:with|who))\b"
)
_DIAGNOSED = re.compile(r"(?i)\b(?:diagnosed|confirmed)\b")
_CLAUSE_END = re.compile(r"[.;,]")
_MUST_NOT = sought(r"(?i)\b(?:must|may|should) not have\b[^.]{1,600}", "not have")
_JOINT = re.compile(r"(?i)^[^;]{0,80};\s*or\b|\bor have\b|^[^;]{0,80};\s*[^;]{0,80}$|^, [^;]{0,80}$")


def _said_of_a_later_pregnancy(readings: list[Reading], item: str) -> list[Reading]:
    """What she does who becomes pregnant, a partner's pregnancy, a test: nobody is asked to be pregnant."""
    if not any(one.concept in _PREGNANCY and one.stance in _SAYS for one in readings):
        return readings
    spans = [found.span() for found in _LATER.finditer(item)]
    kept: list[Reading] = []
    for one in readings:
        if one.concept not in _PREGNANCY or one.stance not in _SAYS or _span_at(spans, one.start) < 0:
            kept.append(one)
        elif one.stance is Stance.REQUIRED and _NEGATIVE.search(item, max(0, one.start - 60), one.start):
            kept.append(replace(one, stance=Stance.TURNED_AWAY))  # "a negative serum (or urine) pregnancy test"
        else:
            kept.append(replace(one, stance=Stance.ASIDE, doubts=()))
    return kept


_NEGATIVE = re.compile(r"(?i)\bnegative\b[^.;:]{0,45}$")
_SAYS = frozenset({Stance.REQUIRED, Stance.EXEMPT})
_PREGNANCY = frozenset({"pregnancy", "planning_pregnancy"})
_LATER = re.compile(
    r"(?i)\bshould (?:a|any|the|she|his|their) [^.;]{0,60}?\bpregnant\b[^.;]{0,60}"
    r"|\b(?:effects?|risks?) (?:on|to|of|for) [^.;]{0,20}\bpregnan\w+"
    r"|\b(?:for|during|throughout) the (?:duration|entirety|whole|course) of (?:the|her|their|any) pregnan\w+"
    r"|\bpregnant (?:female |sexual )?partners?\b|\bpartners? (?:who )?(?:is|are|becomes?) (?:already )?pregnant"
    r"|\bwith a (?:woman|female|partner)(?: partner)? (?:who|that) is pregnant"
    r"|\bpregnancy tests?\b(?![^.;]{0,200}\bpositive)"
)


def _asked_of_the_infected(readings: list[Reading], item: str) -> list[Reading]:
    """ "Known HIV-infected patients must be on treatment" asks nobody to be infected, nor the others to be treated."""
    found = next((one for one in readings if _is_infection(one.concept) and one.stance in _SAYS), None)
    asked = _WHO_MUST.match(item) if found is not None else None
    if found is None or asked is None or not asked.start("who") <= found.start < asked.start("must"):
        return readings
    end = item.find(". ", asked.end())
    sentence = range(asked.end(), len(item) if end < 0 else end)
    kept: list[Reading] = []
    for one in readings:
        required = one.stance is Stance.REQUIRED
        named = one.start < asked.start("must") and one.stance in {Stance.REQUIRED, Stance.TURNED_AWAY}
        if named and _is_infection(one.concept):
            kept.append(replace(one, stance=Stance.EXEMPT, doubts=()))
        elif one.concept == found.concept and one.start in sentence:  # "must have an undetectable HBV viral load"
            kept.append(replace(one, stance=Stance.ASIDE, doubts=()))
        elif required and one.start in sentence:
            kept.append(replace(one, doubts=tuple(dict.fromkeys((*one.doubts, "cohort")))))
        else:
            kept.append(one)
    return kept


_PERSONS = r"(?:patients|participants|subjects|individuals|persons|people|volunteers)"
_WHO_MUST = re.compile(
    rf"(?i)\W*(?:[\w ]{{2,24}}: ){{0,2}}(?:all |any )?(?P<who>(?:{_PERSONS} (?:who are |with |known to (?:be|have) )"
    rf"[^.;:,]{{2,90}}|(?:known |documented )?[^.;:,]{{2,45}}[ -](?:infected|positive|seropositive) {_PERSONS}) )"
    r"(?P<must>must|should|need to|have to|are required to)\b(?! not)"
)


def _is_infection(concept: str) -> bool:
    known = load_concepts()
    return concept in known and known[concept].group == "infection" and known[concept].kind == "condition"


def _one_way(readings: list[Reading], item: str) -> list[Reading]:
    """An item that turns the pregnant or the infected away asks nobody to be so, whatever else it says of them."""
    out: dict[str, int] = {}  # by concept, the first place
    for one in readings:
        if one.stance is Stance.TURNED_AWAY and not one.doubts:
            out.setdefault(one.concept, one.start)
    if not out:
        return readings
    return [
        replace(one, stance=Stance.ASIDE, doubts=())
        if one.stance is Stance.REQUIRED
        and one.concept in out
        and not (
            one.start < min(_AT_HEAD, out[one.concept])
            and not _OTHERWISE.search(item, one.end, max(one.end, out[one.concept]))
        )
        and (one.concept in _ONE_WAY or _is_infection(one.concept) or _told_after(one, out))
        else one
        for one in readings
    ]


_ONE_WAY = _PREGNANCY | {"breastfeeding"}


def _told_after(one: Reading, out: Mapping[str, int]) -> bool:
    """The history of a "non-smoker (for 6 months if ever a smoker)"; not of "a smoker or non-smoker"."""
    return one.concept == "smoking" and one.start > out[one.concept]


# "HIV infection, no HIV-2" asks for HIV before it turns a kind away; not "nursing women must stop nursing"
_AT_HEAD = 20  # code points
_OTHERWISE = re.compile(r"(?i)\b(?:or|must|should|willing|agree\w*|needs?|unless|negative)\b")


def _known_either_way(readings: list[Reading], item: str) -> list[Reading]:
    """ "RAS, BRAF and MSI status must be known": the result is asked for, whichever it is."""
    found = _STATUS_KNOWN.search(item)
    if found is None:
        return readings
    start = max(found.start() - _REACH, *(item.rfind(sign, 0, found.start()) + 1 for sign in ".;:"))
    if _RESULT.search(item, start, found.end()):
        return readings
    known = load_concepts()
    return [
        replace(one, stance=Stance.ASIDE, doubts=())
        if start <= one.start < found.end() and one.concept in known and known[one.concept].kind == "biomarker"
        else one
        for one in readings
    ]


_STATUS_KNOWN = sought(
    r"(?i)\b(?:status|expression|result)s? (?:(?:must|should|has to|have to|needs? to|is|are) (?:be )?)?"
    r"(?:known|documented|determined|available|tested|assessed|evaluated)\b",
    "status", "expression", "result",
)
_REACH = 120  # signs of a clause before its "status must be known"
_RESULT = re.compile(r"(?i)\b(?:positive|negative|high|low|wild|mutated|mutant|amplified|deficient|not|no|without)\b")
