"""The words of a question that say which part of a record it asks about: '13 weeks', 'Texas', 'arm B'."""

from __future__ import annotations

from collections.abc import Collection

from rag.planning import tables
from rag.planning.marks import Kind
from rag.planning.rules import words_of_rules
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set


def focus_of(sheet: Sheet, facts: Collection[str]) -> tuple[str, ...]:
    """The content words left when trial names, the facts asked for, verbs of criteria and filler are taken out.

    A label goes with its noun: 'arm B', 'group 2'.
    """
    named = {i for reference in sheet.references for i in range(reference.first, reference.last)}
    asked = [mark for mark in sheet.kinds(Kind.FACT, Kind.CUE) if mark.value != "interventions" or mark.value in facts]
    read = {i for mark in asked for i in range(mark.first, mark.last)}
    plain = tables.stop_words() | words_of_rules(facts) | word_set("focus.plain")
    words = []
    for at, token in enumerate(sheet.line.tokens):
        if at in named:
            continue
        before = sheet.line.tokens[at - 1] if at else None
        if before is not None and before.lemma in word_set("focus.labelled") and _is_label(token.text):
            words.append(f"{before.text} {token.text}")
        elif at not in read and token.lemma not in plain:
            words.append(token.text)
    if not words and set(facts) & word_set("plan.of_treatment"):  # the drug that tells the trial is asked about
        told = [i for one in sheet.references if one.ref.how in {"described", "id"} for i in range(one.first, one.last)]
        words = [sheet.line.tokens[i].text for i in told if sheet.line.tokens[i].lemma in sheet.index.interventions]
    return tuple(dict.fromkeys(words))


def _is_label(word: str) -> bool:
    return word.isdigit() or (len(word) < 3 and word.isupper() and word != "I")


def terms_of(sheet: Sheet) -> str:
    """The content words of the question, for retrieval."""
    named = {
        i for reference in sheet.references for i in range(reference.first, reference.last) if reference.ref.trial_ids
    }
    asked = named | {i for mark in sheet.kinds(Kind.FACT) for i in range(mark.first, mark.last)}
    stop = tables.stop_words()
    words = [(i, token.text) for i, token in enumerate(sheet.line.tokens) if token.lemma not in stop]
    left = [text for i, text in words if i not in asked] or [text for i, text in words if i not in named]
    return " ".join(left)
