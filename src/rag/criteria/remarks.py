"""What the words right before or behind a name make of its reading: the rules, one for each way to tell in passing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.criteria.concepts import Concept
from rag.criteria.readings import Reading
from rag.criteria.sought import Sought, sought
from rag.types import Polarity, Stance

_REACH = 130  # code points before and behind a reading
_HAVING = (
    r"(?:(?:currently|presently|requiring|receiving|taking|needing|on|evidence of|signs of|symptomatic) ){0,3}"
)
ASKS, OUT = Stance.REQUIRED, Stance.TURNED_AWAY


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of readings of some kinds and stances between some words: `now` None leaves the stance."""

    kinds: frozenset[str]
    stances: frozenset[Stance]
    now: Stance | None
    doubt: str = ""
    before: Sought | None = None
    behind: Sought | None = None
    of: Polarity | None = None
    only: frozenset[str] | None = None  # the concepts that it is for
    only_in: str = ""  # the group of the concepts that it is for
    unless: Callable[[Concept], bool] | None = None
    not_before: re.Pattern[str] | None = None

    def is_for(self, concept: Concept, polarity: Polarity) -> bool:
        """Whether readings of a concept are ever meant in items of that polarity."""
        if concept.kind not in self.kinds or self.of not in {None, polarity}:
            return False
        if (self.only is not None and concept.id not in self.only) or (self.only_in and concept.group != self.only_in):
            return False
        return not (self.unless and self.unless(concept))

    def may_hold(self, lowered: str) -> bool:
        """Whether an item, in the case of `in_one_case`, holds the words without which the rule holds nowhere in it."""
        if self.before is not None and not self.before.waits_for(lowered):
            return False
        return self.behind is None or self.behind.waits_for(lowered)

    def holds(self, one: Reading, item: str) -> bool:
        """Whether the words beside a reading, of a concept and a stance that it is for, are those of the rule."""
        if self.behind is not None and self.behind.match(item, one.end, one.end + _REACH) is None:
            return False
        low = max(0, one.start - _REACH)
        if self.before is not None and self.before.pattern.search(item, low, one.start) is None:
            return False
        return self.not_before is None or self.not_before.search(item, low, one.start) is None


_ILL, _TREATED = frozenset({"condition"}), frozenset({"treatment"})
ANY = frozenset({"condition", "treatment", "biomarker", "state"})
BOTH = frozenset({ASKS, OUT})


def _is_allergy(concept: Concept) -> bool:
    return "allerg" in concept.id or "anaphyla" in concept.id or "toxicity" in concept.id


def _is_of_a_trial(concept: Concept) -> bool:
    return concept.id == "other_trial" or "investigational" in concept.id


_PRESCRIBED = frozenset({"analgesic", "barbiturate", "benzodiazepine", "opioid", "sedative", "stimulant"})

