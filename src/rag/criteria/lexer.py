"""Tokens of eligibility prose: numbers, units, comparisons, variables and the small words that join them.

One left-to-right scan with a single pattern of bounded parts, then longest-match of variable names: linear in the text.
The text is folded (`rag.text.fold`); offsets count in the folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, auto
from fractions import Fraction
from functools import cache

from rag.criteria.lexicon import DECOY, Alias, alias_index, joint
from rag.units import Unit, load_units


class Kind(IntEnum):
    NUMBER = auto()
    COMPARE = auto()
    TRAIL = auto()  # 'or less', 'and above': a comparison after its number
    VARIABLE = auto()
    DECOY = auto()  # words that look like a variable and are none
    ULN = auto()  # upper limit of normal
    LLN = auto()
    TIMES = auto()
    NORMAL = auto()  # 'within normal limits'
    ROMAN = auto()
    LETTER = auto()  # class A, B7
    AND = auto()
    OR = auto()
    COMMA = auto()
    SEMICOLON = auto()
    COLON = auto()
    STOP = auto()
    OPEN = auto()
    CLOSE = auto()
    DASH = auto()
    TO = auto()
    SLASH = auto()
    BETWEEN = auto()
    NOT = auto()  # 'no', 'not', 'without'
    EXCEPT = auto()
    IF = auto()
    BUT = auto()
    CHANGE = auto()
    BASELINE = auto()
    SEX = auto()
    WITHIN = auto()  # words that begin a time window
    PERCENT_OF = auto()  # '% of predicted', 'percentile'
    GRADE = auto()
    GLUE = auto()
    WORD = auto()


@dataclass(slots=True)
class Token:
    """`value` is a comparison sign, a variable id or a word in lower case, by kind."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    number: Decimal | None = None
    thousands: Decimal | None = None  # the other reading of '50.000' or '1,500'
    units: tuple[Unit, ...] = ()
    needs_unit: bool = False
    needs_comparator: bool = False
    word: bool = False  # a number in words
    lists: tuple[Decimal, ...] = ()  # '0,1,2' without blanks
    unit_end: int = 0


