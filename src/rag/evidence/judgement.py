"""One trial judged against one predicate, and how judgements combine under and, or, not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rag.types import Account, Quote, Verdict

# How well a trial fits, best first: `and` takes the worst of its parts, `or` the best.
_ORDER: Final = (
    Verdict.MATCH,
    Verdict.PARTIAL,
    Verdict.UNREAD,
    Verdict.OTHER_MEASURE,
    Verdict.SILENT,
    Verdict.NO_MATCH,
)
LISTED: Final = frozenset({Verdict.MATCH, Verdict.PARTIAL, Verdict.UNREAD})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the reason in words that follow 'the trial …', and the quotes that prove it."""

    verdict: Verdict
    reason: str = ""
    quotes: tuple[Quote, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    account: Account | None = None


NO_MATCH: Final = Judgement(Verdict.NO_MATCH)


def rank(verdict: Verdict) -> int:
    """0 for the best fit; for sorting."""
    return _ORDER.index(verdict)


def both(parts: Sequence[Judgement]) -> Judgement:
    """The judgement of `and`: the worst part decides, the reasons of all stand together."""
    worst = max(parts, key=lambda part: rank(part.verdict))
    if worst.verdict not in LISTED:
        return worst
    return _joined(worst.verdict, parts)


def either(parts: Sequence[Judgement]) -> Judgement:
    """The judgement of `or`: the best part decides, and the parts as good as it give the reasons."""
    best = min(parts, key=lambda part: rank(part.verdict))
    return _joined(best.verdict, [part for part in parts if part.verdict is best.verdict])


def opposite(part: Judgement) -> Judgement:
    """The judgement of `not`. What is silent does not do the thing; what is partial or unread stays so."""
    if part.verdict is Verdict.MATCH:
        return replace(part, verdict=Verdict.NO_MATCH)
    if part.verdict in {Verdict.PARTIAL, Verdict.UNREAD}:
        return part
    return Judgement(Verdict.MATCH, part.reason or "does not say so", part.quotes, part.values, part.account)


def _joined(verdict: Verdict, parts: Sequence[Judgement]) -> Judgement:
    reasons = dict.fromkeys(part.reason for part in parts if part.reason)
    quotes = dict.fromkeys(quote for part in parts for quote in part.quotes)
    values = {name: value for part in parts for name, value in part.values.items()}
    accounts = [part.account for part in parts if part.account]
    return Judgement(
        verdict, _in_short(list(reasons)), tuple(quotes), values, accounts[0] if len(accounts) == 1 else None
    )


_MOST_REASONS = 5


def _in_short(reasons: list[str]) -> str:
    """All reasons, or the first few of many: an organ has a dozen variables."""
    more = f"; and {len(reasons) - 3} more of the kind" if len(reasons) > _MOST_REASONS else ""
    return "; ".join(reasons[:3] if more else reasons) + more
