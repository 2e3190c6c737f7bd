"""The environments of models, made again; packages are folders of the test, so that nothing is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from tests.unit.models.packages import package

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models import restoring
from mlflow.models.restoring import own_requirement, restored_python


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "envs"))
    return write(tmp_path / "m", "mlflow==3.17.2", f"click=={metadata.version('click')}")


def write(folder: Path, *lines: str, python: str = ".".join(map(str, sys.version_info[:3]))) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "requirements.txt").write_text("\n".join(lines))
    (folder / "python_env.yaml").write_text(f"python: {python}\n")
    (folder / "conda.yaml").write_text("name: mlflow-env\ndependencies: [pip]\n")
    return folder


@pytest.mark.parametrize("manager", ["local", "virtualenv", "uv"])
def test_the_running_environment_is_taken_where_it_fits(manager: str, folder: Path, tmp_path: Path) -> None:
    assert restored_python(folder, manager) == Path(sys.executable)
    assert not (tmp_path / "envs").exists()


def test_another_one_is_built_once(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = package(tmp_path / "tiny")
    monkeypatch.setattr(restoring, "own_requirement", lambda: str(tiny))
    write(folder, "mlflow==3.17.2", "tiny-thing")
    built = restored_python(folder, "virtualenv")
    assert built.is_relative_to(tmp_path / "envs")
    done = subprocess.run(
        [built, "-c", "import tiny_thing; print(tiny_thing.VALUE)"], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"7"
    monkeypatch.setattr(restoring, "_run", lambda _: pytest.fail("it is built already"))
    assert restored_python(folder, "virtualenv") == built


def test_what_cannot_be_built_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "own_requirement", lambda: str(tmp_path / "no-such-package"))
    with pytest.raises(MlflowException, match=r"cannot be built[\s\S]*no-such-package"):
        restored_python(folder, "virtualenv", ["click==0.0.1"])
    assert not any(path.is_dir() for path in (tmp_path / "envs").iterdir())


def test_requirements_are_not_overridden_in_the_running_environment(folder: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="there is none"):
        restored_python(folder, "local", ["click"])


def test_an_unknown_manager_is_told(folder: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="one of local, virtualenv, uv, conda"):
        restored_python(folder, "poetry")


def test_conda_that_is_missing_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MlflowException, match=r"'conda', which is not installed.*env_manager='virtualenv'"):
        restored_python(folder, "conda")


class TestConda:
    """What conda is asked for, by a conda that writes it down and makes a folder."""

    @pytest.fixture(autouse=True)
    def asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The file with the arguments of each call and the environments that were wanted."""
        asked = tmp_path / "asked"
        tool = tmp_path / "tools" / "conda"
        tool.parent.mkdir()
        tool.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> "{asked}"\n'
            'while [ $# -gt 0 ]; do case "$1" in --prefix) prefix=$2;; --file) file=$2;; esac; shift; done\n'
            f'cat "$file" >> "{asked}"\n'
            'grep -q unsolvable "$file" && echo "nothing provides unsolvable" >&2 && exit 1\n'
            'mkdir -p "$prefix/bin" && touch "$prefix/bin/python"\n'
        )
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
        return asked

    def test_the_environment_is_made_once_with_the_pip_requirements_of_the_model(
        self, folder: Path, asked: Path, tmp_path: Path
    ) -> None:
        (folder / "conda.yaml").write_text(
            "name: mlflow-env\nchannels: [conda-forge]\n"
            "dependencies: [python=3.11.7, libgomp, {pip: [mlflow==3.17.2, old-list]}]\n"
        )
        python = restored_python(folder, "conda")
        assert python.is_relative_to(tmp_path / "envs")
        assert python.name == "python"
        command, _, wanted = asked.read_text().partition("\n")
        prefix = python.parents[1]
        assert command == f"env create --quiet --prefix {prefix} --file {prefix}.yaml"
        assert yaml.safe_load(wanted) == {
            "name": "model",
            "channels": ["conda-forge"],
            "dependencies": [
                "python=3.11.7",
                "libgomp",
                {"pip": [own_requirement(), f"click=={metadata.version('click')}"]},
            ],
        }
        assert restored_python(folder, "conda") == python
        assert asked.read_text().count("env create") == 1

    def test_its_folder_and_command_may_be_named(
        self, folder: Path, asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "home" / "bin").mkdir(parents=True)
        (tmp_path / "tools" / "conda").rename(tmp_path / "home" / "bin" / "mamba")
        monkeypatch.setenv("MLFLOW_CONDA_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("MLFLOW_CONDA_CREATE_ENV_CMD", "mamba")
        restored_python(folder, "conda")
        assert "env create" in asked.read_text()

    def test_what_it_says_is_told_and_nothing_is_left(self, folder: Path, tmp_path: Path) -> None:
        (folder / "conda.yaml").write_text("dependencies: [unsolvable]\n")
        with pytest.raises(MlflowException, match="conda says: nothing provides unsolvable"):
            restored_python(folder, "conda")
        assert not any(path.is_dir() for path in (tmp_path / "envs").iterdir())

    def test_a_model_without_a_conda_file_is_told(self, folder: Path) -> None:
        (folder / "conda.yaml").unlink()
        with pytest.raises(MlflowException, match=r"has no conda\.yaml"):
            restored_python(folder, "conda")


def test_another_python_needs_uv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "mlflow==3.17.2", python="3.9.1")
    monkeypatch.setattr(shutil, "which", lambda *_args, **_kwargs: None)
    with pytest.raises(MlflowException, match=r"wants Python 3\.9\.1.*pip install uv"):
        restored_python(folder, "virtualenv")


def test_what_runs_here_is_installed_from_where_it_came() -> None:
    found = own_requirement()
    assert found.startswith(("-e /", "headrace=="))
