"""Whether the words of a criterion leave a condition to some who have it: 'severe', 'requiring insulin', 'such as …'.

Only a person held against the criterion needs this: what is told of them seldom says how severe it is, and a
criterion that turns away some who have a disease does not decide for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.criteria.words import reading_of, word_set
from rag.evidence.allergies import is_of_another_allergy
from rag.evidence.examples import is_an_example_of_another
from rag.evidence.parts_of import is_a_part, is_in_its_name, one_place, shares_a_head
from rag.evidence.stems import stem, stems_of
from rag.evidence.ways import (
    end_of_name,
    is_of_other_patients,
    is_of_some_use,
    is_with_another_treatment,
    without_need,
    without_ways,
)
from rag.types import Criterion, Patient, State

_REACH = 110  # characters before and behind a mention
# where another statement begins, also in lines that were run together
_ENDS = re.compile(
    r"[;•\n]|(?<!\be\.g)(?<!\bi\.e)\.\s|(?<=[\w)]) (?=(?:No|Not|At least|Must|More than"
    r"|Patients|Subjects|Participants|Any|History|Known|Have|Has) )"
)
HOW = (
    r"(?:(?:clinically[\s-]+)?significant|relevant|severe|serious|major|unstable|un-?controlled|decompensated"
    r"|uncompensated|symptomatic|advanced|acute|untreated|unresolved|refractory|life[\s-]threatening|debilitating"
    r"|(?:poorly|inadequately|part(?:ial)?ly)[\s-]controlled|marked|gross|critical|end[\s-]stage)"
)
_ORGAN = (
    r"(?:known|suspected|concurrent|concomitant|currently|active|underlying|nervous|system"
    r"|\w{3,}(?:ic|ac|al|ar|ary|ine|ous|gical)|thyroid|liver|heart|lung|kidney|brain|bone|or|and|and/or|other)"
)
# 'severe or unstable angina', 'significant cardiac, renal or pulmonary disease'; not 'severe asthma, diabetes'
_SHARED = re.compile(
    rf"(?i)(?<!chronic or )(?<!chronic and )\b{HOW}(?! (?:or|and) chronic\b)(?: (?:past |medical )?history of)?"
    rf"(?:(?>(?:[\s,/]+(?:{HOW}|{_ORGAN})\b){{0,18}})[\s,/]*"
    r"|\s(?:(?!(?:such|including|and|or)\b)[\w/-]+\s){0,3})$"
)
# 'uncontrolled hypertension or diabetes', 'poorly controlled heart diseases, lung diseases or diabetes'; not 'advanced
# cancer or diabetes', 'uncontrolled asthma, diabetes'
_SHARED_BY_BOTH = re.compile(
    r"(?i)\b(?:un-?controlled|(?:poorly|inadequately)[\s-]controlled)\s"
    r"(?:(?:[\w-]+ ){1,3}(?:diseases?|disorders?|conditions?|illness(?:es)?)(?:, (?:and |or )?|\s(?:and|or)\s)){0,9}"
    r"(?:(?!(?:such|including)\b)[\w/-]+\s){0,3}$"
)
_HEAD = r"[\s)/]*(?:(?:disease|disorder|illness|condition|syndrome|mellitus|problem|infection|patient)e?s?[\s)]*){0,2}"
_ENDED = r"(?:completed|finished|stopped|discontinued)"
_RESTRICTS = re.compile(
    rf"(?i)^{_HEAD},?\s*(?:that|which|who|whose|requiring|needing|as defined|defined)\b"
    rf"|^{_HEAD}\s*(?:resulting|likely|leading|known to|sufficient"
    r"|such that|so (?:severe|serious|marked|advanced)|severe enough|serious enough|in need of"
    r"|as (?:defined|evidenced|characteri[sz]ed"
    r"|determined|judged|shown)"
    r"|defined|due to|caused by|secondary to|associated with|related to|interfering|affecting|precluding"
    r"|preventing|limiting|prohibiting|hindering|impeding|compromising"
    r"|contraindicating|concerning|despite|with (?!in\b|or without)|without|treated (?:with|by)|under treatment"
    r"|(?:is|are) (?:not (?!(?:to be )?(?:eligible|allowed|permitted|included|accepted|acceptable|admitted|enrolled"
    r"|considered|recruited|suitable|candidates))|poorly|un\w+)"
    r"|not (?:well|adequately|controlled|stable)|un-?controlled|unstable"
    r"|considered|deemed|judged|at risk|during|occurring|occur|(?:of )?(?:grade|class|stage)|NYHA|New York Heart"
    rf"|(?:newly )?(?:initiated|started|begun|commenced)|must (?:be (?!excluded|ruled|{_ENDED})|have (?!been {_ENDED}))"
    r"|(?:(?:limited|confined|restricted) )?to (?:the|an?|one)\b|limited|confined|restricted"
    r"|in (?:the opinion|case of|women|men|children|patients)"
    r"|for (?!at least\b|any\b|more\b|\d|the (?:past|last)\b)|by (?:patients|subjects|participants|those)"
    r"|solely|only)\b"
    rf"|^{_HEAD}(?:history )?\\?(?:≥|>=?|(?:<=?|≤)"
    r"(?!\s?\d+ (?:hour|day|week|month|year)s? (?:ago|prior|before|preceding|from|of|since|pre)\b))"
)
# 'glaucoma in the study eye', 'a rash at the injection site', 'pain of the left knee'; not 'on study day 1'
_PLACE = (
    r"\b(?:at|in|on|of|near|around|over|within) (?:the |an? |either |any )?(?:planned |proposed |intended )?"
    r"(?:(?:study|target|index|treated|treatment|test|affected|diseased|injured|involved|operated|operative|surgical"
    r"|injection|infusion|injected|application|implant\w*|incision|insertion|puncture|biopsy|stimulation|donor|irradiated"
    r"|same|other|fellow|contralateral|ipsilateral|opposite|left|right|dominant)[\s/-]){1,3}(?!(?:study|arm of)\b)"
    r"(?:eye(?:lid|brow)?s?|lids?|ears?|limbs?|legs?|arms?|hands?|f(?:oo|ee)t|ankles?|knees?|hips?|shoulders?|elbows?"
    r"|wrists?|fingers?|toes?|joints?|tendons?|sides?|sites?|areas?|regions?|zones?|lesions?|breasts?|t(?:oo|ee)th|skin"
    r"|jaws?|lungs?|kidneys?|lobes?|vessels?|arter(?:y|ies)|veins?|extremit(?:y|ies)|segments?|levels?|locations?|nails?"
    r"|wounds?|fields?|hemispheres?|organs?|scalp|face)\b"
)
_AT_A_PLACE = re.compile(rf"(?i)^{_HEAD}(?:\s?\([^()]*\))?,?\s*(?:[a-z]+ ){{0,3}}?{_PLACE}")
_PLACE_BEFORE = re.compile(rf"(?i){_PLACE}[^;.]{{0,40}}$")
_DEFINED = re.compile(
    r"(?i)^[\w\s/-]{0,20}\((?!e\.?g|such as|incl)[^()]{0,120}?(?:[<>≤≥=]|\b(?:class|grade|stage|defined))"
)
_EXAMPLES = re.compile(
    r"(?i)\b(?:such as|e\.\s?g|including|for example|like)\b\.?[^;.]{0,250}$|\(\s*(?:e\.\s?g|such as)[^)]*$"
)
_THAT_MAY = re.compile(r"(?i)^[^.;()]{0,90},\s?(?:that|which) (?:can|could|may|might|would|will)\b")
_OUTER = re.compile(
    r"(?i)\b(?:not (?:well |adequately |properly )?controlled|un-?controlled|poorly|unstable"
    r"|(?:that|which) (?:is|are|would|could|may|might)"
    r"|requiring|interfer\w+|preclud\w+|characteri[sz]ed|at (?:high |increased )?risk (?:for|of)|of grade|severe"
    r"|symptomatic|decompensated|limit(?:s|ing)|affect(?:s|ing)|prevent(?:s|ing)?|contraindicat(?:es?|ed|ing))\b"
)
# a line over a list: 'any of the following with a severity considered inappropriate:'
_LEFT_TO_SOME = re.compile(
    r"(?i)\b(?:severity|un-?controlled|unstable|(?:that|which) (?:may|might|could|would|can|in the (?:opinion|judg))"
    r"|interfer\w+|considered (?:by|to be)|clinically (?:significant|relevant))\b"
)
# 'injection into a joint (e.g. of a steroid)'
_LOCALLY = re.compile(
    r"(?i)\b(?:intra-?(?:articular|lesional|thecal|vitreal|nasal|tympanic)|topical|inhaled|epidural)\b[^;.]{0,30}$"
)
# 'active (i.e. symptomatic or growing) brain metastases'
_ACTIVE_AS = re.compile(r"(?i)\b(?:active|symptomatic)\s\((?:i\.?e|defined|that is)\b[^()]{0,80}\)\s$")
_SOME = re.compile(r"(?i)\b(?:certain|some|selected|specific|particular)\s(?:\w+\s)?$")
_BRACKETS = re.compile(r"\s?\([^()]*\)")
_PACKS = re.compile(r"(?i)\bpack[\s-]?years?\b[^.;]{0,25}$")  # 'less than 20 pack-years of smoking'
_NOW_OR = re.compile(r"(?i)\b(?:current|active|present)(?:ly)?\b(?: \w+)? or\b")  # 'current or more than 10 …'
_PACKS_BEHIND = re.compile(r"(?i)^(?:(?!\b(?:or|and)\b|/)[^.;,]){0,25}\bpack[\s-]?years?\b")  # 'history of ≥ 10 …'
_WITHIN_DEFINITION = re.compile(r"(?i)\((?:as )?defined (?:as|by)[^()]*$")
# 'oral hypoglycemics', 'CNS infections': of one kind or place
_OF_A_KIND = re.compile(
    r"(?i)\b(?:oral|topical|intravenous|non-?specific|confounding|cns|central nervous system|perennial|secondary)\s$"
    r"|\b(?:stage|grade|class)\s(?:\d|[IV]{1,3}\b)[^.;,]{0,12}$"
    r"|\b(?:cautioned|instructed|advised|asked|told) (?:not )?to\b[^.;()]{0,60}$"
    r"|\bdetained\b[^.;]{0,90}$|\b(?:regardless of|irrespective of|not based (?:up)?on)\b[^.;]{0,90}$"
    r"|\b(?:primary|principal|main) diagnos[ei]s (?:of|is|was)\b[^.;]{0,90}$"
    r"|\b(?:survival|life expectancy|death|die|dying)\b[^.;]{0,50}$"
)
# words of a name that say a kind or a degree of what the concept is
_DEGREE = re.compile(
    r"(?i)\b(?:failure|dysfunction|decompensat\w+|NYHA|(?:non-?)?nucleosides?|protease|integrase|class|grade|stage|narrow|severe|acute|end[\s-]stage|complicat\w+|tests?"
    r"|neurodegenerative|intubat\w+|un-?controlled|(?:poorly|inadequately)[\s-]controlled|unstable"
    r"|refractory|impair(?:ed|ment)(?! (?:glucose|fasting))|insufficiency|inadequate"
    r"|(?<!converting )(?<!converting-)enzymes?|abnormal|elevated|medicamentosa|oral|depot|(?:neo-?)?adjuvant)\b"
)


def is_narrowed(state: State, criterion: Criterion, text: str, patient: Patient) -> bool:
    """Whether the mention's own words, or those around it, say which of those who have it are meant.

    A narrowing that names what the person has ('diabetes requiring insulin'), or in words that are told of the person
    ('latent tuberculosis'), narrows nothing.
    """
    start, end = state.span.start, end_of_name(state, text)
    first, last = _bounds(state, criterion, text)
    before = _ENDS.split(text[max(first, start - _REACH) : start])[-1].translate(_UNQUOTED)
    lead = _BRACKETS.sub(" ", text[max(first, start - 2 * _REACH) : start]).translate(_UNQUOTED)
    behind = _ENDS.split(text[end - 1 : min(last, end + _REACH)])[0][1:]
    behind = without_need(state, behind, patient)
    before, named = without_ways(state, before, text[start:end], patient)
    if _COURSE.match(named):
        before, lead = _OF_ANY_COURSE.sub("", before), _OF_ANY_COURSE.sub("", lead)
    kinds = _kinds_before(state, _BRACKETS.sub("", before), named)
    as_told = is_told_so((*kinds, *stems_of(named)), patient) or is_in_its_name(kinds, state, patient)
    shared = any(_SHARED.search(said) or _SHARED_BY_BOTH.search(said) for said in (before, _ENDS.split(lead)[-1]))
    told = is_told_so(stems_of(named), patient)
    if is_of_another_allergy(state, before, named, behind, told=told) or (shared and not (kinds and as_told)):
        return True
    if not as_told and (kinds or _says_a_degree(state, named, patient)):
        return True
    some = any(pattern.search(before) for pattern in (_WITHIN_DEFINITION, _SOME, _OF_A_KIND, _ACTIVE_AS))
    packs = _PACKS.search(before + named) is not None and not (_NOW_OR.search(before) and "smoking" in patient.now)
    if some or packs or _PACKS_BEHIND.match(behind) or is_a_part(state, before) or shares_a_head(named, behind):
        return True
    place = one_place(state, behind)
    elsewhere = (place and not is_told_so(stems_of(place), patient)) or _OF_ITS_SITE.match(behind)
    others = is_of_other_patients(state, before, patient) or is_with_another_treatment(state, behind, patient)
    if elsewhere or others or _is_another_treatment(state, before) or _is_of_abuse(state, behind):
        return True
    defined = _DEFINED.match(behind) is not None and not _is_named_again(state, behind)
    if defined or _names_another(state, behind) or is_of_some_use(state, before, named, behind, patient):
        return True
    such = _SUCH.search(text, first, start) is not None
    listed = bool(criterion.headings) and _LEFT_TO_SOME.search(criterion.headings[-1]) is not None
    far = _ENDS.split(text[max(first, start - 3 * _REACH) : start])[-1]
    another = is_an_example_of_another(state, far, patient)
    apart = far.count("(") <= far.count(")") and state.concept in {"pregnancy", "breastfeeding"}
    outer = before if apart else far
    example = state.concept != "anaphylaxis" and _is_example(outer, text[end : min(last, end + _REACH)])
    tested = state.concept == "pregnancy" and named.casefold().endswith("test")  # of all women who take it
    return listed or such or another or example or (not tested and _is_restricted(state, before, behind, patient))


def _bounds(state: State, criterion: Criterion, text: str) -> tuple[int, int]:
    """Where the words around a mention begin and end: those of the item, or of the line above that it stands in."""
    if state.span.start >= criterion.span.start:
        return criterion.span.start, criterion.span.end
    end = text.find("\n", state.span.end)
    return text.rfind("\n", 0, state.span.start) + 1, end if end >= 0 else len(text)

# 'skin changes that may interfere. Such conditions include psoriasis, …'
_SUCH = re.compile(
    r"(?i)\b(?:that|which|may|might|could|would|severe|significant|uncontrolled)\b[^.;]{0,200}\.\s"
    r"(?:such|these|those|examples of such) (?:conditions?|diseases?|disorders?|illness(?:es)?)"
    r"(?: (?:may|can|would))? includ[^.;]{0,250}$"
)
_UNQUOTED = str.maketrans("", "", "\"“”„")  # '"uncontrolled" asthma'
_COURSE = re.compile(r"(?i)(?:acute|chronic)\b")
_OF_ANY_COURSE = re.compile(r"(?i)\b(?:acute|chronic)\s?(?:and/or|or|and|/)\s?$")  # 'acute or | chronic hepatitis'


def _kinds_before(state: State, before: str, named: str) -> tuple[str, ...]:
    """The stems of the words right before a mention that say a kind of it: 'latent', 'neoadjuvant', 'class II'."""
    concept = load_concepts().get(state.concept)
    tested = state.concept == "pregnancy" and named.casefold().endswith(("test", "tests"))  # 'negative urine … test'
    if concept is None or concept.kind not in {"condition", "treatment"} or tested:
        return ()
    kinds: list[str] = []
    while (found := _LAST_WORD.search(before)) is not None and len(kinds) < _MOST_KINDS:
        word, before = found[1], before[: found.start()]
        if not kinds and named[:1].isupper() and word[0].islower():
            break  # lines that were run together: 'no history of sarcoma Toxoplasmosis'
        key = reading_of(word)[-1]
        if key in word_set("no_kind_before"):
            break
        systemic = concept.kind == "treatment" and key in {"systemic", "therapeutic"}  # what is local is told apart
        if key not in word_set("plain_before") and not systemic:
            kinds.append(stem(word))
    return tuple(kinds)


_LAST_WORD = re.compile(r"(?:^|(?<=[\s(/-]))([A-Za-z]\w*)['’]?s?[ -]$")
_MOST_KINDS = 4
def _is_restricted(state: State, before: str, behind: str, patient: Patient) -> bool:
    """Whether the words behind a mention leave it to a place or to some, in words that nobody told of the person."""
    if (place := _AT_A_PLACE.match(behind)) is not None:
        return not is_told_so(stems_of(place.group()), patient)
    behind = _SHORT_NAME.sub("", behind)
    if _RESTRICTS_ALL.match(behind) or (_ANY.search(before) and _GIVES_REASON.match(behind)):
        return True
    pair = _PAIR.match(behind)
    if pair is not None and find_concepts(pair[1]) and not _names_any(pair[2], patient.has):
        return True
    others = [one for one in patient.has if one not in narrower_or_equal(state.concept)]
    if state.concept == "hospitalization":  # for what the person was in hospital, which is dated with it
        others = [one for one in others if any(past.concept == one for past in patient.past)]
    return _RESTRICTS.match(behind) is not None and not _names_any(behind, others)


# 'psychiatric, addictive or other disorder that …', 'any illness or condition, or finding that gives reason to …'
_RESTRICTS_ALL = re.compile(
    r"(?i)^,? (?:[\w-]+, ){0,4}(?:and/or|or|and) (?:any other |other |(?!an? |any ))(?:[\w-]+ ){0,2}"
    r"(?:diseases?|disorders?|illness(?:es)?|conditions?|problems?)\s"
    r"(?:that|which|whose|requiring|likely|known to|interfering|precluding|preventing|affecting|limiting"
    r"|severe enough)\b"
    r"|^[^.;]{0,90}\b(?:targeting|directed (?:against|at)|specific for)\b"
    rf"|^[^.;,]{{0,30}}\b(?:must|should) (?:have (?!been {_ENDED})|have$|meet|be (?!excluded|ruled|{_ENDED}))"
    r"|^[^;]{0,100}?\b(?:where (?:there|the|an?|such|it)|of (?:such|a) (?:an? )?(?:severity|degree|magnitude))\b"
    r"|^\s(?:and|or)\s[\w-]+\s(?:that|which)\s(?:makes?|may|would|could|might|interferes?|impairs?|limits?)\b"
)
_ANY = re.compile(r"(?i)\bany\b[^.;,]{0,40}$|\b(?:opinion|judg\w+)\b[^.;]{0,90}$")
_GIVES_REASON = re.compile(
    r"(?i)^[^.;]{0,150}\b(?:that|which)"
    r" (?:gives?|in the (?:investigator|opinion|judg)|could|may|might|would|will|can)\b"
)
_SHORT_NAME = re.compile(r"^\s?\([\w/ -]{2,16}\)")  # 'antirheumatic drug (DMARD) with another mechanism'
# 'eczema and/or hay fever treated with biologics': which of both is treated so is left open
_PAIR = re.compile(
    r"(?i)^\s?(?:and/or|or|and)\s((?:[\w-]+\s){1,3}?)"
    r"((?:treated (?:with|by)|on treatment with|requiring (?!hospital))\b.*)"
)


def _is_another_treatment(state: State, before: str) -> bool:
    """'No other concurrent hormonal therapy': other than that of the trial, and the person's may be the same."""
    concept = load_concepts().get(state.concept)
    treated = concept is not None and concept.kind == "treatment" and state.concept not in _OF_TRIALS
    return treated and _OTHER_THAN_ITS.search(before) is not None


