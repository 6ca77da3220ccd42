"""Names that share one value: 'AST (SGOT) and ALT', 'AST/ALT', 'GFR or clearance'; and whether a change is meant."""

from __future__ import annotations

from dataclasses import dataclass

from rag.criteria.following import NameAfter
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Subject
from rag.criteria.numbers import Phrase
from rag.criteria.tokens import Kind, Token

_JOINTS = frozenset({Kind.AND, Kind.OR, Kind.COMMA, Kind.SLASH, Kind.OPEN, Kind.CLOSE, Kind.DASH, Kind.COLON})


@dataclass(slots=True)
class SharedNames(NameAfter):
    """Finds the names beside the one that a value stands by."""

    def _listed(self, index: int, phrase: Phrase, words: int, changed: bool) -> Subject | None:
        """The list of names that ends at `index`: 'AST (SGOT) and ALT', 'AST/ALT'; and whether a change is meant."""
        names, join = [index], "and"
        cursor = index - 1
        joints: list[Kind] = []
        opened = self._opened(index, phrase)
        stop = max(-1, index - 24)
        while cursor > stop:
            token = self.tokens[cursor]
            if self.inside[cursor] >= 0 or token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.DECOY):
                break
            if token.kind is Kind.VARIABLE:
                if not self._same_list(names[0], cursor):
                    break
                if self._is_taken(cursor):
                    names = [name for name in names if self.tokens[name].value != token.value] or names
                    break
                if self.tokens[names[0]].value != token.value:
                    if any(kind is Kind.OR for kind in joints) and Kind.AND not in joints:
                        join = "or"
                    elif joints == [Kind.SLASH] or (Kind.OR in joints and Kind.AND in joints):
                        join = "slash" if join == "and" else join
                names.insert(0, cursor)
                joints = []
            elif self._ends_list(token, names) or (token.kind is Kind.OPEN and cursor == opened):
                break
            elif token.kind in _JOINTS:
                joints.append(token.kind)
            cursor -= 1
        if not changed:
            changed = self._changed_before(names[0]) or self._changed_after(phrase) or self._goes_on_changing(names[0])
        kept = self._without_synonyms(names)
        join = "slash" if len(names) > 2 and self._are_listed_plainly(names) else join
        return Subject(kept, join, words, changed) if kept else None

    def _is_either(self, left: int, right: int) -> bool:
        """Whether nothing but 'or' and brackets stands between two names."""
        kinds = [token.kind for token in self.tokens[left + 1 : right]]
        plain = {Kind.VARIABLE, Kind.OPEN, Kind.CLOSE, Kind.GLUE, Kind.OR}
        return kinds.count(Kind.OR) == 1 and kinds.count(Kind.OPEN) == kinds.count(Kind.CLOSE) and set(kinds) <= plain

    def _ends_list(self, token: Token, names: list[int]) -> bool:
        """Whether a token before the names found so far is none of a list; '(CrCl, per Cockcroft-Gault)' is one."""
        if token.kind in _JOINTS or (token.kind is Kind.GLUE and token.value in _LIST_GLUE):
            return False
        return token.value not in _BY_METHOD or not all(self.tokens[name].needs_unit for name in names)

    def _opened(self, index: int, phrase: Phrase) -> int:
        """Where the bracket opens that holds a name and its value alone, −1 where there is none.

        'systolic or diastolic hypertension (diastolic > 105)' limits what stands inside.
        """
        if not any(token.kind is Kind.CLOSE for token in self.tokens[phrase.last : phrase.last + 2]):
            return -1
        depth = 0
        for cursor in range(phrase.first - 1, max(-1, index - 24), -1):
            depth += {Kind.CLOSE: 1, Kind.OPEN: -1}.get(self.tokens[cursor].kind, 0)
            if depth < 0:
                return cursor
        return -1

    def _are_listed_plainly(self, names: list[int]) -> bool:
        """'ALT, AST, bilirubin > 2 x ULN', with commas alone between: of each."""
        between = {token.kind for token in self.tokens[names[0] : names[-1]]}
        return Kind.COMMA in between and not between & {Kind.AND, Kind.OR, Kind.SLASH}

    def _is_taken(self, name: int) -> bool:
        """Whether a number stands right before a name, 'above 160 systolic or …': then the name is its own."""
        number = self.inside[name - 1] if name else -1
        if number < 0 or self.phrases[number].units:
            return False
        return number not in self.subjects or not self.phrases[number].explicit

    def _same_list(self, right: int, left: int) -> bool:
        """Two names belong to one list when they are one variable twice or measured alike."""
        one, other = self.tokens[left], self.tokens[right]
        if one.value == other.value:
            return True
        variables = load_variables()
        a, b = variables[one.value], variables[other.value]
        joined = any(self.tokens[i].kind in (Kind.AND, Kind.OR, Kind.SLASH, Kind.COMMA) for i in range(left + 1, right))
        method = one.needs_unit or other.needs_unit
        if a.pair or b.pair:
            return False
        multiples = bool(a.has_uln or a.members) and bool(b.has_uln or b.members)
        return method or (joined and (a.unit == b.unit or multiples))

    def _without_synonyms(self, names: list[int]) -> list[int]:
        """One index for each variable; a formula named beside GFR or clearance decides between the two."""
        kidney = {"egfr", "creatinine_clearance"}
        values = [self.tokens[name].value for name in names]
        if any(self.tokens[name].needs_unit for name in names) and set(values) <= kidney:
            methods = {self.tokens[name].value for name in names if self.tokens[name].needs_unit}
            plain = [name for name in names if not self.tokens[name].needs_unit]
            if len(methods) > 1:
                return plain[:1]  # named without one formula: 'clearance by MDRD or Cockcroft' is nothing plain
            first = {self.tokens[name].value: name for name in reversed(plain)}
            if first.keys() == kidney and self._is_either(*sorted(first.values())):
                return sorted(first.values())  # 'GFR or clearance (by Cockcroft-Gault)': the formula is of the second
            return [name for name in names if self.tokens[name].value in methods][:1] or names
        plain = [name for name in names if not self.tokens[name].needs_unit] or names
        plain = [name for name in plain if not self.tokens[name].needs_comparator] or plain
        kept: dict[str, int] = {}
        for name in plain:
            kept.setdefault(self.tokens[name].value, name)
        return list(kept.values())

    def _changed_before(self, name: int) -> bool:
        """'increase in X', 'rise of X' – but 'increased X' is a level."""
        before = self.tokens[max(0, name - 4) : name]
        for token in reversed(before):
            if token.kind is Kind.CHANGE:
                return True
            if token.kind is not Kind.GLUE:
                return False
        return False

    def _goes_on_changing(self, name: int) -> bool:
        """'a fall in systolic pressure of > 20 mmHg or in diastolic pressure of > 10 mmHg': the second falls too."""
        here = self.tokens[max(0, name - 2) : name]
        if name < 3 or here[-1].value not in ("in", "of") or here[0].kind not in (Kind.OR, Kind.AND):
            return False
        return self.inside[name - 3] in self.subjects and self.subjects[self.inside[name - 3]].changed

    def _changed_after(self, phrase: Phrase) -> bool:
        last = phrase.last
        if last < len(self.tokens) and self.tokens[last].kind is Kind.OPEN:  # '≥ 0.3 mg/dL (≥ 26.5 µmol/L) increase'
            closed = (i for i in range(last, min(len(self.tokens), last + 9)) if self.tokens[i].kind is Kind.CLOSE)
            last = next(closed, last - 1) + 1
        after = self.tokens[last : last + 4]
        for number, token in enumerate(after):
            if token.kind is Kind.BASELINE and number and after[number - 1].value in _SAYS_WHEN:
                return False  # 'in the baseline ECG'
            if token.kind in (Kind.CHANGE, Kind.BASELINE):
                return True
            if token.kind is Kind.COMPARE and token.value in (">", "<") and number == 0:
                continue  # 'over baseline', 'above baseline'
            if token.kind not in (Kind.GLUE, Kind.CLOSE):
                return False
        return False


_BY_METHOD = frozenset(["per", "by", "using", "via", "calculated", "estimated"])  # '(CrCl, per Cockcroft-Gault)'
_LIST_GLUE = frozenset(
    [
        "the", "of", "serum", "plasma", "blood", "total", "level", "levels", "and", "or", "value", "values", "s",
        "count", "counts", "e", "either", "both", "i", "g", "ie", "eg", "absolute", "p", "b", "-",
    ]
)  # fmt: skip
_SAYS_WHEN = frozenset(["the", "a", "in", "on", "at", "by", "with", "during"])
