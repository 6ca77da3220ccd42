"""Passages embedded per second: this project's embedder against `SentenceTransformer.encode` on the same weights.

    python benchmarks/embedding.py [--index DIR] [--passages 128] [--rounds 5]

Takes evenly spaced passages of a built index. Rounds are interleaved, so that a busy machine hurts both; the ratio
of the medians is the figure. Cosines of both sets of vectors are printed beside it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rag.embedding import OnnxEmbedder, embedding_text, packaged_model
from rag.settings import Settings
from rag.snapshot import open_snapshot

QUESTION = "Which trials exclude patients with an eGFR below 60 mL/min?"


def passages(index: Path, count: int, embedder: OnnxEmbedder) -> list[str]:
    with open_snapshot(index, Settings(index=index)) as snapshot:
        step = max(snapshot.info.passages // count, 1)
        chosen = [row for row in snapshot.passage_texts() if row[0] % step == 0][:count]
        return [embedding_text(context, text, embedder) for _, _, _, context, text in chosen]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--index", type=Path, default=Path("index"))
    arguments.add_argument("--passages", type=int, default=128)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds, after the arguments are read

    ours = OnnxEmbedder(packaged_model(), Settings().model_cache)
    theirs = SentenceTransformer(str(packaged_model()), device="cpu")
    texts = passages(options.index, options.passages, ours)
    tokens = sum(map(ours.count_tokens, texts))
    theirs.encode(texts[:8], normalize_embeddings=True)
    ours.embed_passages(texts[:8])
    bulk: dict[str, list[float]] = {"ours": [], "theirs": []}
    query: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(options.rounds):
        bulk["theirs"].append(seconds(lambda: theirs.encode(texts, normalize_embeddings=True)))
        bulk["ours"].append(seconds(lambda: ours.embed_passages(texts)))
        query["theirs"].append(seconds(lambda: theirs.encode(QUESTION, normalize_embeddings=True)))
        query["ours"].append(seconds(lambda: ours.embed_query(QUESTION)))
    cosines = (ours.embed_passages(texts) * theirs.encode(texts, normalize_embeddings=True)).sum(axis=1)
    middle = {name: statistics.median(times) for name, times in bulk.items()}
    asked = {name: statistics.median(times) for name, times in query.items()}
    print(f"{len(texts)} passages, {tokens} word pieces, {options.rounds} rounds, {os.cpu_count()} cores")
    for name in ("theirs", "ours"):
        print(f"{name:7} {len(texts) / middle[name]:6.1f} passages/s, query {asked[name] * 1000:6.1f} ms")
    print(f"ratio   {middle['theirs'] / middle['ours']:6.2f} passages, {asked['theirs'] / asked['ours']:.2f} query")
    print(f"cosine  {np.min(cosines):.6f} least, {np.mean(cosines):.6f} mean")


if __name__ == "__main__":
    main()
