"""Whether a question asks for a comparison: named trials, a few trials of a topic, or facts of each of many."""

from __future__ import annotations

from itertools import pairwise

from rag.planning.clauses import ASKS
from rag.planning.forms import lays_out, says_trials
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.yes_no import is_yes_no
from rag.types import About, Concerns, FieldIs


def compares(sheet: Sheet) -> bool:
    """Whether trials are to be laid side by side."""
    if _asks_for_each(sheet):
        return True
    named = len(
        {trial for ref in sheet.refs for trial in ref.trial_ids} | {ref.text for ref in sheet.refs if not ref.trial_ids}
    )
    of_one = named == 1 and _GROUPS & set(sheet.line.lemmas())  # 'the difference between the two arms of LYRA'
    if (sheet.extremes and not sheet.has("compare")) or compares_terms(sheet) or of_one:
        return False
    if _compares_a_few(sheet) or (named > 1 and (_asks_of_each(sheet) or "apart" in sheet.line.lemmas())):
        return True  # 'what sets LYRA-2 apart from BRIDGE?'
    if lays_out(sheet) or ("differ" in sheet.line.lemmas() and (named > 1 or says_trials(sheet))):
        return True
    if (
        named > 1
        and says_trials(sheet)
        and (sheet.variables or sheet.facts)
        and not (sheet.limits or is_yes_no(sheet))
    ):
        return not sheet.has("which", "count")
    return sheet.has("compare") and (
        named > 1 or sheet.line.lemmas()[:1] in {("compare",), ("contrast",)} or "difference" in sheet.line.lemmas()
    )


_GROUPS = frozenset({"arm", "group", "cohort"})


def _asks_for_each(sheet: Sheet) -> bool:
    """'For each of the asthma trials: how many participants, and where?', 'all trials with their sponsors'."""
    lemmas = sheet.line.lemmas()
    pairs = set(pairwise(lemmas))
    each = bool({"each", "respectively", "apiece"} & set(lemmas)) and sheet.reading.where is not None
    each = each or bool(pairs & _OF_EACH) or (bool({"table", "tabulate"} & set(lemmas)) and sheet.has("list"))
    told = not sheet.refs and (says_trials(sheet) or "every" in lemmas)
    return each and told and bool(sheet.facts) and not (sheet.limits or sheet.extremes or sheet.has("count"))


def _asks_of_each(sheet: Sheet) -> bool:
    """'LYRA-2 and BRIDGE: what are the age limits of each?'."""
    lemmas = sheet.line.lemmas()
    return lemmas[-1] == "each" and bool(ASKS & set(lemmas)) and bool(sheet.facts or sheet.variables)


_OF_EACH = frozenset({("with", "their"), ("and", "their"), ("of", "every"), ("for", "every"), ("of", "each")})


def _compares_a_few(sheet: Sheet) -> bool:
    """'The two omalizumab trials: how many participants each?': a number of trials, each to be told of; not
    'how many phase 2 trials are sponsored by …?'."""
    lemmas = sheet.line.lemmas()
    told = set(sheet.facts) - {"arms", "summary", "control"} or sheet.variables
    nouns = [at for at, token in enumerate(sheet.line.tokens) if token.lemma in {"trial", "study"}
             and token.text.casefold().endswith("s")]
    read = {i for mark in sheet.kinds(Kind.FIELD, Kind.LIMIT, Kind.CONCEPT) for i in range(mark.first, mark.last)}
    few = any(lemmas[i] in _A_FEW and i not in read for at in nouns for i in range(max(0, at - 5), at))
    topic = any(isinstance(part.predicate, About | FieldIs | Concerns) for part in sheet.reading.parts)
    return bool(told and nouns and few and topic) and not (sheet.refs or sheet.limits or sheet.reading.cues)


_A_FEW = frozenset({"two", "three", "both", "2", "3"})


def compares_terms(sheet: Sheet) -> bool:
    """'What is the difference between eGFR and creatinine clearance?': two words, no trial."""
    return (
        not sheet.refs
        and len(sheet.terms) > 1
        and "difference" in sheet.line.lemmas()
        and not {"trial", "study"} & set(sheet.line.lemmas())
    )
