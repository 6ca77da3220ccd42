"""How fast eligibility is read on one core: limits and concepts of whole records, and of each reading alone.

    PYTHONPATH=src python benchmarks/reading.py RECORDS… [--trials 1000] [--rounds 3] [--against OTHER_SRC]

The first records in the order of a hash of their ids, opened before; only the reading is timed, in processor seconds of
one thread. What is remembered of lines is forgotten before each round; rounds take turns; the best of each counts.
With `--against` another source tree is measured in the same run, turn about, and its readings are compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

_READER = """
import gc, hashlib, sys, time
from pathlib import Path
from rag.criteria import headings, leads, reading, states, structure
from rag.settings import Settings
from rag.sources import read_corpus
from rag.types import Document

gc.set_threshold(50_000, 20, 20)  # as `rag` and its workers do
wanted, paths = int(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
found = [one for one in read_corpus(paths, Settings()) if isinstance(one, Document)]
found.sort(key=lambda one: hashlib.sha256(one.trial_id.encode()).hexdigest())
documents = found[:wanted]
whole = hashlib.sha256("".join(repr(reading.read_trial(one)) for one in documents).encode()).hexdigest()
print(len(documents), whole, flush=True)
remembered = [states._read, structure.structure_of, reading.heading_variable, headings.is_of_others_or_once]
remembered += [leads.beneath, leads.polarity_under, leads.relation_under]


def seconds():
    for memory in remembered:
        if hasattr(memory, "cache_clear"):
            memory.cache_clear()
    start = time.process_time()
    for one in documents:
        reading.read_trial(one)
    return time.process_time() - start


both = (reading._read_item, reading._states_of)
for line in sys.stdin:
    reading._read_item, reading._states_of = both
    if line.strip() == "limits":
        reading._states_of = lambda *_, **__: ()
    if line.strip() == "concepts":
        reading._read_item = lambda *_, **__: ([], [])
    print(seconds(), flush=True)
"""


class Reader:
    """A process that reads the documents with one source tree and tells the seconds it took."""

    def __init__(self, source: Path, trials: int, paths: list[str]) -> None:
        self.best = {"both": float("inf"), "limits": float("inf"), "concepts": float("inf")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _READER, str(trials), *paths],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "0"},
        )
        count, self.digest = self._answer().split()
        self.trials = int(count)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def round(self, part: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{part}\n")
        self._process.stdin.flush()
        self.best[part] = min(self.best[part], float(self._answer()))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="+", help="files or folders of registry records")
    arguments.add_argument("--trials", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--against", type=Path, help="the src folder of another checkout")
    options = arguments.parse_args()
    sources = [Path("src"), *([options.against] if options.against else [])]
    readers = [Reader(source.resolve(), options.trials, options.paths) for source in sources]
    for _ in range(options.rounds):
        for part in ("both", "limits", "concepts"):
            for reader in readers:
                reader.round(part)
    print(f"{readers[0].trials} trials; trials a second" + (" here and there, ratio" if options.against else ""))
    for part in ("both", "limits", "concepts"):
        rates = [reader.trials / reader.best[part] for reader in readers]
        ratio = f"{rates[0] / rates[1]:8.2f}" if len(rates) > 1 else ""
        print(f"{part:10s}" + "".join(f"{rate:8.0f}" for rate in rates) + ratio)
    if options.against:
        print("the readings are " + ("equal" if len({reader.digest for reader in readers}) == 1 else "NOT EQUAL"))


if __name__ == "__main__":
    main()
