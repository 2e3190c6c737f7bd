from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlflow.paddle
import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue, MlflowException, PermissionDenied
from tests.flavors.contract import FlavorContract
from tests.flavors.plain import equal, plain
from tests.flavors.samples import paddle as sample

paddle = pytest.importorskip("paddle")
pytestmark = pytest.mark.filterwarnings("default")


class TestPaddle(FlavorContract):
    name = "paddle"
    payload = "model.pdiparams"

    def is_read_back(self, loaded: Any, model: Any) -> bool:
        return isinstance(loaded, paddle.nn.Layer)

    def unfitting(self, data: Any) -> Any:
        return data[:, :1]


def test_a_layer_is_traced_with_the_example(tmp_path: Path) -> None:
    layer = sample.network()
    mlflow.paddle.save_model(layer, tmp_path / "m", input_example=sample.data()[:2], pip_requirements=[])
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert equal(plain(loaded.predict(sample.data())), plain(layer(paddle.to_tensor(sample.data()))))
    assert layer.training


def test_a_layer_whose_input_is_not_known_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="pass `input_example`"):
        mlflow.paddle.save_model(sample.network(), tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_training_goes_on_with_the_weights_and_the_optimizer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = sample.trained()
    mlflow.paddle.save_model(model, tmp_path / "m", training=True, pip_requirements=[])
    expected = plain(model.network[0].weight)
    model.network[0].weight.set_value(np.zeros((2, 3), "float32"))
    assert mlflow.paddle.load_model(tmp_path / "m", model=model) is model
    assert equal(plain(model.network[0].weight), expected)
    assert {file.name for file in (tmp_path / "m").glob("model.*")} == {"model.pdparams", "model.pdopt"}

    with pytest.raises(InvalidParameterValue, match=r"pass the paddle\.Model"):
        mlflow.paddle.load_model(tmp_path / "m")
    with pytest.raises(MlflowException, match="python_function"):
        mlflow.pyfunc.load_model(tmp_path / "m")
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(PermissionDenied):
        mlflow.paddle.load_model(tmp_path / "m", model=model)


def test_what_older_versions_pickle_beside_the_weights_is_not_read_where_pickles_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow.paddle.save_model(sample.trained(), tmp_path / "m", pip_requirements=[])
    (tmp_path / "m" / "model.pdiparams.info").write_bytes(pickle.dumps({}))
    monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
    assert mlflow.paddle.load_model(tmp_path / "m")
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    for load in (mlflow.paddle.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(PermissionDenied, match=r"'model\.pdiparams\.info' of the model"):
            load(str(tmp_path / "m"))


def test_a_layer_has_no_optimizer_to_keep(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="`training=True` keeps the optimizer"):
        mlflow.paddle.save_model(sample.network(), tmp_path / "m", training=True)
