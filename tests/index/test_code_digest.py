"""The hash that tells whether records must be read anew covers all code that decides what is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from rag.ingest import reading

_ROOT = Path(reading.__file__).parents[1]
# What these hold decides nothing that is read: errors, settings, caches, and the model, which has a digest of its own.
_WITHOUT_SAY = {
    "embedding.py", "errors.py", "files.py", "frozen.py", "ingest/cache.py", "onnx_export.py", "onnx_graph.py",
    "settings.py", "tokens.py",
}  # fmt: skip


def _modules(path: Path) -> Iterator[Path]:
    """The files of the package that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "rag":
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                stem = _ROOT.joinpath(*name.split(".")[1:])
                yield from (one for one in (stem.with_suffix(".py"), stem / "__init__.py") if one.is_file())


def test_every_file_that_reading_a_record_runs_through_is_in_the_hash() -> None:
    named = [_ROOT / name for name in reading._READERS]
    hashed = {file for place in named for file in ([place] if place.is_file() else place.rglob("*.py"))}
    reached: set[Path] = set()
    waiting = list(hashed)
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += _modules(file)
    assert {file.relative_to(_ROOT).as_posix() for file in reached - hashed} <= _WITHOUT_SAY
