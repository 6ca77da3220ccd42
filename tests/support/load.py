"""A load client of raw sockets: at 32 and more clients an HTTP library, not the server, would set the latency."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Load:
    """What the askers met. Seconds to the last byte of each 200, and to its first."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    first_byte: list[float] = field(default_factory=list)

    def percentile(self, share: float, of: str = "seconds") -> float:
        times = sorted(getattr(self, of))
        return times[min(len(times) - 1, int(share * len(times)))] if times else float("inf")


async def one(host: str, port: int, path: str, body: dict[str, object], load: Load) -> None:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nconnection: close\r\n"
    head += f"content-length: {len(data)}\r\n\r\n"
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(head.encode() + data)
        line = await reader.readline()
        status = int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
        while (await reader.readline()).strip():
            pass
        await reader.read(1)
        first = time.perf_counter() - started
        while await reader.read(65_536):
            pass
        load.statuses[status] += 1
        if status == 200:
            load.first_byte.append(first)
            load.seconds.append(time.perf_counter() - started)
    finally:
        writer.close()


async def ask_for(address: str, askers: int, seconds: float, path: str, questions: Sequence[str]) -> Load:
    """`askers` clients asking one question after another for `seconds`."""
    host, port = address.removeprefix("http://").split(":")
    load, until = Load(), time.monotonic() + seconds

    async def asker(number: int) -> None:
        at = number
        while time.monotonic() < until:
            await one(host, int(port), path, {"question": questions[at % len(questions)]}, load)
            at += 1

    await asyncio.gather(*(asker(number) for number in range(askers)))
    return load