_OF_TRIALS = frozenset(
    {"investigational_agent", "prior_investigational_agent", "concurrent_investigational_agent", "other_trial"}
)
# not the end of a list: 'aspirin or other NSAIDs', 'and any other anticoagulants'
_OTHER_THAN_ITS = re.compile(
    r"(?i)(?:^|\b(?!(?:and|or|any)\b)[a-z]+\s)other (?:concurrent|concomitant|current|ongoing)\s$"
)


def _is_of_abuse(state: State, behind: str) -> bool:
    return state.concept == "alcohol_use" and _ABUSED.match(behind) is not None


_OF_ITS_SITE = re.compile(
    r"(?i)^[\s-](?:(?:injection|infusion|insertion|pump|vaccination)[\s-])?sites?\b"
    r"|^\s(?:[a-z]+\s){0,2}(?:during|in) the (?:first|second|third|last) trimester\b"
)


# 'alcohol or drug abuse', 'alcohol/substance dependence': no drink by itself
_ABUSED = re.compile(
    r"(?i)^(?:\s?(?:,|/|or|and|and/or)\s?(?:[\w-]+\s){0,3}|\s)(?:abuse|misuse|dependen|addict|(?:use )?disorder)"
)


def is_told_so(words: Collection[str], patient: Patient) -> bool:
    """Whether something is told of the person in these very words, given as stems."""
    wanted = {_PLAIN_ORGANS.get(word, word) for word in words}
    return any(
        wanted <= {_PLAIN_ORGANS.get(word, word) for word in told.words}
        and (len(wanted & _DEGREES) != 1 or not _is_between_degrees(told.words))
        for told in patient.told
    )


