"""A real server process: stopping, slow and hostile clients, an index published again while questions run."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from contextlib import closing

import httpx
import pytest
from support.process import environment, logged, running


def connect(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def status_of(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.1 ") else 0


def received(sock: socket.socket) -> bytes:
    data = b""
    try:
        while chunk := sock.recv(65_536):
            data += chunk
    except ConnectionResetError:
        pass
    return data


def wait_until(fact, seconds=5.0) -> bool:
    until = time.monotonic() + seconds
    while not fact() and time.monotonic() < until:
        time.sleep(0.02)
    return fact()


def test_sigterm_finishes_running_answers_and_exits_with_0(tmp_path):
    with running("support.fake_server", "0.8", cwd=tmp_path) as (address, process):
        replies = []
        ask = threading.Thread(
            target=lambda: replies.append(httpx.post(f"{address}/v1/ask", json={"question": "slow eGFR"}, timeout=10))
        )
        ask.start()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        ask.join()
        assert replies[0].status_code == 200
        assert process.wait(timeout=5) == 0


def test_a_stream_that_outlives_the_grace_ends_with_an_error_event(tmp_path):
    with running("support.bad_llm") as (llm, _):
        env = environment(
            RAG_LLM__BASE_URL=f"{llm}/v1", RAG_LLM__MODEL="hang_before_head", RAG_LLM__TIMEOUT_S="30",
            RAG_SERVER__GRACEFUL_TIMEOUT_S="2",
        )  # fmt: skip
        with running("support.fake_server", cwd=tmp_path, env=env) as (address, process):
            with httpx.stream("POST", f"{address}/v1/ask/stream", json={"question": "eGFR"}, timeout=20) as stream:
                lines = stream.iter_lines()
                assert next(lines) == "event: plan"
                started = time.monotonic()
                process.send_signal(signal.SIGTERM)
                rest = list(lines)
            last = json.loads(rest[-2].removeprefix("data: "))
            assert rest[-3] == "event: error" and last["error"]["code"] == "shutting_down"
            assert process.wait(timeout=5) == 0 and time.monotonic() - started < 3


def test_a_bound_port_and_a_public_address_are_usage_errors(server, tmp_path):
    port = server.rpartition(":")[2]
    for host, bad in (("127.0.0.1", port), ("0.0.0.0", "0")):
        imports = "from api.server import serve; from rag.settings import Settings"
        code = f"{imports}; serve(Settings(), {host!r}, {bad}, announce=print)"
        failed = os.spawnve(
            os.P_WAIT,
            __import__("sys").executable,
            ["python", "-c", code],
            environment() | {"PYTHONWARNINGS": "ignore"},
        )
        assert failed != 0


@pytest.mark.parametrize(
    ("raw", "allowed"),
    [
        (b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"a" * 200_000 + b"\r\n\r\n", {400, 431}),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", {400, 414, 431}),
        (b"POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999999999999999999\r\n\r\n", {400, 413}),
        (b"POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -1\r\n\r\n", {400}),
        (
            b"POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            {400, 413},
        ),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", {400}),
    ],
)
def test_malformed_requests_get_4xx_or_a_closed_connection(server, raw, allowed):
    with closing(connect(server)) as sock:
        try:
            sock.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            return
        sock.settimeout(0.5)
        try:
            reply = received(sock)
        except TimeoutError:
            reply = b""
        assert status_of(reply) in allowed | {0}
    assert httpx.get(f"{server}/healthz").status_code == 200


def test_slow_headers_and_slow_bodies_are_closed(tmp_path):
    env = environment(RAG_SERVER__RECEIVE_TIMEOUT_S="0.5")
    with (
        running("support.fake_server", cwd=tmp_path, env=env) as (address, _),
        closing(connect(address)) as silent,
        closing(connect(address)) as headers,
        closing(connect(address)) as body,
    ):
        headers.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ")
        body.sendall(
            b"POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"
        )
        started = time.monotonic()
        assert received(silent) == b"" and received(headers) == b""
        assert status_of(received(body)) == 408
        assert time.monotonic() - started < 2


def test_idle_sockets_do_not_slow_the_others(server):
    sockets = [connect(server) for _ in range(300)]
    try:
        times = []
        with httpx.Client(base_url=server) as client:
            for _ in range(30):
                started = time.perf_counter()
                assert client.post("/v1/ask", json={"question": "eGFR"}).status_code == 200
                times.append(time.perf_counter() - started)
        assert sorted(times)[15] < 0.1
    finally:
        for sock in sockets:
            sock.close()


def test_streams_that_are_cut_leave_nothing_behind(server):
    def open_work() -> float:
        line = next(
            line for line in httpx.get(f"{server}/metrics").text.splitlines() if line.startswith("rag_running ")
        )
        return float(line.rpartition(" ")[2])

    body = b'{"question": "eGFR"}'
    head = b"POST /v1/ask/stream HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    request = head + b"content-length: %d\r\n\r\n%s"
    for number in range(60):
        with closing(connect(server)) as sock:
            if number % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            sock.sendall(request % (len(body), body))
            if number % 3:
                sock.recv(100)
    assert wait_until(lambda: open_work() == 0, 2)
    assert httpx.post(f"{server}/v1/ask", json={"question": "eGFR"}).status_code == 200


def test_an_index_published_again_under_load_fails_no_request(tmp_path):
    index = tmp_path / "index"
    index.mkdir()
    (index / "CURRENT").write_text("0")
    env = environment(RAG_INDEX=str(index))
    statuses: list[int] = []
    stop = threading.Event()

    def asker(address: str) -> None:
        with httpx.Client(base_url=address, timeout=10) as client:
            while not stop.is_set():
                statuses.append(client.post("/v1/ask", json={"question": "eGFR"}).status_code)

    with running("support.fake_server", cwd=tmp_path, env=env) as (address, _):
        threads = [threading.Thread(target=asker, args=(address,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for generation in range(1, 4):
            time.sleep(0.6)
            draft = index / "draft"
            draft.write_text(str(generation) * generation)
            draft.replace(index / "CURRENT")
        time.sleep(0.6)
        stop.set()
        for thread in threads:
            thread.join()
        reloads = httpx.get(f"{address}/metrics").text
    assert set(statuses) == {200} and len(statuses) > 50
    assert 'rag_index_reloads_total{outcome="taken"}' in reloads


def test_logs_are_json_lines_without_the_words_of_a_question(tmp_path):
    with running("support.fake_server", cwd=tmp_path) as (address, process):
        for question in ("eGFR canary-4711", "please fail canary-4711", "x" * 3000 + "canary-4711"):
            httpx.post(f"{address}/v1/ask", json={"question": question}, headers={"x-request-id": "trace-me"})
        httpx.get(f"{address}/canary-4711")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)
        lines = logged(process).splitlines()
    records = [json.loads(line) for line in lines]
    assert not any("canary-4711" in line for line in lines)
    requests = [r for r in records if r["event"] == "request"]
    assert [r["status"] for r in requests] == [200, 500, 413, 404] and requests[0]["request_id"] == "trace-me"
    assert requests[0]["route"] == "/v1/ask" and requests[3]["route"] == "unmatched"
