"""Patterns of signs, numbers, comparisons in words and limits of normal: every part is bounded."""

from __future__ import annotations

import re

_GE = (
    r"lower(?= age limit)|"
    r"(?:greater|more|higher|older|larger|longer|bigger)(?: than)?,? ?(?:or|/) ?(?:equal|equals"
    r"|equivalent)(?: to| than)?"
    r"|(?:equal|equals)(?: to)? or (?:greater|more|higher|above|older|larger|longer|over)(?: than)?"
    r"|(?:above|over) or equal(?: to)?|(?:equal|equals)(?: to)? (?:and|&|/) ?(?:greater|more|higher)(?: than)?"
    r"|at least|at a minimum of|(?:no|not) (?:less|lower|fewer|younger|shorter|smaller) th[ae]n"
    r"|not (?:be )?(?:below|under)"
    r"|(?:a )?minimum (?:value |level |score |count )?of|minimum|minimal|at or above|at minimum|greater than/equal to"
    r"|(?:greater|more|above|over|higher)/equal(?: to| than)?"
    r"|(?:greater|more|higher) (?:than )?equal(?: to)?"
    r"|not (?:be )?(?:less|lower|younger) th[ae]n|(?:no|not) (?:less|lower|fewer)(?= \d)"
)


_GT = (
    r"(?:strictly )?(?:greater|more|higher|older|larger|longer|bigger|heavier) th(?:[ae]n|at(?= \d))|above|over"
    r"|in excess of|beyond"
    r"|superior to"
    r"|(?:greater|higher)(?= \d+(?:\.\d+)? ?[a-z%×])"
    r"|exceed(?:s|ing|ed)?|(?:must|should|has to|have to) exceed|elevated (?:above|to)|upper than|up from"
)


_LE = (
    r"(?:less|lower|fewer|younger|shorter|smaller)(?: than)?,? ?(?:or|/) ?(?:equal|equals|equivalent)(?: to| than)?"
    r"|upper(?= age limit)"
    r"|(?:equal|equals)(?: to)? or (?:less|lower|fewer|below|smaller|under|younger)(?: than)?|(?:below"
    r"|under) or equal(?: to)?"
    r"|(?:equal|equals)(?: to)? (?:and|&|/) ?(?:less|lower|fewer)(?: than)?"
    r"|at (?:the )?most|(?:no|not) (?:more|greater|higher|older|longer|larger|above|over) th[ae]n"
    r"|(?:can(?:not| not)|must not|may not|should not|does not|do not|did not|not|not to|no) exceed(?:ing|s)?"
    r"|not (?:be )?(?:above|over|greater than|more than|higher than|older than)|no (?:greater|more|higher"
    r"|older) (?:that|then)"
    r"|(?:a )?maximum (?:value |level |score |of )?of|(?:maximum|maximal)(?! normal| limits? of| value of normal)"
    r"|max\.?|up ?to(?: and including)?"
    r"|at or below|no higher|(?:no|not) (?:greater|more|above|over)(?= \d)"
    r"|less than/equal to|(?:less|lower|below|under)/equal(?: to| than)?|(?:less|lower) (?:than )?equal(?: to)?"
    r"|within(?= (?:the )?(?:institutional |laboratory |local )?(?:(?:\d(?:\.\d+)? ?(?:x|×|times) (?:the )?"
    r"(?:institutional )?)?(?:uln|iuln)\b|upper ))"
)


_LT = (
    r"(?:strictly )?(?:less|lower|fewer|younger|shorter|smaller) th(?:[ae]n|at(?= \d))|below|under"
    r"|inferior to|minor than"
    r"|lesser than|prior to age|(?:less|lower)(?= \d+(?:\.\d+)? ?[a-z%×])"
)


