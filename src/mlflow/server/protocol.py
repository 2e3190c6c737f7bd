"""HTTP on the wire: uvicorn's protocol, which answers with one system call and has limits for slow clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HELD_BYTES = 64 * 1024
MAX_HEAD_BYTES = 64 * 1024
"""Largest head of a request: its first line and its headers."""
MAX_CONNECTIONS = 4096
"""Connections of one process; further ones are told to come again."""


class _Gathering:
    """A transport that sends what is written in one turn of the event loop together.

    uvicorn writes the head of an answer and its body apart. For small answers the second system call costs more
    than everything that we do for the request.

    Attributes:
        written: Bytes that were handed to the transport so far.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0
        self.written = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MAX_HELD_BYTES:
            self._flush()

    def _flush(self) -> None:
        held, self._held, size, self._size = self._held, [], self._size, 0
        if held and not self._transport.is_closing():
            self.written += size
            self._transport.writelines(held)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


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
        head_seconds: For the head of a request, from the end of the one before. Idle connections are kept a little
            shorter than this.
        window_seconds: After which a body must have come, or an answer been fetched, some bytes further.
        window_bytes: How many bytes further.
    """

    head_seconds: float = 90.0
    window_seconds: float = 30.0
    window_bytes: int = 16 * 1024


class GatheringProtocol(HttpToolsProtocol):
    """uvicorn's protocol on a gathering transport, with limits.

    Attributes:
        arrived: Bytes that have come in so far.
    """

    arrived = 0
    _head = 0
    _watched: tuple[Stage, object, int, float] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", _Gathering(transport, self.loop)))
        if len(self.connections) > MAX_CONNECTIONS:
            self.app = _too_many

    def data_received(self, data: bytes) -> None:
        self.arrived += len(data)
        super().data_received(data)
        scope: Scope | None = self.scope  # type: ignore[assignment]  # unset before the first request
        if scope is None or "method" in scope:
            self._head = 0
            return
        self._head += len(data)
        if self._head > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of the request is larger than {MAX_HEAD_BYTES} bytes.")

    def stage(self) -> Stage:
        """What the connection is waiting for."""
        if self.transport.is_closing():
            return Stage.END
        if self.flow.write_paused:
            return Stage.READER
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return Stage.HEAD
        return Stage.BODY if cycle.more_body and not self.flow.read_paused else Stage.SERVER

    def is_overdue(self, now: float, patience: Patience) -> bool:
        """Whether the client has taken too long since this was asked before.

        Args:
            now: Time of a monotonic clock, in seconds.
            patience: How long it may take.
        """
        stage = self.stage()
        moved = 0
        if stage is Stage.BODY:
            moved = self.arrived
        elif stage in (Stage.READER, Stage.END):
            transport = cast("Any", self.transport)
            moved = transport.written - transport.get_write_buffer_size()
        before = self._watched
        if (
            before is None
            or before[:2] != (stage, self.cycle)
            or moved - before[2] >= patience.window_bytes
            or stage is Stage.SERVER
        ):
            self._watched = (stage, self.cycle, moved, now)
            return False
        allowed = patience.head_seconds if stage is Stage.HEAD else patience.window_seconds
        return now - before[3] > allowed


def drop_overdue(connections: Iterable[object], now: float, patience: Patience) -> int:
    """Ends the connections whose clients take too long; returns how many."""
    overdue = [
        connection
        for connection in connections
        if isinstance(connection, GatheringProtocol) and connection.is_overdue(now, patience)
    ]
    for connection in overdue:
        connection.transport.abort()
    return len(overdue)


async def _too_many(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - an application
    message = (
        f"This server has {MAX_CONNECTIONS} connections open, as many as it takes; try again in a moment."
    )
    body = json.dumps({"error_code": "REQUEST_LIMIT_EXCEEDED", "message": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
