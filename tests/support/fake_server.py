"""Serve the fake assistant on loopback: `python -m support.fake_server [delay_s | breaking]`.

The address is the first line of stdout; settings come from RAG_* variables. 'breaking': rewording raises in mid-stream.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from api.logs import configure
from api.server import serve
from api.service import Service
from rag.settings import Settings
from support.fake_assistant import FakeAssistant


async def _break(*_: object) -> NoReturn:
    raise RuntimeError("made to break in mid-stream")


def main() -> None:
    argument = sys.argv[1] if len(sys.argv) > 1 else "0"
    if argument == "breaking":
        Service.worded = _break  # type: ignore[method-assign]
    delay_s = 0.0 if argument == "breaking" else float(argument)
    configure()
    serve(
        Settings(),
        "127.0.0.1",
        0,
        announce=lambda address: print(address, flush=True),
        opener=lambda: FakeAssistant(delay_s),
    )


if __name__ == "__main__":
    main()
