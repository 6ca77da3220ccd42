"""Serve the real assistant over RAG_INDEX on a free loopback port; the address is the first line of stdout."""

from __future__ import annotations

from api.logs import configure
from api.server import serve
from rag.settings import Settings


def main() -> None:
    configure()
    serve(Settings(), "127.0.0.1", 0, announce=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