def _is_between_degrees(words: Sequence[str]) -> bool:
    """'Moderate to severe asthma' is told to be neither of both for certain."""
    threes = zip(words, words[1:], words[2:], strict=False)
    return any(one in _DEGREES and to == "to" and other in _DEGREES for one, to, other in threes)


_DEGREES = frozenset({"mild", "moder", "sever"})

_PLAIN_ORGANS = {"renal": "kidney", "hepat": "liver", "cardiac": "heart", "pulmonari": "lung"}


def _names_another(state: State, behind: str) -> bool:
    """'diabetes complications', 'dementia complex': what follows is no more the condition itself."""
    found = re.match(r"[ -]([A-Za-z]+)\b", behind)
    concept = load_concepts().get(state.concept)
    return (
        found is not None
        and concept is not None
        and concept.kind == "condition"
        and reading_of(found[1])[-1] in word_set("other_behind")
    )


def _is_named_again(state: State, behind: str) -> bool:
    """'HER2-negative (IHC 0-1)', 'metastatic disease (stage IV)': how it is measured, or its other name."""
    concept = load_concepts().get(state.concept)
    staged = state.concept in {"metastatic_disease", "stage_iv"} and _STAGE_IV.search(behind) is not None
    return staged or (concept is not None and concept.kind == "biomarker")


