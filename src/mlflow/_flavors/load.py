"""Loading a model folder with its own flavor, the same for every flavor."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor
from mlflow._flavors.library import import_library, library_version
from mlflow.exceptions import MlflowException, ResourceDoesNotExist
from mlflow.models.digests import verify_files
from mlflow.models.fetched import ModelFolder, payload_path
from mlflow.models.location import model_folder
from mlflow.models.model import Model

_logger = logging.getLogger(__name__)


def load_flavor(
    flavor: Flavor,
    model_uri: str | Path,
    dst_path: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """The model as its library knows it.

    Args:
        flavor: The flavor to load it with.
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        dst_path: Existing folder that the files are copied into first.
        options: What only this flavor's `load_model` takes.

    Raises:
        MlflowException: There is no model, or it has not this flavor, or loading it is not allowed.
        MissingExtra: The flavor's library is not installed.
    """
    with model_folder(model_uri, dst_path) as folder:
        model = Model.load(folder.path)
        verify_files(folder.path, model.file_digests)
        loaded = _load(flavor, model, folder.path, options)
        keep_folder(folder, model, loaded)
        return loaded


def load_flavor_from_folder(flavor: Flavor, folder: Path) -> Any:
    """The model of a folder on this machine, whose files were compared already, as its library knows it."""
    return _load(flavor, Model.load(folder), folder)


def _load(flavor: Flavor, model: Model, folder: Path, options: Mapping[str, Any] | None = None) -> Any:
    settings = flavor_settings(model, flavor.name, folder)
    import_library(flavor)
    add_code_path(folder, settings.get("code"))
    _compare_versions(flavor, settings)
    return flavor.load(folder, settings, **(options or {}))


def keep_folder(folder: ModelFolder, model: Model, owner: object) -> None:
    """Keeps what was fetched of a model as long as its owner may read it again: its code for good."""
    if any(settings.get("code") for settings in model.flavors.values()):
        folder.keep()
    folder.keep_with(owner)


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
        MlflowException: The MLmodel file names a folder outside the model's own, or no folder.
    """
    if not code:
        return
    path = payload_path(folder, code)
    if not path.is_dir():
        raise MlflowException(
            f"The code of the model in {str(folder)!r} should be a folder, which {code!r} is not"
        )
    for entry in (
        str(path),
        *(str(item) for item in path.iterdir() if item.suffix in (".zip", ".whl", ".egg")),
    ):
        if entry not in sys.path:
            sys.path.insert(0, entry)


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
