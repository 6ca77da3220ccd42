"""Readings of what is only told in passing: a scale's name, a reason, a sign of something else, a yardstick, an aim.

Each rule looks at the words right before a reading or right behind it, in its own clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rag.criteria.cohorts import cohorts_in
from rag.criteria.concepts import Concept, load_concepts
from rag.criteria.readings import Reading
from rag.types import Polarity, Stance

_REACH = 130  # code points before and behind a reading
_HAVING = (
    r"(?:(?:currently|presently|requiring|receiving|taking|needing|on|evidence of|signs of|symptomatic) ){0,3}"
)
_ASKS, _OUT = Stance.REQUIRED, Stance.TURNED_AWAY


@dataclass(frozen=True, slots=True)
class _Rule:
    """What becomes of readings of some kinds and stances between some words: `now` None leaves the stance."""

    kinds: frozenset[str]
    stances: frozenset[Stance]
    now: Stance | None
    doubt: str = ""
    before: re.Pattern[str] | None = None
    behind: re.Pattern[str] | None = None
    of: Polarity | None = None
    only: frozenset[str] | None = None  # the concepts that it is for
    only_in: str = ""  # the group of the concepts that it is for
    unless: Callable[[Concept], bool] | None = None
    not_before: re.Pattern[str] | None = None

    def holds(self, one: Reading, concept: Concept, item: str, polarity: Polarity) -> bool:
        if one.stance not in self.stances or concept.kind not in self.kinds or self.of not in {None, polarity}:
            return False
        others = (self.only is not None and one.concept not in self.only) or concept.group != (
            self.only_in or concept.group
        )
        if others or (self.unless and self.unless(concept)):
            return False
        low = max(0, one.start - _REACH)
        if self.not_before is not None and self.not_before.search(item, low, one.start):
            return False
        ahead = self.before is None or self.before.search(item, low, one.start)
        return bool(ahead and (self.behind is None or self.behind.match(item, one.end, one.end + _REACH)))


_ILL, _TREATED = frozenset({"condition"}), frozenset({"treatment"})
_ANY = frozenset({"condition", "treatment", "biomarker", "state"})
_BOTH = frozenset({_ASKS, _OUT})


def _is_allergy(concept: Concept) -> bool:
    return "allerg" in concept.id or "anaphyla" in concept.id or "toxicity" in concept.id


_PRESCRIBED = frozenset({"analgesic", "barbiturate", "benzodiazepine", "opioid", "sedative", "stimulant"})

_RULES = (
    # "Response Evaluation Criteria in Solid Tumours", "Joint Committee on Cancer"
    _Rule(
        _ILL, _BOTH, Stance.ASIDE,
        before=re.compile(
            r"(?i)\b(?:(?:evaluation|response) criteria (?:in|for)|assessment in|joint committee (?:on|for)"
            r"|union (?:against|for)|association for the study of|societ(?:y|ies) (?:of|for)|institute (?:of|on|for)"
            r"|colleges? of|academy of|league against|classification of|guidelines? (?:for|on)|modification of diet in"
            r"|initiative for|consortium (?:on|for)|task force on|workshop on)\s(?:the |solid |malignant |chronic )?$"
        ),
    ),
    # "tissue of a primary or metastatic lesion"
    _Rule(
        _ANY, frozenset({_ASKS}), Stance.ASIDE, only=frozenset({"metastatic_disease"}),
        before=re.compile(r"(?i)\bprimary (?:tumou?rs? |lesions? |site )?(?:and/or|or|and|/) ?$"),
    ),
    # "drugs known to interact with X", "blood levels of X"
    _Rule(
        _TREATED, _BOTH, Stance.ASIDE,
        before=re.compile(
            r"(?i)\b(?:interact\w*|interactions?|interfer\w*) (?:\w+ )?with (?:the )?(?:\w+ )?$"
            r"|\b(?:difficult|hard) to (?:take|swallow|absorb|tolerate) (?:\w+[ -])?$"
            r"|\b(?:(?:blood|serum|plasma|trough) (?:levels?|concentrations?)|clearance|metabolism|pharmacokinetics"
            r"|elimination) of (?:the )?(?:study (?:drugs?|medications?),? )?$"
        ),
    ),
    # "as these patients should be offered X", "therapies aimed to control hyperglycemia"
    _Rule(
        _ANY, _BOTH, Stance.ASIDE,
        before=re.compile(
            r"(?i)(?<!well )\b(?:because|as) (?:they|these|such) (?:patients |subjects |participants )?"
            r"(?:should|would|could|may|might|can|are|have|need)\b[^.;:]{0,60}$"
        ),
    ),
    _Rule(
        _ILL, frozenset({_OUT}), Stance.ASIDE,
        before=re.compile(
            r"(?i)\b(?:aimed|intended|used|taken|given|indicated|prescribed|administered)"
            r" (?:to|for|at) (?:the )?(?:(?:control|treat|manag|lower|reliev|prevent)(?:e|ing)?"
            r"|(?:management|treatment|prevention|control) of) (?:the )?$"
        ),
    ),
    # "any disease that affects the rhinitis", "conditions mimicking asthma"
    _Rule(
        _ILL, _BOTH, Stance.ASIDE,
        before=re.compile(
            r"(?i)\b(?:affects?|influences?|influencing|mimics?|mimicking|simulat(?:es?|ing)|resembl(?:es?|ing))"
            r" (?:the )?(?:(?:course|severity|assessment|evaluation|diagnosis|symptoms) of )?(?:the )?$"
            r"|\binterfer\w* with (?:the )?(?:evaluation|assessment|diagnosis|interpretation|treatment) of (?:the )?$"
        ),
    ),
    # "diseases that may have symptoms of hives"
    _Rule(
        _ILL, _BOTH | {Stance.EXEMPT}, Stance.ASIDE, of=Polarity.EXCLUSION,
        before=re.compile(
            r"(?i)\b(?:may|can|might|possible|possibly)(?: \w+){0,3}? (?:symptoms?|signs?) of"
            r" (?:\w+ (?:and/or|or|and) )?$"
        ),
    ),
    # "omalizumab started for asthma"
    _Rule(
        _TREATED, frozenset({_OUT}), None, "condition",
        behind=re.compile(
            r"(?i) (?:initiated|started|prescribed|indicated|given) (?:for|to treat)"
            r" (?!any|all|more|at|over|up|less|the)[a-z]"
        ),
    ),
    # "a reaction to it defined by hypotension", "intolerance (heartburn, nausea)": signs of the reaction
    _Rule(
        _ILL, frozenset({_OUT}), None, "together", unless=_is_allergy,
        before=re.compile(
            r"(?i)\b(?:allergy|allergies|intolerance|anaphylaxis|hypersensitivity|reactions?)\b"
            r"(?:(?: or \w+){0,2} ?\(|[^.;:()]{0,60}\b(?:(?:as )?defined|manifest\w*|characteri[sz]ed) (?:by|as) )"
            r"[^.;()]{0,70}$"
        ),
    ),
    # "500 µg of fluticasone or equivalent": the yardstick of a dose
    _Rule(
        _TREATED, frozenset({_ASKS}), None, "alternative",
        behind=re.compile(
            r"(?i) (?:\w+ate )?(?:\([^()]{1,20}\) )?(?:or|and/or) (?:its |an |the |their )?equivalents?\b"
        ),
    ),
    # "no changes in antidepressants": whoever takes them is let in
    _Rule(
        _TREATED, _BOTH, Stance.EXEMPT, of=Polarity.INCLUSION,
        before=re.compile(
            r"(?i)\b(?:no|without)(?: \w+){0,2} (?:changes?|modifications?|adjustments?|alterations?)"
            r" (?:in|of|to)\b[^.;:,]{0,60}$"
        ),
    ),
    # "change of antidepressants", "inability to interrupt aspirin": not whoever takes them
    _Rule(
        _TREATED, frozenset({_OUT}), None, "condition", of=Polarity.EXCLUSION,
        before=re.compile(
            r"(?i)\b(?:(?:changes?|adjustments?|modifications?|alterations?) (?:in|of|to)|changing|modifying|adjusting"
            r"|plan\w* to (?:initiate|start|change|begin|modify)(?: or \w+)?(?: treatment| therapy)?"
            r"|(?:inability|unable|unwilling(?:ness)?) to (?:interrupt|stop|discontinue|withhold|hold))"
            r"(?: (?:the|their|any|an?|new|another|dose|doses|dosage|dosing|regimen|of|or|use|in|for))* $"
        ),
    ),
    # "at least 6 hours after bronchodilator use": when something is measured
    _Rule(
        _TREATED, frozenset({_ASKS}), Stance.ASIDE,
        before=re.compile(
            r"(?i)\b(?:hours?|minutes?|hrs?|mins?) (?:after|before|post|following|off)(?: the)?(?: last)?"
            r"(?: (?:use|administration|inhalation|dose|intake) of)?(?: an?)?(?: inhaled| short-acting)? $"
        ),
    ),
    # "a washout of 3 weeks for retinoids", "more than 4 weeks from any major surgery"
    _Rule(
        _TREATED, frozenset({_ASKS}), _OUT,
        before=re.compile(
            r"(?i)\bwash-?\s?out\b[^.;]{0,40}\bfor\b[^.;:]{0,80}$"
            r"|(?:at least|more than|greater than|minimum of|>=?|≥) ?(?:\d{1,2}|one|two|three|four|six|eight|twelve)"
            r" (?:weeks?|days?|months?|years?) (?:from|since|beyond)"
            r" (?:(?:the|any|last|prior|previous|most recent|completion of|end of) ){0,3}$"
        ),
    ),
    # "not amenable to surgery, radiotherapy or chemotherapy"
    _Rule(
        _TREATED, frozenset({_ASKS}), Stance.ASIDE,
        before=re.compile(
            r"(?i)(?:\b(?:not|no longer) (?:an? )?(?:amenable|suitable|candidates?|eligible|appropriate|fit)"
            r"|\bunsuitable|\bineligible|\bunfit|\binoperable) (?:for|to)\b"
            r"(?:(?!\b(?:must|receiv|prior|previous|had|after|require|and have|who)|[;:]|\.\s(?!e)).){0,90}$"
        ),
    ),
    # "willing to stop aspirin, heparin and warfarin"
    _Rule(
        _TREATED, frozenset({_ASKS}), _OUT, "agreement", of=Polarity.INCLUSION,
        before=re.compile(
            r"(?i)\b(?:discontinue|stop|cease|withhold|interrupt)"
            r" (?:(?!\b(?:must|have|who|start|take|receive)\b)[^.;:]){2,80}, ?(?:(?:and|or) )?$"
        ),
    ),
    # "no antiviral drugs in patients with low counts"
    _Rule(
        _TREATED, frozenset({_OUT}), None, "condition",
        behind=re.compile(r"(?i)[^.;:,]{0,60}\bin (?:patients|subjects|those|participants|individuals) (?:with|who)\b"),
    ),
    # "patients with asthma not requiring steroids may enter": nothing is said of those who require them
    _Rule(
        _ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        before=re.compile(rf"(?i)(?<!whether )\b(?:not|never) {_HAVING}$"),
        not_before=re.compile(
            r"(?i)\b(?:for|in) (?:patients|participants|subjects|those|individuals) (?:who are )?not\b"
        ),
    ),
    _Rule(
        _ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        before=re.compile(rf"(?i)(?<!or )(?<!/)(?<!/ )\bwithout {_HAVING}$"),
        behind=re.compile(r"(?i)[^.;]{0,80}\b(?:allowed|eligible|permitted|acceptable|included|enrolled)\b"),
    ),
    # "had immunotherapy and developed colitis": only who had both
    _Rule(
        _TREATED, frozenset({_OUT}), None, "together", of=Polarity.EXCLUSION,
        behind=re.compile(
            r"(?i)[^.;,]{0,40} and (?:who )?(?:(?:has|have|had) )?"
            r"(?:experienced|developed|suffered|discontinued|progressed|relapsed)\b"
        ),
    ),
    # "metastatic or inflammatory breast cancer" turns no other breast cancer away
    _Rule(
        _ILL, frozenset({_OUT}), None, "kind", only_in="cancer",
        before=re.compile(
            r"(?i)\b(?:metastatic|(?:locally )?advanced|inflammatory|stage (?:iv|iii)[abc]?)"
            r"(?:(?: (?:or|and|and/or)|,) \w+)? $"
        ),
        not_before=re.compile(r"(?i)\bother\b"),
    ),
    # "a woman with a positive test is asked to leave the study"
    _Rule(
        _ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        behind=re.compile(r"(?i)[^.;]{0,120}\b(?:asked to (?:withdraw|leave)|be (?:withdrawn|removed) from)\b"),
    ),
    # "previously treated gout" says nothing of gout that was never treated
    _Rule(
        _ILL, frozenset({_OUT}), None, "treatment", of=Polarity.EXCLUSION,
        before=re.compile(r"(?i)\b(?:previously|already) (?:treated|operated)(?: for)? $"),
    ),
    # "dependence on alcohol, opioids or sedatives": not whoever is prescribed them
    _Rule(
        _TREATED, frozenset({_OUT}), None, "condition", only=_PRESCRIBED,
        before=re.compile(r"(?i)\b(?:dependen\w+|addict\w+) (?:on|to|upon)\b[^.;:()]{0,100}$"),
    ),
    # "infection with syphilis or HIV": those alone
    _Rule(
        _ILL, frozenset({_OUT}), None, "kind", only=frozenset({"active_infection"}),
        behind=re.compile(
            r"(?i) (?:with|by|due to) (?:the )?(?:known |active |chronic |human )?"
            r"(?:hiv|hepatitis|hbv|hcv|syphilis|immunodeficiency|tuberculosis"
            r"|cytomegalovirus|cmv|herpes|helicobacter|h\. ?pylori|sars|covid|htlv|malaria|influenza)\b"
        ),
    ),
)

# Sentences that tell what is known or what is to be studied, and ask for nothing.
_TELLS = re.compile(
    r"(?i)\bwe (?:will|plan|propose|hope|intend|aim)\b|\b(?:often|usually|frequently) have\b"
    r"|(?:^|[.;] )(?:patients|subjects|participants) have experienced\b"
    r"|(?<!who )(?<!that )\bha(?:s|ve) been (?:shown|reported|associated|demonstrated)\b(?! to have)"
    r"|\bpotential interaction\b"
    r"|\bfuture (?:stud(?:y|ies)|research)\b|\b(?:is|are) defined as (?:those|patients|subjects|participants|having)\b"
)
_TELLS_OF_MANY = re.compile(
    r"(?i)\b(?:patients|people|those) with [\w ]{2,60} (?:often|usually|frequently|commonly) have\b"
)
_SENTENCE_END = re.compile(r"[.;]\s+(?=[A-Z\d*])")
# "Part 2 (asthma participants): …", "Cohort B - …"
_LABEL = re.compile(
    r"\W*(?P<name>(?i:parts?|cohorts?|arms?|groups?|strat(?:um|a)|phase|sub-?study) ?[\dA-Z][^:;.]{0,90}):\s"
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
# "those who are not sterile, past menopause or abstinent are using contraception": the 'not' is of the first alone
_ARE_USING = re.compile(
    r"(?i)(?<!not )\b(?:are|is|must be|agree to) (?:using|use|practi[cs]ing) (?:an? |the )?(?:\w+ ){0,4}$"
)


def told_in_passing(readings: list[Reading], item: str, polarity: Polarity) -> list[Reading]:
    """The readings of a folded item, those told in passing said of nobody, or in doubt."""
    known = load_concepts()
    kept = []
    for one in _of_those_sought(_of_a_part(readings, item), item):
        concept = known.get(one.concept)
        kept.append(_as_told(one, concept, item, polarity) if concept is not None else one)
    return kept


def _as_told(one: Reading, concept: Concept, item: str, polarity: Polarity) -> Reading:
    used = _ARE_USING.search(item, max(0, one.start - 60), one.start) is not None
    if one.concept in _NOBODY_ASKS_FOR and one.stance is _ASKS:
        return replace(one, stance=_OUT if used and one.concept == "no_contraception" else Stance.ASIDE)
    if one.concept == "contraception" and one.stance is _OUT and used:
        return replace(one, stance=_ASKS)
    for rule in _RULES:
        if rule.holds(one, concept, item, polarity):
            now = rule.now or one.stance
            doubts = () if now in {Stance.ASIDE, Stance.EXEMPT} else one.doubts
            one = replace(one, stance=now, doubts=_with(doubts, rule.doubt))
    asked = one.stance is _ASKS and polarity is Polarity.INCLUSION
    if asked and _TELLS.search(item, *_sentence(item, one)):
        return replace(one, stance=Stance.ASIDE, doubts=())
    if one.stance is _OUT and _TELLS_OF_MANY.search(item, *_sentence(item, one)):
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
    if _LABEL_ALONE.match(item):
        return [replace(one, stance=Stance.ASIDE, doubts=()) for one in readings]
    label = _LABEL.match(item)
    named = label is not None and not _EVERY_PART.search(label["name"]) and bool(cohorts_in(label["name"]))
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
            ahead = of_some is not None and one.end <= of_some.start() and one.stance in _BOTH
            ahead = ahead and one.concept in known and known[one.concept].kind in _ANY
            kept.append(replace(one, doubts=_with(one.doubts, "condition")) if ahead else one)
    return kept


def _of_those_sought(readings: list[Reading], item: str) -> list[Reading]:
    found = _ALL_ELIGIBLE.match(item)
    if found is None:
        return readings
    return [
        replace(one, stance=_ASKS) if one.stance is Stance.EXEMPT and one.end <= found.end("who") else one
        for one in readings
    ]
