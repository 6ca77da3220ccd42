"""Hybrid search: filters before ranking, at most k, ties by id, and what each mode gives by value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from support.fake_index import build, toy_settings

from rag.embedding import FakeEmbedder
from rag.errors import IndexUnusableError, UsageError
from rag.fusion import rrf
from rag.retrieval import MODES, search, stress
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Hit

NAMES = [f"NCT{number:02}" for number in range(1, 9)]
TRIALS = {
    name: f"trial {name} Study number {number}\nsummary {'drug ' * number}for kidneys\n"
          f"exclude egfr 60 renal function {'low ' * (number % 3)}\navoid hiv HIV infection\n"
    for number, name in enumerate(NAMES)
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("toy")
    build(folder, TRIALS)
    return open_snapshot(folder / "index", toy_settings(folder))


words = st.sampled_from(["drug", "kidneys", "HIV", "renal", "low", "study", "zebra"])
asked = st.lists(words, min_size=1).map(" ".join)
subsets = st.none() | st.lists(st.sampled_from([*NAMES, "NCT99"]), unique=True)
names = st.sampled_from(["summary", "eligibility", "eligibility.exclusion", "dates"])
sections = st.none() | st.lists(names, unique=True)


@rules(max_examples=150, deadline=None)
@given(asked, st.integers(0, 40), subsets, sections, st.sampled_from(MODES))
def test_hits_obey_filters_number_and_order(snapshot: Snapshot, text: str, k: int, trials: list[str] | None,
                                            within: list[str] | None, mode: str) -> None:
    hits = search(snapshot, text, k, trial_ids=trials, sections=within, mode=mode)
    assert len(hits) <= k
    assert len({hit.passage_id for hit in hits}) == len(hits)
    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
    for hit in hits:
        passage = snapshot.passage(hit.passage_id)
        assert trials is None or passage.trial_id in trials
        assert within is None or any(passage.section == s or passage.section.startswith(s + ".") for s in within)
    if mode == "dense":  # nothing is short of k where there is enough
        allowed = snapshot.passage_rows(trials, None if within is None else snapshot.sections_within(within))
        assert len(hits) == min(k, len(allowed))


@rules(max_examples=50, deadline=None)
@given(asked, st.integers(1, 30), subsets, sections)
def test_dense_scores_are_cosines(snapshot: Snapshot, text: str, k: int, trials: list[str] | None,
                                  within: list[str] | None) -> None:
    model = FakeEmbedder()
    query = model.embed_query(text)
    for hit in search(snapshot, text, k, trial_ids=trials, sections=within, mode="dense"):
        passage = snapshot.passage(hit.passage_id)
        cosine = float(query @ model.embed_query(f"{passage.context} {passage.text}"))
        assert hit.score == pytest.approx(cosine, abs=2e-3)


def test_hybrid_is_the_fusion_of_both(snapshot: Snapshot) -> None:
    runs = [search(snapshot, "renal HIV", 50, mode=mode) for mode in ("lexical", "dense")]
    assert search(snapshot, "renal HIV", 9) == rrf(runs)[:9]


def test_a_filter_does_not_change_who_is_best_inside_it(snapshot: Snapshot) -> None:
    for mode in ("lexical", "dense"):
        everywhere = search(snapshot, "renal low HIV", 100, mode=mode)
        inside = search(snapshot, "renal low HIV", 100, mode=mode, trial_ids=NAMES[2:4])
        assert inside == tuple(hit for hit in everywhere if hit.passage_id[:5] in NAMES[2:4])


def test_an_id_in_the_text_restricts_the_search_to_that_trial(snapshot: Snapshot) -> None:
    for mode in MODES:
        found = search(snapshot, "renal function in nct04 and NCT99", 50, mode=mode)
        assert found
        assert {hit.passage_id[:5] for hit in found} == {"NCT04"}
    assert search(snapshot, "NCT04 renal", trial_ids=["NCT02"], mode="lexical")[0].passage_id[:5] == "NCT02"


def test_a_trial_is_found_by_its_acronym(tmp_path: Path) -> None:
    build(tmp_path, TRIALS | {"NCT20": "trial NCT20 Zephyr study\nsummary a drug for lungs\n"}, vectors=False)
    with open_snapshot(tmp_path / "index", toy_settings(tmp_path)) as wordy:
        assert search(wordy, "what does ZEPHYR give for the kidneys?")[0].passage_id[:5] == "NCT20"


def test_ties_stand_in_order_of_passage_id(snapshot: Snapshot) -> None:
    hits = search(snapshot, "infection", 3, mode="lexical")
    assert len({hit.score for hit in hits}) == 1
    assert [hit.passage_id[:5] for hit in hits] == NAMES[:3]


@pytest.mark.parametrize(
    "text", ["renal\ud800", "\x00 renal \ufffe", "renal " * 2000, " ".join(map(str, range(10_000)))]
)
def test_odd_and_endless_texts_are_searched(snapshot: Snapshot, text: str) -> None:
    for mode in MODES:
        assert len(search(snapshot, text, 5, mode=mode)) == 5
    assert isinstance(snapshot.criteria_for_phrase(text), dict)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_finds_nothing(snapshot: Snapshot, text: str) -> None:
    assert [search(snapshot, text, mode=mode) for mode in MODES] == [()] * 3


def test_an_unknown_mode_is_named(snapshot: Snapshot) -> None:
    with pytest.raises(UsageError, match="no search mode 'magic' — choose one of hybrid, dense, lexical"):
        search(snapshot, "renal", mode="magic")


def test_without_vectors_words_answer_and_dense_says_why_not(tmp_path: Path) -> None:
    build(tmp_path, TRIALS, vectors=False)
    with open_snapshot(tmp_path / "index", toy_settings(tmp_path)) as wordy:
        assert search(wordy, "renal") == search(wordy, "renal", mode="lexical") != ()
        assert isinstance(search(wordy, "renal")[0], Hit)
        with pytest.raises(IndexUnusableError, match="the index holds no vectors — complete it with: rag index"):
            search(wordy, "renal", mode="dense")


@pytest.mark.parametrize(
    ("mode", "absent"),
    [
        ("lexical", {"numpy", "faiss", "onnxruntime", "torch", "transformers"}),
        ("hybrid", {"torch", "transformers", "sentence_transformers", "fastapi"}),
    ],
)
def test_a_search_loads_no_more_than_it_needs(tmp_path: Path, mode: str, absent: set[str]) -> None:
    build(tmp_path, TRIALS)
    code = (
        "import sys; from pathlib import Path; from rag.retrieval import search; from rag.settings import Settings;"
        "from rag.snapshot import open_snapshot;"
        f"settings = Settings(index=Path({str(tmp_path / 'index')!r}), embedder='fake');"
        f"assert search(open_snapshot(settings.index, settings), 'renal', mode={mode!r});"
        "print(*sorted(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert not set(done.stdout.split()) & absent


def test_a_short_search_stays_as_it_is() -> None:
    assert stress("no prior chemotherapy") == ("no prior chemotherapy", "")


def test_a_long_description_loses_what_it_denies_and_stresses_its_conditions() -> None:
    text = "A 60-year-old man with diabetes mellitus and a nodule denies chest pain, and works as a gardener. " * 3
    words, stressed = stress(text)
    assert "chest pain" not in words
    assert "nodule" in words
    assert "diabetes" in stressed
    assert "gardener" not in stressed


def test_stressed_words_count_double(snapshot: Snapshot) -> None:
    plain = dict(snapshot.lexical.search("drug", 20))
    assert dict(snapshot.lexical.search("drug", 20, stressed="drugs")) == pytest.approx(
        {number: 2 * score for number, score in plain.items()}, rel=1e-4
    )