_GE = (
    r"(?:greater|more|higher|older|larger|longer|bigger|better)(?: than)?,? ?(?:or|/) ?(?:equal|equals"
    r"|equivalent)(?: to| than)?"
    r"|(?:equal|equals)(?: to)? or (?:greater|more|higher|above|older|larger|longer|better|over)(?: than)?"
    r"|(?:above|over) or equal(?: to)?|(?:equal|equals)(?: to)? (?:and|&|/) ?(?:greater|more|higher)(?: than)?"
    r"|at least|at a minimum of|(?:no|not) (?:less|lower|fewer|younger|shorter|smaller|worse) th[ae]n"
    r"|not (?:be )?(?:below|under)"
    r"|(?:a )?minimum (?:value |level |score |count )?of|minimum|at or above|at minimum|greater than/equal to"
    r"|(?:greater|more)/equal(?: to| than)?"
    r"|not (?:be )?(?:less|lower|younger) th[ae]n"
)
_GT = (
    r"(?:strictly )?(?:greater|more|higher|older|larger|longer|bigger|better) th[ae]n|above|over|in excess of|beyond"
    r"|superior to"
    r"|exceed(?:s|ing|ed)?|(?:must|should|has to|have to) exceed|elevated (?:above|to)|upper than|up from"
)
_LE = (
    r"(?:less|lower|fewer|younger|shorter|smaller)(?: than)?,? ?(?:or|/) ?(?:equal|equals|equivalent)(?: to| than)?"
    r"|(?:equal|equals)(?: to)? or (?:less|lower|fewer|below|smaller|under|younger)(?: than)?|(?:below"
    r"|under) or equal(?: to)?"
    r"|(?:equal|equals)(?: to)? (?:and|&|/) ?(?:less|lower|fewer)(?: than)?"
    r"|at (?:the )?most|(?:no|not) (?:more|greater|higher|older|longer|larger|above|over|better) th[ae]n"
    r"|(?:can(?:not| not)|must not|may not|should not|does not|do not|did not|not|not to|no) exceed(?:ing|s)?"
    r"|not (?:be )?(?:above|over|greater than|more than|higher than|older than)|no (?:greater|more|higher"
    r"|older) (?:that|then)"
    r"|(?:a )?maximum (?:value |level |score |of )?of|maximum|max\.?|up to(?: and including)?|at or below|no higher"
    r"|less than/equal to|(?:less|lower)/equal(?: to| than)?"
)
_LT = r"(?:strictly )?(?:less|lower|fewer|younger|shorter|smaller) th[ae]n|below|under(?! the age)|inferior to|lesser than|prior to age"
_ULN = (
    r"(?:the )?(?:institutional |institution'?s |laboratory |local |laboratory's |lab |study site "
    r"|site )?(?:\(?iuln\)?|u\.?l\.?n\.?(?![a-z])|unl(?![a-z])|uln|nul(?![a-z])|lsn(?![a-z]))"
    r"|(?:the )?(?:institutional|institution'?s?|institutions'|laboratory|laboratory's|local|lab|site"
    r"|age[- ]?(?:adjusted|specific|appropriate)|respective|standard|current|central)?"
    r" ?(?:laboratory |institutional )?(?:upper|higher|maximum|maximal)(?:[- ]?(?:limits?|normal|end|range|level"
    r"|boundary|bound|value|laboratory))+"
    r"(?: (?:of|for|from) (?:the )?(?:institution(?:al|'s)?|laboratory(?:'s)?|local|reference|testing"
    r"|central)?(?: ?laboratory)?(?: ?'?s)? ?(?:normals?|reference|range|limits?|laboratory"
    r"|institution)+(?: (?:range|limits?|value|values))?)?"
    r"|(?:the )?(?:institutional )?normal upper limit|upper (?:institutional |laboratory )?(?:limits?"
    r"|range)(?: of)? (?:institutional |the )?(?:laboratory )?(?:normal|reference)"
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


# signs, numbers and single words: the fast scan
_SIMPLE = re.compile(
    r"""
    (?P<number>\d{1,3}(?:\ \d{3}){1,2}(?=\ ?(?:/|cells|cop|µl|mm3|mm\^3))|\d+(?:[.,]\d+)*|(?<![\d\w])[.,]\d+)
    |(?P<ge>[\[(]\ ?(?:≥|>\ ?=|=\ ?>)\ ?[\])]|≥|>\ ?=|=\ ?>|>\ ?/\ ?=|≧)
    |(?P<le>[\[(]\ ?(?:≤|<\ ?=|=\ ?<)\ ?[\])]|≤|<\ ?=|=\ ?<|<\ ?/\ ?=|≦)
    |(?P<trailhigh>(?<=\d)\+(?=[\s),.;:]|$)|/(?:older|more|greater)\b)
    |(?P<traillow>/less\b)
    |(?P<gt>[\[(]\ ?>\ ?[\])]|>)
    |(?P<lt>[\[(]\ ?<\ ?[\])]|<)
    |(?P<eq>=)
    |(?P<ne>≠)
    |(?P<times>[x×](?=[\s\d(])|\*(?=\s?[\d(])|x(?=uln|the\b|unl)|(?<=\d)-fold\b)
    |(?P<word>[^\W\d_](?:[^\W_]|'(?=[a-z]))*)
    |(?P<stop>\.(?=\s|$)|\n\s*\n|\*)
    |(?P<sign>[;:,()\[\]/%&–—~+-])
    """,
    re.VERBOSE,
)
# comparisons and limits of normal in words: tried only where one of their first words stands
_PHRASES = re.compile(
    rf"""
    (?P<ge>(?:{_verbose(_GE)})\b)
    |(?P<le>(?:{_verbose(_LE)})(?![\w]))
    |(?P<trailhigh>(?:or|and)\ (?:is\ |are\ )?(?:greater|more|higher|above|over|older|longer|larger|up|upwards?
        |beyond)(?!\ (?:than|or\ equal|then|\d|the\b|an?\b|[<>≥≤]))\b)
    |(?P<traillow>(?:or|and)\ (?:is\ |are\ )?(?:less|lower|below|under|younger|fewer|shorter|smaller)(?!\ (?:than
        |or\ equal|then|\d|the\b|an?\b|[<>≥≤]))\b)
    |(?P<trailgood>(?:or|and)\ better(?!\ than)\b)
    |(?P<trailbad>(?:or|and)\ worse(?!\ than)\b)
    |(?P<uln>(?:{_verbose(_ULN)})(?![\w]))
    |(?P<lln>(?:{_verbose(_LLN)})(?![\w]))
    |(?P<normal>(?:{_verbose(_NORMAL)})\b)
    |(?P<gt>(?:{_verbose(_GT)})\b)
    |(?P<lt>(?:{_verbose(_LT)})\b)
    |(?P<eq>equal(?:s|\ to)?\b)
    |(?P<times>(?:times|fold|x)\b)
    """,
    re.VERBOSE,
)
_PHRASE_STARTS = frozenset(
    ["greater", "more", "higher", "older", "larger", "longer", "bigger", "better", "equal", "equals", "above", "over", "at", "no", "not", "minimum", "a", "strictly", "in", "beyond", "superior", "exceed", "exceeds", "exceeding", "exceeded", "must", "should", "has", "have", "elevated", "upper", "up", "less", "lower", "fewer", "younger", "shorter", "smaller", "below", "under", "can", "cannot", "may", "does", "do", "did", "maximum", "maximal", "max", "inferior", "lesser", "prior", "or", "and", "the", "institutional", "institution", "institution's", "institutions", "laboratory", "laboratory's", "local", "lab", "study", "site", "iuln", "uln", "u", "unl", "nul", "lsn", "age", "respective", "standard", "current", "central", "normal", "lln", "l", "within", "wnl", "times", "fold", "x"]
)
# the magnitude after a number: "x 10^9", "x10e3", "x 109" (flattened), "10^9/L", "x 1000", "K", "million"
_MAGNITUDE = re.compile(
    r"\s{0,2}(?:[x×*·.,]|×)?\s{0,2}10\s?(?:\^|\*\*|\*|e|exp)\s?[\[({]?\s?(\d{1,2})[\])}]?\^?(?=\s?(?:/|per\b|cells"
    r"|cell|c/|copies|iu|l\b|platelets|neutrophils|µl|mm|cop|\)|,|;|\.|\s|$))"
    r"|\s{0,2}[x×*·]\s{0,2}10\s?[\[(]?\s?(12|[34569])[\])]?(?=\s{0,2}(?:/|per\b|cells|platelets|µl|l\b|ul\b|mm))"
    r"|\s{1,2}10(12|[369])(?=\s?/\s?(?:l|µl|ul|mm)\b)"
    r"|\s{0,2}[x×*]\s{0,2}(1[.,]?000)(?=\s?(?:/|per\b|cells|µl|\s|$))"
    r"|\s{0,2}[x×*]\s{0,2}(e[369])(?=\s?/)|\s{0,2}(e[369])(?=\s?/\s?l)"
)
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100,
}  # fmt: skip
_TENS = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_SMALL = {
    "and": Kind.AND, "or": Kind.OR, "to": Kind.TO, "through": Kind.TO, "until": Kind.TO, "thru": Kind.TO,
    "between": Kind.BETWEEN, "from": Kind.GLUE,
    "no": Kind.NOT, "not": Kind.NOT, "without": Kind.NOT, "never": Kind.NOT, "none": Kind.NOT, "neither": Kind.NOT,
    "cannot": Kind.NOT, "absence": Kind.NOT, "nor": Kind.OR, "versus": Kind.WORD,
    "unless": Kind.EXCEPT, "except": Kind.EXCEPT, "excepting": Kind.EXCEPT, "exception": Kind.EXCEPT, "exceptions": Kind.EXCEPT,
    "excluding": Kind.EXCEPT, "however": Kind.EXCEPT, "although": Kind.EXCEPT, "allowed": Kind.EXCEPT, "allowable": Kind.EXCEPT,
    "permitted": Kind.EXCEPT, "eligible": Kind.EXCEPT, "acceptable": Kind.EXCEPT, "otherwise": Kind.EXCEPT,
    "but": Kind.BUT, "if": Kind.IF, "when": Kind.IF, "whenever": Kind.IF, "whose": Kind.GLUE,
    "increase": Kind.CHANGE, "increases": Kind.CHANGE, "decrease": Kind.CHANGE, "decreases": Kind.CHANGE, "rise": Kind.CHANGE,
    "change": Kind.CHANGE, "changes": Kind.CHANGE, "reduction": Kind.CHANGE, "decline": Kind.CHANGE, "drop": Kind.CHANGE,
    "fall": Kind.CHANGE, "variation": Kind.CHANGE, "difference": Kind.CHANGE, "doubling": Kind.CHANGE, "improvement": Kind.CHANGE,
    "increment": Kind.CHANGE, "fluctuation": Kind.CHANGE, "loss": Kind.CHANGE, "gain": Kind.CHANGE, "delta": Kind.CHANGE,
    "rising": Kind.CHANGE, "increasing": Kind.CHANGE, "decreasing": Kind.CHANGE, "deterioration": Kind.CHANGE,
    "worsening": Kind.CHANGE, "baseline": Kind.BASELINE, "nadir": Kind.BASELINE,
    "male": Kind.SEX, "males": Kind.SEX, "man": Kind.SEX, "men": Kind.SEX, "boys": Kind.SEX, "female": Kind.SEX,
    "females": Kind.SEX, "woman": Kind.SEX, "women": Kind.SEX, "girls": Kind.SEX,
    "within": Kind.WITHIN, "during": Kind.WITHIN, "past": Kind.WITHIN, "previous": Kind.WITHIN, "preceding": Kind.WITHIN,
    "last": Kind.WITHIN, "prior": Kind.WITHIN, "before": Kind.WITHIN, "after": Kind.WITHIN, "since": Kind.WITHIN,
    "grade": Kind.GRADE, "grades": Kind.GRADE, "ctcae": Kind.GRADE, "predicted": Kind.PERCENT_OF, "percentile": Kind.PERCENT_OF,
    "percentiles": Kind.PERCENT_OF, "pred": Kind.PERCENT_OF, "expected": Kind.PERCENT_OF, "z": Kind.WORD, "centile": Kind.PERCENT_OF,
}  # fmt: skip
_SIGNS = {
    ";": Kind.SEMICOLON, ":": Kind.COLON, ",": Kind.COMMA, "(": Kind.OPEN, "[": Kind.OPEN, ")": Kind.CLOSE, "]": Kind.CLOSE,
    "/": Kind.SLASH, "&": Kind.AND, "-": Kind.DASH, "–": Kind.DASH, "—": Kind.DASH, "~": Kind.DASH, "%": Kind.WORD, "+": Kind.WORD,
}  # fmt: skip
# words that may stand between a variable and its number without changing what is said
_GLUE = frozenset(
    ["a", "an", "the", "of", "is", "are", "was", "were", "be", "been", "being", "has", "have", "having", "had", "must", "should", "shall", "will", "can", "could", "may", "need", "needs", "required", "require", "requires", "level", "levels", "value", "values", "count", "counts", "concentration", "concentrations", "score", "scores", "scored", "status", "scale", "index", "result", "results", "reading", "readings", "measure", "measured", "measurement", "measurements", "serum", "plasma", "blood", "venous", "arterial", "total", "absolute", "calculated", "estimated", "documented", "confirmed", "determined", "assessed", "defined", "obtained", "known", "current", "currently", "baseline", "by", "using", "per", "according", "on", "at", "in", "with", "as", "equation", "formula", "method", "methods", "based", "via", "mdrd", "ckd", "epi", "ckd-epi", "schwartz", "cockcroft", "cockroft", "gault", "modification", "diet", "renal", "disease", "study", "collaboration", "epidemiology", "chronic", "kidney", "hour", "hours", "urine", "collection", "nomogram", "screening", "screen", "enrollment", "enrolment", "randomization", "randomisation", "visit", "entry", "inclusion", "time", "day", "both", "inclusive", "class", "grade", "stage", "functional", "points", "point", "either", "all", "any", "each", "every", "that", "which", "this", "these", "who", "whose", "mean", "average", "median", "single", "resting", "sitting", "seated", "supine", "fasting", "random", "untreated", "uncontrolled", "controlled", "well", "elevated", "abnormal", "low", "high", "reduced", "decreased", "increased", "poor", "adequate", "normal", "impaired", "patient", "patients", "subject", "subjects", "participant", "participants", "person", "persons", "adult", "adults", "approximately", "about", "around", "only", "also", "still", "than", "then", "equivalent", "consistently", "persistent", "persistently", "persisting", "physical", "performance", "ecog", "who", "zubrod", "karnofsky", "lansky", "criteria", "institutional", "local", "laboratory", "limits", "limit", "range", "ranges", "for", "just", "slightly", "eg", "ie", "e", "g", "i", "modified", "revised", "version", "pre", "post", "stroke", "prestroke", "premorbid", "clinical", "global", "their", "his", "her", "its", "category", "classification", "classes", "cardiac", "association", "type", "types", "failure", "heart", "corrected", "direct", "indirect", "standard", "non", "s", "t", "test", "testing", "tests", "exam", "examination", "most", "recent", "more", "one", "two", "fewer", "initial", "echocardiogram", "echocardiography", "echo", "muga", "scan", "ecg", "electrocardiogram", "fridericia", "bazett", "fridericia's", "bazett's", "interval", "size", "weight", "adjusted", "body", "surface", "area", "bsa", "interactive", "it", "there", "those", "they", "expected", "least", "minimum", "not"]
)
_FEMALE = {"female", "females", "woman", "women", "girls"}


