"""Made-up records as a corpus on disk, and tables of questions with the words that their answers hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.ingest import build_index
from rag.settings import Settings


def assistant_over(records: Iterable[dict[str, Any]], folder: Path) -> Assistant:
    """An assistant over API v2 studies, written one file each to `folder`; without vectors."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for made in records:
        name = made["protocolSection"]["identificationModule"]["nctId"]
        (corpus / f"{name}.json").write_text(json.dumps(made), encoding="utf-8")
    settings = Settings(index=folder / "index", corpus=corpus)
    build_index([corpus], settings, vectors=False)
    return Assistant.open(settings)


def rows_of(table: Path) -> list[tuple[str, list[str]]]:
    """Each row of a table, in its order: the question before '=>', and behind it the words, '|' between them."""
    lines = table.read_text(encoding="utf-8").splitlines()
    split = [line.partition(" => ") for line in lines if line and not line.startswith("#")]
    return [(question, wanted.split(" | ")) for question, _, wanted in split]
