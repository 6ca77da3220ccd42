"""verify finds every damaged byte and every planted fault; status and doctor say what is there and what is wrong."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.fake_index import build, toy_settings

from rag.codec import from_json, to_json
from rag.errors import IndexUnusableError
from rag.files import sha256_of
from rag.generations import FileSum, Manifest, Pointer, read_pointer
from rag.inspection import doctor, status, verify
from rag.settings import Settings
from rag.snapshot import open_snapshot
from rag.stores.faiss_store import FaissKind


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("built")
    build(made)
    return made


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built / "index", tmp_path / "index")
    return tmp_path


def generation(folder: Path) -> Path:
    return folder / "index" / "generations" / read_pointer(folder / "index").generation


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(generation(folder).rglob("*")) if path.is_file() and ".lock" not in path.name)


def faults(folder: Path) -> list[str]:
    return [fault.message for fault in verify(folder / "index", toy_settings(folder))]


def refused(folder: Path) -> str:
    """The error of opening, which must come before anything of the index is used."""
    with pytest.raises(IndexUnusableError, match="rag index") as caught:
        open_snapshot(folder / "index", toy_settings(folder))
    return str(caught.value)


def sign_again(folder: Path, **changes: object) -> None:
    """Makes the manifest and the pointer fit what now stands in the files: a fault that checksums cannot see."""
    place = generation(folder)
    manifest = from_json(Manifest, (place / "manifest.json").read_bytes())
    sums = {p.relative_to(place).as_posix(): FileSum(p.stat().st_size, sha256_of(p)) for p in files(folder)}
    sums.pop("manifest.json")
    (place / "manifest.json").write_bytes(to_json(replace(manifest, files=sums, **changes)))
    pointer = Pointer(place.name, sha256_of(place / "manifest.json"))
    (folder / "index" / "CURRENT").write_bytes(to_json(pointer))


def test_a_fresh_index_is_clean(built: Path) -> None:
    assert faults(built) == []


def test_no_index_is_an_error_not_a_fault(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusableError, match="there is no index here"):
        verify(tmp_path / "index", toy_settings(tmp_path))


def test_a_change_of_any_byte_of_any_file_is_found_and_refused(copy: Path) -> None:
    chance = random.Random(5)
    for path in list(files(copy)):
        whole = path.read_bytes()
        for _ in range(4):
            damaged = bytearray(whole)
            damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(damaged))
            assert faults(copy), path
            assert refused(copy), path
        for shorter in (whole[:-1], b"", whole + b"\0"):
            path.write_bytes(shorter)
            assert faults(copy), path
            assert refused(copy), path
        path.write_bytes(whole)
    assert faults(copy) == []
    open_snapshot(copy / "index", toy_settings(copy)).close()


def test_missing_extra_and_linked_files_are_named(copy: Path) -> None:
    catalog = generation(copy) / "catalog.sqlite"
    (generation(copy) / "vectors" / "note.txt").write_text("extra")
    assert "a file the manifest does not name" in faults(copy)
    assert "note.txt: a file the manifest does not name" in refused(copy)
    (generation(copy) / "vectors" / "note.txt").unlink()
    catalog.rename(copy / "elsewhere")
    assert faults(copy) == ["the file is missing"]
    catalog.symlink_to(copy / "elsewhere")
    assert faults(copy) == ["a link in the index"]
    assert "a link in the index" in refused(copy)


def test_files_swapped_between_generations_are_found(copy: Path, built: Path) -> None:
    build(copy)
    old = generation(copy) / "vectors" / "vectors.faiss"
    build(copy, {"NCT01": "trial NCT01 Kidney study\nsummary other words of different lengths\n"})
    shutil.copyfile(old, generation(copy) / "vectors" / "vectors.faiss")
    assert faults(copy)


PLANTED = {
    "another text": ("UPDATE documents SET text = replace(text, 'drug', 'DRUG')", "another checksum"),
    "a span outside": ("UPDATE documents SET layout = replace(layout, '[12,24]', '[12,9999]')", "lies outside the"),
    "a passage of no section": ("UPDATE passages SET section = 'dates' WHERE row = 0", "not a part of its section"),
    "a passage elsewhere": ("UPDATE passages SET start = start + 1 WHERE row = 0", "not a part of its section"),
    "a lost passage": ("DELETE FROM passages WHERE row = 8", "the catalog holds 8 passages, the manifest says 9"),
    "a lost trial": ("DELETE FROM documents WHERE trial_no = 2", "the catalog holds 2 trials, the manifest says 3"),
    "a lost criterion": ("DELETE FROM criteria WHERE criterion_no = 5", "the catalog holds 5 criteria"),
    "a lost limit": ("DELETE FROM limits WHERE variable = 'egfr'", "not found by the variables they limit"),
    "an invented state": ("INSERT INTO states VALUES ('cancer', 0)", "not found by the concepts they name"),
    "another field value": ("UPDATE field_values SET value = 'Oslo' WHERE field = 'city'", "field values are not"),
    "another summary": ("UPDATE summaries SET body = replace(body, 'Bern', 'Oslo')", "summary is not that of"),
    "a criterion outside": ("UPDATE criteria SET body = replace(body, '\"span\":[52,81]', '\"span\":[52,8100]')",
                            "lies outside the text"),
    "broken criterion": ("UPDATE criteria SET body = '{}' WHERE criterion_no = 0", "the catalog cannot be read"),
    "a table gone": ("DROP TABLE limits", "the catalog cannot be read"),
}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_planted_fault_is_found_under_a_right_checksum(copy: Path, name: str) -> None:
    statement, message = PLANTED[name]
    base = sqlite3.connect(generation(copy) / "catalog.sqlite")
    assert base.execute(statement).rowcount != 0
    base.commit()
    base.close()
    sign_again(copy)
    assert any(message in found for found in faults(copy)), faults(copy)


@pytest.mark.parametrize("changes", [{"trials": 4}, {"passages": 8}, {"criteria": 1}, {"refused": 2}, {"vectors": 8}])
def test_counts_that_differ_from_the_manifest_are_found(copy: Path, changes: dict[str, int]) -> None:
    sign_again(copy, **changes)
    assert faults(copy)


def vectors_of(folder: Path) -> np.ndarray:
    with open_snapshot(folder / "index", toy_settings(folder)) as snapshot:
        return snapshot.vectors.vectors(range(9)).astype(np.float16)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: np.where(np.arange(9)[:, None] == 3, np.nan, v), "the vector of row 3 is not of unit length"),
        (lambda v: v * np.where(np.arange(9)[:, None] == 5, 0.5, 1), "the vector of row 5 is not of unit length"),
        (lambda v: v[::-1], "is not the model's"),
        (lambda v: v[:8], "of 8 x 16 where 9 x 16 should be"),
        (lambda v: v[:, :8], "of 9 x 8 where 9 x 16 should be"),
    ],
)
def test_wrong_vectors_are_found_under_a_right_checksum(copy: Path, change: object, message: str) -> None:
    assert callable(change)
    vectors = change(vectors_of(copy)).astype(np.float16)
    FaissKind().build(vectors, generation(copy) / "vectors")
    sign_again(copy)
    assert any(message in found for found in faults(copy)), faults(copy)


def test_an_index_without_vectors_is_clean_too(tmp_path: Path) -> None:
    build(tmp_path, vectors=False)
    assert faults(tmp_path) == []


def test_status_tells_what_the_index_holds(built: Path) -> None:
    told = status(toy_settings(built))
    expected = {
        "trials": 3, "passages": 9, "criteria": 6, "vectors": 9, "embedder": "fake", "unread": {"egfr": 1},
        "refused": [],
    }
    assert {key: told[key] for key in expected} == expected
    assert told["bytes"] == sum(path.stat().st_size for path in files(built)) - (
        generation(built) / "manifest.json").stat().st_size


def test_doctor_names_what_is_wrong_and_the_remedy(built: Path, tmp_path: Path) -> None:
    settings = toy_settings(built, corpus=built / "corpus")
    assert all(check.ok and not check.remedy for check in doctor(settings)), doctor(settings)
    checks = {check.name: check for check in doctor(toy_settings(tmp_path, corpus=tmp_path / "none"))}
    assert not checks["index"].ok
    assert checks["index"].remedy == "build it with: rag index"
    assert checks["corpus"].remedy == "name the records: rag index PATH"
    wordy = tmp_path / "wordy"
    wordy.mkdir()
    build(wordy, vectors=False)
    checks = {check.name: check for check in doctor(toy_settings(wordy))}
    assert (checks["vectors"].ok, checks["vectors"].remedy) == (False, "run: rag index")


def test_doctor_knows_whether_the_model_is_prepared(tmp_path: Path) -> None:
    unprepared = Settings(index=tmp_path / "index", model_cache=tmp_path / "models")
    checks = {check.name: check for check in doctor(unprepared)}
    assert (checks["model"].ok, checks["model"].remedy) == (False, "run: rag index")
    other = Settings(index=tmp_path / "index", embedder="some/model")
    assert {check.name: check.ok for check in doctor(other)}["model"]
