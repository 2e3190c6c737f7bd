"""How requests are read, whatever the endpoint."""

from __future__ import annotations

import math

import pytest

from mlflow._storage.sql.store import SqlStore
from tests.server.conftest import API, Http


@pytest.mark.parametrize(
    "prefix", ["/api/2.0", "/api/3.0", "/ajax-api/2.0", "/ajax-api/3.0", "/api/2.0/preview"]
)
def test_every_path_has_its_twins(http: Http, prefix: str) -> None:
    assert (
        http.get(f"{prefix}/mlflow/experiments/get?experiment_id=0").json["experiment"]["name"] == "Default"
    )


def test_members_are_read_in_snake_case_and_camel_case(http: Http) -> None:
    reply = http.post(f"{API}/runs/create", {"experimentId": "0", "runName": "first", "startTime": 7})

    assert reply.json["run"]["info"]["run_name"] == "first"
    assert reply.json["run"]["info"]["start_time"] == 7


def test_a_member_in_both_spellings_is_refused(http: Http) -> None:
    reply = http.post(f"{API}/runs/create", {"experimentId": "0", "experiment_id": "0"})

    assert reply.status == 400
    assert "experiment_id" in reply.json["message"]


def test_unknown_members_are_ignored(http: Http) -> None:
    assert http.post(f"{API}/runs/create", {"experiment_id": "0", "wrongKey": 1}).status == 200


def test_a_body_inside_of_a_json_string_is_read(http: Http) -> None:
    assert http.post(f"{API}/runs/create", b'"{\\"experiment_id\\": \\"0\\"}"').status == 200


def test_whole_numbers_are_read_as_text_and_as_integral_floats(http: Http, served_store: SqlStore) -> None:
    run_id = http.new_run()
    body = {"run_id": run_id, "key": "m", "value": 1, "timestamp": "5", "step": 2.0}

    assert http.post(f"{API}/runs/log-metric", body).status == 200
    (point,) = served_store.metrics.history(run_id, "m")
    assert (point.timestamp, point.step) == (5, 2)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b'"NaN"', math.nan),
        (b"NaN", math.nan),
        (b'"Infinity"', math.inf),
        (b"-Infinity", -math.inf),
        (b'"1.5"', 1.5),
        (b"true", 1.0),
    ],
)
def test_values_are_read_in_every_form_and_kept_as_they_are(
    http: Http, served_store: SqlStore, sent: bytes, stored: float
) -> None:
    run_id = http.new_run()
    body = b'{"run_id": "%s", "key": "m", "value": %s, "timestamp": 1}' % (run_id.encode(), sent)

    assert http.post(f"{API}/runs/log-metric", body).status == 200
    (point,) = served_store.metrics.history(run_id, "m")
    assert point.value == stored or (math.isnan(stored) and math.isnan(point.value))


