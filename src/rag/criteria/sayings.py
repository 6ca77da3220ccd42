"""Rules like those of `remarks`, for turns of speech: who is let in after all, what is only advised, which kind."""

from __future__ import annotations

import re

from rag.criteria.remarks import ANY, ASKS, BOTH, OUT, Rule
from rag.criteria.sought import sought
from rag.types import Polarity, Stance

_ILL, _TREATED = frozenset({"condition"}), frozenset({"treatment"})
_PERSONS = r"(?:patients|subjects|participants|individuals|people|those|persons|women|men|children|adults|volunteers)"
_LET_IN = (
    r"(?:may|can|could|will)(?: also| still)? (?:be (?:enrolled|included|eligible|considered|accepted|entered|allowed"
    r"|approved)|enter|enrol\w*|participate|join|take part)\b"
)
_MAY = ("may ", "can ", "could ", "will ")
_RAYS = frozenset({"radiotherapy", "prior_radiotherapy", "concurrent_radiotherapy", "prior_brain_radiotherapy"})

SAYINGS = (
    # "patients not on insulin may be enrolled": nothing is said of those on it; not "only patients not on …"
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(
            rf"(?i)\b{_PERSONS} (?:who (?:are|is|have|do) )?(?:not|never)"
            r" (?:(?:currently|presently|yet|requiring|receiving|taking|needing|using|require|need|on|with|having) )"
            r"{1,3}$",
            " not ", " never ",
        ),
        behind=sought(rf"(?i)[^.;]{{0,40}} {_LET_IN}", *_MAY),
        not_before=re.compile(r"(?i)\bonly\b"),
    ),
    # "smokers with no lung disease may be enrolled"
    Rule(
        ANY, frozenset({Stance.EXEMPT}), Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:with|have|has) no (?:known |history of |evidence of |signs? of )?$",
            "with no ", "have no ", "has no ",
        ),
        behind=sought(rf"(?i)[^.;]{{0,60}} {_LET_IN}", *_MAY),
    ),
    # "those with high blood pressure under treatment but no heart disease may be eligible"
    Rule(
        ANY, BOTH, Stance.EXEMPT,
        behind=sought(
            rf"(?i)[^.;]{{0,70}}\bbut (?:no|not|without)\b[^.;]{{2,50}} {_LET_IN}", "but no", "but without"
        ),
        before=sought(
            rf"(?i)\b{_PERSONS} (?:with|who have|having|on|taking) (?:(?!\bno\b)[\w-]+ ){{0,3}}$",
            " with ", " who have ", " having ", " on ", " taking ",
        ),
    ),
    # "not considered a second cancer if therapy is completed"
    Rule(
        _ILL, BOTH, Stance.EXEMPT,
        before=sought(
            r"(?i)\b(?:not|never) (?:be )?(?:considered|regarded as|counted as|deemed)"
            r" (?:(?:an?|active|prior|current|concurrent|second|as) ){0,3}$",
            "considered", "regarded", "counted", "deemed",
        ),
        behind=sought(r"(?i),? (?:if|when|as long as|provided)\b", " if", " when", " as long", " provided"),
    ),
    # "human immunodeficiency virus (HIV) protease inhibitors": a drug
    Rule(
        _ILL, BOTH, Stance.ASIDE, only_in="infection",
        behind=sought(
            r"(?i)\)?(?: \([^()]{1,12}\))? ?(?:protease|proteinase|integrase|polymerase|neuraminidase|ns5[ab]"
            r"|(?:non-?nucleoside )?reverse[- ]transcriptase|entry|fusion)[- ](?:strand[- ]transfer )?inhibitors?\b",
            "inhibitor",
        ),
    ),
    # "able to understand how HIV transmission comes about", "at low risk of HIV acquisition": nobody must have it
    Rule(
        _ILL, BOTH, Stance.ASIDE, only_in="infection",
        behind=sought(r"(?i)\)? (?:transmission|acquisition)\b", "transmission", "acquisition"),
    ),
    # "care should be taken in those having gout", "AZT is strongly discouraged", "discouraged: AZT"
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:caution|care) (?:should|must|is to|will) (?:also )?be (?:exercised|used|taken)\b[^.;]{0,100}$"
            r"|\bused with caution\b[^.;]{0,60}$|\bdiscouraged: ?[^.;]{0,110}$",
            "caution", "care ", "discouraged:",
        ),
    ),
    Rule(
        ANY, BOTH, Stance.ASIDE,
        behind=sought(r"(?i)[^.;:,()]{0,40}\b(?:is|are) (?:strongly )?discouraged\b", "discouraged"),
    ),
    # "For those who choose pentamidine:", the heading of a rule
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(
            rf"(?i)^\W*(?:for|in|among) (?:all |any )?{_PERSONS} (?:with|who|taking|on|receiving)\b[^.;:]*$",
            "for ", "in ", "among ",
        ),
        behind=sought(r"[^.;:]{0,40}:\W*$", ":"),
    ),
    # "cumulative doxorubicin: < 400 mg/m2": whoever had less is let in
    Rule(
        _TREATED, frozenset({ASKS}), Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:cumulative|life-?time)(?: [\w-]+){0,3} $", "cumulative", "lifetime", "life-time"
        ),
        behind=sought(
            r"(?i)(?: doses?| exposure| equivalents?){0,2}\)?:?,? ?(?:(?:must|should) (?:be|not exceed) |of |is ){0,2}"
            r"(?:<|≤|no more than|not more than|no greater than|less than|not exceed\w*|up to|at most)",
            "<", "≤", " than", "not exceed", "up to", "at most",
        ),
    ),
    # "nodes within one radiotherapy field": the trial's own
    Rule(
        _TREATED, frozenset({ASKS}), Stance.ASIDE, only=_RAYS,
        behind=sought(
            r"(?i) (?:treatment )?(?:fields?|ports?|portals?|volumes?|planning)\b",
            "field", "port", "volume", "planning",
        ),
        not_before=re.compile(r"(?i)\b(?:prior|previous|previously|past)\b[^.;]{0,40}$"),
    ),
    # among exclusions, "drugs with no effect on heart failure"
    Rule(
        _ILL, frozenset({ASKS}), Stance.ASIDE, of=Polarity.EXCLUSION,
        before=sought(
            r"(?i)\b(?:effects?|affects?|impact|influence) (?:on|upon) (?:the )?$", "ffect", "impact", "influence"
        ),
    ),
    # "that would confound the cause of metastatic disease"
    Rule(
        _ILL, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:confound\w*|obscur\w+|mask(?:s|ing)?|confus\w+) (?:the )?"
            r"(?:(?:etiology|aetiology|cause|course|severity|assessment|evaluation|diagnosis|symptoms|interpretation"
            r"|staging|treatment|management) of )?(?:the )?$",
            "confound", "obscur", "mask", "confus",
        ),
    ),
    # "disease made hard to measure by surgery", "no sign of disease after chemotherapy", "place of surgery"
    Rule(
        _TREATED, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:rendered|made|left) (?:[\w-]+ ){1,3}(?:by|after|following|with) (?:\w+ )?$"
            r"|\b(?:site|area|place|location)s? of (?:the )?(?:planned |prior |previous |recent )?$",
            "rendered", "made", "left", "site", "area", "place", "location",
        ),
    ),
    Rule(
        _TREATED, frozenset({OUT}), Stance.ASIDE, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:free of|without(?: any)?|no(?: clinical| radiological)? evidence of) [^.;:,]{0,40}\b(?:disease"
            r"|tumou?r|cancer|relapse|recurrence|progression)(?: \([^()]{1,6}\))? (?:following|after)"
            r" (?:(?!no\b)[\w-]+ ){0,3}$",
            "free of", "without", "evidence of",
        ),
    ),
    # "disease coming back at least 6 months after the end of chemotherapy": who relapsed so has had it
    Rule(
        _TREATED, frozenset({OUT}), ASKS, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:recurr?(?:ing|ed|ence|ent)|relaps(?:ing|ed|e)|progress(?:ing|ed|ion)|failed|disease-free)"
            r"[^.;:,]{0,20} (?:at least|more than|greater than|over|>|≥|>=) ?(?:\d{1,3}|one|two|three|six|twelve)"
            r"[^.;:,]{0,12} (?:after|following|from|since) [^.;:,]{0,40}$",
            "recur", "relaps", "progress", "failed", "disease-free",
        ),
        not_before=re.compile(r"(?i)\b(?:no|not|without|never)\b[^.;:,]{0,60}$"),
    ),
    # "(1) have never had it, or (2) have been on it for some months"
    Rule(
        _TREATED, frozenset({OUT}), ASKS, "alternative", of=Polarity.INCLUSION,
        before=sought(
            r"(?i)(?:\bor|;|,) \(?(?:\d|[a-e]|i{1,3})\) (?:who )?(?:have|has|had|are|is|were)"
            r" (?!not\b|never\b|no\b)[^.;:,()]{0,40}$",
            ") ",
        ),
    ),
    # "earlier treatment limited to radiotherapy of the breast"; not "limited to two regimens"
    Rule(
        _TREATED, BOTH, Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(
            r"(?i)\b(?:treat\w+|therap\w+|regimens?|surger\w+) (?:(?:is|was|must be|has been) )?limited to"
            r" (?!(?:an?|one|two|three|four|single|first|second)\b)[^.;:\d]{0,50}$",
            "limited to",
        ),
    ),
    # "plans to begin treatment (e.g. antidepressants)": not whoever takes them
    Rule(
        _TREATED, frozenset({OUT}), None, "condition", of=Polarity.EXCLUSION,
        before=sought(
            r"(?i)\bplan\w* to (?:initiate|start|change|begin|modify)\b[^.;:()]{0,40}"
            r"\((?:e\.g\.|i\.e\.|such as|including)[^()]{0,80}$",
            "plan",
        ),
    ),
    # "infectious uveitis", "perennial hay fever"
    Rule(
        _ILL, frozenset({OUT}), None, "kind",
        before=sought(
            r"(?i)\b(?:(?:non-?)?infectious|infective|perennial|inducible|(?:other )?(?:variants?|subtypes?) of) $",
            "infectious", "infective", "perennial", "inducible", "variant", "subtype",
        ),
        unless=lambda concept: "infection" in concept.id,
    ),
    # "no therapy targeted at IL-27"
    Rule(
        _TREATED, frozenset({OUT}), None, "kind", only=frozenset({"targeted_therapy", "prior_targeted_therapy"}),
        before=sought(r"(?i)\banti-?[\w-]+ $", "anti"),
    ),
    # "more than a quarter of the marrow irradiated", "extensive radiotherapy"
    Rule(
        _TREATED, frozenset({OUT}), None, "amount", only=_RAYS,
        before=sought(
            r"(?i)(?:\bextensive|(?:more than|greater than|over|at least|>|≥|>=) ?\d{1,2} ?% of"
            r" (?:the |their )?(?:[\w-]+ ){0,3}(?:marrow|skeleton|bones?|pelvis|body))(?: with| by| has had)? $",
            "extensive", "%",
        ),
    ),
    # "the experimental treatment evaluated in this protocol": the trial's own
    Rule(
        _TREATED, BOTH, Stance.ASIDE, only=frozenset({"investigational_agent"}),
        before=sought(r"(?i)\bthe $", "the "),
        behind=sought(
            r"(?i) (?:(?:that is |which is )?being|to be|used in|evaluated|under (?:study|test)|in this)\b",
            " being", " to be", "used in", "evaluated", "under ", "in this",
        ),
    ),
    # "taking part in a programme for weight loss": no trial
    Rule(
        ANY | {"population"}, BOTH, Stance.ASIDE, only=frozenset({"other_trial"}),
        behind=sought(
            r"(?i)(?! (?:or|and)\b)(?: in)? (?:(?:an?|any|another|other) )?(?:(?!(?:trial|stud(?:y|ies)|protocol"
            r"|research|clinical|investigational)\b)[\w-]+ ){1,6}(?:program(?:me)?s?|class(?:es)?|school|course)\b",
            "program", "class", "school", "course",
        ),
    ),
    # "a member of the household with an immune defect": not the participant
    Rule(
        ANY, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:famil(?:y|ial) members?|household (?:members?|contacts?)|close contacts?|room-?mates?"
            r"|house-?mates?|siblings?|care-?givers?|(?:someone|somebody|anyone|person|people|persons|individuals?)"
            r" (?:living )?(?:at|in) (?:the )?(?:same )?(?:home|house|household))"
            r"(?: (?:living|sharing|at|in|within|of|the|same|their|home|house|household|subject|participant|patient))*"
            r" (?:with|who (?:is|are|has|have)|having|that (?:is|are|has|have)) (?:[^.;:,]{0,60} (?:or|and) )?"
            r"(?:(?:an?|the|known|active|severe|current|are|is|have|has|with|recent|chronic|congenital|acquired) )"
            r"{0,3}$",
            "famil", "house", "contact", "mate", "sibling", "giver", "home",
        ),
    ),
    # "(a culture can be substituted for the blot)"
    Rule(
        _ILL, BOTH, Stance.ASIDE,
        behind=sought(r"(?i)[^.;()]{0,60}\b(?:can|may) be (?:substituted|used instead)\b", "substituted", "instead"),
    ),
    # "No active metastases Treated metastases allowed": a line feed was lost; not "no prior … allowed"
    Rule(
        ANY, frozenset({OUT}), Stance.EXEMPT, of=Polarity.INCLUSION,
        before=sought(
            r"[a-z)](?<!\bNo)(?<!\bno)(?<!\bnot) (?:Previously|Prior|Treated|Stable|Asymptomatic|Controlled|Inactive)"
            r" (?:(?!no\b|not\b)[a-z-]+ ){0,4}$",
            "previously", "prior ", "treated", "stable", "asymptomatic", "controlled", "inactive",
        ),
        behind=sought(
            r" (?:are |is )?(?:allowed|permitted|acceptable|eligible)\b",
            "allowed", "permitted", "acceptable", "eligible",
        ),
    ),
    # "an earlier neuropathy requires consultation", "those with ascites are optimal candidates"
    Rule(
        ANY, frozenset({ASKS}), Stance.EXEMPT, of=Polarity.INCLUSION,
        behind=sought(
            r"(?i) (?:requires?|must be|should be|will be) (?:prior )?(?:consultation|approv\w+|discuss\w+|permission"
            r"|review\w*)\b|[^.;]{0,60}\b(?:would be|are|is) (?:considered )?(?:optimal|ideal|preferred) candidates?\b",
            "consult", "approv", "discuss", "permission", "review", "candidate",
        ),
    ),
    # "mouth rinses during study radiotherapy", "cells mobilised by G-CSF": the trial's own
    Rule(
        _TREATED, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:during|before|after|prior to) (?:the )?(?:study|protocol) $|\bmobili[sz]ed (?:by|with) $",
            "study ", "protocol ", "mobili",
        ),
    ),
    # "severe pulmonary sarcoma", "failed stem cell collection": no disease of the lung, no transplant
    Rule(
        ANY, BOTH, Stance.ASIDE, only=frozenset({"lung_disease"}),
        behind=sought(r"(?i) (?:kaposi|metasta|nodul|lesions?\b)", "kaposi", "metasta", "nodul", "lesion"),
    ),
    Rule(
        _TREATED, BOTH, Stance.ASIDE, only=frozenset({"stem_cell_transplant", "prior_stem_cell_transplant"}),
        behind=sought(
            r"(?i) (?:collection|harvest|mobili[sz]ation|donation)\b", "collection", "harvest", "mobili", "donation"
        ),
    ),
    # "girls with normal androgens": a level
    Rule(
        _TREATED, BOTH, Stance.ASIDE,
        before=sought(
            r"(?i)\b(?:normal|abnormal|elevated|subnormal) (?:serum |plasma |blood )?$", "normal", "elevated"
        ),
    ),
)
