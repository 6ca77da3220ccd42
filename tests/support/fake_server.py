"""Serve the fake assistant on loopback: `python -m support.fake_server [delay_s]`. The address is the first line of stdout."""

from __future__ import annotations

import sys

from api.logs import configure
from api.server import serve
from rag.settings import Settings
from support.fake_assistant import FakeAssistant


def main() -> None:
    delay_s = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    configure()
    serve(Settings(), "127.0.0.1", 0, announce=lambda address: print(address, flush=True), opener=lambda: FakeAssistant(delay_s))


if __name__ == "__main__":
    main()
