"""Which variable a value phrase limits, and what must not be taken for a limit.

Every rule here can only refuse: a phrase whose variable is not plain stays unread or is no limit at all.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.criteria.ages import has_hundredths
from rag.criteria.brackets import past_bracket
from rag.criteria.lexicon import Variable, load_variables
from rag.criteria.limits import Attached, Limit, Refused, Subject
from rag.criteria.meant import COUNTED_IN_NORMALS, is_bare_multiple, is_longer_by, measured_by
from rag.criteria.numbers import Phrase
from rag.criteria.phrases import find_values
from rag.criteria.resolving import Resolved, Unresolved, resolve
from rag.criteria.scales import prepare_scales
from rag.criteria.tokens import Kind, Token
from rag.criteria.unlimited import Unlimited

# "less than 4 seconds beyond control", "within 5 s of the control"
_BEYOND_CONTROL = re.compile(r"(?i) ?(?:beyond|above|over|longer than|of|from)(?: the)? (?:laboratory )?control\b(?!s)")
_RESPECTIVELY = re.compile(r"(?i)[^.;]{0,60}\brespectively\b")


def attach(tokens: list[Token], text: str, heading: str = "") -> Attached:
    """Every value phrase of the tokens with its variable. `heading` names the variable of the heading above, if any."""
    prepare_scales(tokens, heading)
    phrases = find_values(tokens)
    out = Attached()
    starts = {phrase.first: phrase for phrase in phrases}
    inside = [-1] * (len(tokens) + 1)
    for number, phrase in enumerate(phrases):
        for index in range(phrase.first, phrase.last):
            inside[index] = number
    reader = _Reader(tokens, text, phrases, starts, inside, heading, out)
    for number in range(len(phrases)):
        reader.place(number)
    reader.name_methods()
    return out


class _Reader(Unlimited):
    """Places every phrase of an item: what it limits, or why that cannot be told."""

    def place(self, number: int) -> None:
        phrase = self.phrases[number]
        if (
            self._is_ordinal(phrase)
            or self._is_past(phrase)
            or self._is_in_year(phrase)
            or self._counts_readings(phrase)
            or self._counts_one_of(phrase)
            or self._is_share_of_time(phrase)
            or self._is_the_scale(phrase)
            or self._is_unit_alone(phrase)
            or self._is_in_a_field(phrase)
            or self._is_said_in_letters(phrase)
        ):
            return
        subject = self._subject(number, phrase)
        if subject is None:
            self._unplaced(phrase)
            self._rival(number, phrase)
            return
        if subject.after or subject.names[0] == -2:
            self._take_shared(number, subject)
        name = subject.names[0]
        if (
            name >= 0
            and self.tokens[name].value == "onset_to_treatment"
            and not phrase.explicit
            and self._is_within(phrase)
        ):
            phrase.bounds[-1].sign = "≤" if len(phrase.bounds) == 1 else phrase.bounds[-1].sign
        self.subjects[number] = subject
        subject = self._own_of_kidney(phrase, self._own_of_several(number, phrase, subject))
        self._take_scale(number, subject)
        if self._is_sites_own(phrase):
            self.out.consumed.append(phrase)
            return
        if subject.changed and phrase.scale not in ("uln", "lln", "normal"):
            self.out.consumed.append(phrase)
            return
        name = subject.names[0]
        if self._is_graded(phrase) and not (name >= 0 and _has_grades(self.tokens[name].value)):
            self.out.consumed.append(phrase)
            return
        self.groups += 1
        for name in subject.names:
            self._limit(phrase, subject, name)

    def _own_of_several(self, number: int, phrase: Phrase, subject: Subject) -> Subject:
        """'systolic or diastolic pressure > 180 or > 110, respectively': the second value is of the second name."""
        if len(subject.names) < 2 or not _RESPECTIVELY.match(self.text, self.tokens[phrase.last - 1].end):
            return subject
        earlier = number
        while earlier and earlier - 1 in self.subjects and self.subjects[earlier - 1].names == subject.names:
            earlier -= 1
        place = number - earlier
        return Subject([subject.names[place]], "and", subject.words) if place < len(subject.names) else subject

    def _take_scale(self, number: int, subject: Subject) -> None:
        """'≤ 2.5 times ULN, ≤ 5 times if liver metastases': both are multiples of the same."""
        phrase, before, shared = self.phrases[number], self.phrases[number - 1], self.subjects.get(number - 1)
        if phrase.units or before.scale != "uln" or before.broken or shared is None or shared.names != subject.names:
            return
        many = all(name >= 0 and self.tokens[name].value in COUNTED_IN_NORMALS for name in subject.names)
        bare = many and is_bare_multiple(self.tokens, self.text, before, phrase)
        if phrase.broken == "a multiple of something else" or bare:
            phrase.scale, phrase.broken = "uln", ""
            if self.tokens[phrase.last : phrase.last + 1] and self.tokens[phrase.last].kind is Kind.TIMES:
                self.inside[phrase.last] = number
                phrase.last += 1

    def _is_sites_own(self, phrase: Phrase) -> bool:
        """'the ULN for ALT is 40 U/L', '(ULN 1.2 mg/dL)': what is normal at the site, no limit."""
        if phrase.explicit or phrase.scale or not phrase.units:
            return False
        for token in reversed(self.tokens[max(0, phrase.first - 9) : phrase.first]):
            if token.kind is Kind.ULN:
                return True
            if token.kind not in (Kind.GLUE, Kind.VARIABLE, Kind.COLON, Kind.OPEN, Kind.CLOSE) and token.value != "=":
                return False
        return False

    def _take_shared(self, number: int, subject: Subject) -> None:
        """'at least one but no more than three prior therapies', '≥ 18 and ≤ 85 years old': both say the same."""
        name = subject.names[0]
        if not number or number - 1 in self.subjects:
            return
        before, phrase = self.phrases[number - 1], self.phrases[number]
        counts = name >= 0 and load_variables()[self.tokens[name].value].counts
        measured = phrase.units or name == -2 or (name >= 0 and self.tokens[name].value == "age")
        if not counts and not (measured and phrase.explicit and before.bounds and not before.scale):
            return
        gap = self.tokens[before.last : phrase.first]
        # 'at least 12 months and at most 21 years of age'
        both_times = all(p.units and p.units[0].dimension == "time" for p in (before, phrase)) and not counts
        if (
            before.explicit
            and (not before.units or [u.id for u in before.units] == [u.id for u in phrase.units] or both_times)
            and len(gap) <= 3
            and all(t.kind in (Kind.BUT, Kind.AND, Kind.COMMA, Kind.GLUE) for t in gap)
        ):
            self.subjects[number - 1] = subject
            self.groups += 1
            for name in subject.names:
                self._limit(before, subject, name)

    def _rival(self, number: int, phrase: Phrase) -> None:
        """'9-25 (adolescents); 25-35 (adults)': a second range without a name puts the first in doubt."""
        if not number or number - 1 not in self.subjects:
            return
        before = self.phrases[number - 1]
        ranges = all(
            len(p.bounds) == 2 and p.bounds[1].sign == "-" and p.scale in ("", "list") for p in (before, phrase)
        )
        after = self.tokens[phrase.last : phrase.last + 1]
        ends = all(token.kind in (Kind.OPEN, Kind.CLOSE, Kind.COMMA, Kind.SEMICOLON, Kind.STOP) for token in after)
        alike = not phrase.units or [u.id for u in phrase.units] == [u.id for u in before.units]
        gap = self.tokens[before.last : phrase.first]
        if ranges and ends and alike and not any(t.kind in (Kind.VARIABLE, Kind.STOP) for t in gap) and len(gap) < 12:
            for limit in self.out.limits:
                limit.rivalled = limit.rivalled or limit.first == before.first

    def name_methods(self) -> None:
        """'GFR ≥ 50 … (Cockcroft-Gault)' is a clearance, 'clearance … by MDRD' is a GFR, after whichever bound."""
        kidney = {"egfr", "creatinine_clearance"}
        for limit in self.out.limits:
            if limit.base not in kidney or limit.name < 0:
                continue
            last = max(other.last for other in self.out.limits if other.name == limit.name)
            index = self._method_index(last)
            if index >= 0 and not self.tokens[limit.name].needs_unit:
                limit.variable = limit.base = self.tokens[index].value

    def _unplaced(self, phrase: Phrase) -> None:
        """A comparison without a plain variable, near one that it might limit: unread."""
        if not phrase.explicit or phrase.scale == "normal":
            return
        for index in range(phrase.first - 1, max(-1, phrase.first - 16), -1):
            token = self.tokens[index]
            if token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.DECOY, Kind.CHANGE) or self.inside[index] >= 0:
                return
            if token.kind is Kind.VARIABLE:
                variable = load_variables()[token.value]
                fits = any(unit.id in variable.factors for unit in phrase.units) and phrase.units[0].dimension != "time"
                if (
                    (fits or (not phrase.units and not variable.unit))
                    and not token.needs_unit
                    and not token.needs_comparator
                ):
                    end = max(self.tokens[phrase.last - 1].end, self.tokens[phrase.last - 1].unit_end)
                    self.out.refused.append(
                        Refused(
                            token.value, token.start, end, "what the number limits is not plain", first=phrase.first
                        )
                    )
                return

    def _method_index(self, last: int) -> int:
        """A formula named right after the value: '≥ 50 mL/min according to the Cockcroft-Gault formula'."""
        found = -1
        for index in range(last, min(len(self.tokens), last + 11)):
            token = self.tokens[index]
            if token.kind is Kind.VARIABLE:
                if not token.needs_unit or token.value not in ("egfr", "creatinine_clearance"):
                    return found
                if found >= 0 and self.tokens[found].value != token.value:
                    return -1  # 'by Cockcroft-Gault or MDRD'
                found = index
            elif token.kind in (Kind.STOP, Kind.SEMICOLON) or self.inside[index] >= 0:
                return found
        return found

    def _limit(self, phrase: Phrase, subject: Subject, name: int) -> None:
        variables = load_variables()
        base = {-1: self.heading, -2: "age", -3: "weight", -4: "pack_years"}.get(name) or self.tokens[name].value
        base = measured_by(base, phrase.units)
        variable = variables[base]
        place = self._place_of(phrase, subject, name)
        _, start, end, _ = place
        if name >= 0 and not self._is_sure(phrase, self.tokens[name], variable):
            return
        if self._is_percent_of(phrase, variable) or self._is_beyond(phrase):
            reason = "relative to a predicted value or a percentile"
            self.out.refused.append(Refused(base, start, end, reason, first=phrase.first))
        elif variable.members:
            for member in variable.members:
                join = "and" if subject.join == "or" and len(subject.names) == 1 else subject.join
                self._resolve(phrase, Subject(subject.names, join, subject.words), member, place)
        elif variable.pair:
            self._pair(phrase, variable, place)
        elif phrase.scale == "pair" and base in ("systolic_bp", "diastolic_bp"):
            self._pair(phrase, variables["blood_pressure"], place)
        else:
            self._resolve(phrase, subject, base, place)

    def _place_of(self, phrase: Phrase, subject: Subject, name: int) -> tuple[int, int, int, int]:
        """Where a limit stands: its first token, its characters from start to end, the token of its name."""
        first, last = self.tokens[phrase.first], self.tokens[phrase.last - 1]
        end = max(last.end, last.unit_end)
        if name < 0:
            return phrase.first, first.start, end, name
        start = min(first.start, self.tokens[subject.names[0]].start)
        return min(phrase.first, *subject.names), start, max(end, self.tokens[name].end), name

    def _is_sure(self, phrase: Phrase, token: Token, variable: Variable) -> bool:
        """Whether a name that needs a unit, or a comparison, to mean its variable has them."""
        measured = any(unit.id in variable.factors for unit in phrase.units)
        if token.needs_unit and not measured:
            return False
        return not token.needs_comparator or (phrase.explicit and measured)

    def _resolve(self, phrase: Phrase, subject: Subject, base: str, place: tuple[int, int, int, int]) -> None:
        read = resolve(phrase, load_variables()[base])
        if not isinstance(read, Unresolved) and self._is_outside(phrase):
            read = replace(read, values=~read.values)
        if not isinstance(read, Unresolved) and base == "age" and has_hundredths(phrase):
            read = Unresolved("years with hundredths")
        if isinstance(read, Unresolved):
            self._refuse(phrase, subject, base, (place[1], place[2]), read)
        else:
            self._keep(phrase, read, base, place, subject.join)

    def _is_outside(self, phrase: Phrase) -> bool:
        """'outside the range of 90-160 mmHg for systolic or 50-95 for diastolic': of both ranges."""
        if len(phrase.bounds) != 2 or phrase.bounds[1].sign not in ("-", "-<") or phrase.outside:
            return phrase.outside
        if "utside" in self.text and _OUT_OF.search(self.text, 0, self.tokens[phrase.first].start):
            phrase.outside = True
            return True
        for index in range(phrase.first - 1, max(-1, phrase.first - 7), -1):
            token, number = self.tokens[index], self.inside[index]
            if number >= 0:
                phrase.outside = self.phrases[number].outside and not phrase.bounds[0].sign.startswith((">", "<"))
                break
            if token.value in ("outside", "beyond") or (token.value == "of" and self.tokens[index - 1].value == "out"):
                phrase.outside = True
                break
            if token.kind in (Kind.STOP, Kind.SEMICOLON) or token.value == "within":
                break
        return phrase.outside

    def _keep(self, phrase: Phrase, read: Resolved, base: str, place: tuple[int, int, int, int], join: str) -> None:
        anchor, start, end, name = place
        self.out.limits.append(
            Limit(
                read.variable,
                base,
                read.values,
                read.unit,
                anchor,
                phrase.first,
                phrase.last,
                start,
                end,
                phrase.explicit or (len(phrase.bounds) == 2 and not (phrase.scale == "pair" and join == "pair")),
                read.assumed_unit,
                self.groups,
                name,
                join,
                phrase.scale,
                measured=bool(phrase.units),
            )
        )

    def _refuse(self, phrase: Phrase, subject: Subject, base: str, span: tuple[int, int], read: Unresolved) -> None:
        """Unread, unless the number plainly belongs to something else (a window, a dose, a count)."""
        if phrase.scale == "normal" or read.reason == "normal, without a number":
            return
        if self._belongs_elsewhere(phrase, subject, base, read):
            return  # '≥ 19 letters (20/400 or better)'
        kind = "" if read.kind == "other" else read.kind
        self.out.refused.append(Refused(base, span[0], span[1], read.reason, kind, phrase.first))

    def _belongs_elsewhere(self, phrase: Phrase, subject: Subject, base: str, read: Unresolved) -> bool:
        distance = phrase.first - subject.names[-1]
        dimension = phrase.units[0].dimension if phrase.units else ""
        beside = phrase.explicit and subject.words == 0
        if not phrase.explicit and (not phrase.units or subject.words):
            return True
        if read.kind == "other":
            counts = load_variables()[base].counts
            return counts or dimension in ("", "time") or not beside or distance != 1
        if dimension == "percent" and base in ("weight", "insulin_dose"):
            return True  # a relative change
        if read.kind == "impossible_unit" and phrase.units:
            near = subject.words == 0 and (phrase.explicit or distance <= 1)
            return dimension == "time" or not near
        far = 4 if phrase.explicit else 2
        return read.reason == "outside what is plausible" and not phrase.units and distance > far

    def _is_percent_of(self, phrase: Phrase, variable: Variable) -> bool:
        if variable.unit in ("% predicted", "percentile"):
            return False
        after = self.tokens[phrase.last : phrase.last + 4]
        for token in after:
            if token.kind is Kind.PERCENT_OF:
                return True
            if token.kind is not Kind.GLUE and token.value not in ("th", "rd"):
                return False
        return False

    def _is_beyond(self, phrase: Phrase) -> bool:
        """'more than 45 kg over ideal body weight', '20 mmHg above the usual': the distance to something else."""
        last = self.tokens[phrase.last - 1]
        longer = bool(phrase.units) and is_longer_by(self.text, self.tokens[phrase.first].start)
        if longer or _BEYOND_CONTROL.match(self.text, max(last.end, last.unit_end)):
            return True
        after = past_bracket(self.tokens[phrase.last : phrase.last + 9])[:5]
        if not phrase.units or phrase.scale or not after or after[0].kind is not Kind.COMPARE:
            return False
        for token in after[1:]:
            said = self.text[token.start : token.end].lower().split()[0]
            if said in _REFERENCES or token.kind in (Kind.NORMAL, Kind.BASELINE, Kind.PERCENT_OF):
                return True
            if token.kind is not Kind.GLUE:
                return False
        return False

    def _pair(self, phrase: Phrase, variable: Variable, place: tuple[int, int, int, int]) -> None:
        """'140/90' limits both pressures, in one group: 'or' when the bounds are upper ones stated as excluded."""
        anchor, start, end, at = place
        variables = load_variables()
        systolic, diastolic = variable.pair or ("", "")
        numbers = [bound.token.number or 0 for bound in phrase.bounds]
        if phrase.scale == "pair" and numbers[0] < numbers[1]:
            reason = "the upper pressure is the lower number"
            self.out.refused.append(Refused(variable.id, start, end, reason, first=phrase.first))
            return
        if phrase.scale != "pair":
            # '> 160/100 on two readings', 'hypertension for at least 6 weeks'
            counted = bool(phrase.units) and phrase.units[0].dimension in ("other", "time")
            if (phrase.explicit or phrase.units) and phrase.scale != "normal" and not counted:
                self.out.refused.append(Refused(variable.id, start, end, "one number for a pair", first=phrase.first))
            return
        for name, bound in ((systolic, phrase.bounds[0]), (diastolic, phrase.bounds[1])):
            single = Phrase(phrase.first, phrase.last, [type(bound)(bound.sign, bound.token)])
            units = phrase.bounds[1].token.units
            if units and not any(unit.id in variables[name].factors for unit in units):
                continue
            read = resolve(single, variables[name])
            if isinstance(read, Unresolved):
                self.out.refused.append(Refused(name, start, end, read.reason, first=phrase.first))
            else:
                self._keep(phrase, read, variable.id, (anchor, start, end, at), "pair")


_OUT_OF = re.compile(r"(?i)\boutside (?:of )?(?:the |these )?(?:[a-z]+ ){0,2}(?:parameters|ranges?|limits) ?:[^.]*$")
_REFERENCES = frozenset(["ideal", "usual", "desirable", "desired", "optimal", "standard", "expected", "average"])


def _has_grades(variable: str) -> bool:
    """Whether 'grade 2' may be a step of the variable itself (ECOG grade 2), not the grade of an event."""
    known = load_variables()[variable]
    return known.step is not None and not known.counts
