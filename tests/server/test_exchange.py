"""An exchange gives an application's answer as HTTP has it, or ends the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from mlflow.server.exchange import Exchange


class Line:
    """A connection that remembers what was sent."""

    def __init__(self) -> None:
        self.sent = b""
        self.writes = 0
        self.kept: bool | None = None

    def write(self, data: bytes) -> None:
        self.sent += data
        self.writes += 1

    async def drained(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def complete(self, *, keep: bool) -> None:
        self.kept = keep

    def common_headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"date", b"today")]


def answered(*messages: Message, method: str = "GET", version: str = "1.1") -> Line:
    """What goes over the line when an application sends some messages."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return _run(app, method, version)


def _run(app: Callable[[Scope, Receive, Send], object], method: str = "GET", version: str = "1.1") -> Line:
    line = Line()
    scope = {"method": method, "path": "/", "http_version": version}
    exchange = Exchange(line, scope, keep=version != "1.0", expects_continue=False)
    asyncio.run(exchange.run(app))  # type: ignore[arg-type]  # an application
    return line


def start(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


LENGTH = (b"content-length", b"4")


def test_head_and_body_go_out_together() -> None:
    line = answered(start(LENGTH), body(b"body"))

    assert line.sent == b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ndate: today\r\n\r\nbody"
    assert (line.writes, line.kept) == (1, True)


def test_a_body_of_unknown_length_goes_out_in_chunks() -> None:
    line = answered(start(), body(b"a" * 17, more=True), body(b"", more=True), body(b"b"))

    assert b"transfer-encoding: chunked\r\n" in line.sent
    assert line.sent.endswith(b"\r\n\r\n11\r\n" + b"a" * 17 + b"\r\n1\r\nb\r\n0\r\n\r\n")


def test_old_clients_get_a_body_of_unknown_length_until_the_end_of_the_connection() -> None:
    line = answered(start(), body(b"a", more=True), body(b"b"), version="1.0")

    assert b"transfer-encoding" not in line.sent
    assert line.sent.endswith(b"connection: close\r\ndate: today\r\n\r\nab")
    assert line.kept is False


@pytest.mark.parametrize("status", [204, 304])
def test_answers_that_have_no_body_are_not_framed(status: int) -> None:
    line = answered(start(status=status), body(b""))

    assert b"transfer-encoding" not in line.sent
    assert line.kept is True


def test_the_body_is_left_out_when_the_head_is_asked_for() -> None:
    line = answered(start(LENGTH), body(b"body"), method="HEAD")

    assert line.sent.endswith(b"content-length: 4\r\ndate: today\r\n\r\n")


def test_an_application_may_end_the_connection() -> None:
    line = answered(start(LENGTH, (b"Connection", b"Close")), body(b"body"))

    assert line.kept is False
    assert line.sent.count(b"close") + line.sent.count(b"Close") == 1


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [body(b"body")],
        [start((b"x", b"a\r\nset-cookie: b")), body(b"")],
        [start((b"x y", b"a")), body(b"")],
        [start(LENGTH), body(b"too long")],
        [start(LENGTH), body(b"")],
    ],
)
def test_what_is_no_answer_becomes_an_error_before_anything_is_sent(messages: list[Message]) -> None:
    line = answered(*messages)

    assert line.sent.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"set-cookie" not in line.sent
    assert line.kept is False


@pytest.mark.parametrize("last", [body(b"too long"), body(b""), start()])
def test_an_answer_that_goes_wrong_on_its_way_is_cut_off(last: Message) -> None:
    line = answered(start(LENGTH), body(b"bo", more=True), last)

    assert line.sent.endswith(b"\r\n\r\nbo")
    assert line.kept is False


def test_an_application_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    line = _run(app)

    assert line.sent.startswith(b"HTTP/1.1 500 ")
    assert "ZeroDivisionError" in caplog.text


def test_whoever_waits_for_more_learns_that_the_client_has_gone() -> None:
    line = Line()
    exchange = Exchange(line, {"method": "POST", "path": "/"}, keep=True, expects_continue=False)

    async def talk() -> list[Message]:
        exchange.arrive(b"one ", more=True)
        exchange.arrive(b"two", more=True)
        received = [await exchange.receive()]
        waiting = asyncio.ensure_future(exchange.receive())
        await asyncio.sleep(0)
        exchange.disconnect()
        received.append(await waiting)
        exchange.answer(200, b"late", ())
        return received

    assert asyncio.run(talk()) == [
        {"type": "http.request", "body": b"one two", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert line.sent == b""
