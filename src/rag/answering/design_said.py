"""What the words of a record say of its design where the registry leaves the field empty, as yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from rag.answering.extract import state_prose_fact
from rag.answering.focus import Focus
from rag.evidence.sentences import sections_named, sentences
from rag.text import shortened
from rag.types import Claim, Document, FieldIs, Quote, Span
from rag.values import at_least, exactly

_SEVERAL = at_least(Decimal(2))
_LONGEST = 300  # code points of a sentence shown
_BLIND = ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")
# field: (words, the values that they mean); no word for one value stands in that for another
_WORDS: dict[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = {
    "masking": (
        (re.compile(r"(?i)\bopen[ -]label|\bun-?(?:blind|mask)ed|\bnon-?(?:blind|mask)ed"), ("NONE",)),
        (re.compile(r"(?i)\b(?:single|observer|assessor|evaluator)[ -](?:blind|mask)(?:ed|ing)?\b"), ("SINGLE",)),
        (re.compile(r"(?i)\bdouble[ -]?(?:blind|mask)(?:ed|ing)?\b"), ("DOUBLE", "TRIPLE", "QUADRUPLE")),
        (re.compile(r"(?i)\btriple[ -](?:blind|mask)(?:ed|ing)?\b"), ("TRIPLE",)),
    ),
    "allocation": (
        (re.compile(r"(?i)(?<!non)(?<!non[ -])(?<!not )(?<!mendelian )\brandomi[sz](?:ed|ation)\b"), ("RANDOMIZED",)),
        (re.compile(r"(?i)\b(?:non[ -]?|not )randomi[sz]ed\b"), ("NON_RANDOMIZED",)),
    ),
    "sites": (
        (re.compile(r"(?i)\bmulti-?[ ]?(?:cent(?:er|re|ric)|site|institution(?:al)?|national)\b"), ("2",)),
        (re.compile(r"(?i)\b(?:single|one)[ -](?:cent(?:er|re)|site|institution)\b|\bmonocent(?:er|re|ric)\b"), ("1",)),
    ),
}  # fmt: skip
_OF_IT = re.compile(r"(?i)\b(?:study|trial|design|protocol)\b")
_OF_OTHERS = re.compile(r"(?i)\b(?:previous|earlier|prior|published|other|another|past|several|meta-?analys\w+)\b")


def design_said(document: Document, where: FieldIs) -> Claim | None:
    """The sentence that tells the design, with yes or no where all such sentences agree; None without one."""
    if where.field not in _WORDS:
        return None
    telling = ((span, span.of(document.text)) for span in _telling(document))
    found = [(span, values) for span, words in telling for values in _values_in(words, where.field)]
    so = {_fits(where, values) for _, values in found}
    if so in ({True}, {False}):
        span = found[0][0]
        words = shortened(span.of(document.text), _LONGEST)
        lead = "Yes" if so == {True} else "No"
        said = f'{lead}: the registry field is empty, but the record says: {document.trial_id}: "{words}"'
        return Claim(said, (Quote(document.trial_id, span),))
    told = state_prose_fact(document, where.field, Focus(), most=1) if where.field != "sites" else None
    if told is not None:
        return Claim(f"The registry field is empty, but the record says: {told.text}", told.quotes)
    return None if so else _only_watched(document, where)


def _telling(document: Document) -> Iterator[Span]:
    """The titles, then the sentences on the trial itself."""
    yield from (field.span for field in document.fields if field.name in {"title", "official_title"})
    for section in sections_named(document, "summary", "description"):
        for span in sentences(document.text, section.span):
            words = span.of(document.text)
            if _OF_IT.search(words) and not _OF_OTHERS.search(words):
                yield span


def _values_in(words: str, field: str) -> list[tuple[str, ...]]:
    return [values for pattern, values in _WORDS[field] if pattern.search(words)]


def _fits(where: FieldIs, values: tuple[str, ...]) -> bool | None:
    """Whether what the words mean is what was asked; None where it may be: 'double-blind' of a triple-blind trial."""
    if where.numbers is not None:
        meant = exactly(Decimal(1)) if values == ("1",) else _SEVERAL
        wanted = where.numbers
        return True if meant.is_subset(wanted) else None if wanted.overlaps(meant) else False
    wanted_values = set(where.values)
    return True if wanted_values >= set(values) else None if wanted_values & set(values) else False


def _only_watched(document: Document, where: FieldIs) -> Claim | None:
    """Nobody is allocated or blinded in a study that only watches what happens anyway."""
    asked = where.values == ("RANDOMIZED",) or bool(set(where.values) & set(_BLIND))
    if not asked or document.facts.study_type != "OBSERVATIONAL":
        return None
    quotes = tuple(Quote(document.trial_id, field.span) for field in document.fields if field.name == "study_type")
    return Claim(f"No: {document.trial_id} is an observational study, and states no {where.field}.", quotes)
