"""A question without the sentences beside it that tell nothing trials could be chosen by.

'I'm in Leeds and don't travel well; how many of the studies have a site in the UK?' asks what its last sentence asks.
"""

from __future__ import annotations

from itertools import pairwise

from rag.planning import tables
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line

_STOPS = frozenset(".!;:?…")
_TELLING = (Kind.LIMIT, Kind.FIELD, Kind.VARIABLE, Kind.CONCEPT, Kind.GROUP)


def without_asides(sheet: Sheet) -> str:
    """The question's text without its asides; the text as it is where what is left would not stand for itself."""
    line = sheet.line
    spans = _sentences(line)
    if len(spans) < 2:
        return line.text
    kept = [span for span in spans if not _is_closing(line, span)] or spans
    asking = [span for span in kept if _asks(line, span)]
    if asking and all(_stands_alone(sheet, span) for span in asking):
        kept = [span for span in kept if span in asking or not _is_aside(sheet, span)]
    if len(kept) == len(spans):
        return line.text
    return " ".join(_text(line, span) for span in kept)


def _sentences(line: Line) -> list[tuple[int, int]]:
    """The words [first, last) of each sentence."""
    starts = [0, *(at for at in range(1, len(line.tokens)) if _ends_before(line, at)), len(line.tokens)]
    return [(first, last) for first, last in pairwise(starts) if first < last]


def _ends_before(line: Line, at: int) -> bool:
    """Whether a sentence ends right before a word."""
    gap = line.gap(at)
    return any(sign in _STOPS for sign in gap) and (gap[-1:].isspace() or "?" in gap)


def _text(line: Line, span: tuple[int, int]) -> str:
    """The words of a sentence with the sign that ends it."""
    start = line.tokens[span[0]].start
    end = line.tokens[span[1]].start if span[1] < len(line.tokens) else len(line.text)
    return line.text[start:end].strip()


def _is_closing(line: Line, span: tuple[int, int]) -> bool:
    """'What do I tell her?', 'Any idea?', 'Can you help me?': a sentence in which nothing is asked."""
    words = line.lemmas(*span)
    return any(
        found.last - found.first == len(words) for found in tables.closing_phrases().find(line, _outside(line, span))
    )


def _outside(line: Line, span: tuple[int, int]) -> frozenset[int]:
    """The places of all words but those of a sentence."""
    return frozenset(at for at in range(len(line.tokens)) if not span[0] <= at < span[1])


def _asks(line: Line, span: tuple[int, int]) -> bool:
    """Whether a sentence asks: by a question word, a command, a noun of trials, its mark."""
    words = line.lemmas(*span)
    asks = {"which", "what", "who", "whom", "whose", "where", "when", "how", "why"} & set(words[:4])
    trials = {"trial", "study", "protocol", "record"} & set(words)
    ends = "?" in (line.gap(span[1]) if span[1] < len(line.tokens) else line.text[line.tokens[-1].end :])
    opens = words[0] in word_set("intents.question_verbs") | word_set("yes_no.commands")
    return bool(asks or trials or ends or opens)


def _stands_alone(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a sentence says which trials it is about and points back to nothing told before."""
    inside = [mark for mark in sheet.marks if span[0] <= mark.first < span[1]]
    named = any(span[0] <= one.first < span[1] for one in sheet.references)
    chooses = named or any(mark.kind in _TELLING for mark in inside)
    words = sheet.line.lemmas(*span)
    that = any(word == "that" and (at + 1 == len(words) or words[at - 1] in _BEFORE) for at, word in enumerate(words))
    return chooses and not that and not _POINTING & set(words)


_BEFORE = frozenset({"of", "for", "with", "at", "to", "by", "about", "in", "on", "like"})
_POINTING = frozenset(
    {"it", "its", "this", "those", "such", "there", "here", "same", "him", "her", "he", "she", "them", "they", "me"}
)


def _is_aside(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a sentence tells nothing that trials could be chosen by, nor what somebody has or takes."""
    inside = [mark for mark in sheet.marks if span[0] <= mark.first < span[1] and mark.kind in _TELLING]
    others = [mark.value for mark in sheet.marks if not span[0] <= mark.first < span[1]]
    if any(mark.value not in others for mark in inside):
        return False
    if any(span[0] <= one.first < span[1] for one in sheet.references):
        return False
    words = sheet.line.lemmas(*span)
    if _tells_what_is_unknown(words):
        return False  # kept, so that it is told as unread
    aged = any(span[0] <= mark.first < span[1] for mark in sheet.kinds(Kind.AGES))
    return bool(_FIRST & set(words)) and (not aged or "about" in words) and not _tells_a_finding(words)


def _tells_what_is_unknown(words: tuple[str, ...]) -> bool:
    """'I can't lie still', 'I am 12 weeks along', 'I am colourblind': what somebody is, though the lexicon lacks it."""
    cannot = any(pair in {("i", "can"), ("i", "cannot"), ("we", "can"), ("we", "cannot")} for pair in pairwise(words))
    cannot = cannot and ("cannot" in words or "not" in words) and not word_set("asides.seeking") & set(words)
    at = words.index("am") + 1 if ("i", "am") in pairwise(words) else len(words)
    alone = at + 1 == len(words) and words[at] not in word_set("asides.moods") and not words[at].endswith("ing")
    numbered = words[at : at + 1] != () and words[at].isdigit() and "about" not in words
    return cannot or alone or numbered


_FIRST = frozenset({"i", "we", "my", "our", "us", "me", "mine"})


def _tells_a_finding(words: tuple[str, ...]) -> bool:
    """'I have Perthes disease', 'my son suffers from it', 'we are on a new pill': not 'I have to write a report'."""
    return any(
        word in word_set("asides.having") and words[at + 1 : at + 2] not in _NO_FINDING
        for at, word in enumerate(words)
    )


_NO_FINDING = {("to",), ("been",), ("heard",), ("read",), ("nothing",), ("me",)}
