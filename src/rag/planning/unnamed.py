"""What is asked where no word of the question is known: what one trial is, what its controls get, what is counted."""

from __future__ import annotations

from rag.planning import tables
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set


def counts_by(sheet: Sheet) -> tuple[str, ...]:
    """The words that say which trials are counted, where none of them could be read; () where all are counted."""
    idle = tables.frame_words() | word_set("followups.counting") | word_set("counted.whole")
    left = [sheet.line.tokens[at] for at in content_of(sheet)]
    return tuple(token.text for token in left if token.lemma not in idle)


def asks_what_it_is(sheet: Sheet) -> bool:
    """'What's LYRA-2?', 'LYRA-2?', 'what does LYRA-2 study?': one trial, and nothing of it."""
    named = {at for one in sheet.references for at in range(one.first, one.last)}
    left = tuple(token.lemma for at, token in enumerate(sheet.line.tokens) if at not in named)
    return len(sheet.refs) == 1 and sheet.refs[0].how in {"id", "acronym"} and left in _WHAT_IS_IT


_WHAT_IS_IT = {
    (), ("what", "is"), ("what", "'s"), ("whats",), ("what", "doe", "study"), ("what", "doe", "do"), ("what", "about"),
    ("tell", "me"), ("info",), ("information",), ("what", "doe", "investigate"), ("explain",), ("describe",),
}  # fmt: skip


def asks_of_comparator(sheet: Sheet) -> bool:
    """'content of the sham arm', 'what becomes of the controls'."""
    lemmas = sheet.line.lemmas()
    kinds = {at for at, word in enumerate(lemmas) if word in {"sham", "placebo", "control", "comparator"}}
    return any(set(lemmas[at + 1 : at + 2]) <= {"arm", "group", "patient", "child"} for at in kinds)
