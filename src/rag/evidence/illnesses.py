"""Which illnesses of a person a wide word of a criterion is said of: 'chronic illness' of diabetes, 'neurological
disease' of a stroke."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

from rag.criteria.concepts import broader_of, narrower_or_equal
from rag.types import Criterion, State

GENERAL = "major_illness"
MEDICATION = "concomitant_medication"


@cache
def _table() -> Mapping[str, Any]:
    text = (resources.files("rag.evidence") / "data" / "illnesses.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _kinds(part: str, key: str) -> frozenset[str]:
    return frozenset[str]().union(*(narrower_or_equal(one) for one in _table()[part].get(key, ())))


@cache
def kinds_beyond(concept: str, said: str = "") -> frozenset[str]:
    """What somebody may have under a wide word that is `said` so, beside its own kinds.

    A bare 'biologic therapy' may be one of a cancer, 'biologic response modifiers' are of any illness; 'major
    abdominal surgery' is of one place.
    """
    if concept == "biologic_therapy" and "modifier" not in said:
        return frozenset()
    if concept.endswith("surgery") and _OF_A_PLACE.search(said) is not None:
        return frozenset()
    wide = [one for one in narrower_or_equal(concept) if one in _table()["wide"]]
    return frozenset[str]().union(*(_kinds("wide", one) for one in wide))


@cache
def _words_for(concept: str) -> frozenset[str]:
    """The wide words that are said of a concept."""
    own = {wide for wide in _table()["wide"] if concept in _kinds("wide", wide)}
    general = concept in _kinds("chronic", "of") | _kinds("serious", "of") | _kinds("significant", "of")
    named = ({GENERAL} if general else set()) | ({MEDICATION} if concept in _kinds("prescribed", "of") else set())
    return frozenset(own.union(*(broader_of(one) for one in own)) | named)


def wide_words(concepts: Collection[str]) -> frozenset[str]:
    """The concepts of the lexicon whose mention may be said of one of those that a person has."""
    return frozenset[str]().union(*(_words_for(one) for one in concepts))


def illnesses_meant(state: State, criterion: Criterion | None, text: str) -> frozenset[str]:
    """What 'chronic illness', 'other serious disease' and 'any prescribed medication' are said of; nothing where the
    line leaves it to judgement.

    Not 'illness that would interfere', 'serious disease in the investigator's opinion', 'uncontrolled illness'.
    """
    if state.concept not in {GENERAL, MEDICATION} or criterion is None:
        return frozenset()
    start = max(criterion.span.start, state.span.start - _NEAR)
    said = text[start : state.span.end]
    item = criterion.span.of(text)
    if _LEFT_OPEN.search(item) is not None:
        return frozenset()
    if state.concept == MEDICATION:
        plain = _PRESCRIBED.search(said) is not None and _OF_SOME.search(item) is None
        return _kinds("prescribed", "of") if plain else frozenset()
    degrees = {"chronic": _CHRONIC, "serious": _SERIOUS, "significant": _SIGNIFICANT}
    told = (degree for degree, words in degrees.items() if words.search(said))
    return frozenset[str]().union(*(_kinds(degree, "of") - _kinds(degree, "but") for degree in told))


def not_active(item: str) -> frozenset[str]:
    """What a line on active tuberculosis alone is not said of: who only has the latent infection."""
    active = _ACTIVE_TB.search(item) is not None and _LATENT_TB.search(item) is None
    return frozenset({"latent_tuberculosis"}) if active else frozenset()


_OF_A_PLACE = re.compile(r"(?i)\b(?!surgical\b|medical\b)[a-z-]+(?:al|ac|ic|ar|ary) (?:surg|operat|procedure)")
_ACTIVE_TB = re.compile(r"(?i)\bactive (?:\w+ )?(?:tb|tuberculosis|mycobacteri\w+)\b")
_LATENT_TB = re.compile(
    r"(?i)\b(?:latent|inactive|positive|ppd|mantoux|quantiferon|igra|tuberculin"
    r"|(?:or|and) (?:history|past|prior|previous))\b"
)
_NEAR = 24  # characters before a mention that may say its degree
_OF = r"(?:(?:other|concurrent|concomitant|underlying|co-?morbid|co-?existing|medical|systemic|and|or|/|,) ?)*"
_ILLNESS = r"(?:illness|disease|condition|disorder|sickness)(?:es|s)?$"
_CHRONIC = re.compile(rf"(?i)\bchronic {_OF}{_ILLNESS}")
_SERIOUS = re.compile(
    rf"(?i)\b(?:(?:serious|significant|major)(?: or (?:life[- ]threatening|chronic))? {_OF}|(?:concurrent|concomitant|"
    rf"underlying|other|medical) {_OF}(?:serious|significant|major) {_OF}"
    rf"|severe (?:other|concurrent|concomitant|underlying|co-?morbid|medical|systemic) {_OF}){_ILLNESS}"
)
_SIGNIFICANT = re.compile(rf"(?i)\bsignificant {_OF}{_ILLNESS}")
# 'any prescribed medication', 'current use of prescription drugs'; not 'stable doses of prescription drugs'
_PRESCRIBED = re.compile(
    r"(?i)\b(?:any|taking|receiving|requir\w+|use of|on)"
    r" (?:(?:other|chronic|regular|daily|concomitant|systemic|current) ){0,2}"
    r"prescri(?:bed|ption) (?:medi[cz]\w+|drugs?)$"
)
# … of some drugs, people or times only, or of their abuse
_OF_SOME = re.compile(
    r"(?i)\b(?:abuse|misuse|dependen\w+|addict\w+|non-?medical|recreational|such as|eg|for (?!contracepti)|stable"
    r"|unless|approved|allowed|permitted|known|history|list(?:ed)?|certain|following|herbal|change[sd]?"
    r"|start\w*)\b|e\. ?g\."
)
_LEFT_OPEN = re.compile(
    r"(?i)\b(?:would|could|may|might|can|investigator|physician|opinion|judg\w+|interfer\w+|preclud\w+|compromis\w+"
    r"|contra-?indicat\w+|limit\w*|affect\w*|prevent\w*|risk\w*|safety|confound\w*|impair\w*|jeopardi\w+|uncontrolled"
    r"|unstable|poorly|not (?:adequately |well )?controlled|requir\w+|likely|potentially|making|render\w*|complicat\w+"
    r"|inappropriate|unsuitable|unable|ability|hinder\w*|endanger\w*|deemed|considered|acute(?!ly| or chronic))\b"
)
