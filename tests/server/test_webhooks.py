"""Deliveries to a real receiver on the loopback interface."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import pytest

from mlflow._base.clock import now_ms, telling
from mlflow._storage.open import open_sql_store
from mlflow._storage.rest.store import RestStore
from mlflow._storage.sql.store import SqlStore
from mlflow._webhooks.secrets import signature_of
from mlflow.entities.webhook import Webhook, WebhookEvent
from mlflow.server.deliveries import Deliveries
from tests.ports import free_port
from tests.server.conftest import Http

WAIT = 30
STOPS_WITHIN = 20
"""Seconds; fewer than a receiver has for its answer."""


class Told(NamedTuple):
    """A request that the receiver got."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """An address that notes what it is told, and answers as it was told to."""

    def __init__(self) -> None:
        self.told: Queue[Told] = Queue()
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.told.put(Told(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, *arguments: object) -> None:
                del arguments

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?a=b"

    def next(self) -> Told:
        return self.told.get(timeout=WAIT)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that may be told."""
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "https,http")
    with closing(Receiver()) as made:
        yield made


@pytest.fixture
def deliveries(served_store: SqlStore) -> Iterator[Deliveries]:
    """What makes the deliveries of the served store."""
    with closing(Deliveries(served_store.webhooks)) as made:
        yield made


def _hook(store: SqlStore, receiver: Receiver, *events: str, secret: str | None = None) -> Webhook:
    return store.webhooks.create(
        "ci", receiver.url, [WebhookEvent.from_str(event) for event in events], secret=secret
    )


