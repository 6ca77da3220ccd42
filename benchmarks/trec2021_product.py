"""TREC Clinical Trials 2021 through the product: records indexed by `rag index`, topics through `rag.retrieval.search`.

    python benchmarks/trec2021_product.py --shared ../shared [--vectors]

A trial's score is that of its best passage, plus half of its second and a third of its third. Measures and what is
judged: see trec2021.py. Without vectors the index takes about a minute on two cores.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from trec2021 import Topic, figures, judged_ids, read_topics

from rag.ingest import build_index
from rag.retrieval import search
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot

_PASSAGES = 400


def write_corpus(folder: Path, wanted: frozenset[str], out: Path) -> None:
    for name in ("ctgov_v2.jsonl.gz", "ctgov_v2_partial.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            chosen = [
                ln for ln in lines if json.loads(ln)["protocolSection"]["identificationModule"]["nctId"] in wanted
            ]
        (out / name.removesuffix(".gz")).write_text("".join(chosen), encoding="utf-8")
    with tarfile.open(folder / "ctgov_xml.tar.xz") as archive:
        for member in archive:
            handle = archive.extractfile(member) if Path(member.name).stem in wanted else None
            if handle is not None:
                (out / Path(member.name).name).write_bytes(handle.read())


def trial_scores(snapshot: Snapshot, topic: Topic, mode: str) -> np.ndarray:
    row = {trial_id: at for at, trial_id in enumerate(snapshot.trial_ids)}
    scores, seen = np.zeros(len(row)), Counter[int]()
    for hit in search(snapshot, topic.text, _PASSAGES, mode=mode):
        trial = row[hit.passage_id.partition(":")[0]]
        seen[trial] += 1
        if seen[trial] <= 3:
            scores[trial] += hit.score / seen[trial]
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--vectors", action="store_true", help="embed the passages too (an hour on two cores)")
    args = parser.parse_args()
    labelled = args.shared / "labelled"
    if not (labelled / "trec2021_topics.xml").is_file():
        sys.exit(f"skipped: {args.shared} holds no TREC 2021 topics")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        write_corpus(args.shared / "trials", judged_ids(labelled), corpus)
        settings = Settings(index=Path(folder) / "index")
        build_index([corpus], settings, vectors=args.vectors, progress=None)
        snapshot = open_snapshot(settings.index, settings)
        topics = read_topics(labelled, {trial_id: at for at, trial_id in enumerate(snapshot.trial_ids)})
        print("| mode | nDCG@10 | P@10 | nDCG@10, judged alone | P@10, judged alone |\n|---|---|---|---|---|")
        for mode in ("lexical", "hybrid", "dense") if args.vectors else ("lexical",):
            found = figures(topics, lambda topic, mode=mode: trial_scores(snapshot, topic, mode))
            print(f"| {mode} | {' | '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
