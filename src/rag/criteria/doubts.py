"""Why a reading binds only some: a cohort, an amount, one part of the body, one kind, need for another disease."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.criteria.concepts import Concept
from rag.criteria.sought import sought
from rag.criteria.things import Side, Thing
from rag.criteria.words import word_set
from rag.types import Stance

_NUMBER = r"(?:\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|ninety)"
_GAP = r"\s{0,2}"
# "Part B only", "cohorts 1 and 2", "control group"; "stage III" and "phase 2" are sorted out by `_names_cohort`.
_COHORT = re.compile(
    r"\b(?:part|cohort|arm|stratum|group|module|sub-?study|stage|phase|dose level)s?\s+"
    r"(?:[A-Z]\d?|\d[a-zA-Z]?|I{1,3}|IV)\b(?:\s*(?:,|and|or|&|/|to|-)\s*(?:[A-Z]|\d[a-zA-Z]?|I{1,3})\b){0,4}"
    r"(?:\s+(?:only|patients|subjects|participants))?"
    r"|\b(?:from|in|for|of) the (?:[\w-]+ ){0,3}(?:portion|part|phase|arm|component|substudy)"
    r" of (?:the|this) (?:study|trial)"
    r"|\b(?:expansion|escalation|control|healthy(?: control)?|treatment|experimental|surgical|combination|monotherapy)"
    r"\s+(?:cohorts?|arms?|groups?)\b"
    r"|\b(?:in|on|for|of|into) the (?!age|ethnic|study|same|other|peer)(?:[\w-]+ ){1,4}cohort\b"
    r"|\b(?:expansion|escalation)(?:\s+(?:phase|part|stage|portion))?\s+only\b",
    re.IGNORECASE,
)
# The first two parts together: what holds for both is held to hold for the trial.
_ALL_PARTS = re.compile(
    r"\b(?:parts?\s+(?:A|1|I)\s*(?:and|&|\+)\s*(?:parts?\s+)?(?:B|2|II)|parts?\s+(?:A|1|I),\s*(?:parts?\s+)?(?:B|2|II)|(?:both|all|either)\s+(?:parts|cohorts|arms|groups))\b",
    re.IGNORECASE,
)
_NOT_COHORT = re.compile(r"\b(?:stage|phase|group)\s", re.IGNORECASE)
# "For patients receiving bevacizumab: …", "Women only"; not "for women of childbearing potential".
_SCOPED = re.compile(
    r"^\W*(?:for|in)\s+(?:all\s+)?(?:the\s+)?(?:patients?|subjects?|participants?|individuals?|those|persons?)\s+"
    r"(?:with|who|on|receiving|taking|treated|in|undergoing|having|randomi)"
    r"|^\W*(?!The|This|Our|If)[A-Z][\w-]+\s+(?:patients|cohort|group|arm)?\s?only\b"
    r"|^\W*for\s+(?!(?:wom[ae]n|females?|m[ae]n|males?|girls|boys|all|fertile)\b)[\w/-]+(?:\s[\w/-]+)?\s+only\s?:",
    re.IGNORECASE,
)
# "more than two prior regimens", "3 or more lines"; not "more than 2 weeks".
_OF_THESE = r"(?:prior|previous|lines?|regimens?|courses?|cycles?|episodes?|different|or more|systemic|chemotherap\w+)"
_THESE = (
    "prior", "previous", "line", "regimen", "course", "cycle", "episode", "different", "or more", "systemic",
    "chemotherap",
)  # fmt: skip
_FROM = sought(
    rf"(?i)(?:more than|greater than|≥|>=?|at least|over|exceeding|minimum of){_GAP}{_NUMBER}\s+{_OF_THESE}"
    rf"|{_NUMBER}\s+or\s+more\s+(?:prior|previous|lines?|regimens?|courses?|episodes?)",
    *_THESE,
)
_UP_TO = sought(
    r"(?i)(?:no more than|not more than|no greater than|not exceeding|up to|maximum of|at most|only|≤|<=?|fewer than"
    rf"|less than(?: or equal to)?|(?:\b0|zero|none)\s?(?:to|or|-)){_GAP}{_NUMBER}\s+{_OF_THESE}",
    *_THESE,
)
_ONE_AT_LEAST = re.compile(r"(?i)(?:at least|≥|>=|minimum of)\s?(?:1|one)\b.*|(?:1|one)\s+or\s+more\b.*")
# Right behind a condition, what leads to the kinds of it that are meant: "a diabetic patient who has:".
_ONE_KIND = re.compile(
    r"(?i)[\s,(]{0,3}(?:mellitus\s|patients?\s|subjects?\s|participants?\s)?"
    r"(?:(?:that|which|who)\s(?:ha(?:s|ve|d)|is|are|meets?)(?:\s(?:any|one|either|all)\s[^.;:]{0,40})?\s?:"
    r"|with\s(?:any|one|either|at\sleast\sone)(?:\sor\smore)?\sof\s(?:the|these)\s(?:following|below)\b)"
)
# "brain metastases must not be the sole site", "lung metastases as the only site": who has another one too may join
_ALONE = re.compile(
    r"(?i)[\s,(]{0,3}(?:disease )?(?:(?:must|should|may|can)(?: not|not)? )?(?:be|is|are|represents?|constitutes?|as)"
    r"(?: not)? (?:the |their |an? )?(?:sole|only)\b"
)
# "non-diabetic kidney disease": of one that has another cause nothing is said
_NOT_THE_COMMON = re.compile(r"(?i)\bnon-?\s?(?:diabetic|ischa?emic)\s$")
# "No brain metastases unless all of these hold:": what stands below concerns those with brain metastases only.
_IS_CONDITION = re.compile(
    r"\bunless\b(?! (?:it is |is )?(?:otherwise|specified|stated|noted|indicated))[^.]{0,80}:?\W*$", re.IGNORECASE
)


def doubts_of(
    side: Side, concept: Concept | None, thing: Thing, stance: Stance, *, scoped_above: bool = False
) -> tuple[str, ...]:
    """What keeps a reading from binding everybody; () when it is firm. `scoped_above`: a heading names a cohort."""
    found: list[str] = []
    layout, words = side.layout, side.layout.words
    keys = layout.clause_keys(thing.first)
    if scoped_above or (not word_set("cohort_words").isdisjoint(keys) and _names_cohort(_sentence(side, thing))):
        found.append("cohort")
    scoped = stance is Stance.TURNED_AWAY and not word_set("scoped_words").isdisjoint(keys)
    if scoped and _SCOPED.search(_sentence(side, thing)):
        found.append("condition")
    if concept is not None and concept.id == "vaccination" and _is_certain_vaccine(side, thing):
        found.append("kind")
    if concept is not None and concept.id == "tumor" and _is_certain_tumor(side, thing):
        found.append("site")
    if thing.kind == "treatment" and _is_counted(side, thing, stance):
        found.append("amount")
    if thing.kind == "condition" and _is_treated(side, thing):
        found.append("treatment")
    if thing.kind == "condition" and _ONE_KIND.match(words.text, words.ends[thing.last - 1]):
        found.append("condition")
    if thing.kind == "condition" and _ALONE.match(words.text, words.ends[thing.last - 1]):
        found.append("condition")
    if _is_of_one_cause(side, thing):
        found.append("kind")
    if concept is not None and _is_of_a_site(side, concept, thing):
        found.append("site")
    if thing.kind == "treatment" and _is_with_another(side, concept, thing):
        found.append("together")
    return (*found, *_doubts_by_stance(side, concept, thing, stance))


def _is_of_one_cause(side: Side, thing: Thing) -> bool:
    """ "Platinum-based chemotherapy", "non-diabetic kidney disease"."""
    words = side.layout.words
    if thing.first and words.keys[thing.first - 1] in {"based", "containing", "induced"}:
        return True
    start = words.starts[thing.first]
    return thing.kind == "condition" and _NOT_THE_COMMON.search(words.text, max(0, start - 20), start) is not None


def _doubts_by_stance(side: Side, concept: Concept | None, thing: Thing, stance: Stance) -> tuple[str, ...]:
    """What is given up, asked beside a second value, or turned away from some dose on."""
    found = []
    if stance is Stance.REQUIRED and not side.excludes and _is_beside_second_value(side, thing):
        found.append("alternative")
    if stance is Stance.REQUIRED and thing.kind == "treatment" and _is_no_option(side, thing):
        found.append("condition")
    if _may_be_given_up(side, thing, stance):
        found.append("agreement")
    if concept is not None and stance is Stance.TURNED_AWAY and _is_dosed(side, concept, thing):
        found.append("amount")
    return tuple(found)


# "for whom curative surgery or radiotherapy is not an option"
_NO_OPTION = re.compile(
    r"(?i)[^.;,:]{0,40}\b(?:is|are|was|were) (?:not (?:an option|possible|feasible|indicated|appropriate|suitable"
    r"|available|considered)|contra-?indicated|inappropriate|impossible|no option)\b"
)


def _is_no_option(side: Side, thing: Thing) -> bool:
    words = side.layout.words
    return _NO_OPTION.match(words.text, words.ends[thing.last - 1]) is not None


# "≥ 30, or ≥ 27 kg/m2 with hypertension": asked only of those who have no more than the second value
_OR_VALUE = re.compile(
    r"(?i)\bor (?:a )?(?:bmi |of )?(?:[<>≤≥]=?|at least|more than|up to)\s?\d[\d.,]*\s?[\w/²^×% ]{0,14}?"
    r" (?:with|and|if|in the presence of|plus)\b[^.;]{0,60}$"
)


def _is_beside_second_value(side: Side, thing: Thing) -> bool:
    words = side.layout.words
    start = words.starts[thing.first]
    ahead = max(0, start - 120)
    return words.text.find("or ", ahead, start) >= 0 and bool(_OR_VALUE.search(words.text, ahead, start))


def _may_be_given_up(side: Side, thing: Thing, stance: Stance) -> bool:
    """ "Willing to stop aspirin", "must stop smoking": whoever gives it up may join."""
    cues = side.layout.reaching(thing.first, "refrain")
    if not cues or side.layout.reaching(thing.first, "agree"):
        return bool(cues)
    stops = any("stop" in side.layout.words.keys[cue.first : cue.last] for cue in cues)
    return stops and stance is Stance.TURNED_AWAY and not side.excludes


_DOSE_UNIT = (
    r"(?:mg|mcg|µg|ug|g|grams?|milligrams?|micrograms?|iu|units?|cigarettes?|packs?|drinks?|cups?|pack-?years?)\b"
)
_OVER = (
    r"(?:(?:or|and|,|/) [\w-]{4,30} )?"  # the second of 'doxorubicin or epirubicin greater than 300 mg'
    r"(?:>|≥|>=|more than|greater than|at least|over|above|exceeding|in excess of|doses? of)"
)
# "aspirin > 100 mg daily", "cigarettes: more than 10 a day"; "more than 325 mg of aspirin"
_DOSE_BEHIND = re.compile(
    rf"(?i)\W{{0,3}}(?:use |intake |of |at (?:a )?doses? |(?:in |at )?dos(?:es?|ages?|ing) )?{_OVER}\s{{0,2}}"
    rf"(?:or equal to )?\d[\d.,]{{0,6}}\s?-?{_DOSE_UNIT}"
)
_DOSE_AHEAD = sought(
    rf"(?i){_OVER}\s{{0,2}}\d[\d.,]{{0,6}}\s?-?{_DOSE_UNIT}(?:\s?(?:/|per|a)\s?(?:day|d|week|kg))?"
    r"(?: daily| weekly)?(?: of)?(?: oral| systemic)?\s?$",
    ">", "≥", "than", "at least", "over", "above", "exceeding", "excess", "dose",
)


def _is_dosed(side: Side, concept: Concept, thing: Thing) -> bool:
    """ "aspirin > 100 mg daily", "more than 10 cigarettes": only from some dose on.

    Steroids are named with a dose that tells systemic use from a cream: whoever is on them is meant.
    """
    words = side.layout.words
    steroid = any(name.endswith(("steroid", "steroids")) for name in (concept.id, *concept.broader))
    if steroid or thing.kind not in {"treatment", "state"}:
        return False
    if not any(key[0].isdigit() for key in words.keys[max(0, thing.first - 8) : thing.last + 8]):
        return False
    start, end = words.starts[thing.first], words.ends[thing.last - 1]
    lead = words.text[max(0, start - 50) : start]
    of_units = _DOSE_AHEAD.search(lead + words.text[start:end])  # "more than 10 cigarettes"
    return bool(of_units or _DOSE_AHEAD.search(lead) or _DOSE_BEHIND.match(words.text, end))


_TO_ALL = re.compile(r"(?i)\b(?:applied|applicable|apply|applies) to all\b")


def is_scope(heading: str) -> bool:
    """Whether a heading says that what stands below it concerns some participants only."""
    return (_names_cohort(heading) and not _TO_ALL.search(heading)) or _IS_CONDITION.search(heading) is not None


_NEEDED = frozenset({"to", "requiring"})


def _is_treated(side: Side, thing: Thing) -> bool:
    """ "No other therapy for breast cancer", "glaucoma surgery": the treatment is turned away, not the disease."""
    layout, last = side.layout, thing.last
    if not _NEEDED.isdisjoint(layout.words.keys[thing.first : last]):
        return False  # "a reaction to any antibody treatment", "an infection requiring treatment"
    if layout.words.keys[last : last + 1] == ["("] and layout.group_end[layout.group[last]] - last <= _SHORT_FORM:
        last = layout.group_end[layout.group[last]]  # "cytomegalovirus (CMV) drugs"
    last += layout.words.keys[last : last + 1] == [")"]
    if last < len(layout.words.keys) and layout.words.keys[last] in word_set("treated_with"):
        return True
    before = side.layout.words.keys[max(0, thing.first - 6) : thing.first]
    if "for" not in before:
        return False
    at = len(before) - 1 - before[::-1].index("for")
    return not word_set("treatments").isdisjoint(before[max(0, at - 2) : at])


_SHORT_FORM = 3  # words


_AT_A_SITE = frozenset({"radiotherapy", "surgery"})


def _is_of_a_site(side: Side, concept: Concept, thing: Thing) -> bool:
    """ "radiotherapy to the pelvis", "knee surgery", "surgery for hernia": only of one part of the body or one kind."""
    if concept.id not in _AT_A_SITE and _AT_A_SITE.isdisjoint(concept.broader):
        return False
    words = side.layout.words
    before = words.keys[thing.first - 1] if thing.first else "any"
    if before in word_set("sites") or (concept.id == "surgery" and _is_kind(before)):
        return True
    keys = words.keys[thing.last : thing.last + 4]
    if concept.id == "surgery" and keys[:1] == ["for"] and {"treatment", "disease"}.isdisjoint(keys[1:3]):
        return not {"any", "which"}.intersection(keys[1:2])
    if not keys or keys[0] not in {"to", "of", "involving", "on", "in"}:
        return False
    return not word_set("no_site").intersection(keys)


def _is_kind(before: str) -> bool:
    """Whether a word before "surgery" says which: lumbar, laser, revision; not "major", "any", "undergone"."""
    return before.isalpha() and before not in word_set("any_surgery") and before not in word_set("adjectives")


def _is_certain_tumor(side: Side, thing: Thing) -> bool:
    """ "nasal tumors", "tumor involvement of the cervix": of one place, or no tumour of its own."""
    words = side.layout.words
    if words.keys[thing.last : thing.last + 1] in (["involvement"], ["invasion"], ["tissue"], ["extension"]):
        return True
    before = words.keys[thing.first - 1] if thing.first else "any"
    return before.isalpha() and before.endswith(_OF_A_PLACE)


_OF_A_PLACE = ("al", "ar", "ic", "ary", "ine")  # nasal, ocular, hepatic, salivary, uterine


def _is_certain_vaccine(side: Side, thing: Thing) -> bool:
    """ "rotavirus vaccine": against a disease that the lexicon does not know."""
    before = side.layout.words.keys[thing.first - 1] if thing.first else "any"
    return (before.isalnum() or before == ")") and before not in word_set("any_vaccine")


def _is_counted(side: Side, thing: Thing, stance: Stance) -> bool:
    """ "no more than two prior regimens": only from some number on. Who must have had two must have had some."""
    words = side.layout.words
    lead = words.keys[max(0, thing.first - 8) : thing.last + 3]
    if not any(key[0].isdigit() or key in word_set("number_words") for key in lead):
        return False
    text = words.text[max(0, words.starts[thing.first] - 60) : words.ends[thing.last - 1] + 12]
    if _UP_TO.search(text) is not None:
        return True
    counts = [found.group() for found in _FROM.finditer(text)] if stance is not Stance.REQUIRED else []
    return any(not _ONE_AT_LEAST.fullmatch(count) for count in counts)


def is_part_of_another(side: Side, thing: Thing) -> bool:
    """The steroids of "pneumonitis requiring steroids": only those who need them for it are meant."""
    start = side.layout.clause_start[side.layout.clause[thing.first]]
    for other in side.near(thing.first):
        if other.kind == "condition" and start <= other.first and 0 <= thing.first - other.last <= 12:
            if word_set("any_illness").issuperset(side.layout.words.keys[other.first : other.last]):
                continue  # "any chronic medical condition requiring steroids": whoever needs them
            between = side.layout.words.keys[other.last : thing.first]
            needs = word_set("needs").intersection((side.layout.words.keys[other.last - 1], *between))
            listed = {",", "or", "and", ";"}.intersection(between[:2])
            if needs and not listed and not _begins_anew(between):
                return True
    explained = _explained(side, thing)
    return explained is not None and is_part_of_another(side, explained)


def _is_with_another(side: Side, concept: Concept | None, thing: Thing) -> bool:
    """Whether only those are meant who have it for a disease, or take a drug for it: "prasugrel for a stent"."""
    done = concept is not None and (concept.id in _PROCEDURES or not _PROCEDURES.isdisjoint(concept.broader))
    if done and _is_what_for(side, thing):
        return True
    alone = concept is not None and concept.id == "dialysis"
    return not alone and is_part_of_another(side, thing)


_PROCEDURES = frozenset({
    "surgery", "coronary_revascularization", "coronary_stent", "coronary_bypass", "organ_transplant",
})  # fmt: skip


def _is_what_for(side: Side, thing: Thing) -> bool:
    """The procedure of "clopidogrel for a coronary stent": only those who take the drug for it are turned away."""
    keys = side.layout.words.keys
    place = thing.first - 1
    while place > 0 and keys[place] in {"a", "an", "the", "their", "planned", "elective"}:
        place -= 1
    if not side.excludes or keys[place : place + 1] != ["for"]:
        return False
    told = word_set("treatments") | {"use", "administration"}
    given = place > 2 and keys[place - 3] in told and keys[place - 2] in {"of", "with"}
    return given or any(
        other.last == place and other.kind == "treatment" for other in side.near(thing.first)
    )


def _begins_anew(between: Sequence[str]) -> bool:
    """Whether the last comma opens a thing of its own: "… requiring dialysis, | previous transplantation"."""
    if "," not in between:
        return False
    after = between[len(between) - between[::-1].index(",") :]
    return not word_set("begins_anew").isdisjoint(after) and word_set("needs").isdisjoint(after)


def _explained(side: Side, thing: Thing) -> Thing | None:
    """The treatment that parentheses around `thing` put in other words: "systemic treatment (i.e., steroids or …)"."""
    layout = side.layout
    group = layout.group[thing.first]
    start = layout.group_start[group]
    lead = layout.words.keys[start + 1 : start + 6]
    if not group or not (lead[:4] in _IN_OTHER_WORDS or lead[:2] == ["such", "as"] or "use" in lead):
        return None
    before = [other for other in side.near(start) if other.last <= start and start - other.last <= _EXPLAINED_WITHIN]
    outside = before[-1] if before else None
    return outside if outside and layout.group[outside.first] != group and outside.kind == "treatment" else None


_IN_OTHER_WORDS = (["i", ".", "e", "."], ["e", ".", "g", "."])
_EXPLAINED_WITHIN = 8  # words: "systemic treatment in the past two years (i.e. …"


def _sentence(side: Side, thing: Thing) -> str:
    layout, words = side.layout, side.layout.words
    clause = layout.clause[thing.first]
    return words.text[words.starts[layout.clause_start[clause]] : words.ends[layout.clause_end[clause] - 1]]


@cache
def _names_cohort(text: str) -> bool:
    match = _COHORT.search(text)
    if match is None or _ALL_PARTS.search(text):
        return False
    return (
        not _NOT_COHORT.match(match.group())
        or "only" in match.group().lower()
        or match.group().lower().startswith("group")
    )
