from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.fake_assistant import DOCUMENTS

from api.app import create_app
from api.record_html import record_html
from rag.settings import Settings
from rag.types import Span

JSON = {"content-type": "application/json"}


def post(client, path, body, **headers):
    return client.post(path, content=body, headers=JSON | headers)


def test_ask_gives_the_answer_object(client):
    answer = client.post("/v1/ask", json={"question": "Which trials exclude eGFR below 60?"}).json()
    assert answer["schema_version"] == "1"
    assert [item["verdict"] for item in answer["result_set"]["items"]] == ["match", "partial"]
    for citation in answer["citations"]:
        text = client.get(f"/v1/trials/{citation['trial_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["cited_text"]


def test_the_same_question_gives_the_same_bytes(client):
    first, second = (client.post("/v1/ask", json={"question": "eGFR below 60?"}).content for _ in range(2))
    assert first == second


def test_history_and_trial_ids_reach_the_assistant(client, assistant):
    body = {"question": "And eGFR?", "history": [{"role": "user", "content": "Hello"}], "trial_ids": ["nct00000001"]}
    assert client.post("/v1/ask", json=body).status_code == 200
    asked = assistant.asked[-1]
    assert (asked.history[0].content, asked.trial_ids) == ("Hello", ("NCT00000001",))


def test_a_long_history_keeps_its_newest_turns(client, assistant):
    turns = [{"role": "user", "content": f"turn {n}"} for n in range(50)]
    assert client.post("/v1/ask", json={"question": "eGFR?", "history": turns}).status_code == 200
    assert [turn.content for turn in assistant.asked[-1].history] == [f"turn {n}" for n in range(30, 50)]


def test_screen_search_and_records_answer(client):
    assert (
        client.post("/v1/screen", json={"text": "82-year-old"}).json()["result_set"]["items"][0]["verdict"]
        == "excluded"
    )
    hits = client.post("/v1/search", json={"text": "insulin", "k": 1}).json()["hits"]
    assert len(hits) == 1 and hits[0]["score"] == 0.9
    page = client.get("/v1/trials?limit=1&offset=1").json()
    assert page["total"] == 3 and [t["trial_id"] for t in page["trials"]] == ["NCT00000002"]
    record = client.get("/v1/trials/nct00000001").json()
    assert record["text"] == DOCUMENTS["NCT00000001"].text and record["facts"]["enrollment"] == 120


def test_criteria_show_what_is_required_and_what_was_not_read(client):
    read = client.get("/v1/trials/NCT00000001/criteria").json()
    atoms = [atom for c in read["criteria"] for clause in c["requires"] for atom in clause["any_of"]]
    assert atoms[1] | {"start": 0, "end": 0} == {
        "is": "constraint",
        "variable": "egfr",
        "admits": "≥ 60 mL/min/1.73 m2",
        "stated": "< 60 mL/min/1.73 m2",
        "inferred": False,
        "words": "eGFR ≥ 60 mL/min/1.73 m2",
        "start": 0,
        "end": 0,
        "text": "eGFR \\< 60 mL/min/1.73 m2 at screening",
    }
    assert atoms[-1]["is"] == "unread" and atoms[-1]["reason"] == "not read"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_value"),
        (b"{", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b"\xef\xbb\xbf{}", 400, "invalid_json"),
        (b"[]", 422, "invalid_value"),
        (b'"x"', 422, "invalid_value"),
        (b"null", 422, "invalid_value"),
        (b"{}", 422, "invalid_value"),
        (b'{"question": NaN}', 400, "invalid_json"),
        (b'{"question": -Infinity}', 400, "invalid_json"),
        (b'{"question": 1e400}', 400, "invalid_json"),
        (b'{"question": ' + b"9" * 5000 + b"}", 400, "invalid_json"),
        (b'{"question": "\\ud800"}', 400, "invalid_json"),
        (b'{"question": "a", "question": "b"}', 400, "invalid_json"),
        (b'{"question": ' + b"[" * 30_000 + b"}", 400, "invalid_json"),
        (b'{"question": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "invalid_json"),
        (b'{"question": 5}', 422, "invalid_value"),
        (b'{"question": ""}', 422, "invalid_value"),
        (b'{"question": "  \\n "}', 422, "invalid_value"),
        (b'{"question": "a\\u0000b"}', 422, "invalid_value"),
        (b'{"question": "a\\u001b[31mb"}', 422, "invalid_value"),
        (b'{"question": "' + b"x" * 2001 + b'"}', 413, "question_too_long"),
        (b'{"question": "a", "mode": "magic"}', 422, "invalid_value"),
        (b'{"question": "a", "secret-field-name": 1}', 422, "unknown_field"),
        (b'{"question": "a", "history": [{"role": "king", "content": "x"}]}', 422, "invalid_value"),
        (b'{"question": "a", "trial_ids": [""]}', 422, "invalid_value"),
        (b'{"question": "a", "trial_ids": "NCT1"}', 422, "invalid_value"),
    ],
)
def test_bad_bodies_are_refused_in_the_envelope_and_never_repeated(client, body, status, code):
    reply = post(client, "/v1/ask", body)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["code"] == code
    assert len(reply.content) <= 2_000 and b"secret-field-name" not in reply.content and b"xxxx" not in reply.content


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_read(client, kind):
    reply = client.post("/v1/ask", content=b'{"question": "eGFR"}', headers={"content-type": kind})
    assert reply.status_code == 422 and reply.json()["error"]["type"] == "invalid_request_error"


