"""HTTP as it goes over the line, spoken by hand."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.server import app
from tests.server.conftest import API, Http


@contextmanager
def _line(http: Http) -> Iterator[socket.socket]:
    parts = urlsplit(http.address)
    with closing(socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10)) as line:
        yield line


def _request(path: str, content: object, *headers: str, version: str = "1.1") -> bytes:
    body = json.dumps(content).encode()
    lines = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    head = "".join(f"{line}\r\n" for line in lines)
    return f"POST {API}{path} HTTP/{version}\r\n{head}\r\n".encode() + body


def _metric(run_id: str, step: int) -> dict[str, object]:
    return {"run_id": run_id, "key": "m", "value": step, "timestamp": 1, "step": step}


def _answer(line: socket.socket, method: str = "POST") -> tuple[int, Any, HTTPResponse]:
    response = HTTPResponse(line, method=method)
    response.begin()
    body = response.read()
    is_json = response.headers.get_content_type() == "application/json"
    return response.status, json.loads(body) if body and is_json else body, response


def _answers(line: socket.socket, count: int) -> list[bytes]:
    """Answers that come one right after the other, split where they begin."""
    data = b""
    while data.count(b"HTTP/1.1 ") < count or not data.endswith(b"}"):
        part = line.recv(65536)
        assert part, data
        data += part
    return [b"HTTP/1.1 " + each for each in data.split(b"HTTP/1.1 ")[1:]]


def test_requests_that_come_together_are_answered_in_their_order(http: Http, served_store: SqlStore) -> None:
    run_id = http.new_run()
    read = f"GET {API}/runs/get?run_id={run_id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with _line(http) as line:
        line.sendall(
            _request("/runs/log-metric", _metric(run_id, 1))
            + _request("/runs/log-metric", {"run_id": run_id})
            + read
            + _request("/runs/log-metric", _metric(run_id, 2))
        )
        answers = _answers(line, 4)

    assert [answer[9:12] for answer in answers] == [b"200", b"400", b"200", b"200"]
    assert answers[0].endswith(b"{}")
    assert b"Missing value" in answers[1]
    assert run_id.encode() in answers[2]
    assert {point.step for point in served_store.metrics.history(run_id, "m")} == {1, 2}


def test_more_requests_than_calls_fit_on_a_stack_may_come_together(http: Http) -> None:
    with _line(http) as line:
        line.sendall(_request("/runs/log-metric", {}) * 3000)
        assert {answer[9:12] for answer in _answers(line, 3000)} == {b"400"}


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_request_may_come_in_pieces(http: Http, served_store: SqlStore, size: int) -> None:
    run_id = http.new_run()
    request = _request("/runs/log-metric", _metric(run_id, 5))
    with _line(http) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(request), size):
            line.sendall(request[start : start + size])
        assert _answer(line)[0] == 200

    assert [point.step for point in served_store.metrics.history(run_id, "m")] == [5]


def test_a_body_may_come_in_chunks(http: Http, served_store: SqlStore) -> None:
    run_id = http.new_run()
    body = json.dumps(_metric(run_id, 5)).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:10], body[10:], b""))
    head = f"POST {API}/runs/log-metric HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with _line(http) as line:
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks)
        assert _answer(line)[:2] == (200, {})

    assert [point.step for point in served_store.metrics.history(run_id, "m")] == [5]


def test_a_client_that_waits_to_be_told_to_go_on_is_told(http: Http) -> None:
    request = _request("/runs/log-metric", _metric(http.new_run(), 1), "Expect: 100-continue")
    head, gap, body = request.partition(b"\r\n\r\n")
    with _line(http) as line:
        line.sendall(head + gap)
        assert line.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert _answer(line)[0] == 200


def test_writes_are_answered_with_every_header_that_other_answers_have(http: Http) -> None:
    run_id = http.new_run()
    with _line(http) as line:
        line.sendall(_request("/runs/log-metric", _metric(run_id, 1)))
        _, _, written = _answer(line)
        line.sendall(_request("/runs/search", {"experiment_ids": ["0"]}))
        _, _, found = _answer(line)

    assert set(dict(written.headers)) == set(dict(found.headers))
    assert written.headers["X-Content-Type-Options"] == "nosniff"


def test_a_connection_is_kept_unless_the_client_ends_it(http: Http) -> None:
    run_id = http.new_run()
    with _line(http) as line:
        for step in range(3):
            line.sendall(_request("/runs/log-metric", _metric(run_id, step)))
            assert _answer(line)[2].headers["Connection"] is None
        line.sendall(_request("/runs/log-metric", _metric(run_id, 3), "Connection: close"))
        assert _answer(line)[2].headers["Connection"] == "close"
        assert line.recv(1) == b""


@pytest.mark.parametrize("path", ["/runs/log-metric", "/runs/search"])
def test_clients_of_the_first_version_of_http_get_an_answer_and_the_end(http: Http, path: str) -> None:
    content = _metric(http.new_run(), 1) | {"experiment_ids": ["0"]}
    with _line(http) as line:
        line.sendall(_request(path, content, version="1.0"))
        status, _, response = _answer(line)

        assert (status, response.headers["Connection"]) == (200, "close")
        assert line.recv(1) == b""


def test_the_head_alone_can_be_asked_for(http: Http) -> None:
    with _line(http) as line:
        line.sendall(b"HEAD /version HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
        data = line.recv(65536)
        while data.count(b"\r\n\r\n") < 2:
            data += line.recv(65536)

    assert data.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert b"content-length: " in data
    assert data.endswith(b"\r\n\r\n")


def test_a_body_that_nobody_wants_does_not_hold_up_what_comes_after_it(http: Http) -> None:
    path = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={http.new_run()}&path=a.txt"
    size = 20 * 1024 * 1024  # more than it takes, as its head says already
    with _line(http) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode())
        line.sendall(bytes(100_000))
        assert _answer(line)[0] == 400
        line.sendall(bytes(size - 100_000))
        line.sendall(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert _answer(line, "GET")[0] == 200


@pytest.mark.parametrize("target", ["http://localhost/version", "/version?x=%41#part", "/%76ersion"])
def test_a_path_may_be_written_in_several_ways(http: Http, target: str) -> None:
    with _line(http) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert _answer(line, "GET")[0] == 200


@pytest.mark.parametrize(
    "nonsense",
    [b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET \xff/ HTTP/1.1\r\n\r\n"],
)
def test_what_is_no_request_is_refused_and_ends_the_connection(http: Http, nonsense: bytes) -> None:
    with _line(http) as line:
        line.sendall(nonsense)
        data = b""
        while part := line.recv(65536):
            data += part

    assert data.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert data.endswith(b"Invalid HTTP request received.")


def test_clients_that_would_rather_speak_another_protocol_are_answered_in_this_one(http: Http) -> None:
    with _line(http) as line:
        line.sendall(
            b"GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
        )
        assert _answer(line, "GET")[0] == 200


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX-Long: ", b"GET / HTTP/1.1\r\nX-"])
def test_a_line_without_end_is_refused(http: Http, start: bytes) -> None:
    with _line(http) as line:
        line.sendall(start)
        data = b""
        while not data:
            line.sendall(b"x" * 8192)
            line.settimeout(0.01)
            with suppress(TimeoutError):
                data = line.recv(65536)

    assert b"The head of the request is larger than 65536 bytes" in data


def test_a_client_that_goes_away_before_its_write_is_done_disturbs_nobody(
    http: Http, served_store: SqlStore
) -> None:
    run_id = http.new_run()
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        entered.set()
        leave.wait(30)

    served_store.write(work, lambda _: None)
    assert entered.wait(10)
    with _line(http) as line:
        line.sendall(_request("/runs/log-metric", _metric(run_id, 1)))
        # The answer to another request shows that the first one has been taken.
        assert http.get(f"{API}/runs/get?run_id={run_id}").status == 200
    leave.set()
    assert http.post(f"{API}/runs/log-metric", _metric(run_id, 2)).status == 200

    assert {point.step for point in served_store.metrics.history(run_id, "m")} >= {2}


def test_an_error_that_nobody_expected_is_answered_and_logged(
    http: Http, served_store: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = http.new_run()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "decode_body", broken)
    reply = http.post(f"{API}/runs/log-metric", _metric(run_id, 1))

    assert (reply.status, reply.json["error_code"]) == (500, "INTERNAL_ERROR")
    assert "ZeroDivisionError" in caplog.text
    number = reply.json["message"].rpartition(" ")[2]
    assert number in caplog.text
