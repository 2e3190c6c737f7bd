from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.models.packages import package

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models import add_libraries_to_model, restoring
from mlflow.models.location import resolve_model_path
from mlflow.models.restoring import restored_python


def identity(model_input: Any) -> Any:
    return model_input


def register(*requirements: str) -> str:
    """Logs and registers a model; returns its run."""
    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model(
            name="echo",
            python_model=identity,
            pip_requirements=["mlflow==3.17.2", *requirements],
            registered_model_name="echo",
        )
    run_id: str = run.info.run_id
    return run_id


@pytest.fixture
def tiny(session: Path) -> str:
    return str(package(session / "tiny"))


def test_the_next_version_has_the_wheels_of_what_it_requires(tiny: str) -> None:
    run_id = register(tiny)

    info = add_libraries_to_model("models:/echo/1")

    assert (info.registered_model_version, info.run_id) == (2, run_id)
    folder = resolve_model_path("models:/echo/2")
    assert (folder / "wheels/tiny_thing-1.0-py3-none-any.whl").is_file()
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert lines == ["mlflow==3.17.2", "wheels/tiny_thing-1.0-py3-none-any.whl"]
    conda = yaml.safe_load((folder / "conda.yaml").read_text())
    assert conda["dependencies"][-1] == {"pip": lines}
    written = yaml.safe_load((folder / "MLmodel").read_text())
    assert written["wheels"]["platform"]
    assert "wheels/tiny_thing-1.0-py3-none-any.whl" in written["file_digests"]
    assert mlflow.pyfunc.load_model("models:/echo/2").predict(3) == 3
    assert "wheels" not in yaml.safe_load((resolve_model_path("models:/echo/1") / "MLmodel").read_text())


def test_its_environment_is_built_from_them(
    tiny: str, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(session / "envs"))
    register(tiny)
    add_libraries_to_model("models:/echo/1")
    # In place of what runs here, which would have to be fetched with all that it needs.
    monkeypatch.setattr(restoring, "own_requirement", lambda: "--no-index")

    built = restored_python(resolve_model_path("models:/echo/2"), "virtualenv")

    done = subprocess.run(
        [built, "-c", "import tiny_thing; print(tiny_thing.VALUE)"], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"7"


def test_it_may_go_to_another_model_and_another_run(tiny: str) -> None:
    register(tiny)
    with mlflow.start_run() as run:
        pass

    info = add_libraries_to_model("models:/echo/latest", run.info.run_id, "packed")

    assert (info.registered_model_version, info.run_id) == (1, run.info.run_id)
    assert MlflowClient().get_model_version("packed", "1").run_id == run.info.run_id


@pytest.mark.parametrize("uri", ["runs:/0123/model", "models:/m-00000000000000000000000000000000"])
def test_a_model_that_is_not_registered_is_refused(uri: str, session: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"a registered model, such as models:/<name>/<version>"):
        add_libraries_to_model(uri)


def test_one_that_has_them_is_refused(tiny: str) -> None:
    register(tiny)
    add_libraries_to_model("models:/echo/1")
    with pytest.raises(InvalidParameterValue, match="has its libraries already"):
        add_libraries_to_model("models:/echo/2")


def test_nothing_is_logged_when_a_library_cannot_be_got(tiny: str, session: Path) -> None:
    register(tiny)
    (session / "tiny" / "backend.py").write_text("raise RuntimeError('no such luck')")

    with pytest.raises(MlflowException, match=r"cannot be got; pip says:(.|\n)*no such luck"):
        add_libraries_to_model("models:/echo/1")

    assert [each.version for each in MlflowClient().search_model_versions("name='echo'")] == ["1"]
    assert len(mlflow.search_logged_models(output_format="list")) == 1
