"""95 % intervals: Wilson for shares, a seeded bootstrap over questions for ratios of sums. Never NaN.

A measure over nothing has no value (None) and n = 0, so that a table shows a dash and a gate passes it by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution
_RESAMPLES = 1000
_SEED = 20240521


@dataclass(frozen=True, slots=True)
class Measure:
    """A value with its 95 % interval over `n` questions (or citations, pairs: what the name says)."""

    value: float | None
    low: float | None
    high: float | None
    n: int


NOT_MEASURED = Measure(None, None, None, 0)


def wilson(right: int, total: int) -> Measure:
    """The share right/total with Wilson's score interval (Wilson 1927)."""
    if total == 0:
        return NOT_MEASURED
    share = right / total
    centre = share + _Z * _Z / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + _Z * _Z / (4 * total * total))
    scale = 1 + _Z * _Z / total
    return Measure(share, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), total)


def ratio(parts: Sequence[tuple[float, float]]) -> Measure:
    """Sum of firsts over sum of seconds, one pair a question; the interval resamples questions.

    Shares of yes/no (every second 1, every first 0 or 1) get Wilson's interval. So does a resampling without spread,
    over the number of questions: all right out of 20 is no proof of all right.
    """
    counted = [pair for pair in parts if pair[1] > 0 or pair[0] > 0]
    if not counted:
        return NOT_MEASURED
    if all(pair in ((0, 1), (1, 1)) for pair in counted):
        return wilson(sum(int(pair[0]) for pair in counted), len(counted))
    firsts = np.array([pair[0] for pair in counted], dtype=np.float64)
    seconds = np.array([pair[1] for pair in counted], dtype=np.float64)
    value = float(firsts.sum() / seconds.sum())
    draws = np.random.default_rng(_SEED).multinomial(len(counted), [1 / len(counted)] * len(counted), _RESAMPLES)
    low, high = np.percentile((draws @ firsts) / np.maximum(draws @ seconds, 1e-12), [2.5, 97.5])
    if high - low < 1e-9:
        bounds = wilson(round(value * len(counted)), len(counted))
        return Measure(value, bounds.low, bounds.high, len(counted))
    return Measure(value, float(min(low, value)), float(max(high, value)), len(counted))


def mean(numbers: Sequence[float]) -> Measure:
    """The mean of per-question numbers in [0, 1]."""
    return ratio([(number, 1.0) for number in numbers])


def quantile(numbers: Sequence[float], share: float) -> Measure:
    """The `share` quantile, between the order statistics that bound it with 95 % (normal approximation)."""
    if not numbers:
        return NOT_MEASURED
    ordered = sorted(numbers)
    last = len(ordered) - 1
    spread = _Z * math.sqrt(len(ordered) * share * (1 - share))
    at = share * last
    below, above = (min(last, max(0, round(at + side * spread))) for side in (-1, 1))
    return Measure(float(np.quantile(ordered, share)), ordered[below], ordered[above], len(ordered))