def tokenize(text: str) -> list[Token]:
    """The tokens of folded `text` in order; unit words are taken into the number before them."""
    lowered = lower(text)
    tokens: list[Token] = []
    at = 0
    units = load_units()
    for found in _SIMPLE.finditer(lowered):
        start = found.start()
        if start < at:
            continue
        name = found.lastgroup or ""
        if name == "word" and found.group() in _PHRASE_STARTS:
            phrase = _PHRASES.match(lowered, start)
            if phrase is not None:
                found, name = phrase, phrase.lastgroup or ""  # noqa: PLW2901
        if name == "number":
            token = _number(lowered, found, units)
            at = max(token.end, token.unit_end)
        else:
            token = _other(name, found, lowered)
            if token.kind is Kind.STOP and _goes_on(text, token.end):
                token.kind = Kind.GLUE  # 'yrs. of age', 'lbs. and above'
            at = max(token.end, token.unit_end)
        tokens.append(token)
    return _name_variables(_join_durations(tokens), text, lowered)


def _join_durations(tokens: list[Token]) -> list[Token]:
    """'34 weeks 6 days', '34 6/7 weeks', '34 + 6 weeks' as one number of weeks."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        here = tokens[at : at + 4]
        weeks = _weeks_and_days(here)
        if weeks is None:
            joined.append(tokens[at])
            at += 1
        else:
            joined.append(weeks[0])
            at += weeks[1]
    return joined


def _weeks_and_days(here: list[Token]) -> tuple[Token, int] | None:
    if len(here) < 2 or here[0].kind is not Kind.NUMBER or here[0].number is None:
        return None
    first, second = here[0], here[1]
    if second.kind is Kind.COMMA or (second.kind in (Kind.AND, Kind.TRAIL) and second.value != "≤"):
        second, skipped = (here[2], 1) if len(here) > 2 else (second, 0)
    else:
        skipped = 0
    if second.kind is not Kind.NUMBER or second.number is None:
        return None
    count, days = here[0].number, second.number
    ids = {unit.id for unit in first.units}
    if "weeks" in ids and {unit.id for unit in second.units} & {"days"} and days <= 6:
        number, used, units, end = count + days / 7, 2 + skipped, first.units, second
    elif (
        not first.units
        and days <= 6
        and len(here) == 4
        and here[2].kind is Kind.SLASH
        and here[3].number == 7
        and not skipped
    ):
        number, used, units, end = count + days / 7, 4, here[3].units or (load_units().by_id["weeks"],), here[3]
    else:
        return None
    token = Token(
        Kind.NUMBER,
        first.start,
        end.end,
        first.value,
        number.quantize(Decimal("1e-10")).normalize(),
        units=units,
        unit_end=max(end.end, end.unit_end),
    )
    return token, used


def _goes_on(text: str, at: int) -> bool:
    """Whether a lower-case word follows a full stop: it ended an abbreviation."""
    while at < len(text) and text[at] == " ":
        at += 1
    return at < len(text) and text[at].islower()


def lower(text: str) -> str:
    """Lower case with every offset kept ('İ' has no lower case of one letter)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


