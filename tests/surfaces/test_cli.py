from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from types import SimpleNamespace

import pytest
from support.fake_assistant import DOCUMENTS, FakeAssistant
from support.process import environment

from rag.cli import asking, collection, serving
from rag.cli.app import app
from rag.cli.exits import run
from rag.errors import GateError, IndexUnusableError, RemoteError

ENTRY = "from rag.cli import main; main()"


@pytest.fixture
def rag(monkeypatch, capsys, tmp_path):
    """Run the command line over the fake assistant: rag(*args, stdin=…) → (code, stdout, stderr)."""
    assistant = FakeAssistant()
    monkeypatch.chdir(tmp_path)
    for module in (asking, collection, serving):
        monkeypatch.setattr(module, "open_assistant", lambda settings: assistant)

    def call(*args: str, stdin: str = ""):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        code = run(app, args)
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err, assistant=assistant)

    return call


def process(*args: str, cwd, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *args],
        cwd=cwd,
        env=environment(**variables),
        text=True,
        capture_output=True,
        check=False,
    )


# ── Human output and JSON ────────────────────────────────────────────────────────────────────────────────────────────


def test_ask_prints_answer_verdicts_and_numbered_sources(rag):
    done = rag("ask", "Which trials exclude eGFR below 60?")
    assert done.code == 0 and done.err == ""
    for words in (
        "1 of 3 trials excludes eGFR below 60 mL/min [1].",
        "  match    NCT00000001  excludes eGFR < 60 mL/min/1.73 m2 [1]",
        "  partial  NCT00000002",
        "3 trials considered: all of it turned away 1, part of it turned away 1, not stated 1",
        "[1] “eGFR \\< 60 mL/min/1.73 m2 at screening”",
        "    NCT00000001 · exclusion criteria · lines 1-20 · https://clinicaltrials.gov/study/NCT00000001",
        "Read as: trials where no admitted eGFR lies below 60 mL/min",
    ):
        assert words in done.out


def test_ask_json_is_the_answer_object_alone(rag):
    done = rag("ask", "eGFR?", "--json", "--trial", "nct00000001")
    assert json.loads(done.out)["schema_version"] == "1"
    assert done.assistant.asked[-1].trial_ids == ("NCT00000001",)


def test_a_dash_reads_the_question_from_stdin(rag):
    assert "1 of 3 trials" in rag("ask", "-", stdin="eGFR below 60?\n").out


def test_strict_turns_an_abstention_into_10(rag):
    assert rag("ask", "Who won the cup?").code == 0
    done = rag("ask", "Who won the cup?", "--strict")
    assert done.code == 10 and "Nearest passages" in done.out
    assert rag("ask", "eGFR?", "--strict").code == 0


def test_no_control_or_bidi_character_of_a_document_reaches_the_terminal(rag):
    for args in (
        ("ask", "eGFR?"),
        ("show", "NCT00000002"),
        ("criteria", "NCT00000001"),
        ("search", "x"),
        ("ask", "eGFR?", "--json"),
    ):
        out = rag(*args).out
        assert not any(ord(c) < 32 and c not in "\n\t" for c in out) and "\u202e" not in out


def test_json_with_harmful_characters_reads_back_the_same(rag):
    record = json.loads(rag("show", "NCT00000002", "--json").out)
    assert record["text"] == DOCUMENTS["NCT00000002"].text and "\x1b" in record["text"]


def test_show_text_is_the_canonical_text_byte_for_byte(rag):
    assert rag("show", "nct00000002", "--text").out == DOCUMENTS["NCT00000002"].text


def test_show_one_section(rag):
    done = rag("show", "NCT00000001", "--text", "--section", "eligibility.exclusion")
    assert done.out.startswith("eGFR \\< 60") and "Adults" not in done.out
    missing = rag("show", "NCT00000001", "--section", "nothing")
    assert missing.code == 2 and "it has identification, summary" in missing.err


def test_criteria_read_well_and_say_what_was_not_read(rag):
    out = rag("criteria", "NCT00000001").out
    assert "→ eGFR ≥ 60 mL/min/1.73 m2" in out and "no pregnancy or not read (not read)" in out


def test_search_lists_passages_with_scores(rag):
    assert " 1. NCT00000001  exclusion criteria  score 0.9000" in rag("search", "kidney").out
    assert len(json.loads(rag("search", "kidney", "-k", "1", "--json").out)["hits"]) == 1


def test_screen_takes_text_or_a_file(rag, tmp_path):
    (tmp_path / "patient.txt").write_text("82-year-old woman", "utf-8")
    for args in (("82-year-old",), ("--file", "patient.txt"), ("-",)):
        done = rag("screen", *args, stdin="an old woman")
        assert done.code == 0 and "excluded" in done.out and "still to be checked: type of diabetes" in done.out
    assert rag("screen").code == 2 and rag("screen", "x", "--file", "patient.txt").code == 2
    assert rag("screen", "--file", "nothing.txt").code == 2


def test_chat_keeps_the_history(rag):
    done = rag("chat", stdin="Which exclude eGFR below 60?\n\nAnd SGLT2?\nexit\nnever asked\n")
    assert done.code == 0 and "Kestrel" in done.out
    assert [turn.role for turn in done.assistant.asked[-1].history] == ["user", "assistant"]
    assert len(done.assistant.asked) == 2


