"""Saying that a call must be refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mlflow.exceptions import MlflowException


@contextmanager
def refused(error_code: str, *words: str) -> Iterator[None]:
    """The block must raise an error with this code, whose message holds these words."""
    with pytest.raises(MlflowException) as caught:
        yield
    assert caught.value.error_code == error_code, caught.value
    for word in words:
        assert word in caught.value.message
    for leak in ("SELECT ", "INSERT ", "UPDATE ", "sqlite3.", "psycopg", "Traceback"):
        assert leak not in caught.value.message


def error_of(call: Callable[[], object]) -> str | None:
    """Error code that a call ends with, `None` when it succeeds."""
    try:
        call()
    except MlflowException as error:
        return error.error_code
    return None


INVALID = "INVALID_PARAMETER_VALUE"
MISSING = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"
BAD_REQUEST = "BAD_REQUEST"
INVALID_STATE = "INVALID_STATE"
UNAVAILABLE = "TEMPORARILY_UNAVAILABLE"
CONFLICT = "RESOURCE_CONFLICT"
