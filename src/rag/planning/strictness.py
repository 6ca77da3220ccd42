"""Limits weighed against a value: 'less strict than our 100,000', said as what such trials let in or turn away.

A floor below v lets some below v in, a floor at or above v turns all below v away; of a ceiling it is the other side.
'Limit' and 'cut-off' alone stand for the side on which a measure is unfit.
"""

from __future__ import annotations

import re

from rag.planning.lexicon import find_variables, fit_of
from rag.planning.words import read_line

_STRICT = "(?:strict|stringent|demanding|tight|tough|restrictive)"
_LAX = "(?:lenient|lax|loose|relaxed|permissive|liberal|generous)"
_LAXER = rf"less {_STRICT}|more {_LAX}|laxer|looser|softer|milder"
_STRICTER = rf"more {_STRICT}|less {_LAX}|stricter|tighter|tougher"
_AT_LEAST = rf"(?:at least|just) as {_STRICT} as|no (?:{_LAXER}) than"
_AT_MOST = rf"at most as {_STRICT} as|(?:at least|just) as {_LAX} as|no (?:{_STRICTER}) than"
_WEIGHED = rf"(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<laxer>{_LAXER})|(?P<stricter>{_STRICTER})"
_NOUN = "minimum|floor|lower limit|maximum|ceiling|cap|upper limit|limit|threshold|cut-?off|requirement"
_END = rf"(?P<end>{_NOUN})s?"
_MEASURE = r"(?P<measure>[\w%-]+(?: [\w%-]+){0,3}?)"
_UNIT = r"(?:(?:x|×|times) ?ULN|%|(?:[munµkd]?(?:mol|g|l|iu)|10\^|mm|cells|copies|kg|u)(?:[/^][\w/^.²³]*)?(?![a-z]))"
_NUMBER = rf"\d+(?:[.,]\d+)*(?:\s?/\s?[µum][lm]?\d?|\s?{_UNIT})?"
_VALUE = rf"(?P<value>{_NUMBER})(?:/[\w³]+)?"
_TRIALS = r"(?P<which>(?:which|what|how many)(?: [\w-]+){0,4}? (?:trials|studies|protocols|ones))"
_OURS = rf"(?:(?: than| as)? (?:ours|we|us|that|it|this|{_NUMBER}(?:/[\w³]+)?)(?: are| is| would be)?)?"

# 'have a lower platelet minimum than 100,000', 'set a stricter platelet limit than ours of 100'
_HAS_ONE = re.compile(
    r"(?i)\b(?:have|has|having|set|sets|use|uses|with|put|apply) (?:an? )?"
    rf"(?:{_WEIGHED}|(?P<lower>lower|smaller)|(?P<higher>higher|greater)) "
    rf"(?:(?P<first>minimum|maximum) )?{_MEASURE}(?: {_END})? than (?:ours(?: of)?,? |our |that of |the |of )?{_VALUE}"
)
# 'are less strict on platelets than 100,000', 'are at least as strict as 75 on platelets'
_IS_ON = re.compile(
    rf"(?i)\b(?:are|is|be|were|remain|stay) (?:still |then )?(?:{_WEIGHED})(?: (?:on|about|for|with|in) {_MEASURE})?"
    rf"(?: than| as)? {_VALUE}(?: (?:on|for|in) (?P<behind>[\w%-]+(?: [\w%-]+){{0,3}}?))?(?=\s*(?:[?.!,;]|$))"
)
# 'If ours were set at 90,000, which are less strict on platelets?'
_IF_WE = re.compile(
    rf"(?i)^\W*(?:if|suppose|supposing|say|assuming)(?: that)?(?: (?:we|i|you|they|one) [a-z]+)? (?:our|the|my|a|an)"
    rf" {_MEASURE} {_END}(?: (?:is|was|were|at|to|of|from [\d.,]+ to|would be|stood at|down to|up to))+ {_VALUE}"
    rf"(?: instead)?[,;:] (?:so )?{_TRIALS}(?: (?:would|will|are|is|be|were|still|then|now|remain|stay|all))* "
    rf"(?:{_WEIGHED}){_OURS}(?:, (?:that is|i\.e\.|meaning)[^?]*)?(?=\s*[?.]|\s*$)"
)


def weighed_in_full(text: str) -> str:
    """The question with limits weighed against a value said as what is let in or turned away; others as they stand."""
    if (whole := _IF_WE.search(text)) is not None and (plain := _plain(whole, whole["measure"])) is not None:
        return f"{whole['which']} {plain}{text[whole.end() :]}"
    for pattern in (_HAS_ONE, _IS_ON):
        text = pattern.sub(_said, text)
    return text


def _said(match: re.Match[str]) -> str:
    told = match.groupdict()
    plain = _plain(match, told.get("measure") or told.get("behind") or "")
    return match.group() if plain is None else plain


def _plain(match: re.Match[str], measure: str) -> str | None:
    """'accept some platelets below 100'; None where no measure is known, or which side of it is meant."""
    told = match.groupdict()
    found = find_variables(read_line(measure))
    end = told.get("first") or told.get("end") or ""
    side = _side(end, fit_of(found[0].value)) if found else ""
    if not side:
        return None
    low = told.get("lower") is not None
    laxer = told["laxer"] or (low == (side == "below") and (low or told.get("higher")))
    value = told["value"].strip()
    if told["least"]:
        return f"exclude {measure} {side} {value}"
    if told["most"]:
        return f"accept {measure} of {value}"
    return f"accept some {measure} {side} {value}" if laxer else f"exclude {measure} of {value}"


def _side(end: str, fit: str) -> str:
    """The side of a value that a limit turns away: 'below' of a floor, 'above' of a ceiling."""
    end = end.casefold()
    if end.startswith(("min", "floor", "lower")):
        return "below"
    if end.startswith(("max", "ceiling", "cap", "upper")):
        return "above"
    return {"high": "below", "low": "above"}.get(fit, "")