_ULN = (
    r"(?:the )?(?:institutional |institution'?s? |clinical laboratory's |clinical laboratory |laboratory |local "
    r"|laboratory's |lab |study site "
    r"|site )?(?:\(?iuln\)?|u\.l\.n\.?(?![a-z])|unl(?![a-z])|uln|nul(?![a-z])|lsn(?![a-z])|ulrr(?![a-z])|ulnr(?![a-z])"
    r"|ulnl(?![a-z])|unln(?![a-z])|ult(?![a-z]))"
    r"|(?:the )?(?:institutional|institution'?s?|institutions'|laboratory|laboratory's|local|lab|site"
    r"|age[- ]?(?:adjusted|specific|appropriate)|respective|standard|current|central)?"
    r" ?(?:laboratory |institutional )?(?:upper|higher|maximum|maximal)(?:[- ]?(?:limits?|normal|end|range|level"
    r"|boundary|bound|value|laboratory))+"
    r"(?: (?:of|for|from|or) (?:the )?(?:institution(?:al|'s)?|laboratory(?:'s)?|local|reference|testing"
    r"|central)?(?: ?laboratory)?(?: ?'?s)? ?(?:normal(?:ity|s)?|reference|range|limits?|laboratory"
    r"|institution)+(?: (?:range|limits?|value|values))?)?"
    r"|(?:the |laboratory's |institution's |institutional )?(?:highest|high|top) (?:normal(?: (?:range|limits?|values?"
    r"|levels?))?|(?:limit|end|value|range) of (?:the )?normal(?: range)?)"
    r"|(?:the )?(?:institutional )?normal upper limit|upper (?:institution(?:al)? |laboratory )?(?:limits?"
    r"|range)(?: of| for)? (?:institutional |the )?(?:laboratory )?(?:normal|reference)"
    r"|(?:the )?upper institutional (?:laboratory )?(?:limits?|normal)(?: of normal)?|upper (?:reference|lab"
    r"|laboratory) (?:limit|range)(?: of normal)?"
)


_LLN = (
    r"(?:the )?(?:institutional |laboratory |local |institution'?s? )?(?:lln(?![a-z])|l\.l\.n\.)"
    r"|(?:the )?(?:institutional |laboratory |local |institution'?s? |laboratory's )?lower (?:institutional "
    r"|laboratory |reference )?(?:limits?|range|end)(?: (?:of|for) (?:the )?(?:institutional |institution's "
    r"|institution |laboratory |local )?(?:normal|reference)(?: range| limits?)?)?"
)


_NORMAL = (
    r"within (?:the )?(?:institutional |institution'?s? |laboratory |local |age[- ]?adjusted "
    r"|acceptable )?(?:laboratory )?(?:limits? of (?:the )?(?:institutional )?normal|normal(?: (?:institutional"
    r"|laboratory|institution|reference|lab|clinical|site|local))?(?: (?:laboratory))?(?: (?:limits?|ranges?|values?"
    r"|levels?|parameters?|bounds))?|(?:the )?reference ranges?)"
    r"|wnl(?![a-z])|in (?:the )?normal range|normal(?: (?:range|limits?|value|values|level|levels))?"
)


def _verbose(pattern: str) -> str:
    """A pattern whose blanks keep their meaning inside a verbose one."""
    return pattern.replace(" ", r"\ ")


# signs, numbers and single words: the fast scan; words first, for most are words and no sign begins like one
SIMPLE = re.compile(
    r"""
    (?P<uln>(?<=\d)n(?![\w=]|\s?=))
    |(?P<times>[x×](?=[\s\d(])|\*(?=\s?(?:[\d(]|(?:uln|unl|upper|normal)\b))|x(?=ul[nt]|the\b|unl|upper|instit|norm|lab)|(?<=\d)-fold\b)
    |(?P<word>(?:to|from|than|between|aged?|over|under|below|above)(?=\d)|[^\W\d_][^\W_]*(?:'(?=[a-z])[^\W_]*)*)
    |(?P<number>(?<=[<>≤≥])\d\.\ \d(?=\ ?[x×])
        |\d{1,3}(?:\ \d{3}){1,2}(?=\ ?(?:/|cells|cop|µl|mm3|mm\^3|per\ (?:µl|ul|mm|micro|cubic|cu)))
        |\d+(?:[.,]\d+)*|(?<![\d\w])[.,]\d+)
    |(?P<ge>[\[(]\ ?(?:≥|>\ ?=|=\ ?>)\ ?[\])]|≥|>\ ?=|=\ ?>|>\ ?/\ ?=|=\ ?/\ ?>|≧)
    |(?P<le>[\[(]\ ?(?:≤|<\ ?=|=\ ?<)\ ?[\])]|≤|<\ ?=(?:\ ?/\ ?=)?|=\ ?<|<\ ?/\ ?=|=\ ?/\ ?<|≦)
    |(?P<trailhigh>(?<=\d)\+(?=[\s),.;:]|$)|\+(?=\ ?(?:years|yrs)\b)|(?:(?<=yrs)|(?<=years))\ ?\+
        |/(?:older|more|greater)\b)
    |(?P<traillow>/less\b)
    |(?P<gt>[\[(]\ ?>\ ?[\])]|>)
    |(?P<lt>[\[(]\ ?<\ ?[\])]|<)
    |(?P<eq>=)
    |(?P<ne>≠)
    |(?P<stop>\.(?=\s|$)|\n\s*\n|(?<=\s)\*(?=\s)|^\*)
    |(?P<sign>[;:,()\[\]/%&–—~+-])
    """,
    re.VERBOSE,
)