_COMPARES = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "ne": "≠"}
_TRAILS = {"trailhigh": "≥", "traillow": "≤", "trailgood": "good", "trailbad": "bad"}
_PLAIN = {"uln": Kind.ULN, "lln": Kind.LLN, "normal": Kind.NORMAL, "times": Kind.TIMES, "stop": Kind.STOP}


def _other(name: str, found: re.Match[str], lowered: str) -> Token:
    start, end, text = found.start(), found.end(), found.group()
    if name in _COMPARES:
        return Token(Kind.COMPARE, start, end, _COMPARES[name])
    if name in _TRAILS:
        return Token(Kind.TRAIL, start, end, _TRAILS[name])
    if name in _PLAIN:
        return Token(_PLAIN[name], start, end, text)
    if name == "sign":
        return Token(_SIGNS[text], start, end, text)
    if text in _WORDS:
        return _word_number(text, start, lowered)
    kind = _SMALL.get(text)
    if kind is Kind.SEX:
        return Token(kind, start, end, "female" if text in _FEMALE else "male")
    if kind is None:
        kind = Kind.GLUE if text in _GLUE else Kind.WORD
    if kind is Kind.BASELINE and lowered[max(0, start - 4) : start].endswith("at "):
        kind = Kind.GLUE
    return Token(kind, start, end, text)


