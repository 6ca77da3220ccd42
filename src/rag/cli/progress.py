"""Progress of a build on stderr: a bar on a terminal, now and then a line elsewhere; always rate and time to go."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.ingest import Progress
    from rag.ingest.progress import Report

_LINE_EVERY_S = 2.0
_UNITS = {"reading": "records", "words": "passages", "vectors": "passages", "publishing": "files"}


@contextmanager
def reporting() -> Iterator[Report]:
    """A report to hand to `build_index`."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=False) as bars:
        tasks: dict[str, object] = {}

        def report(progress: Progress) -> None:
            stage = progress.stage.value
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=progress.total, pace="")
            bars.update(tasks[stage], completed=progress.done, total=progress.total, pace=pace(progress))  # type: ignore[arg-type]

        yield report


def _lines() -> Report:
    last = 0.0
    told = ("", -1)

    def report(progress: Progress) -> None:
        nonlocal last, told
        now = time.monotonic()
        ended = progress.total is not None and progress.done >= progress.total
        stage = progress.stage.value
        if told == (stage, progress.done) or (told[0] == stage and now - last < _LINE_EVERY_S and not ended):
            return
        last, told = now, (stage, progress.done)
        of = f"/{progress.total:,}" if progress.total is not None else ""
        print(f"{stage}: {progress.done:,}{of} {_UNITS[stage]}, {pace(progress)}", file=sys.stderr, flush=True)  # noqa: T201

    return report


def pace(progress: Progress) -> str:
    """'85.2/s, ETA 1:44'; without an ETA while the total is unknown."""
    rate = f"{progress.rate_per_s:,.1f}/s"
    if progress.eta_s is None:
        return rate
    minutes, seconds = divmod(round(progress.eta_s), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{rate}, ETA {clock}"
