"""Whether a question consists of what trials may be: values of fields, ages, and words that join or frame them.

'Quadruple-masked designs, please?', 'what has centres in either country?', 'kids only': which trials they choose is
asked, whatever frame the words stand in and whether or not a noun for trials is among them.
"""

from __future__ import annotations

from rag.planning.forms import fields_of, is_spoken_for, says_the_trial
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.yes_no import opens_with_verb
from rag.types import About, All, Any, Limit, Not, Predicate


def consists_of_fields(sheet: Sheet) -> bool:
    """Whether field values choose trials and nothing else is asked: no trial named, no fact wanted, no word left."""
    lemmas = sheet.line.lemmas()
    if sheet.refs or not lemmas or says_the_trial(sheet) or opens_with_verb(sheet):
        return False
    if word_set("fielded.asks_else") & set(lemmas) or sheet.has("meaning", "explain", "checklist", "conflicts"):
        return False
    parts = [part.predicate for part in sheet.reading.parts]
    chosen = [part for part in parts if _is_of_fields(part)]
    others = [part for part in parts if not _is_of_fields(part)]
    facts = all(is_spoken_for(sheet, mark.value) for mark in sheet.kinds(Kind.FACT))
    return bool(chosen) and facts and not sheet.reading.unplaced and all(_is_known_topic(sheet, one) for one in others)


def _is_of_fields(predicate: Predicate) -> bool:
    """Whether a predicate is on a registry field or on the ages that are let in."""
    if isinstance(predicate, All | Any):
        return all(_is_of_fields(part) for part in predicate.predicates)
    if isinstance(predicate, Not):
        return _is_of_fields(predicate.predicate)
    return bool(fields_of(predicate)) or (isinstance(predicate, Limit) and predicate.variable == "age")


def _is_known_topic(sheet: Sheet, predicate: Predicate) -> bool:
    """Whether a topic stands in the collection: 'asthma in France'."""
    if isinstance(predicate, Not):
        return _is_known_topic(sheet, predicate.predicate)
    if isinstance(predicate, All | Any):
        return all(_is_known_topic(sheet, part) for part in predicate.predicates)
    if not isinstance(predicate, About):
        return not sheet.reading.cues or bool(sheet.reading.where)
    words = [token.lemma for token in sheet.line.tokens if token.text in predicate.text.split()]
    return bool(words) and all(sheet.index.knows(word) for word in words)