def test_lint_lists_unread_limits(rag):
    done = rag("lint")
    assert done.code == 0 and "3 trials, 0 findings" in done.err
    assert json.loads(rag("lint", "--json").out) == {"trials": 3, "findings": []}


# ── Batches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_answers_in_order_and_survives_bad_lines(rag):
    lines = [
        '{"id": "a", "question": "eGFR?"}', "", "not json", '{"id": 7, "question": ""}', '{"id": "x"}', "[1]",
        '{"id": "b", "question": "SGLT2?", "history": [{"role": "user", "content": "hi"}], "trial_ids": ["NCT1"]}',
        '{"question": "eGFR?", "colour": "red"}',
        '{"id": "c", "question": "eGFR?", "history": [{"content": "user alone"}]}',
        '{"id": "d", "question": "Who won?"}',
    ]  # fmt: skip
    done = rag("ask", "--batch", "-", "--ndjson", stdin="\n".join(lines))
    got = [json.loads(line) for line in done.out.splitlines()]
    assert [one.get("id") for one in got] == ["a", None, 7, "x", None, "b", None, "c", "d"]
    assert ["error" in one for one in got] == [False, True, True, True, True, False, True, False, False]
    assert got[1]["line"] == 3 and got[5]["question"] == "SGLT2?"
    assert rag("ask", "--batch", "-", "--ndjson", "--strict", stdin=lines[-1]).code == 10


def test_a_line_that_the_program_fails_on_is_told_and_the_rest_go_on(rag):
    lines = '{"id": 1, "question": "fail"}\n{"id": 2, "question": "eGFR?"}'
    done = rag("ask", "--batch", "-", "--ndjson", stdin=lines)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["error"]["code"] == "internal_error" and first["id"] == 1 and second["id"] == 2
    assert done.code == 1 and "made to fail" in done.err


def test_a_batch_file_that_is_missing_is_a_usage_error(rag):
    assert rag("ask", "--batch", "nothing.jsonl", "--ndjson").code == 2
    assert rag("ask", "question", "--batch", "-").code == 2


# ── Errors and exit codes ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "args", [("ask",), ("ask", ""), ("ask", "x" * 2001), ("ask", "a\x00b"), ("show", "NCT9"), ("show",), ("nothing",),
             ("ask", "x", "--mode", "magic"), ("search", "x", "-k", "0"), ("ask", "x", "--nope")]
)  # fmt: skip
def test_usage_errors_are_2_with_a_message_on_stderr_alone(rag, args):
    done = rag(*args)
    assert done.code == 2 and done.out == "" and len(done.err) > 10 and "Traceback" not in done.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IndexUnusableError("no index", place="index", remedy="build one: rag index"), 3), (RemoteError("gone"), 5),
        (GateError("below the gate"), 11), (KeyboardInterrupt(), 130),
    ],
)  # fmt: skip
def test_errors_have_their_exit_codes(rag, monkeypatch, error, code):
    def failing(settings):
        raise error

    monkeypatch.setattr(asking, "open_assistant", failing)
    done = rag("ask", "eGFR?")
    assert done.code == code and done.out == "" and (code == 130 or done.err.startswith("rag: "))


def test_an_unforeseen_error_keeps_its_traceback(rag):
    with pytest.raises(RuntimeError, match="made to fail"):
        rag("ask", "fail")


def test_without_an_index_every_reader_says_how_to_build_one(tmp_path):
    for args in (("ask", "x"), ("status",), ("verify",), ("serve", "--port", "0"), ("show", "NCT00000001")):
        done = process(*args, cwd=tmp_path)
        assert (
            done.returncode == 3 and done.stdout == "" and "rag index" in done.stderr and "Traceback" not in done.stderr
        )


def test_wrong_settings_are_usage_errors(tmp_path):
    done = process("ask", "x", cwd=tmp_path, RAG_TOP_K="many")
    assert done.returncode == 2 and "RAG_TOP_K" in done.stderr and "Traceback" not in done.stderr
    (tmp_path / "rag.toml").write_text("top_k = [", "utf-8")
    assert process("ask", "x", cwd=tmp_path).returncode == 2
    (tmp_path / "rag.toml").write_text("colour = 'red'", "utf-8")
    assert "RAG_COLOUR" in process("ask", "x", cwd=tmp_path).stderr


def test_serve_refuses_a_public_address_without_a_key(tmp_path):
    done = process("serve", "--host", "0.0.0.0", cwd=tmp_path)
    assert done.returncode == 2 and "RAG_SERVER__API_KEY_HASHES" in done.stderr


# ── Weight ───────────────────────────────────────────────────────────────────────────────────────────────────────────

HEAVY = (
    "torch",
    "numpy",
    "fastapi",
    "faiss",
    "tantivy",
    "onnxruntime",
    "tokenizers",
    "sentence_transformers",
    "httpx",
    "mcp",
    "uvicorn",
)


def test_help_is_quick_and_loads_no_heavy_library(tmp_path):
    told = f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    code = f"import sys\ntry:\n    {ENTRY}\nfinally:\n    {told}"
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code.replace(ENTRY, "from rag.cli import main; main()"), "--help"],
            cwd=tmp_path, env=environment(), text=True, capture_output=True, check=True,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)  # not what others take
        assert done.stderr.strip() == "[]" and "ask" in done.stdout
    assert min(times) < 0.5


def test_every_command_has_help(rag):
    for command in app.registered_commands:
        name = command.name
        done = rag(name, "--help")
        assert done.code == 0 and "Usage: rag" in done.out
