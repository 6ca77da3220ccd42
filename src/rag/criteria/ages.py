"""Ages: named after their number ('18 years of age'), by the heading, or only understood ('Adults, 18 to 75')."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.criteria.limits import Attached, Subject
from rag.criteria.numbers import Phrase
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind, Token

WHO_WORDS = frozenset(
    [
        "male",
        "males",
        "female",
        "females",
        "man",
        "men",
        "woman",
        "women",
        "boys",
        "girls",
        "patient",
        "patients",
        "subject",
        "subjects",
        "participant",
        "participants",
        "adult",
        "adults",
        "volunteer",
        "volunteers",
        "individual",
        "individuals",
        "person",
        "persons",
        "people",
        "healthy",
        "children",
        "child",
        "eligible",
        "infant",
        "infants",
        "adolescent",
        "adolescents",
        "hospitalized",
        "ambulatory",
        "outpatient",
        "outpatients",
        "inpatients",
        "all",
        "any",
        "gender",
        "sex",
        "either",
        "both",
        "and",
        "or",
        "of",
        "is",
        "are",
        "be",
        "must",
        "who",
        "the",
        "at",
        "outpatients",
        "ethnic",
        "race",
        "pediatric",
        "veterans",
        "students",
        *["consenting", "consecutive", "hospitalised", "obese", "overweight", "postmenopausal", "premenopausal"],
        *["pregnant", "nulliparous", "elderly", "community", "dwelling", "asymptomatic", "symptomatic", "diabetic"],
        "aged",
    ]
)

_EVENTS = frozenset(
    [
        "parent",
        "parents",
        "guardian",
        "guardians",
        "diagnosed",
        "began",
        "started",
        "menarche",
        "relative",
        "relatives",
        "mother",
        "father",
        "sibling",
        "siblings",
    ]
)

_THINGS = frozenset(
    [
        "mri", "ct", "scan", "scans", "biopsy", "biopsies", "imaging", "sample", "samples", "specimen", "specimens",
        "tissue", "blocks", "results", "test", "tests", "report", "reports", "radiograph", "radiographs", "x-ray",
        "fracture", "fractures", "injury", "wound", "wounds", "ulcer", "ulcers", "lesion", "lesions", "scar", "scars",
        "images", "echocardiogram", "ecg", "mammogram", "colonoscopy", "document", "documents",
        "documentation", "record", "records", "labs", "measurement", "photograph", "ekg", "device",
        "implant", "implants", "graft", "data", "archival", "slides", "slices", "block", "material", "ffpe",
    ]
)  # fmt: skip
_LESIONS = frozenset(
    ["infarction", "infarct", "stroke", "thrombosis", "thrombus", "haemorrhage", "hemorrhage", "haematoma", "hematoma"]
)
_CONTACT = re.compile(
    r"\bcontacts? (?:with|of)\b(?:[^.;]*|[^.;:]*:[^.]*)$"
    r"|\b(?:household|family|close) contacts? (?:(?:who|aged|that|under)\b[^.;]*)?$"
)
_FROM_DONOR = re.compile(
    r"\b(?:from|of) (?:an? |the )?(?:\w+ ){0,2}donors?\b[^.;,]{0,30}$|\brecipients?\b[^.;]{0,60}\bdonors? (?:age )?$"
)
# "puberty is late (age 16-17)", "onset in youth (age 12-18)": when it was; not "girls in puberty (age 12-16)",
# "new-onset gout (age 18-45)", "onset of gout within 2 weeks (aged 18-45)"
_BEGAN_AT = re.compile(
    r"(?<!\bin )(?<!during )(?<!before )(?<!after )\b(?:puberty|menarche|menopause"
    r"|(?<!new[ -])(?<!recent[ -])(?<!acute[ -])(?<!sudden[ -])onset)\b[^.;:()\d]{0,30}\((?:at )?(?:age )?$"
)
# "diagnosed with gout, aged 30 to 60", "diagnosed patients under the age of 15": how old somebody is now
_OF_PERSONS = re.compile(
    r"(?:(?<!when )(?<!were )(?<!was )\baged|\b(?:patients|subjects|participants|children)"
    r"(?: (?:under|over|above|below|between|older than|younger than))?(?: the age of)?) $"
)
_WHEN_OF_AGE = re.compile(
    r"(?:at|on|by) (?:the )?(?:(?:time|day|date|moment) of )?(?:signing|consent|informed|screening|enrol?lment"
    r"|inclusion|baseline|study|randomi[sz]ation|entry|providing|giving)\b"
)
_OF_AGE = range(18, 22)  # where adults begin
# 'Patients must be ≥ 18.', 'Adults > 18 who': an age without a unit, of persons
ADULT_BARE = sought(
    r"(?i)(?<!\bof )(?<!\bin )(?<!\bfor )(?<!\bper )(?<!\bby )"
    r"\b(?:patients?|subjects?|participants?|adults?|volunteers?|individuals?)"
    r"(?: (?:must|should) be| who are| are)? ?(?:≥|>=|>|\\>=?|at least|over) ?(?:18|19|20|21)"
    r"(?=[.;)]? *$|[.;] [A-Z]| who\b)",
    *["18", "19", "20", "21"],
)
_OTHER_AGES = frozenset({"post", "postconception", "postconceptional", "postmenstrual", "corrected", "only"})


@dataclass(slots=True)
class AgeFinder:
    """The tokens and phrases of one item, and which of them speak of age."""

    tokens: list[Token]
    text: str
    phrases: list[Phrase]
    starts: dict[int, Phrase]
    inside: list[int]
    heading: str
    out: Attached
    groups: int = 0
    subjects: dict[int, Subject] = field(default_factory=dict)  # by phrase number

    def _age(self, number: int, phrase: Phrase, before: Subject | None) -> Subject | None:
        """Ages that name their variable after the number or only by 'older', 'years' and who is meant."""
        units = phrase.units
        if units and units[0].id == "pack-years" and not self._is_smoking(before) and not self._has_smoking(phrase):
            return Subject([-4]) if phrase.explicit or len(phrase.bounds) > 1 else None
        is_time = bool(units) and any(unit.dimension == "time" for unit in units)
        if self._is_event(phrase) or self._is_thing(phrase) or (units and not is_time):
            return None
        named = self._age_named(phrase, before, is_time=is_time)
        if named is not None:
            return named
        words = " ".join(
            self.text[t.start : t.end].lower()
            for t in self.tokens[phrase.first : phrase.last]
            if t.kind in (Kind.COMPARE, Kind.TRAIL)
        )
        said = ("older" in words or "younger" in words) and (before is None or before.words > 0 or is_time)
        alone = is_time and units[0].id == "years" and before is None and self._is_age_alone(number, phrase)
        return Subject([-2]) if said or alone or (before is None and self._is_whole_age(phrase)) else None

    def _is_smoking(self, before: Subject | None) -> bool:
        return before is not None and before.names[0] >= 0 and self.tokens[before.names[0]].value == "pack_years"

    def _has_smoking(self, phrase: Phrase) -> bool:
        """'10 pack-years of smoking history': whether a name of the measure follows."""
        return any(token.value == "pack_years" for token in self.tokens[phrase.last : phrase.last + 4])

    def _age_named(self, phrase: Phrase, before: Subject | None, *, is_time: bool) -> Subject | None:
        """'18 years of age', '82-year-old', 'age 18-75'."""
        inner = [i for i in range(phrase.first, phrase.last) if self._is_age_name(i)]
        if inner:
            return Subject(inner[:1])
        index = phrase.last
        if index < len(self.tokens) and self.tokens[index].kind is Kind.DASH:
            index += 1
        if (
            self._is_age_name(index)
            and not self._is_thing(phrase)
            and (is_time or _says_unit(self.text[self.tokens[index].start : self.tokens[index].end]))
        ):
            return Subject([index], after=True)
        if index == phrase.last and phrase.first == 0 and len(phrase.bounds) == 2 and self._is_age_name(index):
            return Subject([index], after=True)  # '20-70 age'
        if before is not None and before.words == 0 and before.names[0] >= 0 and self._is_age_name(before.names[0]):
            return before
        old = is_time and index < len(self.tokens) and self.tokens[index].value == "old"
        return Subject([-2]) if old else None

    def _is_thing(self, phrase: Phrase) -> bool:
        """'an MRI less than 6 months old', 'an infarction less than 4 months old': what is old is no person."""
        before = {token.value for token in self.tokens[max(0, phrase.first - 5) : phrase.first]}
        short = bool(phrase.units) and phrase.units[0].id in ("months", "weeks", "days")
        return not _THINGS.isdisjoint(before) or (short and not _LESIONS.isdisjoint(before))

    def _is_age_name(self, index: int) -> bool:
        return (
            index < len(self.tokens) and self.tokens[index].kind is Kind.VARIABLE and self.tokens[index].value == "age"
        )

    def _is_whole_age(self, phrase: Phrase) -> bool:
        """'18 and over' and nothing else."""
        number = phrase.bounds[0].token.number if phrase.bounds else None
        if number is not None and self._is_of_age_at(phrase):
            return 10 <= number <= 100
        trails = self.tokens[phrase.last - 1].kind is Kind.TRAIL
        rest = self.tokens[phrase.last :]
        whole = phrase.first == 0 and len(rest) <= 1 and all(token.kind is not Kind.VARIABLE for token in rest)
        return whole and trails and not phrase.units and number is not None and 1 <= number <= 100

    def _is_of_age_at(self, phrase: Phrase) -> bool:
        """'must be ≥ 18 at the time of consent', 'must be 18 or older': persons, a bare number, and when."""
        if phrase.units or phrase.scale or not phrase.explicit:
            return False
        before, after = self.tokens[: phrase.first], self.tokens[phrase.last :]
        persons = all(token.value in WHO_WORDS or token.kind is Kind.GLUE for token in before)
        said = " ".join(token.value for token in after[:5])
        old = any(word in self._words_of(phrase) for word in ("older", "younger"))
        ends = not after or after[0].kind is Kind.STOP or after[0].value == "who"
        adult = ends and len(before) > 0 and phrase.bounds[0].token.number in _OF_AGE  # 'Patients must be ≥ 18.'
        adult = adult and phrase.bounds[0].sign in ("≥", ">")
        return persons and (bool(_WHEN_OF_AGE.match(said)) or (old and len(after) <= 1) or adult)

    def _words_of(self, phrase: Phrase) -> str:
        return self.text[self.tokens[phrase.first].start : self.tokens[phrase.last - 1].end].lower()

    def _is_event(self, phrase: Phrase) -> bool:
        """'diagnosed with cancer between the ages of 18 and 39' tells when something happened, not how old one is."""
        before = self.tokens[max(0, phrase.first - 9) : phrase.first]
        sentence = self.text[max(0, self.tokens[phrase.first].start - 160) : self.tokens[phrase.first].start].lower()
        if "contact" in sentence and _CONTACT.search(sentence):
            return True
        if "donor" in sentence and _FROM_DONOR.search(sentence):
            return True
        if "(" in sentence[-10:] and _BEGAN_AT.search(sentence):
            return True
        ends = [i for i, token in enumerate(before) if token.kind in (Kind.STOP, Kind.SEMICOLON)]
        before = before[ends[-1] + 1 :] if ends else before
        after = self.tokens[phrase.last : phrase.last + 2]
        if any(token.value in _OTHER_AGES for token in after):
            return True
        events = _EVENTS.intersection([token.value for token in before])
        return bool(events) and (events != {"diagnosed"} or _OF_PERSONS.search(sentence) is None)

    def _is_age_alone(self, number: int, phrase: Phrase) -> bool:
        """'Adults, 18 to 75 years', 'Men and women ≥ 18 years': nothing but a population before, nothing else after."""
        before = self.tokens[: phrase.first]
        if number and not all(token.value in WHO_WORDS or token.kind is not Kind.WORD for token in before):
            return False
        if any(token.kind is Kind.WORD and token.value not in WHO_WORDS for token in before[-6:]):
            return False
        if any(token.kind in (Kind.WITHIN, Kind.NOT, Kind.VARIABLE, Kind.DECOY) for token in before):
            return False
        if any(token.value in ("for", "recent", "recently") for token in before[-2:]) or _is_lasting(before[-1:]):
            return False
        following = self.tokens[phrase.last : phrase.last + 2]
        wide = len(phrase.bounds) == 2 and bool(before)  # 'Adults 18 to 90 years admitted with …'
        if (
            len(following) == 2
            and following[0].kind in (Kind.OR, Kind.AND, Kind.DASH)
            and following[1].kind in (Kind.COMPARE, Kind.SEX)
        ):
            return True
        return all(
            token.kind
            in (Kind.CLOSE, Kind.COMMA, Kind.STOP, Kind.SEMICOLON, Kind.OPEN, Kind.SEX, Kind.TRAIL, Kind.EXCEPT)
            or token.value in ("inclusive", "at", "with", "old", "will", "who", "are", "must")
            or (wide and self.text[token.start : token.end].lower() in _WHO_DO)
            for token in following[:1]
        )


# what stands behind the ages of people: 'adults 18 to 90 years admitted with'
_WHO_DO = frozenset(
    ["admitted", "presenting", "hospitalized", "hospitalised", "scheduled", "referred", "attending", "suffering",
     "undergoing", "requiring", "receiving", "living", "diagnosed", "meeting", "that"]
)  # fmt: skip


def _is_lasting(before: Sequence[Token]) -> bool:
    """'Postmenopausal ≥ 5 years': how long it has been so."""
    return any(token.value in ("postmenopausal", "menopausal", "premenopausal", "asymptomatic") for token in before)


def _says_unit(name: str) -> bool:
    return any(word in name.lower() for word in ("year", "yr", "month", "week", "day", "hour", "yo", "y/o", "y.o"))


_PARTS = (25, 50, 75, 99)


def has_hundredths(phrase: Phrase) -> bool:
    """'1.18 years': an item number that ran into an age, or a source's slip."""
    numbers = [bound.token.number for bound in phrase.bounds if not any(u.id != "years" for u in bound.token.units)]
    return any(n is not None and n > 1 and n.as_tuple().exponent == -2 and n * 100 % 100 not in _PARTS for n in numbers)