_HYPHEN_ONES = re.compile(r"[- ](one|two|three|four|five|six|seven|eight|nine)\b|[- ]hundred\b")


def _word_number(text: str, start: int, lowered: str) -> Token:
    end, value = start + len(text), _WORDS[text]
    more = _HYPHEN_ONES.match(lowered, end)
    if more and more[1] and text in _TENS:
        value, end = value + _WORDS[more[1]], more.end()
    elif more and not more[1]:
        value, end = value * 100, more.end()
    token = Token(Kind.NUMBER, start, end, text, Decimal(value), word=True)
    return _with_unit(token, lowered, end)


def _with_unit(token: Token, lowered: str, at: int) -> Token:
    units = load_units()
    if lowered[at : at + 1] == "-":
        match = units.match(lowered, at + 1)
        if match and match[0][0].dimension != "time":
            match = None
    else:
        match = units.match(lowered, at)
    if match:
        token.units, token.unit_end = match
    else:
        token.unit_end = token.end
        strange = _STRANGE_UNIT.match(lowered, at)
        if strange and not token.word:
            token.units, token.unit_end = (_UNKNOWN,), strange.end()
    return token


# what looks like a unit and is none: "6.2 µmol/d", "126 mg/d" – the number before it must not be read as if it had none
_STRANGE_UNIT = re.compile(
    r"\s?(?:mg|g|gm|µg|ug|mcg|ng|pg|mmol|µmol|umol|nmol|pmol|mol|iu|miu|u|ml|l|meq|cells|kg|k|µl"
    r"|mm)\s?/\s?[a-z0-9]{1,6}\b"
)
_UNKNOWN = Unit("unknown unit", "unknown", Fraction(1))


