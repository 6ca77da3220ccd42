"""The draft of an answer: claims and verdicts with quotes, before they are numbered and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.types import AbstentionReason, Claim, Quote, Status, TrialVerdict


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer function gives: sentences in order, and for set questions the judged trials in order."""

    claims: tuple[Claim, ...]
    status: Status = Status.ANSWERED
    verdicts: tuple[TrialVerdict, ...] | None = None
    considered: int = 0
    total: int = 0
    complete: bool = True
    accounting: Mapping[str, int] = field(default_factory=dict)
    reason: AbstentionReason | None = None
    nearest: tuple[Quote, ...] = ()
    warnings: tuple[str, ...] = ()


def abstain(reason: AbstentionReason, message: str, nearest: tuple[Quote, ...] = ()) -> Draft:
    """No answer, said plainly, with what stands nearest."""
    return Draft((Claim(message),), Status.ABSTAINED, reason=reason, nearest=nearest)
