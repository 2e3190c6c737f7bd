"""A uv project as the source of a model's requirements: its lock says them exactly."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlflow.environment_variables import MLFLOW_LOG_UV_FILES, MLFLOW_UV_AUTO_DETECT
from mlflow.exceptions import InvalidParameterValue, MlflowException

_logger = logging.getLogger(__name__)

_LOCK = "uv.lock"
_PROJECT = "pyproject.toml"
_KEPT = (_LOCK, _PROJECT, ".python-version")


@dataclass(frozen=True)
class UvProject:
    """A project that uv has locked.

    Attributes:
        folder: The folder with `uv.lock` and `pyproject.toml`.
        groups: Dependency groups that the model needs beside the project's own dependencies.
        extras: Extras that it needs.
        is_asked_for: Whether the user named it; one that was found in the current folder is passed over where it
            cannot be used.
    """

    folder: Path
    groups: Sequence[str] = ()
    extras: Sequence[str] = ()
    is_asked_for: bool = False

    def requirements(self) -> list[str] | None:
        """The locked requirements; `None` for a project that was found and cannot be used.

        Raises:
            MlflowException: uv is not installed, or does not take the lock.
        """
        uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
        if uv is None:
            self._refuse("uv is not installed; run: pip install uv")
            return None
        chosen = [part for group in self.groups for part in ("--group", group)]
        chosen += [part for extra in self.extras for part in ("--extra", extra)]
        quiet = [
            "--frozen",
            "--no-hashes",
            "--no-header",
            "--no-annotate",
            "--no-emit-project",
            "--no-default-groups",
        ]
        done = subprocess.run(
            [uv, "export", "--quiet", "--format", "requirements-txt", *quiet, *chosen],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            self._refuse(done.stderr.strip())
            return None
        return [line.strip() for line in done.stdout.splitlines() if line.strip()]

    def _refuse(self, reason: str) -> None:
        if self.is_asked_for:
            raise MlflowException(f"The uv project in {str(self.folder)!r} cannot be used: {reason}")
        _logger.warning(
            "The uv project in %r is not used for the model's requirements: %s", str(self.folder), reason
        )

    def copy_files(self, folder: Path) -> None:
        """Keeps the files of the project with the model, where the settings allow it."""
        for name in _KEPT if MLFLOW_LOG_UV_FILES.get() else ():
            if (self.folder / name).is_file():
                shutil.copy(self.folder / name, folder / name)


def find_project(
    given: str | Path | None = None, groups: Sequence[str] | None = None, extras: Sequence[str] | None = None
) -> UvProject | None:
    """The uv project that was named, or the one of the current folder where that is looked for.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the folder that was named is no locked project, or groups or
            extras are named and there is no project.
    """
    folder = Path(given) if given is not None else Path.cwd()
    is_one = (folder / _LOCK).is_file() and (folder / _PROJECT).is_file()
    if given is None and (not MLFLOW_UV_AUTO_DETECT.get() or not is_one):
        if groups or extras:
            raise InvalidParameterValue(
                "`uv_groups` and `uv_extras` are those of a project; name it in `uv_project_path`"
            )
        return None
    if not is_one:
        raise InvalidParameterValue(
            f"`uv_project_path` names {str(given)!r}, which has no {_LOCK} and {_PROJECT}; run there: uv lock"
        )
    return UvProject(folder, tuple(groups or ()), tuple(extras or ()), given is not None)
