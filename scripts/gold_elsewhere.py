"""Lays out the records that `eval/gold/elsewhere` asks about, which are not shipped: one folder a set.

    python scripts/gold_elsewhere.py ../shared/trials FOLDER
    for set in a b c d e f; do rag index FOLDER/$set --index FOLDER/$set.index --no-vectors; done
    rag eval --gold eval/gold/elsewhere/a.jsonl --index FOLDER/a.index

`records.tsv` says which record, in which format, belongs to which set. A record that the trials folder lacks is named
and ends the run with exit code 1, the others written.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

RECORDS = Path(__file__).resolve().parents[1] / "eval" / "gold" / "elsewhere" / "records.tsv"


def sets_of(table: Path = RECORDS) -> dict[str, list[str]]:
    """File names of the records ('NCT….json', 'NCT….xml') to the sets that hold them, in order of the table."""
    found: dict[str, list[str]] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        name, _, file = line.partition("\t")
        found.setdefault(file, []).append(name)
    return found


def records_in(trials: Path, wanted: Mapping[str, object]) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of the wanted records of the two archives."""
    with gzip.open(trials / "ctgov_v2.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            study = json.loads(line)
            name = f"{study['protocolSection']['identificationModule']['nctId']}.json"
            if name in wanted:
                yield name, line.encode()
    with tarfile.open(trials / "ctgov_xml.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if name in wanted else None
            if content is not None:
                yield name, content.read()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("trials", type=Path)
    arguments.add_argument("folder", type=Path)
    given = arguments.parse_args()
    wanted = sets_of()
    written: set[str] = set()
    for name, content in records_in(given.trials, wanted):
        for part in wanted[name]:
            (given.folder / part).mkdir(parents=True, exist_ok=True)
            (given.folder / part / name).write_bytes(content)
        written.add(name)
    missing = sorted(set(wanted) - written)
    if missing:
        sys.exit(f"not found in {given.trials}: {', '.join(missing)}")


if __name__ == "__main__":
    main()
