"""What a lead makes of the members below it: turned round, one of them enough, all of them together."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.types import Polarity

_FLIPS = re.compile(
    r"\bexclusion criteri|\bexclusions?\W*$|\bexcluded\b(?! from)|\bexcludes\b"
    r"|^\W*prohibited\W*$|\bineligible\b(?! to (?:receive|undergo)| for (?!this|the))"
    r"|\bnot (?:be )?(?:eligible(?! to (?:receive|undergo)| for (?!this|the|our|enrol|inclusion|particip|study|trial))"
    r"|allowed|permitted|included)\b[^.]{0,60}$"
    r"|\b(?:must|should|may|can|do|does|will|has|have) ?not (?:have|had|be|been|meet|present|received?|show"
    r"|take)\b[^.;]{0,160}$"
    r"|\bcannot (?:have|be)\b[^.;]{0,60}$|\bnone of the\b|^\W*(?:no|without|absence of)\b|\bhave no\b[^.;]{0,60}$"
    r"|\bfree of any\b"
    r"|^\W*(?:at least|more than|≥) \w{1,5} (?:hours|days|weeks|months|years) since\b[^.]{0,100}$",
    re.IGNORECASE,
)


# "No condition that interferes, such as" / "No condition (e.g.," – a negated head over its examples
LEADS_EXAMPLES = re.compile(
    r"(?i)(?:no|without|absence of)\b[^.;]{0,200}(?:e\.g\.?|i\.e\.?|such as|including|for example|,)\W{0,3}$"
)


_AND_FOLLOWING = re.compile(
    r"(?i)^\W*(?:no|without|absence of)\b[^:]{8,}\band"
    r" (?:(?:at least )?(?:one|two|all|any|each|either)|the following|meets?)\b"
)
_EXCLUSIONS = re.compile(
    r"(?i)\W*(?:(?:key|main|general|major) )?exclusions?(?: criteri\w+)?\b(?! (?:apply|unless|except))"
)
_LETS_IN = (
    r"(?<!\bnot )(?<!\bnever )\b(?:are|is|be) (?:still |also )?(?:considered )?"
    r"(?:eligible|allowed|permitted|included)\b(?! (?:if not|unless))"
    r"|^\W*(?:allowed|permitted)\b|\bexceptions?\b|\bunless\b"
)
_EXCEPT_END = (
    r"\bexcept(?:ing)?(?: for| if| when| in)?(?: (?:those|patients|participants|subjects|people|women|men)"
    r"(?: (?:who|that))?(?: (?:meet|fulfil|have|with))?)?(?: (?:any|all|one) of)?(?: the following)?"
    r"(?: criteria| conditions)?\W*$"
)
_RUN_INTO = re.compile(r"(?i)\bexclusion criteri(?:a|on)\W*$")  # '… are considered eligible Exclusion criteria:'
_UNFLIPS = re.compile(
    rf"\binclusion criteria\b|\b(?:donor|recipient|caregiver|partner)s? eligibility\b|{_LETS_IN}|{_EXCEPT_END}"
    r"|^\W*required\b",
    re.IGNORECASE,
)
# "The following are not exclusionary:", "… will not be excluded if:", "… are excluded, except if:"
_NOT_OUT = re.compile(
    rf"(?i){_EXCEPT_END}|\bnot (?:considered )?(?:an? |reasons? for )?exclusion(?:s|ary)?\b"
    r"|\bnot be excluded (?:if|when|provided)\b"
)
_OF_SOME = re.compile(rf"(?i){_LETS_IN}|{_NOT_OUT.pattern.removeprefix('(?i)')}")
# "Patients are eligible if:": of everybody, though it stands among the exclusions
_OF_ALL = re.compile(
    r"(?i)\W*(?:(?:in order )?to be (?:considered )?eligible"
    r"|(?:all |the |eligible |study )*(?:patients?|participants?|subjects?"
    r"|volunteers?|individuals?|they|you|candidates?) (?:is|are|will be|may be|can be|must be)\b)"
)


_PARENTHESES = re.compile(r"\([^()]*\)")
_STILL_OUT = re.compile(r"(?i)\bnot\b|\bexclu")


# what a lead counts: "at least one risk factor, such as:", "by at least 1 criterion:"
_COUNTED = (
    r"(?:factors?|criteri\w+|conditions?|characteristics?|features?|signs?|symptoms?|findings?|index(?:es)?|indices|comorbidit\w+"
    r"|abnormalit\w+|cytopenias?|complications?|reasons?)"
)
ANY_OF = re.compile(
    r"\b(?:any(?: one)?(?: or more)?|at least (?:one|1)|(?:one|1)(?: or more| \(or more\))?|either(?: one)?"
    r"|minimum of (?:one|1))"
    r"(?: \(?\d\)?)? of (?:the|these)\b(?! (?:\w+ )?(?:sub-?stud|stud|trial|group|cohort|arm|part))"
    r"|\beither\b[^.]{0,40}$|\bany of\b|\bor more of\b"
    r"|\bone of\b(?! (?:\w+ ){0,2}sub-?stud)"
    r"|\b(?:major|minor|diagnostic) criteria\W*$"
    r"|^\W*(?:eligible |the )?(?:malignancies|diseases?|diagnos[ei]s|cancers|tumou?rs|indications)"
    r"(?: types?)?(?: (?:included|eligible|allowed))? (?:are|include)\W*$|^\W*eligible (?:diseases?|diagnos[ei]s)\W*$"
    r"|\bat least (?:two|three|four|[2-9])(?: \(\d\))? of\b"
    r"|\b(?:two|three|[2-9])(?: additional| other| more)?(?: or more)? of the following\b"
    r"|(?:\bat least |≥ ?|\bminimum of )(?:one|two|three|[1-3])(?: \(\d\))?"
    rf" (?:(?!by\b|per\b|of\b)[\w-]+ ){{0,3}}?{_COUNTED}\b[^.]{{0,50}}$"
    r"|\b(?:two|three|[2-9]) (?:out )?of (?:three|four|five|six|[3-9])\b"
    r"|\((?:any|at least one|≥ ?1|one)(?: or more)?(?: is| are)? (?:required|needed|sufficient)\)"
    r"|\b(?:by|with|having) any:?$"
    r"|^(?![^:]*\b(?:no|not|non|without|free|absence|lack|all|each|every|both)\b)[^:]*"
    r"\brisk factors?(?: for [^:]{3,40})?\W*$",
    re.IGNORECASE,
)


# "Two or more of the following:" turn away together
_SEVERAL = re.compile(
    r"(?i)\b(?:two|three|four|[2-9])(?: \(\d\))?(?: or more)? (?:signs |symptoms |factors )?(?:of (?:the|these)"
    r"|(?:out )?of (?:three|four|five|six|[3-9]))\b"
)
# "by not using any of the medications listed below": each of them, not one of several ways
_NOT_ANY = re.compile(r"(?i)\b(?:not|never|without)\b[^.;:]{0,30}\bany of\b")


_ALL = re.compile(r"\b(?:all|both|each) (?:of )?(?:the|these)\b|\bcombination of\b", re.IGNORECASE)


@lru_cache(maxsize=4096)  # asked again for every item below it
def polarity_under(heading: str, polarity: Polarity) -> Polarity:
    """The polarity that a lead gives its members: 'Patients with any of these are excluded:', 'Eligible if:'."""
    if _EXCLUSIONS.match(heading) or _RUN_INTO.search(heading):
        return Polarity.EXCLUSION
    if polarity is Polarity.INCLUSION and _AND_FOLLOWING.search(heading):
        return polarity  # 'No change in therapy and one of the following:' denies its first half alone
    if polarity is Polarity.INCLUSION and _FLIPS.search(heading) and not _UNFLIPS.search(heading):
        return Polarity.EXCLUSION
    plain = _PARENTHESES.sub(" ", heading)  # "are permitted (those with arthritis would be excluded) provided that:"
    if polarity is Polarity.EXCLUSION and _NOT_OUT.search(plain):
        return Polarity.INCLUSION
    if polarity is Polarity.EXCLUSION and _UNFLIPS.search(plain) and not _STILL_OUT.search(plain):
        return Polarity.INCLUSION
    return polarity


@lru_cache(maxsize=4096)  # as above
def relation_under(heading: str, polarity: Polarity) -> str:
    """How the members of a lead stand to each other: 'any' is enough, 'all' hold together, '' each for itself."""
    if ANY_OF.search(heading) and not _NOT_ANY.search(heading):
        return "all" if polarity is Polarity.EXCLUSION and _SEVERAL.search(heading) else "any"
    return "all" if _ALL.search(heading) else ""


@lru_cache(maxsize=4096)  # as above
def lets_some_in(heading: str) -> bool:
    """Whether a lead among exclusions names who or what is let in after all, not what everybody needs."""
    return _OF_SOME.search(heading) is not None and not _OF_ALL.match(heading)


_CRITERIA_OF = re.compile(r"(?i)\W*(?:(?:key|main|major) )?(?:in|ex)clusion criteri\w+\W{1,4}\w")


# "Key exclusion criteria (both cohorts):", "Exclusion for all participants:", "All parts:"
_OF_EVERY_PART = re.compile(
    r"(?i)\b(?:all|both|each|every) (?:of the )?(?:study |treatment )?(?:cohort|arm|part|group|phase|stage|stud(?:y|ie)"
    r"|module|strat(?:um|a))s?\b"
    r"|\b(?:in|ex)clusion\b[^:]{0,30}\b(?:for|of|\() ?(?:all|both|every) (?:patient|participant|subject)s?\b"
    r"|^\W*(?:for )?all (?:study )?(?:patients|participants|subjects)\W*$"
)


@lru_cache(maxsize=1024)  # as above
def beneath(above: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of an item: 'EXCLUSION CRITERIA - VOLUNTEERS:' takes the place of what is printed above its list,
    and what is told of every cohort is of none above it."""
    told = any(_CRITERIA_OF.match(heading) or _OF_EVERY_PART.search(heading) for heading in own)
    return own if told else (*above, *own)
