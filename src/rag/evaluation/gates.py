"""Gates: the least that each measure must reach. A measure that was not taken is passed by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UsageError
from rag.evaluation.intervals import Measure

ALWAYS = {"citation_validity": 1.0}  # a quote that is not in its document is a bug, whatever the gold


@dataclass(frozen=True, slots=True)
class Failed:
    measure: str
    least: float
    value: float

    def __str__(self) -> str:
        return f"gate {self.measure}: {self.value:.3f} is below {self.least:.3f}"


def read_gates(path: Path) -> dict[str, float]:
    """Measure name -> least value, from the `[gates]` table of a TOML file."""
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            "no such gates file", place=str(path), remedy="name a TOML file with a [gates] table"
        ) from error
    except ValueError as error:
        raise UsageError(
            f"not TOML: {error}", place=str(path), remedy="name a TOML file with a [gates] table"
        ) from error
    table = record.get("gates")
    if set(record) != {"gates"} or not isinstance(table, dict):
        raise UsageError("a [gates] table and nothing else is expected", place=str(path), remedy="see eval/README.md")
    for name, least in table.items():
        if isinstance(least, bool) or not isinstance(least, int | float):
            raise UsageError(f"gate {name!r} is a number", place=str(path), remedy="see eval/README.md")
    return {name: float(least) for name, least in table.items()}


def failed_gates(gates: Mapping[str, float], measures: Mapping[str, Measure]) -> tuple[Failed, ...]:
    """The gates that do not hold, in the order of the file. UsageError for a gate on no known measure."""
    unknown = [name for name in gates if name not in measures]
    if unknown:
        raise UsageError(
            f"gate {unknown[0]!r} names no measure", remedy=f"known measures are {', '.join(sorted(measures))}"
        )
    checked = [(name, least, measures[name].value) for name, least in {**ALWAYS, **gates}.items()]
    # Values are compared as they are printed, so that 0.97 on the page passes a gate of 0.97.
    return tuple(Failed(name, least, v) for name, least, v in checked if v is not None and round(v, 4) < least)
