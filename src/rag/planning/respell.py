"""Wordings of a question said again in the plain form that the readers know; the meaning stays."""

from __future__ import annotations

import re

from rag.planning import demands
from rag.planning.fronted import cut_offs_in_full
from rag.planning.people_aged import ages_in_full
from rag.planning.quantities import number_at
from rag.planning.shorthand import in_full
from rag.planning.strictness import weighed_in_full
from rag.planning.tables import plain_ways
from rag.planning.telegrams import told_apart
from rag.planning.topics_first import topics_in_front
from rag.planning.words import read_line

_LETTERED = re.compile(
    r"\b(\d{2})\s?(?:yo|y/o|yr|y)?\s?([FM])\b(?=\s*(?:,|\.|;|$|with\b|on\b|who\b)|\s[A-Za-z])"
)  # "65F with …", "58 yo M,"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_NUMBER = rf"\d{{1,3}}|(?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES}"
_RELATIVE = (
    "patient|man|woman|girl|boy|mother|father|mum|mom|dad|wife|husband|son|daughter|brother|sister|child|kid|baby|toddler|niece|"
    "someone|somebody|anyone|anybody|person|gran|granny|grandma|grandpa|granddad|nan|friend|neighbour|neighbor|"
    r"(?:mr|mrs|ms|miss)\.? [a-z]+|twins|triplets|children|kids|boys|girls|sons|daughters|nephew|grandson"
    "|granddaughter|grandmother|grandfather|grandad|aunt|uncle|partner|resident|pensioner|lodger|pupil|he|she|i"
    "|one of (?:my|our|the|their) [a-z]{4,14}"
)
_ENDS = r"(?=\s*(?:,|\?|\.(?!\d)|;|$|and\b|with\b|today\b|now\b|last\b|this\b|in\b|yesterday\b|recently\b))"
# "my son is seven", "my mother just turned eighty-one": an age although nobody says years.
_TURNED = re.compile(
    rf"(?i)\b({_RELATIVE})(?: who)?(?:'s| is| are| am| has| have|'m)?"
    rf"(?: now| only| just| already| turning| turned| turns)+ ({_NUMBER}){_ENDS}"
)
_IS_AGED = re.compile(
    rf"(?i)\b({_RELATIVE})(?: who)?(?:'s| is| am| are|'m)(?: only)? "
    rf"((?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES}|1[0-4]|[5-9]|[1-9]\d){_ENDS}"
)
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter"
)
_SOON = (
    r"(?:next (?:week|month|[a-z]+day)|tomorrow|soon|shortly|this (?:week|month)"
    rf"|in (?:an? |\d+ |the )?(?:days|weeks?|months?|{_MONTH}))"
)
# "Grandad turns 76 next month": 75 today
_TO_TURN = re.compile(
    rf"(?i)\b({_RELATIVE})(?:,? who)?(?:'s| is)?(?: turns| turning| will be| will turn|'ll be| is going to be)"
    rf" ({_NUMBER})(?: years old)?(?=,? {_SOON}\b)"
)
# "Is 85 too old?", "would 12 be too young?": a bare number that is weighed as an age.
_WEIGHED = re.compile(
    r"(?i)\b(is|would|be|at|are|being|age|aged) (\d{1,3})"
    r"(?= (?:be |is |being )?(?:still |just |already )?(?:too (?:old|young)|(?:old|young) enough)\b)"
)
_AT_AGE = re.compile(r"(?i)^(\W*)at (\d{2})(?=,| (?:am|is|would|are|can|could)\b)")
# "twice normal", "double the upper limit", "3 times normal".
_MULTIPLE = re.compile(
    r"(?i)\b(?:(twice|double|triple|thrice)|(\d+(?:\.\d+)?)\s*(?:times|x|×|-?\s?fold))\s+(?:(?:the|its|their|our|your)\s+)?"
    r"(?:(?:(?:local|lab|laboratory|hospital|institution|site|reference)(?:['’]s|al)?\s+)(?:own\s+)?)?"
    r"(?:upper\s+limit(?:\s+of\s+(?:the\s+)?normal)?|upper\s+normal(?:\s+limit)?|normal(?:\s+(?:range|limit|value))?|uln)\b"
)
_MULTIPLES = {"twice": "2", "double": "2", "triple": "3", "thrice": "3"}
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MULTIPLES |= {word: str(number) for number, word in enumerate(_COUNTS, 2)}
_WRITTEN_MULTIPLE = re.compile(rf"(?i)\b({'|'.join(_COUNTS)})(?=[ -](?:times|fold)\b)")
# "one hundred and eighty", "a hundred twenty": number words that add up.
_HUNDREDS = re.compile(
    r"(?i)\b(a|one|two|three|four|five|six|seven|eight|nine)[ -]hundred(?: and)?[ -]([a-z]+(?:[ -][a-z]+)?)\b"
)
# "F 57, …", "m, 60 years": who is described, at the very start or right after a colon.
_LETTER_FIRST = re.compile(
    r"(?i)(^\s*|:\s*)([fmw])\s*,?\s*(\d{1,3})(?:\s*(?:years?(?:[ -]old)?|yrs?|y\.?o\.?|y))?(?=\s*[,;.:])"
)
# "teacher, 44, man"
_BEFORE_SEX = re.compile(r"(?i)^(\W*[a-z][a-z -]{2,30}), (\d{1,3}), (?=(?:man|woman|male|female|boy|girl)\b)")
# "she was born at 32 weeks", "born 6 weeks early"; not "babies born at 32 weeks", "born at 36 weeks or later"
_BORN_EARLY = re.compile(
    r"(?i)(?<!babies )(?<!infants )(?<!newborns )(?<!neonates )(?<!children )(?<!those )\bborn "
    r"(?:(?:at|in week) (?:2\d|3[0-6])(?:\s?\+\s?\d)?(?: ?weeks?| ?wks?)?(?: of (?:gestation|pregnancy))?\b"
    r"|(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve) weeks (?:too )?early\b)"
    r"(?!\s?(?:weeks?|wks?|\+)| of (?:gestation|pregnancy)|\s?[-–]\s?\d"
    r"| (?:or|to|and) (?:\d|later|more|older|earlier|less|before|after|above|below|over|under))"
)
_IN_WEEK = re.compile(
    r"(?i)\b(?:in\s+)?(?:(?:the|her|my)\s+)?(?:week\s+(\d{1,2})|(\d{1,2})(?:st|nd|rd|th)\s+week)\s+of\s+(?:her\s+|my\s+|the\s+|a\s+)?"
    r"(?:pregnancy|gestation)\b"
)
# "male smoker, 66, ECOG 2", "my father (81)".
_LONE_AGE = re.compile(
    r"(?i)\b((?:male|female|man|woman|patient|father|mother|husband|wife|son|daughter|brother|sister)\b[^,.;:?()\d]{0,30}?)"
    r"(?:,\s*(\d{1,3})(?=\s*[,;.])|\s*\((\d{1,3})\))"
)
# "… 41-year-old woman …, breastfeeds her 5-month-old": a second age, of a child
_OF_THEIR_CHILD = re.compile(r"(?i)\b(my|her|his|our|their) \d{1,3}[- ](?:year|month|week|day)s?[- ]old\b")
_AN_AGE = re.compile(r"(?i)\d[- ]years?[- ]old\b|\b\d{2} ?(?:yo|[fm])\b|\baged \d")
# "Mr K., 74, …", "Mrs Miller (61)"
_TITLED = re.compile(
    r"\b(?P<title>(?i:mr|mrs|ms|miss|mister))\.? [A-Z][\w'’-]{0,20}\.?,? ?\(?(?P<age>\d{1,3})"
    r"(?: ?(?:years?(?:[ -]old)?|yrs?|yo|y))?\)?(?=\s*[,;.:)])"
)
_IN_TENS = re.compile(
    r"(?i)\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?\b(?![ -](?:hundred|thousand|million))"
)
# Ways to say where a trial's ages end: "upper age bound", "80 years for their upper age limit", "stop at 75 years".
_AGE_BOUND = re.compile(
    r"(?i)\b(?:(upper|top|highest|maximum|max\.?|lower|lowest|minimum|min\.?)\s+)?"
    r"(?:age\s+(bound|boundary|cut-?\s?off|ceiling|cap|threshold|floor)|limit\s+(?:of|on|for)\s+age)\b"
)
# "clearance" alone, before a number or a comparison, is creatinine clearance.
_CLEARANCE = re.compile(
    r"(?i)(\b\w+\s+|^)clearance(?=\s+(?:of|below|above|under|over|less|more|at least|at most|<|>|≥|≤|\d))"
)
_BLANKS = re.compile(r"[ \t]{2,}")
_SCALED = re.compile(r"(?i)\b(?:[a-z]+(?:[- ][a-z]+){0,3}|\d+(?:\.\d+)?)[ -](?:hundred|thousand|million)\b")


