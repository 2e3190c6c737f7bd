from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException, ResourceDoesNotExist
from mlflow.models.model import Model
from mlflow.models.signature import infer_signature
from mlflow.pyfunc.loaded import PyFuncModel
from mlflow.pyfunc.loading import add_to_model, build_model_env, get_model_dependencies, load_model

LOADER = """
class Loaded:
    def __init__(self, path, config):
        self.path, self.config = path, config
    def predict(self, data, params=None):
        return self.path, self.config, params
    def predict_stream(self, data):
        yield from data

def _load_pyfunc(path, model_config=None):
    return Loaded(path, model_config)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model with a loader of its own, in its code folder."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "my_loader", raising=False)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "my_loader.py").write_text(LOADER)
    (tmp_path / "payload.bin").write_text("x")
    return tmp_path


def save(folder: Path, **settings: Any) -> None:
    model = Model(signature=infer_signature(pd.DataFrame({"a": [1]}), params={"n": 1}))
    add_to_model(model, "my_loader", code="code", **settings)
    model.save(folder / "MLmodel")


def test_the_loader_gets_the_payload_that_the_file_names(folder: Path) -> None:
    save(folder, data="payload.bin")
    path, config, params = load_model(folder).predict(pd.DataFrame({"a": [1]}))
    assert (path, config, params) == (str(folder / "payload.bin"), None, {"n": 1})


def test_the_loader_gets_the_folder_where_the_file_names_nothing(folder: Path) -> None:
    save(folder)
    assert load_model(folder).predict({"a": 1}, params={"n": 5})[::2] == (str(folder), {"n": 5})


def test_a_configuration_overrides_the_saved_one(folder: Path) -> None:
    save(folder, model_config={"a": 1, "b": 2})
    (folder / "config.yaml").write_text("b: 4\n")
    for given, expected in (
        (None, {"a": 1, "b": 2}),
        ({"b": 3}, {"a": 1, "b": 3}),
        (str(folder / "config.yaml"), {"a": 1, "b": 4}),
    ):
        model = load_model(folder, model_config=given)
        assert model.predict({"a": 1})[1] == expected
        assert model.model_config == expected


def test_a_model_streams_where_it_says_so(folder: Path) -> None:
    save(folder)
    with pytest.raises(MlflowException, match="cannot predict piece by piece"):
        load_model(folder).predict_stream({"a": 1})
    save(folder, streamable=True)
    assert list(load_model(folder).predict_stream({"a": 1})) == ["a"]


def test_a_loader_that_is_not_there_is_named(folder: Path) -> None:
    for module, error, message in (
        ("not_there_at_all.inner", MissingExtra, "pip install not_there_at_all"),
        ("mlflow.not_a_flavor", MlflowException, "which this version does not have"),
        ("json", MlflowException, "has no `_load_pyfunc`"),
    ):
        model = Model()
        add_to_model(model, module).save(folder / "MLmodel")
        with pytest.raises(error, match=message):
            load_model(folder)


def test_a_payload_outside_the_folder_is_not_read(folder: Path) -> None:
    save(folder, data="../elsewhere")
    with pytest.raises(MlflowException, match="outside its folder"):
        load_model(folder)


def test_a_model_without_pyfunc_is_called_that(tmp_path: Path) -> None:
    Model().add_flavor("sklearn").save(tmp_path / "MLmodel")
    with pytest.raises(ResourceDoesNotExist, match=r'"python_function" flavor.*sklearn'):
        load_model(tmp_path)


def test_the_requirements_of_a_model_are_found(folder: Path) -> None:
    save(folder)
    with pytest.raises(ResourceDoesNotExist, match=r"no file 'requirements.txt'"):
        get_model_dependencies(str(folder))
    (folder / "requirements.txt").write_text("numpy")
    assert Path(get_model_dependencies(str(folder))).read_text() == "numpy"
    with pytest.raises(InvalidParameterValue, match="use 'pip' or 'conda'"):
        get_model_dependencies(str(folder), format="poetry")


class Doubling:
    def predict(self, data: Any) -> Any:
        return data * 2


def test_a_model_that_takes_no_parameters_gets_none() -> None:
    model = PyFuncModel(Model(), Doubling())
    assert model.predict(2) == 4
    assert model.predict(2, params={"ignored": 1}) == 4
    assert repr(model) == "mlflow.pyfunc.loaded_model:\n  flavor: \n"
    with pytest.raises(MlflowException, match="not implemented"):
        model.get_raw_model()
    with pytest.raises(MlflowException, match="no PythonModel"):
        model.unwrap_python_model()
    with pytest.raises(MlflowException, match="missing required score method"):
        PyFuncModel(Model(), Doubling(), predict_fn="score")


def test_packing_an_environment_says_what_builds_one() -> None:
    with pytest.raises(MlflowException, match="prepare-env -m models:/m/1 --env-manager uv") as caught:
        build_model_env("models:/m/1", "/nowhere", "uv")
    assert caught.value.error_code == "NOT_IMPLEMENTED"
