"""Loading a model folder with its own flavor, the same for every flavor."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor
from mlflow._flavors.library import import_library, library_version
from mlflow.exceptions import MlflowException, ResourceDoesNotExist
from mlflow.models.location import resolve_model_path
from mlflow.models.model import Model

_logger = logging.getLogger(__name__)


def load_flavor(flavor: Flavor, model_uri: str | Path, dst_path: str | Path | None = None) -> Any:
    """The model as its library knows it.

    Args:
        flavor: The flavor to load it with.
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        dst_path: Existing folder that the files are copied into first.

    Raises:
        MlflowException: There is no model, or it has not this flavor, or loading it is not allowed.
        MissingExtra: The flavor's library is not installed.
    """
    return load_flavor_from_folder(flavor, resolve_model_path(model_uri, dst_path))


def load_flavor_from_folder(flavor: Flavor, folder: Path) -> Any:
    """The model of a folder on this machine, as its library knows it."""
    model = Model.load(folder)
    settings = flavor_settings(model, flavor.name, folder)
    import_library(flavor)
    add_code_path(folder, settings.get("code"))
    _compare_versions(flavor, settings)
    return flavor.load(folder, settings)


def flavor_settings(model: Model, name: str, folder: Path) -> dict[str, Any]:
    """Settings of one flavor of a model.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: the model has not this flavor; the message names those it has.
    """
    settings = model.flavors.get(name)
    if settings is None:
        raise ResourceDoesNotExist(
            f'Model does not have the "{name}" flavor; {str(folder)!r} has {sorted(model.flavors)}'
        )
    return dict(settings)


def add_code_path(folder: Path, code: str | None) -> None:
    """Makes the code that was saved with a model importable.

    Raises:
        MlflowException: The MLmodel file names a folder outside the model's own.
    """
    if not code:
        return
    path = payload_path(folder, code)
    for entry in (
        str(path),
        *(str(item) for item in path.iterdir() if item.suffix in (".zip", ".whl", ".egg")),
    ):
        if entry not in sys.path:
            sys.path.insert(0, entry)


def payload_path(folder: Path, relative: str) -> Path:
    """Path of a file that an MLmodel file names.

    Raises:
        MlflowException: It is missing, or outside the model's folder: an MLmodel file is input like any other.
    """
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise MlflowException(f"The MLmodel file in {str(folder)!r} names {relative!r}, outside its folder")
    if not path.exists():
        raise ResourceDoesNotExist(f"The model in {str(folder)!r} lacks its file {relative!r}")
    return path


def _compare_versions(flavor: Flavor, settings: dict[str, Any]) -> None:
    saved, present = settings.get(flavor.version_key), library_version(flavor)
    if saved is not None and str(saved) != present:
        _logger.warning(
            "The model was saved with %s %s and is loaded with %s; its predictions may differ. "
            "To be sure, run: pip install %s==%s",
            flavor.package,
            saved,
            present,
            flavor.package,
            saved,
        )
