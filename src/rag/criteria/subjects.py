"""Which variable a value phrase speaks of: named before it, after it, by the heading, or understood (ages)."""

from __future__ import annotations

from dataclasses import dataclass

from rag.criteria.ages import WHO_WORDS
from rag.criteria.cohorts import is_label
from rag.criteria.following import leads_to_people
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Subject
from rag.criteria.meant import measured_by
from rag.criteria.numbers import Phrase
from rag.criteria.openings import is_value_label
from rag.criteria.sharing import SharedNames
from rag.criteria.tokens import Kind


@dataclass(slots=True)
class SubjectFinder(SharedNames):
    """Finds the variable that a value phrase speaks of."""

    def _subject(self, number: int, phrase: Phrase) -> Subject | None:
        if phrase.facing:
            name = phrase.last
            while name < len(self.tokens) and self.tokens[name].kind is not Kind.VARIABLE:
                name += 1
            return Subject([name]) if name < len(self.tokens) else None
        weeks = [index for index in range(phrase.first, phrase.last) if self.tokens[index].value == "gestational_age"]
        if weeks:
            return Subject(weeks[:1])  # '37 weeks gestation or greater'
        before = self._measured_when(phrase) or self._before(number, phrase)
        if before is not None and (self._is_normal_of_next(phrase) or self._counts_from_elsewhere(before, phrase)):
            return None
        if (
            before is not None
            and before.names[0] >= 0
            and self.tokens[before.names[0]].value == "age"
            and self._is_event(phrase)
        ):
            return None
        age = self._age(number, phrase, before)
        if age is not None:
            return age
        return self._nearest(phrase, None if self._is_spent(number, phrase, before) else before)

    def _nearest(self, phrase: Phrase, before: Subject | None) -> Subject | None:
        """The name right before, else right after, else a person's weight, else a name that may reach so far."""
        side = self._side_after(phrase)
        if side is not None:
            return side
        after = self._after_normal(phrase) or self._after(phrase)
        event = after is not None and self._is_age_name(after.names[0]) and self._is_event(phrase)
        if event or (before is not None and self._counts_other(before, phrase)):
            return None
        if after is not None and before is not None and before.names[0] >= 0 and not phrase.units:
            before = None if self.tokens[before.names[0]].needs_unit else before  # 'smokers (> 10 cigarettes per day)'
        again = after is not None and self._is_named_again(before, after, phrase)
        if not again and before is not None and before.words == 0 and not (after and self._misfits(before, phrase)):
            return before
        if after is not None and (before is None or before.words > 0 or phrase.explicit):
            return after
        if before is None:
            return Subject([-3]) if self._is_weight(phrase) else None
        return before if self._may_reach(before, phrase) else None

    def _counts_other(self, subject: Subject, phrase: Phrase) -> bool:
        """'2 prior therapies which must include at least one inhibitor': a count names what it counts behind it."""
        name = subject.names[0]
        if name < 0 or phrase.last >= len(self.tokens) or phrase.units:
            return False
        counts = (variable := load_variables()[self.tokens[name].value]).counts
        behind = (self.text[token.start : token.end] for token in self.tokens[phrase.last : phrase.last + 3])
        if variable.unit and any(words.lower().endswith("lowering") for words in behind):
            return True  # 'IOP ≤ 20 on < 3 topical IOP-lowering drugs'
        bare = not phrase.scale and self.tokens[phrase.first].kind is Kind.NUMBER
        far = subject.words > 0 and bare  # 'hypoglycemia unawareness or 2 or more emergency visits'
        following = self.tokens[phrase.last : phrase.last + 2]
        earlier = counts and following[0].value in ("prior", "previous") and following[-1].value != "to"
        return earlier or ((counts or far) and following[0].kind is Kind.WORD)

    def _is_weight(self, phrase: Phrase) -> bool:
        """'participants who are > 250 lbs', 'patients heavier than 120 kg': nothing but persons before the value."""
        before = self.tokens[: phrase.first]
        if not phrase.explicit or phrase.scale or not any(unit.id in ("lb", "kg") for unit in phrase.units):
            return False
        after = self.tokens[phrase.last : phrase.last + 1]
        return (
            any(token.value in _PEOPLE for token in before)
            and all(token.value in WHO_WORDS or token.kind is Kind.GLUE for token in before)
            and all(token.kind in (Kind.STOP, Kind.CLOSE, Kind.SEMICOLON, Kind.COMMA, Kind.OPEN) for token in after)
        )

    def _misfits(self, subject: Subject, phrase: Phrase) -> bool:
        """Whether the unit of a phrase measures something else than the variable named before it."""
        name = subject.names[0]
        if not phrase.units or name < 0:
            return False
        factors = load_variables()[measured_by(self.tokens[name].value, phrase.units)].factors
        return not any(unit.id in factors for unit in phrase.units)

    def _may_reach(self, subject: Subject, phrase: Phrase) -> bool:
        """Whether a phrase some words away still belongs: its unit measures it, or it is a multiple of ULN."""
        variable = load_variables().get(measured_by(self.tokens[subject.names[0]].value, phrase.units))
        if variable is None:
            return False  # 'pregnant', '32 weeks pregnant': a word that stands for a variable, not a name of one
        opened = [token.kind for token in self.tokens[subject.names[0] : phrase.first]]
        if variable.counts and subject.words and Kind.OPEN in opened and Kind.CLOSE not in opened:
            return False  # 'toxicity of prior therapy (CTC < 2)'
        if phrase.scale in ("uln", "lln"):
            return (variable.has_uln or bool(variable.members)) and subject.words <= 8
        fits = any(unit.id in variable.factors for unit in phrase.units)
        if fits and (
            phrase.units[0].dimension not in ("time", "percent", "length", "mass", "score")
            or variable.unit == phrase.units[0].id == "ms"
            or phrase.units[0].id == "letters"
        ):
            return subject.words <= 8
        if fits:
            after = self.tokens[phrase.last].value if phrase.last < len(self.tokens) else ""
            past = phrase.units[0].dimension == "time" and after in ("prior", "before", "previously", "ago", "earlier")
            return subject.words <= 2 and phrase.explicit and not past
        return not phrase.units and phrase.explicit and subject.words <= (2 if variable.step else 1)

    def _before(self, number: int, phrase: Phrase) -> Subject | None:
        """The variable named last before the phrase in the same sentence, with the list it belongs to."""
        words, changed, depth = 0, False, 0
        index = phrase.first - 1
        stop = max(-1, phrase.first - 30)
        while index > stop:
            token = self.tokens[index]
            other = self.inside[index]
            if other >= 0 and other != number:
                if not self._is_count(other) and not (depth > 0 and other not in self.subjects):
                    return self._shared(other, number, words)
                words, index = words + 1, self.phrases[other].first - 1
                continue
            if token.kind is Kind.VARIABLE and not (token.value == "age" and phrase.scale in ("uln", "lln")):
                if token.value == "onset_to_treatment" and words in (1, 2) and self._is_within(phrase):
                    words = 0
                return self._listed(self._named_in_full(index), phrase, words, changed)
            if token.kind in (Kind.STOP, Kind.SEMICOLON) and self._opens_for_some(index, phrase, words):
                return self._shared(self._value_ended(index), number, 0)
            if token.kind is Kind.SEMICOLON and (earlier := self._value_before(index, phrase, words)) >= 0:
                told = (*self.tokens[index : phrase.first], *self.tokens[phrase.last : phrase.last + 1])
                by_sex = any(t.kind is Kind.SEX for t in told) and not words
                return self._shared(earlier, number, 0 if by_sex else 2)
            decoy = token.kind is Kind.DECOY and depth <= 0
            if decoy and phrase.scale == "uln" and self.text.startswith("for age", token.start):
                decoy = False  # '≤ 1.5 x ULN for age (≤ 3 x ULN if …)'
            if decoy or token.kind in (Kind.STOP, Kind.SEMICOLON):
                return None
            depth += {Kind.CLOSE: 1, Kind.OPEN: -1}.get(token.kind, 0)
            if token.kind is Kind.CHANGE:
                changed = True
            elif (
                depth <= 0
                and token.kind
                in (
                    Kind.WORD,
                    Kind.NUMBER,
                    Kind.EXCEPT,
                    Kind.IF,
                    Kind.WITHIN,
                    Kind.BASELINE,
                    Kind.BETWEEN,
                    Kind.NOT,
                )
                and not (token.kind is Kind.WORD and token.value in ("ecog", "%"))
            ):
                words += 1
            index -= 1
        return self._from_heading(phrase) if index < 0 else None

    def _is_count(self, other: int) -> bool:
        """Whether a number before counts readings: 'the mean QTc of three 12-lead ECGs > 470 ms'."""
        phrase = self.phrases[other]
        if phrase.last < len(self.tokens) and self.tokens[phrase.last].value in _FRACTIONS:
            return True  # 'if more than one third of the liver is involved'
        if phrase.explicit or phrase.scale or phrase.units or len(phrase.bounds) != 1:
            return False
        number = phrase.bounds[0].token.number
        if number is None or number > 12:
            return False
        return any(token.value in _READINGS for token in self.tokens[phrase.last : phrase.last + 6])

    def _from_heading(self, phrase: Phrase) -> Subject | None:
        ahead = self.tokens[: phrase.first]
        plain = all(token.kind is not Kind.WORD or token.value in WHO_WORDS for token in ahead)
        plain = plain or is_label(self.text, self.tokens[phrase.first].start)
        return Subject([-1]) if self.heading and plain else None

    def _shared(self, other: int, number: int, words: int) -> Subject | None:
        """The subject of the phrase before, when only joints stand between: '≥ 3 and ≤ 5', '(133 µmol/L)'."""
        earlier = self.subjects.get(other)
        if earlier is None:
            return None
        aged = earlier.names[0] == -2 or (earlier.names[0] >= 0 and self.tokens[earlier.names[0]].value == "age")
        if self.tokens[self.phrases[other].last].kind is Kind.COLON:
            return self._from_heading(self.phrases[number]) if aged else None  # '2 hour: 140 - 199': a label
        if aged and words and any(unit.dimension == "time" for unit in self.phrases[number].units):
            return None  # 'under the age of 18 who have spent at least 3 days'
        if words and (self.phrases[number].scale == "normal" or self._names_another(other, number)):
            return None  # 'TSH > 30, T3 normal', 'FPG < 100 and 2-h PG < 140'
        if words > 1 and not self._after_condition(other, number):
            return None
        bare = words > 1 and not self.phrases[number].units and not self.phrases[number].scale
        changed = earlier.changed or self._changed_after(self.phrases[number])
        return Subject(earlier.names, earlier.join, 0 if bare else words, changed)

    def _names_another(self, other: int, number: int) -> bool:
        """Whether a word that names something else stands between a joint and the value."""
        before = self.tokens[self.phrases[number].first - 1]
        if self._is_labelled(other):
            return False  # '≤ 2.5 x ULN, liver metastases ≤ 5 x ULN'
        timed = any(unit.dimension == "time" for unit in self.phrases[other].units)
        if timed and before.kind is Kind.WORD and not any(u.dimension == "time" for u in self.phrases[number].units):
            return True
        gap = self.tokens[self.phrases[other].last : self.phrases[number].first - 1]
        joined = any(token.kind in (Kind.AND, Kind.COMMA, Kind.OR) for token in gap)
        return (
            joined and before.kind is Kind.WORD and before.value not in _QUALIFIERS and not before.value.endswith("ly")
        )

    def _is_labelled(self, other: int) -> bool:
        """'≤ 2.5 x ULN; liver metastases: ≤ 5 x ULN': whether a value is followed by whom the next is for."""
        last = self.phrases[other].last
        return last + 1 < len(self.tokens) and is_value_label(self.tokens, last + 1, {last})

    def _after_condition(self, other: int, number: int) -> bool:
        """'7-9 % for those on one drug and 8-10 % for …', '≤ 1.5 ULN unless Gilbert's, then 3 ULN': measured alike."""
        before, phrase = self.phrases[other], self.phrases[number]
        gap = self.tokens[before.last : phrase.first]
        alike = before.scale == phrase.scale and [u.id for u in before.units] == [u.id for u in phrase.units]
        measured = phrase.scale in ("uln", "lln") or (bool(phrase.units) and phrase.units[0].dimension != "time")
        grouped = before.explicit and phrase.explicit and any(token.value in _COHORT_NAMES for token in gap)
        measured = measured or (alike and grouped)
        if before.explicit and phrase.explicit and not phrase.units and not phrase.scale and not before.scale:
            alike = measured = any(token.value in _COHORT_NAMES for token in gap)  # '< 60 in part A or < 50 in part B'
        if not (alike and measured) or len(gap) > 24:
            return False
        if self._is_labelled(other):
            return True
        if any(token.kind in (Kind.VARIABLE, Kind.DECOY, Kind.STOP) for token in gap):
            return False
        opens = next(
            (token for token in gap if token.kind not in (Kind.CLOSE, Kind.COMMA, Kind.OPEN, Kind.SEMICOLON)), None
        )
        if opens is None or leads_to_people(gap) or (gap[0] is not opens and opens.value in ("in", "for", "if")):
            return opens is not None or self._has_people_behind(phrase)  # '≤ 3 x ULN; ≤ 6 x ULN if metastases …'
        if not (
            opens.kind in (Kind.IF, Kind.EXCEPT)
            or opens.value in ("for", "in", "with", "without")
            or any(token.value in _COHORT_NAMES for token in gap)
        ):
            return False
        near = gap[-3:]
        return opens.kind is Kind.EXCEPT or any(
            t.kind in (Kind.AND, Kind.OR, Kind.COMMA, Kind.OPEN, Kind.SEMICOLON, Kind.COLON) for t in near
        )

    def _is_within(self, phrase: Phrase) -> bool:
        before = self.tokens[max(0, phrase.first - 3) : phrase.first]
        return any(token.value == "within" for token in before)


_COHORT_NAMES = frozenset(
    ["part", "parts", "cohort", "cohorts", "arm", "arms", "phase", "group", "groups", "stratum", "strata"]
)


_PEOPLE = frozenset(
    ["participants", "participant", "patients", "patient", "subjects", "subject", "individuals", "adults"]
)
_QUALIFIERS = frozenset(
    ["preferably", "ideally", "then", "mg", "dl", "adults", "adolescents", "respectively", "else", "even", "otherwise"]
)
_FRACTIONS = frozenset(["third", "thirds", "half", "quarter"])
_READINGS = frozenset(["ecg", "ecgs", "electrocardiogram", "electrocardiograms", "readings", "measurements", "lead"])