def _number(lowered: str, found: re.Match[str], units: object) -> Token:
    text, start, end = found.group(), found.start(), found.end()
    token = Token(Kind.NUMBER, start, end, text)
    token.number, token.thousands, token.lists = _readings(text)
    if token.number is None and not token.lists:
        token.unit_end = end
        return token
    magnitude = _MAGNITUDE.match(lowered, end)
    if magnitude and token.number is not None:
        power = next(group for group in magnitude.groups() if group)
        exponent = 3 if power.startswith("1") and power.endswith("000") else int(power.lstrip("e"))
        if exponent <= 12:
            token.number *= Decimal(10) ** exponent
            token.thousands = None
            token.end = end = magnitude.end()
    return _with_unit(token, lowered, end)


def _readings(text: str) -> tuple[Decimal | None, Decimal | None, tuple[Decimal, ...]]:
    """A printed number as (value, the reading with European thousands, a list of single digits '0,1,2')."""
    if re.fullmatch(r"\d+", text):
        return Decimal(text), None, ()
    if re.fullmatch(r"\d{1,3}(?: \d{3})+", text):
        return Decimal(text.replace(" ", "")), None, ()
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", "")), None, ()
    if re.fullmatch(r"\d*\.\d+", text):
        whole = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text)
        return Decimal(text), Decimal(text.replace(".", "")) if whole else None, ()
    if re.fullmatch(r"\d(?:,\d)+", text):
        parts = tuple(Decimal(part) for part in text.split(","))
        return (Decimal(text.replace(",", ".")) if len(parts) == 2 else None), None, parts
    if re.fullmatch(r"\d*,\d{1,2}", text):
        return Decimal("0" + text.replace(",", ".")), None, ()
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", text):
        return Decimal(text.replace(".", "")), None, ()
    return None, None, ()


