"""Parts of a trial by name: 'Part C only', 'Cohorts 1 and 2', 'in the apheresis portion of the study'."""

from __future__ import annotations

import re

_COHORT = re.compile(
    r"\b(?i:parts?|cohorts?|arms?|groups?|strat(?:um|a)|tiers?|phase|module)\s+(?:[A-Z]{1,2}\d{0,2}|[0-9IV]{1,3}[a-h]?)\b"
    r"(?:(?:\s?,\s?|\s(?:and|or)\s|\s?[/&-]\s?|\sto\s)(?:(?i:part|cohort|arm|group|phase)\s)?(?:[A-Z]{1,2}\d{0,2}"
    r"|[0-9IV]{1,3}[a-h]?)\b){0,6}"
    r"(?:\s(?i:only|portion|participants|patients|subjects))?"
)

_LABEL = re.compile(r"\W{0,4}(?:[Ff]or |[Ii]n )?(?P<name>\w[^:]{2,40}?) ?: ?")

_EVERY = r"(?:the|all|each|both|any|either|every|one|two|three|four|the same|age|ethnic|racial|study|treatment|other)"
_OTHER = (
    r"(?:oncology|cooperative|ethnic|racial|age|blood|support|all|each|both|any|either|every|study|of|in|for|from|to|and|or|than"
    r"|upper|lower|nerve|muscle|peer|focus|therapy|drug|diagnostic|risk)"
)
# 'will be included in the apheresis portion of the study', 'for the carboplatin cohort', 'the first 3 dosing cohorts'
_PORTION = re.compile(
    r"(?i)\b(?:(?:included|enrolled|entered|participate|excluded|eligible|ineligible)"
    r"(?: (?:in|into|from|for|to enter))?"
    r" the (?P<portion>(?:[\w-]+ ){1,3}(?:portion|part|phase|arm|cohort|component|sub[- ]?study|stratum))"
    r"|eligible for the (?P<given>(?!study|trial)(?:[\w-]+ ){1,4}(?:intervention|sub[- ]?study))"
    rf"|(?:for|in|into|to|of|from) (?:the |a |an )?(?P<cohort>(?!{_EVERY}\b)(?:(?!{_OTHER}\b)[\w/-]+ ){{0,4}}"
    rf"(?:(?<!age )(?<!patient )groups?(?! of the [\w -]{{0,60}}\b(?:society|association|college|academy))"
    r"|arms?|cohorts?|stratum|strata|sub[- ]?stud(?:y|ies)"
    r"|(?:(?:dose[- ])?(?:escalation|expansion)|feasibility|pilot|safety|randomi[sz]ed|extension|II?|III|[1-3]b?)"
    r" (?:phase|portion|stages?))))\b"
)
# 'Combination Therapy and Monotherapy Arms - received more than 2 lines'
_ARMS_AHEAD = re.compile(
    r"^\W*(?P<cohort>(?:For )?(?:(?!All |Both |Each )[\w/+&-]+ ){1,9}?(?:[Aa]rms?|[Cc]ohorts?))(?: only)? ?[-–] "
)
# '0-2 (dose escalation); 0-1 (expansion phase)'
_IN_BRACKETS = re.compile(
    r"(?i)\((?P<cohort>(?:in |for )?(?:the )?(?:dose[- ])?(?:escalation|expansion|optimi[sz]ation|extension)"
    r"(?: (?:phase|part|portion|cohorts?|stage))?(?: only)?)\)"
)


# one of these stands in whatever the four patterns find
_COHORT_WORDS = (
    "part", "cohort", "arm", "group", "strat", "tier", "phase", "module", "portion", "component", "stud", "escalation",
    "expansion", "optimi", "extension", "eligible for the",
)  # fmt: skip


def is_label(text: str, start: int) -> bool:
    """Whether the words before a value at `start` are nothing but a cohort's label, and no other cohort is told:
    'Phase II: ', '- Cohorts 1 and 2: '."""
    label = _LABEL.fullmatch(text, 0, start)
    named = label is not None and cohorts_in(label["name"]) == [(0, len(label["name"]))]
    return named and not cohorts_in(text[start:])


def cohorts_in(text: str) -> list[tuple[int, int]]:
    """'Part C only', 'Cohorts 1 and 2', 'in the apheresis portion of the study': where the text names a cohort."""
    lowered = text.lower()
    if not any(word in lowered for word in _COHORT_WORDS):
        return []
    lettered = [found.span() for found in _COHORT.finditer(text)]
    patterns = (_ARMS_AHEAD, _PORTION, _IN_BRACKETS)
    named = [found.span(found.lastgroup or 0) for one in patterns for found in one.finditer(text)]
    apart = [span for span in named if not any(span[0] < end and start < span[1] for start, end in lettered)]
    return sorted(lettered + apart)