def _until(done: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(WAIT * 100):
        if done():
            return
        waiting.wait(0.01)
    pytest.fail("it did not happen")


def test_a_change_is_delivered_signed(
    served_store: SqlStore, receiver: Receiver, deliveries: Deliveries
) -> None:
    webhook = _hook(served_store, receiver, "model_version.created", secret="s3cret")
    served_store.registered_models.create("credit")
    served_store.model_versions.create("credit", "s3://b/1", tags={"a": "ü"}, description="First")
    assert deliveries.start_due() == 1
    told = receiver.next()
    assert told.path == "/hook?a=b"
    assert (told.json["entity"], told.json["action"]) == ("model_version", "created")
    assert told.json["data"] == {
        "name": "credit", "version": "1", "source": "s3://b/1", "run_id": None, "tags": {"a": "ü"},
        "description": "First",
    }  # fmt: skip
    delivery_id, timestamp = told.headers["x-mlflow-delivery-id"], told.headers["x-mlflow-timestamp"]
    assert told.headers["x-mlflow-signature"] == signature_of("s3cret", delivery_id, timestamp, told.body)
    store = served_store.webhooks
    _until(lambda: store.deliveries(webhook.webhook_id)[0].next_attempt is None)
    (done,) = store.deliveries(webhook.webhook_id)
    assert (done.delivery_id, done.attempts, done.response_status, done.error_message) == (
        delivery_id,
        1,
        200,
        "",
    )
    assert deliveries.start_due() == 0


def test_what_fails_for_a_while_is_tried_again_later_each_time_and_then_given_up(
    served_store: SqlStore, receiver: Receiver, deliveries: Deliveries
) -> None:
    webhook = _hook(served_store, receiver, "registered_model.created")
    receiver.answers = [503, 429, 500, 500]
    served_store.registered_models.create("credit")
    now, waits, ids = now_ms(), [], set()
    for attempt in range(1, 5):
        with telling(lambda now=now: now):  # type: ignore[misc]  # mypy cannot infer defaults of lambdas
            assert deliveries.start_due() == 1
            ids.add(receiver.next().headers["x-mlflow-delivery-id"])
            _until(lambda: served_store.webhooks.deliveries(webhook.webhook_id)[0].last_attempt == now)  # noqa: B023 - called at once
            (found,) = served_store.webhooks.deliveries(webhook.webhook_id)
            assert found.attempts == attempt
            if found.next_attempt is not None:
                assert deliveries.start_due() == 0
                waits.append(found.next_attempt - now)
                now = found.next_attempt
    assert waits == [10_000, 120_000, 1_800_000]
    assert len(ids) == 1
    assert (found.next_attempt, found.response_status, found.error_message) == (None, 500, "HTTP status 500")


@pytest.mark.parametrize("status", [302, 404])
def test_redirects_are_not_followed_and_refusals_are_final(
    served_store: SqlStore, receiver: Receiver, deliveries: Deliveries, status: int
) -> None:
    webhook = _hook(served_store, receiver, "registered_model.created")
    receiver.answers = [status]
    served_store.registered_models.create("credit")
    deliveries.start_due()
    assert receiver.next().path == "/hook?a=b"
    _until(lambda: served_store.webhooks.deliveries(webhook.webhook_id)[0].next_attempt is None)
    assert served_store.webhooks.deliveries(webhook.webhook_id)[0].response_status == status
    assert receiver.told.empty()


def test_a_receiver_that_never_answers_is_cut_off_and_keeps_nobody_waiting(
    served_store: SqlStore, receiver: Receiver, deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_REQUEST_TIMEOUT", "1")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        event = WebhookEvent("registered_model", "created")
        stuck = served_store.webhooks.create("stuck", url, [event])
        _hook(served_store, receiver, "registered_model.created")
        served_store.registered_models.create("credit")
        assert deliveries.start_due() == 2
        receiver.next()
        _until(lambda: bool(served_store.webhooks.deliveries(stuck.webhook_id)[0].error_message))
    (found,) = served_store.webhooks.deliveries(stuck.webhook_id)
    assert found.response_status is None
    assert found.next_attempt is not None


def test_one_delivery_is_taken_on_by_one_process(served_store: SqlStore, receiver: Receiver) -> None:
    _hook(served_store, receiver, "registered_model.created")
    for number in range(20):
        served_store.registered_models.create(f"m{number}")
    with closing(open_sql_store(served_store.uri)) as other:
        claims = [store.webhooks.claim(7) for store in (served_store, other) * 2]
    taken = [due.id for claim in claims for due in claim]
    assert len(taken) == len(set(taken)) == 20


def test_a_private_address_is_refused_when_a_webhook_is_made_and_when_it_is_told(
    http: Http, served_store: SqlStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _hook(served_store, receiver, "registered_model.created")
    monkeypatch.delenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS")
    body = {"name": "x", "url": receiver.url, "events": [{"entity": "RUN", "action": "STARTED"}]}
    refused = http.post("/api/2.0/mlflow/webhooks", body)
    assert (refused.status, refused.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "127.0.0.1" in refused.json["message"]
    result = http.post(f"/api/2.0/mlflow/webhooks/{made.webhook_id}/test", {}).json["result"]
    assert result["success"] is False
    assert "not a public one" in result["error_message"]
    assert receiver.told.empty()


def test_the_endpoints_are_those_of_mlflow(http: Http, receiver: Receiver) -> None:
    api = "/api/2.0/mlflow/webhooks"
    body = {
        "name": "ci",
        "url": receiver.url,
        "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}],
        "secret": "s3cret",
    }
    made = http.post(api, body).json["webhook"]
    assert (made["status"], made["events"]) == ("ACTIVE", body["events"])
    assert "secret" not in made
    changed = http.post(f"{api}/{made['webhook_id']}", {"status": "DISABLED"}, "PATCH").json["webhook"]
    assert (changed["status"], changed["events"]) == ("DISABLED", body["events"])
    assert http.get(api).json["webhooks"] == [changed]
    event = {"event": {"entity": "MODEL_VERSION", "action": "TRANSITIONED"}}
    result = http.post(f"{api}/{made['webhook_id']}/test", event).json["result"]
    assert (result["success"], result["response_status"], result["response_body"]) == (True, 200, "heard")
    assert receiver.next().json["data"]["to_stage"] == "Production"
    assert http.post(f"{api}/{made['webhook_id']}", {}, "DELETE").json == {}
    assert http.get(f"{api}/{made['webhook_id']}").status == 404


@contextmanager
def _running(uri: str, port: int) -> Iterator[RestStore]:
    """A server in a process of its own."""
    command = [sys.executable, "-m", "mlflow.cli", "server", "--backend-store-uri", uri, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        try:
            assert "listening" in process.stdout.readline()
            with closing(RestStore(f"http://127.0.0.1:{port}")) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOPS_WITHIN)
            finally:
                process.kill()


def test_what_waited_while_no_server_ran_is_delivered_by_the_next_one(
    tmp_path: Path, receiver: Receiver
) -> None:
    """... which stops without waiting for a receiver that never answers."""
    uri, port = f"sqlite:///{tmp_path}/store.db", free_port()
    silent = socket.create_server(("127.0.0.1", 0))
    with closing(open_sql_store(uri, str(tmp_path / "artifacts"))) as store:
        _hook(store, receiver, "registered_model.created", "run.started")
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        store.webhooks.create("stuck", url, [WebhookEvent("registered_model", "created")])
        store.registered_models.create("credit")
    with closing(silent), _running(uri, port) as client:
        assert receiver.next().json["data"]["name"] == "credit"
        run_id = client.runs.create("0").info.run_id
        assert receiver.next().json["data"]["run_id"] == run_id
