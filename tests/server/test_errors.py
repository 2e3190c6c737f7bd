"""Every error has the same shape."""

from __future__ import annotations

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow._wire.routes import ROUTES
from mlflow.server.app import HANDLERS
from mlflow.server.routes import decisions, tables, transfers
from tests.server.conftest import API, Http


def test_every_route_is_answered_by_one_function() -> None:
    answering = [*HANDLERS, *transfers.TRANSFERS, *tables.TRANSFERS, *decisions.TRANSFERS]
    assert sorted(answering) == sorted(route.name for route in ROUTES)


@pytest.mark.parametrize("path", ["/api/2.0/mlflow/nothing", "/ajax-api/9.9/mlflow/runs/get", "/nowhere"])
def test_an_unknown_path_is_a_json_404(http: Http, path: str) -> None:
    reply = http.get(path)

    assert (reply.status, reply.json["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_a_wrong_method_is_a_json_405_that_names_the_right_one(http: Http) -> None:
    reply = http.get(f"{API}/runs/create")

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert "POST" in reply.json["message"]


def test_options_of_an_endpoint_are_answered(http: Http) -> None:
    reply = http.send("OPTIONS", f"{API}/runs/create")

    assert (reply.status, reply.headers["Allow"]) == (204, "POST")


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        (
            "/runs/log-metric",
            {"run_id": "no", "key": "m", "value": 1, "timestamp": 1},
            404,
            "RESOURCE_DOES_NOT_EXIST",
        ),
        ("/experiments/create", {"name": "Default"}, 400, "RESOURCE_ALREADY_EXISTS"),
        ("/experiments/delete", {"experiment_id": "77"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("/experiments/delete", {"experiment_id": "x"}, 400, "INVALID_PARAMETER_VALUE"),
        ("/experiments/search", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("/runs/create", {}, 400, "BAD_REQUEST"),
    ],
)
def test_statuses_and_codes_are_those_of_the_specification(
    http: Http, path: str, content: dict[str, object], status: int, code: str
) -> None:
    reply = http.post(API + path, content)

    assert (reply.status, reply.json["error_code"]) == (status, code)
    assert reply.json["message"]
    assert reply.headers["Content-Type"] == "application/json"


def test_a_deleted_experiment_cannot_be_renamed(http: Http) -> None:
    number = http.post(f"{API}/experiments/create", {"name": "old"}).json["experiment_id"]
    http.post(f"{API}/experiments/delete", {"experiment_id": number})

    reply = http.post(f"{API}/experiments/update", {"experiment_id": number, "new_name": "new"})

    assert (reply.status, reply.json["error_code"]) == (500, "INVALID_STATE")


def test_a_wrong_filter_says_where(http: Http) -> None:
    reply = http.post(f"{API}/runs/search", {"experiment_ids": ["0"], "filter": "metrics.a >> 1"})

    assert reply.status == 400
    assert (reply.json["start"], reply.json["end"]) == (10, 12)


def test_an_unexpected_error_shows_no_trace_and_the_server_lives_on(
    http: Http, served_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patched:
        patched.setattr(served_store.experiments, "search", explode)
        reply = http.post(f"{API}/experiments/search", {"max_results": 1})

    assert (reply.status, reply.json["error_code"]) == (500, "INTERNAL_ERROR")
    assert b"secret" not in reply.body
    assert b"Traceback" not in reply.body
    assert http.post(f"{API}/experiments/search", {"max_results": 1}).status == 200


def test_an_error_inside_of_a_write_reaches_its_own_request_alone(http: Http) -> None:
    run_id = http.new_run()
    body = {"run_id": run_id, "key": "p", "value": "1"}

    assert http.post(f"{API}/runs/log-parameter", body).status == 200
    assert http.post(f"{API}/runs/log-parameter", {**body, "value": "2"}).status == 400
    assert http.post(f"{API}/runs/log-parameter", {**body, "key": "q"}).status == 200


def test_the_server_says_what_it_is(http: Http) -> None:
    assert http.get("/health").body == b"OK"
    assert http.post("/health", {}).status == 405
    assert http.get("/version").body == b"3.17.2"
    assert http.get("/api/3.0/mlflow/server-info").json["store_type"] == "SqlStore"


@pytest.mark.parametrize(
    ("client", "code"),
    [("mlflow-python-client/1.30.1", "INVALID_STATE"), ("mlflow-python-client/2.22.5", "RESOURCE_CONFLICT")],
)
def test_clients_of_mlflow_1_are_told_codes_that_they_know(http: Http, client: str, code: str) -> None:
    http.post(f"{API}/registered-models/create", {"name": "m"})
    http.post(f"{API}/model-versions/create", {"name": "m", "source": "s3://b/k"})
    http.post(f"{API}/model-versions/transition-stage", {"name": "m", "version": "1", "stage": "Production"})

    headers = {"Content-Type": "application/json", "User-Agent": client}
    reply = http.send("DELETE", f"{API}/registered-models/delete", b'{"name": "m"}', headers)

    assert (reply.status, reply.json["error_code"]) == (409, code)
