"""A variable named behind its value: '≥ 60 mL/min creatinine clearance', 'up to 3 prior lines', 'class III failure'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.criteria.ages import AgeFinder
from rag.criteria.lexicon import Variable, load_variables
from rag.criteria.limits import Subject
from rag.criteria.numbers import Phrase
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind, Token

_IN_ANY_OF = re.compile(
    r"(?i)[\s(]{0,2}(?:\(?uln\)? )?(?:in|for|of|on) (?:any|either|one|each|all)(?: \(\w+\))?(?: or more)?(?: of)?"
    r"(?: the)?(?: following)?(?: (?:tests|parameters|values|enzymes|laboratory tests))? ?:? ?"
)


_FOR_LIST = re.compile(r"(?i)[\s(]{0,2}(?:\(?uln\)? )?for (?:the )?(?=[a-z])")


# '(HbA1c) value measured within 8 weeks before signing (Week 0) is': from a name to its value
_MEASURED_WHEN = sought(
    r"(?i)\)?(?: (?:values?|levels?|counts?|scores?|results?))?,? (?:as )?(?:measured|obtained|taken|performed"
    r"|determined|assessed|recorded|tested|documented)? ?(?:within|in|during) (?:the )?(?:last |past |previous )?"
    r"\d{1,3}[- ](?:hours?|days?|weeks?|months?) (?:prior to|before|of|preceding|from) [^.;:,()<>≤≥]{2,60}"
    r"(?: ?\([^()]{1,24}\))?,? (?:is|was|are|were|must be|should be|has been) (?:between )?$",
    *["hour ", "hours ", "day ", "days ", "week ", "weeks ", "month ", "months "],
)
_FEW_WORDS = 2
_LEVELS = frozenset(["level", "levels", "value", "values", "of", "the", "serum", "plasma"])
_MUST_HAVE = frozenset(
    ["must", "should", "have", "has", "with", "all", "a", "patient", "patients", "subject", "subjects", "participant",
     "participants"]
)  # fmt: skip
_VOLUMES = frozenset(["fev1", "fvc"])  # of which '12 % in' is a change
_SORTS = frozenset(["patients", "subjects", "participants", "those", "individuals"])
_CLASSED = frozenset(["class", "classes", "grade", "grades"])
_LONGEST_TIME = 170  # characters between a name and its value
_LISTING = frozenset({Kind.AND, Kind.COMMA, Kind.SLASH})
_LEAST_PRESSURE = 20  # mmHg: smaller numbers count readings, visits, drugs


def leads_to_people(gap: Sequence[Token]) -> bool:
    """'≤ 2.5 x ULN, and patients with metastases should be ≤ 5 x ULN': whose the second value is."""
    told = [token for token in gap if token.kind not in (Kind.COMMA, Kind.CLOSE)][:3]
    joined = len(told) > 2 and told[0].kind in (Kind.AND, Kind.SEMICOLON)
    return joined and told[1].value in _SORTS and told[2].value in ("with", "on", "of")


@dataclass(slots=True)
class NameAfter(AgeFinder):
    """Finds the name that follows a value."""

    def _after(self, phrase: Phrase) -> Subject | None:
        """A variable named right after its value: '≥ 60 mL/min creatinine clearance', 'up to 3 prior lines'."""
        index = self._past_remark(phrase.last)
        stop = min(len(self.tokens), index + 5)
        if any(t.value in _CLASSED for t in self.tokens[max(0, phrase.first - 1) : phrase.last]):
            later = self._class_scale(index)
            if later >= 0:
                return Subject([later], after=True)
        while index < stop and self.tokens[index].kind in (Kind.GLUE, Kind.DASH):
            index += 1
        index = self._in_brackets(self._past_ends_of_scale(index), phrase)
        named = index < len(self.tokens) and self.tokens[index].kind is Kind.VARIABLE
        if not named and phrase.scale == "uln":
            return self._any_of(phrase)
        listed = self._any_of(phrase) if named and phrase.scale == "uln" else None
        if listed is not None and len(listed.names) > 1:
            return listed  # '2 x ULN for AST, ALT or bilirubin'
        return self._named_at(index, phrase) if named else None

    def _past_remark(self, index: int) -> int:
        """Past '(adjusted for age)' of 'a score < 24 (adjusted for age) on the MMSE'; else `index`."""
        if not self.tokens[index:] or self.tokens[index].kind is not Kind.OPEN:
            return index
        close = next((at for at in range(index, len(self.tokens)) if self.tokens[at].kind is Kind.CLOSE), index)
        inside = {token.kind for token in self.tokens[index + 1 : close]}
        behind = self.tokens[close + 1 : close + 2]
        on = bool(behind) and behind[0].value == "on" and not inside & {Kind.NUMBER, Kind.VARIABLE, Kind.COMPARE}
        return close + 1 if on else index

    def _measured_when(self, phrase: Phrase) -> Subject | None:
        """'HbA1c measured within 12 weeks before the first visit is below 9 %': the name before the time."""
        start = self.tokens[phrase.first].start
        found = _MEASURED_WHEN.search(self.text, max(0, start - _LONGEST_TIME), start)
        if found is None:
            return None
        near = range(found.start(), found.start() + len("concentrations"))  # 'value' may be part of the name
        named = (i for i in range(phrase.first) if self.tokens[i].kind is Kind.VARIABLE and self.tokens[i].end in near)
        name = next(named, -1)
        return Subject([name]) if name >= 0 else None

    def _counts_from_elsewhere(self, before: Subject, phrase: Phrase) -> bool:
        """'within 48 hours of onset and no more than 7 days from the first dose': the second time is of the dose."""
        after = self.tokens[phrase.last : phrase.last + 1]
        onset = before.names[0] >= 0 and self.tokens[before.names[0]].value == "onset_to_treatment"
        taken = any(earlier.names[0] == before.names[0] for earlier in self.subjects.values())
        return onset and taken and any(token.value in ("from", "of", "after", "since") for token in after)

    def _is_normal_of_next(self, phrase: Phrase) -> bool:
        """'SGOT ≤ 2 x normal, and normal PT, PTT': the second 'normal' is said of the names behind it."""
        if phrase.scale != "normal" or not phrase.first or phrase.last >= len(self.tokens):
            return False
        joined = self.tokens[phrase.first - 1].kind in (Kind.AND, Kind.COMMA)
        return joined and self.tokens[phrase.last].kind is Kind.VARIABLE

    def _in_brackets(self, index: int, phrase: Phrase) -> int:
        """The name in 'a severity grade of ≥ 2 (mMRC dyspnea scale)', of a scale without a unit; else `index`."""
        here = self.tokens[index : index + 2]
        if [token.kind for token in here] != [Kind.OPEN, Kind.VARIABLE] or not phrase.explicit or phrase.units:
            return index
        variable = load_variables()[here[1].value]
        scale = variable.step is not None and not variable.unit and not variable.counts and not phrase.scale
        return index + 1 if scale and not self._has_own_value(index + 1) else index

    def _is_named_again(self, before: Subject | None, after: Subject, phrase: Phrase) -> bool:
        """'no circulating blasts, and < 5 % blasts in marrow': behind a joint the value has the name after it."""
        if before is None or min(before.names[0], after.names[0]) < 0 or not phrase.first:
            return False
        same = self.tokens[before.names[0]].value == self.tokens[after.names[0]].value
        return same and self.tokens[phrase.first - 1].kind in (Kind.AND, Kind.OR, Kind.BUT)

    def _is_spent(self, number: int, phrase: Phrase, before: Subject | None) -> bool:
        """'at least 6 tender joints and at least 4 swollen joints': the name before is of the value before it."""
        earlier = self.subjects.get(number - 1)
        if before is None or earlier is None or not earlier.after or earlier.names != before.names:
            return False
        after = self._after(phrase)
        own = after is not None and self.tokens[after.names[0]].value != self.tokens[before.names[0]].value
        return own and phrase.explicit and load_variables()[self.tokens[before.names[0]].value].counts

    def _past_ends_of_scale(self, index: int) -> int:
        """Past '0-10' and '11-point' of '6 or more on a 0-10 pain scale', 'on the 11-point NRS'; else `index`."""
        here = self.tokens[index : index + 4]
        kinds = [token.kind for token in here]
        bare = all(not one.units or one.units[0].dimension == "score" for one in here if one.kind is Kind.NUMBER)
        on = index > 1 and any(token.value in ("on", "in") for token in self.tokens[index - 2 : index])
        if not on or kinds[:1] != [Kind.NUMBER] or not bare:
            return index
        last = 3 if kinds[1:3] in ([Kind.DASH, Kind.NUMBER], [Kind.TO, Kind.NUMBER]) else 1
        after = index + last
        while after < len(self.tokens) and self.tokens[after].value in ("-", "point"):
            after += 1
        return after

    def _any_of(self, phrase: Phrase) -> Subject | None:
        """'above 3 x ULN in any of the following: ALT, AST, or ALP': every name of the list."""
        end = self.tokens[phrase.last - 1].end
        found = _IN_ANY_OF.match(self.text, end) or _FOR_LIST.match(self.text, end)
        if found is None:
            return None
        names: list[int] = []
        for index in range(phrase.last, min(len(self.tokens), phrase.last + 24)):
            token = self.tokens[index]
            if token.start < found.end():
                continue
            if token.kind is Kind.VARIABLE and self.inside[index] < 0:
                names.append(index)
            elif token.kind not in (Kind.COMMA, Kind.OR, Kind.AND, Kind.SLASH, Kind.GLUE, Kind.OPEN, Kind.CLOSE):
                break
        measured = [name for name in names if load_variables()[self.tokens[name].value].has_uln]
        once = {self.tokens[name].value: name for name in reversed(measured)}
        kept = sorted(once.values())
        return Subject(kept, "slash", after=True) if kept and not self._has_own_value(kept[-1]) else None

    def _named_at(self, index: int, phrase: Phrase) -> Subject | None:
        token = self.tokens[index]
        variable = load_variables()[token.value]
        ahead = self.tokens[max(0, phrase.first - 2) : phrase.first]
        linked = any(one.value in ("in", "from", "on") for one in self.tokens[phrase.last : index])
        by = bool(ahead) and ahead[-1].value in ("of", "by")
        near = [one.value for one in self.tokens[phrase.last : index]]
        share = token.value in _VOLUMES and phrase.units and near == ["in"]  # 'reversibility of ≥ 12 % in FEV1'
        if share or ((linked or by) and any(one.kind is Kind.CHANGE for one in ahead)):
            return Subject([index], changed=True, after=True)  # 'an increase of ≥ 12 % in FEV1', 'of ≥ 5 mmHg IOP'
        if phrase.units and index + 1 < len(self.tokens) and self.tokens[index + 1].kind is Kind.CHANGE:
            return Subject([index], changed=True, after=True)  # 'a 20 % FEV1 decline'
        if variable.counts:
            counted = not phrase.units or any(unit.id in variable.factors for unit in phrase.units)
            return Subject([index], after=True) if counted else None  # '10 pack-years of smoking history'
        free = not self._has_own_value(index)
        multiple = phrase.scale == "uln" and variable.has_uln
        if multiple or any(unit.id in variable.factors for unit in phrase.units):
            return Subject([index], after=True) if free else None
        plain = phrase.explicit and not phrase.units
        pressure = index == phrase.last and token.value in ("systolic_bp", "diastolic_bp")
        links = any(self.tokens[i].value in ("on", "in", "by", "score", "the", "(") for i in range(phrase.last, index))
        on_scale = not variable.unit and links and free
        if plain and (pressure or on_scale):
            return Subject([index], after=True)
        beside = index == phrase.last and free and not phrase.units
        classed = beside and variable.roman and phrase.scale in ("", "list")  # 'heart failure III or IV NYHA'
        return Subject([index], after=True) if classed or (beside and self._says_weeks(token, variable)) else None

    def _says_weeks(self, token: Token, variable: Variable) -> bool:
        """'25 to 33 completed weeks gestation': the unit is part of the name."""
        return variable.unit == "weeks" and "week" in self.text[token.start : token.end].lower()

    def _side_after(self, phrase: Phrase) -> Subject | None:
        """'> 160 mmHg (systolic)', '90-160 mmHg for systolic', '≤ 100 diastolic': the side named behind its number."""
        if phrase.scale or any(unit.id != "mmHg" for unit in phrase.units):
            return None
        for index in range(phrase.last, min(len(self.tokens), phrase.last + 4)):
            token = self.tokens[index]
            if token.kind is Kind.VARIABLE and token.value in ("systolic_bp", "diastolic_bp"):
                return None if self._has_own_pressure(index) else Subject([index], after=True)
            if token.kind not in (Kind.GLUE, Kind.OPEN):
                return None
        return None

    def _has_own_pressure(self, index: int) -> bool:
        """Whether a pressure follows a side, and not the 'two' of '> 95 mmHg diastolic on two visits'."""
        if not self._has_own_value(index) or self.tokens[index + 1].kind is Kind.SLASH:
            return False  # '> 145 mmHg systolic / > 95 mmHg diastolic'
        own = next(self.inside[i] for i in range(index + 1, len(self.tokens)) if self.inside[i] >= 0)
        numbers = [bound.token.number for bound in self.phrases[own].bounds]
        counted = any(unit.id != "mmHg" for unit in self.phrases[own].units)
        return not counted and all(number is not None and number >= _LEAST_PRESSURE for number in numbers)

    def _after_normal(self, phrase: Phrase) -> Subject | None:
        """'Normal bilirubin.', 'Must have normal levels of PT and PTT.': a statement of its own."""
        ends = (Kind.STOP, Kind.SEMICOLON)
        if phrase.scale != "normal" or not self._is_led_to(phrase.first):
            return None
        names: list[int] = []
        at, listed = phrase.last, False
        while at < len(self.tokens) and self.tokens[at].value in _LEVELS:
            at += 1
        while at < len(self.tokens) and self.tokens[at].kind not in ends:
            if listed and self.tokens[at].value in _LEVELS:
                at += 1
                continue
            if listed and self._is_short_name(at, self.tokens[at - 1].value):
                at += 3
                continue
            named = self.tokens[at].kind is Kind.VARIABLE
            if (named == listed and (named or not names)) or not (named or self.tokens[at].kind in _LISTING):
                return None
            names, listed = [*names, at] if named else names, named
            at += 1
        known = listed and all(load_variables()[self.tokens[name].value].normal for name in names)
        return Subject(names, "and", after=True) if known else None

    def _is_led_to(self, first: int) -> bool:
        """Whether nothing but 'Subjects must have' stands in a sentence before a token."""
        while first and self.tokens[first - 1].value in _MUST_HAVE:
            first -= 1
        return not first or self.tokens[first - 1].kind in (Kind.STOP, Kind.SEMICOLON)

    def _is_short_name(self, at: int, variable: str) -> bool:
        """Whether '(PTT)' stands behind the long name of the same."""
        inside = self.tokens[at : at + 3]
        kinds = [token.kind for token in inside]
        return kinds == [Kind.OPEN, Kind.VARIABLE, Kind.CLOSE] and inside[1].value == variable

    def _class_scale(self, index: int) -> int:
        """'class III or IV congestive heart failure as defined by the NYHA': the scale that is named later."""
        variables = load_variables()
        for cursor in range(index, min(len(self.tokens), index + 12)):
            token = self.tokens[cursor]
            if token.kind is Kind.VARIABLE:
                return cursor if variables[token.value].roman and not self._has_own_value(cursor) else -1
            if token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.NUMBER):
                return -1
        return -1

    def _has_own_value(self, index: int) -> bool:
        for cursor in range(index + 1, min(len(self.tokens), index + 7)):
            number = self.inside[cursor]
            if number >= 0:
                timed = any(unit.dimension == "time" for unit in self.phrases[number].units)
                return not timed or load_variables()[self.tokens[index].value].factors.keys() >= {"days"}
            if self.tokens[cursor].kind in (
                Kind.WITHIN,
                Kind.STOP,
                Kind.COMMA,
                Kind.SEMICOLON,
                Kind.AND,
                Kind.OR,
                Kind.VARIABLE,
                Kind.CLOSE,
            ):
                return False
        return False

    def _opens_for_some(self, stop: int, phrase: Phrase, words: int) -> bool:
        """'≤ 1.5. If …, ≤ 3', '≤ 2.5 x ULN. For those with metastases, ≤ 5 x ULN': whether a stop leads to people."""
        ahead = self.tokens[stop + 1 : stop + 3]
        if ahead[0].kind is Kind.IF:
            return words <= _FEW_WORDS
        people = ahead[0].value in ("for", "in") and ahead[-1].value in _SORTS
        last = self.tokens[phrase.first - 1]
        close = last.kind in (Kind.COMMA, Kind.COLON) or last.value == "be"
        return people and close and phrase.explicit and words <= 2 * _FEW_WORDS

    def _value_ended(self, stop: int) -> int:
        """The value phrase that ends at a stop, or before the '(ULN)' that stands there; -1 for none."""
        last = stop - 1
        if last > 2 and [token.kind for token in self.tokens[last - 2 : stop]] == [Kind.OPEN, Kind.ULN, Kind.CLOSE]:
            last -= 3
        return self.inside[last] if last >= 0 else -1

    def _value_before(self, semicolon: int, phrase: Phrase, words: int) -> int:
        """The value phrase that ends at a semicolon, or before the words that say whom it is for; -1 for none."""
        if semicolon and self.inside[semicolon - 1] >= 0:
            return self.inside[semicolon - 1]
        return self._value_for_some(semicolon) if not words and self._has_people_behind(phrase) else -1

    def _value_for_some(self, semicolon: int) -> int:
        """The value told of some people that ends before a semicolon, '≤ 2 x ULN without metastases;', or -1."""
        index = semicolon - 1
        while index > max(0, semicolon - 9) and self.inside[index] < 0:
            if self.tokens[index].kind not in (Kind.WORD, Kind.GLUE, Kind.NOT, Kind.IF, Kind.SEX):
                return -1
            index -= 1
        told = self.tokens[index + 1]
        some = told.kind in (Kind.IF, Kind.SEX) or told.value in ("for", "in", "with", "without")
        return self.inside[index] if some and index + 1 < semicolon else -1

    def _has_people_behind(self, phrase: Phrase) -> bool:
        """Whether a value is followed by whom it is for: '… if marrow is involved', '… (with metastases)'."""
        after = [token for token in self.tokens[phrase.last : phrase.last + 2] if token.kind is not Kind.OPEN]
        return bool(after) and (after[0].kind in (Kind.IF, Kind.SEX) or after[0].value in ("for", "in", "with", "when"))

    def _named_in_full(self, index: int) -> int:
        """'systolic blood pressure (BP) ≥ 185': the full name before a short one in brackets that says less."""
        if index < 2 or self.tokens[index].value != "blood_pressure" or self.tokens[index - 1].kind is not Kind.OPEN:
            return index
        return index - 2 if self.tokens[index - 2].value in ("systolic_bp", "diastolic_bp") else index
