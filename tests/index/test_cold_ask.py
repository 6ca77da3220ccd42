"""`rag ask` starts without torch, transformers, a web framework or the readers of records, and without the network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.fake_index import write_corpus
from support.fake_readers import FAKE_READERS

from rag.ingest import build_index
from rag.inspection import verify
from rag.settings import Settings

HEAVY = {"torch", "transformers", "sentence_transformers", "fastapi", "onnx", "huggingface_hub", "rag.sources"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy index with vectors of the packaged model."""
    folder = tmp_path_factory.mktemp("real")
    build_index([write_corpus(folder / "corpus")], Settings(index=folder / "index"), readers=FAKE_READERS)
    return folder / "index"


def test_vectors_of_the_packaged_model_are_clean(index: Path) -> None:
    assert verify(index, Settings(index=index)) == ()


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "Which trials exclude eGFR below 60?", "--json"],
        ["ask", "What is the drug of the kidney study given for?"],
        ["search", "a drug for the liver"],
        ["show", "NCT01"],
        ["status"],
    ],
)
def test_a_command_loads_no_model_library_and_no_reader_of_criteria(index: Path, words: list[str]) -> None:
    code = (
        "import sys; sys.argv = ['rag', *sys.argv[1:]]\n"
        "from rag.cli import main\n"
        "try: main()\n"
        "except SystemExit as done: assert done.code in (0, None), done.code\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "RAG_INDEX": str(index)}
    done = subprocess.run([sys.executable, "-c", code, *words], check=False, capture_output=True, text=True,
                          env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not set(done.stderr.split()) & {*HEAVY, "rag.criteria.reading"}
