"""MCP over stdio with the fake assistant: `python -m support.fake_mcp`."""

from rag.mcp_server import run_stdio
from rag.settings import Settings
from support.fake_assistant import FakeAssistant

if __name__ == "__main__":
    run_stdio(Settings(), FakeAssistant)
