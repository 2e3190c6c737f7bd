"""Errors on the wire, both ways."""

from __future__ import annotations

import json
import pickle

import pytest

from mlflow._search.errors import FilterSyntaxError
from mlflow._search.fields.runs import FIELDS
from mlflow._search.parser import parse_filter
from mlflow._wire.errors import error_from_wire, error_to_wire
from mlflow.exceptions import (
    BadRequest,
    InvalidParameterValue,
    MlflowException,
    NotSupported,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
    RestException,
    TemporarilyUnavailable,
)

LOCAL = [
    BadRequest,
    InvalidParameterValue,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
    NotSupported,
    TemporarilyUnavailable,
    MlflowException,
]


@pytest.mark.parametrize("kind", LOCAL)
def test_an_error_crosses_the_wire_and_is_caught_by_the_same_class(kind: type[MlflowException]) -> None:
    status, body = error_to_wire(kind("what is wrong"))

    error = error_from_wire(status, body, "GET /x")

    assert isinstance(error, kind)
    assert isinstance(error, RestException)
    assert type(error).__name__ == "RestException"
    assert error.get_http_status_code() == status
    assert str(error).endswith("what is wrong")


def test_an_error_of_a_server_can_be_pickled() -> None:
    error = error_from_wire(404, *error_to_wire(ResourceDoesNotExist("gone"))[1:], "GET /x")

    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_what_is_no_error_body_is_told_by_its_status() -> None:
    error = error_from_wire(502, b"<html>Bad  gateway</html>", "POST /runs/create")

    assert "POST /runs/create failed with HTTP status 502" in error.message
    assert "<html>Bad gateway</html>" in error.message


def test_an_unknown_code_is_kept() -> None:
    error = error_from_wire(418, json.dumps({"error_code": "TEAPOT", "message": "short"}).encode(), "GET /x")

    assert error.error_code == "TEAPOT"


def test_a_wrong_filter_carries_where_it_is_wrong() -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter("metrics.a >> 1", FIELDS)

    body = json.loads(error_to_wire(caught.value)[1])

    assert (body["start"], body["end"]) == (10, 12)
    assert "=" in body["expected"]
