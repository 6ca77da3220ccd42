"""Load on the real server over the shipped corpus: `make test-load` (RAG_TEST_LOAD_S: seconds, 60 by default)."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from support.load import ask_for
from support.process import ROOT, environment, running

pytestmark = pytest.mark.slow
SECONDS = float(os.environ.get("RAG_TEST_LOAD_S", "60"))
QUESTIONS = (
    "Which trials exclude eGFR below 60?", "Which trials exclude pregnant women?", "How many trials are recruiting?",
    "What eGFR cut-offs are used?", "Which trials accept patients aged 80?", "Which trials require HbA1c above 7?",
    "Who sponsors NCT07263776?", "What is the primary outcome of NCT07141303?", "Which phase 3 trials test insulin?",
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """The shipped corpus indexed with vectors, or the index that RAG_TEST_INDEX names."""
    if known := os.environ.get("RAG_TEST_INDEX"):
        return Path(known)
    folder = tmp_path_factory.mktemp("load") / "index"
    command = [
        sys.executable,
        "-c",
        "from rag.cli import main; main()",
        "index",
        str(ROOT / "corpus"),
        "--index",
        str(folder),
    ]
    subprocess.run(command, env=environment(), check=True, capture_output=True)
    return folder


def serving(index: Path, tmp_path: Path, **variables: str):
    return running("support.real_server", cwd=tmp_path, env=environment(RAG_INDEX=str(index), **variables))


def wait_ready(address: str) -> None:
    until = time.monotonic() + 60
    while httpx.get(f"{address}/readyz").status_code != 200 and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(3)  # the warming question


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def told(name: str, load, seconds: float = SECONDS) -> None:
    line = {
        "test": name, "statuses": dict(load.statuses), "asked_per_s": round(sum(load.statuses.values()) / seconds, 1),
        "p50_ms": _ms(load.percentile(0.5)), "p99_ms": _ms(load.percentile(0.99)),
        "first_byte_p50_ms": _ms(load.percentile(0.5, "first_byte")),
    }  # fmt: skip
    print(json.dumps(line), file=sys.__stdout__, flush=True)


def test_load_of_32_askers_meets_no_5xx(index, tmp_path):
    with serving(index, tmp_path) as (address, _):
        wait_ready(address)
        load = asyncio.run(ask_for(address, 32, SECONDS, "/v1/ask", QUESTIONS))
        told("32 askers", load)
        assert not [status for status in load.statuses if status >= 500 or status == 0]
        assert load.statuses[200] > 0.99 * sum(load.statuses.values())


def test_load_of_one_streaming_reader_sees_the_first_byte_in_100_ms(index, tmp_path):
    with serving(index, tmp_path) as (address, _):
        wait_ready(address)
        load = asyncio.run(ask_for(address, 1, min(SECONDS, 10), "/v1/ask/stream", QUESTIONS))
        told("one streaming reader", load, min(SECONDS, 10))
        assert load.percentile(0.5, "first_byte") < 0.1


def test_load_beyond_the_limits_is_shed_quickly_and_recovers(index, tmp_path):
    with serving(index, tmp_path, RAG_SERVER__MAX_QUEUE="8", RAG_SERVER__QUEUE_TIMEOUT_S="1") as (address, _):
        wait_ready(address)
        load = asyncio.run(ask_for(address, 128, min(SECONDS, 15), "/v1/ask", QUESTIONS))
        told("128 askers, queue of 8", load, min(SECONDS, 15))
        assert set(load.statuses) <= {200, 429} and load.statuses[429]
        time.sleep(1)
        assert httpx.post(f"{address}/v1/ask", json={"question": QUESTIONS[0]}).status_code == 200


def test_load_while_the_index_is_published_again_fails_no_request(index, tmp_path):
    import shutil  # noqa: PLC0415

    copy = tmp_path / "index"
    shutil.copytree(index, copy, symlinks=True)
    with serving(copy, tmp_path) as (address, _):
        wait_ready(address)
        stop = threading.Event()

        def publish() -> None:
            corpora = (
                ROOT / "corpus",
                next(p for p in sorted((ROOT / "corpus").iterdir()) if p.is_dir() or p.suffix == ".txt"),
            )
            for number in range(4):
                if stop.is_set():
                    return
                paths = [str(corpora[number % 2])]
                command = [sys.executable, "-c", "from rag.cli import main; main()", "index", *paths, "--no-vectors"]
                subprocess.run(command, env=environment(RAG_INDEX=str(copy)), check=True, capture_output=True)

        publisher = threading.Thread(target=publish)
        publisher.start()
        load = asyncio.run(ask_for(address, 8, min(SECONDS, 20), "/v1/ask", QUESTIONS[:5]))
        stop.set()
        publisher.join()
        told("8 askers, index published again", load, min(SECONDS, 20))
        metrics = httpx.get(f"{address}/metrics").text
    assert set(load.statuses) == {200}
    assert 'rag_index_reloads_total{outcome="taken"}' in metrics
