"""Bad files: each is refused by name with its place, reason and remedy; a good neighbour is always read."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.render import csv_export, legacy_xml
from support.render_page import page
from support.study import study

from rag.errors import CorpusError
from rag.settings import Settings
from rag.sources import read_corpus
from rag.types import Document, Refusal

GOOD = json.dumps(study()).encode()


def other(trial_id: str = "NCT09000002", **modules: Any) -> dict[str, Any]:
    made = study(**modules)
    made["protocolSection"]["identificationModule"] = {
        **made["protocolSection"]["identificationModule"],
        **({"nctId": trial_id} if trial_id else {}),
    }
    return made


def text_of(value: object) -> bytes:
    return json.dumps(value).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def with_password(data: bytes) -> bytes:
    """A zip whose only member says that it is encrypted."""
    local, central = data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8
    changed = bytearray(data)
    changed[local] |= 1
    changed[central] |= 1
    return bytes(changed)


def without(study_: dict[str, Any], key: str) -> dict[str, Any]:
    study_["protocolSection"]["identificationModule"].pop(key)
    return study_


def with_doctype(declaration: str) -> bytes:
    return legacy_xml(other()).replace(b"<clinical_study>", declaration.encode() + b"<clinical_study>")


XML = legacy_xml(other()).decode()
PAGE = page(other())
CSV = csv_export([other()])
INFINITE = text_of(other(designModule={"enrollmentInfo": {"count": 1}})).replace(b'"count": 1', b'"count": 1e400')
NESTED = b'{"protocolSection": ' + b'{"a": ' * 3000 + b"1" + b"}" * 3001

# (file name, bytes, words of the reason, words of the place)
BAD: list[tuple[str, bytes, str, str]] = [
    ("empty.json", b"", "empty", ""),
    ("blank.txt", b"  \n\n \t\n", "empty", ""),
    ("only_bom.json", b"\xef\xbb\xbf", "empty", ""),
    ("cut.json", GOOD[:-40], "breaks off|not well-formed", "line 1"),
    ("cut_early.json", b'{"protocolSection": {"identificationModule": {"nctId": "N', "breaks off|formed", "line 1"),
    ("words.txt", b"A letter about nothing in particular.\n", "no known format", "line 1"),
    ("web.html", b"<!DOCTYPE html><html><body>trial</body></html>", "web page", ""),
    ("web2.html", b"<html><head></head></html>", "web page", ""),
    ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "binary", ""),
    ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00", "binary", ""),
    ("nul.json", GOOD[:200] + b"\x00" + GOOD[200:], "binary", ""),
    ("utf32.txt", "x".encode("utf-32"), "UTF-32|binary", ""),
    ("latin.txt", "\x81\x8d\x8f".encode("latin-1") * 40, "not UTF-8", "line 1"),
    ("mixed.json", b'{"protocolSection": "\xc3\xa9 \xff"}', "not UTF-8", "line 1"),
    ("utf16_cut.json", GOOD.decode().encode("utf-16")[:-1], "UTF-16", ""),
    ("number.json", b"[1]", "no study", "/0"),
    ("other.json", b'{"hits": []}', "no study", ""),
    ("no_studies.json", b'{"studies": []}', "empty", ""),
    ("no_list.json", b'{"studies": {"protocolSection": {}}}', "no study", ""),
    ("twice.json", b'{"protocolSection": {"a": 1, "a": 2}}', "twice", ""),
    ("nan.json", b'{"protocolSection": {"a": NaN}}', "NaN", ""),
    ("infinity.json", b'{"protocolSection": {"a": -Infinity}}', "Infinity", ""),
    ("huge_number.json", b'{"protocolSection": {"a": ' + b"9" * 5000 + b"}}", "holds what no study has", ""),
    ("deep.json", NESTED, "nested too deeply", ""),
    ("trailing.json", GOOD + b" and more", "not well-formed", "line 1"),
    ("no_id.json", text_of(without(other(), "nctId")), "no NCT id", "/protocolSection/identificationModule/nctId"),
    ("bad_id.json", text_of(other("ISRCTN12345")), "no NCT id", "nctId"),
    ("id_is_list.json", text_of(study(identificationModule={"nctId": ["NCT1"]})), "a list stands where", "nctId"),
    ("module_is_text.json", text_of(other(statusModule="x")), "an object belongs", "statusModule"),
    ("phases_is_text.json", text_of(other(designModule={"phases": "PHASE3"})), "a list belongs", "phases"),
    ("phase_is_number.json", text_of(other(designModule={"phases": [3]})), "a text belongs", "phases/0"),
    ("count_is_infinite.json", INFINITE, "a text belongs", "count"),
    ("entry.json", text_of([{"nctId": "NCT09000002"}]), "no protocolSection", "/0"),
    ("cut.xml", XML[:-30].encode(), "breaks off", "line"),
    ("entity.xml", with_doctype('<!DOCTYPE c [<!ENTITY a "b">]>'), "document type", ""),
    ("dtd.xml", with_doctype('<!DOCTYPE c SYSTEM "http://e/x.dtd">'), "document type", ""),
    ("no_id.xml", XML.replace("<nct_id>NCT09000002</nct_id>", "").encode(), "no NCT id", "nct_id"),
    ("feed.xml", b'<?xml version="1.0"?><rss><channel/></rss>', "<rss>", ""),
    ("unclosed.xml", b"<clinical_study><id_info></clinical_study>", "well-formed", "line 1"),
    ("encoding.xml", b'<?xml version="1.0" encoding="klingon"?><clinical_study/>', "cannot be read|well-formed", ""),
    ("page_no_id.txt", PAGE.replace("NCT ID: NCT09000002", "").encode(), "no known format", ""),
    ("overview_no_id.txt", b"Title\n\nOverview\n\nEligibility\n\nStudy details\n\nnothing\n", "no NCT id", "line 7"),
    ("header.csv", CSV.splitlines()[0].encode(), "no row", ""),
    ("cut.csv", CSV.encode()[:-5].rstrip(b'"') + b',"open', "breaks off|cells under", "line|row"),
    ("cells.csv", (CSV.splitlines()[0] + "\nNCT09000002,too few\n").encode(), "2 cells under 30 columns", "row 1"),
    ("no_id.csv", b"NCT Number,Study Title\n,A title\n", "no NCT id", "row 1"),
    ("twice.csv", b"NCT Number,Title,Study Title\nNCT09000002,a,b\n", "both give the title", "line 1"),
    ("cut.json.gz", gzip.compress(GOOD * 3)[:-12], "damaged|breaks off|compressed", ""),
    ("not.json.gz", b"\x1f\x8b" + b"nonsense" * 10, "damaged|breaks off|compressed", ""),
    ("bomb.json.gz", gzip.compress(b" " * (80 << 20)), "too many bytes", ""),
    ("empty.zip", zipped(), "no file", ""),
    ("cut.zip", zipped(("a.json", GOOD))[:-25], "damaged", ""),
    ("up.zip", zipped(("../up.json", text_of(other()))), "leads out", "../up.json"),
    ("root.zip", zipped(("/etc/up.json", text_of(other()))), "leads out", "/etc"),
    ("windows.zip", zipped(("C:\\up.json", text_of(other()))), "leads out", "C:"),
    ("nested.zip", zipped(("inner.zip", zipped(("a.json", GOOD)))), "binary|no known format", ""),
    ("bomb.zip", zipped(("big.json", b" " * (80 << 20))), "too many bytes", ""),
    ("password.zip", with_password(zipped(("a.json", text_of(other())))), "password", "a.json"),
    ("again.json", GOOD, "already read from a_good.json", "NCT09000001"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reason", "place"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_file_is_refused_and_its_neighbour_read(
    tmp_path: Path, name: str, data: bytes, reason: str, place: str
) -> None:
    (tmp_path / "a_good.json").write_bytes(GOOD)
    (tmp_path / f"b_{name}").write_bytes(data)
    started = time.perf_counter()
    documents, refusals = split(read_corpus([tmp_path], Settings()))
    assert time.perf_counter() - started < 2
    assert [document.trial_id for document in documents] == ["NCT09000001"]
    (refusal,) = refusals
    assert refusal.source.startswith(f"b_{name}")
    assert any(words in refusal.reason for words in reason.split("|")), refusal
    assert any(words in refusal.place for words in place.split("|")), refusal
    assert refusal.remedy
    assert (refusal.reason + refusal.place).isprintable()


def split(found: Any) -> tuple[list[Document], list[Refusal]]:
    everything = list(found)
    return (
        [one for one in everything if isinstance(one, Document)],
        [one for one in everything if isinstance(one, Refusal)],
    )


def test_a_missing_path_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(GOOD)
    documents, refusals = split(read_corpus([tmp_path / "none.json", tmp_path / "a.json"], Settings()))
    assert len(documents) == 1
    assert refusals[0].source.endswith("none.json") and "no such file" in refusals[0].reason


def test_nothing_at_all_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    with pytest.raises(CorpusError, match="no file to read"):
        list(read_corpus([tmp_path], Settings()))
    with pytest.raises(CorpusError, match="rag index"):
        list(read_corpus([], Settings()))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.json").write_bytes(GOOD)
    documents, refusals = split(read_corpus([tmp_path, tmp_path / "pipe"], Settings()))
    assert len(documents) == 1
    assert "no regular file" in refusals[0].reason


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(GOOD)
    _, refusals = split(read_corpus([tmp_path], Settings(max_file_bytes=1000)))
    assert "RAG_MAX_FILE_BYTES" in refusals[0].remedy


def test_bad_lines_of_json_lines_are_refused_alone(tmp_path: Path) -> None:
    huge = b'{"protocolSection": {"x": "' + b"y" * 90_000 + b'"}}'
    third = text_of(other("NCT09000003"))
    lines = [GOOD, b"{broken", b"", text_of(other("NCT09000002")), huge, third, third]
    (tmp_path / "all.jsonl").write_bytes(b"\n".join(lines))
    documents, refusals = split(read_corpus([tmp_path], Settings(max_record_bytes=50_000)))
    assert [document.trial_id for document in documents] == ["NCT09000001", "NCT09000002", "NCT09000003"]
    assert [refusal.place for refusal in refusals] == ["line 2", "line 5", "NCT09000003"]
    assert documents[1].origins[0].place == "line 4: /protocolSection/identificationModule/briefTitle"


def test_records_before_the_break_of_a_cut_gzip_are_kept(tmp_path: Path) -> None:
    lines = b"".join(text_of(other(f"NCT0900{n:04d}")) + b"\n" for n in range(400))
    (tmp_path / "all.jsonl.gz").write_bytes(gzip.compress(lines, 1)[:-4000])
    documents, refusals = split(read_corpus([tmp_path], Settings()))
    assert len(documents) >= 1 or "breaks off" in refusals[-1].reason
    assert len(refusals) == 1


def test_good_entries_of_a_page_are_kept(tmp_path: Path) -> None:
    studies = [study(), other(""), {"protocolSection": []}, other("NCT09000002")]
    (tmp_path / "page.json").write_bytes(text_of({"studies": studies}))
    documents, refusals = split(read_corpus([tmp_path], Settings()))
    assert [document.trial_id for document in documents] == ["NCT09000001", "NCT09000002"]
    assert [refusal.place for refusal in refusals] == ["NCT09000001", "/studies/2/protocolSection"]


def test_a_record_without_eligibility_is_read(tmp_path: Path) -> None:
    made = study()
    del made["protocolSection"]["eligibilityModule"]
    (tmp_path / "a.json").write_bytes(text_of(made))
    (document,), refusals = split(read_corpus([tmp_path], Settings()))
    assert not refusals
    assert not [section for section in document.sections if section.name.startswith("eligibility")]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_certain_encodings_are_read_alike(tmp_path: Path, encoding: str) -> None:
    made = study()
    made["protocolSection"]["descriptionModule"]["briefSummary"] = "A café’s naïve dose of 5 µg ± 1"
    (tmp_path / "a.json").write_bytes(json.dumps(made, ensure_ascii=False).encode(encoding))
    (tmp_path / "b.txt").write_bytes(page(other()).replace("The trial asks", "The café asks").encode(encoding))
    documents, refusals = split(read_corpus([tmp_path], Settings()))
    assert not refusals
    assert "A café’s naïve dose of 5 µg ± 1" in documents[0].text
    assert "The café asks" in documents[1].text


UNSAFE = "\x00\x07\x1b[31m\x7f\x9b\u202e\u2066\u200b\ufeff\U000e0041\ud800"


def test_canonical_text_is_safe_for_a_terminal(tmp_path: Path) -> None:
    made = study()
    made["protocolSection"]["descriptionModule"]["briefSummary"] = f"be{UNSAFE}fore\r\nafter\x92s"
    made["protocolSection"]["identificationModule"]["briefTitle"] = f"Ti{UNSAFE}tle"
    (tmp_path / "a.json").write_bytes(text_of(made))
    (document,), _ = split(read_corpus([tmp_path], Settings()))
    document.text.encode("utf-8")
    assert "be[31m›\ufffdfore\nafter’s" in document.text
    assert document.title == "Ti[31m›\ufffdtle"


@dataclass
class Mutation:
    """One change of a file's bytes at a share of its length."""

    at: float
    cut: int
    put: bytes


