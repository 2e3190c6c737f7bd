"""Too much at once, and clients that are slow: refused or parted with, and nobody else notices."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.rest.store import RestStore
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.server import app, protocol
from mlflow.server.admission import Limits
from mlflow.server.context import ServerSettings
from mlflow.server.protocol import Patience
from tests.live_server import LiveServer
from tests.server.conftest import API, Answer, Http


@contextmanager
def _limited(live_server: LiveServer, store: SqlStore, limits: Limits) -> Iterator[Http]:
    with live_server.serving(store, ServerSettings(limits=limits)) as address:
        client = Http(address)
        yield client
        client.close()


@contextmanager
def _busy_writer(store: SqlStore) -> Iterator[None]:
    """Keeps the writer in one operation."""
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        entered.set()
        leave.wait(30)

    store.write(work, lambda _: None)
    assert entered.wait(10)
    try:
        yield
    finally:
        leave.set()


def _log(http: Http, run_id: str, step: int) -> Answer:
    body = {"run_id": run_id, "key": "m", "value": step, "timestamp": 1, "step": step}
    return http.post(f"{API}/runs/log-metric", body)


def test_writes_that_the_database_cannot_follow_are_refused_and_the_others_are_stored(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with _limited(live_server, served_store, Limits(writes=3)) as http:
        run_id = http.new_run()
        with ThreadPoolExecutor(8) as threads:
            with _busy_writer(served_store):
                sent = [threads.submit(_log, Http(http.address), run_id, step) for step in range(8)]
                while sum(answer.done() for answer in sent) < 5:
                    time.sleep(0.005)
            answers = [answer.result() for answer in sent]

        refused = [answer for answer in answers if answer.status == 429]
        assert len(refused) == 5
        assert {answer.headers["Retry-After"] for answer in refused} <= {"1", "2", "3"}
        assert {answer.json["error_code"] for answer in refused} == {"REQUEST_LIMIT_EXCEEDED"}
        stored = {point.step for point in served_store.metrics.history(run_id, "m")}
        assert stored == {step for step, answer in enumerate(answers) if answer.status == 200}
        assert _log(http, run_id, 9).status == 200


def test_clients_that_are_refused_wait_and_come_again(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with (
        _limited(live_server, served_store, Limits(writes=2)) as http,
        closing(RestStore(http.address)) as client,
    ):
        run_id = http.new_run()
        before = _num_refused(http)
        with ThreadPoolExecutor(6) as threads:
            with _busy_writer(served_store):
                logged = [
                    threads.submit(client.metrics.log, run_id, Metric("m", step, 1, step))
                    for step in range(6)
                ]
                while _num_refused(http) < before + 4:
                    time.sleep(0.005)
            for each in logged:
                each.result()

        assert [point.step for point in served_store.metrics.history(run_id, "m")] == list(range(6))


def _num_refused(http: Http) -> float:
    found = re.search(
        r"^headrace_requests_refused_total (\S+)$", http.get("/metrics").body.decode(), re.MULTILINE
    )
    assert found is not None
    return float(found[1])


def test_bodies_of_waiting_writes_are_limited_in_bytes_but_one_is_always_taken(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with _limited(live_server, served_store, Limits(write_bytes=10)) as http:
        run_id = http.new_run()
        with ThreadPoolExecutor(1) as thread, _busy_writer(served_store):
            first = thread.submit(_log, Http(http.address), run_id, 0)
            time.sleep(0.1)
            assert _log(http, run_id, 1).status == 429
        assert first.result().status == 200


def test_reads_that_wait_are_limited_and_short_ones_go_on(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with _limited(live_server, served_store, Limits(reads=0)) as http:
        run_id = http.new_run()

        refused = http.post(f"{API}/runs/search", {"experiment_ids": ["0"]})

        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 3
        assert http.get(f"{API}/runs/get?run_id={run_id}").status == 200


def test_transfers_are_limited(live_server: LiveServer, served_store: SqlStore) -> None:
    with _limited(live_server, served_store, Limits(transfers=0)) as http:
        assert http.send("PUT", "/api/2.0/mlflow-artifacts/artifacts/a.txt", b"x").status == 429


def test_a_body_above_the_limit_is_refused_by_name(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_BODY_BYTES", 200_000)

    reply = http.post(f"{API}/experiments/create", {"name": "a", "tags": "x" * 300_000})

    assert reply.status == 400
    assert "larger than 200000 bytes" in reply.json["message"]


class _Line:
    """One connection, spoken to by hand."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect((str(parts.hostname), int(parts.port or 0)))

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self, seconds: float = 10) -> bytes:
        """What comes next; empty once the other side has ended the connection."""
        self._socket.settimeout(seconds)
        try:
            return self._socket.recv(65536)
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self._socket.close()


