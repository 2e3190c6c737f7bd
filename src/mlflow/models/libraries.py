"""The libraries of a registered model, packed beside it, so that it installs without an index."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from mlflow._base.uri import uri_scheme
from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException
from mlflow.models.digests import file_digests
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    REQUIREMENTS_FILE_NAME,
    as_yaml,
    requirement_name,
    with_pip_requirements,
)
from mlflow.models.location import REGISTERED_META_FILE_NAME, model_folder
from mlflow.models.model import MLMODEL_FILE_NAME, Model, ModelInfo
from mlflow.models.publishing import Publication, publish
from mlflow.tracking.model_uris import RegisteredName, parse_models_uri

LIBRARIES_FOLDER = "wheels"
_LEFT_OUT = frozenset({"mlflow", "mlflow-skinny", "headrace"})
"""What reads the model is there before it, wherever it is read."""


def add_libraries_to_model(
    model_uri: str, run_id: str | None = None, registered_model_name: str | None = None
) -> ModelInfo:
    """Logs and registers a registered model anew, with the wheels of everything that it requires.

    The wheels are those for the platform and the Python that run this. `requirements.txt` and `conda.yaml` of the
    new version name the files, so that its environment is built without an index.

    Args:
        model_uri: `models:/<name>/<version>`, or another URI of a registered model.
        run_id: Run that the new model is logged to; by default the one that made the model.
        registered_model_name: Registers it as a version of this model; by default of the same one.

    Returns:
        What there is to know about the new model.

    Raises:
        MlflowException: The model is none of the registry, has its libraries already, or a library cannot be got;
            then nothing has been logged.
    """
    named = parse_models_uri(model_uri) if uri_scheme(model_uri) == "models" else None
    if not isinstance(named, RegisteredName):
        raise InvalidParameterValue(
            f"Libraries are added to a registered model, such as models:/<name>/<version>, not to {model_uri!r}"
        )
    with model_folder(model_uri) as found, tempfile.TemporaryDirectory(prefix="model-") as temporary:
        packed = Path(temporary) / "model"
        ignored = shutil.ignore_patterns(REGISTERED_META_FILE_NAME)
        shutil.copytree(found.path, packed, ignore=ignored)
        _pack(packed)
        form = Model.load(packed).to_dict() | {"wheels": {"platform": platform.platform()}}

        def save(folder: Path, location: str | None, run: str | None, model_id: str) -> Model:
            shutil.copytree(packed, folder, dirs_exist_ok=True)
            model = Model.from_dict(form)
            model.artifact_path, model.run_id = location, run
            model.model_id = model.model_uuid = model_id
            model.file_digests = file_digests(folder)
            model.save(folder / MLMODEL_FILE_NAME)
            return model

        publication = Publication(
            name=Path(str(form.get("artifact_path") or "model")).name,
            run_id=run_id or form.get("run_id"),
            registered_model_name=registered_model_name or named.name,
        )
        return publish(publication, save)


def _pack(folder: Path) -> None:
    """Puts the wheels of all requirements into a model folder, and makes the requirements name them."""
    import yaml

    file = folder / REQUIREMENTS_FILE_NAME
    if not file.is_file():
        raise InvalidParameterValue(f"The model has no {REQUIREMENTS_FILE_NAME} that says what it needs")
    target = folder / LIBRARIES_FOLDER
    if target.exists():
        raise InvalidParameterValue("The model has its libraries already")
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    kept = [line for line in lines if requirement_name(line) in _LEFT_OUT]
    wanted = [line for line in lines if line not in kept]
    if any(not line.startswith("-c ") for line in wanted):
        _build_wheels(folder, target, wanted)
    wheels = sorted(wheel.name for wheel in target.glob("*.whl"))
    packed = [*kept, *(f"{LIBRARIES_FOLDER}/{name}" for name in wheels)]
    file.write_text("\n".join(packed), encoding="utf-8")
    conda = folder / CONDA_FILE_NAME
    if conda.is_file():
        content = yaml.safe_load(conda.read_text(encoding="utf-8"))
        conda.write_text(as_yaml(with_pip_requirements(content, packed)), encoding="utf-8")


def _build_wheels(folder: Path, target: Path, lines: list[str]) -> None:
    if find_spec("pip") is None:
        raise MissingExtra("Adding libraries to a model", "pip", "python -m ensurepip")
    wanted = folder / f"{LIBRARIES_FOLDER}.txt"
    wanted.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    # Within the folder: paths in requirements are relative to it.
    done = subprocess.run(
        [*command, "--wheel-dir", str(target), "-r", wanted.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    wanted.unlink()
    if done.returncode:
        raise MlflowException(f"The libraries of the model cannot be got; pip says:\n{done.stderr.strip()}")
