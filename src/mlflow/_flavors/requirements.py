"""The requirements of a model that lies in a folder already."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from mlflow._flavors.registry import get_flavor
from mlflow.exceptions import MlflowException
from mlflow.models.capture import ImportCapture
from mlflow.models.digests import file_digests
from mlflow.models.location import resolve_model_path
from mlflow.models.requirements import infer_requirements, with_locked
from mlflow.models.uv_project import find_project

_logger = logging.getLogger(__name__)


def infer_pip_requirements(
    model_uri: str | Path,
    flavor: str,
    fallback: list[str] | None = None,
    timeout: float | None = None,
    extra_env_vars: dict[str, str] | None = None,
    uv_project_dir: str | Path | None = None,
    uv_groups: Sequence[str] | None = None,
    uv_extras: Sequence[str] | None = None,
) -> list[str]:
    """The pinned requirements of a saved model: what its flavor needs, and what loading it imports.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        flavor: Name of the flavor that it is loaded with, such as `sklearn`.
        fallback: What to return where it cannot be loaded.
        timeout: Seconds that loading may take; `MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT` by default.
        extra_env_vars: Environment variables for loading it.
        uv_project_dir: Folder of a uv project, whose lock says the requirements; by default the current folder, if
            it is one.
        uv_groups: Dependency groups of the project that the model needs.
        uv_extras: Extras of the project that it needs.

    Raises:
        MlflowException: There is no such flavor; or the model cannot be loaded, and there is no fallback.
    """
    declared = get_flavor(flavor)
    packages = [declared.package, *declared.packages]
    project = find_project(uv_project_dir, uv_groups, uv_extras)
    locked = project.requirements() if project is not None else None
    if locked is not None:
        return with_locked(infer_requirements(packages), locked)
    try:
        folder = resolve_model_path(model_uri)
        known = [f"{name}: {digest}" for name, digest in file_digests(folder).items()]
        with ImportCapture([declared.library], extra_env_vars) as capture:
            imported = capture.modules(folder, known, timeout)
    except MlflowException as error:
        if fallback is None:
            raise
        _logger.warning("The requirements of %r are the given ones: %s", str(model_uri), error.message)
        return fallback
    return infer_requirements(packages, (), imported)