# ── Variables ────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _first_words() -> frozenset[str]:
    return frozenset(alias_index())


def _name_variables(tokens: list[Token], text: str, lowered: str) -> list[Token]:
    """Tokens with every name of a variable joined into one token, the longest name first."""
    first = _first_words()
    index = alias_index()
    named: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = _plain_word(token, lowered)
        found = _match_alias(tokens, at, index[word], text, lowered) if word in first else None
        if found is None:
            named.append(token)
            at += 1
            continue
        alias, stop = found
        kind = Kind.DECOY if alias.variable == DECOY else Kind.VARIABLE
        last = tokens[stop - 1]
        named.append(
            Token(
                kind,
                token.start,
                last.end,
                alias.variable,
                needs_unit=alias.needs_unit,
                needs_comparator=alias.needs_comparator,
            )
        )
        at = stop
    return named


def _plain_word(token: Token, lowered: str) -> str:
    if token.kind in _NEVER_NAMES:
        return ""
    if token.kind is Kind.NUMBER and (token.units or token.word):
        return re.match(r"\d+|[^\W\d_]+", lowered[token.start : token.end] or " ").group() if token.word else ""  # type: ignore[union-attr]
    return token.value


_NEVER_NAMES = frozenset(
    {Kind.COMPARE, Kind.TRAIL, Kind.ULN, Kind.LLN, Kind.STOP, Kind.COMMA, Kind.SEMICOLON, Kind.SLASH}
)


def _match_alias(
    tokens: list[Token], at: int, aliases: tuple[Alias, ...], text: str, lowered: str
) -> tuple[Alias, int] | None:
    """The longest alias whose words stand from token `at` on, and the index after its last token."""
    start = tokens[at].start
    second = _second_word(lowered, start + len(aliases[0].words[0]))
    for alias in aliases:
        if len(alias.words) > 1 and not second.startswith(alias.words[1]):
            continue
        end = _follow(alias, start, lowered)
        if end is None:
            continue
        if alias.cased and not text[start:end].startswith(alias.cased[0]):
            continue
        stop = at + 1
        while stop < len(tokens) and tokens[stop].start < end:
            stop += 1
        if tokens[stop - 1].end > end and tokens[stop - 1].kind is not Kind.NUMBER:
            continue
        if tokens[stop - 1].end < end:
            continue
        return alias, stop
    return None


_NAME_WORD = re.compile(r"[^\W\d_][^\W_]*|\d+")
_SEPARATOR = re.compile(r"[^\w]{0,4}")


def _second_word(lowered: str, at: int) -> str:
    gap = _SEPARATOR.match(lowered, at)
    found = _NAME_WORD.match(lowered, gap.end() if gap else at)
    return found.group() if found else ""


def _follow(alias: Alias, start: int, lowered: str) -> int | None:
    """Where the words of an alias end when they stand in the text from `start` on with the right signs between."""
    at = start
    for number, word in enumerate(alias.words):
        if number:
            gap = _SEPARATOR.match(lowered, at)
            stop = gap.end() if gap else at
            if joint(lowered[at:stop]) != alias.joints[number - 1] or "  " in lowered[at:stop].replace("\n ", " "):
                return None
            at = stop
        if not lowered.startswith(word, at):
            return None
        at += len(word)
    following = lowered[at : at + 1]
    if following.isalnum() and not (
        following.isdigit() and not alias.words[-1][-1].isdigit() and len(alias.words[-1]) > 3
    ):
        return None
    return at
