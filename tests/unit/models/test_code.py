"""Models from code: saved as a script, and run where they are loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models import ModelConfig, set_model
from mlflow.models.model import Model
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.saving import save_model

SCRIPT = """
import mlflow
from mlflow.pyfunc import PythonModel

config = mlflow.models.ModelConfig(development_config={"factor": 100})

class Scale(PythonModel):
    def load_context(self, context):
        self.factor = config.get("factor")
    def predict(self, context, model_input, params=None):
        return [self.factor, context.model_config, sorted(context.artifacts)]

mlflow.models.set_model(Scale())
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "scale.py"
    file.write_text(SCRIPT)
    return file


def save(folder: Path, script: Path | str, **arguments: Any) -> Path:
    save_model(folder, python_model=script, pip_requirements=["mlflow"], **arguments)
    return folder


@pytest.mark.parametrize("as_text", [True, False])
def test_the_script_is_kept_and_run_with_the_configuration(
    as_text: bool, script: Path, tmp_path: Path
) -> None:
    given = str(script) if as_text else script
    folder = save(tmp_path / "m", given, model_config={"factor": 2}, artifacts={"it": str(script)})
    assert (folder / "scale.py").read_text() == SCRIPT
    assert not (folder / "python_model.pkl").exists()
    settings = Model.load(folder).flavors["python_function"]
    assert settings["loader_module"] == "mlflow.pyfunc.loaders.code_model"
    assert settings["model_code_path"] == "scale.py"
    script.unlink()
    assert load_model(folder).predict(None) == [2, {"factor": 2}, ["it"]]
    assert load_model(folder, model_config={"factor": 3}).predict(None)[0] == 3


def test_a_configuration_may_be_a_file(script: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("factor: 7")
    folder = save(tmp_path / "m", script, model_config=str(tmp_path / "config.yaml"))
    assert load_model(folder).predict(None)[0] == 7


def test_the_development_configuration_is_for_running_the_code_by_itself(
    script: Path, tmp_path: Path
) -> None:
    with pytest.raises(MlflowException, match=r"reads a configuration, and there is none.*model_config"):
        save(tmp_path / "m", script)
    assert not (tmp_path / "m").exists()


def test_a_function_from_code_has_a_signature(tmp_path: Path) -> None:
    (tmp_path / "fn.py").write_text(
        "import mlflow\n"
        "def f(model_input: list[str]) -> list[str]:\n    return model_input\n"
        "mlflow.models.set_model(f)\n"
    )
    loaded = load_model(save(tmp_path / "m", tmp_path / "fn.py"))
    assert str(loaded.metadata.get_input_schema()) == "[string (required)]"
    assert loaded.predict(["a"]) == ["a"]


def test_its_own_modules_travel_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "own_helper_for_code.py").write_text("VALUE = 42\n")
    (parts / "uses.py").write_text(
        "import mlflow, own_helper_for_code\nmlflow.models.set_model(lambda x: own_helper_for_code.VALUE)\n"
    )
    helper = parts / "own_helper_for_code.py"
    folder = save(tmp_path / "m", parts / "uses.py", code_paths=[str(helper)])
    monkeypatch.delitem(sys.modules, "own_helper_for_code")
    assert load_model(folder).predict(1) == 42
    assert Path(sys.modules["own_helper_for_code"].__file__ or "").is_relative_to(folder)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.py", None, "does not exist"),
        ("a.txt", "", r"a Python script \(.py\)"),
        ("a.py", "x = 1", "has to call mlflow.models.set_model"),
        ("a.py", "import no_such_module_zz", "ModuleNotFoundError: No module named 'no_such_module_zz'"),
        ("a.py", "import mlflow\nmlflow.models.set_model(str)", "not its class"),
    ],
)
def test_what_is_wrong_with_a_script_is_told(
    name: str, text: str | None, message: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(MlflowException, match=message):
        save(tmp_path / "m", tmp_path / name)
    assert not (tmp_path / "m").exists()


def test_a_plain_value_is_no_model() -> None:
    with pytest.raises(InvalidParameterValue, match="not 3"):
        set_model(3)
    set_model(lambda x: x)  # outside of a script it does nothing


def test_a_configuration_is_read_from_a_file_or_a_dictionary(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("a: 1")
    assert ModelConfig(development_config=tmp_path / "c.yaml").to_dict() == {"a": 1}
    config = ModelConfig(development_config={"a": 1})
    assert config.get("a") == 1
    with pytest.raises(KeyError, match="'b' not found"):
        config.get("b")
    with pytest.raises(FileNotFoundError, match=r"no-such\.yaml"):
        ModelConfig(development_config="no-such.yaml")
    with pytest.raises(FileNotFoundError, match="there is none"):
        ModelConfig()
