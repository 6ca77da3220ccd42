"""The façade, with the real client against a real server process."""

from __future__ import annotations

import json

import httpx
import openai
import pytest
from support.fake_assistant import DOCUMENTS, FakeAssistant
from support.process import running

from api.chat_text import chat_content, markdown_text, plain_text
from api.housekeeping import DEFAULT_TITLE, framed_question, housekeeping_reply
from rag.types import Question


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(base_url=f"{server}/v1", api_key="unused", max_retries=0) as client:
        yield client


ASK = [{"role": "user", "content": "Which trials exclude eGFR below 60?"}]


def test_models_are_listed_and_found(client):
    (model,) = client.models.list().data
    assert model.id == "rag" and model.object == "model" and isinstance(model.created, int)
    assert client.models.retrieve("rag").id == "rag"
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-9")
    assert missing.value.code == "model_not_found"


def test_a_completion_carries_text_annotations_usage_and_our_answer(client):
    done = client.chat.completions.create(model="rag", messages=ASK)
    message = done.choices[0].message
    assert (
        done.object == "chat.completion" and done.id.startswith("chatcmpl-") and done.choices[0].finish_reason == "stop"
    )
    assert "1 of 3 trials excludes eGFR below 60 mL/min [1]." in message.content
    assert "NCT00000002 (partial)" in message.content
    cited = [a.url_citation for a in message.annotations]
    assert len({c.title for c in cited}) == len({c.url for c in cited}) == 2
    for number, citation in enumerate(cited, 1):
        assert message.content[citation.start_index : citation.end_index] == f"[{number}]"
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0
    assert done.model_extra["rag_answer"]["schema_version"] == "1"


def test_a_stream_joins_to_the_same_text(client):
    whole = client.chat.completions.create(model="rag", messages=ASK).choices[0].message.content
    chunks = list(
        client.chat.completions.create(model="rag", messages=ASK, stream=True, stream_options={"include_usage": True})
    )
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole
    assert sum(bool(c.choices and c.choices[0].delta.content) for c in chunks) > 3
    assert len({c.id for c in chunks}) == 1 and all(c.object == "chat.completion.chunk" for c in chunks)
    annotated = [c for c in chunks if c.choices and (c.choices[0].delta.model_extra or {}).get("annotations")]
    assert len(annotated) == 1
    assert [c.choices[0].finish_reason for c in chunks if c.choices].count("stop") == 1
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0


def test_without_asking_there_is_no_usage_chunk_and_done_ends_it(server):
    body = {"model": "rag", "messages": ASK, "stream": True}
    lines = [line for line in httpx.post(f"{server}/v1/chat/completions", json=body).text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    assert all(json.loads(line[6:])["choices"] for line in lines[:-1])


def test_parts_system_messages_and_history_are_understood(client):
    messages = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": [{"type": "text", "text": "Which trials exclude eGFR below 60?"}]},
    ]
    done = client.chat.completions.create(model="rag", messages=messages, temperature=0.3, max_tokens=5, user="x")
    assert done.model_extra["rag_answer"]["question"] == "Which trials exclude eGFR below 60?"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"messages": []}, 422),
        ({"messages": [{"role": "system", "content": "x"}]}, 422),
        ({"n": 2}, 422),
        ({"messages": [{"role": "user", "content": ""}]}, 422),
        ({"model": "gpt-9"}, 404),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, 413),
        ({"stream": "yes please"}, 422),
        ({"messages": "hello"}, 422),
        ({"model": None}, 422),
    ],
)
def test_bad_requests_fail_in_the_envelope(client, change, status):
    body = {"model": "rag", "messages": ASK} | change
    with pytest.raises(openai.APIStatusError) as failed:
        client.post("/chat/completions", body=body, cast_to=object)
    assert failed.value.status_code == status
    assert set(failed.value.response.json()["error"]) == {"message", "type", "param", "code"}


OWUI = (
    "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n"
    "<chat_history>\nUSER: Which trials exclude eGFR below 60?\nASSISTANT: 1 of 3\n</chat_history>"
)