CHANGE = st.builds(Mutation, st.floats(0, 1), st.integers(0, 400), st.binary(max_size=6))
MUTATIONS = st.lists(CHANGE, min_size=1, max_size=3)
FILES: list[Callable[[], bytes]] = [
    lambda: GOOD,
    lambda: legacy_xml(study()),
    lambda: page(study()).encode(),
    lambda: csv_export([study()]).encode(),
    lambda: gzip.compress(GOOD, mtime=0),
    lambda: zipped(("a.json", GOOD), ("b.xml", legacy_xml(other()))),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, len(FILES) - 1), mutations=MUTATIONS)
def test_mutated_files_never_crash_and_never_lie(tmp_path: Path, which: int, mutations: list[Mutation]) -> None:
    data = FILES[which]()
    for change in mutations:
        at = int(change.at * len(data))
        data = data[:at] + change.put + data[at + change.cut :]
    (tmp_path / "mutant").write_bytes(data)
    documents, refusals = split(read_corpus([tmp_path / "mutant"], Settings()))
    assert documents or refusals
    check(documents)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_arbitrary_bytes_never_crash(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "any").write_bytes(data)
    documents, refusals = split(read_corpus([tmp_path / "any"], Settings()))
    assert documents or refusals


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(criteria=st.text(max_size=300), title=st.text(max_size=60))
def test_any_text_in_a_record_keeps_every_span_true(tmp_path: Path, criteria: str, title: str) -> None:
    made = study()
    made["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = criteria
    made["protocolSection"]["identificationModule"]["briefTitle"] = title
    (tmp_path / "any.json").write_bytes(json.dumps(made).encode())
    documents, _ = split(read_corpus([tmp_path / "any.json"], Settings()))
    assert len(documents) == 1
    check(documents)


def check(documents: list[Document]) -> None:
    for document in documents:
        document.text.encode("utf-8")
        last = 0
        for section in document.sections:
            assert last <= section.span.start < section.span.end <= len(document.text)
            last = section.span.end
        assert all(0 <= f.span.start < f.span.end <= len(document.text) for f in document.fields)
        assert all(a.span.end <= b.span.start for a, b in zip(document.origins, document.origins[1:], strict=False))