_STAGE_IV = re.compile(r"(?i)^[\s\w]{0,20}\(\s?stage (?:IV|4)\s?\)")


def _says_a_degree(state: State, words: str, patient: Patient) -> bool:
    """'hepatic failure' for a liver disease; not 'heart failure', which is the concept itself.

    Nor 'renal failure' for who has an end-stage kidney disease, one of whose names says it.
    """
    known = _names_of(state.concept, patient)
    words = _OR_CHRONIC.sub("", words)
    label = load_concepts()[state.concept].label if state.concept in load_concepts() else ""
    if state.concept == "pregnancy" or words.strip().casefold() == label.casefold():
        return False  # 'positive pregnancy test'; 'cognitive impairment' of whoever has dementia
    own = () if " or " in label else stems_of(label)  # 'cognitively impaired' of who has a cognitive impairment
    degrees = [found.group().casefold().replace("-", " ") for found in _DEGREE.finditer(words)]
    degrees = [word for word in degrees if not {*stems_of(word)} <= {*own}]
    if _POOR_WORK.search(known):
        degrees = [word for word in degrees if not _POOR_WORK.fullmatch(word)]
    return any(word not in known for word in degrees) or _names_a_kind(state, words)


# words for the same of an organ: 'respiratory insufficiency' is respiratory failure
_POOR_WORK = re.compile(r"failure|dysfunction|(?<!coronary )insufficiency|impair(?:ed|ment)|inadequate")


