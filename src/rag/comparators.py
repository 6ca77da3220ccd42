"""What the prose of a record says that its participants are compared with: a placebo, or a sham procedure.

Old records list no arms. Their summary tells: "randomized to zidovudine or placebo". A sentence about another study,
or about what is known already, tells nothing of this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rag.types import Document, Span, TrialFacts

# What an arm is compared with, where the record says it in a name: "Placebo capsules", "Placebo-Controlled Trial", but
# not "no placebo", "the placebo effect".
_NAMED = {
    "PLACEBO_COMPARATOR": re.compile(r"(?i)(?<!\bno )(?<!without )(?<!non-)\bplacebos?\b(?! effects?\b)"),
    "SHAM_COMPARATOR": re.compile(r"(?i)(?<!\bno )(?<!without )\bsham\b"),
}
_TOLD_IN = ("summary", "description")
_SENTENCE = re.compile(r"[^\n.;!?]+(?:[.;!?](?!\s|$)[^\n.;!?]*)*[.;!?]?")
# Somebody is given it, or the study is named by it.
_IS_GIVEN = re.compile(
    r"(?i)\b(?:randomi[sz]\w*|randomly|assign\w*|allocat\w*|receiv\w*|given|gets?|takes?|taking|group|groups|arm|arms"
    r"|blind(?:ed)?|mask(?:ed)?|controlled|either|cross-?over|compared? (?:to|with))\b"
)
# Of another study, of what was found before, or of what comes after.
_OF_ANOTHER = re.compile(
    r"(?i)\b(?:previous(?:ly)?|prior|earlier|recent(?:ly)?|past|published|pilot|other|another|several|many|two|three|few"
    r"|these|those|such) (?:[\w-]+,? ){0,4}(?:stud(?:y|ies)|trials?|reports?)\b"
    r"|\b(?:has|have|had) (?:\w+ )?been\b|\b(?:showed|shown|demonstrated|found|reported|suggest\w*)\b"
    r"|\b(?:superior|no better)\b"
    r"|\b(?:effects?|benefits?|advantage|efficacy) over placebo\b|\bwill (?:then )?be offered\b"
    r"|\b(?:parent|main) (?:study|trial)\b|\bpreviously (?:assigned|randomi[sz]ed|given|received)\b"
    r"|\bwho (?:received|took|were given) placebo\b|\b(?:rats|mice|animals)\b"
)
# 'without a placebo', 'nobody will receive placebo', 'placebo is not given'; not 'who do not respond get placebo'
_DENIED = re.compile(
    r"(?i)\b(?:without|instead of|rather than|unlike|neither|nor|not (?:be )?(?:compared (?:to|with)|receive|given|use)"
    r"|no(?:ne|body)\b[^,;]{0,24} (?:receives?|gets?|is given|are given)) (?:an? |the )?(?:placebos?|sham)\b"
    r"|\b(?:placebos?|sham) (?:is|are|was|were|will) not\b"
)


def kinds_named(facts: TrialFacts) -> tuple[str, ...]:
    """Kinds of arm that the official title, the arms and the names of interventions give, whatever kind is printed."""
    arms = [f"{arm.label}\n{arm.description}" for arm in facts.arms]
    named = "\n".join([facts.official_title, *arms, *(one.name for one in facts.interventions)])
    return tuple(kind for kind, pattern in _NAMED.items() if pattern.search(named))


def kinds_told(document: Document) -> Mapping[str, Span]:
    """Kinds of arm that only the prose of an interventional record without arms gives, each by its first sentence."""
    facts = document.facts
    if facts.arms or facts.study_type not in {"", "INTERVENTIONAL"}:
        return {}
    named = kinds_named(facts)
    found: dict[str, Span] = {}
    for span in _sentences(document):
        said = span.of(document.text)
        for kind, pattern in _NAMED.items():
            if kind not in named and kind not in found and pattern.search(said) and _is_of_this_study(said):
                found[kind] = span
    return found


def _is_of_this_study(sentence: str) -> bool:
    return bool(_IS_GIVEN.search(sentence)) and not (_OF_ANOTHER.search(sentence) or _DENIED.search(sentence))


def _sentences(document: Document) -> Iterator[Span]:
    for section in document.sections:
        if section.name in _TOLD_IN:
            for match in _SENTENCE.finditer(document.text, section.span.start, section.span.end):
                start = match.start() + len(match[0]) - len(match[0].lstrip())
                yield Span(start, max(start, match.end()))
