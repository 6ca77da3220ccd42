"""Vectors by value: the exported graph agrees with the model, nothing is cut off, and queries load no torch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.codec import from_json, to_json
from rag.embedding import (
    PACKAGED,
    FakeEmbedder,
    OnnxEmbedder,
    SentenceTransformersEmbedder,
    batches,
    open_embedder,
    packaged_model,
)
from rag.errors import IndexUnusableError
from rag.onnx_export import MANIFEST, ExportManifest, exported, model_digest
from rag.onnx_graph import GRAPH
from rag.settings import Settings

TEXTS = ("eGFR below 60 mL/min", "platelets", "Adults of 18 to 75 years with an HbA1c of 7.0 % or more.", "")


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(packaged_model(), Settings().model_cache)


def test_the_export_agrees_with_torch() -> None:
    folder, manifest = exported(packaged_model(), Settings().model_cache)
    assert manifest.cosine_min >= 0.9999
    assert manifest.digest == folder.name == model_digest(packaged_model(), Settings().model_cache)


def test_vectors_have_unit_length_and_the_models_size(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimensions) == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_passage_has_the_vector_of_the_same_query_whatever_stands_beside_it(embedder: OnnxEmbedder) -> None:
    texts = [f"{text} {'creatinine ' * n}".strip() for n, text in enumerate(TEXTS * 10)]
    together = embedder.embed_passages(texts)
    apart = np.stack([embedder.embed_query(text) for text in texts])
    np.testing.assert_allclose(together, apart, atol=1e-5)


def test_meaning_is_close_where_words_differ(embedder: OnnxEmbedder) -> None:
    asked, near, far = embedder.embed_passages(["kidney function", "renal impairment", "visual acuity of the left eye"])
    assert asked @ near > asked @ far + 0.2


def test_no_passage_is_an_empty_array(embedder: OnnxEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)
    assert FakeEmbedder().embed_passages([]).shape == (0, 16)


def test_a_long_passage_is_refused_and_a_long_question_is_read_as_far_as_it_fits(embedder: OnnxEmbedder) -> None:
    fits = "kidney " * embedder.max_pieces
    assert embedder.count_tokens(fits) == embedder.max_pieces == 254
    assert embedder.embed_passages([fits]).shape == (1, 384)
    with pytest.raises(ValueError, match="255 word pieces does not fit into 254"):
        embedder.embed_passages([fits + "kidney"])
    np.testing.assert_array_equal(embedder.embed_query(fits + "heart " * 3000), embedder.embed_query(fits))


def test_a_damaged_export_is_made_again(tmp_path: Path, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch,
                                        caplog: pytest.LogCaptureFixture) -> None:
    ready, manifest = exported(packaged_model(), Settings().model_cache)

    def copy_again(draft: Path, folder: Path, digest: str, adapter: Path | None) -> ExportManifest:
        for name in manifest.files:
            (draft / name).write_bytes((ready / name).read_bytes())
        return manifest

    monkeypatch.setattr("rag.onnx_export._write_export", copy_again)
    folder, _ = exported(packaged_model(), tmp_path)
    assert "preparing the embedding model" in caplog.text
    caplog.clear()
    exported(packaged_model(), tmp_path)
    assert not caplog.text
    graph = bytearray((folder / GRAPH).read_bytes())
    graph[1000] ^= 1
    (folder / GRAPH).write_bytes(bytes(graph))
    exported(packaged_model(), tmp_path)
    assert "preparing the embedding model" in caplog.text
    assert (folder / GRAPH).read_bytes() == (ready / GRAPH).read_bytes()
    assert from_json(ExportManifest, (folder / MANIFEST).read_bytes()) == manifest
    assert to_json(manifest) == (folder / MANIFEST).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, "stamps.json"]


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusableError, match=r"lacks config\.json.*pip install"):
        OnnxEmbedder(tmp_path, tmp_path)


def test_a_cache_that_cannot_be_written_is_named_by_the_first_search(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    embedder = OnnxEmbedder(packaged_model(), tmp_path / "file")
    assert embedder.count_tokens("platelets") == 2
    with pytest.raises(IndexUnusableError, match=r"cannot be stored.*set RAG_MODEL_CACHE"):
        embedder.embed_query("platelets")


def test_settings_choose_the_embedder() -> None:
    assert open_embedder(Settings(embedder="fake")).digest == "fake-1"
    assert open_embedder(Settings()).name == PACKAGED


def test_the_fake_embedder_counts_word_lengths() -> None:
    fake = FakeEmbedder()
    expected = np.zeros(16, np.float32)
    expected[[0, 3, 15]] = np.array([1, 2, 1]) / np.sqrt(6)
    np.testing.assert_allclose(fake.embed_query("a eGFR dose electroencephalography"), expected, rtol=1e-6)
    np.testing.assert_array_equal(fake.embed_query(""), np.eye(16, dtype=np.float32)[0])
    with pytest.raises(ValueError, match="does not fit"):
        fake.embed_passages(["a " * 255])


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(256, 2048))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    made = list(batches(lengths, budget))
    assert sorted(index for batch in made for index in batch) == list(range(len(lengths)))
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget


def test_a_query_loads_neither_torch_nor_transformers() -> None:
    code = ("import sys; from rag.embedding import open_embedder; from rag.settings import Settings;"
            "open_embedder(Settings()).embed_query('eGFR'); print(*sorted(sys.modules))")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    exported(packaged_model(), Settings().model_cache)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "onnx", "fastapi"}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_both_embedders_agree_on_the_same_model(embedder: OnnxEmbedder) -> None:
    reference = SentenceTransformersEmbedder(str(packaged_model()))
    assert (reference.dimensions, reference.max_pieces) == (embedder.dimensions, embedder.max_pieces)
    assert [reference.count_tokens(t) for t in TEXTS] == [embedder.count_tokens(t) for t in TEXTS]
    cosines = (reference.embed_passages(TEXTS) * embedder.embed_passages(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9999
    with pytest.raises(IndexUnusableError, match="RAG_EMBEDDER"):
        SentenceTransformersEmbedder("no/such-model")
