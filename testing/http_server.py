# SPDX-License-Identifier: AGPL-3.0-only
"""A web server on loopback that answers as a test tells it to, and remembers what it was asked."""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request the server got; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the server says.

    Attributes:
        body: sent in `chunks` pieces, `pause` seconds before each.
        headers: beside content-type and content-length; they win, and an empty one is left out.
        clock: the server's clock [unix s]; its own where None.
        cut: how many bytes of the body are kept back although content-length counts them.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    clock: int | None = None
    chunks: int = 1
    pause: float = 0.0
    cut: int = 0


Handler = Callable[[Asked], Answer]


def json_answer(value: Any, status: int = 200, clock: int | None = None) -> Answer:
    """Answer with JSON; a text is taken for JSON already, so that a number keeps its spelling."""
    text = value if isinstance(value, str) else json.dumps(value)
    return Answer(text.encode(), status, clock=clock)


def text_answer(text: str, status: int = 200) -> Answer:
    """Answer with plain text."""
    return Answer(text.encode(), status, kind="text/plain; charset=utf-8")


def page_answer(status: int = 200) -> Answer:
    """Answer with a page for people, as content networks do."""
    body = b"<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head></html>"
    return Answer(body, status, kind="text/html; charset=UTF-8")


class HttpServer:
    """Answers by path: with a list in turn, its last again and again, or with a function."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self.asked_at: list[float] = []
        self._routes: dict[str, Handler] = {}
        self._otherwise: Handler = lambda _: text_answer("no such page", 404)

    def on(self, path: str, *answers: Answer) -> None:
        """Answer a path with these, one after the other."""
        left = deque(answers)
        self._routes[path] = lambda _: left.popleft() if len(left) > 1 else left[0]

    def on_call(self, path: str, handler: Handler) -> None:
        """Answer a path with what a function makes of the request."""
        self._routes[path] = handler

    def reply_to_all(self, handler: Handler) -> None:
        """Answer every path that has no answer of its own with a function."""
        self._otherwise = handler

    def reply(self, asked: Asked) -> Answer:
        """Remember a request and answer it."""
        self.asked.append(asked)
        self.asked_at.append(time.monotonic())
        route = self._routes.get(asked.path, self._otherwise)
        return route(asked)


def _handler(server: HttpServer) -> type[BaseHTTPRequestHandler]:
    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every second answer waits 40 ms

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length", "0"))
            asked = Asked(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            try:
                self._send(server.reply(asked))
            except OSError:  # the client went away, as some tests mean it to
                self.close_connection = True

        do_POST = do_GET

        def _send(self, answer: Answer) -> None:
            headers = {
                "content-type": answer.kind,
                "content-length": str(len(answer.body)),
                "date": formatdate(answer.clock, usegmt=True),
                **answer.headers,
            }
            self.send_response_only(answer.status)
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            body = answer.body[: len(answer.body) - answer.cut]
            for piece in _pieces(body, answer.chunks):
                time.sleep(answer.pause)
                self.wfile.write(piece)
                self.wfile.flush()
            self.close_connection = bool(answer.cut)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    return _Handler


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of five that wait, the sixth comes again after a second

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over clients that hang up, as some tests mean them to."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _pieces(body: bytes, count: int) -> Sequence[bytes]:
    size = -(-len(body) // count) or 1
    return [body[i : i + size] for i in range(0, len(body), size)] or [b""]


@contextmanager
def serving() -> Iterator[HttpServer]:
    """Serve on a free port of loopback until the block ends."""
    listener = _Listener(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server = HttpServer(listener.server_port)
    listener.RequestHandlerClass = _handler(server)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
