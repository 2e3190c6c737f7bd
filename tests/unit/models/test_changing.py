from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.models.changing import update_model_requirements
from mlflow.models.location import replace_model_file
from mlflow.models.model import Model
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.saving import save_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def identity(model_input: Any) -> Any:
        return model_input

    save_model(
        tmp_path / "m", python_model=identity, pip_requirements=["mlflow==3.0", "numpy", "Scikit_Learn==1.0"]
    )
    return tmp_path / "m"


def requirements(folder: Path) -> list[str]:
    lines = (folder / "requirements.txt").read_text().splitlines()
    conda = yaml.safe_load((folder / "conda.yaml").read_text())
    assert conda["dependencies"][-1] == {"pip": lines}
    assert load_model(folder, suppress_warnings=True).predict(1) == 1  # its digests fit again
    return lines


def test_requirements_are_added_and_replaced_in_their_place(folder: Path) -> None:
    update_model_requirements(str(folder), "add", ["scikit-learn==1.2", "click>=8"])
    assert requirements(folder) == ["mlflow==3.0", "numpy", "scikit-learn==1.2", "click>=8"]


def test_requirements_are_removed_by_name(folder: Path) -> None:
    update_model_requirements(str(folder), "remove", ["NumPy==1.0", "not-there"])
    assert requirements(folder) == ["mlflow==3.0", "Scikit_Learn==1.0"]


@pytest.mark.parametrize(
    ("operation", "given", "message"),
    [("replace", ["x"], "'add' or 'remove'"), ("add", ["==1"], r"invalid requirements: \['==1'\]")],
)
def test_what_is_wrong_changes_nothing(operation: str, given: list[str], message: str, folder: Path) -> None:
    before = requirements(folder)
    with pytest.raises(InvalidParameterValue, match=message):
        update_model_requirements(str(folder), operation, given)
    assert requirements(folder) == before


def test_an_interrupted_change_leaves_a_model_that_loads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(uri: str, text: str, name: str = "MLmodel") -> None:
        if name == "conda.yaml":
            raise OSError("no space")
        replace_model_file(uri, text, name)

    monkeypatch.setattr("mlflow.models.changing.replace_model_file", failing)
    with pytest.raises(OSError, match="no space"):
        update_model_requirements(str(folder), "add", ["click"])
    assert load_model(folder, suppress_warnings=True).predict(1) == 1


def test_models_of_mlflow_have_no_digests(folder: Path) -> None:
    model = Model.load(folder)
    model.file_digests = None
    model.save(folder / "MLmodel")
    update_model_requirements(str(folder), "add", ["click"])
    assert requirements(folder)[-1] == "click"
    assert Model.load(folder).file_digests is None


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResourceDoesNotExist):
        update_model_requirements(str(tmp_path / "none"), "add", ["click"])
