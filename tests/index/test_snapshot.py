"""One snapshot, opened and asked: every lookup by value, and every way in which an index may be unusable."""

from __future__ import annotations

import shutil
import threading
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from support.fake_index import TRIALS, build, toy_settings
from support.fake_readers import document_of, passages_of, read_trial

from rag.catalog_rows import summary_of
from rag.errors import IndexUnusableError, UnknownTrialError
from rag.generations import SCHEMA_VERSION, Pointer, read_pointer
from rag.settings import Settings
from rag.snapshot import Snapshot, TrialSummary, open_snapshot
from rag.types import Constraint, IndexInfo, Page, Passage, Span

DOCUMENTS = {name: document_of(text, f"{name}.trial") for name, text in TRIALS.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("toy")
    build(made)
    return made


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return open_snapshot(folder / "index", toy_settings(folder))


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy of the toy index to damage."""
    shutil.copytree(folder / "index", tmp_path / "index")
    return tmp_path


# ── What it holds ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_documents_come_back_as_they_were_read(snapshot: Snapshot) -> None:
    assert snapshot.trial_ids == ("NCT01", "NCT02", "NCT03")
    assert {trial_id: snapshot.document(trial_id) for trial_id in snapshot.trial_ids} == DOCUMENTS
    assert snapshot.facts("NCT02") == DOCUMENTS["NCT02"].facts
    assert snapshot.text("NCT03") == TRIALS["NCT03"]
    assert snapshot.has("NCT01")
    assert not snapshot.has("nct01")


def test_the_criteria_of_the_prose_are_found_without_decoding_them(snapshot: Snapshot) -> None:
    for trial_id in snapshot.trial_ids:
        read = snapshot.read_trial(trial_id).criteria
        assert snapshot.criterion_spans(trial_id) == tuple(c.span for c in read if c.section != "eligibility.fields")


def test_a_page_holds_what_a_citation_needs_of_the_document(snapshot: Snapshot) -> None:
    for trial_id, document in DOCUMENTS.items():
        page = snapshot.page(trial_id)
        assert all(getattr(page, spec.name) == getattr(document, spec.name) for spec in fields(Page))
        assert page.url == document.url
    with pytest.raises(UnknownTrialError):
        snapshot.page("NCT99")


def test_criteria_and_passages_come_back_as_they_were_read(snapshot: Snapshot) -> None:
    for trial_id, document in DOCUMENTS.items():
        assert snapshot.read_trial(trial_id) == read_trial(document)
        passages = passages_of(document, len, 1000)
        assert snapshot.passages_of(trial_id) == passages
        assert [snapshot.passage(p.passage_id) for p in passages] == list(passages)


def test_summaries_are_light_facts_in_order_of_id(snapshot: Snapshot) -> None:
    assert [summary.trial_id for summary in snapshot.summaries()] == ["NCT01", "NCT02", "NCT03"]
    assert snapshot.summaries()[0] == TrialSummary(
        trial_id="NCT01", title="Kidney study", acronym="KIDNEY", conditions=("Kidney study",), status="RECRUITING",
        sponsor="Sponsor of Kidney study", phases=("PHASE2", "PHASE3"), countries=("Switzerland",), cities=("Bern",),
        enrollment=len(TRIALS["NCT01"]),
    )
    assert snapshot.summaries() is snapshot.summaries()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the IMPACT-LVO trial; IMPACT-LVO again", ("IMPACT-LVO",)),
        ("HER2-positive, COVID-19, A-B, ANTI-PD, NCT-01", ()),
        ("word " * 200 + "LATE-NAME", ()),
        ("ONE-TWO-THREE and FOUR-FIVE", ("ONE-TWO-THREE", "FOUR-FIVE")),
    ],
)
def test_a_trial_is_known_by_the_names_its_description_gives_it(text: str, names: tuple[str, ...]) -> None:
    assert summary_of(document_of(f"trial NCT01 Title\nsummary {text}\n", "file")).names == names


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("status", ("RECRUITING",)),
        ("phase", ("PHASE2", "PHASE3")),
        ("city", ("Bern",)),
        ("sites", ("2",)),
        ("healthy_volunteers", ("false",)),
        ("start_date", ("738946",)),
        ("sponsor", ("Sponsor of Liver study",)),
    ],
)
def test_field_values_are_those_of_the_facts(snapshot: Snapshot, field: str, values: tuple[str, ...]) -> None:
    assert snapshot.field_values(field)["NCT02"] == values
    assert list(snapshot.field_values(field)) == ["NCT01", "NCT02", "NCT03"]


def test_a_field_nobody_states_is_empty(snapshot: Snapshot) -> None:
    assert snapshot.field_values("masking") == snapshot.field_values("no such field") == {}


def test_criteria_are_found_by_variable_unread_ones_too(snapshot: Snapshot) -> None:
    found = snapshot.criteria_for_variables(["egfr"])
    assert list(found) == ["NCT01", "NCT02"]
    atom = found["NCT01"][0].requires[0].alternatives[0]
    assert isinstance(atom, Constraint)
    assert Decimal(60) in atom.admits
    assert Decimal("59.9") not in atom.admits
    both = snapshot.criteria_for_variables({"egfr", "platelets"})
    assert [len(both[t]) for t in both] == [1, 2]
    assert snapshot.criteria_for_variables([]) == snapshot.criteria_for_variables(["unheard_of"]) == {}
    assert snapshot.unread_counts() == {"egfr": 1}


def test_criteria_are_found_by_concept_and_by_phrase(snapshot: Snapshot) -> None:
    assert [len(c) for c in snapshot.criteria_for_concepts(["hiv"]).values()] == [1, 1]
    assert list(snapshot.criteria_for_concepts(["hiv", "pregnancy"])) == ["NCT01", "NCT03"]
    assert list(snapshot.criteria_for_phrase("infected by HIV")) == ["NCT01"]
    assert list(snapshot.criteria_for_phrase("the pregnant women")) == ["NCT03"]
    assert snapshot.criteria_for_phrase("the of") == snapshot.criteria_for_phrase("") == {}


def test_unknown_ids_are_named(snapshot: Snapshot) -> None:
    for ask in (snapshot.document, snapshot.facts, snapshot.read_trial, snapshot.passages_of, snapshot.text):
        with pytest.raises(UnknownTrialError, match=r"no trial NCT99 in this index.*rag status"):
            ask("NCT99")
    with pytest.raises(UnknownTrialError, match="no passage NCT01:0-1"):
        snapshot.passage("NCT01:0-1")


def test_info_is_the_manifests(snapshot: Snapshot) -> None:
    assert snapshot.info == IndexInfo(snapshot.manifest.id, 3, 9, "fake")
    assert snapshot.has_vectors
    assert snapshot.refusals == ()


def test_every_thread_may_ask(snapshot: Snapshot) -> None:
    found: list[Passage] = []
    threads = [threading.Thread(target=lambda: found.append(snapshot.passage("NCT01:82-105"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Passage("NCT01:82-105", "NCT01", "eligibility.exclusion", Span(82, 105), "Kidney study",
                             "avoid hiv HIV infection")] * 8


# ── Generations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reader_keeps_its_snapshot_while_others_are_published(tmp_path: Path) -> None:
    build(tmp_path)
    held = open_snapshot(tmp_path / "index", toy_settings(tmp_path))
    for number in range(4):
        build(tmp_path, {"NCT01": f"trial NCT01 Kidney study\nsummary edition {number}\n"})
    generations = tmp_path / "index" / "generations"
    assert len(list(generations.iterdir())) == 3  # held, previous, current
    assert held.document("NCT02") == DOCUMENTS["NCT02"]
    assert len(held.vectors) == len(held.lexical) == 9  # opened only now
    assert held.passage("NCT02:24-49").text == "summary a drug for livers"
    held.close()
    build(tmp_path, {"NCT01": "trial NCT01 Kidney study\nsummary last edition\n"})
    assert sorted(path.name[:6] for path in generations.iterdir()) == ["000005", "000006"]
    with open_snapshot(tmp_path / "index", toy_settings(tmp_path)) as newest:
        assert newest.trial_ids == ("NCT01",)


def test_the_same_records_have_the_same_id_whatever_came_before(tmp_path: Path) -> None:
    first = build(tmp_path)
    assert build(tmp_path, {"NCT02": TRIALS["NCT02"]}).index_id != first.index_id
    assert build(tmp_path).index_id == first.index_id


def test_a_moved_index_opens(copy: Path) -> None:
    with open_snapshot(copy / "index", toy_settings(copy)) as moved:
        assert moved.document("NCT01") == DOCUMENTS["NCT01"]


# ── Unusable ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def opening(folder: Path, **changes: object) -> str:
    settings = toy_settings(folder).model_copy(update=changes)
    with pytest.raises(IndexUnusableError) as caught:
        open_snapshot(folder / "index", settings)
    assert caught.value.remedy
    return str(caught.value)


def test_no_index_names_the_command_that_builds_one(tmp_path: Path) -> None:
    assert "there is no index here — build it with: rag index" in opening(tmp_path)
    (tmp_path / "index").write_text("a file")
    assert "there is no index here — build it with: rag index" in opening(tmp_path)


def test_another_model_is_refused_unless_there_are_no_vectors(copy: Path, tmp_path: Path) -> None:
    assert "built with the model fake, the settings name other" in opening(copy, embedder="other")
    assert "set RAG_EMBEDDER=fake" in opening(copy, embedder="other")
    wordy = tmp_path / "wordy"
    wordy.mkdir()
    build(wordy, vectors=False)
    open_snapshot(wordy / "index", Settings(index=wordy / "index", embedder="other")).close()


def test_other_weights_of_the_same_model_are_refused_at_the_first_search(
        snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Snapshot.__new__(Snapshot)
    other.__dict__.update({**snapshot.__dict__, "manifest": replace(snapshot.manifest, embedder_digest="another")})
    monkeypatch.delitem(other.__dict__, "embedder", raising=False)
    with pytest.raises(IndexUnusableError, match="other weights"):
        _ = other.embedder


def test_another_schema_is_refused(copy: Path) -> None:
    folder = copy / "index" / "generations" / read_pointer(copy / "index").generation
    plain = orjson.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_bytes(orjson.dumps({**plain, "schema": 99, "news": 1}))
    assert f"schema 99, this program reads {SCHEMA_VERSION} — build it again with: rag index" in opening(copy)
    (folder / "manifest.json").write_bytes(orjson.dumps({**plain, "trials": 4}))
    assert "the manifest was changed" in opening(copy)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", b'{"generation":"../../etc","manifest_sha256":"x"}', b'{"generation":"000001-4d9d225c6572"}',
     b'{"generation":"000009-0123456789ab","manifest_sha256":"x"}'],
)
def test_a_damaged_pointer_is_refused(copy: Path, content: bytes) -> None:
    (copy / "index" / "CURRENT").write_bytes(content)
    assert "build it again with: rag index" in opening(copy)


def test_a_pointer_to_what_is_gone_is_refused(copy: Path) -> None:
    shutil.rmtree(copy / "index" / "generations")
    assert "which is not there" in opening(copy)


def test_a_damaged_index_is_built_again_from_the_records(copy: Path, caplog: pytest.LogCaptureFixture) -> None:
    pointer: Pointer = read_pointer(copy / "index")
    catalog = copy / "index" / "generations" / pointer.generation / "catalog.sqlite"
    catalog.write_bytes(catalog.read_bytes()[:-1])
    assert "bytes instead of" in opening(copy)
    summary = build(copy)
    assert "starting afresh" in caplog.text
    assert (summary.added, summary.embedded) == (3, 9)
    open_snapshot(copy / "index", toy_settings(copy)).close()
