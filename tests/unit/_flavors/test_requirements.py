from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._flavors.requirements import infer_pip_requirements
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.pyfunc.saving import save_model

SCRIPT = """
import mlflow

def predict(model_input):
    return model_input

def needs():
    import {module}

needs()
mlflow.models.set_model(predict)
"""


def saved(folder: Path, module: str) -> Path:
    script = folder / "script.py"
    script.write_text(SCRIPT.format(module="json"))
    save_model(folder / "m", python_model=str(script), pip_requirements=["mlflow"])
    # Changed by hand, as nobody should, so that only loading it shows what it needs.
    (folder / "m" / "script.py").write_text(SCRIPT.format(module=module))
    return folder / "m"


def test_they_are_what_loading_imports_and_what_the_flavor_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
    found = infer_pip_requirements(saved(tmp_path, "click"), "python_function")
    assert [line.partition("==")[0] for line in found] == ["mlflow", "click", "cloudpickle"]


def test_a_model_that_cannot_be_loaded_has_those_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
    folder = saved(tmp_path, "no_such_module")
    assert infer_pip_requirements(folder, "python_function", fallback=["a==1"]) == ["a==1"]
    assert "no_such_module" in caplog.text
    with pytest.raises(MlflowException, match="no_such_module"):
        infer_pip_requirements(folder, "python_function")


def test_an_unknown_flavor_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="no flavor 'abacus'"):
        infer_pip_requirements(tmp_path, "abacus", fallback=["a==1"])
