"""What-if questions: the limit as it stands and as it would be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.criteria.grammar import read_comparisons
from rag.planning.forms import opens_with_trials
from rag.planning.lexicon import fit_of, label_of
from rag.planning.marks import Kind
from rag.planning.quantities import number_at
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Asks, Comparison, Limit, Patient


def changes_of(sheet: Sheet) -> tuple[tuple[Limit, ...], Patient | None]:
    """(from, to) as limits that exclude, or (to,) where no 'from' is told, and the person of a value left over."""
    variables = sheet.variables
    if not variables:
        return (), None
    variable = variables[0]
    written = [c for c in sheet.limits if c.variable == variable]
    numbers = _moved_first(sheet, _numbers(sheet))
    swapped = _says_the_new_first(sheet.line.lemmas())
    bounded = [c for c in written if not c.values.is_point]
    pair = bounded[:2] if len(bounded) > 1 else [_side(variable, number, bounded) for number in numbers[:2]]
    if swapped:
        pair = pair[::-1]
    moved = 1 if _tells_the_new_alone(sheet.line, numbers) else 2
    pair = pair[:moved]
    person = [c for number in numbers[moved : moved + 1] if (c := _comparison(variable, f"of {number}")) is not None]
    return tuple(Limit(c.variable, c.values, Asks.EXCLUDES, c.stated) for c in pair if c), Patient(
        tuple(person)
    ) if person else None


def _tells_the_new_alone(line: Line, numbers: Sequence[str]) -> bool:
    """'If we relaxed ECOG to 2', 'raise the limit to 2 for a patient with 3': from where, nobody says."""
    lemmas = line.lemmas()
    first = next((at for at in range(1, len(lemmas)) if number_at(line, at) is not None), 0)
    behind = lemmas[max(0, first - 2) : first]
    return bool(numbers) and "to" in behind and "from" not in lemmas and not _says_the_new_first(lemmas)


def _says_the_new_first(lemmas: tuple[str, ...]) -> bool:
    """'30 instead of 45', '30 rather than 45', '30 and not 45'."""
    not_then = any(word == "not" and after[:1].isdigit() for word, after in pairwise(lemmas))
    return "instead" in lemmas or _says_one_for_the_other(lemmas) or not_then


def moves_a_limit(sheet: Sheet) -> bool:
    """'Changing eGFR from 45 to 30', 'a limit of 30 rather than 45': two values of one measure, one for the other.

    Of a trial that is named, the limit must be spoken of: 'patients whose eGFR fell from 60 to 45' move none.
    """
    lemmas, numbers = sheet.line.lemmas(), _numbers(sheet)
    theirs = sheet.has("person") or {"my", "his", "her", "he", "she"} & set(lemmas)  # 'her eGFR went from 60 to 45'
    if len(sheet.variables) != 1 or len(numbers) != 2 or theirs:
        return False
    supposed = bool(word_set("whatif.supposing") & set(lemmas))
    moving = supposed or bool(word_set("whatif.moving") & set(lemmas))
    limit_moved = (moving and sheet.has("cutoff")) if sheet.refs else _is_moved(lemmas)
    return ({"from", "to"} <= set(lemmas) and limit_moved) or (supposed and _says_one_for_the_other(lemmas))


def _says_one_for_the_other(lemmas: tuple[str, ...]) -> bool:
    """'30 rather than 45', '30 instead of 45', '30 in place of 45'."""
    pairs = {*pairwise(lemmas)}
    return bool(pairs & {("rather", "than"), ("instead", "of"), ("place", "of")})


def _is_moved(lemmas: tuple[str, ...]) -> bool:
    """'Changing …', 'how would raising …', 'if we set …', not 'a raised PSA from 4 to 10'."""
    moving = word_set("whatif.moving")
    doing = [at for at, word in enumerate(lemmas) if word in moving and word.endswith("ing")]
    if any(at == 0 or lemmas[at - 1] in word_set("whatif.before_moving") for at in doing):
        return True
    return bool({"if", "suppose", "supposing"} & set(lemmas) and moving & set(lemmas))


def own_limit(sheet: Sheet) -> tuple[Limit, ...]:
    """The limit that is weighed against those of others, as what it admits: 'Is BMI ≤ 35 stricter than peers?'."""
    bounded = [c for c in sheet.limits if not c.values.is_point and c.variable != "age"]
    if len(bounded) != 1 or sheet.refs or opens_with_trials(sheet):
        return ()
    excludes = any(cue.asks is Asks.EXCLUDES and not cue.negated for cue in sheet.reading.cues)
    values = ~bounded[0].values if excludes else bounded[0].values
    return (Limit(bounded[0].variable, values, Asks.REQUIRES, bounded[0].stated),)


def _moved_first(sheet: Sheet, numbers: list[str]) -> list[str]:
    """The numbers with those of 'from 100 to 75' in front: 'platelets of 60; if the limit went from 100 to 75'."""
    lemmas = sheet.line.lemmas()
    for at, word in enumerate(lemmas):
        low = number_at(sheet.line, at + 1) if word == "from" and at + 1 < len(lemmas) else None
        if low and lemmas[low.last : low.last + 1] == ("to",) and f"{low.value}" in numbers:
            start = numbers.index(f"{low.value}")
            return numbers[start : start + 2] + numbers[:start] + numbers[start + 2 :]
    return numbers


def _numbers(sheet: Sheet) -> list[str]:
    """Every number of the question in order, outside field values and trial names."""
    taken = {i for mark in sheet.kinds(Kind.FIELD) for i in range(mark.first, mark.last)}
    taken |= {i for reference in sheet.references for i in range(reference.first, reference.last)}
    found, at = [], 0
    while at < len(sheet.line.tokens):
        idle = at in taken or sheet.line.tokens[at].lemma == "one"  # 'which ones', 'one that'
        number = None if idle else number_at(sheet.line, at)
        if number:
            found.append(f"{number.value}")
        at = number.last if number else at + 1
    return found


def _side(variable: str, number: str, written: Sequence[Comparison]) -> Comparison | None:
    """The limit at `number`, excluding the unfit side: below for a kidney rate, above for a waste product."""
    if written and written[0].values.intervals[0].low is None:
        side = "below"
    elif written and written[0].values.intervals[0].high is None:
        side = "above"
    else:
        side = "below" if fit_of(variable) == "high" else "above"
    return _comparison(variable, f"{side} {number}")


def _comparison(variable: str, words: str) -> Comparison | None:
    read = [c for c in read_comparisons(f"{label_of(variable)} {words}") if c.variable == variable]
    return read[0] if read else None
