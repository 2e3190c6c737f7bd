"""From the bytes of a request to its struct."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._wire.decoding import decode_body, decode_query
from mlflow._wire.experiments import SearchExperiments
from mlflow._wire.logged_models import FinalizeLoggedModel, GetLoggedModel
from mlflow._wire.metrics import GetMetricHistoryBulkInterval, LogMetric
from mlflow._wire.runs import LogBatch
from mlflow.exceptions import InvalidParameterValue

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
_MEMBERS = st.sampled_from(
    ["run_id", "runId", "key", "value", "timestamp", "step", "metrics", "params", "tags"]
)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_errors_of_ours(body: bytes) -> None:
    with contextlib.suppress(InvalidParameterValue):
        decode_body(LogBatch, body)


@given(st.dictionaries(_MEMBERS, _JSON, max_size=6))
def test_no_object_raises_anything_but_errors_of_ours(content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    for shape in (LogBatch, LogMetric):
        with contextlib.suppress(InvalidParameterValue):
            decode_body(shape, body)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**63 - 1))
def test_whole_numbers_survive_as_numbers_and_as_text(step: int, timestamp: int) -> None:
    for write in (int, str):
        body = {"run_id": "r", "key": "k", "value": 1, "step": write(step), "timestamp": write(timestamp)}
        request = decode_body(LogMetric, json.dumps(body).encode())
        assert (request.step, request.timestamp) == (step, timestamp)


def test_null_is_the_same_as_absent() -> None:
    assert decode_body(LogBatch, b'{"run_id": "r", "metrics": null}').metrics == []


def test_the_parameters_of_a_path_win_over_the_body() -> None:
    request = decode_body(FinalizeLoggedModel, b'{"model_id": "b", "status": 2}', {"model_id": "a"})

    assert (request.model_id, request.status) == ("a", "LOGGED_MODEL_READY")


def test_a_query_knows_snake_case_alone() -> None:
    assert decode_query(SearchExperiments, [("max_results", "5"), ("pageToken", "x")]).page_token == ""
    assert decode_query(SearchExperiments, [("max_results", "5"), ("view_type", "3")]).view_type == "ALL"


def test_lists_and_numbers_of_a_query() -> None:
    query = [("run_ids", "a"), ("run_ids", "b"), ("metric_key", "m"), ("start_step", "-1"), ("end_step", "4")]

    request = decode_query(GetMetricHistoryBulkInterval, query)

    assert (request.run_ids, request.start_step, request.end_step) == (["a", "b"], -1, 4)


def test_booleans_of_a_query_are_true_or_false_in_any_case() -> None:
    assert decode_query(GetLoggedModel, [("allow_deleted", "TRUE")], {"model_id": "m"}).allow_deleted
    with pytest.raises(InvalidParameterValue, match="allow_deleted"):
        decode_query(GetLoggedModel, [("allow_deleted", "1")], {"model_id": "m"})
