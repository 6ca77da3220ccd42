"""What a name of a record is, in the words of the record: 'What is FNL-12?', 'What kind of drug is fenolast?'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import re2

from rag.evidence.fields import readable
from rag.evidence.sentences import sentences
from rag.planning.tables import common_words
from rag.text import shortened
from rag.types import Claim, Document, Intervention, QueryPlan, Quote, Span

_ASKS = re.compile(
    r"(?i)\b(?:what(?:['’]?s| is| are| was| were| does)(?: exactly| actually)?|who(?:['’]s| is)|define|"
    r"(?:what|which) other names? (?:is|are|does|do|has|have)|"
    r"(?:what|which) (?:kind|sort|type|class) of (?:[\w-]+ ){0,2}?[\w-]+ (?:is|are)|explain(?: to me)?(?: what)?)"
    r"\s+(?:an?\s+|the\s+|this\s+|that\s+)?(?P<name>[^?,;:()]{2,60})"
)
_ENDS = re.compile(
    r"(?i)\s+(?:in|of|for|used|given|tested|studied|doing|supposed|meant|exactly|actually|anyway|please|and|as|that|"
    r"which|study|trial|stands?|means?|known|called|goe?s?|do|from|made|about|here|being|according|is|are|at|on|by|to|with)\b.*|[\s.!]+$"
)
_MOST_WORDS = 5
_LONGEST = 420  # code points of a sentence shown
# What a thing is, before its name: 'the antibody FNL-12', 'a wearable device called HUSH'.
_KINDS = (
    r"(?:antibod(?:y|ies)|inhibitors?|agonists?|antagonists?|agents?|drugs?|vaccines?|devices?|apps?|applications?|"
    r"probiotics?|strains?|questionnaires?|scales?|tests?|programs?|programmes?|systems?|therap(?:y|ies)|blockers?|"
    r"peptides?|proteins?|enzymes?|hormones?|steroids?|extracts?|supplements?|cells?|vectors?|molecules?|compounds?|"
    r"analogu?es?|implants?|grafts?|stents?|lasers?|software|platforms?|tools?|scores?|index|indices|criteria)"
)


_IS = (
    r"(?:is|are|was|means|stands for|refers to|consists? of|contains?)"
    r" (?:an?|the|one|composed|made|intended|designed|defined|called|used|\w+ly)"
)


def name_explained(document: Document, plan: QueryPlan) -> Claim | None:
    """The sentence that says what a name is, and the entry of the treatment so called; None where neither is there."""
    asked = _ASKS.search(plan.question)
    name = _ENDS.sub("", asked.group("name")).strip(" .!'\"") if asked else ""
    if not name or len(name.split()) > _MOST_WORDS or not _is_a_name(name):
        return None
    span, entry = _explaining(document, name), _entry(document, name)
    said = [entry] if entry is not None else []
    if span is not None and (entry is None or not entry[0].start <= span.start < entry[0].end):
        said.insert(0, (span, f'"{shortened(span.of(document.text), _LONGEST)}"'))
    if not said:
        return None
    words = "; ".join(words for _, words in said)
    return Claim(f"{document.trial_id}: {words}", tuple(Quote(document.trial_id, one) for one, _ in said))


def _is_a_name(name: str) -> bool:
    """Whether words are no everyday ones: a code, capitals, a word of no dictionary."""
    if any(c.isdigit() for c in name) or any(c.isupper() for c in name):
        return True
    return any(len(word) > 4 and word.casefold() not in common_words() for word in re.findall(r"[^\W\d_]+", name))


def _pattern(name: str) -> str:
    """The name as records write it, with or without its hyphens: 'FNL-12', 'FNL 12', 'FNL12'."""
    parts = re.findall(r"[^\W\d_]+|\d+|[^\w\s-]+", name)
    loose = "-" in name
    between = [
        r"[-\s]?" if loose or one[-1].isdigit() or other[0].isdigit() else r"\s+" for one, other in pairwise(parts)
    ]
    return "".join(re.escape(part) + gap for part, gap in zip(parts, [*between, ""], strict=True))


def _explaining(document: Document, name: str) -> Span | None:
    """The first sentence of the surest way of saying what a name is: in brackets, by 'is a', by the kind before it."""
    said = rf"(?i:{_pattern(name)})[®™*]{{0,2}}"
    begins = r"(?:^|[^\w-])"
    ways = (
        rf"{begins}{said} ?\((?:[Aa]n?|[Tt]he|also|i\.e\.|formerly|previously|[a-z][a-z-]+ [a-z])[^()]{{3,}}\)",
        rf"[A-Za-z-]{{4,}} \({said}(?:[;,][^()]*)?\)",
        rf"{begins}{said}(?: \([^()]*\))?,? (?i:{_IS}) ",
        rf"{begins}{said}, [^.]{{3,120}}, (?i:{_IS}) ",
        rf"{begins}{said}(?: \([^()]*\))?, (?:an?|the|which is) \w",
        rf"\b(?i:{_KINDS})(?: called| named|:|,)? {said}\b",
        rf"{begins}{said} (?:may|can|works by|acts|blocks|inhibits|binds|increases|reduces|helps|targets) \w",
        rf"{begins}{said} (?i:antibody|inhibitor|vaccine|device|app|questionnaire|scale|software|implant)\b",
    )
    spans = list(_prose(document))
    for way in ways:
        pattern = re2.compile(way)
        found = next((span for span in spans if pattern.search(span.of(document.text))), None)
        if found is not None:
            return found
    return None


_LABELS = frozenset({"conditions", "sponsors", "locations", "contacts", "dates"})


_HEADS = ("Arm: ", "Intervention: ", "Interventions: ")  # printed names


def _prose(document: Document) -> Iterator[Span]:
    for section in document.sections:
        if section.name not in _LABELS and not section.name.startswith("eligibility"):
            spans = sentences(document.text, section.span)
            yield from (span for span in spans if not span.of(document.text).startswith(_HEADS))


def also_called(one: Intervention) -> str:
    """'; also called A, B': the other names of a treatment, the first few; '' where it has none."""
    return f"; also called {', '.join(one.other_names[:_MOST_NAMES])}" if one.other_names else ""


_MOST_NAMES = 6


def _entry(document: Document, name: str) -> tuple[Span, str] | None:
    """The treatment, else the arm, that goes by the name, as its entry is printed."""
    called = re2.compile(rf"(?i)(?:^|[^\w-]){_pattern(name)}(?:[^\w-]|$)")
    fields = {field.name: field.span for field in document.fields}
    for at, one in enumerate(document.facts.interventions):
        span = fields.get(f"intervention.{at}")
        if span is not None and any(called.search(words) for words in (one.name, *one.other_names)):
            told = f': "{shortened(one.description, _LONGEST)}"' if one.description else ""
            return span, f"{one.name} ({readable(one.kind)}{also_called(one)}){told}"
    for at, arm in enumerate(document.facts.arms):
        span = fields.get(f"arm.{at}")
        if span is not None and arm.description and called.search(arm.label):
            return span, f'{arm.label}: "{shortened(arm.description, _LONGEST)}"'
    return None
