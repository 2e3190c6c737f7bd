from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.environment import MLFLOW_REQUIREMENT
from mlflow.models.uv_project import find_project
from mlflow.pyfunc.saving import save_model

LOCK = """version = 1
requires-python = ">=3.11"

[[package]]
name = "mine"
version = "0.1"
source = { virtual = "." }
dependencies = [{ name = "numpy" }]

[package.dev-dependencies]
more = [{ name = "six" }]

[package.metadata]
requires-dist = [{ name = "numpy" }]

[package.metadata.requires-dev]
more = [{ name = "six" }]

[[package]]
name = "numpy"
version = "1.2.3"
source = { registry = "https://index.example/simple" }

[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://index.example/simple" }
"""
PROJECT = """[project]
name = "mine"
version = "0.1"
requires-python = ">=3.11"
dependencies = ["numpy"]

[dependency-groups]
more = ["six"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "uv.lock").write_text(LOCK)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


def identity(model_input: Any) -> Any:
    return model_input


def saved(folder: Path, **arguments: Any) -> list[str]:
    save_model(folder, python_model=identity, **arguments)
    return [
        line
        for line in (folder / "requirements.txt").read_text().splitlines()
        if not line.startswith("cloudpickle==")
    ]


def test_the_lock_of_a_project_says_the_requirements_and_is_kept(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    assert saved(folder, uv_project_path=project) == [MLFLOW_REQUIREMENT, "numpy==1.2.3"]
    assert (folder / "uv.lock").read_text() == LOCK
    assert (folder / "pyproject.toml").read_text() == PROJECT


def test_groups_are_added(project: Path, tmp_path: Path) -> None:
    found = saved(tmp_path / "m", uv_project_path=project, uv_groups=["more"])
    assert found == [MLFLOW_REQUIREMENT, "numpy==1.2.3", "six==1.17.0"]


def test_the_current_folder_is_looked_at_where_that_is_wanted(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert saved(tmp_path / "1") == [MLFLOW_REQUIREMENT, "numpy==1.2.3"]
    monkeypatch.setenv("MLFLOW_LOG_UV_FILES", "false")
    assert saved(tmp_path / "2") == [MLFLOW_REQUIREMENT, "numpy==1.2.3"]
    assert not (tmp_path / "2" / "uv.lock").exists()
    monkeypatch.setenv("MLFLOW_UV_AUTO_DETECT", "false")
    assert find_project() is None


def test_what_the_user_names_counts_more(project: Path, tmp_path: Path) -> None:
    assert saved(tmp_path / "m", uv_project_path=project, pip_requirements=["mlflow"]) == ["mlflow"]


def test_a_project_that_cannot_be_used_is_an_error_only_where_it_was_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (project / "uv.lock").write_text("broken")
    with pytest.raises(MlflowException, match="cannot be used"):
        saved(tmp_path / "1", uv_project_path=project)
    monkeypatch.chdir(project)
    found = find_project()
    assert found is not None
    assert found.requirements() is None
    monkeypatch.setattr(shutil, "which", lambda *_arguments, **_names: None)
    assert found.requirements() is None
    assert "uv is not installed" in caplog.text


def test_a_folder_that_is_no_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"no uv\.lock.*uv lock"):
        saved(tmp_path / "m", uv_project_path=tmp_path)
    with pytest.raises(InvalidParameterValue, match="name it in `uv_project_path`"):
        saved(tmp_path / "m", uv_extras=["x"])
