"""Errors."""

from __future__ import annotations

import json
import pickle
import re

import pytest

from mlflow import exceptions
from mlflow.exceptions import (
    ERROR_CODE_NUMBERS,
    InvalidParameterValue,
    MissingExtra,
    MlflowException,
    ResourceDoesNotExist,
    RestException,
    get_error_code,
)

CLASSES = [
    value
    for value in vars(exceptions).values()
    if isinstance(value, type) and issubclass(value, MlflowException)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_is_in_the_tree_that_the_module_draws(kind: type[MlflowException]) -> None:
    assert kind.__name__ in str(exceptions.__doc__)


def test_the_tree_tells_the_code_and_status_of_every_class() -> None:
    drawn = re.findall(r"(\w+)[^\n]*?\s([A-Z_]{6,})\s+(\d{3})$", str(exceptions.__doc__), re.MULTILINE)

    assert len(drawn) > 15
    for name, code, status in drawn:
        assert getattr(exceptions, name).default_code == code
        error = getattr(exceptions, name).__new__(getattr(exceptions, name))
        error.error_code = code
        assert error.get_http_status_code() == int(status)


def test_an_error_code_is_given_by_name_or_by_number() -> None:
    by_number = {name: number for number, name in ERROR_CODE_NUMBERS.items()}["INVALID_PARAMETER_VALUE"]

    assert MlflowException("m", error_code=by_number).error_code == "INVALID_PARAMETER_VALUE"
    assert MlflowException("m", "RESOURCE_DOES_NOT_EXIST").get_http_status_code() == 404
    assert MlflowException("m").error_code == "INTERNAL_ERROR"


def test_the_json_form_has_what_clients_need() -> None:
    body = json.loads(InvalidParameterValue("bad").serialize_as_json())

    assert body == {
        "error_code": "INVALID_PARAMETER_VALUE",
        "message": "bad",
        "sqlstate": "KAM00",
        "error_class": "INVALID_PARAMETER_VALUE",
    }


def test_errors_survive_pickling() -> None:
    for error in (
        ResourceDoesNotExist("gone"),
        MissingExtra("A thing", "package"),
        RestException({"message": "m"}),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.error_code) == (type(error), str(error), error.error_code)


def test_a_missing_extra_is_an_import_error_with_the_command() -> None:
    error = MissingExtra("A PostgreSQL store", "psycopg", "pip install 'headrace[postgres]'")

    assert isinstance(error, ImportError)
    assert "pip install 'headrace[postgres]'" in str(error)


def test_statuses_of_servers_that_send_nothing_else_have_a_code() -> None:
    assert get_error_code(404) == "NOT_FOUND"
    assert get_error_code(418) == "INTERNAL_ERROR"