# comparisons and limits of normal in words: tried only where one of their first words stands
PHRASES = re.compile(
    rf"""
    (?P<good>better\ (?:than\ )?or\ equal(?:\ to|\ than)?\b|(?:no|not)\ worse\ than\b)
    |(?P<bad>worse\ (?:than\ )?or\ equal(?:\ to|\ than)?\b|(?:no|not)\ better\ than\b)
    |(?P<better>better\ than\b)
    |(?P<worse>worse\ than\b)
    |(?P<ge>(?:{_verbose(_GE)})\b|not\ <(?!\ ?[=/]))
    |(?P<le>(?:{_verbose(_LE)})(?![^\W\d])|not\ >(?!\ ?[=/]))
    |(?P<trailhigh>(?:or|and)\ (?:is\ |are\ )?(?:greater|more|higher|above|over|older|longer|larger|up|upwards?
        |beyond|later)(?!\ (?:than|or\ equal|then|\d|the\b|an?\b|[<>≥≤]))\b)
    |(?P<traillow>(?:or|and)\ (?:is\ |are\ )?(?:less|lower|below|under|younger|fewer|shorter|smaller)(?!\ (?:than
        |or\ equal|then|\d|the\b|an?\b|[<>≥≤]))\b)
    |(?P<trailgood>(?:or|and)\ better(?!\ than)\b)
    |(?P<trailbad>(?:or|and)\ worse(?!\ than)\b)
    |(?P<uln>(?:{_verbose(_ULN)})(?![\w]))
    |(?P<lln>(?:{_verbose(_LLN)})(?![\w]))
    |(?P<normal>(?:{_verbose(_NORMAL)})\b)
    |(?P<gt>(?:{_verbose(_GT)})(?:\b|(?=\d))|not\ (?:≤|<\ ?=))
    |(?P<lt>(?:{_verbose(_LT)})(?:\b|(?=\d))|not\ (?:≥|>\ ?=))
    |(?P<eq>equal(?:s|\ to)?\b|exactly(?=\ (?:\d|one|two|three)\ (?:prior|previous|lines?)\b))
    |(?P<times>(?:times|folds?|x)\b|time(?=\ (?:the\ )?(?:institutional\ )?(?:upper|uln|normal))\b)
    """,
    re.VERBOSE,
)


# the magnitude after a number: "x 10^9", "x10e3", "x 109" (flattened), "10^9/L", "x 1000", "K", "million"
MAGNITUDE = re.compile(
    r"\s{0,2}(?:[x×*·.,]|×)?\s{0,2}10\s?(?:\^|\*\*|\*|e|exp)\s?[\[({]?\s?(\d{1,2})[\])}]?\^?(?=\s?(?:/|per\b|cells"
    r"|cell|c/|copies|iu|l\b|platelets|neutrophils|µl|mm|cop|\)|,|;|\.|\s|$))"
    r"|\s{0,2}[x×*·]\s{0,2}10\s?[\[(]?\s?(12|[34569])[\])]?(?=\s{0,2}(?:/|per\b|cells|platelets|copies|iu\b|µl|l\b|ul\b|mm))"
    r"|\s{1,2}10(12|[369])(?=\s?/\s?(?:l|µl|ul|mm)\b)"
    r"|\s{0,2}[x×*]\s{0,2}10(9)(?=\s?(?:[,;)]|\.(?:\s|$)|and\b|or\b|$))"
    r"|\s{0,2}[x×*]\s{0,2}(1[.,]?000)(?=\s?(?:/|per\b|cells|µl|\s|$))"
    r"|\s{0,2}[x×*]\s{0,2}(e[369])(?=\s?/)|\s{0,2}(e[369])(?=\s?/\s?l)"
)


# what looks like a unit and is none: "6.2 µmol/d", "126 mg/d" – the number before it must not be read as if it had none
STRANGE_UNIT = re.compile(
    r"\s?(?:mg|g|gm|µg|ug|mcg|ng|pg|mmol|µmol|umol|nmol|pmol|mol|iu|miu|u|ml|l|meq|cells|kg|k|µl"
    r"|mm)\s?/\s?[a-z0-9]{1,6}\b|x(?!ul[nt]|the|unl|upper|instit|norm|lab)[a-z]{3,12}\b"
)