@pytest.mark.parametrize(
    ("prompt", "key"),
    [
        (OWUI, "title"),
        ("### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history", "tags"),
        (
            "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask",
            "follow_ups",
        ),
        ("### Task:\nAnalyze the chat history to determine the necessity of generating search queries", "queries"),
        ("### Task:\nYou are an autocompletion system. Continue the text", "text"),
    ],
)
def test_housekeeping_is_answered_without_asking_the_records(prompt, key):
    assert key in json.loads(housekeeping_reply(prompt))


def test_a_title_is_made_of_the_first_question():
    assert json.loads(housekeeping_reply(OWUI))["title"] == "Which trials exclude eGFR below 60"
    asked = "Provide a concise, 5-word-or-less title for the conversation, using its same language."
    assert housekeeping_reply(asked, ["What is the dose?"]) == "What is the dose"
    assert housekeeping_reply(asked) == DEFAULT_TITLE


@pytest.mark.parametrize(
    "question",
    [
        "Which trials exclude eGFR below 60?",
        "What is the title of NCT00000001?",
        "Provide the title of the trial",
        "Which tasks do participants perform?",
        "Generate a list of trials that test insulin",
    ],
)
def test_questions_are_not_housekeeping(question):
    assert housekeeping_reply(question) is None


def test_the_question_inside_a_frame_is_found():
    framed = (
        "### Task:\nRespond to the user query using the provided context.\n"
        "<context>x</context>\n<user_query>\nWhich exclude HIV?\n</user_query>"
    )
    assert framed_question(framed) == "Which exclude HIV?"


def test_housekeeping_over_http_never_becomes_a_clinical_answer(client):
    done = client.chat.completions.create(model="rag", messages=[*ASK, {"role": "user", "content": OWUI}])
    assert "title" in json.loads(done.choices[0].message.content) and "rag_answer" not in done.model_extra
    chunks = list(
        client.chat.completions.create(model="rag", messages=[{"role": "user", "content": OWUI}], stream=True)
    )
    assert "title" in json.loads("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](https://evil.example/a.png)", "!\\[x\\]((link left out))"),
        ("[click](https://evil.example)", "[click\\]((link left out))"),
        ("[a][b] and [b]: //x", "[a\\][b] and [b\\]: //x"),
        ("<img src=x onerror=1> and 3 < 5", "\\<img src=x onerror=1> and 3 < 5"),
        ("see www.evil.example now", "see (link left out) now"),
        ("see https://clinicaltrials.gov/study/NCT1 now", "see https://clinicaltrials.gov/study/NCT1 now"),
        ("javascript:alert(1)", "(link left out))"),
        ("safety data: three deaths; w/o and/or", "safety data: three deaths; w/o and/or"),
        ("true [1][2]. \x1b[31mred\u202e", "true [1][2]. [31mred"),
    ],
)
def test_words_of_documents_cannot_become_links_images_or_html(text, shown):
    assert markdown_text(text) == shown


def test_plain_text_keeps_the_words_of_medicine():
    words = "eGFR ≥ 60 mL/min/1.73 m² (CKD-EPI), “naïve”, 10⁹/L – ok\nnext"
    assert plain_text(words) == words


def test_the_content_names_every_listed_trial():
    content = chat_content(FakeAssistant().ask(Question("eGFR")))
    assert all(trial in content for trial in ("NCT00000001", "NCT00000002")) and "<script>" not in content
    assert "NCT00000003" in DOCUMENTS


def test_a_failure_in_mid_stream_is_an_error_event():
    """The first object has gone out with status 200; the client raises."""
    with (
        running("support.fake_server", "breaking") as (address, _),
        openai.OpenAI(base_url=f"{address}/v1", api_key="x", max_retries=0) as client,
    ):
        chunks = client.chat.completions.create(model="rag", messages=ASK, stream=True)
        with pytest.raises(openai.APIError, match="failed"):
            list(chunks)
        native = httpx.post(f"{address}/v1/ask/stream", json={"question": "eGFR"}).text
        assert native.rstrip().rpartition("\n\n")[2].startswith("event: error\n")
