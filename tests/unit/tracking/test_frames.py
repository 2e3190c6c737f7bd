from __future__ import annotations

import sys

import numpy as np
import pytest

import mlflow
from mlflow.exceptions import MissingExtra


@pytest.fixture
def _without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)


@pytest.mark.usefixtures("_without_pandas")
def test_only_frames_need_pandas() -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
        mlflow.log_image(np.zeros((2, 2)), "a.png")
    (found,) = mlflow.search_runs(output_format="list")
    assert found.info.run_id == run.info.run_id
    assert mlflow.search_logged_models(output_format="list") == []


@pytest.mark.usefixtures("_without_pandas")
@pytest.mark.parametrize(
    "call",
    [mlflow.search_runs, mlflow.search_logged_models, lambda: mlflow.log_table({"a": [1]}, "t.json")],
)
def test_a_frame_without_pandas_names_the_command_that_installs_it(call: object) -> None:
    assert callable(call)
    with pytest.raises(MissingExtra, match="pip install pandas"):
        call()


def test_a_picture_without_pillow_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtra, match="pip install pillow"):
        mlflow.log_image(np.zeros((2, 2)), "a.png")


def test_parquet_without_pyarrow_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("mlflow._artifacts.tables.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="pip install pyarrow"):
        mlflow.log_table({"a": [1]}, "t.parquet")