# "the under-12s", "over 60s".
_UNDERS = re.compile(
    rf"(?i)\b(?:the )?(under|over)[- ]?(\d{{1,3}}|{_TEENS}|{_ONES}|{_TENS.replace('y', 'ie')}|{_TENS})['’]?e?s\b"
)
_OLDS = re.compile(r"(?i)\b(?:between\s+)?(\d{1,3})\s*(?:to|and|-|–)\s*(\d{1,3})[- ]years?[- ]olds?\b")
_END_OF_AGES = re.compile(
    r"(?i)\b(oldest|youngest|highest|lowest)\s+(?:permitted|allowed|accepted|eligible|possible)\s+age\b"
)


def _ages_told(text: str) -> str:
    """Ages that are told without years, and ends of the ages let in, in the plain form."""
    text = _TO_TURN.sub(_not_yet, text)
    text = _TURNED.sub(_aged, _IS_AGED.sub(_aged, _AT_AGE.sub(r"\1at age \2 years", text)))
    text = _WEIGHED.sub(r"\1 a patient aged \2 years", text)
    text = _UNDERS.sub(_bounded_people, text)
    text = ages_in_full(_OLDS.sub(r"people aged \1 to \2 years", text))
    return _END_OF_AGES.sub(lambda m: f"{'maximum' if m[1].lower() in {'oldest', 'highest'} else 'minimum'} age", text)