RULES = (
    # "Response Evaluation Criteria in Solid Tumours", "Joint Committee on Cancer"
    Rule(
        _ILL, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:(?:evaluation|response) criteria (?:in|for)|assessment in|joint committee (?:on|for)"
            r"|union (?:against|for)|association for the study of|societ(?:y|ies) (?:of|for)|institute (?:of|on|for)"
            r"|colleges? of|academy of|league against|classification of|guidelines? (?:for|on)|modification of diet in"
            r"|initiative for|consortium (?:on|for)|task force on|workshop on)\s(?:the |solid |malignant |chronic )?$",
            *["societ", "colleg", "league", "academy", "institute", "consortium", "guideline", "modification",
              "union", "initiative", "workshop", "association", "assessment in", "classification of",
              "task force on", "response cr", "evaluation cr", "joint committee"],
        ),
    ),
    # "tissue of a primary or metastatic lesion"
    Rule(
        ANY, frozenset({ASKS}), Stance.ASIDE, only=frozenset({"metastatic_disease"}),
        before=sought(r"(?i)\bprimary (?:tumou?rs? |lesions? |site )?(?:and/or|or|and|/) ?(?:an? )?$", "primary"),
    ),
    # "drugs known to interact with X", "blood levels of X"
    Rule(
        _TREATED, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:interact\w*|interactions?|interfer\w*) (?:\w+ )?with (?:the )?(?:\w+ )?$"
            r"|\b(?:difficult|hard) to (?:take|swallow|absorb|tolerate) (?:\w+[ -])?$"
            r"|\b(?:(?:blood|serum|plasma|trough) (?:levels?|concentrations?)|clearance|metabolism|pharmacokinetics"
            r"|elimination) of (?:the )?(?:study (?:drugs?|medications?),? )?$",
            *["inter", "clearance", "metaboli", "pharmacokin", "eliminat", "hard to", "ficult to", " level", " conc"],
        ),
    ),
    # "as these patients should be offered X", "therapies aimed to control hyperglycemia"
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)(?<!well )\b(?:because|as) (?:they|these|such) (?:patients |subjects |participants )?"
            r"(?:should|would|could|may|might|can|are|have|need)\b[^.;:]{0,60}$",
            *["as such", "as they", "as these", "because they", "because such", "because these"],
        ),
    ),
    Rule(
        _ILL, frozenset({OUT}), Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:aimed|intended|used|taken|given|indicated|prescribed|administered)"
            r" (?:to|for|at) (?:the )?(?:(?:control|treat|manag|lower|reliev|prevent)(?:e|ing)?"
            r"|(?:management|treatment|prevention|control) of) (?:the )?$",
            *["used ", "taken ", "given ", "aimed ", "intended ", "indicated ", "prescribed ", "administered "],
        ),
    ),
    # "any disease that affects the rhinitis", "conditions mimicking asthma"
    Rule(
        _ILL, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:affects?|influences?|influencing|mimics?|mimicking|simulat(?:es?|ing)|resembl(?:es?|ing))"
            r" (?:the )?(?:(?:course|severity|assessment|evaluation|diagnosis|symptoms) of )?(?:the )?$"
            r"|\binterfer\w* with (?:the )?(?:evaluation|assessment|diagnosis|interpretation|treatment) of (?:the )?$",
            *["affect", "influenc", "mimic", "simulat", "resembl", "interfer"],
        ),
    ),
    # "diseases that may have symptoms of hives"
    Rule(
        _ILL, BOTH | {Stance.EXEMPT}, Stance.ASIDE, of=Polarity.EXCLUSION,
        before=sought(
            r"(?i)\b(?:may|can|might|possible|possibly)(?: \w+){0,3}? (?:symptoms?|signs?) of"
            r" (?:\w+ (?:and/or|or|and) )?$",
            "sign of", "signs of", "symptom of", "symptoms of",
        ),
    ),
    # "omalizumab started for asthma"
    Rule(
        _TREATED, frozenset({OUT}), None, "condition",
        behind=sought(
            r"(?i) (?:initiated|started|prescribed|indicated|given) (?:for|to treat)"
            r" (?!any|all|more|at|over|up|less|the)[a-z]",
            *[" given ", " started ", " initiated ", " indicated ", " prescribed "],
        ),
    ),
    # "a reaction to it defined by hypotension", "intolerance (heartburn, nausea)": signs of the reaction
    Rule(
        _ILL, frozenset({OUT}), None, "together", unless=_is_allergy,
        before=sought(
            r"(?i)\b(?:allergy|allergies|intolerance|anaphylaxis|hypersensitivity|reactions?)\b"
            r"(?:(?: or \w+){0,2} ?\(|[^.;:()]{0,60}\b(?:(?:as )?defined|manifest\w*|characteri[sz]ed) (?:by|as) )"
            r"[^.;()]{0,70}$",
            *["allergy", "reaction", "allergies", "anaphylaxis", "intolerance", "hypersensitivity"],
        ),
    ),
    # "500 µg of fluticasone or equivalent": the yardstick of a dose
    Rule(
        _TREATED, frozenset({ASKS}), None, "alternative",
        behind=sought(
            r"(?i) (?:\w+ate )?(?:\([^()]{1,20}\) )?(?:or|and/or) (?:its |an |the |their )?equivalents?\b",
            " equivalent",
        ),
    ),
    # "no changes in antidepressants": whoever takes them is let in
    Rule(
        _TREATED, BOTH, Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:no|without)(?: \w+){0,2} (?:changes?|modifications?|adjustments?|alterations?)"
            r" (?:in|of|to)\b[^.;:,]{0,60}$",
            " change", " alteration", " adjustment", " modification",
        ),
    ),
    # "change of antidepressants": not whoever takes them; "unable to stop aspirin" is said of all who do
    Rule(
        _TREATED, frozenset({OUT}), None, "condition", of=Polarity.EXCLUSION,
        before=sought(
            r"(?i)\b(?:(?:changes?|adjustments?|modifications?|alterations?) (?:in|of|to)|changing|modifying|adjusting"
            r"|plan\w* to (?:initiate|start|change|begin|modify)(?: or \w+)?(?: treatment| therapy)?)"
            r"(?: (?:the|their|any|an?|new|another|dose|doses|dosage|dosing|regimen|of|or|use|in|for))* $",
            *["plan", "modify", "change", "changing", "adjusting", "alteration", "adjustment", "modification"],
        ),
    ),
    # "at least 6 hours after bronchodilator use": when something is measured
    Rule(
        _TREATED, frozenset({ASKS}), Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:hours?|minutes?|hrs?|mins?) (?:after|before|post|following|off)(?: the)?(?: last)?"
            r"(?: (?:use|administration|inhalation|dose|intake) of)?(?: an?)?(?: inhaled| short-acting)? $"
            r"|\b(?:weeks?|days?|months?) (?:prior to|before)(?: the)?(?: \w+)? $",
            *["hr ", "hrs ", "min ", "mins ", "hour ", "hours ", "minute ", "minutes ", " before", " prior to"],
        ),
    ),
    # "a washout of 3 weeks for retinoids", "more than 4 weeks from any major surgery"
    Rule(
        _TREATED, frozenset({ASKS}), OUT,
        before=sought(
            r"(?i)\bwash-?\s?out\b[^.;]{0,40}\bfor\b[^.;:]{0,80}$"
            r"|(?:at least|more than|greater than|minimum of|>=?|≥) ?(?:\d{1,2}|one|two|three|four|six|eight|twelve)"
            r" (?:weeks?|days?|months?|years?) (?:from|since|beyond)"
            r" (?:(?:the|any|last|prior|previous|most recent|completion of|end of) ){0,3}$",
            "wash", " from", " since", " beyond",
        ),
    ),
    # "not amenable to surgery, radiotherapy or chemotherapy"
    Rule(
        _TREATED, frozenset({ASKS}), Stance.ASIDE,
        before=sought(
            r"(?i)(?:\b(?:not|no longer) (?:an? )?(?:amenable|suitable|candidates?|eligible|appropriate|fit)"
            r"|\bunsuitable|\bineligible|\bunfit|\binoperable) (?:for|to)\b"
            r"(?:(?!\b(?:but|must|receiv|prior|previous|had|after|require|and have|taking|treated|who)|(?:,|\band) on\b"
            r"|[;:]|(?<!\bi\.e)(?<!\be\.g)\.\s(?!e)).){0,90}$",
            *["not ", "no longer ", "unsuit", "inelig", "unfit", "inoper"],
        ),
    ),
    # "willing to stop aspirin, heparin and warfarin"
    Rule(
        _TREATED, frozenset({ASKS}), OUT, "agreement", of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:discontinue|stop|cease|withhold|interrupt)"
            r" (?:(?!\b(?:must|have|who|start|take|receive)\b)[^.;:]){2,80}(?:, ?(?:(?:and|or) )?| (?:and|or) )$",
            *["stop ", "cease ", "withhold ", "interrupt ", "discontinue "],
        ),
    ),
    # "no antiviral drugs in patients with low counts"
    Rule(
        _TREATED, frozenset({OUT}), None, "condition",
        behind=sought(
            r"(?i)[^.;:,]{0,60}\bin (?:patients|subjects|those|participants|individuals) (?:with|who)\b",
            *["in those w", "in subjects w", "in patients w", "in individuals w", "in participants w"],
        ),
    ),
    # "chemotherapy for it has not been given": none of it
    Rule(
        _TREATED, frozenset({ASKS}), OUT, of=Polarity.INCLUSION,
        behind=sought(
            r"(?i)[^.;:]{0,80}\b(?:has|have) not been (?:performed|given|administered|received|used|done)\b",
            " not been",
        ),
        not_before=re.compile(r"(?i)\b(?:received|underwent|undergone|treated|who had)\b[^.;:]{0,60}$"),
    ),
    # "haemoglobin of 9 (may be transfused)", "earlier radiotherapy may have included the pelvis"
    Rule(
        _TREATED, frozenset({ASKS}), Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(r"(?i)\bmay be $", "may be"),
    ),
    Rule(
        _TREATED, frozenset({ASKS}), Stance.EXEMPT, of=Polarity.INCLUSION,
        behind=sought(r"(?i) may have included\b", " may have incl"),
    ),
    # "an RNA test will be done only for …"
    Rule(
        _ILL, frozenset({ASKS}), Stance.ASIDE,
        behind=sought(r"(?i)(?: \w+)? tests? will be (?:performed|done)\b", " test will", " tests will"),
    ),
    # among exclusions, "drained prior to pemetrexed": the trial's own drug
    Rule(
        _TREATED, frozenset({ASKS}), Stance.ASIDE, of=Polarity.EXCLUSION,
        before=sought(r"(?i)\b(?:prior to|before|during) (?:the )?$", "before ", "during ", "prior to "),
    ),
    # "negative within 6 weeks of immunization": of the trial's own
    Rule(
        _TREATED, frozenset({ASKS}), Stance.ASIDE, only=frozenset({"vaccination"}),
        before=sought(r"(?i)\bwithin \d{1,2} (?:days|weeks|months|hours) (?:of|before|prior to) (?:the )?$", "within "),
    ),
    # "measurable disease (excludes ascites)"
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(r"(?i)\bmeasurable [^()]{0,40}\((?:this )?(?:excludes?|excluding) [^()]{0,60}$", "asurable"),
    ),
    # "--Prior Therapy--": a heading
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(r"--(?:\w[\w /]{0,30})?$", "--"),
        behind=sought(r"(?:[\w /]{0,30}\w)?--", "--"),
    ),
    # "transfusion-independent": without it
    Rule(
        _TREATED, frozenset({ASKS}), OUT,
        behind=sought(r"(?i)[- ](?:independen(?:t|ce)|free)\b(?! of)", "free", "independen"),
    ),
    # "poor compliance with insulin", "no vein to perform apheresis": a treatment of the trial's own
    Rule(
        _TREATED, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:compliance|comply|complying|adherence) with (?:the )?$"
            r"|\baccess (?:to (?:perform|undergo|allow)|for) (?:the )?$",
            "comply", "access ", "adherence", "compliance",
        ),
    ),
    # "antibiotics containing clavulanic acid": no others
    Rule(
        _TREATED, frozenset({OUT}), None, "kind",
        behind=sought(
            r"(?i) (?:containing|that contain|which contain)\b",
            " containing", " that contain", " which contain",
        ),
    ),
    # "steroids are allowed as premedication", "no dexamethasone as an antiemetic"
    Rule(
        _TREATED, frozenset({ASKS}), Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:allowed|permitted|acceptable) (?:as|for|in|only|after|during)(?: \w+){0,2} $",
            "allowed ", "permitted ", "acceptable ",
        ),
        not_before=re.compile(r"(?i)\b(?:not|no|never)\b"),
    ),
    Rule(
        _TREATED, frozenset({OUT}), Stance.ASIDE,
        before=sought(r"(?i)(?<!such )(?<!well )(?<!same )(?<!known )(?<!defined )\bas (?:an? )?$", "as "),
        unless=_is_of_a_trial,
    ),
    # "no radiotherapy to the only site of measurable disease"
    Rule(
        ANY | {"ability"}, frozenset({ASKS}), Stance.ASIDE, only=frozenset({"measurable_disease"}),
        before=sought(
            r"(?i)\b(?:sites?|areas?|lesions?) of (?:the )?(?:only )?$",
            *["site of", "sites of", "area of", "areas of", "lesion of", "lesions of"],
        ),
    ),
    # "volunteers under the age of 18 are excluded": for their age
    Rule(
        frozenset({"population"}), frozenset({OUT}), Stance.ASIDE,
        behind=sought(
            r"(?i) (?:who are )?(?:under|over|younger|older|aged|below|above|[<>≤≥])",
            *[" <", " >", " ≤", " ≥", " over", " aged", " above", " under", " older", " below", " younger"],
        ),
    ),
    # "patients with asthma not requiring steroids may enter": nothing is said of those who require them
    Rule(
        ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        before=sought(rf"(?i)(?<!whether )\b(?:not|never) {_HAVING}$", "not ", "never "),
        not_before=re.compile(
            r"(?i)\b(?:for|in) (?:patients|participants|subjects|those|individuals) (?:who are )?not\b"
        ),
    ),
    Rule(
        ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        before=sought(rf"(?i)(?<!or )(?<!/)(?<!/ )\bwithout {_HAVING}$", "without "),
        behind=sought(
            r"(?i)[^.;]{0,80}\b(?:allowed|eligible|permitted|acceptable|included|enrolled)\b",
            *["allowed", "eligible", "permitted", "acceptable", "included", "enrolled"],
        ),
    ),
    # "had immunotherapy and developed colitis": only who had both
    Rule(
        _TREATED, frozenset({OUT}), None, "together", of=Polarity.EXCLUSION,
        behind=sought(
            r"(?i)[^.;,]{0,40} and (?:who )?(?:(?:has|have|had) )?"
            r"(?:experienced|developed|suffered|discontinued|progressed|relapsed)\b",
            *[" relapsed", " suffered", " developed", " progressed", " experienced", " discontinued"],
        ),
    ),
    # "metastatic or inflammatory breast cancer" turns no other breast cancer away
    Rule(
        _ILL, frozenset({OUT}), None, "kind", only_in="cancer",
        before=sought(
            r"(?i)\b(?:metastatic|(?:locally )?advanced|inflammatory|stage (?:iv|iii)[abc]?)"
            r"(?:(?: (?:or|and|and/or)|,) \w+)? $",
            "metastat", "advanced", "inflammatory", "stage i",
        ),
        not_before=re.compile(r"(?i)\bother\b"),
    ),
    # "a woman with a positive test is asked to leave the study"
    Rule(
        ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        behind=sought(
            r"(?i)[^.;]{0,120}\b(?:asked to (?:withdraw|leave)|be (?:withdrawn|removed) from)\b",
            "asked to", "removed from", "withdrawn from",
        ),
    ),
    # "previously treated gout" says nothing of gout that was never treated
    Rule(
        _ILL, frozenset({OUT}), None, "treatment", of=Polarity.EXCLUSION,
        before=sought(r"(?i)\b(?:previously|already) (?:treated|operated)(?: for)? $", "previously", "already"),
    ),
    # "dependence on alcohol, opioids or sedatives": not whoever is prescribed them
    Rule(
        _TREATED, frozenset({OUT}), None, "condition", only=_PRESCRIBED,
        before=sought(r"(?i)\b(?:dependen\w+|addict\w+) (?:on|to|upon)\b[^.;:()]{0,100}$", "addict", "dependen"),
    ),
    # "infection with syphilis or HIV": those alone
    Rule(
        _ILL, frozenset({OUT}), None, "kind", only=frozenset({"active_infection"}),
        behind=sought(
            r"(?i) (?:with|by|due to) (?:the )?(?:known |active |chronic |human )?"
            r"(?:hiv|hepatitis|hbv|hcv|syphilis|immunodeficiency|tuberculosis"
            r"|cytomegalovirus|cmv|herpes|helicobacter|h\. ?pylori|sars|covid|htlv|malaria|influenza)\b",
            *["hiv", "hepatitis", "hbv", "hcv", "syphilis", "immunodef", "tubercul", "cytomeg", "cmv", "herpes",
              "helicob", "pylori", "sars", "covid", "htlv", "malaria", "influenza"],
        ),
    ),
)
