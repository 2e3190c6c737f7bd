from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Request:
    """What the web server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None


@dataclass
class Reply:
    """What it answers; a body shorter than `length` is a line that is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass
class WebServer:
    """A web server in this process that answers as its test wants.

    Attributes:
        url: Its address.
        answer: Gives the answer to a request.
        requests: All requests so far; a body of `None` did not arrive whole.
        reply: Makes an answer.
    """

    url: str
    answer: Callable[[Request], Reply]
    requests: list[Request]
    reply: type[Reply] = Reply

    def wait_for(self, count: int) -> list[Request]:
        """The requests, as soon as there are so many of them; for requests that get no answer."""
        deadline = time.monotonic() + 10
        while len(self.requests) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.requests


@pytest.fixture
def web_server() -> Iterator[WebServer]:
    server = WebServer("", lambda _: Reply(404), [])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            request = Request(self.command, self.path, dict(self.headers.items()), self._body())
            server.requests.append(request)
            if request.body is None:
                self.close_connection = True
                return
            reply = server.answer(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = len(reply.body) if reply.length is None else reply.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
                self.close_connection = length != len(reply.body)

        do_HEAD = do_PUT = do_DELETE = do_POST = do_GET  # noqa: N815 - names of http.server

        def _body(self) -> bytes | None:
            if self.headers.get("Transfer-Encoding") == "chunked":
                return self._chunked()
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            return body if len(body) == length else None

        def _chunked(self) -> bytes | None:
            body = b""
            while True:
                line = self.rfile.readline()
                if not line:
                    return None
                size = int(line, 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return body

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    http.shutdown()
    thread.join()
    http.server_close()
