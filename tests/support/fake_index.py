"""Toy corpora and indexes in a temporary folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rag.ingest import BuildSummary, build_index
from rag.settings import Settings
from support.fake_readers import FAKE_READERS

TRIALS = {
    "NCT01": "trial NCT01 Kidney study\nsummary a drug for kidneys\nexclude egfr 60 eGFR below 60\n"
             "avoid hiv HIV infection\n",
    "NCT02": "trial NCT02 Liver study\nsummary a drug for livers\nexclude platelets 100 platelets below 100\n"
             "unread egfr poor kidney function\n",
    "NCT03": "trial NCT03 Heart study\nsummary a device for hearts\navoid pregnancy pregnant women\n"
             "avoid hiv known HIV\n",
}


def write_corpus(folder: Path, trials: Mapping[str, str] = TRIALS) -> Path:
    """The corpus folder holding exactly these records, one file each."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.trial"):
        path.unlink()
    for name, text in trials.items():
        (folder / f"{name}.trial").write_text(text, encoding="utf-8")
    return folder


def toy_settings(folder: Path, **changes: object) -> Settings:
    return Settings(index=folder / "index", model_cache=folder / "models", embedder="fake", **changes)


def build(folder: Path, trials: Mapping[str, str] = TRIALS, *, vectors: bool = True) -> BuildSummary:
    """Builds the index of `folder` from these records."""
    corpus = write_corpus(folder / "corpus", trials)
    return build_index([corpus], toy_settings(folder), vectors=vectors, readers=FAKE_READERS)