def test_a_large_body_is_refused_before_and_while_it_is_read(client):
    large = b'{"question": "' + b"x" * 70_000 + b'"}'
    assert post(client, "/v1/ask", large).json()["error"]["code"] == "body_too_large"
    chunked = client.post("/v1/ask", content=(large[n : n + 9_000] for n in range(0, len(large), 9_000)), headers=JSON)
    assert chunked.status_code == 413 and chunked.json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/trials/NCT99999999", 404),
        ("GET", "/v1/trials/NCT99999999/criteria", 404),
        ("GET", "/v1/ask", 405),
        ("DELETE", "/v1/trials", 405),
        ("PATCH", "/v1/chat/completions", 405),
        ("GET", "/mcp", 405),
        ("GET", "/v1/trials?limit=0", 422),
        ("GET", "/v1/trials?limit=x", 422),
        ("GET", "/v1/trials?offset=-1", 422),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/v1/models/gpt-9", 404),
    ],
)
def test_every_error_has_the_envelope(client, method, path, status):
    reply = client.request(method, path)
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


def test_an_unforeseen_failure_is_a_plain_500_without_details(client, caplog):
    reply = client.post("/v1/ask", json={"question": "please fail with canary-4711"})
    assert reply.status_code == 500 and reply.json()["error"]["code"] == "internal_error"
    assert "canary-4711" not in reply.text and "canary-4711" not in caplog.text and "RuntimeError" in caplog.text


def test_every_response_has_an_id_and_strict_headers(client):
    reply = client.get("/healthz", headers={"x-request-id": "abc-1"})
    assert reply.headers["x-request-id"] == "abc-1"
    assert (
        len(client.get("/healthz", headers={"x-request-id": "bad id\u00ff".encode("latin-1")}).headers["x-request-id"])
        == 32
    )
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy


def test_foreign_hosts_and_origins_are_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).json()["error"]["code"] == "host_not_trusted"
    assert (
        client.get("/v1/trials", headers={"origin": "https://evil.example"}).json()["error"]["code"]
        == "origin_not_trusted"
    )
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_metrics_count_without_a_word_of_the_question(assistant, tmp_path):
    with TestClient(create_app(Settings(index=tmp_path), lambda: assistant), base_url="http://127.0.0.1") as client:
        client.post("/v1/ask", json={"question": "eGFR of canary-4711"})
        text = client.get("/metrics").text
    assert 'rag_requests_total{method="POST",route="/v1/ask",status="200"} 1.0' in text
    assert 'rag_answers_total{intent="trials",mode="extractive",status="answered"} 1.0' in text
    assert "rag_index_trials 3.0" in text and "canary" not in text


