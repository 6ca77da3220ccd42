"""Slips of the pen that a reader passes over: mended in place, sign for sign, so that every offset stays true."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rag.criteria.sought import sought

_SLIPS = sought(
    r"(?P<power>(?<![\d.])10~(?=\d))"  # '100 x 10~9/L'
    r"|(?P<fold>\b(?:two|three|four|five|six|ten)fold\b)"
    r"|(?P<many>\b(?:double|triple)(?= (?:the )?(?:uln|upper|unl|normal)))"
    r"|(?P<cross>(?<=\d )х(?= (?:the )?(?:uln|upper|unl|normal|instit)))"  # a Cyrillic letter for 'times'
    r"|(?P<volume>\bfev ?\(1\)(?:/fvc)?)"
    r"|(?P<greater>\b(?:greather|greatr|grater|greter|graeter|geater|gretaer|greatar)(?= (?:th[ae]n|or)\b))"
    r"|(?P<lesser>\b(?:lest|lees|lesss)(?= th[ae]n\b))"
    r"|(?P<higher>\b(?:higer|hihger|hgher|hight)(?= th[ae]n\b))"
    r"|(?P<upper>\b(?:uper|uppper|upperr)(?= (?:normal )?limit))"
    r"|(?P<until>(?<=\d) ?;(?= ?\d{1,3}(?: ?(?:years|yrs))? ?\]))"  # 'age [18;75]'
    r"|(?P<to>\bequal too\b)"
    r"|(?P<sub>\bfev_1\b)"
    r"|(?P<or>\b(?:greater|less|higher|lower|older|more) than or(?= \d))"
    r"|(?P<older>\b(?:years|yrs|age|old) or order\b)"
    r"|(?P<old>(?<=\d) ?-?(?:years?|yrs?)[ -](?:old|of age)"
    r"(?= ?(?:to|-|and|(?:to|and) (?:less|younger) than|(?:to|and) [<≤]|and under)"
    r" ?\d{1,3}[ -]?(?:years?|yrs?)\b))"
    r"|(?P<before>(?<=[<>≤≥=]) ?x ?\d(?:\.\d+)?(?= ?(?:uln|upper|the upper|unl|normal)))"  # '> x2 ULN'
    r"|(?P<equal>[=:](?= ?(?:wnl\b|within (?:the )?normal)))"  # 'Total bilirubin = WNL'
    r"|(?P<birth>\bbirth(?= ?(?:to|through|until|up to|-|–) ?\d))"
    r"|(?P<up>(?<=years )up(?= to \d)|(?<=months )up(?= to \d)|(?<=age )up(?= to \d{1,2} years))"
    # '18 years up to and including 65 years'; 'and up to and including BMI of 29'
    r"|(?P<span>(?:(?<=[\d%])|(?<=years)|(?<=months)|(?<=weeks)) up to and including(?= ?\d))"
    r"|(?P<through>\bup to and including(?: (?:an? )?[a-z]{3,12} of)?(?= ?\d))"
    r"|(?P<aged>(?<=years )or(?= age\b)|(?<=yrs )or(?= age\b))"  # '18 years or age'
    r"|(?P<else>(?<=years )an(?= (?:older|above|over|up)\b)|(?<=age )an(?= (?:older|above|over|up)\b))"
    r"|(?P<sign>(?<=times )[(\[][x×*][)\]])"  # '2 times [X] the ULN'
    r"|(?P<least>\ba least(?= \d))"
    r"|(?P<comma>(?:, | )at least,(?= \d))"  # 'a score of, at least, 60'
    r"|(?P<again>(?<=at least \d) or more\b)"  # 'at least 2 or more lines'
    r"|(?P<joints>\bof (?:28|66|68)(?= (?:swollen|tender|painful)))"  # '4 of 66 swollen joints'
    r"|(?P<twice>(?<!not )\btwice(?= (?:higher|greater|more|above|over)(?: than)? (?:the )?(?:normal|upper|uln)))"
    r"|(?P<whose>\blimit of \((?:institutional|laboratory|local|central)[^()]{0,24}\) normal\b)"
    r"|(?P<single>\bone and only one\b)"
    r"|(?P<byage>\(age[ -](?:dependent|appropriate|adjusted|specific|based|related)\))"  # 'Lansky (age-dependent) ≥ 60'
    r"|(?P<doubled>(?<=\d) ?[<>≤≥]=?(?= ?(?:x|×|times) (?:the )?(?:uln|upper|instit)))"  # '≤ 1.5 ≤ x the ULN'
    r"|(?P<falls>\bfall(?:s|ing)? under\b(?= (?:the )?(?:[a-z-]{1,14} ){0,2}(?:class|category|grade|stage)))"
    # 'falls under ASA class IV'
    # 'DAS28 (4 variables, CRP)'
    r"|(?P<joint>(?<=das28) ?\((?:[34] ?-?(?:variables?|components?|items?),? ?)?(?:crp|esr)\))"
    r"|(?P<source>\([^()<>≤≥]{3,50}\bet al\.?,? ?(?:19|20)\d\d\))"  # 'MMSE (Folstein et al. 1975) ≥ 21'
    r"|(?P<dash>(?<=[<>])/-(?= ?\d))"  # '>/- 18 years'
    r"|(?P<spaced>(?<=[<>]) / ?=(?= ?\d))"  # '< / = 92 %'
    r"|(?P<until2>(?<=[\d%]) an(?= \d))"  # 'between 7 % an 10 %'
    # 'class III (moderate) or class IV (severe)'
    r"|(?P<degree>(?<=[i\d]) \((?:mild|moderate|severe|marked|slight)\)"
    r"(?= (?:or|and|to) (?:(?:class|grade|score) )?[\di]))"
    r"|(?P<under>(?<=[<>≤≥]) ?à(?= ?\d))"  # 'ALAT < à 3 ULN'
    # 'AST, ALT > 10 (upper limit of normal)': a number that nobody counts in units; not '> 40 (ULN)'
    r"|(?P<many2>(?<=[<>≤≥\dn] )(?:[2-9](?:\.\d)?|1\d|20)(?: times)? ?[(\[](?:the )?(?:institutional )?"
    r"(?:uln|upper (?:limits? )?(?:of )?(?:the )?normal)[)\]])"
    # 'recruited before 18 weeks of gestation'; not 'born before 34 weeks', 'loss of a pregnancy before 20 weeks'
    r"|(?P<early>(?:recruited|enroll?ed|randomi[sz]ed|included|registered|pregnant(?: women)?)"
    r" (?:before|prior to)(?= \d\d (?:completed )?weeks?(?:'|’)?(?: of)? (?:gestation|pregnancy)))"
    r"|(?P<years>\bphysiologic(?:al)?(?= (?:age )?\d\d\b))"  # '18 to physiologic 65'
    r"|(?P<weighs>\bweighting(?= (?:less|more|at least|over|under|[<>≤≥])))"
    # 'ECOG ≤ 0-2'
    r"|(?P<steps>(?<=status )(?:of )?(?:≤|=<|<=)(?= ?0 ?[-–] ?[1-4]\b)|(?<=ecog )(?:≤|=<|<=)(?= ?0 ?[-–] ?[1-4]\b))"
    r"|(?P<bracket>[<>≤≥] ?\( ?(?:\d[\d.]{0,4} ?(?:x|×|times) ?)?(?:uln|upper limit of normal) ?\))",
    *["fall", "das28", "à", "et al", "</-", ">/-", " an ", "(mild)", "(moderate)", "(severe)", "(marked)", "(slight)"],
    *(f"{sign}{gap}{cross}" for sign in "<>≤≥=" for gap in ("", " ") for cross in ("x", "×", "times")),
    *["< /", "> /", "(uln", "[uln", "(upper", "[upper", "(the u", "[the u", "(inst", "[inst", "(the i", "[the i"],
    *["before ", "prior to ", "physiologic", "weighting", "≤", "=<", "<="],
    *["10~", "fold", "double", "triple", "х", "fev(", "fev (", "greath", "greatr", "grater", "greter", "graet"],
    *["greatar", "geater", "gretaer", "lesss ", "lees ", "lest ", "higer", "hihger", "hgher", "hight ", "equal too"],
    *["uper l", "uper n", "uppper", "upperr", "]"],
    *["than or ", "or order", "birth", "up to ", "or age", "fev_", "an older", "an above", "an over", "an up"],
    *["and only one", "(age", "twice ", "limit of ("],
    *["at least, ", "or more", "of 28 ", "of 66 ", "of 68 "],
    *["a least ", "times (", "times [", "=wnl", "= wnl", ":wnl", ": wnl", "=within", "= within", ":within", ": within"],
    *(f"{word}{gap}{joint}" for word in ("old", "of age") for gap in ("", " ") for joint in ("to", "-", "and")),
    *(f"{sign}{gap}{begun}" for sign in "<>≤≥=" for gap in ("", " ") for begun in "x("),
)
_TIMES = {"double": 2, "two": 2, "triple": 3, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}


def mended(lowered: str) -> str:
    """`lowered` with slips set right; as long as it was."""
    return _SLIPS.sub(_mend, lowered)


def _mend(found: re.Match[str]) -> str:
    said = found.group()
    return _MENDS[found.lastgroup or ""](said)[: len(said)].ljust(len(said))


def _times(said: str) -> str:
    return f"{_TIMES[said.removesuffix('fold')]} x"


def _before(said: str) -> str:
    lead = said[: len(said) - len(said.lstrip())]
    return f"{lead}{said.strip(' x')}x"


# by name of the slip, what is read for it: never longer than what is printed
_MENDS: Mapping[str, Callable[[str], str]] = {
    "power": lambda _: "10^",
    "fold": _times,
    "many": _times,
    "cross": lambda _: "x",
    "volume": lambda said: said.replace("(1)", "1").replace(" ", ""),
    "greater": lambda said: "more".rjust(len(said)),
    "higher": lambda said: "more".rjust(len(said)),
    "lesser": lambda said: "less".rjust(len(said)),
    "upper": lambda said: "high".rjust(len(said)),
    "until": lambda _: "-",
    "to": lambda _: "equal to",
    "sub": lambda said: said.replace("_", ""),
    "or": lambda said: said.removesuffix("or") + "=",
    "older": lambda said: said.removesuffix("order") + "older",
    "old": lambda _: "",
    "equal": lambda _: "",
    "before": _before,
    "birth": lambda _: "0",
    "up": lambda _: "",
    "span": lambda _: " to",
    "through": lambda _: "≤",
    "aged": lambda _: "of",
    "else": lambda _: "or",
    "sign": lambda _: "",
    "least": lambda _: "≥",
    "comma": lambda said: said.replace(",", " "),
    "again": lambda _: "",
    "joints": lambda _: "",
    "twice": lambda _: "2 x",
    "whose": lambda _: "limit of normal",
    "single": lambda said: "exactly one".rjust(len(said)),
    "byage": lambda _: "",
    "doubled": lambda _: "",
    "falls": lambda _: "is",
    "joint": lambda _: "",
    "under": lambda _: "",
    "source": lambda _: "",
    "dash": lambda _: "/=",
    "spaced": lambda said: "/=".ljust(len(said)),
    "until2": lambda _: " to",
    "degree": lambda _: "",
    "many2": lambda said: re.sub(r"[(\[\])]", " ", said),
    "early": lambda said: re.sub(r"before|prior to", lambda found: "<".ljust(len(found.group())), said),
    "years": lambda _: "",
    "weighs": lambda _: "weighing",
    "steps": lambda _: "",
    "bracket": lambda said: said.replace("(", " ").replace(")", " "),
}
