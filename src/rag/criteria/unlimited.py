"""Value phrases that limit nothing: an ordinal, what held at diagnosis or in a year, how often it was measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Subject
from rag.criteria.meant import ACUITY
from rag.criteria.numbers import Phrase
from rag.criteria.subjects import SubjectFinder
from rag.criteria.tokens import Kind

_OF_WHICH = (["which"], ["whom"], ["them"], ["these"], ["the"])
_OFTEN = frozenset(
    [
        *["successive", "consecutive", "separate", "occasions", "determinations", "measurements", "timepoints"],
        *["visits", "serial", "readings", "values", "assessments", "samples", "recordings", "ecgs", "procedures"],
        "electrocardiograms",
    ]
)
_MOST_READINGS = 12
# '≥ 80 % for at least 75 % of the recording period', '> 50 % of the days': how much of a time, not what was measured
_OF_A_TIME = re.compile(
    r"(?i) ?of (?:the |their |all |total |entire )*(?:recording|recorded|monitoring|sleep|study|night)? ?"
    r"(?:time|period|nights?|days?|weeks?|sessions?|visits?|readings?|measurements?|observations?)\b"
)

_THE_TIME = frozenset(
    ["the", "time", "of", "initial", "first", "original", "their", "disease", "symptom", "cancer", "primary", "'s", "s"]
)
_FOR = frozenset(["for", "during", "in", "on"])
_RANGE = frozenset(["range", "scale", "score", "from", "scored"])
_SCALES = frozenset(["scale", "numeric", "numerical", "point", "visual", "likert", "rating"])
_MEANS = frozenset(["indicating", "indicates", "indicate", "meaning", "denotes", "denoting", "represents"])
_POWERS = frozenset(Decimal(10) ** power for power in (3, 6, 9, 12))
_EVENTS = frozenset(["diagnosis", "diagnosed", "onset", "menarche", "presentation"])


# "≤ 3 red blood cells/high power field": what is counted in a field of the microscope, behind a negative glucose
_IN_A_FIELD = re.compile(r"(?i)[^.;,<>≤≥]{0,44}\b(?:hpf|lpf|(?:high|low)[- ]power(?:ed)? field)")
_KIDNEY = frozenset(["serum_creatinine", "creatinine_clearance", "egfr"])
_REACH = 16  # tokens between the names of a pair


@dataclass(slots=True)
class Unlimited(SubjectFinder):
    """Tells the phrases that limit nothing."""

    def _is_ordinal(self, phrase: Phrase) -> bool:
        last = self.tokens[phrase.last - 1]
        tail = self.text[last.end : last.end + 14].lower()
        ordinal = last.kind is Kind.NUMBER and tail[:2] in ("st", "nd", "rd", "th") and not last.units
        return ordinal and "centile" not in tail and "percenti" not in tail

    def _is_past(self, phrase: Phrase) -> bool:
        """'age 2-25 at initial diagnosis', 'WBC at presentation ≥ 30,000': what held then, not what holds now."""
        before = [t.value for t in self.tokens[max(0, phrase.first - 4) : phrase.first] if t.kind is not Kind.OPEN]
        if before[-2:-1] == ["at"] and before[-1] in _EVENTS:
            return True
        after = self.tokens[phrase.last : phrase.last + 8]
        named = bool(after) and after[0].kind is Kind.VARIABLE and after[0].value == "age"
        values = [token.value for token in after[1 if named else 0 :]]
        if len(values) < 2 or values[0] not in ("at", "when", "on"):
            return False
        rest = [value for value in values[1:] if value not in _THE_TIME]
        return bool(rest) and rest[0] in _EVENTS

    def _is_in_a_field(self, phrase: Phrase) -> bool:
        last = self.tokens[phrase.last - 1]
        return not phrase.scale and _IN_A_FIELD.match(self.text, max(last.end, last.unit_end)) is not None

    def _is_said_in_letters(self, phrase: Phrase) -> bool:
        """'≥ 19 letters (20/400 or better)': the same acuity again, as a fraction."""
        acuity = any(unit is ACUITY for unit in phrase.units)
        return acuity and any(limit.base == "bcva_letters" for limit in self.out.limits)

    def _own_of_kidney(self, phrase: Phrase, subject: Subject) -> Subject:
        """'Creatinine or clearance ≤ 1.5 x ULN or ≥ 60 mL/min': of two names the one that the value measures."""
        name = subject.names[0]
        if phrase.scale == "normal" or name < 0 or self.tokens[name].value not in _KIDNEY:
            return subject
        if self._measures(phrase, name):
            return subject
        near = range(max(0, name - _REACH), min(phrase.first, name + _REACH))
        for index in sorted(near, key=lambda place: abs(place - name)):
            token = self.tokens[index]
            if token.kind is not Kind.VARIABLE or token.value not in _KIDNEY or not self._measures(phrase, index):
                continue
            gap = self.tokens[min(index, name) + 1 : max(index, name)]
            joined = any(one.kind in (Kind.OR, Kind.SLASH) for one in gap)
            if joined and not any(one.kind in (Kind.NUMBER, Kind.STOP, Kind.SEMICOLON) for one in gap):
                return Subject([index], subject.join, subject.words)
        return subject

    def _measures(self, phrase: Phrase, name: int) -> bool:
        """Whether the unit, or the multiple of normal, of a value fits a variable."""
        variable = load_variables()[self.tokens[name].value]
        if phrase.scale in ("uln", "normal"):
            return variable.has_uln
        return not phrase.units or any(unit.id in variable.factors for unit in phrase.units)

    def _counts_readings(self, phrase: Phrase) -> bool:
        """'at least 2 successive occasions', 'one of which': how often it was measured, not what."""
        number = phrase.bounds[-1].token.number if phrase.bounds else None
        if phrase.units and phrase.units[0].dimension == "other" and not phrase.scale:
            last = phrase.bounds[-1].token  # 'over 3 measurements', 'at 2 visits'
            return self.text[last.end : last.unit_end].strip().lower() in _OFTEN
        if phrase.units or phrase.scale or (number is not None and number > _MOST_READINGS):
            return False
        after = self.tokens[phrase.last : phrase.last + 5]
        values = [token.value for token in after]
        if values[:1] == ["of"]:  # 'among at least three of five', 'on 2 of 3 consecutive ECGs', 'one of which'
            among = len(after) > 1 and after[1].kind is Kind.NUMBER
            return among or values[1:2] in _OF_WHICH or not _OFTEN.isdisjoint(values[1:])
        if values[:2] in (["time", "points"], ["time", "point"]):
            return True
        named = bool(after) and after[0].kind is Kind.VARIABLE  # 'at least 2 systolic BP readings of'
        return not _OFTEN.isdisjoint(values[: 3 if named else 1])

    def _is_share_of_time(self, phrase: Phrase) -> bool:
        """'for at least 75 % of the recording period': how long something lasted."""
        last = self.tokens[phrase.last - 1]
        share = bool(phrase.units) and phrase.units[0].id == "%" and not phrase.scale
        return share and _OF_A_TIME.match(self.text, max(last.end, last.unit_end)) is not None

    def _counts_one_of(self, phrase: Phrase) -> bool:
        """'on the pain scale for at least one of 5 movements': a number in letters that counts what follows."""
        number, after = phrase.bounds[-1].token if phrase.bounds else None, self.tokens[phrase.last : phrase.last + 2]
        before = self.tokens[phrase.first - 1].value if phrase.first else ""
        counts = phrase.explicit and number is not None and number.word and not phrase.units and before in _FOR
        return counts and (
            any(token.kind is Kind.WORD for token in after[:1]) or [t.kind for t in after[1:]] == [Kind.NUMBER]
        )

    def _is_the_scale(self, phrase: Phrase) -> bool:
        """'on a scale from 0 to 5', 'a score of 5 indicating death': how a scale is built."""
        before = [token.value for token in self.tokens[max(0, phrase.first - 4) : phrase.first]]
        after = [token.value for token in self.tokens[phrase.last : phrase.last + 2]]
        ranged = len(phrase.bounds) == 2 and phrase.bounds[1].sign == "-" and not phrase.units
        told = " ".join(before)
        if self._is_version(phrase):
            return True
        if self._is_scale_in_brackets(phrase):
            return True
        built = ranged and any(words in told for words in ("a scale", "( scale", "the scale ranging"))
        named = self.tokens[phrase.last : phrase.last + 1]
        ends = ranged and phrase.bounds[0].token.number in (0, 1) and bool({"on", "in"}.intersection(before[-2:]))
        built = built or (ends and any(t.kind is Kind.VARIABLE or t.value in _SCALES for t in named))
        pointed = not phrase.explicit and len(phrase.bounds) == 1 and after in (["-", "point"], ["point", "scale"])
        return built or pointed or (not phrase.units and bool(_MEANS.intersection(after[:1])))

    def _is_scale_in_brackets(self, phrase: Phrase) -> bool:
        """'UAS7 (range 0-42)', 'VAS pain score (0-100 mm)': from the bottom of a scale to its top, in brackets."""
        if len(phrase.bounds) != 2 or phrase.bounds[1].sign != "-" or phrase.bounds[0].token.number not in (0, 1):
            return False
        before = self.tokens[max(0, phrase.first - 4) : phrase.first]
        opened = [token.kind for token in before[-2:]]
        if opened[-1:] != [Kind.OPEN] and not (opened[:1] == [Kind.OPEN] and before[-1].value in _RANGE):
            return False
        name = next((token for token in reversed(before) if token.kind is Kind.VARIABLE), None)
        top = phrase.bounds[1].token.number
        high = load_variables()[name.value].plausible.intervals[0].high if name is not None else None
        return name is not None and load_variables()[name.value].unit == "" and top == high

    def _is_version(self, phrase: Phrase) -> bool:
        """'HDRS-17': the number of items, joined to the name of a scale."""
        here = self.tokens[max(0, phrase.first - 2) : phrase.first + 1]
        if phrase.explicit or phrase.units or [t.kind for t in here] != [Kind.VARIABLE, Kind.DASH, Kind.NUMBER]:
            return False
        joined = here[0].end == here[1].start and here[1].end == here[2].start
        return joined and load_variables()[here[0].value].group in ("psychiatric scales", "neuro scales")

    def _is_unit_alone(self, phrase: Phrase) -> bool:
        """'Platelets (x 10^9/L) ≥ 100': a power of ten in brackets is the unit."""
        number = phrase.bounds[0].token.number if len(phrase.bounds) == 1 else None
        if number not in _POWERS or phrase.explicit or phrase.scale or not phrase.first:
            return False
        closed = phrase.last < len(self.tokens) and self.tokens[phrase.last].kind is Kind.CLOSE
        before = self.tokens[phrase.first - 1].kind
        return closed and before in (Kind.OPEN, Kind.TIMES)

    def _is_in_year(self, phrase: Phrase) -> bool:
        """'Age 30-60 in 1988': what held in a year of the past."""
        after = self.tokens[phrase.last : phrase.last + 2]
        if len(after) < 2 or after[0].value != "in" or after[1].kind is not Kind.NUMBER or after[1].units:
            return False
        return after[1].number is not None and 1900 <= after[1].number <= 2100

    def _is_graded(self, phrase: Phrase) -> bool:
        before = self.tokens[max(0, phrase.first - 2) : phrase.last]
        after = self.tokens[phrase.last : phrase.last + 2]
        return any(token.kind is Kind.GRADE for token in (*before, *after[:1])) and not phrase.units
