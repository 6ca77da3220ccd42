from __future__ import annotations

import asyncio
import time

import pytest
from starlette.testclient import TestClient
from support.fake_assistant import FakeAssistant

from api.app import create_app
from api.auth import caller_of, check_bind, key_hash
from api.errors import FaultError
from api.limits import Admission, Rate
from api.served import Served
from rag.errors import IndexUnusableError, UsageError
from rag.settings import ServerSettings, Settings
from rag.types import IndexInfo


def test_admission_serves_in_order_and_sheds_what_does_not_fit():
    async def story():
        gate = Admission(workers=1, queue=2, wait_s=5)
        done: list[int] = []

        async def job(number):
            async with gate.slot():
                await asyncio.sleep(0.01)
                done.append(number)

        jobs = [asyncio.create_task(job(n)) for n in range(4)]
        results = await asyncio.gather(*jobs, return_exceptions=True)
        assert done == [0, 1, 2] and isinstance(results[3], FaultError) and results[3].fault.status == 429
        assert (gate.running, gate.waiting, gate.shed) == (0, 0, 1)

    asyncio.run(story())


def test_a_wait_that_is_too_long_is_shed_and_leaves_no_slot_behind():
    async def story():
        gate = Admission(workers=1, queue=5, wait_s=0.02)
        await gate.acquire()
        with pytest.raises(FaultError):
            await gate.acquire()
        gate.release()
        async with gate.slot():
            assert gate.running == 1
        assert gate.running == 0

    asyncio.run(story())


def test_a_cancelled_wait_leaves_the_queue():
    async def story():
        gate = Admission(workers=1, queue=5, wait_s=5)
        await gate.acquire()
        waiter = asyncio.create_task(gate.acquire())
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        assert gate.waiting == 0
        gate.release()
        assert gate.running == 0

    asyncio.run(story())


def test_a_rate_gives_back_a_token_after_its_time():
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0])
    for _ in range(60):
        rate.spend("a")
    with pytest.raises(FaultError) as refused:
        rate.spend("a")
    assert refused.value.fault.retry_after_s == 1
    rate.spend("b")
    now[0] = 1.1
    rate.spend("a")


def served_client(tmp_path, assistant, **server):
    settings = Settings(index=tmp_path, server=ServerSettings(**server))
    return TestClient(
        create_app(settings, lambda: assistant), base_url="http://127.0.0.1", raise_server_exceptions=False
    )


def test_keys_guard_everything_but_the_shells(tmp_path):
    hashes = (key_hash("other"), key_hash("right"))
    with served_client(tmp_path, FakeAssistant(), api_key_hashes=hashes) as client:
        for path in ("/", "/healthz", "/readyz", "/trials/NCT00000001", "/static/app.js"):
            assert client.get(path).status_code == 200
        for path in ("/v1/trials", "/v1/models", "/metrics", "/openapi.json", "/nothing"):
            assert client.get(path).status_code == 401
        for header in ("right", "Basic right", "Bearer wrong", "Bearer ", f"Bearer {hashes[1]}"):
            refused = client.get("/v1/trials", headers={"authorization": header})
            assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
            assert refused.json()["error"]["code"] == "invalid_api_key"
        assert client.get("/v1/trials", headers={"authorization": "Bearer right"}).status_code == 200


def test_a_caller_is_named_by_its_hash_never_by_its_key():
    assert caller_of("Bearer right", [key_hash("right")]) == f"key-{key_hash('right')[:8]}"
    assert caller_of("bearer right", []) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_a_public_address_needs_a_key(host):
    with pytest.raises(UsageError, match="no bearer key"):
        check_bind(host, ServerSettings())
    check_bind(host, ServerSettings(api_key_hashes=(key_hash("x"),)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_loopback_needs_no_key(host):
    check_bind(host, ServerSettings())


def test_a_key_in_the_place_of_its_hash_is_refused():
    with pytest.raises(UsageError, match="not a SHA-256"):
        check_bind("127.0.0.1", ServerSettings(api_key_hashes=("my-key",)))


def test_rate_limit_answers_429_with_retry_after(tmp_path):
    with served_client(tmp_path, FakeAssistant(), requests_per_minute=2) as client:
        replies = [client.get("/v1/trials") for _ in range(3)]
        assert [r.status_code for r in replies] == [200, 200, 429]
        assert int(replies[2].headers["retry-after"]) >= 1


def test_a_question_past_its_deadline_gets_504_and_the_slot_comes_back(tmp_path):
    assistant = FakeAssistant(delay_s=0.5)
    with served_client(tmp_path, assistant, request_timeout_s=0.1, max_concurrency=1, queue_timeout_s=2) as client:
        assert client.post("/v1/ask", json={"question": "slow eGFR"}).status_code == 504
        assert client.post("/v1/ask", json={"question": "eGFR"}).status_code == 200


def test_without_an_index_the_server_lives_and_is_not_ready(tmp_path):
    def opener():
        raise IndexUnusableError("no index", place=str(tmp_path), remedy="rag index")

    app = create_app(Settings(index=tmp_path), opener)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        reply = client.post("/v1/ask", json={"question": "eGFR"})
        assert reply.status_code == 503 and reply.json()["error"]["code"] == "no_index"
        assert str(tmp_path) not in reply.text and reply.headers["retry-after"]


def test_a_newer_index_is_taken_up_and_a_bad_one_is_not(tmp_path):
    pointer = tmp_path / "CURRENT"
    pointer.write_text("1")
    made, outcomes = [], []

    def opener():
        if pointer.read_text() == "bad":
            raise IndexUnusableError("damaged")
        made.append(FakeAssistant(info=IndexInfo(pointer.read_text(), 3, 12, "fake")))
        return made[-1]

    served = Served(opener, tmp_path, outcomes.append)
    first = served.current()
    assert served.current() is first
    for content, expected in (("22", "22"), ("bad", "22"), ("4444", "4444")):
        pointer.write_text(content)
        served._looked_at = 0.0
        assert served.current().info.id == expected
    assert outcomes == [True, False, True] and first.info.id == "1"


def test_a_waiting_reader_is_not_held_up_by_a_reload(tmp_path):
    (tmp_path / "CURRENT").write_text("1")
    served = Served(FakeAssistant, tmp_path, lambda ok: None)
    served.current()
    started = time.perf_counter()
    for _ in range(10_000):
        served.current()
    assert time.perf_counter() - started < 0.5
