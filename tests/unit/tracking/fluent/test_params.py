from __future__ import annotations

import pytest

import mlflow
from mlflow.exceptions import InvalidParameterValue


def stored() -> dict[str, str]:
    run = mlflow.active_run()
    assert run is not None
    return mlflow.get_run(run.info.run_id).data.params


def test_any_value_is_stored_as_its_text_and_answered() -> None:
    value = ["a", 1]
    assert mlflow.log_param("list", value) is value
    assert mlflow.log_param("none", None) is None
    assert mlflow.log_params({"depth": 5, "rate": 0.1}) is None
    assert stored() == {"list": "['a', 1]", "none": "None", "depth": "5", "rate": "0.1"}


def test_a_parameter_is_written_once() -> None:
    mlflow.log_param("p", 1)
    mlflow.log_param("p", 1)
    with pytest.raises(InvalidParameterValue, match="Changing param values is not allowed"):
        mlflow.log_param("p", 2)
    assert stored() == {"p": "1"}


def test_any_number_is_logged_at_once() -> None:
    mlflow.log_params({f"p{i}": i for i in range(250)})
    assert len(stored()) == 250


def test_a_run_may_be_named() -> None:
    other = mlflow.MlflowClient().create_run("0").info.run_id
    mlflow.log_params({"p": 1}, run_id=other)
    assert mlflow.get_run(other).data.params == {"p": "1"}
