"""Real records: the shipped corpus, and the development records where they lie beside the project."""

from __future__ import annotations

import gzip
import tarfile
from itertools import islice
from pathlib import Path

import pytest

from rag.settings import Settings
from rag.sources import read_corpus
from rag.types import Document

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"

def documents(*paths: Path) -> list[Document]:
    found = list(read_corpus(paths, Settings()))
    refused = [one for one in found if not isinstance(one, Document)]
    assert not refused, refused[:3]
    return [one for one in found if isinstance(one, Document)]


def check(document: Document) -> None:
    last = 0
    for section in document.sections:
        assert last <= section.span.start < section.span.end
        body = section.span.of(document.text)
        assert body.strip("\n") == body
        last = section.span.end
    for field in document.fields:
        assert field.span.of(document.text).strip() == field.span.of(document.text) != ""
    assert all(a.span.end <= b.span.start for a, b in zip(document.origins, document.origins[1:], strict=False))


def test_the_corpus_has_sixty_trials_in_every_format() -> None:
    found = documents(ROOT / "corpus")
    assert len(found) == 60
    kinds = {Path(one.source.partition("!")[0]).name.partition(".")[2] for one in found}
    assert kinds == {"txt", "json", "xml", "csv", "jsonl.gz", "zip"}
    for one in found:
        check(one)
        assert one.facts.sponsor and one.facts.status and one.facts.conditions, one.trial_id
    without = [one.trial_id for one in found if not any(s.name.startswith("eligibility.") for s in one.sections)]
    assert set(without) <= {"NCT04677790", "NCT05486312"}  # the CSV export has no criteria


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="needs ../shared/seeds")
def test_the_seed_pages_hold_no_boilerplate() -> None:
    found = documents(SHARED / "seeds")
    assert [one.trial_id for one in found] == [
        "NCT07263776", "NCT07141303", "NCT06155032", "NCT07294391", "NCT07026331",
    ]  # fmt: skip
    for one in found:
        check(one)
        names = [section.name for section in one.sections]
        assert "eligibility.inclusion" in names and "eligibility.exclusion" in names
        for words in ("Powered by AI", "Related Trials", "concise snapshot", "FAQs", "Sign up", "Add a private note"):
            assert words not in one.text


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "trials").is_dir(), reason="needs ../shared/trials")
def test_a_sample_of_the_development_records_is_read_whole(tmp_path: Path) -> None:
    with gzip.open(SHARED / "trials" / "ctgov_v2.jsonl.gz", "rb") as lines:
        (tmp_path / "v2.jsonl").write_bytes(b"".join(islice(lines, 0, None, 5)))
    with gzip.open(SHARED / "trials" / "ctgov_v2_partial.jsonl.gz", "rb") as lines:
        (tmp_path / "partial.jsonl").write_bytes(b"".join(islice(lines, 0, None, 20)))
    with tarfile.open(SHARED / "trials" / "ctgov_xml.tar.xz") as archive:
        for member in islice((one for one in archive if one.isfile()), 0, 800, 2):
            stream = archive.extractfile(member)
            assert stream is not None
            (tmp_path / Path(member.name).name).write_bytes(stream.read())
    found = documents(tmp_path)
    assert len(found) > 3000
    for one in found:
        check(one)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "trials").is_dir(), reason="needs ../shared/trials")
def test_every_development_record_is_read(tmp_path: Path) -> None:
    with tarfile.open(SHARED / "trials" / "ctgov_xml.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    count = 0
    for one in read_corpus([SHARED / "trials" / "ctgov_v2.jsonl.gz", tmp_path], Settings()):
        assert isinstance(one, Document), one
        check(one)
        count += 1
    assert count == 1970 + 7079
