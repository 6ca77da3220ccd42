"""Every vector store equals the exact one by row and score: filters, k beyond n, ties, nothing stored, opened again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import IndexUnusableError
from rag.stores.exact import ExactKind
from rag.stores.faiss_store import FaissKind
from rag.stores.protocol import StoreKind, VectorStore, scored

DIMENSIONS = 24
# The last probes every list, and so is exact too.
KINDS = {"exact": ExactKind(), "flat": FaissKind(), "inverted": FaissKind(flat_limit=0, probes=10_000)}


def unit_vectors(rows: int, seed: int = 0, distinct: int = 10**9) -> npt.NDArray[np.float16]:
    vectors = np.random.default_rng(seed).normal(size=(rows, DIMENSIONS))[np.arange(rows) % distinct]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def brute_force(vectors: npt.NDArray[np.float16], query: npt.NDArray[np.float32], k: int,
                allowed: list[int] | None = None) -> list[tuple[int, float]]:
    rows = np.array(sorted(set(range(len(vectors)) if allowed is None else allowed)), np.int64)
    return scored(vectors[rows], rows, query)[:k]


def made(kind: StoreKind, vectors: npt.NDArray[np.float16], folder: Path) -> VectorStore:
    files = kind.build(vectors, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    return kind.open(folder, *vectors.shape)


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> StoreKind:
    return KINDS[request.param]


@pytest.mark.parametrize("distinct", [10**9, 7, 1])
@pytest.mark.parametrize("rows", [1, 5, 400])
def test_results_are_those_of_brute_force(kind: StoreKind, rows: int, distinct: int, tmp_path: Path) -> None:
    vectors = unit_vectors(rows, distinct=distinct)
    store = made(kind, vectors, tmp_path)
    assert len(store) == rows
    for seed in range(5):
        query = unit_vectors(1, seed=100 + seed)[0].astype(np.float32)
        for k in (1, 3, 10, rows, rows + 50):
            found = store.search(query, k)
            assert found == brute_force(vectors, query, k)
            assert len(found) == min(k, rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 299), max_size=120), st.integers(1, 40), st.integers(0, 50))
def test_filters_apply_before_ranking(tmp_path_factory: pytest.TempPathFactory, allowed: list[int], k: int,
                                      seed: int) -> None:
    vectors = unit_vectors(300, distinct=60)
    query = unit_vectors(1, seed=seed + 1000)[0].astype(np.float32)
    for kind in KINDS.values():
        store = made(kind, vectors, tmp_path_factory.mktemp("store"))
        assert store.search(query, k, np.array(allowed, np.int64)) == brute_force(vectors, query, k, allowed)


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 0.36])
def test_probing_a_few_lists_finds_nearly_everything_under_wide_filters(share: float, tmp_path: Path) -> None:
    vectors = unit_vectors(6000)
    store = made(FaissKind(flat_limit=0), vectors, tmp_path)
    random = np.random.default_rng(3)
    allowed = np.flatnonzero(random.random(6000) < share)
    overlap = 0.0
    for seed in range(20):
        query = unit_vectors(1, seed=500 + seed)[0].astype(np.float32)
        expected = brute_force(vectors, query, 10, allowed.tolist())
        found = store.search(query, 10, allowed)
        assert len(found) == 10
        assert {row for row, _ in found} <= set(allowed.tolist())
        scores = dict(brute_force(vectors, query, 6000))
        assert all(scores[row] == score for row, score in found)
        overlap += len(set(found) & set(expected)) / 10 / 20
    assert overlap >= 0.9


@pytest.mark.parametrize("share", [0.9, 0.5])
def test_wide_filters_pass_through_the_engine(kind: StoreKind, share: float, tmp_path: Path) -> None:
    vectors = unit_vectors(6000)
    store = made(kind, vectors, tmp_path)
    allowed = np.flatnonzero(np.random.default_rng(3).random(6000) < share)
    query = unit_vectors(1, seed=500)[0].astype(np.float32)
    assert store.search(query, 10, allowed) == brute_force(vectors, query, 10, allowed.tolist())


def test_an_empty_store_finds_nothing(kind: StoreKind, tmp_path: Path) -> None:
    store = made(kind, unit_vectors(0), tmp_path)
    query = unit_vectors(1)[0].astype(np.float32)
    assert len(store) == 0
    assert store.search(query, 5) == []
    assert store.search(query, 5, np.array([], np.int64)) == []


def test_nothing_allowed_and_nothing_wanted_find_nothing(kind: StoreKind, tmp_path: Path) -> None:
    store = made(kind, unit_vectors(20), tmp_path)
    query = unit_vectors(1)[0].astype(np.float32)
    assert store.search(query, 5, np.array([], np.int64)) == []
    assert store.search(query, 0) == []


def test_stored_vectors_come_back_as_half_precision(kind: StoreKind, tmp_path: Path) -> None:
    vectors = unit_vectors(50)
    store = made(kind, vectors, tmp_path)
    np.testing.assert_array_equal(store.vectors([7, 3, 7]), vectors[[7, 3, 7]].astype(np.float32))
    assert store.vectors([]).shape == (0, DIMENSIONS)
    with pytest.raises(IndexError):
        store.vectors([50])


def test_a_store_opened_again_answers_the_same(kind: StoreKind, tmp_path: Path) -> None:
    vectors = unit_vectors(120)
    query = unit_vectors(1, seed=9)[0].astype(np.float32)
    first = made(kind, vectors, tmp_path).search(query, 10)
    assert kind.open(tmp_path, 120, DIMENSIONS).search(query, 10) == first


def test_building_twice_gives_the_same_bytes(kind: StoreKind, tmp_path: Path) -> None:
    vectors = unit_vectors(500)
    contents = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        contents.append([(folder / file).read_bytes() for file in kind.build(vectors, folder)])
    assert contents[0] == contents[1]


@pytest.mark.parametrize(("rows", "dimensions"), [(49, DIMENSIONS), (51, DIMENSIONS), (50, DIMENSIONS + 1)])
def test_another_shape_is_refused(kind: StoreKind, rows: int, dimensions: int, tmp_path: Path) -> None:
    made(kind, unit_vectors(50), tmp_path)
    with pytest.raises(IndexUnusableError, match="should be — run: rag index"):
        kind.open(tmp_path, rows, dimensions)


def test_a_truncated_file_is_refused(kind: StoreKind, tmp_path: Path) -> None:
    for name in kind.build(unit_vectors(50), tmp_path):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(IndexUnusableError, match="run: rag index"):
            kind.open(tmp_path, 50, DIMENSIONS)
        (tmp_path / name).write_bytes(whole)
