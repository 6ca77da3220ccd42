"""Readings of what is only told in passing: a scale's name, a reason, a sign of something else, a yardstick, an aim.

The rules of `remarks` and `sayings` look at the words right before a reading or right behind it; the rest here at its
sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from rag.criteria.cohorts import cohorts_in
from rag.criteria.concepts import load_concepts
from rag.criteria.readings import Reading
from rag.criteria.remarks import ANY, ASKS, BOTH, OUT, RULES, Rule
from rag.criteria.sayings import SAYINGS
from rag.criteria.sought import in_one_case, sought
from rag.types import Polarity, Stance

# Sentences that tell what is known or what is to be studied, and ask for nothing.
_TELLS = sought(
    r"(?i)\bwe (?:will|plan|propose|hope|intend|aim)\b"
    r"(?! (?:to )?(?:include|enrol|recruit|accept|select|admit|invite|only))"
    r"|\b(?:often|usually|frequently) have\b"
    r"|(?:^|[.;] )(?:patients|subjects|participants) have experienced\b"
    r"|(?<!who )(?<!that )\bha(?:s|ve) been (?:(?:shown|reported|demonstrated) (?:to|that)|associated with)\b(?! have)"
    r"|\bpotential interaction\b"
    r"|(?:^|[.;] )\W*(?:patients|subjects|participants|those) (?:(?:who|that) (?:are|have)|with) [^.;,()]{2,60}"
    r"\bwill (?:receive|be (?:given|treated|offered|monitored|managed|followed)|continue)\b"
    r"|\bfuture (?:stud(?:y|ies)|research)\b|\b(?:is|are) defined as (?:those|patients|subjects|participants|having)\b",
    *["we ", "often have", "usually have", "frequently have", "have experienced", " been shown", " been reported"],
    *[" been demonstrated", " been associated", "potential inter", "future stud", "future research", " defined as "],
    *["will receive", "will be ", "will continue"],
)
_TELLS_OF_MANY = sought(
    r"(?i)\b(?:patients|people|those) with [\w ]{2,60} (?:often|usually|frequently|commonly) have\b",
    *[" often have", " usually have", " frequently have", " commonly have"],
)
_SENTENCE_END = re.compile(r"\.\s+(?=[A-Z\d*])|;\s+")
# "Part 2 (asthma participants): …", "Cohort B - …"
_LABEL = re.compile(
    r"\W*(?P<name>(?i:parts?|cohorts?|arms?|groups?|strat(?:um|a)|phase|sub-?study) ?[\dA-Z][^:;.]{0,90}):\s"
)
# "DIABETIC SUBJECTS: …"
_LABEL_OF_PEOPLE = re.compile(
    r"\W*(?P<name>(?!(?:ALL|BOTH|ADULT|ELIGIBLE|FEMALE|MALE|STUDY)\b)"
    r"[A-Z][A-Z /-]{2,50} (?:SUBJECTS|PATIENTS|PARTICIPANTS|VOLUNTEERS|CONTROLS|DONORS)):"
)
# "Cohort 3 (thymoma)" as a line of its own
_LABEL_ALONE = re.compile(
    r"\W*(?i:part|cohort|arm|group|stratum) ?[\dA-Z]{1,2} ?(?:\([^().;]{2,90}\):?|[–-][^:.;]{2,90}:)\s*$"
)
_EVERY_PART = re.compile(r"(?i)\b(?:all|both|each|every)\b|\b(?:1|A|I) (?:and|&|/) (?:part |cohort |arm )?(?:2|B|II)\b")
# "… (for volunteers who undergo skin tests)"; not "(for women)"
_FOR_SOME = re.compile(
    r"(?i)\((?:only )?(?:for|in|applies (?:only )?to|applicable (?:only )?to) (?:the )?"
    r"(?:patients|participants|subjects|volunteers|those|individuals|cohorts?|parts?|arms?)\b[^()]{3,90}\)\W*$"
)
# "All patients admitted with gout are eligible" names those sought
_ALL_ELIGIBLE = re.compile(
    r"\W*(?i:all|only) (?:\w+ ){0,2}"
    r"(?:patients|subjects|participants|adults|children|individuals|persons|volunteers|women|men)\b"
    r"(?P<who>[^.;]{3,200}?)\b(?:are|is|will be) (?:considered )?(?:eligible|included|enrolled|recruited)\b"
    r"(?! (?:if|provided|even|regardless|unless|when|as long))"
)
_NOBODY_ASKS_FOR = frozenset({"no_contraception", "unable_to_consent", "staff_family", "vulnerable_person"})
_OF_USE = _NOBODY_ASKS_FOR | {"contraception"}
# "those who are not sterile, past menopause or abstinent are using contraception": the 'not' is of the first alone
_ARE_USING = re.compile(
    r"(?i)(?<!not )\b(?:are|is|must be|agree to) (?:using|use|practi[cs]ing) (?:an? |the )?(?:\w+ ){0,4}$"
)


@dataclass(frozen=True, slots=True)
class _Live:
    """The words of one item, and which of the rules, by their place, may hold in it as far as they were asked for."""

    lowered: str
    known: dict[int, bool]

    def holds_words(self, place: int, rule: Rule) -> bool:
        found = self.known.get(place)
        if found is None:
            found = self.known[place] = rule.may_hold(self.lowered)
        return found


def told_in_passing(readings: list[Reading], item: str, polarity: Polarity) -> list[Reading]:
    """The readings of a folded item, those told in passing said of nobody, or in doubt."""
    known = load_concepts()
    readings = _of_a_denied_list(readings, item) if polarity is Polarity.INCLUSION else readings
    readings = _of_those_sought(_of_a_part(readings, item), item)
    live = _Live(in_one_case(item), {})
    return [_as_told(one, item, polarity, live) if one.concept in known else one for one in readings]


_WASHOUT = sought(r"(?i)\bwash(?:ed)?[ -]?outs?\b[^:]{0,80}:\W*$", "wash")
# "The following lesions do not qualify as measurable:"
_NO_CRITERION = sought(
    r"(?i)\b(?:do|does|are|is|will) not (?:be )?(?:qualify|considered|count\w*) [^:]{0,40}:\W*$",
    " not ",
)


_RECOMMENDED = re.compile(r"(?i)\W*(?:recommended|encouraged|suggested|preferred)\W*$")


def told_below(readings: tuple[Reading, ...], heading: str) -> tuple[Reading, ...]:
    """The readings of a requirement below a heading that asks for a pause in treatments, or defines what counts."""
    if _NO_CRITERION.search(heading):
        return tuple([replace(one, stance=Stance.ASIDE, doubts=()) if one.stance is ASKS else one for one in readings])
    if _RECOMMENDED.match(heading):
        return tuple([replace(one, stance=Stance.EXEMPT) if one.stance is ASKS else one for one in readings])
    if _WASHOUT.search(heading) is None:
        return readings
    known = load_concepts()
    drugs = {one.concept for one in readings if one.stance is ASKS and known[one.concept].kind == "treatment"}
    return tuple([
        replace(one, stance=OUT, doubts=()) if one.stance is ASKS and one.concept in drugs else one for one in readings
    ])


# "No weak heart, e.g.: Angina Arrhythmia", "The following are excluded: Bleeding Injury": lists whose
# line feeds were lost, up to what is asked for again
_DENIED_LIST = re.compile(
    r"(?:\bNo\b[^.;:]{3,80}(?:\be\.g\.|\bi\.e\.|\bsuch as|\bincluding|\bfollowing),? ?:"
    r"|\b(?i:the following|these) [^.;:]{0,30}\b(?:excluded|ineligible|not (?:eligible|allowed|permitted)):"
    r"|\b(?:Excluded|Exclusion)\b[^.;:]{0,30}:)"
    r"(?P<list>(?:(?!\b(?:No|Not|Must|At least|Fertile|Adequate|Negative|Able|Willing|Patients?|Allowed|Prior"
    r"|Concurrent|allowed|required|must|eligible)\b|\b[A-Z][\w ]{2,30}:|--).){3,400})"
)


def _of_a_denied_list(readings: list[Reading], item: str) -> list[Reading]:
    """The readings of a requirement, the illnesses of a list that is denied as a whole turned away."""
    spans = [found.span("list") for found in _DENIED_LIST.finditer(item)] if ":" in item else []
    if not spans:
        return readings
    known = load_concepts()

    def is_denied(one: Reading) -> bool:
        ill = one.stance is ASKS and one.concept in known and known[one.concept].kind == "condition"
        return ill and any(start <= one.start < end for start, end in spans)

    return [replace(one, stance=OUT, doubts=()) if is_denied(one) else one for one in readings]


@cache
def _rules_for(concept: str, polarity: Polarity) -> tuple[tuple[int, Rule], ...]:
    known = load_concepts()[concept]
    return tuple((place, rule) for place, rule in enumerate((*RULES, *SAYINGS)) if rule.is_for(known, polarity))


def _as_told(one: Reading, item: str, polarity: Polarity, live: _Live) -> Reading:
    if one.concept in _OF_USE:
        used = _ARE_USING.search(item, max(0, one.start - 60), one.start) is not None
        if one.concept in _NOBODY_ASKS_FOR and one.stance is ASKS:
            return replace(one, stance=OUT if used and one.concept == "no_contraception" else Stance.ASIDE)
        if one.concept == "contraception" and one.stance is OUT and used:
            return replace(one, stance=ASKS)
    if one.concept == "benign_disease" and item[one.end - 9 : one.end].lower() == "malignant":
        return replace(one, stance=Stance.ASIDE, doubts=())  # the adjective of "non-malignant disease of the nerves"
    for place, rule in _rules_for(one.concept, polarity):
        if one.stance in rule.stances and live.holds_words(place, rule) and rule.holds(one, item):
            now = rule.now or one.stance
            doubts = () if now in {Stance.ASIDE, Stance.EXEMPT} else one.doubts
            one = replace(one, stance=now, doubts=_with(doubts, rule.doubt))
    telling = _TELLS if one.stance is ASKS and polarity is Polarity.INCLUSION else None
    telling = _TELLS_OF_MANY if one.stance is OUT else telling
    if telling is not None and telling.waits_for(live.lowered) and telling.pattern.search(item, *_sentence(item, one)):
        return replace(one, stance=Stance.ASIDE, doubts=())
    return one


def _with(doubts: tuple[str, ...], doubt: str) -> tuple[str, ...]:
    return (*doubts, doubt) if doubt and doubt not in doubts else doubts


def _sentence(item: str, one: Reading) -> tuple[int, int]:
    """Where the sentence of a reading begins and ends, 300 code points off at most."""
    low, high = max(0, one.start - 300), one.end + 300
    start = max((found.end() for found in _SENTENCE_END.finditer(item, low, one.start)), default=low)
    found = _SENTENCE_END.search(item, one.end, high)
    return start, found.start() if found else high


def _of_a_part(readings: list[Reading], item: str) -> list[Reading]:
    """The label of a part is no criterion; what stands behind it, or before "(for those who …)", is of some."""
    if "(" not in item and ":" not in item:
        return readings
    if _LABEL_ALONE.match(item):
        return [replace(one, stance=Stance.ASIDE, doubts=()) for one in readings]
    label = _LABEL.match(item) or _LABEL_OF_PEOPLE.match(item)
    named = label is not None and not _EVERY_PART.search(label["name"])
    named = named and label is not None and (label.re is _LABEL_OF_PEOPLE or bool(cohorts_in(label["name"])))
    of_some = _FOR_SOME.search(item, max(0, len(item) - 140))
    if not (label and named) and of_some is None:
        return readings
    kept, known = [], load_concepts()
    for one in readings:
        if label and named and one.start < label.end("name"):
            kept.append(replace(one, stance=Stance.ASIDE, doubts=()))
        elif label and named:
            kept.append(replace(one, doubts=_with(one.doubts, "cohort")))
        else:
            ahead = of_some is not None and one.end <= of_some.start() and one.stance in BOTH
            ahead = ahead and one.concept in known and known[one.concept].kind in ANY
            kept.append(replace(one, doubts=_with(one.doubts, "condition")) if ahead else one)
    return kept


def _of_those_sought(readings: list[Reading], item: str) -> list[Reading]:
    found = _ALL_ELIGIBLE.match(item)
    if found is None:
        return readings
    return [
        replace(one, stance=ASKS) if one.stance is Stance.EXEMPT and one.end <= found.end("who") else one
        for one in readings
    ]
