"""MCP with the official client: over stdio to a real process, over HTTP to a real server, and in this process."""

from __future__ import annotations

import asyncio
import sys

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from support.fake_assistant import DOCUMENTS, FakeAssistant
from support.process import environment

from rag.mcp_server import Threads, make_mcp
from rag.settings import Settings

TOOLS = {"ask", "search", "get_trial", "trial_criteria", "screen"}


def stdio() -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "support.fake_mcp"], env=environment())


@pytest.fixture(params=["in process", "stdio", "http"])
def target(request):
    if request.param == "in process":
        return make_mcp(Threads(FakeAssistant), Settings())
    return stdio() if request.param == "stdio" else f"{request.getfixturevalue('server')}/mcp"


def test_every_transport_offers_the_same_tools_and_answers(target):
    async def story():
        async with Client(target) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == TOOLS
            for tool in tools.values():
                assert tool.output_schema["type"] == "object" and tool.description and tool.annotations.read_only_hint
            answer = (
                await client.call_tool("ask", {"question": "Which trials exclude eGFR below 60?"})
            ).structured_content
            assert answer["schema_version"] == "1" and answer["citations"][0]["trial_id"] == "NCT00000001"
            text = (await client.call_tool("get_trial", {"trial_id": "nct00000001"})).structured_content["text"]
            first = answer["citations"][0]
            assert text[first["start"] : first["end"]] == first["cited_text"]
            templates = (await client.list_resource_templates()).resource_templates
            assert [str(t.uri_template) for t in templates] == ["trial://{trial_id}"]
            (content,) = (await client.read_resource("trial://NCT00000002")).contents
            assert content.text == DOCUMENTS["NCT00000002"].text

    asyncio.run(story())


def in_process(story):
    async def run():
        async with Client(make_mcp(Threads(FakeAssistant), Settings())) as client:
            return await story(client)

    return asyncio.run(run())


def test_the_other_tools_answer_in_their_schemas():
    async def story(client):
        hits = (await client.call_tool("search", {"text": "insulin", "k": 1})).structured_content["hits"]
        assert [hit["score"] for hit in hits] == [0.9]
        criteria = (await client.call_tool("trial_criteria", {"trial_id": "NCT00000001"})).structured_content[
            "criteria"
        ]
        assert [c["polarity"] for c in criteria] == ["inclusion", "exclusion", "exclusion"]
        screened = (await client.call_tool("screen", {"patient": "82-year-old"})).structured_content
        assert [item["verdict"] for item in screened["result_set"]["items"]] == ["excluded", "possible"]

    in_process(story)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": ""}, "empty"), ("ask", {"question": "x" * 3000}, "limit"), ("ask", {}, "question"),
        ("ask", {"question": "fail"}, "Error executing tool ask"), ("get_trial", {"trial_id": "NCT9"}, "no trial NCT9"),
        ("search", {"text": "x", "k": 0}, "greater than or equal"),
        ("search", {"text": "x", "k": 51}, "less than or equal"),
        ("trial_criteria", {"trial_id": "../../etc/passwd"}, "no trial"), ("screen", {"patient": " "}, "empty"),
        ("no_such_tool", {}, "nknown tool"),
    ],
)  # fmt: skip
def test_bad_calls_are_tool_errors_that_say_why(tool, arguments, words):
    async def story(client):
        try:
            return await client.call_tool(tool, arguments)
        except MCPError as exc:
            return exc

    failed = in_process(story)
    told = str(failed) if isinstance(failed, MCPError) else failed.content[0].text
    assert words in told and "made to fail" not in told
    assert isinstance(failed, MCPError) or failed.is_error


def test_an_unknown_resource_is_an_error():
    async def story(client):
        with pytest.raises(MCPError):
            await client.read_resource("trial://NCT99999999")

    in_process(story)


def test_mounted_mcp_keeps_to_the_guard(server):
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    assert httpx.post(f"{server}/mcp", json=call, headers=accept | {"host": "evil.example"}).status_code == 400
    assert (
        httpx.post(f"{server}/mcp", json=call, headers=accept | {"origin": "https://evil.example"}).status_code == 403
    )
    assert httpx.get(f"{server}/mcp").status_code == 405
    assert httpx.post(f"{server}/mcp", content=b"x" * 70_000, headers=accept).status_code == 413
