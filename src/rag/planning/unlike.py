"""What a description names by the words of a concept and means otherwise: a drink a day, a contact's illness."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.planning.marks import Kind, Mark
from rag.planning.relatives import ends_of
from rag.planning.tables import word_set
from rag.planning.words import Line


def as_meant(line: Line, mark: Mark, marks: Sequence[Mark]) -> str:
    """The concept that a mark tells of the person; '' for none: 'contact of a TB patient', 'smokes crack'."""
    if mark.value == "alcohol_abuse":
        return "alcohol_use" if _is_an_amount(line, mark) else "alcohol_abuse"
    if mark.value == "tuberculosis" and _SKIN_TEST.search(line.words(mark.first, mark.last)):
        return "latent_tuberculosis"  # 'PPD positive' tells of no disease
    unmeant = (
        (mark.value == "carcinoma_in_situ" and line.lemmas(mark.first, mark.last) == ("in", "situ"))  # 'catheter …'
        or (mark.value == "smoking" and _smokes_something_else(line, mark, marks))
        or line.tokens[mark.last - 1].lemma == "scar"  # 'BCG scar' is no keloid, and no treatment of a tumour
        or _is_against_it(line, mark)
        or (mark.value == "vaccination" and _is_a_drug(line, mark, marks))  # 'Ozempic jabs'
        or _is_met_in_others(line, mark)
        or _is_never_treated(line, mark)
    )
    return "" if unmeant else str(mark.value)


_SKIN_TEST = re.compile(r"(?i)\b(?:ppd|mantoux|quantiferon|igra|interferon gamma|tuberculin)\b")


def _is_never_treated(line: Line, mark: Mark) -> bool:
    """'Never treated for TB', 'no treatment for hepatitis C': that they have it is not told by this."""
    before = line.lemmas(line.back_to_sign(mark.first, 5, ".;:,?"), mark.first)
    if before[-2:] == ("naive", "for"):
        return True
    return before[-2:-1] in _TREATED and before[-1:] == ("for",) and bool({"never", "no", "not", "without"} & {*before})


_TREATED = {("treated",), ("treatment",), ("therapy",)}


def _is_against_it(line: Line, mark: Mark) -> bool:
    """'Measles jab', 'BCG vaccine'; not the drug or the vaccine that is itself given so: 'a denosumab shot'."""
    drug = load_concepts()[mark.value].kind == "treatment" and mark.value not in narrower_or_equal("bcg")
    return not drug and line.lemmas(mark.last, mark.last + 1) in _OF_A_VACCINE


def _is_a_drug(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether a bare 'jab' or 'shot' is of the drug right before it."""
    bare = line.lemmas(mark.first, mark.last) in {("jab",), ("shot",)}
    before = [one.value for one in marks if one.kind is Kind.CONCEPT and one.last == mark.first]
    return bare and not line.gap(mark.first).strip() and any(load_concepts()[one].kind == "treatment" for one in before)


_OF_A_VACCINE = {("scar",), ("vaccine",), ("vaccination",), ("vaccinated",), ("jab",), ("shot",)}


def _is_an_amount(line: Line, mark: Mark) -> bool:
    """'10 units of alcohol', '2 drinks per day', 'a social drinker': how much, and by itself no abuse."""
    before = line.lemmas(max(0, mark.first - 2), mark.first)
    said = line.lemmas(mark.first, mark.last)
    if _GLASSES & {*said}:
        return False  # 'a bottle of gin a day', 'eight pints every night' are names of abuse
    amount = bool(word_set("patients.amounts") & {*said}) and not word_set("patients.too_much") & {*said, *before}
    return amount or bool(word_set("patients.socially") & {*before})


_GLASSES = frozenset({"bottle", "beer", "pint", "can"})


def _smokes_something_else(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'Smokes crack', 'smokes cannabis daily': no tobacco is told of."""
    behind = {mark.last, mark.last + 1}
    if any(line.gap(at).strip() for at in behind if at < len(line.tokens)):
        behind = {mark.last} if mark.last < len(line.tokens) and not line.gap(mark.last).strip() else set()
    drug = any(other.first in behind and other.kind is Kind.CONCEPT and other.value != "smoking" for other in marks)
    return drug or bool(word_set("patients.smoked") & {line.tokens[at].lemma for at in behind if at < len(line.tokens)})


def _is_met_in_others(line: Line, mark: Mark) -> bool:
    """'Household contact of a TB patient', 'works with dementia patients', 'exposed to measles'."""
    first = line.back_to_sign(mark.first, 6, ".;:,?")
    ends = ends_of(line.lemmas(first, mark.first), "patients.of_others")
    between = line.lemmas(first + ends[-1], mark.first) if ends else ()
    return bool(ends) and not word_set("patients.joins_findings") & {*between}
