"""Publishing is atomic: whatever kills or stops a writer, a reader sees the old index or the new one, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fake_index import TRIALS, build, toy_settings, write_corpus

import rag.files
import rag.generations
from rag.errors import IndexUnusableError
from rag.inspection import verify
from rag.retrieval import search
from rag.snapshot import open_snapshot

CORPORA = {
    "a": TRIALS,
    "b": {"NCT02": TRIALS["NCT02"] + "avoid hepatitis hepatitis\n", "NCT07": "trial NCT07 Lung\nsummary lungs\n"},
}


class Nursery:
    """The process of `support.index_writer`."""

    def __init__(self) -> None:
        path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.index_writer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=path, stderr=subprocess.PIPE,
        )

    def ask(self, *words: object) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> str:
        _, errors = self._process.communicate()
        return errors


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def corpora(folder: Path) -> Path:
    for name, trials in CORPORA.items():
        write_corpus(folder / name, trials)
    return folder


def state(folder: Path) -> tuple[str, int] | None:
    """Which corpus the published index holds, after comparing all of it, and its sequence number; None: no index."""
    try:
        snapshot = open_snapshot(folder / "index", toy_settings(folder))
    except IndexUnusableError as exc:
        assert "there is no index here" in exc.message
        return None
    with snapshot:
        texts = {trial_id: snapshot.document(trial_id).text for trial_id in snapshot.trial_ids}
        name = next(name for name, trials in CORPORA.items() if trials == texts)
        assert snapshot.info.passages == sum(text.strip().count("\n") for text in texts.values())
        assert len(snapshot.vectors) == len(snapshot.lexical) == snapshot.info.passages
        assert search(snapshot, "drug for livers")[0].passage_id == "NCT02:24-49"
        return name, snapshot.manifest.sequence


EVERY_NTH = 23  # of some 120 changes in the short form


@pytest.mark.parametrize("stride", [EVERY_NTH, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.timeout(300)
def test_a_kill_at_any_change_of_a_first_build_leaves_nothing_or_all(nursery: Nursery, tmp_path: Path,
                                                                     stride: int) -> None:
    seen = kill_everywhere(nursery, tmp_path, stride, replaced=False)
    assert seen == [None] * seen.count(None) + ["a"] * seen.count("a")  # once it is there it stays
    assert seen[0] is None
    assert seen[-1] == "a"


@pytest.mark.parametrize("stride", [EVERY_NTH, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.timeout(300)
def test_a_kill_at_any_change_of_a_replacement_leaves_the_old_or_the_new(nursery: Nursery, tmp_path: Path,
                                                                         stride: int) -> None:
    seen = kill_everywhere(nursery, tmp_path, stride, replaced=True)
    assert seen == ["a"] * seen.count("a") + ["b"] * seen.count("b")
    assert seen[0] == "a"
    assert seen[-1] == "b"


def kill_everywhere(nursery: Nursery, tmp_path: Path, stride: int, *, replaced: bool) -> list[str | None]:
    """What the index holds after a kill at every `stride`-th change, until a build lives to its end."""
    seen: list[str | None] = []
    for k in range(1, 400, stride):
        folder = tmp_path / str(k)
        folder.mkdir()
        corpora(folder)
        if replaced:
            nursery.ask("step", folder, "a", 0)
        status = nursery.ask("step", folder, "b" if replaced else "a", k)
        assert status in {"0", "9"}
        found = state(folder)
        seen.append(found[0] if found else None)
        assert nursery.ask("step", folder, "a", 0) == "0"  # the next writer starts at once
        assert state(folder) is not None
        assert not (folder / "index" / "drafts").exists()
        if status == "0":
            assert k > 20
            assert verify(folder / "index", toy_settings(folder)) == ()
            return seen
    raise AssertionError("the build never ended")


def kill_at_random(nursery: Nursery, folder: Path, kills: int) -> tuple[int, int]:
    """Kills a busy writer again and again under a live reader; returns how often was read and the last sequence."""
    build(corpora(folder), CORPORA["a"])
    sequences: list[int] = []
    done = threading.Event()
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                found = state(folder)
                assert found is not None
                assert not sequences or found[1] >= sequences[-1]
                sequences.append(found[1])
        except BaseException as exc:
            failures.append(exc)

    reader = threading.Thread(target=read)
    reader.start()
    chance = random.Random(7)
    for turn in range(4 * kills):
        if turn >= kills and sequences and sequences[-1] > 1:
            break  # a busy machine publishes nothing within half a second: only then it gets longer, and more turns
        writer = nursery.ask("loop", folder)
        time.sleep(chance.uniform(0.05, 0.6) * (1 + turn // kills))
        os.kill(int(writer), signal.SIGKILL)
        nursery.ask("wait", folder, writer)
    done.set()
    reader.join()
    if failures:
        raise failures[0]
    return len(sequences), sequences[-1]


@pytest.mark.timeout(60)
def test_a_live_reader_never_sees_a_half_built_index(nursery: Nursery, tmp_path: Path) -> None:
    reads, sequence = kill_at_random(nursery, tmp_path, 8)
    assert reads > 20
    assert sequence > 1
    assert nursery.ask("step", tmp_path, "a", 0) == "0"
    assert verify(tmp_path / "index", toy_settings(tmp_path)) == ()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_hundred_kills_under_a_live_reader(nursery: Nursery, tmp_path: Path) -> None:
    reads, _ = kill_at_random(nursery, tmp_path, 500)
    assert reads > 1000
    assert nursery.ask("step", tmp_path, "a", 0) == "0"
    assert verify(tmp_path / "index", toy_settings(tmp_path)) == ()
    assert len(list((tmp_path / "index" / "generations").iterdir())) <= 2


@pytest.mark.timeout(120)
def test_a_disk_that_is_full_leaves_the_old_index(nursery: Nursery, tmp_path: Path) -> None:
    folder = corpora(tmp_path)
    build(folder, CORPORA["a"])
    sizes = [2**power for power in range(6, 20)]
    statuses = [nursery.ask("limit", folder, "b", size) for size in sizes]
    assert statuses[0] == "3"
    assert statuses[-1] == "0"
    assert set(statuses) == {"0", "3"}
    assert statuses == sorted(statuses, reverse=True)
    assert "make room on the disk" in nursery.close()
    found = state(folder)
    assert found is not None
    assert found[0] == "b"
    assert verify(folder / "index", toy_settings(folder)) == ()


def test_every_file_is_synced_before_the_folder_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[str, Path]] = []
    sync, rename, replace = rag.files.sync, Path.rename, Path.replace

    def synced(path: Path) -> None:
        steps.append(("sync", path))
        sync(path)

    def renamed(self: Path, target: Path) -> Path:
        steps.append(("rename", self))
        return rename(self, target)

    def replaced(self: Path, target: Path) -> Path:
        steps.append(("replace", target))
        return replace(self, target)

    monkeypatch.setattr(rag.files, "sync", synced)
    monkeypatch.setattr(rag.generations, "sync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(Path, "replace", replaced)
    build(tmp_path)
    names = [(what, path.name) for what, path in steps]
    moved = next(place for place, (what, _) in enumerate(steps) if what == "rename")
    draft = steps[moved][1]
    published = next((tmp_path / "index" / "generations").iterdir())
    files = {path.relative_to(published) for path in published.rglob("*")} | {Path()}
    assert {path.relative_to(draft) for what, path in steps[:moved] if path.is_relative_to(draft)} == files
    switched = names.index(("replace", "CURRENT"))
    assert ("sync", "generations") in names[moved:switched]
    assert ("sync", "index") in names[switched:]