def test_nan_and_infinity_are_answered_as_text(http: Http) -> None:
    run_id = http.new_run()
    for key, value in (("a", "NaN"), ("b", "Infinity"), ("c", "-Infinity")):
        http.post(f"{API}/runs/log-metric", {"run_id": run_id, "key": key, "value": value, "timestamp": 1})

    metrics = http.get(f"{API}/runs/get?run_id={run_id}").json["run"]["data"]["metrics"]
    assert [metric["value"] for metric in metrics] == ["NaN", "Infinity", "-Infinity"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 1, "timestamp": 1.5},
        {"value": 1, "timestamp": "soon"},
        {"value": [1], "timestamp": 1},
        {"value": "high", "timestamp": 1},
        {"value": "", "timestamp": 1},
        {"value": 1},
        {"value": 1, "timestamp": -1},
        {"value": 1, "timestamp": 1, "step": 2**63},
        {"timestamp": 1},
    ],
)
def test_a_metric_that_cannot_be_read_is_refused_and_nothing_is_stored(
    http: Http, served_store: SqlStore, wrong: dict[str, object]
) -> None:
    run_id = http.new_run()

    reply = http.post(f"{API}/runs/log-metric", {"run_id": run_id, "key": "m", **wrong})

    assert (reply.status, reply.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert not served_store.metrics.history(run_id, "m")


def test_one_wrong_point_of_a_batch_refuses_all_of_it_and_is_named(
    http: Http, served_store: SqlStore
) -> None:
    run_id = http.new_run()
    metrics = [
        {"key": "good", "value": 1, "timestamp": 1, "step": 0},
        {"key": "bad", "value": 1, "timestamp": 1.5, "step": 0},
    ]

    reply = http.post(
        f"{API}/runs/log-batch",
        {"run_id": run_id, "metrics": metrics, "params": [{"key": "p", "value": "1"}]},
    )

    assert reply.status == 400
    assert "metrics[1].timestamp" in reply.json["message"]
    assert served_store.runs.get(run_id).data.to_dictionary()["metrics"] == {}
    assert served_store.runs.get(run_id).data.params == {}


@pytest.mark.parametrize(("status", "shown"), [("FINISHED", "FINISHED"), (4, "FAILED")])
def test_enumerations_are_read_by_name_and_by_number(http: Http, status: object, shown: str) -> None:
    run_id = http.new_run()

    reply = http.post(f"{API}/runs/update", {"run_id": run_id, "status": status})

    assert reply.json["run_info"]["status"] == shown


@pytest.mark.parametrize("status", ["DONE", "finished", 0, 9])
def test_unknown_names_of_enumerations_are_refused(http: Http, status: object) -> None:
    run_id = http.new_run()

    assert http.post(f"{API}/runs/update", {"run_id": run_id, "status": status}).status == 400
    assert http.get(f"{API}/runs/get?run_id={run_id}").json["run"]["info"]["status"] == "RUNNING"


@pytest.mark.parametrize("body", [b"{", b"[1]", b"1", b'"text"', b'{"a": }', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_a_json_error(http: Http, body: bytes) -> None:
    reply = http.post(f"{API}/runs/log-batch", body)

    assert (reply.status, reply.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_an_empty_body_is_an_empty_object(http: Http) -> None:
    assert http.post(f"{API}/runs/search", b"").json == {}


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_write_says_that_it_is_json(http: Http, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}

    reply = http.send("POST", f"{API}/experiments/create", b'{"name": "a"}', headers)

    assert (reply.status, reply.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_parameters_of_the_content_type_are_ignored(http: Http) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}

    assert http.send("POST", f"{API}/experiments/create", b'{"name": "a"}', headers).status == 200


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/runs/get", "run_id"),
        ("GET", "/runs/get?runId=1", "run_id"),
        ("GET", "/experiments/get", "experiment_id"),
        ("GET", "/experiments/get?experiment_id=", "experiment_id"),
        ("POST", "/experiments/create", "name"),
        ("POST", "/runs/log-parameter", "key"),
        ("GET", "/metrics/get-history?run_id=1", "metric_key"),
    ],
)
def test_a_missing_member_is_named(http: Http, method: str, path: str, name: str) -> None:
    reply = http.get(API + path) if method == "GET" else http.post(API + path, {})

    assert reply.status == 400
    assert f"'{name}'" in reply.json["message"]


def test_lists_in_a_query_are_repeated_keys(http: Http) -> None:
    first, second = http.new_run(), http.new_run()
    for run_id in (first, second):
        http.post(f"{API}/runs/log-metric", {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1})

    path = f"{API}/metrics/get-history-bulk-interval?run_ids={first}&run_ids={second}&metric_key=m"
    assert [point["run_id"] for point in http.get(path).json["metrics"]] == [first, second]


@pytest.mark.parametrize("value", ["yes", "1", ""])
def test_booleans_in_a_query_are_true_or_false(http: Http, value: str) -> None:
    assert http.get(f"{API}/logged-models/m-1?allow_deleted={value}").status == 400


def test_long_answers_are_packed_for_browsers_alone(http: Http) -> None:
    run_id = http.new_run()
    tags = [{"key": f"tag{i}", "value": "x" * 50} for i in range(50)]
    http.post(f"{API}/runs/log-batch", {"run_id": run_id, "tags": tags})
    asked = f"mlflow/runs/get?run_id={run_id}"

    packed = http.get(f"/ajax-api/2.0/{asked}", Accept_Encoding="gzip")
    plain = http.get(f"/api/2.0/{asked}", Accept_Encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json == plain.json
    assert "Content-Encoding" not in http.get(f"/ajax-api/2.0/{asked}").headers