def test_openapi_is_valid_json_with_our_paths(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/ask", "/v1/ask/stream", "/v1/screen", "/v1/search", "/v1/chat/completions"} <= set(paths)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("question", "history", "trial_ids", "mode", "text", "k", "messages", "model", "stream", "n", "stream_options")
BODIES = (
    st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES | st.just("rag") | st.just("eGFR?"), max_size=6) | JSON_VALUES
)
PATHS = ("/v1/ask", "/v1/ask/stream", "/v1/screen", "/v1/search", "/v1/chat/completions")


def never_a_5xx(client, path, body):
    reply = client.post(path, content=json.dumps(body).encode("utf-8", "surrogatepass"), headers=JSON)
    assert reply.status_code < 500
    if reply.status_code >= 400:
        assert set(reply.json()["error"]) == {"message", "type", "param", "code"} and len(reply.content) < 2_000


QUIET = {"deadline": None, "derandomize": True}


@settings(max_examples=150, **QUIET)
@given(path=st.sampled_from(PATHS), body=BODIES)
def test_no_json_body_makes_a_5xx(client, path, body):
    never_a_5xx(client, path, body)


@pytest.mark.slow
@settings(max_examples=3_000, **QUIET)
@given(path=st.sampled_from(PATHS), body=BODIES)
def test_fuzz_of_json_bodies_makes_no_5xx(client, path, body):
    never_a_5xx(client, path, body)


@pytest.mark.slow
@settings(max_examples=3_000, **QUIET)
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=300))
def test_fuzz_of_bytes_makes_no_5xx(client, path, body):
    assert post(client, path, body).status_code < 500


@settings(max_examples=100, **QUIET)
@given(st.text(max_size=30))
def test_no_path_makes_a_5xx(client, text):
    for path in (
        f"/v1/trials/{quote(text, safe='')}",
        f"/trials/{quote(text, safe='')}",
        f"/{quote(text)}",
        f"/static/{quote(text)}",
    ):
        assert client.get(path).status_code < 500


def events(text):
    found = []
    for block in text.strip().split("\n\n"):
        name, _, data = block.partition("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_the_stream_tells_plan_evidence_text_citations_done(client):
    reply = client.post("/v1/ask/stream", json={"question": "eGFR below 60?"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    got = events(reply.text)
    names = [name for name, _ in got]
    assert names[:2] == ["plan", "evidence"] and names[-2:] == ["citations", "done"] and names.count("text") > 3
    whole = client.post("/v1/ask", json={"question": "eGFR below 60?"}).json()
    assert "".join(data["delta"] for name, data in got if name == "text") == whole["answer"]
    assert got[-1][1] == whole and got[0][1]["plan"]["read_as"]


def test_the_stream_refuses_before_it_starts(client):
    assert client.post("/v1/ask/stream", json={"question": ""}).status_code == 422
    assert client.post("/v1/ask/stream", json={"question": "fail"}).status_code == 500


# ── The record page without a script ─────────────────────────────────────────────────────────────────────────────────


def test_a_record_page_reads_without_a_script_and_marks_the_span(client):
    record = DOCUMENTS["NCT00000002"]
    start = record.text.index("For cohort B")
    page = client.get(f"/trials/nct00000002?c={start}-{start + 12},junk,5-2,0-999999999")
    assert page.status_code == 200 and page.text.count("<mark>") == 1 and "<mark>For cohort B</mark>" in page.text
    assert "Merlin &lt;script&gt;alert(1)&lt;/script&gt;" in page.text and "<script>alert" not in page.text
    assert "<title>NCT00000002: Merlin &lt;script&gt;" in page.text


def test_a_record_page_holds_the_whole_text():
    for document in DOCUMENTS.values():
        spans = (Span(3, 9), Span(5, 14), Span(len(document.text) - 9, len(document.text) - 2))
        plain = unescape(re.sub(r"<[^>]*>", "", record_html(document, spans).partition("record-body")[2]))
        assert re.sub(r"\s+", "", plain.partition(">")[2]) == re.sub(r"\s+", "", document.text)


def test_an_unknown_record_is_a_404_page(client):
    page = client.get("/trials/NCT99999999")
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
