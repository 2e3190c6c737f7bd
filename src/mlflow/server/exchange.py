"""One request and its answer, on one connection."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Scope

Headers = tuple[tuple[bytes, bytes], ...]

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_NAME = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]')
_NO_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_BODY = frozenset({204, 304})
_log = logging.getLogger("mlflow.server")


class Line(Protocol):
    """The connection, as an exchange sees it."""

    def write(self, data: bytes) -> None:
        """Sends something."""
        ...

    async def drained(self) -> None:
        """Waits until the client has fetched enough of what was sent."""
        ...

    def resume_reading(self) -> None:
        """Lets more of a body in."""
        ...

    def complete(self, *, keep: bool) -> None:
        """Comes after the answer; unless the connection is kept, it ends."""
        ...

    def common_headers(self) -> Iterable[tuple[bytes, bytes]]:
        """What every answer says."""
        ...


class Exchange:
    """A request and its answer, which an ASGI application gives, or somebody at once with `answer`.

    Args:
        line: The connection.
        scope: What the head of the request says.
        keep: Whether the connection can be used again.
        expects_continue: Whether the client sends the body when it is told to.

    Attributes:
        body: What has come of the body and was not received yet.
        more_body: Whether there is more to come.
        complete: Whether the answer has been given.
        headers: Headers of the answer beside those that it is given with.
    """

    __slots__ = (
        "_chunked", "_disconnected", "_event", "_expects_continue", "_fresh", "_keep", "_left", "_line", "_start",
        "_started", "body", "complete", "headers", "more_body", "scope",
    )  # fmt: skip

    def __init__(self, line: Line, scope: Scope, *, keep: bool, expects_continue: bool) -> None:
        self.scope = scope
        self.body = b""
        self.more_body = True
        self.complete = False
        self.headers: Headers = ()
        self._line = line
        self._keep = keep
        self._expects_continue = expects_continue
        self._fresh = self._disconnected = self._started = self._chunked = False
        self._left: int | None = 0
        self._start: Message | None = None
        self._event: asyncio.Event | None = None

    def arrive(self, part: bytes, *, more: bool) -> None:
        """Takes a part of the body."""
        if self.complete:
            return
        self.body = self.body + part if self.body else part
        self.more_body = more
        self._fresh = True
        self._wake()

    def last(self) -> None:
        """The connection will not be used again after this."""
        self._keep = False

    def disconnect(self) -> None:
        """The client has gone."""
        self._disconnected = True
        self._wake()

    def answer(self, status: int, body: bytes, headers: Headers) -> None:
        """Gives the whole answer, unless the client has gone."""
        if self._disconnected or self.complete:
            return
        head = _known_head(status, headers + self.headers, len(body), self._keep)
        self._started = True
        self._line.write(b"".join([head, *_lines(self._line.common_headers()), b"\r\n", body]))
        self._complete()

    async def run(self, app: ASGIApp) -> None:
        """Lets an application answer."""
        try:
            await app(self.scope, self.receive, self.send)
        except BaseException as error:
            if not isinstance(error, (ConnectionError, asyncio.CancelledError)):
                _log.exception("Request %s %s failed", self.scope["method"], self.scope["path"])
            self._break_off()
            if not isinstance(error, Exception):
                raise
        else:
            if not self.complete and not self._disconnected:
                _log.error("Request %s %s has no answer", self.scope["method"], self.scope["path"])
                self._break_off()

    async def receive(self) -> Message:
        """As ASGI has it."""
        if self._expects_continue:
            self._expects_continue = False
            self._line.write(_CONTINUE)
        while not (self._fresh or self._disconnected or self.complete):
            self._line.resume_reading()
            if self._event is None:
                self._event = asyncio.Event()
            self._event.clear()
            await self._event.wait()
        if self._disconnected or self.complete:
            return {"type": "http.disconnect"}
        body, self.body, self._fresh = self.body, b"", False
        if self.more_body:
            self._line.resume_reading()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Message) -> None:
        """As ASGI has it. The head goes out with the first part of the body, in one system call."""
        await self._line.drained()
        if self._disconnected:
            return
        self._expects_continue = False
        if self._start is None:
            if message["type"] != "http.response.start" or self._started:
                raise RuntimeError(f"An answer does not go on with {message['type']!r} here")
            self._start = message
            return
        if message["type"] != "http.response.body" or self.complete:
            raise RuntimeError(f"An answer does not go on with {message['type']!r} here")
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        data = [] if self._started else self._head(self._start)
        if self.scope["method"] != "HEAD":
            data += self._framed(body, more=more)
        self._started = True
        if data:
            self._line.write(b"".join(data))
        if not more:
            self._complete()

    def _head(self, start: Message) -> list[bytes]:
        """The head of an answer, and how its body is framed."""
        status: int = start["status"]
        headers = tuple((name.lower(), value) for name, value in start.get("headers", ()))
        given = dict(headers)
        if b"close" in given.get(b"connection", b"").lower():
            self._keep = False
        if b"content-length" in given:
            self._left = int(given[b"content-length"])
        elif self.scope["http_version"] == "1.0":
            self._left = None  # the end of the connection ends the body
        elif status not in _WITHOUT_BODY and self.scope["method"] != "HEAD":
            self._chunked = True
            if b"transfer-encoding" not in given:
                headers += ((b"transfer-encoding", b"chunked"),)
        if not self._keep and b"connection" not in given:
            headers += ((b"connection", b"close"),)
        return [_status_line(status), *_lines(headers), *_lines(self._line.common_headers()), b"\r\n"]

    def _framed(self, body: bytes, *, more: bool) -> list[bytes]:
        """A part of the body as it goes over the line."""
        if self._chunked:
            parts = [b"%x\r\n" % len(body), body, b"\r\n"] if body else []
            return parts if more else [*parts, b"0\r\n\r\n"]
        if self._left is not None:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("The answer is not as long as its content-length says")
        return [body]

    def _complete(self) -> None:
        self.complete = True
        self.body = b""  # what was not asked for until now does not hold up what comes after it
        self._wake()
        self._line.complete(keep=self._keep)

    def _break_off(self) -> None:
        """Ends an answer that will not be given: with an error, or if it has begun without its end."""
        if self.complete or self._disconnected:
            return
        self._keep = False
        if self._started:
            self._complete()
        else:
            body = b"" if self.scope["method"] == "HEAD" else b"Internal Server Error"
            self.answer(500, body, ((b"content-type", b"text/plain; charset=utf-8"),))

    def _wake(self) -> None:
        if self._event is not None:
            self._event.set()


@lru_cache(maxsize=256)
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    lines = []
    for name, value in headers:
        if _NO_NAME.search(name) or _NO_VALUE.search(value):
            raise RuntimeError(f"{name!r}: {value!r} is no header")
        lines.append(b"%b: %b\r\n" % (name, value))
    return lines


@lru_cache(maxsize=256)
def _known_head(status: int, headers: Headers, length: int, keep: bool) -> bytes:
    """The head of an answer without what every answer says."""
    lines = _lines((*headers, (b"content-length", str(length).encode())))
    return b"".join([_status_line(status), *lines, b"" if keep else b"connection: close\r\n"])


Take = Callable[[Exchange], bool]
"""Answers a request that has come whole, now or later, if it needs no task for that; says whether it does."""


def take_of(app: Any) -> Take:
    """How an application answers without a task; not at all, if it does not say."""
    return getattr(app, "take", _take_nothing)


def _take_nothing(exchange: Exchange) -> bool:  # noqa: ARG001 - a `Take`
    return False
