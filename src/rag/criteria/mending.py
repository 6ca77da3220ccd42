"""Slips of the pen that a reader passes over: mended in place, sign for sign, so that every offset stays true."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rag.criteria.sought import Sought, sought

_TIMES = {"double": 2, "two": 2, "triple": 3, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}


def mended(lowered: str) -> str:
    """`lowered` with slips set right; as long as it was."""
    words = _by_sign()
    told = [places for sign, rows in words.items() if sign in lowered for word, places in rows if word in lowered]
    waiting = {place for places in told for place in places} if told else ()
    found = [(match.start(), place, match) for place in waiting if (match := _PATTERNS[place].search(lowered))]
    if not found:
        return lowered
    pieces: list[str] = []
    at = 0
    while found:  # the nearest first, and of two at one place the one of the first row
        start, place, match = min(found)
        said = match.group()
        pieces += (lowered[at:start], _SLIPS[place][1](said)[: len(said)].ljust(len(said)))
        at = match.end()
        anew = {one[1] for one in found if one[0] < at}
        found = [one for one in found if one[0] >= at]
        found += [(match.start(), place, match) for place in anew if (match := _PATTERNS[place].search(lowered, at))]
    return "".join([*pieces, lowered[at:]])


def _times(said: str) -> str:
    return f"{_TIMES[said.removesuffix('fold')]} x"


def _before(said: str) -> str:
    lead = said[: len(said) - len(said.lstrip())]
    return f"{lead}{said.strip(' x')}x"


def _dropped(_: str) -> str:
    return ""


# Each slip with the words without which it is not there, and what is read for it: never longer than what is printed.
_SLIPS: tuple[tuple[Sought, Callable[[str], str]], ...] = (
    (sought(r"(?<![\d.])10~(?=\d)", "10~"), lambda _: "10^"),  # '100 x 10~9/L'
    (sought(r"\b(?:two|three|four|five|six|ten)fold\b", "fold"), _times),
    (sought(r"\b(?:double|triple)(?= (?:the )?(?:uln|upper|unl|normal))", "double ", "triple "), _times),
    # a Cyrillic letter for 'times'
    (sought(r"(?<=\d )х(?= (?:the )?(?:uln|upper|unl|normal|instit))", "х"), lambda _: "x"),
    (sought(r"\bfev ?\(1\)(?:/fvc)?", "fev(", "fev ("), lambda said: said.replace("(1)", "1").replace(" ", "")),
    (
        sought(
            r"\b(?:greather|greatr|grater|greter|graeter|geater|gretaer|greatar)(?= (?:th[ae]n|or)\b)",
            *["greath", "greatr", "grater", "greter", "graet", "geater", "gretaer", "greatar"],
        ),
        lambda said: "more".rjust(len(said)),
    ),
    (
        sought(r"\b(?:lest|lees|lesss)(?= th[ae]n\b)", "lest th", "lees th", "lesss th"),
        lambda said: "less".rjust(len(said)),
    ),
    (
        sought(r"\b(?:higer|hihger|hgher|hight)(?= th[ae]n\b)", "higer ", "hihger ", "hgher ", "hight "),
        lambda said: "more".rjust(len(said)),
    ),
    (
        sought(r"\b(?:uper|uppper|upperr)(?= (?:normal )?limit)", "uper l", "uper n", "uppper", "upperr"),
        lambda said: "high".rjust(len(said)),
    ),
    (sought(r"(?<=\d) ?;(?= ?\d{1,3}(?: ?(?:years|yrs))? ?\])", "]"), lambda _: "-"),  # 'age [18;75]'
    (sought(r"\bequal too\b", "equal too"), lambda _: "equal to"),
    (sought(r"\bgreat or equal(?: to| than)?(?= ?\d)", "great or equal"), lambda _: "≥"),
    (sought(r"\bfev_1\b", "fev_"), lambda said: said.replace("_", "")),
    (
        sought(r"\b(?:greater|less|higher|lower|older|more) than or(?= \d)", "than or "),
        lambda said: said.removesuffix("or") + "=",
    ),
    (sought(r"\b(?:years|yrs|age|old) or order\b", "or order"), lambda said: said.removesuffix("order") + "older"),
    (
        sought(
            r"(?<=\d) ?-?(?:years?|yrs?)[ -](?:old|of age)"
            r"(?= ?(?:to|-|and|(?:to|and) (?:less|younger) than|(?:to|and) [<≤]|and under)"
            r" ?\d{1,3}[ -]?(?:years?|yrs?)\b)",
            *(f"{word}{gap}{joint}" for word in ("old", "of age") for gap in ("", " ") for joint in ("to", "-", "and")),
        ),
        _dropped,
    ),
    (  # '> x2 ULN'
        sought(
            r"(?<=[<>≤≥=]) ?x ?\d(?:\.\d+)?(?= ?(?:uln|upper|the upper|unl|normal))",
            *(f"{sign}{gap}x" for sign in "<>≤≥=" for gap in ("", " ")),
        ),
        _before,
    ),
    (  # 'Total bilirubin = WNL'
        sought(
            r"[=:](?= ?(?:wnl\b|within (?:the )?normal))",
            *["=wnl", "= wnl", ":wnl", ": wnl", "=within", "= within", ":within", ": within"],
        ),
        _dropped,
    ),
    (sought(r"\bbirth(?= ?(?:to|through|until|up to|-|–) ?\d)", "birth"), lambda _: "0"),
    (
        sought(
            r"(?<=years )up(?= to \d)|(?<=months )up(?= to \d)|(?<=age )up(?= to \d{1,2} years)"
            r"|(?<=\d weeks )up(?= to \d{1,2} weeks)",
            *["years up", "months up", "age up", "weeks up"],
        ),
        _dropped,
    ),
    (  # '18 years up to and including 65 years'
        sought(
            r"(?:(?<=[\d%])|(?<=years)|(?<=months)|(?<=weeks)) up to and including(?= ?\d)", "up to and including"
        ),
        lambda _: " to",
    ),
    (  # 'and up to and including BMI of 29'
        sought(r"\bup to and including(?: (?:an? )?[a-z]{3,12} of)?(?= ?\d)", "up to and including"),
        lambda _: "≤",
    ),
    (sought(r"(?<=years )or(?= age\b)|(?<=yrs )or(?= age\b)", "or age"), lambda _: "of"),  # '18 years or age'
    (
        sought(
            r"(?<=years )an(?= (?:older|above|over|up)\b)|(?<=age )an(?= (?:older|above|over|up)\b)",
            *["an older", "an above", "an over", "an up"],
        ),
        lambda _: "or",
    ),
    (sought(r"(?<=times )[(\[][x×*][)\]]", "times (", "times ["), _dropped),  # '2 times [X] the ULN'
    (sought(r"\ba least(?= \d)", "a least "), lambda _: "≥"),
    # 'a score of, at least, 60'
    (sought(r"(?:, | )at least,(?= \d)", "at least, "), lambda said: said.replace(",", " ")),
    (sought(r"(?<=at least \d) or more\b", "or more"), _dropped),  # 'at least 2 or more lines'
    (  # '4 of 66 swollen joints'
        sought(r"\bof (?:28|66|68)(?= (?:swollen|tender|painful))", "of 28 ", "of 66 ", "of 68 "),
        _dropped,
    ),
    (
        sought(
            r"(?<!not )\btwice(?= (?:higher|greater|more|above|over)(?: than)? (?:the )?(?:normal|upper|uln))", "twice "
        ),
        lambda _: "2 x",
    ),
    (
        sought(r"\blimit of \((?:institutional|laboratory|local|central)[^()]{0,24}\) normal\b", "limit of ("),
        lambda _: "limit of normal",
    ),
    (sought(r"\bone and only one\b", "and only one"), lambda said: "exactly one".rjust(len(said))),
    # '16 years of age of older'
    (sought(r"(?<=\d years of age )of(?= (?:older|above|over)\b)", "age of "), lambda _: "or"),
    # 'Lansky (age-dependent) ≥ 60'
    (sought(r"\(age[ -](?:dependent|appropriate|adjusted|specific|based|related)\)", "(age"), _dropped),
    (  # '≤ 1.5 ≤ x the ULN'
        sought(
            r"(?<=\d) ?[<>≤≥]=?(?= ?(?:x|×|times) (?:the )?(?:uln|upper|instit))",
            *(f"{sign}{gap}{cross}" for sign in "<>≤≥=" for gap in ("", " ") for cross in ("x", "×", "times")),
        ),
        _dropped,
    ),
    (  # 'falls under ASA class IV'
        sought(
            r"\bfall(?:s|ing)? under\b(?= (?:the )?(?:[a-z-]{1,14} ){0,2}(?:class|category|grade|stage))",
            *["fall under", "falls under", "falling under"],
        ),
        lambda _: "is",
    ),
    (  # 'DAS28 (4 variables, CRP)'
        sought(r"(?<=das28) ?\((?:[34] ?-?(?:variables?|components?|items?),? ?)?(?:crp|esr)\)", "das28"),
        _dropped,
    ),
    # 'MMSE (Folstein et al. 1975) ≥ 21'
    (sought(r"\([^()<>≤≥]{3,50}\bet al\.?,? ?(?:19|20)\d\d\)", "et al"), _dropped),
    (sought(r"(?<=[<>])/-(?= ?\d)", "</-", ">/-"), lambda _: "/="),  # '>/- 18 years'
    (sought(r"(?<=[<>]) / ?=(?= ?\d)", "< /", "> /"), lambda said: "/=".ljust(len(said))),  # '< / = 92 %'
    (sought(r"(?<=[\d%]) an(?= \d)", " an "), lambda _: " to"),  # 'between 7 % an 10 %'
    (  # 'class III (moderate) or class IV (severe)'
        sought(
            r"(?<=[i\d]) \((?:mild|moderate|severe|marked|slight)\)"
            r"(?= (?:or|and|to) (?:(?:class|grade|score) )?[\di])",
            *["(mild)", "(moderate)", "(severe)", "(marked)", "(slight)"],
        ),
        _dropped,
    ),
    (sought(r"(?<=[<>≤≥]) ?à(?= ?\d)", "à"), _dropped),  # 'ALAT < à 3 ULN'
    (  # 'AST, ALT > 10 (upper limit of normal)': a number that nobody counts in units; not '> 40 (ULN)'
        sought(
            r"(?<=[<>≤≥\dn] )(?:[2-9](?:\.\d)?|1\d|20)(?: times)? ?[(\[](?:the )?(?:institutional )?"
            r"(?:uln|upper (?:limits? )?(?:of )?(?:the )?normal)[)\]]",
            *(f"{sign}{begun}" for sign in "([" for begun in ("uln", "upper", "the u", "inst", "the i")),
        ),
        lambda said: re.sub(r"[(\[\])]", " ", said),
    ),
    (  # 'recruited before 18 weeks of gestation'; not 'born before 34 weeks', 'loss of a pregnancy before 20 weeks'
        sought(
            r"(?:recruited|enroll?ed|randomi[sz]ed|included|registered|pregnant(?: women)?)"
            r" (?:before|prior to)(?= \d\d (?:completed )?weeks?(?:'|’)?(?: of)? (?:gestation|pregnancy))",
            *["gestation", "of pregnancy", "week pregnancy", "weeks pregnancy", "' pregnancy", "’ pregnancy"],
        ),
        lambda said: re.sub(r"before|prior to", lambda found: "<".ljust(len(found.group())), said),
    ),
    (  # 'infants born before 34 weeks of gestation', 'less than 20 weeks pregnant'
        sought(
            r"\b(?:infants?|bab(?:y|ies)|neonates?|newborns?|children|patients|subjects|participants)"
            r"(?: who (?:are|were))? born (?:before|prior to)"
            r"(?= \d\d (?:completed )?weeks?(?:'|’)?(?: of)? (?:gestation|pregnancy))",
            "born before", "born prior",
        ),
        lambda said: re.sub(r"before|prior to", lambda found: "<".ljust(len(found.group())), said),
    ),
    (sought(r"(?<=\d) weeks? pregnant\b", "week pregnant", "weeks pregnant"), lambda _: " weeks ga"),
    (sought(r"\bphysiologic(?:al)?(?= (?:age )?\d\d\b)", "physiologic"), _dropped),  # '18 to physiologic 65'
    (
        sought(r"\bweighting(?= (?:less|more|at least|over|under|[<>≤≥]))", "weighting"),
        lambda _: "weighing",
    ),
    (  # 'ECOG ≤ 0-2'
        sought(
            r"(?<=status )(?:of )?(?:≤|=<|<=)(?= ?0 ?[-–] ?[1-4]\b)|(?<=ecog )(?:≤|=<|<=)(?= ?0 ?[-–] ?[1-4]\b)",
            *["≤0", "≤ 0", "<0", "< 0", "=0", "= 0"],
        ),
        _dropped,
    ),
    (  # '≤ 2.5 x ULN; or ≤ 5 x ULN if …'
        sought(
            r";(?= or(?: up to)? ?[<>≤≥] ?=? ?\d[\d.]{0,4}[^.;<>≤≥]{0,30}\b(?:if|for|in|with|when)\b)",
            "; or",
        ),
        lambda _: ",",
    ),
    (  # 'age superior or equal to 18'
        sought(r"\b(?:superior|inferior) or equal(?: to)?\b(?= ?\d)", "superior or", "inferior or"),
        lambda said: "≥" if said.startswith("s") else "≤",
    ),
    (  # 'NYHA cardiac function grade ≥ Grade II'
        sought(r"(?<=grade [<>≤≥] )grade(?= (?:i{1,3}|iv|\d)\b)", "grade "),
        _dropped,
    ),
    (  # '7-5.Alanine aminotransferase ≤ 3 x ULN; 7-6.Creatinine …': the numbers of items that were run together
        sought(r"(?:^|(?<=; ))\d{1,2}-\d{1,2}\. ?(?=[a-z])", "-"),
        _dropped,
    ),
    (sought(r"(?<=\d )yo(?= \d\d (?:years|yrs)\b)", "yo "), lambda _: "to"),  # 'from 18 yo 60 years'
    (sought(r"(?<=\d) 10[69](?= ?/ ?l\b)", " 109/", " 109 /", " 106/", " 106 /"), lambda said: f"x{said[1:]}"),
    (  # 'a blood pressure above 160 over 100', not 'above 160 over 24 hours'
        sought(
            r"\b(?:blood pressure|bp)\b[^.;:]{0,40}?\b\d{2,3} over \d{2,3}\b"
            r"(?! ?(?:h|hours?|hrs?|min(?:ute)?s?|sec(?:ond)?s?|days?|weeks?|months?|years?|readings?|measure\w*)\b)",
            " over ",
        ),
        lambda said: said.replace(" over ", "/     "),
    ),
    (  # 'no more than 25 % blasts in marrow or more than 5 % in blood': the 'no' holds for both
        sought(
            r"\bno (?:more|greater|higher) than \d[\d.]{0,5} ?(%|percent|x)[^.;:<>≤≥]{1,60}?"
            r" or (?:more|greater|higher) than(?= \d[\d.]{0,5} ?\1)",
            "or more than", "or greater than", "or higher than",
        ),
        lambda said: said[: said.rindex(" or ")] + " or ≤".ljust(len(said) - said.rindex(" or ")),
    ),
    (
        sought(
            r"[<>≤≥] ?\( ?(?:\d[\d.]{0,4} ?(?:x|×|times) ?)?(?:uln|upper limit of normal) ?\)",
            *(f"{sign}{gap}(" for sign in "<>≤≥" for gap in ("", " ")),
        ),
        lambda said: said.replace("(", " ").replace(")", " "),
    ),
)
_PATTERNS = tuple(slip.pattern for slip, _ in _SLIPS)


@cache
def _by_sign() -> Mapping[str, Sequence[tuple[str, tuple[int, ...]]]]:
    """The words with the places of their slips, by a telling sign of each: none for words of letters alone."""
    found: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for word in dict.fromkeys(word for slip, _ in _SLIPS for word in slip.words):
        sign = next((sign for sign in word if not sign.isalnum()), "")
        places = tuple(place for place, (slip, _) in enumerate(_SLIPS) if word in slip.words)
        found.setdefault(sign, []).append((word, places))
    return found
