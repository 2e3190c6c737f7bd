"""The environment of a model, made again: the one that runs, where it fits, else one that is built and kept."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mlflow._base.uri import path_from_uri
from mlflow.environment_variables import MLFLOW_CONDA_CREATE_ENV_CMD, MLFLOW_CONDA_HOME, MLFLOW_ENV_ROOT
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.digests import verify_files
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    PYTHON_ENV_FILE_NAME,
    REQUIREMENTS_FILE_NAME,
    as_yaml,
    changed_requirements,
    python_version,
    requirement_name,
    with_pip_requirements,
)
from mlflow.models.model import MLMODEL_FILE_NAME, Model
from mlflow.models.requirements import pin_differences
from mlflow.version import HEADRACE_VERSION

_logger = logging.getLogger(__name__)

MANAGERS = ("local", "virtualenv", "uv", "conda")
_DISTRIBUTION = "headrace"
_OURS = {"mlflow", "mlflow-skinny", _DISTRIBUTION}
_DONE = ".complete"
_PACKED = re.compile(r"wheels/[^/\s]+\.whl")
"""What `add_libraries_to_model` makes of a requirement."""


def restored_python(folder: Path, manager: str, override: list[str] | None = None) -> Path:
    """The interpreter of the environment that a model was saved with.

    The running one is taken where its Python and its packages are those that the model asks for. Else an
    environment is built, once for all models with the same requirements, below `MLFLOW_ENV_ROOT`.

    Args:
        folder: The model folder.
        manager: `local` for the running interpreter, whatever it has; `virtualenv` or `uv`; `conda`.
        override: Requirements that replace or complete those of the model.

    Raises:
        MlflowException: The manager is unknown or not installed, the model's files are not those that were saved, or
            the environment cannot be built.
    """
    if manager not in MANAGERS:
        raise InvalidParameterValue(f"Invalid env_manager {manager!r}: it is one of {', '.join(MANAGERS)}")
    _refuse_changed(folder)
    if manager == "local":
        if override:
            raise InvalidParameterValue(
                "Requirements are overridden in an environment that is built; with env_manager='local' there is none"
            )
        return Path(sys.executable)
    lines = _requirements(folder)
    if override:
        lines = changed_requirements(lines, "add", override)
    python = _python_of(folder)
    if manager != "conda" and _fits(lines, python):
        _logger.info("The running environment is what the model asks for; nothing is built")
        return Path(sys.executable)
    return _conda(folder, lines) if manager == "conda" else _virtual(python, lines)


def _refuse_changed(folder: Path) -> None:
    """Installing is running code, so what to install is compared with what was saved first."""
    if (folder / MLMODEL_FILE_NAME).is_file():
        verify_files(folder, Model.load(folder).file_digests)


def _requirements(folder: Path) -> list[str]:
    """Requirements with Headrace in the place of MLflow."""
    file = folder / REQUIREMENTS_FILE_NAME
    if not file.is_file():
        raise MlflowException(f"The model in {str(folder)!r} has no {REQUIREMENTS_FILE_NAME} to build from")
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    # Paths in it are relative to the model's folder.
    lines = [re.sub(r"^(-[cr]) (?!/)", rf"\1 {folder}/", line) for line in lines]
    lines = [f"{folder}/{line}" if _PACKED.fullmatch(line) else line for line in lines]
    return [own_requirement(), *(line for line in lines if requirement_name(line) not in _OURS)]


def own_requirement() -> str:
    """The requirement that installs what runs here: the folder of an editable installation, else the release."""
    try:
        text = metadata.distribution(_DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        text = None
    found = json.loads(text) if text else {}
    if urlsplit(found.get("url", "")).scheme == "file":
        folder = str(path_from_uri(found["url"]))
        return f"-e {folder}" if found.get("dir_info", {}).get("editable") else folder
    return f"{_DISTRIBUTION}=={HEADRACE_VERSION}"


def _python_of(folder: Path) -> str:
    import yaml

    file = folder / PYTHON_ENV_FILE_NAME
    found: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return str((found or {}).get("python") or python_version())


def _fits(lines: list[str], python: str) -> bool:
    same_python = python.split(".")[:2] == python_version().split(".")[:2]
    plain = all("==" in line or line == own_requirement() for line in lines)
    return same_python and plain and not pin_differences(lines)


def _virtual(python: str, lines: list[str]) -> Path:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    same = python.split(".")[:2] == python_version().split(".")[:2]
    if uv is None and not same:
        raise MlflowException(
            f"The model wants Python {python}, and this is {python_version()}. Another Python is brought by uv, "
            "which is not installed; run: pip install uv"
        )
    with _kept("virtual", [python if uv else python_version(), *lines]) as (folder, is_built):
        interpreter = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        if not is_built:
            requirements = folder.with_suffix(".txt")
            requirements.write_text("\n".join(lines), encoding="utf-8")
            if uv is not None:
                wanted = sys.executable if same else ".".join(python.split(".")[:2])
                _run([uv, "venv", "--quiet", "--clear", "--python", wanted, str(folder)])
                _run([uv, "pip", "install", "--quiet", "--python", str(interpreter), "-r", str(requirements)])
            else:
                _run([sys.executable, "-m", "venv", "--clear", str(folder)])
                _run([str(interpreter), "-m", "pip", "install", "--quiet", "-r", str(requirements)])
        return interpreter


def _conda(folder: Path, lines: list[str]) -> Path:
    import yaml

    home = MLFLOW_CONDA_HOME.get()
    name = MLFLOW_CONDA_CREATE_ENV_CMD.get()
    conda = str(Path(home) / "bin" / name) if home else shutil.which(name)
    if conda is None or not Path(conda).exists():
        raise MlflowException(
            f"env_manager='conda' needs {name!r}, which is not installed (MLFLOW_CONDA_HOME names its folder). "
            "env_manager='virtualenv' works without it"
        )
    file = folder / CONDA_FILE_NAME
    if not file.is_file():
        raise MlflowException(f"The model in {str(folder)!r} has no {CONDA_FILE_NAME} to build from")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    wanted = as_yaml(with_pip_requirements({**content, "name": "model"}, lines))
    with _kept("conda", [wanted]) as (built, is_built):
        if not is_built:
            file = built.with_suffix(".yaml")
            file.write_text(wanted, encoding="utf-8")
            shutil.rmtree(built, ignore_errors=True)
            _run([conda, "env", "create", "--quiet", "--prefix", str(built), "--file", str(file)])
        return built / "bin" / "python"


@contextmanager
def _kept(kind: str, wanted: list[str]) -> Iterator[tuple[Path, bool]]:
    """The folder of an environment and whether it is built; what the block builds is kept when it ends well."""
    digest = hashlib.sha256("\n".join([HEADRACE_VERSION, *wanted]).encode()).hexdigest()[:20]
    root = Path(MLFLOW_ENV_ROOT.get()).expanduser()
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f"headrace-{kind}-{digest}"
    with (root / f"{folder.name}.lock").open("w") as lock:
        _wait_for(lock)
        is_built = (folder / _DONE).exists()
        if not is_built:
            _logger.info("Building the environment of the model in %s", folder)
        try:
            yield folder, is_built
        except BaseException:
            if not is_built:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        (folder / _DONE).touch()


def _wait_for(lock: Any) -> None:
    """Another process may be building the same environment."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    fcntl.flock(lock, fcntl.LOCK_EX)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MlflowException(
            f"The environment of the model cannot be built. {Path(command[0]).name} says: {done.stderr.strip()}"
        )
