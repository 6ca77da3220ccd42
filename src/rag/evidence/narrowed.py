"""Whether the words of a criterion leave a condition to some who have it: 'severe', 'requiring insulin', 'such as …'.

Only a person held against the criterion needs this: what is told of them seldom says how severe it is, and a
criterion that turns away some who have a disease does not decide for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.types import Criterion, State

_REACH = 110  # characters before and behind a mention
# where another statement begins, also in lines that were run together
_ENDS = re.compile(r"[;•\n]|\.\s|(?<=[\w)]) (?=(?:No|Not|At least|Must|More than) )")
_HOW = (
    r"(?:(?:clinically[\s-]+)?significant|relevant|severe|serious|major|unstable|un-?controlled|decompensated"
    r"|uncompensated|symptomatic|advanced|acute|untreated|unresolved|refractory|life[\s-]threatening|debilitating"
    r"|(?:poorly|inadequately)[\s-]controlled|marked|gross|critical|end[\s-]stage)"
)
_ORGAN = r"(?:\w{3,}(?:ic|ac|al|ar|ary|ine|ous|gical)|liver|heart|lung|kidney|brain|bone|or|and|and/or|other)"
# 'severe or unstable angina', 'significant cardiac, renal or pulmonary disease'; not 'severe asthma, diabetes'
_SHARED = re.compile(
    rf"(?i)(?<!chronic or )(?<!chronic and )\b{_HOW}(?! (?:or|and) chronic\b)"
    rf"(?:(?>(?:[\s,/]+(?:{_HOW}|{_ORGAN})\b){{0,12}})[\s,/]*"
    r"|\s(?:(?!(?:such|including|and|or)\b)[\w/-]+\s){0,3})$"
)
# 'uncontrolled hypertension or diabetes'; not 'advanced cancer or diabetes'
_SHARED_BY_BOTH = re.compile(
    r"(?i)\b(?:un-?controlled|(?:poorly|inadequately)[\s-]controlled)\s(?:(?!(?:such|including)\b)[\w/-]+\s){0,3}$"
)
_HEAD = r"[\s)/]*(?:(?:disease|disorder|illness|condition|syndrome|mellitus|problem|infection|patient)e?s?[\s)]*){0,2}"
_RESTRICTS = re.compile(
    rf"(?i)^{_HEAD},?\s*(?:that|which|who|whose|requiring|needing|as defined|defined)\b"
    rf"|^{_HEAD}\s*(?:resulting|likely|leading|known to|sufficient"
    r"|such that|severe enough|serious enough|in need of|as (?:defined|evidenced|characteri[sz]ed"
    r"|determined|judged|shown)"
    r"|defined|due to|caused by|secondary to|associated with|related to|interfering|affecting|precluding"
    r"|preventing|limiting"
    r"|contraindicating|concerning|despite|with (?!in\b|or without)|without|treated (?:with|by)|under treatment"
    r"|(?:that|which)? ?(?:is|are) (?:not|poorly|un\w+)"
    r"|not (?:well|adequately|controlled|stable)|un-?controlled|unstable"
    r"|considered|deemed|judged|at risk|during|occurring|grade|class|stage|occur"
    r"|in (?:the opinion|case of|women|men|children|patients)|for (?!at least\b|any\b|more\b|\d)|solely|only)\b"
    rf"|^{_HEAD}(?:≥|>=?|<|≤)"
)
_DEFINED = re.compile(
    r"(?i)^[\w\s/-]{0,20}\((?!e\.?g|such as|incl)[^()]{0,120}?(?:[<>≤≥=]|\b(?:class|grade|stage|defined))"
)
_EXAMPLES = re.compile(
    r"(?i)\b(?:such as|e\.\s?g\.?|including|for example|like)\b[^;.]{0,90}$|\(\s*(?:e\.\s?g|such as)[^)]*$"
)
_OUTER = re.compile(
    r"(?i)\b(?:not (?:well |adequately |properly )?controlled|un-?controlled|poorly|unstable"
    r"|(?:that|which) (?:is|are|would|could|may|might)"
    r"|requiring|interfer\w+|preclud\w+|characteri[sz]ed|severe|symptomatic|decompensated)\b"
)
_BRACKETS = re.compile(r"\s?\([^()]*\)")
_WITHIN_DEFINITION = re.compile(r"(?i)\((?:as )?defined (?:as|by)[^()]*$")
# 'oral hypoglycemics', 'CNS infections': of one kind or place
_OF_A_KIND = re.compile(
    r"(?i)\b(?:oral|topical|intravenous|non-?specific|confounding|cns|central nervous system|perennial|secondary)\s$"
    r"|\b(?:survival|life expectancy|death|die|dying)\b[^.;]{0,50}$"
)
# words of a name that say a kind or a degree of what the concept is
_DEGREE = re.compile(
    r"(?i)\b(?:failure|dysfunction|decompensat\w+|class|grade|stage|narrow|severe|acute|end[\s-]stage|complicat\w+|tests?"
    r"|enzymes?|abnormal|elevated|medicamentosa|oral)\b"
)


def is_narrowed(state: State, criterion: Criterion, text: str, has: Collection[str]) -> bool:
    """Whether the mention's own words, or those around it, say which of those who have it are meant.

    `has`: what the person has; a narrowing that names something of it ('diabetes requiring insulin') narrows nothing.
    """
    start, end = state.span.start, state.span.end
    before = _ENDS.split(text[max(criterion.span.start, start - _REACH) : start])[-1]
    lead = _BRACKETS.sub(" ", text[max(criterion.span.start, start - 2 * _REACH) : start])
    behind = _ENDS.split(text[end : min(criterion.span.end, end + _REACH)])[0]
    shared = any(_SHARED.search(said) or _SHARED_BY_BOTH.search(said) for said in (before, _ENDS.split(lead)[-1]))
    if shared or _says_a_degree(state, text[start:end]):
        return True
    if _WITHIN_DEFINITION.search(before) or _OF_A_KIND.search(before):
        return True
    if _DEFINED.match(behind):
        return True
    if _RESTRICTS.match(behind):
        return not _names_any(behind, has)
    return _is_example(before, text[end : min(criterion.span.end, end + _REACH)])


def _says_a_degree(state: State, words: str) -> bool:
    """'hepatic failure' for a liver disease; not 'heart failure', which is the concept itself."""
    concept = load_concepts().get(state.concept)
    known = f"{concept.label} {concept.id}".casefold() if concept else ""
    return any(found.group().casefold() not in known for found in _DEGREE.finditer(words))


def _names_any(words: str, has: Collection[str]) -> bool:
    named = [narrower_or_equal(mention.concept) for mention in find_concepts(words)]
    return any(concept in kinds for kinds in named for concept in has)


def _is_example(before: str, behind: str) -> bool:
    """'illness not controlled by drugs, such as …', 'disease (e.g. …) which is poorly controlled'."""
    found = _EXAMPLES.search(before)
    if found is None:
        return False
    inside = before.count("(") > before.count(")")
    closed = behind.partition(")")[2] if inside else ""
    return bool(_OUTER.search(before[: found.start()]) or _RESTRICTS.match(closed))
