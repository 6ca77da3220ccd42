"""Earlier treatments behind their number: '2 prior cytotoxic chemotherapy regimens', 'one previous chemotherapy'."""

from __future__ import annotations

import re
from functools import cache

from rag.criteria.tokens import Kind, Token
from rag.criteria.words import word_set

REGIMENS = "prior_lines"  # the variable
_MOST = 12  # nobody counts more lines
_PRIOR = frozenset(["prior", "previous", "earlier", "preceding"])
_NOUNS = r"(?:therapy|therapies|treatments?|(?:poly)?chemotherapy|(?:poly)?chemotherapies)"

# 'one prior treatment for glaucoma'; not 'for metastatic disease', 'for their lymphoma'
_FOR_ANOTHER = (
    r" for (?!(?:[\w-]+ ){0,3}(?:metasta\w+|advanced|recurrent|relapsed|refractory|palliative|unresectable"
    r"|[\w-]*(?:cancers?|malignanc\w+|tumou?rs?|carcinoma|sarcoma|melanoma|glioma|lymphoma|myeloma|leuk[ae]+mia))\b)"
)


def regimens_named(named: list[Token], token: Token, lowered: str) -> Token | None:
    """The name of earlier treatments that begins at `token`, counted by the last of `named`; None for none.

    A bare count gets the comparison that the words around it imply, as a token of `named`.
    """
    trailed = len(named) > 1 and named[-1].kind is Kind.TRAIL
    at = len(named) - 2 if trailed else len(named) - 1
    count = named[at]
    if count.kind is not Kind.NUMBER or (count.number is not None and (count.number > _MOST or count.number % 1)):
        return None
    apart = bool(count.units) and lowered[count.end : count.unit_end].strip() in ("different", "separate")
    if count.units and not apart:
        return None
    found = _regimens().match(lowered, token.start)
    if found is None or not _is_treatment(found, lowered):
        return None
    if apart:
        count.units, count.unit_end = (), count.end
    sign = "" if trailed or (at and named[at - 1].kind in _LISTED) else _implied(lowered, count.start, found.end())
    if sign:
        named.insert(at, Token(Kind.COMPARE, count.start, count.start, sign))
    return Token(Kind.VARIABLE, token.start, found.end(), REGIMENS)


_LISTED = frozenset({Kind.COMPARE, Kind.OR, Kind.DASH, Kind.TO, Kind.AND, Kind.COMMA, Kind.BETWEEN, Kind.SLASH})


def _is_treatment(found: re.Match[str], lowered: str) -> bool:
    """Whether the words say that a treatment is meant, and that it went before: 'lines' may be of letters."""
    words = set(re.split(r"[ ,/]+", found["ahead"]))
    before = not words.isdisjoint(_PRIOR) or bool(found["of_prior"])
    if before or not found["many"]:
        after = before or _AFTER.search(lowered[max(0, found.start() - 60) : found.start()]) is not None
        return after and (before or not words.isdisjoint(word_set("treatment_kinds")))
    told = bool(found["of"]) or not words.isdisjoint(word_set("treatment_kinds"))
    ahead = lowered[max(0, found.start() - 60) : found.start()]
    at_most = _AT_MOST.search(ahead) and _NO_MORE.match(lowered, found.end())
    return told or bool(at_most or _WENT_BEFORE.search(ahead))


