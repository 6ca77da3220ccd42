"""The HTTP server: native endpoints, an OpenAI-compatible façade, MCP mounted at /mcp, and the chat page."""
