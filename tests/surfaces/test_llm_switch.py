"""The language-model switch against a real server process that misbehaves."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import replace

import httpx
import pytest
from support.bad_llm import FAILURES
from support.fake_assistant import FakeAssistant
from support.process import environment, running

from rag.generation import Rewriter
from rag.settings import LlmSettings
from rag.types import Answer, Question

TIMEOUT_S = 0.6


@pytest.fixture(scope="module")
def llm():
    with running("support.bad_llm") as (address, _):
        yield address


def rewriter(llm: str, behaviour: str, **settings) -> Rewriter:
    return Rewriter(LlmSettings(base_url=f"{llm}/v1", model=behaviour, timeout_s=TIMEOUT_S, **settings))


@pytest.fixture
def answer() -> Answer:
    return FakeAssistant().ask(Question("Which trials exclude eGFR below 60?"))


def still_open(llm: str) -> int:
    return httpx.get(f"{llm}/seen").json()["open"]


def test_there_are_at_least_25_ways_to_misbehave():
    assert len(FAILURES) >= 25


@pytest.mark.parametrize("behaviour", FAILURES)
def test_every_failure_leaves_the_deterministic_answer_in_time(llm, answer, behaviour):
    started = time.perf_counter()
    worded = rewriter(llm, behaviour).reword(answer)
    assert time.perf_counter() - started < TIMEOUT_S + 1
    assert (worded.answer, worded.citations, worded.mode, worded.model) == (
        answer.answer,
        answer.citations,
        "extractive",
        "",
    )
    assert any(warning.startswith("language model") for warning in worded.warnings)


def test_failures_leave_no_connection_open_and_little_memory(llm, answer):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for behaviour in ("endless_stream", "huge_token", "gzip_bomb", "hang_after_head", "many_headers"):
        rewriter(llm, behaviour).reword(answer)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    until = time.monotonic() + 2
    while still_open(llm) and time.monotonic() < until:
        time.sleep(0.05)
    assert still_open(llm) == 0


def test_a_cancelled_rewording_ends_the_exchange(llm, answer):
    async def story():
        task = asyncio.create_task(
            Rewriter(LlmSettings(base_url=f"{llm}/v1", model="hang_before_head")).areword(answer)
        )
        await asyncio.sleep(0.2)
        assert still_open(llm) == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    time.sleep(0.3)
    assert still_open(llm) == 0


@pytest.mark.parametrize("behaviour", ["echo", "echo_stream", "reword", "think"])
def test_faithful_wordings_are_shown_with_our_markers(llm, answer, behaviour):
    worded = rewriter(llm, behaviour).reword(answer)
    assert (worded.mode, worded.model, worded.warnings) == ("llm", behaviour, ())
    assert worded.citations == answer.citations and worded.result_set == answer.result_set
    assert [m for m in ("[1].", "[2].") if m in worded.answer] == ["[1].", "[2]."]
    if behaviour == "reword":
        assert worded.answer.startswith("1 of 3 trials turns away people with eGFR of less than 60 mL/min [1].")


def test_an_unreachable_or_absurd_address_is_survived(answer):
    for url in ("http://127.0.0.1:1/v1", "http://[::1", "ftp://x", "nonsense", "http://127.0.0.1:99999"):
        worded = Rewriter(LlmSettings(base_url=url, timeout_s=TIMEOUT_S)).reword(answer)
        assert worded.answer == answer.answer and worded.mode == "extractive" and worded.warnings


def test_abstentions_are_never_sent_to_a_model(llm):
    abstained = FakeAssistant().ask(Question("What dose should I take?"))
    seen = httpx.get(f"{llm}/seen").json()["seen"]
    assert rewriter(llm, "echo").reword(abstained) == abstained
    assert httpx.get(f"{llm}/seen").json()["seen"] == seen


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(llm, answer):
    tired = rewriter(llm, "status_500", failures_before_pause=2, pause_s=60)
    seen = httpx.get(f"{llm}/seen").json()["seen"]
    warnings = [tired.reword(answer).warnings[-1] for _ in range(4)]
    assert httpx.get(f"{llm}/seen").json()["seen"] == seen + 2
    assert "left alone" in warnings[2] and "left alone" in warnings[3]


def test_the_budget_bounds_what_is_sent(answer):
    long = replace(answer, answer=" ".join(f"Trial number {n} excludes eGFR below 60 [1]." for n in range(2_000)))
    maker = Rewriter(
        LlmSettings(base_url="http://127.0.0.1:1", max_context_tokens=1_000), count=lambda text: len(text.split())
    )
    sent = maker._messages(long)
    assert sum(len(message["content"].split()) for message in sent) <= 1_000
    assert "S1: Trial number 0" in sent[1]["content"]


def test_a_key_is_sent_as_a_bearer_and_never_shown():
    settings = LlmSettings(base_url="http://127.0.0.1:1", api_key="canary-key")
    assert "canary-key" not in repr(settings) and "canary-key" not in settings.model_dump_json()


@pytest.mark.parametrize("behaviour", ["reword", "hang_before_head", "obey"])
def test_http_serves_the_switch(llm, behaviour, tmp_path):
    env = environment(RAG_LLM__BASE_URL=f"{llm}/v1", RAG_LLM__MODEL=behaviour, RAG_LLM__TIMEOUT_S=str(TIMEOUT_S))
    with running("support.fake_server", cwd=tmp_path, env=env) as (address, _):
        ask = {"question": "eGFR below 60?"}
        worded = httpx.post(f"{address}/v1/ask", json=ask).json()
        plain = httpx.post(f"{address}/v1/ask", json=ask | {"mode": "extractive"}).json()
        assert worded["mode"] == ("llm" if behaviour == "reword" else "extractive")
        assert plain["mode"] == "extractive" and plain["warnings"] == []
        if behaviour != "reword":
            assert worded["answer"] == plain["answer"] and worded["warnings"]


def test_a_client_that_leaves_a_stream_ends_the_exchange_with_the_model(llm, tmp_path):
    env = environment(RAG_LLM__BASE_URL=f"{llm}/v1", RAG_LLM__MODEL="hang_before_head", RAG_LLM__TIMEOUT_S="20")
    with running("support.fake_server", cwd=tmp_path, env=env) as (address, _):
        for _ in range(5):
            with httpx.stream("POST", f"{address}/v1/ask/stream", json={"question": "eGFR"}) as stream:
                lines = stream.iter_lines()
                assert next(lines) == "event: plan"  # plan and evidence come before the model has said a word
        until = time.monotonic() + 1
        while still_open(llm) and time.monotonic() < until:
            time.sleep(0.02)
        assert still_open(llm) == 0
