"""What a question pays before and beside its answer: cold start, opening, catalog lookups, warm hybrid search.

    python benchmarks/opening.py [--index DIR] [--rounds 5]

Cold: a new Python process that imports, opens the index and searches once; its own clock, start of Python included.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rag.retrieval import search
from rag.settings import Settings
from rag.snapshot import open_snapshot

QUESTION = "Which trials exclude patients with an eGFR below 60 mL/min?"
RENAL = ("egfr", "creatinine_clearance", "serum_creatinine", "serum_creatinine_uln")
_COLD = (
    "import sys, resource; from pathlib import Path; from rag.settings import Settings;"
    "from rag.snapshot import open_snapshot; from rag.retrieval import search;"
    "settings = Settings(index=Path(sys.argv[1]));"
    "search(open_snapshot(settings.index, settings), sys.argv[2], mode=sys.argv[3]);"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
)


def cold(index: Path, mode: str, rounds: int) -> str:
    times, memory = [], 0
    for _ in range(rounds + 1):  # the first warms the page cache
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _COLD, str(index), QUESTION, mode], capture_output=True, text=True, check=True
        )
        times.append(time.perf_counter() - start)
        memory = int(done.stdout)
    return f"{statistics.median(times[1:]) * 1000:7.0f} ms, {memory} MB"


def timed(work: Callable[[], object], rounds: int) -> str:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return f"{statistics.median(times) * 1000:9.1f} ms"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--index", type=Path, default=Path("index"))
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    settings = Settings(index=options.index)
    with open_snapshot(options.index, settings) as snapshot:
        info = snapshot.info
        modes = ("lexical", "hybrid") if snapshot.has_vectors else ("lexical",)
        print(f"{info.trials} trials, {info.passages} passages, {snapshot.manifest.criteria} criteria")
        for mode in modes:
            print(f"cold {mode} search       {cold(options.index, mode, options.rounds)}")

        def opened(use: Callable[..., object]) -> Callable[[], object]:
            return lambda: use(open_snapshot(options.index, settings))

        print(f"open                     {timed(opened(lambda s: s.info), options.rounds)}")
        print(f"open, summaries          {timed(opened(lambda s: s.summaries()), options.rounds)}")
        renal = timed(opened(lambda s: s.criteria_for_variables(RENAL)), options.rounds)
        print(f"open, renal criteria     {renal}")
        print(f"open, age criteria       {timed(opened(lambda s: s.criteria_for_variables(['age'])), options.rounds)}")
        search(snapshot, QUESTION)
        print(f"warm search              {timed(lambda: search(snapshot, QUESTION), options.rounds * 4)}")


if __name__ == "__main__":
    main()