@contextmanager
def _line(address: str, data: bytes = b"") -> Iterator[_Line]:
    line = _Line(address)
    try:
        line.send(data)
        yield line
    finally:
        line.close()


def _head(path: str, length: int) -> bytes:
    return (
        f"POST {API}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def test_bodies_that_arrive_slowly_hold_a_limited_amount_of_memory(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with _limited(live_server, served_store, Limits(held_bytes=300_000)) as http:
        with _line(http.address, _head("/runs/log-batch", 1_000_000) + b" " * 290_000):
            time.sleep(0.1)
            refused = http.post(f"{API}/runs/log-batch", b" " * 200_000)
            assert refused.status == 429
            assert "arriving slowly" in refused.json["message"]
            assert http.new_run()
        time.sleep(0.1)
        assert http.post(f"{API}/runs/log-batch", b" " * 200_000).status == 400


def test_a_slow_body_keeps_nobody_from_writing(http: Http) -> None:
    run_id = http.new_run()
    with _line(http.address, _head("/runs/log-metric", 1000) + b'{"run_id": '):
        assert _log(http, run_id, 1).status == 200


def test_slow_uploads_keep_nobody_from_reading(http: Http) -> None:
    head = b"PUT /api/2.0/mlflow-artifacts/artifacts/f%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"
    lines = [_Line(http.address) for _ in range(app.POOL_THREADS + 2)]
    for number, line in enumerate(lines):
        line.send(head % number)
    time.sleep(0.1)

    assert http.post(f"{API}/runs/search", {"experiment_ids": ["0"]}).status == 200

    for line in lines:
        line.close()


def test_answers_that_nobody_fetches_keep_nobody_from_reading_small_ones(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with _limited(live_server, served_store, Limits(held_bytes=1_000_000)) as http:
        run_id = http.new_run()
        tags = [{"key": f"tag{number}", "value": "x" * 8000} for number in range(100)]
        http.post(f"{API}/runs/log-batch", {"run_id": run_id, "tags": tags})
        asked = f"GET {API}/runs/get?run_id={run_id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 50
        body = {"experiment_ids": ["0"], "filter": "attributes.run_name = 'nobody'"}
        with _line(http.address, asked), _line(http.address, asked):
            time.sleep(0.2)
            refused = http.post(f"{API}/runs/search", body)
            assert refused.status == 429
            assert "slow clients" in refused.json["message"]
        time.sleep(0.2)
        assert http.post(f"{API}/runs/search", body).status == 200


def test_clients_that_take_too_long_are_parted_with_and_others_are_not(
    http: Http, live_server: LiveServer
) -> None:
    run_id = http.new_run()
    tags = [{"key": f"tag{number}", "value": "x" * 8000} for number in range(100)]
    http.post(f"{API}/runs/log-batch", {"run_id": run_id, "tags": tags})
    large = f"GET {API}/runs/get?run_id={run_id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    patience = Patience(head_seconds=20, window_seconds=10)
    with (
        _line(http.address, _head("/runs/log-metric", 1000)[:30]) as slow_head,
        _line(http.address, _head("/runs/log-metric", 1000) + b"{") as slow_body,
        _line(http.address, large * 20) as slow_reader,
        _line(http.address, large) as idle,
    ):
        while sum(len(idle.receive()) for _ in range(1)) == 0:
            pass
        time.sleep(0.2)
        assert live_server.drop_overdue(0, patience) == 0
        assert live_server.drop_overdue(9, patience) == 0
        assert live_server.drop_overdue(11, patience) == 2
        assert slow_body.receive() == b""
        slow_reader.close()
        slow_head.send(b"x")
        assert live_server.drop_overdue(21, patience) >= 1
        assert slow_head.receive() == b""


def test_a_body_that_keeps_coming_is_waited_for(http: Http, live_server: LiveServer) -> None:
    patience = Patience(window_seconds=10, window_bytes=1000)
    with _line(http.address, _head("/experiments/create", 4014) + b'{"name": "a"}') as line:
        for moment in range(0, 40, 10):
            time.sleep(0.05)
            live_server.drop_overdue(moment, patience)
            line.send(b" " * 1000)
        line.send(b" ")
        assert b"200 OK" in line.receive()


def test_a_request_without_an_end_of_its_head_is_refused(http: Http) -> None:
    with _line(http.address, b"GET / HTTP/1.1\r\n" + b"X-Filler: y\r\n" * 6000) as line:
        assert b"The head of the request is larger than 65536 bytes" in line.receive()


def test_connections_beyond_the_limit_are_told_to_come_again(
    http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 0)

    with _line(http.address, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n") as line:
        answer = line.receive()

    assert answer.startswith(b"HTTP/1.1 429")
    assert b"retry-after: 1" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error_code"] == "REQUEST_LIMIT_EXCEEDED"


def test_health_tells_why_the_database_cannot_be_used(http: Http, served_store: SqlStore) -> None:
    assert http.get("/health").body == b"OK"
    served_store.close()

    reply = http.get("/health")

    assert (reply.status, reply.json["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
    assert "has been closed" in reply.json["message"]


def test_health_does_not_wait_for_ever(
    http: Http, served_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = threading.Event()
    monkeypatch.setattr(app, "HEALTH_SECONDS", 0.05)
    monkeypatch.setattr(served_store.settings, "ping", lambda: stuck.wait(10))

    reply = http.get("/health")
    stuck.set()

    assert reply.status == 503
    assert "did not answer" in reply.json["message"]


def test_a_cancelled_answer_leaves_no_place_taken(live_server: LiveServer, served_store: SqlStore) -> None:
    with _limited(live_server, served_store, Limits(writes=1)) as http:
        run_id = http.new_run()
        with _busy_writer(served_store):
            with _line(http.address, _head("/runs/log-metric", 2) + b"{}"):
                pass
            time.sleep(0.05)
        for step in range(5):
            assert _log(http, run_id, step).status == 200


def test_the_event_loop_is_free_while_writes_wait(http: Http, served_store: SqlStore) -> None:
    run_id = http.new_run()
    with ThreadPoolExecutor(1) as thread, _busy_writer(served_store):
        waiting = thread.submit(_log, Http(http.address), run_id, 1)
        assert http.get(f"{API}/runs/get?run_id={run_id}").status == 200
        assert not waiting.done()
    assert waiting.result().status == 200


def test_a_process_has_a_limited_number_of_connections_to_its_database(
    live_server: LiveServer, postgres_database: str
) -> None:
    with (
        closing(open_sql_store(postgres_database, proxied=True, folder="mlartifacts")) as store,
        live_server.serving(store, ServerSettings(fast_reads=False)) as address,
        ThreadPoolExecutor(32) as threads,
    ):
        run_id = Http(address).new_run()

        def use(number: int) -> int:
            http = Http(address)
            statuses = {
                http.get("/health").status,
                _log(http, run_id, number).status,
                http.get(f"{API}/runs/get?run_id={run_id}").status,
                http.post(f"{API}/runs/search", {"experiment_ids": ["0"]}).status,
                http.send(
                    "POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path={number}", b"x"
                ).status,
            }
            http.close()
            return max(statuses)

        assert set(threads.map(use, range(64))) == {200}
        with store.engine.reading() as cx:
            (connections,) = cx.one(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"  # autovacuum may be at work in it too
            ) or (0,)
        assert 1 < connections <= app.POOL_THREADS + 2