def _bounded_people(match: re.Match[str]) -> str:
    """'the under-fives' as 'people aged under 5 years'."""
    number = number_at(read_line(re.sub(r"(?i)tie$", "ty", match[2])), 0)
    return match.group() if number is None else f"people aged {match[1].lower()} {number.value:f} years"


def _aged(match: re.Match[str]) -> str:
    """'my son is seven' as 'my son aged 7 years'."""
    number = number_at(read_line(match.group(2)), 0)
    return match.group() if number is None else f"{match.group(1)} aged {number.value:f} years"


def _childs(match: re.Match[str]) -> str:
    """'Her 3-year-old' as 'her daughter', a relative whose sex tells nothing of hers; 'my 3-year-old' as 'my child'."""
    return f"{match[1]} {'daughter' if match[1].lower() in {'her', 'his', 'their'} else 'child'}"


def _without_name(match: re.Match[str]) -> str:
    """'Mr K., 74' as 'man aged 74 years': a letter of a name is no mineral."""
    return f"{'man' if match['title'].lower() in {'mr', 'mister'} else 'woman'} aged {match['age']} years"


def _not_yet(match: re.Match[str]) -> str:
    """'Grandad turns 76' as 'grandad aged 75 years'."""
    number = number_at(read_line(match.group(2)), 0)
    return match.group() if number is None else f"{match.group(1)} aged {number.value - 1:f} years"


