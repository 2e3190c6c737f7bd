from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import mlflow
from mlflow.entities import Dataset
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking import MlflowClient


class Tensor:
    """What tensors look like: one number inside, given by `item`."""

    def __init__(self, *values: float) -> None:
        self.values = values

    def item(self) -> float:
        if len(self.values) != 1:
            raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
        return self.values[0]


def latest() -> dict[str, float]:
    run = mlflow.active_run()
    assert run is not None
    return mlflow.get_run(run.info.run_id).data.metrics


@pytest.mark.parametrize("value", [1.5, "1.5", np.float32(1.5), np.array([1.5]), np.array(1.5), Tensor(1.5)])
def test_whatever_holds_one_number_is_logged(value: Any) -> None:
    assert mlflow.log_metric("m", value) is None
    assert latest() == {"m": 1.5}


def test_booleans_and_whole_numbers_are_numbers() -> None:
    mlflow.log_metrics({"yes": True, "seven": 7, "eight": np.float64(8)})
    assert latest() == {"yes": 1.0, "seven": 7.0, "eight": 8.0}


@pytest.mark.parametrize("value", [None, "abc", [1], np.array([1.0, 2.0]), Tensor(1, 2)])
def test_anything_else_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="for metric 'm'"):
        mlflow.log_metric("m", value)


def test_steps_and_times_are_kept() -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1, step=np.int64(3), timestamp=7)  # type: ignore[arg-type]  # becomes an int
        mlflow.log_metric("m", math.inf, step=4, timestamp=8.9)  # type: ignore[arg-type]  # becomes an int
        points = MlflowClient().get_metric_history(run.info.run_id, "m")
    assert [(point.step, point.timestamp, point.value) for point in points] == [(3, 7, 1.0), (4, 8, math.inf)]


@pytest.mark.parametrize("what", ["step", "timestamp"])
def test_a_step_or_time_that_is_no_number_is_refused(what: str) -> None:
    arguments: dict[str, Any] = {what: "later"}
    with pytest.raises(InvalidParameterValue, match=f"invalid {what} 'later' for metric 'm'"):
        mlflow.log_metric("m", 1, **arguments)


def test_a_run_may_be_named() -> None:
    other = MlflowClient().create_run("0").info.run_id
    mlflow.log_metric("m", 1, run_id=other)
    mlflow.log_metrics({"n": 2}, run_id=other)
    assert mlflow.active_run() is None
    assert mlflow.get_run(other).data.metrics == {"m": 1.0, "n": 2.0}


def test_any_number_of_metrics_is_logged_at_once() -> None:
    mlflow.log_metrics({f"m{i}": i for i in range(1200)}, step=1)
    assert len(latest()) == 1200


def test_the_active_model_is_measured() -> None:
    model = mlflow.create_external_model("forest")
    dataset = Dataset("wine", "d1", "local", "{}")
    with mlflow.start_run(), mlflow.set_active_model(model_id=model.model_id):
        mlflow.log_metric("accuracy", 0.5)
        mlflow.log_metric("accuracy", 0.75, dataset=dataset)
    mlflow.log_metric("other", 1)
    measured = mlflow.get_logged_model(model.model_id).metrics
    assert measured is not None
    assert {(point.key, point.dataset_name, point.value) for point in measured} == {
        ("accuracy", None, 0.5),
        ("accuracy", "wine", 0.75),
    }