# 'relapsed after at least two systemic treatments'
_AFTER = re.compile(
    r"\b(?:relaps|progress|refractory|recurr|fail)\w*\b[^.;]{0,30}\b(?:after|on|to|following|despite)"
    r" (?:at least |≥ ?)?\w+ $"
)
# 'a maximum of two regimens', '≤ 2 lines in the metastatic setting'
_AT_MOST = re.compile(r"(?:\bmaximum(?: of)?|\bmore than|\bgreater than|\bup to|\bat most|[<>≤≥]) ?\w+ $")
_NO_MORE = re.compile(
    r"\W*$| ?[.;,)]| (?:are |is )?(?:allowed|permitted)\b| since diagnosis\b"
    r"| (?:for|in)(?: the)? (?:metastatic|advanced|recurrent|relapsed|palliative)\b"
)
_WENT_BEFORE = re.compile(r"\b(?:prior|previous(?:ly)?|chemotherapy|pretreated)\b[^.;]{0,50}$")
# what a bare count means by the words around it: 'one prior regimen allowed', 'must have failed one prior regimen'
_ALLOWED = re.compile(
    r"(?: for [^.;:,()]{3,60}| in [^.;:,()]{3,60})? (?:is |are |will be )?(?:allowed|permitted|acceptable)\b"
    r"(?! (?:if|only|when))"
)
_MAY_HAVE = re.compile(
    r"(?:^\W*|[.;:] )(?:(?:all )?(?:patients|participants|subjects) )?"
    r"(?:may|can|could) (?:only )?have (?:had|received|undergone)(?: only)? $"
)
_ONLY = re.compile(r"\bonly $")
_MUST_HAVE = re.compile(
    r"\b(?:must have (?:had|received|undergone|failed|progressed (?:on|after))|(?<!to have )failed"
    r"|failure (?:of|on)"
    r"|(?:progress\w*|relaps\w*|recurr\w*|disease) (?:on|after|following|despite)|refractory to|resistant to) $"
)


def _implied(lowered: str, start: int, end: int) -> str:
    """The sign of a bare count from `start` whose name ends at `end`; '' where nothing tells."""
    before = lowered[max(0, start - 60) : start]
    if _ALLOWED.match(lowered, end) or _MAY_HAVE.search(before):
        return "≤"
    if _ONLY.search(before):
        return "="
    return "≥" if _MUST_HAVE.search(before) else ""


@cache
def _regimens() -> re.Pattern[str]:
    """The pattern of a name: adjectives, a noun, and perhaps what it is a line of."""
    plain = "|".join(sorted({*word_set("treatment_kinds"), *word_set("treatment_qualities"), *_PRIOR}, reverse=True))
    word = rf"(?:(?:{plain})|[a-z][\w/+-]{{2,30}}?(?: \+ [a-z][\w/-]{{2,20}})?[- ](?:based|containing))"
    kinds = rf"(?:(?P<of_prior>prior |previous )|{word}[ ,/-]{{1,2}}(?:and |or )?){{0,5}}"
    kinds2 = rf"(?:{word} ){{0,3}}"
    return re.compile(
        rf"(?P<ahead>(?:{word}[ ,/-]{{1,2}}(?:(?:and|or|and/or) )?){{0,6}})"
        rf"(?:(?P<many>(?:regimens?|lines?|programs?)\b(?: ?\(s\))?)(?:(?P<of> of {kinds}{_NOUNS}\b)|(?! of ))"
        rf"|(?P<course>course of {kinds2}{_NOUNS}\b)|{_NOUNS}\b(?! (?:with|using)\b|{_FOR_ANOTHER}))"
        r"(?![\w/-]| (?:doses?|episodes?|trials?|arms?|sessions?|cycles?|courses?|areas?|attempts?|groups?|plans?"
        r"|visits?|failures?|days?|weeks?|months?)\b)"
    )


_ONE_AGENT = re.compile(r"[a-z][\w/+-]* ?-?(?:based|containing)\b")
_OF_ONE_AGENT = re.compile(
    r" ?\(?(?:containing\b|comprising|consisting|[a-z][\w/+-]+[- ](?:based|containing)\b|with an? "
    r"|(?:in|as|for)(?: the| an?)? (?:neo-?)?adjuvant\b(?! (?:or|and)\b|/))"
    r"| of (?:an? )?(?P<what>[a-z][\w-]+)"
)


def is_of_one_agent(lowered: str, start: int, end: int) -> bool:
    """Whether the name of earlier treatments there counts those of one drug alone: others may have gone before."""
    found = _OF_ONE_AGENT.match(lowered, end)
    named = found is not None and found["what"] not in _any_treatment()
    return named or bool(_ONE_AGENT.search(lowered, start, end))


@cache
def _any_treatment() -> frozenset[str]:
    """Words behind 'lines of' that leave open which treatment."""
    nouns = ["therapy", "therapies", "treatments", "any", "the", "which", "anti-cancer", "care"]
    return word_set("treatment_kinds") | word_set("treatment_qualities") | _PRIOR | frozenset(nouns)
