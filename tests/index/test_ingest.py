"""Building by value: what is read, kept, changed, dropped, refused; what is embedded; what an interruption leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from support.fake_index import TRIALS, build, toy_settings, write_corpus
from support.fake_readers import FAKE_READERS, read_trial

from rag.embedding import FakeEmbedder
from rag.errors import CorpusError, IndexBusyError
from rag.files import only_writer
from rag.ingest import Progress, Stage, build_index
from rag.ingest.cache import Journal, content_key
from rag.ingest.reading import Readers
from rag.inspection import verify
from rag.retrieval import search
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Document, ReadTrial, Refusal


def opened(folder: Path) -> Snapshot:
    return open_snapshot(folder / "index", toy_settings(folder))


def contents(folder: Path) -> dict[str, object]:
    """Everything that an answer can depend on."""
    with opened(folder) as snapshot:
        return {
            "info": snapshot.info,
            "documents": [snapshot.document(t) for t in snapshot.trial_ids],
            "summaries": snapshot.summaries(),
            "criteria": [snapshot.read_trial(t) for t in snapshot.trial_ids],
            "passages": [snapshot.passages_of(t) for t in snapshot.trial_ids],
            "refusals": snapshot.refusals,
            "egfr": snapshot.criteria_for_variables(["egfr"]),
            "hiv": snapshot.criteria_for_concepts(["hiv"]),
            "phrase": snapshot.criteria_for_phrase("pregnant woman"),
            "city": snapshot.field_values("city"),
            "unread": snapshot.unread_counts(),
            "hits": [search(snapshot, "kidney drug HIV", mode=mode) for mode in ("hybrid", "lexical")],
            "vectors": snapshot.vectors.vectors(range(snapshot.info.passages)).tolist(),
        }


def counts(summary: object) -> dict[str, int]:
    names = ("read", "added", "changed", "unchanged", "dropped", "embedded", "reused")
    return {name: getattr(summary, name) for name in names}


def test_a_first_build_reads_and_embeds_everything(tmp_path: Path) -> None:
    summary = build(tmp_path)
    assert counts(summary) == {
        "read": 3, "added": 3, "changed": 0, "unchanged": 0, "dropped": 0, "embedded": 9, "reused": 0
    }
    assert (summary.trials, summary.passages, summary.criteria, summary.vectors) == (3, 9, 6, 9)
    assert summary.published
    assert summary.refused == ()


def test_the_same_files_again_publish_nothing(tmp_path: Path) -> None:
    first = build(tmp_path)
    again = build(tmp_path)
    assert not again.published
    assert again.skipped == again.unchanged == 3
    assert again.index_id == first.index_id
    assert len(list((tmp_path / "index" / "generations").iterdir())) == 1


def test_only_what_changed_is_read_and_embedded_again(tmp_path: Path) -> None:
    build(tmp_path)
    read: list[str] = []

    def counted(document: Document) -> ReadTrial:
        read.append(document.trial_id)
        return read_trial(document)

    changed = {
        "NCT01": TRIALS["NCT01"],
        "NCT02": TRIALS["NCT02"] + "avoid hepatitis active hepatitis\n",
        "NCT04": "trial NCT04 Lung study\nsummary a drug for lungs\n",
    }
    corpus = write_corpus(tmp_path / "corpus", changed)
    readers = dataclasses.replace(FAKE_READERS, criteria=counted)
    summary = build_index([corpus], toy_settings(tmp_path), readers=readers)
    assert read == ["NCT02", "NCT04"]
    assert counts(summary) == {
        "read": 3, "added": 1, "changed": 1, "unchanged": 1, "dropped": 1, "embedded": 2, "reused": 6
    }
    with opened(tmp_path) as snapshot:
        assert snapshot.trial_ids == ("NCT01", "NCT02", "NCT04")
        assert list(snapshot.criteria_for_concepts(["hepatitis"])) == ["NCT02"]
        assert snapshot.criteria_for_concepts(["pregnancy"]) == {}


trial_sets = st.dictionaries(
    st.sampled_from([f"NCT0{n}" for n in range(6)]),
    st.lists(
        st.sampled_from(["summary kidney drug", "exclude egfr 30 eGFR below 30", "avoid hiv HIV", "unread egfr poor",
                         "avoid pregnancy pregnant women", "summary something else"]),
        min_size=1, max_size=5, unique=True,
    ),
    min_size=1,
)


@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(trial_sets, min_size=2, max_size=4), st.booleans())
def test_an_updated_index_equals_one_built_afresh(tmp_path_factory: pytest.TempPathFactory,
                                                  corpora: list[dict[str, list[str]]], late_vectors: bool) -> None:
    updated, fresh = tmp_path_factory.mktemp("updated"), tmp_path_factory.mktemp("fresh")
    for place, corpus in enumerate(corpora):
        trials = {name: f"trial {name} Title\n" + "\n".join(lines) + "\n" for name, lines in corpus.items()}
        build(updated, trials, vectors=not late_vectors or place + 1 == len(corpora))
    build(fresh, trials)
    assert contents(updated) == contents(fresh)
    assert verify(updated / "index", toy_settings(updated)) == ()


def test_an_index_without_vectors_answers_by_words_and_can_be_completed(tmp_path: Path) -> None:
    summary = build(tmp_path, vectors=False)
    assert (summary.vectors, summary.embedded) == (None, 0)
    with opened(tmp_path) as snapshot:
        assert not snapshot.has_vectors
        assert [hit.passage_id for hit in search(snapshot, "HIV")] == ["NCT01:82-105", "NCT03:83-102"]
        assert search(snapshot, "HIV") == search(snapshot, "HIV", mode="lexical")
    completed = build(tmp_path)
    assert counts(completed) == {
        "read": 3, "added": 0, "changed": 0, "unchanged": 3, "dropped": 0, "embedded": 9, "reused": 0
    }
    with opened(tmp_path) as snapshot:
        assert snapshot.has_vectors
    assert not build(tmp_path, vectors=False).published  # what is there already is not taken away


def test_a_repeated_text_is_embedded_once(tmp_path: Path) -> None:
    line = "summary the same words under the same title\n"
    summary = build(tmp_path, {name: f"trial {name} Title\n{line}" for name in ("NCT01", "NCT02", "NCT03")})
    assert (summary.passages, summary.vectors, summary.embedded) == (3, 3, 1)
    with opened(tmp_path) as snapshot:
        vectors = snapshot.vectors.vectors([0, 1, 2])
        expected = FakeEmbedder().embed_query("Title\n" + line).astype(np.float16).astype(np.float32)
        assert (vectors == expected).all()


def test_everything_refused_is_listed_and_the_rest_is_indexed(tmp_path: Path) -> None:
    trials = {**TRIALS, "a": "something else", "NCT09": "trial NCT09 Broken\ncrash\n", "zz": TRIALS["NCT01"]}
    summary = build(tmp_path, trials)
    assert [(r.source, r.reason) for r in summary.refused] == [
        ("NCT09.trial", "the record could not be read: KeyError: 'crash'"),
        ("a.trial", "no known format"),
        ("zz.trial", "the trial stands in the corpus twice"),
    ]
    assert summary.trials == 3
    with opened(tmp_path) as snapshot:
        assert snapshot.refusals == summary.refused
        assert snapshot.manifest.refused == 3
    assert build(tmp_path, trials).refused == summary.refused


def test_a_record_that_is_refused_now_is_dropped(tmp_path: Path) -> None:
    build(tmp_path)
    summary = build(tmp_path, {**TRIALS, "NCT02": "broken"})
    assert (summary.dropped, len(summary.refused)) == (1, 1)
    with opened(tmp_path) as snapshot:
        assert not snapshot.has("NCT02")


def test_nothing_readable_is_an_error_and_leaves_the_index(tmp_path: Path) -> None:
    build(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(CorpusError, match=r"no record could be read \(a.trial: no known format\).*rag index PATH"):
        build(tmp_path, {"a": "broken"})
    assert contents(tmp_path) == before
    assert not (tmp_path / "index" / "drafts").exists()


def test_an_interruption_leaves_the_index_and_what_was_embedded(tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, {"NCT01": TRIALS["NCT01"]})
    before = contents(tmp_path)
    embed = FakeEmbedder.embed_passages
    calls = []

    def interrupted(self: FakeEmbedder, texts: Sequence[str]) -> object:
        calls.append(len(texts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return embed(self, texts)

    monkeypatch.setattr("rag.ingest.vectors._WINDOW", 2)
    monkeypatch.setattr(FakeEmbedder, "embed_passages", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path)
    assert contents(tmp_path) == before
    summary = build(tmp_path)
    assert (summary.embedded, summary.reused) == (4, 5)  # 3 from the index before, 2 from the journal
    assert not list((tmp_path / "index").glob("*.journal"))


def test_a_second_writer_is_refused_at_once(tmp_path: Path) -> None:
    build(tmp_path)
    with only_writer(tmp_path / "index" / "LOCK"), pytest.raises(IndexBusyError, match="another process is writing"):
        build(tmp_path, {"NCT01": TRIALS["NCT01"]})


def test_another_model_or_passage_size_reads_everything_again(tmp_path: Path) -> None:
    build(tmp_path)
    settings = toy_settings(tmp_path, passage_word_pieces=100)
    summary = build_index([tmp_path / "corpus"], settings, readers=FAKE_READERS)
    assert (summary.changed, summary.unchanged, summary.embedded, summary.reused) == (3, 0, 0, 9)


def test_progress_tells_what_is_done_and_how_long_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.progress._EVERY_S", 0)
    monkeypatch.setattr("rag.ingest.vectors._WINDOW", 2)
    seen: list[Progress] = []
    corpus = write_corpus(tmp_path / "corpus")
    build_index([corpus], toy_settings(tmp_path), progress=seen.append, readers=FAKE_READERS)
    assert list(dict.fromkeys(p.stage for p in seen)) == list(Stage)
    vectors = [p for p in seen if p.stage is Stage.VECTORS]
    assert [p.done for p in vectors] == [2, 4, 6, 8, 9, 9]
    assert {p.total for p in vectors} == {9}
    assert all(p.eta_s is not None and p.rate_per_s > 0 for p in vectors)
    assert vectors[-1].eta_s == 0
    assert Progress(Stage.READING, 5, None, 1.0).eta_s is None
    assert Progress(Stage.READING, 10, 40, 5.0).eta_s == 15


def test_a_defect_of_a_reader_refuses_the_record_by_name(tmp_path: Path) -> None:
    def overlapping(document: Document, *_: object) -> tuple[object, ...]:
        passages = FAKE_READERS.passages(document, len, 1000)
        return (*passages, *passages) if document.trial_id == "NCT02" else passages

    readers = dataclasses.replace(FAKE_READERS, passages=overlapping)
    summary = build_index([write_corpus(tmp_path / "corpus")], toy_settings(tmp_path), readers=readers)
    assert [(r.source, r.reason) for r in summary.refused] == [
        ("NCT02.trial", "the record could not be read: ValueError: two passages have the same place")
    ]


def test_a_context_that_does_not_fit_is_cut_and_the_words_never(tmp_path: Path) -> None:
    long_title = "very " * 200 + "long"
    fits = "summary " + "word " * 170
    build(tmp_path, {"NCT01": f"trial NCT01 {long_title}\n{fits.strip()}\n"})
    with opened(tmp_path) as snapshot:
        expected = FakeEmbedder().embed_query("very " * (254 - 171) + fits)
        assert float(snapshot.vectors.vectors([0])[0] @ expected) > 0.999


def test_the_journal_drops_a_torn_record(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", 4)
    keys = [content_key(text) for text in ("a", "b", "c")]
    journal.append(keys, np.arange(12, dtype=np.float16).reshape(3, 4))
    whole = (tmp_path / "j").read_bytes()
    for cut in range(len(whole)):
        (tmp_path / "j").write_bytes(whole[:cut])
        found = journal.read()
        assert list(found) == keys[: cut * 3 // len(whole)]
        journal.append(keys[2:], np.full((1, 4), 7, np.float16))
        assert journal.read()[keys[2]].tolist() == [7, 7, 7, 7]
    damaged = bytearray(whole)
    damaged[len(whole) // 3 + 20] ^= 1
    (tmp_path / "j").write_bytes(bytes(damaged))
    assert list(journal.read()) == keys[:1]


def test_corpus_readers_may_refuse_and_give_in_any_order(tmp_path: Path) -> None:
    def backwards(paths: Sequence[Path], settings: Settings) -> Iterator[Document | Refusal]:
        yield from reversed(list(FAKE_READERS.corpus(paths, settings)))

    forwards, back = tmp_path / "forwards", tmp_path / "back"
    for folder, corpus in ((forwards, FAKE_READERS.corpus), (back, backwards)):
        folder.mkdir()
        readers = Readers(corpus, FAKE_READERS.passages, FAKE_READERS.criteria)
        build_index([write_corpus(folder / "corpus")], toy_settings(folder), readers=readers)
    assert contents(forwards) == contents(back)