# "Gleason 3+4", "Gleason score 3 + 4 = 7": the score is the sum of both patterns
_GLEASON = re.compile(r"(?i)\b(gleason(?: score| sum)?(?: of)?),? ([1-5]) ?\+ ?([1-5])(?: ?= ?\d{1,2})?\b")


# "60 000" written with a blank; not the digits of an id or of a year before
_THOUSANDS = re.compile(r"(?<![\w.,-])(\d{1,3}) (000)(?![\w.,]?\d)")


def respaced(text: str) -> str:
    """The question with '3×ULN' opened up, ages, weights and big numbers in the plain form."""
    text = told_apart(_BLANKS.sub(" ", text))
    text = _said_plainly("first", in_full(_THOUSANDS.sub(r"\1\2", text)))
    text = _BORN_EARLY.sub("and born premature", _BEFORE_SEX.sub(r"\1 aged \2 years, ", text))
    text = _HUNDREDS.sub(_added_up, text)
    text = _IN_TENS.sub(lambda m: _in_digits(m.group()), text)
    text = _IN_WEEK.sub(lambda m: f"{m[1] or m[2]} weeks pregnant", text)
    text = _TITLED.sub(_without_name, text)
    if (own := _AN_AGE.search(text)) is not None:
        text = text[: own.end()] + _OF_THEIR_CHILD.sub(_childs, text[own.end() :])
    text = _LONE_AGE.sub(lambda m: f"{m[1].rstrip()} aged {m[2] or m[3]} years", text)
    text = _LETTER_FIRST.sub(lambda m: f"{m[1]}{'man' if m[2] in 'mM' else 'woman'} aged {m[3]} years", text)
    text = _WRITTEN_MULTIPLE.sub(lambda m: _MULTIPLES[m.group(1).lower()], text)
    text = _ages_told(_said_plainly("way", text))
    text = _LETTERED.sub(lambda m: f"age {m.group(1)} years {'woman' if m.group(2) in 'fF' else 'man'}", text)
    text = _MULTIPLE.sub(lambda m: f"{_MULTIPLES[m.group(1).lower()] if m.group(1) else m.group(2)} x ULN", text)
    text = _CLEARANCE.sub(_whole_clearance, _AGE_BOUND.sub(_age_limit, text))
    text = cut_offs_in_full(topics_in_front(weighed_in_full(_said_plainly("last", text))))
    text = demands.said_plainly(text)
    text = _GLEASON.sub(lambda m: f"{m[1]} {int(m[2]) + int(m[3])}", text)
    return _SCALED.sub(lambda m: _in_digits(m.group()), text)


def _said_plainly(table: str, text: str) -> str:
    for pattern, plain in plain_ways(table):
        text = pattern.sub(plain, text)
    return text


def _added_up(match: re.Match[str]) -> str:
    """'one hundred and eighty' as '180'; the words as they are where the second is no number below a hundred."""
    line = read_line(match.group(2))
    low = number_at(line, 0)
    high = number_at(read_line("one" if match.group(1).lower() == "a" else match.group(1)), 0)
    if low is None or high is None or low.value >= _HUNDRED:
        return match.group()
    rest = line.text[line.tokens[low.last - 1].end :]
    return f"{high.value * _HUNDRED + low.value}{rest}"


_HUNDRED = 100


def _age_limit(match: re.Match[str]) -> str:
    side, noun = (match.group(1) or "").lower(), (match.group(2) or "").lower()
    return "lower age limit" if side[:3] in {"low", "min"} or noun == "floor" else "upper age limit"


def _whole_clearance(match: re.Match[str]) -> str:
    word = match.group(1)
    return match.group() if word.lower().startswith(("cr", "cl")) else f"{word}creatinine clearance"


def _in_digits(words: str) -> str:
    """'seventy-five thousand' as '75000', the words before the number kept."""
    line = read_line(words)
    for at in range(len(line.tokens)):
        number = number_at(line, at)
        if number is not None and number.last == len(line.tokens):
            return f"{line.text[: line.tokens[at].start]}{number.value:f}"
    return words