def _names_a_kind(state: State, words: str) -> bool:
    """'Vascular dementia': the label of the concept with a word that says a kind of it."""
    concept = load_concepts().get(state.concept)
    label = concept.label.casefold() if concept else ""
    rest = words.casefold().replace(label, "")
    return rest != words.casefold() and bool(word_set("kinds_within") & {*re.findall(r"[a-z]+", rest)})


def _names_of(concept: str, patient: Patient) -> str:
    """The names of a concept that the person is told to have, else those of the kinds of it that they have."""
    known = load_concepts()
    if concept not in known:
        return ""
    kinds = narrower_or_equal(concept)
    if concept in patient.has:
        return f"{known[concept].label} {concept}".casefold().replace("-", " ")
    names = (name for one in patient.has if one in kinds for name in known[one].synonyms)
    return " ".join(names).casefold().replace("-", " ")


_OR_CHRONIC = re.compile(r"(?i)\bacute (?:or|and|/) (?=chronic\b)")


def _names_any(words: str, has: Collection[str]) -> bool:
    named = [narrower_or_equal(mention.concept) for mention in find_concepts(words)]
    return any(concept in kinds for kinds in named for concept in has)


def _is_example(before: str, behind: str) -> bool:
    """'illness not controlled by drugs, such as …', 'illness such as …, that may …', '(e.g. …) which is unstable'."""
    found = _EXAMPLES.search(before)
    inside = before.count("(") > before.count(")")
    if found is None and not inside:
        return False
    closed = behind.partition(")")[2] if inside else ""
    outer = before[: found.start() if found is not None else before.rindex("(")]
    given = any(pattern.search(outer) for pattern in (_OUTER, _PLACE_BEFORE, _LOCALLY)) or _THAT_MAY.match(behind)
    return bool(given or _RESTRICTS.match(closed))
