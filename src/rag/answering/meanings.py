"""What an abbreviation of a record stands for, by the words of the record that spell it out."""

from __future__ import annotations

import re

import re2

from rag.evidence.sentences import sentences
from rag.text import shortened
from rag.types import Claim, Document, QueryPlan, Quote, Span

_ASKS = re.compile(
    r"(?i)\b(?:stands? for|means?|meant|meaning|short for|abbreviat\w+|spelled out|spelt out|letters|"
    r"what(?:'s| is| are) (?:that|this|it|an?)\b|what(?:'s| is| are) (?=[A-Z]))"
)
_ABBREVIATION = re.compile(r"^(?=.*[A-Z].*[A-Z])[A-Za-z][A-Za-z0-9-]{1,11}$")
_LONGEST = 420  # code points of a sentence shown


def spelt_out(document: Document, plan: QueryPlan) -> Claim | None:
    """The sentence that says what an abbreviation of the question stands for; None where none does."""
    if not _ASKS.search(plan.question):
        return None
    for word in plan.focus:
        if _ABBREVIATION.match(word):
            span = _sentence_on(document, word)
            if span is not None:
                quote = Quote(document.trial_id, span)
                return Claim(f'{document.trial_id}: "{shortened(span.of(document.text), _LONGEST)}"', (quote,))
    return None


def _sentence_on(document: Document, word: str) -> Span | None:
    """'lowest dose with an effect (LDE)', 'LDE (lowest …)', 'LDE is the lowest …', the first that stands there."""
    short = re.escape(word)
    says = re2.compile(rf"\b{short}s?\s*(?:\([a-z]|=|is (?:the|an?) |are |means |stands for |refers to |defined as )")
    behind = re2.compile(rf"\(\s*{short}s?\b")
    for wanted in (behind, says):
        for section in document.sections:
            for span in sentences(document.text, section.span):
                match = wanted.search(span.of(document.text))
                if match and (wanted is says or _begins_so(span.of(document.text)[: match.start()], word)):
                    return span
    return None


def _begins_so(before: str, word: str) -> bool:
    """Whether one of the words before the bracket begins as the abbreviation does, not many words back."""
    words = re.findall(r"[^\W_]+", before)[-len(word) - 2 :]
    return any(one[:1].casefold() == word[:1].casefold() for one in words)
