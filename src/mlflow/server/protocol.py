"""HTTP on the wire: one connection, run by uvicorn's server, with limits for slow clients.

uvicorn's own protocol spends on a small request three times what we do with it. This one has no timer, no event and
no task for a request that is answered without waiting for the client, and sends an answer with one system call.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools
from starlette.types import ASGIApp, Receive, Scope, Send

from mlflow.server.exchange import Exchange, take_of

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

MAX_HELD_BYTES = 64 * 1024
"""Bytes of a body that are taken in before the application asks for them."""
MAX_HEAD_BYTES = 64 * 1024
"""Largest head of a request: its first line and its headers."""
MAX_CONNECTIONS = 4096
"""Connections of one process; further ones are told to come again."""
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")


class Stage(Enum):
    """What a connection is waiting for."""

    HEAD = auto()
    BODY = auto()
    SERVER = auto()
    READER = auto()
    END = auto()


@dataclass(frozen=True)
class Patience:
    """How long a client may take.

    Attributes:
        head_seconds: For the head of a request, from the end of the one before: so long an idle connection is kept.
        window_seconds: After which a body must have come, or an answer been fetched, some bytes further.
        window_bytes: How many bytes further.
    """

    head_seconds: float = 75.0
    window_seconds: float = 30.0
    window_bytes: int = 16 * 1024


class HttpProtocol(asyncio.Protocol):
    """A connection. Its requests are answered one after the other, in the order in which they came.

    Args:
        config: Names the application.
        server_state: What the server knows of its connections.
        app_state: Not used.
        _loop: The event loop, if it is not the running one.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002 - the server gives it
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self._app: ASGIApp = config.loaded_app
        self._take = take_of(self._app)
        self._loop = _loop or asyncio.get_running_loop()
        self._state = server_state
        self._parser = httptools.HttpRequestParser(self)
        # Some clients say that they close, and send another request all the same.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._transport: asyncio.Transport | None = None
        self._facts: dict[str, Any] = {}
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._expects_continue = False
        self._in_head = False
        self._head_bytes = 0
        self._arriving: Exchange | None = None  # whose body comes in
        self._waiting: deque[Exchange] = deque()
        self._current: Exchange | None = None
        self._reading_paused = False
        self._writable: asyncio.Event | None = None
        self._arrived = self._written = 0
        self._watched: tuple[Stage, object, int, float] | None = None

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # those of sockets are
        self._transport = transport
        self._state.connections.add(self)  # type: ignore[arg-type]  # it is one of uvicorn's in all that counts
        self._facts = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "server": _address(transport, "sockname"),
            "client": _address(transport, "peername"),
            "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
            "root_path": "",
        }
        if len(self._state.connections) > MAX_CONNECTIONS:
            self._app = _too_many
            self._take = take_of(_too_many)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - it does not matter why
        self._state.connections.discard(self)
        for exchange in (self._current, *self._waiting):
            if exchange is not None:
                exchange.disconnect()
        self._waiting.clear()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set()
            self._writable = None
            self._proceed()

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._arrived += len(data)
        headers, lines = self._headers, len(self._headers)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # to another protocol, which the client must do without
        except httptools.HttpParserError:
            self._refuse("Invalid HTTP request received.")
            return
        if self._in_head:
            if self._headers is headers and len(headers) == lines:  # a line that goes on and on
                self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(f"The head of the request is larger than {MAX_HEAD_BYTES} bytes.")
                return
        self._proceed()

    # What the parser calls

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._expects_continue = False
        self._in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self._expects_continue = True
        self._headers.append((name, value))
        self._head_bytes += len(name) + len(value) + 4

    def on_headers_complete(self) -> None:
        self._in_head = False
        version = self._parser.get_http_version()
        raw_path, query = _target(self._url)
        path = raw_path.decode("ascii")
        scope: Scope = {
            **self._facts,
            "method": self._parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self._headers,
        }
        keep = self._parser.should_keep_alive()
        if version != "1.1":
            scope["http_version"] = version
            keep = False
        self._arriving = Exchange(self, scope, keep=keep, expects_continue=self._expects_continue)
        self._waiting.append(self._arriving)

    def on_body(self, body: bytes) -> None:
        assert self._arriving is not None  # a body comes after a head
        self._arriving.arrive(body, more=True)
        if len(self._arriving.body) > MAX_HELD_BYTES:
            self._pause_reading()

    def on_message_complete(self) -> None:
        assert self._arriving is not None  # as above
        self._arriving.arrive(b"", more=False)

    # What exchanges call

    def write(self, data: bytes) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing():
            self._written += len(data)
            transport.write(data)

    async def drained(self) -> None:
        if self._writable is not None:
            await self._writable.wait()

    def resume_reading(self) -> None:
        if self._reading_paused and self._transport is not None:
            self._reading_paused = False
            self._transport.resume_reading()

    def complete(self, *, keep: bool) -> None:
        self._state.total_requests += 1
        if not keep and self._transport is not None:
            self._transport.close()
        elif self._waiting:
            # Not at once: a thousand requests that came together would be a thousand calls deep.
            self._loop.call_soon(self._proceed)
        else:
            self.resume_reading()

    def common_headers(self) -> Iterable[tuple[bytes, bytes]]:
        return self._state.default_headers

    # What the server calls

    def shutdown(self) -> None:
        """Ends the connection after the answers that are under way."""
        if self._current is not None and not self._current.complete:
            self._current.last()
        elif self._transport is not None:
            self._transport.close()

    def stage(self) -> Stage:
        """What the connection is waiting for."""
        if self._transport is None or self._transport.is_closing():
            return Stage.END
        if self._writable is not None:
            return Stage.READER
        current = self._current
        if current is None or current.complete:
            return Stage.HEAD
        return Stage.BODY if current.more_body and not self._reading_paused else Stage.SERVER

    def is_overdue(self, now: float, patience: Patience) -> bool:
        """Whether the client has taken too long since this was asked before.

        Args:
            now: Time of a monotonic clock, in seconds.
            patience: How long it may take.
        """
        stage = self.stage()
        moved = 0
        if stage is Stage.BODY:
            moved = self._arrived
        elif stage in (Stage.READER, Stage.END) and self._transport is not None:
            moved = self._written - self._transport.get_write_buffer_size()
        before = self._watched
        if (
            before is None
            or before[:2] != (stage, self._current)
            or moved - before[2] >= patience.window_bytes
            or stage is Stage.SERVER
        ):
            self._watched = (stage, self._current, moved, now)
            return False
        allowed = patience.head_seconds if stage is Stage.HEAD else patience.window_seconds
        return now - before[3] > allowed

    def abort(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _proceed(self) -> None:
        """Begins with the next request, if the one before has its answer, and the client has fetched it."""
        while self._waiting and self._writable is None and (self._current is None or self._current.complete):
            exchange = self._current = self._waiting.popleft()
            if exchange.more_body or not self._take(exchange):
                task = self._loop.create_task(exchange.run(self._app))
                self._state.tasks.add(task)
                task.add_done_callback(self._state.tasks.discard)
        if self._waiting:
            self._pause_reading()

    def _pause_reading(self) -> None:
        if not self._reading_paused and self._transport is not None and not self._transport.is_closing():
            self._reading_paused = True
            self._transport.pause_reading()

    def _refuse(self, message: str) -> None:
        """Answers what is no request, and ends the connection."""
        broken = Exchange(self, self._facts, keep=False, expects_continue=False)
        broken.answer(400, message.encode(), (_TEXT,))


def _address(transport: asyncio.Transport, name: str) -> tuple[str, int] | None:
    address = transport.get_extra_info(name)
    return (str(address[0]), int(address[1])) if isinstance(address, (tuple, list)) else None


def _target(url: bytes) -> tuple[bytes, bytes]:
    """Path and query of a request."""
    if url.startswith(b"/") and b"#" not in url:
        path, _, query = url.partition(b"?")
        return path, query
    parsed = httptools.parse_url(url)  # as proxies are asked, or for the server as a whole
    return parsed.path or b"/", parsed.query or b""


def drop_overdue(connections: Iterable[object], now: float, patience: Patience) -> int:
    """Ends the connections whose clients take too long; returns how many."""
    overdue = [
        connection
        for connection in connections
        if isinstance(connection, HttpProtocol) and connection.is_overdue(now, patience)
    ]
    for connection in overdue:
        connection.abort()
    return len(overdue)


async def _too_many(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - an application
    message = (
        f"This server has {MAX_CONNECTIONS} connections open, as many as it takes; try again in a moment."
    )
    body = json.dumps({"error_code": "REQUEST_LIMIT_EXCEEDED", "message": message}).encode()
    headers = [
        _JSON,
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
