"""A real OpenAI-compatible server that misbehaves on demand: the model name in the request says how.

`python -m support.bad_llm` prints its address. Only the standard library, so that nothing is polite by accident.
GET /seen tells how many requests came and how many are still open.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENDLESS_S = 30.0


class State:
    seen = 0
    open = 0
    lock = threading.Lock()


def statements(body: dict) -> list[str]:
    """The numbered statements of a prompt, without their labels."""
    text = body["messages"][-1]["content"]
    return [line.partition(": ")[2] for line in text.split("\n") if re.match(r"S\d+: ", line)]


def quotes(body: dict) -> list[str]:
    return re.findall(r"<quote>(.*?)</quote>", body["messages"][-1]["content"], re.DOTALL)


def chunk(**delta: object) -> bytes:
    finish = delta.pop("finish", None)
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/seen":
            self.whole(json.dumps({"seen": State.seen, "open": State.open}).encode())
        else:
            self.whole(b'{"object":"list","data":[]}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with State.lock:
            State.seen += 1
            State.open += 1
        try:
            getattr(self, body["model"].partition(":")[0].replace("-", "_"))(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with State.lock:
                State.open -= 1
            self.close_connection = True

    # ── Ways to send ─────────────────────────────────────────────────────────────────────────────────────────────────

    def head(self, kind: str = "application/json", status: int = 200, **more: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def whole(self, data: bytes, kind: str = "application/json", status: int = 200, **more: str) -> None:
        self.head(kind, status, content_length=str(len(data)), **more)
        self.wfile.write(data)

    def message(self, content: object, **message: object) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": "stop"}
        self.whole(json.dumps({"choices": [choice]}).encode())

    def events(self, *chunks: bytes) -> None:
        self.head("text/event-stream")
        for data in chunks:
            self.wfile.write(data)
            self.wfile.flush()

    def still_open(self) -> bool:
        """Whether the client is still there."""
        self.connection.settimeout(0.0)
        try:
            return self.connection.recv(1) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            self.connection.settimeout(None)

    def wait(self) -> None:
        until = time.monotonic() + ENDLESS_S
        while time.monotonic() < until and self.still_open():
            time.sleep(0.02)

    # ── Behaviours: good ones first ──────────────────────────────────────────────────────────────────────────────────

    def echo(self, body: dict) -> None:
        self.message("\n".join(f"S{n}: {text}" for n, text in enumerate(statements(body), 1)))

    def echo_stream(self, body: dict) -> None:
        words = re.findall(r"\S+\s*", "\n".join(statements(body)))
        usage = b'data: {"choices": [], "usage": {"total_tokens": 1}}\n\n'
        self.events(
            chunk(role="assistant", content=""),
            *(chunk(content=w) for w in words),
            chunk(finish="stop"),
            usage,
            b"data: [DONE]\n\n",
        )

    def reword(self, body: dict) -> None:
        swaps = ((" excludes ", " turns away people with "), (" below ", " of less than "))
        self.message(" ".join(text.replace(*swaps[0]).replace(*swaps[1]) for text in statements(body)))

    def think(self, body: dict) -> None:
        self.message("<think>The user wants 42 trials [9].</think>" + " ".join(statements(body)))

    def say(self, body: dict) -> None:
        """Reply with what follows the colon in the model name."""
        self.message(body["model"].partition(":")[2])

    # ── Obedient to whatever a document says ─────────────────────────────────────────────────────────────────────────

    def obey(self, body: dict) -> None:
        self.message("\n".join(quotes(body)))

    def obey_with_markers(self, body: dict) -> None:
        self.message("\n".join(f"{quote.strip().rstrip('.')} [{n}]." for n, quote in enumerate(quotes(body), 1)))

    # ── Failures ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def refuse(self, body: dict) -> None:
        self.message(None, refusal="I cannot help with that.")

    def refuse_in_words(self, body: dict) -> None:
        self.message("I'm sorry, but I can't help with medical questions. Please see a doctor.")

    def content_filter(self, body: dict) -> None:
        self.whole(json.dumps({"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}).encode())

    def empty(self, body: dict) -> None:
        self.message("")

    def null(self, body: dict) -> None:
        self.message(None)

    def no_choices(self, body: dict) -> None:
        self.whole(b'{"choices": []}')

    def wrong_shape(self, body: dict) -> None:
        self.whole(b'[{"choices": 5}]')

    def content_is_a_list(self, body: dict) -> None:
        self.message([{"type": "text", "text": "hello"}])

    def tool_call(self, body: dict) -> None:
        self.message(None, tool_calls=[{"id": "1", "type": "function", "function": {"name": "rm", "arguments": "{}"}}])

    def tool_call_stream(self, body: dict) -> None:
        self.events(chunk(tool_calls=[{"index": 0, "function": {"name": "rm"}}]), b"data: [DONE]\n\n")

    def bad_json(self, body: dict) -> None:
        self.whole(b'{"choices": [{"message": {"content": "x"')

    def deep_json(self, body: dict) -> None:
        self.whole(b"[" * 100_000)

    def bad_utf8(self, body: dict) -> None:
        self.whole(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}')

    def lone_surrogate(self, body: dict) -> None:
        self.whole(b'{"choices": [{"message": {"content": "\\ud800 hello"}}]}')

    def html(self, body: dict) -> None:
        self.whole(b"<html><script>alert(1)</script></html>", "text/html")

    def no_type(self, body: dict) -> None:
        self.whole(b"hello", "")

    def status_400(self, body: dict) -> None:
        self.whole(b'{"error": {"message": "no"}}', status=400)

    def status_401(self, body: dict) -> None:
        self.whole(b'{"error": {"message": "no"}}', status=401)

    def status_429(self, body: dict) -> None:
        self.whole(b'{"error": {"message": "slow down"}}', status=429, retry_after="3600")

    def status_500(self, body: dict) -> None:
        self.whole(b"oops", "text/plain", 500)

    def error_with_200(self, body: dict) -> None:
        self.whole(b'{"error": {"message": "no such model"}}')

    def redirect(self, body: dict) -> None:
        target = f"http://127.0.0.1:{self.server.server_address[1]}/v1/stolen"  # type: ignore[attr-defined]
        self.whole(b"", status=307, location=target)

    def gzip_bomb(self, body: dict) -> None:
        self.whole(gzip.compress(b"0" * 50_000_000), content_encoding="gzip")

    def huge_token(self, body: dict) -> None:
        self.head()
        self.wfile.write(b'{"choices": [{"message": {"content": "')
        for _ in range(1_000):
            self.wfile.write(b"x" * 100_000)

    def endless_stream(self, body: dict) -> None:
        self.head("text/event-stream")
        while self.still_open():
            self.wfile.write(chunk(content="word " * 50))

    def endless_blank(self, body: dict) -> None:
        self.head("text/event-stream")
        while self.still_open():
            self.wfile.write(b": keep-alive\n\n" * 100)

    def hang_before_head(self, body: dict) -> None:
        self.wait()

    def hang_after_head(self, body: dict) -> None:
        self.head("text/event-stream")
        self.wfile.write(chunk(role="assistant", content="1 of"))
        self.wfile.flush()
        self.wait()

    def drip_body(self, body: dict) -> None:
        self.head("text/event-stream")
        for byte in chunk(content="x" * 500):
            if not self.still_open():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def drip_head(self, body: dict) -> None:
        for byte in b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-pad: " + b"y" * 2_000:
            if not self.still_open():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def broken_stream(self, body: dict) -> None:
        self.events(chunk(role="assistant", content=""), chunk(content="1 of 3 trials"))

    def reset(self, body: dict) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def short_length(self, body: dict) -> None:
        self.head(content_length="5000")
        self.wfile.write(b'{"choices": [')

    def error_in_stream(self, body: dict) -> None:
        self.events(chunk(content="1 of 3"), b'data: {"error": {"message": "overloaded"}}\n\n')

    def garbage_stream(self, body: dict) -> None:
        self.events(b"data: {oops\n\n", b"data: [DONE]\n\n")

    def not_http(self, body: dict) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    def many_headers(self, body: dict) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 200_000 + b"\r\n")


GOOD = ("echo", "echo_stream", "reword", "think")
NOT_FAILURES = {*GOOD, "say", "obey", "obey_with_markers"}
FAILURES = tuple(
    name
    for name, value in vars(Handler).items()
    if callable(value) and value.__code__.co_varnames[:2] == ("self", "body") and name not in NOT_FAILURES
)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
