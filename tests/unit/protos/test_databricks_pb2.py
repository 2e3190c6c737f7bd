from __future__ import annotations

import pytest

from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode


def test_numbers_and_names_belong_together() -> None:
    assert RESOURCE_DOES_NOT_EXIST == 3002
    assert ErrorCode.Name(RESOURCE_DOES_NOT_EXIST) == "RESOURCE_DOES_NOT_EXIST"
    names = ErrorCode.keys()
    assert len(names) > 20
    for name in names:
        assert ErrorCode.Name(ErrorCode.Value(name)) == name


def test_errors_take_numbers() -> None:
    error = MlflowException("gone", error_code=databricks_pb2.RESOURCE_DOES_NOT_EXIST)
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_unknown_ones_are_refused() -> None:
    with pytest.raises(ValueError, match="no error code 77"):
        ErrorCode.Name(77)
    with pytest.raises(ValueError, match="no error code 'NOPE'"):
        ErrorCode.Value("NOPE")
