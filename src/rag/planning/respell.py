"""Wordings of a question said again in the plain form that the readers know; the meaning stays."""

from __future__ import annotations

import re

from rag.planning.numbers import number_at
from rag.planning.tables import plain_ways
from rag.planning.words import read_line

_STUCK = re.compile(r"(?i)(\d)\s?[x×](uln|lln)\b")
_EXACTLY = re.compile(r"(?i)\b(?:exactly|precisely|just)\s+(?=\d)")
# "adults over 65", "anyone under thirty", but not "patients over 70 kg".
_AGED = re.compile(
    r"(?i)\b(adults?|people|patients?|persons?|anyone|anybody|nobody|someone|those|participants?|subjects?|men|women|volunteers?)\s+"
    r"(over|above|under|below|younger than|older than|at least|up to)\s+(\d{1,3}|[a-z]+ty(?:[ -][a-z]+)?)\b"
    r"(?=\s*(?:[?.,;]|$|and\b|or\b|in\b|with\b|who\b|to\b|but\b))"
)
# "keep nursing mothers out" is said again as "keep out nursing mothers".
_PARTED = re.compile(
    r"(?i)\b((?:keep|turn|rule|shut|leave|screen|knock|throw|send|filter|weed)(?:s|ing|ed)?)"
    r"((?:\s+(?!(?:out|away|down)\b)[\w'./%<>≥≤=-]+){1,10}?)\s+(out|away|down)\b"
)
# "in which trials must participants have …", "do patients need to have …" are said again as "require".
_WHOM = (
    r"(?:the\s+|all\s+|their\s+|an?\s+|every\s+|each\s+)?"
    r"(?:participants?|patients?|people|subjects?|volunteers?|persons?|candidates?|women|men|one|you|someone|everyone)\s+"
)
_OBLIGED = re.compile(
    rf"(?i)\b(?:(?:must|should)\s+{_WHOM}(?:have(?!\s+(?:\w+ed|been|had|taken|undergone|gone)\b)|be|use|practi[cs]e|show|give|provide)"
    rf"|(?:do|does|would|will)\s+{_WHOM}(?:(?:need|have)\s+to\s+(?:have|be|use|show|give|provide)|need|require))\b"
)
# "must you speak Polish to join" is said again as "require speak Polish".
_MUST_DO = re.compile(
    rf"(?i)\b(?:must|should|do|does)\s+{_WHOM}(?:(?:need|have)\s+to\s+)?"
    r"(?=(?:speak|understand|live|read|weigh|own)\b)"
)
_WHO_IS_BLIND = re.compile(
    r"(?i)\b(person|people|patients?|participants?|someone|somebody|man|woman)\s+who\s+(?:is|are)\s+blind\b"
)
_LETTERED = re.compile(
    r"\b(\d{2})\s?(?:yo|y/o|yr|y)?\s?([FM])\b(?=\s*(?:,|\.|;|$|with\b|on\b|who\b)|\s[A-Za-z])"
)  # "65F with …", "58 yo M,"
# "my patient, 58, on warfarin", "a woman of 30", but not "a patient of 50 kg".
_OF_AGE = re.compile(
    r"(?i)\b(patient|man|woman|male|female|girl|boy|gentleman|lady|mother|father|wife|husband|son|daughter|"
    r"he is|she is|he were|she were|he was|she was|they were|i am|i'm)"
    r"(?:,? | of | is )(\d{1,3})\b(?=\s*(?:,|\?|\.(?!\d)|;|$|with\b|on\b|who\b|and\b|has\b))"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_NUMBER = rf"\d{{1,3}}|(?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES}"
_RELATIVE = (
    "patient|man|woman|girl|boy|mother|father|mum|mom|dad|wife|husband|son|daughter|brother|sister|child|kid|baby|toddler|niece|"
    "nephew|grandson|granddaughter|grandmother|grandfather|aunt|uncle|partner|he|she|i"
)
_ENDS = r"(?=\s*(?:,|\?|\.(?!\d)|;|$|and\b|with\b|today\b|now\b))"
# "my son is seven", "my mother just turned eighty-one": an age although nobody says years.
_TURNED = re.compile(
    rf"(?i)\b({_RELATIVE})(?:'s| is| am|'m)?(?: now| only| just| already| turning| turned| has turned)+ "
    rf"({_NUMBER}){_ENDS}"
)
_IS_AGED = re.compile(
    rf"(?i)\b({_RELATIVE})(?:'s| is| am)(?: only)? ((?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES}){_ENDS}"
)
_AT_AGE = re.compile(r"(?i)^(\W*)at (\d{2})(?=,| (?:am|is|would|are|can|could)\b)")
_CLASSES = re.compile(r"(?i)\b(class|nyha|grade|stage)\s+(I{1,3}|IV|\d)\s?/\s?(I{1,3}V?|IV|\d)\b")
_GIGA = re.compile(r"(\d)\s?G/[lL]\b")  # capital: 'g/L' is grams
# "people from 16 on", "patients 65 and over".
_FROM_AGE = re.compile(
    r"(?i)\b(adults?|people|patients?|participants?|subjects?|men|women|volunteers?|anyone)\s+(?:from\s+)?(?:age\s+)?(\d{1,3})\s+"
    r"(?:on|onwards?|upwards?|and (?:up|over|above|older)|or (?:over|above|older))\b"
)
_STARTING_AT = re.compile(r"(?i)\b(?:start|begin)s?\s+(?:at|from)\s+(?:age\s+)?(\d{1,3})\s+years?(?:\s+of\s+age)?\b")
_FROM_JOINING = re.compile(
    r"(?i)\b(?:keep|stop|prevent|bar|hinder|block)(?:s|ping|ing|ring|ting)?\s+(\S(?:[^?;:]{0,80}?\S)?)\s+from\s+"
    r"(?:joining|entering|enrolling|enroling|participating|participation|taking part|being enrolled|getting in|entry)\b"
)
_SPREAD = re.compile(
    r"(?i)\b(?:cancer|tumou?r|malignancy|disease)\s+(?:that\s+|which\s+)?(?:has|have|had)\s+(?:already\s+)?spread\s+(?:in)?to\s+(?:the\s+|their\s+)?"
    r"(brain|liver|bones?|lungs?)\b"
)
_OFF = re.compile(
    r"(?i)\b(?:want|need|require|expect|ask)s?\s+(?:the\s+|their\s+|all\s+)?(?:patients?|participants?|people|subjects?|everyone)\s+"
    r"(?:to\s+(?:be|come|go|stay)\s+)?off\b"
)
_THE_YEAR = re.compile(r"(?i)\bthe year\s+(?=(?:19|20)\d\d\b)")
_ASIDE = re.compile(r"(?i)\b(?:I mean|that is to say)\b,?")
# "twice normal", "double the upper limit", "3 times normal".
_MULTIPLE = re.compile(
    r"(?i)\b(?:(twice|double|triple|thrice)|(\d+(?:\.\d+)?)\s*(?:times|x|×|-?\s?fold))\s+(?:the\s+)?"
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
_TIMES = (
    (re.compile(r"(?i)\bhalf a year\b"), "6 months"),
    (re.compile(r"(?i)\b(days?|weeks?|months?|years?) back\b"), r"\1 ago"),
    (re.compile(r"(?i)\ba year and a half\b"), "18 months"),
    (re.compile(r"(?i)\b(than|under|over|below|above|least|most)\s+an?\s+(year|month|week|day|hour)\b"), r"\1 1 \2"),
    (re.compile(r"(?i)\bw/o\b"), "without"),
    (re.compile(r"(?i)\bw/\s?(?=[a-z])"), "with "),
    (re.compile(r"(?i)\bsth\b"), "something"),
    (re.compile(r"(?i)\b(?:liver enzymes|liver function tests?|lfts)\b"), "transaminases"),
)
_BORN = re.compile(
    r"(?i)\b(?:born|delivered)\s+(?:(before|earlier than|prior to|under|at less than)|(after|later than))\s+"
    r"(\d{2})\s+(?:completed\s+)?weeks(?:\s+of\s+gestation|\s+gestation)?"
)
_SURVIVAL = re.compile(
    r"(?i)(?<!overall )(?<!free )\bsurvival"
    r"(?=\s+(?:of\s+)?(?:(?:less|more|fewer|longer|shorter)\s+than|under|below|over|above|at least|<|>|≥|≤|\d))"
)
_OF_YEARS = re.compile(
    r"(?i)\b(child(?:ren)?|infants?|kids?|boys?|girls?|patients?|people|adults?|women|men)\s+of\s+(?=\d{1,3}\s+(?:years|months)\b)"
)
# "F 57, …", "m, 60 years": who is described, at the very start or right after a colon.
_LETTER_FIRST = re.compile(
    r"(?i)(^\s*|:\s*)([fmw])\s*,?\s*(\d{1,3})(?:\s*(?:years?(?:[ -]old)?|yrs?|y\.?o\.?|y))?(?=\s*[,;.:])"
)
_Y_MALE = re.compile(r"(?i)\b(\d{1,3})\s?y\.?(?=\s+(?:male|female|man|woman|boy|girl|m|f)\b)")
_IN_WEEK = re.compile(
    r"(?i)\b(?:in\s+)?(?:(?:the|her|my)\s+)?(?:week\s+(\d{1,2})|(\d{1,2})(?:st|nd|rd|th)\s+week)\s+of\s+(?:her\s+|my\s+|the\s+|a\s+)?"
    r"(?:pregnancy|gestation)\b"
)
_PREGNANT = re.compile(r"(?i)\b(\d{1,2})\s+(?:completed\s+)?weeks?\s+pregnant\b")
# "male smoker, 66, ECOG 2", "my father (81)".
_LONE_AGE = re.compile(
    r"(?i)\b((?:male|female|man|woman|patient|father|mother|husband|wife|son|daughter|brother|sister)\b[^,.;:?()\d]{0,30}?)"
    r"(?:,\s*(\d{1,3})(?=\s*[,;.])|\s*\((\d{1,3})\))"
)
_IN_TENS = re.compile(
    r"(?i)\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?\b(?![ -](?:hundred|thousand|million))"
)
_UNITS = (
    (re.compile(r"(?i)\bmilligrams? per decilit(?:re|er)s?\b"), "mg/dL"),
    (re.compile(r"(?i)\bgrams? per decilit(?:re|er)s?\b"), "g/dL"),
    (re.compile(r"(?i)\bmicromol(?:es?)? per lit(?:re|er)s?\b"), "µmol/L"),
    (re.compile(r"(?i)\bmillimol(?:es?)? per lit(?:re|er)s?\b"), "mmol/L"),
    (re.compile(r"(?i)\bmillilit(?:re|er)s? (?:per|a) minute\b"), "mL/min"),
    (re.compile(r"(?i)\bper microlit(?:re|er)s?\b"), "/µL"),
    (re.compile(r"(?i)\bmillimet(?:re|er)s of mercury\b"), "mmHg"),
    (re.compile(r"(?i)\bmilliseconds?\b"), "ms"),
    (re.compile(r"(?i)\bkilos\b"), "kg"),
    (re.compile(r"(?i)\bper cent\b"), "%"),
    (re.compile(r"(?i)\bbody mass index\b"), "BMI"),
)
# "are dialysis patients out?", "smokers in or out?"
_OUT = re.compile(
    r"(?i)\b((?:is|are|am|was|were)\b[^?.,;]{1,60}?)(?<!ed)(?<!left)(?<!shut)(?<!kept)(?<!put)(?<!cut)(?<!thrown)(?<!find)"
    r"\s+out(?=\s*(?:\?|$|of (?:it|this|that)\b))"
)
_IN_OR_OUT = re.compile(r"(?i)\b(?:in or out|out or in)\b")
# "does one of those recruit?", "how many of them still recruit"
_RECRUIT = re.compile(
    r"(?i)\b(those|them|these|any)\s+(?:still\s+|currently\s+)?recruit(?=\s*(?:[?.,]|$|now\b|at present\b))"
)
_OR_STRICTER = re.compile(
    r"(?i)\b((?:single|double|triple)[- ](?:blind|mask)\w*)\s+or\s+(?:stricter|tighter|better|more|higher)\b"
)
_DROP_WHAT = re.compile(
    r"(?i)^\s*(?:and |now |please )*(?:drop|remove|discard|ignore|skip|omit|cut)\s+"
    r"(?:everything|all|the ones|those|any|anything)\s+"
    r"(?:that|which)\s+(?:is|are|was|were|has been|have been)\s+([\w -]+)"
)
_NO_ONE = re.compile(r"(?i)\bno[ -]one\b")
_YRS = re.compile(r"(?i)\b(\d{1,3})\s?(?:yrs?|yo|y/o)\b(?!\s*[FM]\b)")
# Ways to say where a trial's ages end: "upper age bound", "75 years as their upper age limit", "stop at 75 years".
_AGE_BOUND = re.compile(
    r"(?i)\b(?:(upper|top|highest|maximum|max\.?|lower|lowest|minimum|min\.?)\s+)?"
    r"(?:age\s+(bound|boundary|cut-?\s?off|ceiling|cap|threshold|floor)|limit\s+(?:of|on|for)\s+age)\b"
)
_MAX_AGE = re.compile(r"(?i)\b(max|min)\.?\s+age\b")
_AGE_BEHIND = re.compile(
    r"(?i)\b(\d{1,3})(?:\s+years?(?:\s+of\s+age)?)?\s+(?:as|is|was|being)\s+(?:a|an|the|their|its)\s+"
    r"((?:upper |lower |maximum |minimum )?age limit|maximum age|minimum age)\b"
)
_AGE_STOPS = re.compile(r"(?i)\b(?:stop|end|finish|cap)s?\s+(?:off\s+)?at\s+(?:the\s+)?age\s+(?:of\s+)?(\d{1,3})\b")
_YEARS_OLD = re.compile(r"(?i)\b(\d{1,3})[-\s]years?[-\s]olds\b")
_THOUSANDS = re.compile(r"\b(\d{1,3})\s?k\b(?!g)")
# "clearance" alone, before a number or a comparison, is creatinine clearance.
_CLEARANCE = re.compile(
    r"(?i)(\b\w+\s+|^)clearance(?=\s+(?:of|below|above|under|over|less|more|at least|at most|<|>|≥|≤|\d))"
)
_WEIGHING = re.compile(
    r"(?i)\b(?:weigh(?:s|ing)?|heavier than|lighter than)\s+(?=(?:more|less|over|under|above|below|than|\d))"
)
_HEAVIER = re.compile(r"(?i)\b(heavier|lighter) than\b")
_SCALED = re.compile(r"(?i)\b(?:[a-z]+(?:[- ][a-z]+){0,3}|\d+(?:\.\d+)?)[ -](?:hundred|thousand|million)\b")


_NO_UNIT = r"\b(?!\s*(?:%|[-–]|to\b|years?\b|months?\b|weeks?\b|days?\b|hours?\b|k?g\b|mg\b|c?m\b|ml\b))"
# "children under 5", "people of 90": an age although nobody says years; not "people under 40 kg".
_SMALL = re.compile(
    r"(?i)\b(child(?:ren)?|kids?|infants?|toddlers?|babies|boys?|girls?|teens|teenagers|youngsters|minors)\s+"
    rf"(under|over|below|above|younger than|older than|up to)\s+(?:the age of\s+)?(\d{{1,2}}){_NO_UNIT}"
)
_OF_NINETY = re.compile(
    rf"(?i)\b(people|patients?|persons?|someone|somebody|anyone)\s+of\s+(\d{{2,3}}){_NO_UNIT}(?=\s*(?:[?.,;]|$))"
)
_OLDS = re.compile(r"(?i)\b(?:between\s+)?(\d{1,3})\s*(?:to|and|-|–)\s*(\d{1,3})[- ]years?[- ]olds?\b")
_END_OF_AGES = re.compile(
    r"(?i)\b(oldest|youngest|highest|lowest)\s+(?:permitted|allowed|accepted|eligible|possible)\s+age\b"
)
_UNDER_STUDY = re.compile(
    r"(?i)\s+(?:as|is|are)\s+the\s+(?:main\s+|primary\s+)?(?:disease|condition|indication|illness)"
    r"(?:\s+(?:under study|under investigation|studied|being studied|treated|of interest))?(?=\s*(?:[?.,;]|$))"
)


def _ages_told(text: str) -> str:
    """Ages that are told without years, and ends of the ages let in, in the plain form."""
    text = _TURNED.sub(_aged, _IS_AGED.sub(_aged, _AT_AGE.sub(r"\1at age \2 years", text)))
    text = _SMALL.sub(r"\1 aged \2 \3 years", text)
    text = _OF_NINETY.sub(r"\1 aged \2 years", text)
    text = _OLDS.sub(r"people aged \1 to \2 years", text)
    return _END_OF_AGES.sub(lambda m: f"{'maximum' if m[1].lower() in {'oldest', 'highest'} else 'minimum'} age", text)


def _aged(match: re.Match[str]) -> str:
    """'my son is seven' as 'my son aged 7 years'."""
    number = number_at(read_line(match.group(2)), 0)
    return match.group() if number is None else f"{match.group(1)} aged {number.value:f} years"


def respaced(text: str) -> str:
    """The question with '3×ULN' opened up, ages, weights and big numbers in the plain form."""
    for pattern, plain in _TIMES:
        text = pattern.sub(plain, text)
    for unit, short in _UNITS:
        text = unit.sub(short, text)
    text = _HUNDREDS.sub(_added_up, text)
    text = _IN_TENS.sub(lambda m: _in_digits(m.group()), text)
    text = _IN_WEEK.sub(lambda m: f"{m[1] or m[2]} weeks pregnant", _Y_MALE.sub(r"\1 years old", text))
    text = _PREGNANT.sub(r"pregnant, gestational age \1 weeks", text)
    text = _LONE_AGE.sub(lambda m: f"{m[1].rstrip()} aged {m[2] or m[3]} years", text)
    text = _LETTER_FIRST.sub(lambda m: f"{m[1]}{'man' if m[2] in 'mM' else 'woman'} aged {m[3]} years", text)
    text = _WRITTEN_MULTIPLE.sub(lambda m: _MULTIPLES[m.group(1).lower()], text)
    text = _SPREAD.sub(r"\1 metastases", _ASIDE.sub("", text))
    for pattern, plain in plain_ways():
        text = pattern.sub(plain, text)
    text = _THE_YEAR.sub("", text)
    text = _OFF.sub("exclude", text)
    text = _ages_told(_UNDER_STUDY.sub("", text))
    text = _FROM_JOINING.sub(r"exclude \1", text)
    text = _PARTED.sub(r"\1 \3\2", text)
    text = _WHO_IS_BLIND.sub(r"blind \1", _MUST_DO.sub("require ", _OBLIGED.sub("require", text)))
    text = _LETTERED.sub(lambda m: f"age {m.group(1)} years {'woman' if m.group(2) in 'fF' else 'man'}", text)
    text = _OF_AGE.sub(r"\1 aged \2 years", text)
    text = _FROM_AGE.sub(r"\1 aged at least \2 years", text)
    text = _STARTING_AT.sub(r"have a minimum age of \1", text)
    text = _AGED.sub(r"\1 aged \2 \3 years", text)
    text = _OUT.sub(r"\1 excluded", _IN_OR_OUT.sub("excluded", text))
    text = _DROP_WHAT.sub(r"leave out the \1 ones", _OR_STRICTER.sub(r"\1", text))
    text = _NO_ONE.sub("nobody", _RECRUIT.sub(r"\1 are recruiting", text))
    text = _MULTIPLE.sub(lambda m: f"{_MULTIPLES[m.group(1).lower()] if m.group(1) else m.group(2)} x ULN", text)
    text = _BORN.sub(lambda m: f"with a gestational age {'below' if m.group(1) else 'above'} {m.group(3)} weeks", text)
    text = _OF_YEARS.sub(r"\1 aged ", _SURVIVAL.sub("life expectancy", text))
    text = _YRS.sub(r"\1 years", text)
    text = _MAX_AGE.sub(lambda m: f"{m.group(1)}imum age", text)
    text = _AGE_BOUND.sub(_age_limit, text)
    text = _AGE_BEHIND.sub(r"\2 of \1", text)
    text = _AGE_STOPS.sub(r"have a maximum age of \1", text)
    text = _CLASSES.sub(r"\1 \2-\3", text)
    text = _GIGA.sub(r"\1 x 10^9/L", text)
    text = _CLEARANCE.sub(_whole_clearance, text)
    text = _HEAVIER.sub(lambda m: f"weight {'above' if m.group(1).lower() == 'heavier' else 'below'}", text)
    text = _WEIGHING.sub("weight ", text)
    text = _SCALED.sub(lambda m: _in_digits(m.group()), _THOUSANDS.sub(r"\g<1>000", text))
    return _YEARS_OLD.sub(r"age \1 years", _EXACTLY.sub("", _STUCK.sub(r"\1 x \2", text)))


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
