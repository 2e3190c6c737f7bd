"""Where a model is: from any URI or path to its folder on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow._artifacts.manifest import read_manifest
from mlflow._artifacts.open import open_artifacts
from mlflow._base.uri import is_local_uri, join_uri, path_from_uri, uri_scheme
from mlflow._session.stores import open_registry_store, open_session_store
from mlflow.entities.model_registry.manifest import compare_manifests
from mlflow.environment_variables import MLFLOW_VERIFY_REGISTERED_MODELS
from mlflow.exceptions import DataLoss, InvalidParameterValue, ResourceDoesNotExist
from mlflow.models.fetched import ModelFolder, closing, new_folder
from mlflow.tracking.artifacts import (
    download,
    find_local,
    log_bytes,
    open_root,
    read_bytes,
    resolve_artifact_uri,
)
from mlflow.tracking.logged_models import models_of_run
from mlflow.tracking.model_uris import RegisteredName, parse_models_uri, source_uri, version_of

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store
    from mlflow.entities.logged_model import LoggedModel

MODEL_FILE_NAME = "MLmodel"
_PLACEHOLDER = re.compile(r"<[^<>/]*>|\{[^{}/]*\}|\bYOUR_[A-Z_]+\b")
REGISTERED_META_FILE_NAME = "registered_model_meta"


@contextmanager
def model_folder(model_uri: str | Path, dst_path: str | Path | None = None) -> Iterator[ModelFolder]:
    """The local folder of a model, fetched first where it is elsewhere.

    Files that lie on this machine are used where they are, unless a destination is given. What is fetched into a
    temporary folder is removed at the end of the block, unless the block says with whom to keep it.

    Args:
        model_uri: A path, or a `file:`, `runs:`, `models:`, `mlflow-artifacts:` or object store URI.
        dst_path: Folder that the files are copied into.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is no model there; `INVALID_PARAMETER_VALUE`: the URI
            is malformed, or is an example with its placeholder left in.
    """
    with closing(_fetch(str(model_uri), dst_path)) as folder:
        yield folder


def resolve_model_path(model_uri: str | Path, dst_path: str | Path | None = None) -> Path:
    """The local folder of a model as `model_folder` gives it; what is fetched is kept until the process ends."""
    with model_folder(model_uri, dst_path) as folder:
        folder.keep()
        return folder.path


def _fetch(uri: str, dst_path: str | Path | None) -> ModelFolder:
    location = unregistered_uri(uri)
    if dst_path is None and is_local_uri(location):
        path = path_from_uri(location)
    elif dst_path is None:
        store = _store()
        resolved = resolve_artifact_uri(store, location)
        here = find_local(store, resolved)
        if here is None:
            return _fetch_into_new(uri, store, resolved)
        path = here
    else:
        path = Path(download(_store(), location, dst_path))
        _write_registered_meta(uri, path)
    return _checked(uri, ModelFolder(path))


def _compare_with_registered(uri: str, folder: Path) -> None:
    """Refuses files that are not those that a registered name stands for.

    Raises:
        MlflowException: `DATA_LOSS`: they differ; `RESOURCE_DOES_NOT_EXIST`: what was registered is not on record.
    """
    named = parse_models_uri(uri) if uri_scheme(uri) == "models" else ""
    if isinstance(named, str):
        return
    version = version_of(named)
    recorded = open_registry_store().model_versions.manifest(version.name, version.version)
    if recorded is None:
        raise ResourceDoesNotExist(
            f"{uri!r} cannot be verified: which files version {version.version} of {version.name!r} consists of is not "
            "on record. Register it again, or set MLFLOW_VERIFY_REGISTERED_MODELS=false"
        )
    wrong = compare_manifests(recorded, read_manifest(open_artifacts(str(folder)))).differences()
    if wrong:
        raise DataLoss(
            f"The files of {uri!r} are not those that were registered, so it is not loaded: {', '.join(wrong)}"
        )


def _fetch_into_new(uri: str, store: Store, location: str) -> ModelFolder:
    root = new_folder()
    folder = ModelFolder(root, root)
    try:
        download(store, f"{location.rstrip('/')}/", root)
        return _checked(uri, folder)
    except BaseException:
        folder.close()
        raise


def _checked(uri: str, folder: ModelFolder) -> ModelFolder:
    if not folder.path.is_dir():
        raise ResourceDoesNotExist(f"There is no model at {uri!r}: no folder {str(folder.path)!r}")
    if MLFLOW_VERIFY_REGISTERED_MODELS.get():
        _compare_with_registered(uri, folder.path)
    return folder


def fetch_file(uri: str, folder: Path) -> Path:
    """Copies a file or folder from a path or any artifact URI into a folder on this machine.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: nothing is there.
    """
    if not is_local_uri(uri):
        return Path(download(_store(), unregistered_uri(uri), folder))
    source = path_from_uri(uri)
    target = folder / source.name
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.is_file():
        shutil.copy(source, target)
    else:
        raise ResourceDoesNotExist(f"There is no file {uri!r} to keep with the model")
    return target


def unregistered_uri(model_uri: str) -> str:
    """The URI itself; for one that names a version of a registered model, the URI of that version's source."""
    refuse_placeholder(model_uri)
    return source_uri(model_uri)


def refuse_placeholder(uri: str) -> None:
    """Refuses a URI copied from an example, such as `runs:/<run_id>/model`."""
    found = _PLACEHOLDER.search(uri)
    if found is not None:
        raise InvalidParameterValue(
            f"{uri!r} still has the placeholder {found[0]} of the example that it was copied from. Put the real "
            "value in its place; `mlflow.last_active_run().info.run_id` is the id of the last run, and "
            "`log_model(...)` returns an object whose `model_uri` loads the model."
        )


def find_logged_model(model_uri: str) -> LoggedModel | None:
    """The logged model that a URI names, `None` where it names none."""
    uri = unregistered_uri(model_uri)
    if uri_scheme(uri) == "models":
        return _store().logged_models.get(str(parse_models_uri(uri)))
    if uri_scheme(uri) != "runs":
        return None
    run_id, _, path = uri.split(":", 1)[1].strip("/").partition("/")
    store = _store()
    return models_of_run(store, store.runs.get(run_id).info.experiment_id, run_id).get(path)


def fetch_model_file(model_uri: str, name: str = MODEL_FILE_NAME) -> str:
    """Text of a file of a model, the MLmodel file by default; nothing else of it is fetched.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is none.
    """
    uri = unregistered_uri(model_uri)
    if is_local_uri(uri):
        file = path_from_uri(uri)
        file = file / name if file.is_dir() else file
        if not file.is_file():
            raise ResourceDoesNotExist(f'Could not find an "{name}" configuration file at "{model_uri}"')
        return file.read_text(encoding="utf-8")
    return read_bytes(_store(), join_uri(uri, name)).decode("utf-8")


def replace_model_file(model_uri: str, text: str, name: str = MODEL_FILE_NAME) -> None:
    """Rewrites a file of a model, the MLmodel file by default.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the URI names a version of a registered model: those do not
            change.
    """
    if unregistered_uri(model_uri) != model_uri:
        raise InvalidParameterValue(
            f"Versions of registered models do not change, so {model_uri!r} cannot. Change the model that it was "
            "registered from (models:/m-... or runs:/...), and register it again."
        )
    if is_local_uri(model_uri):
        _replace_text(path_from_uri(model_uri) / name, text)
        return
    store = _store()
    root = open_root(store, resolve_artifact_uri(store, model_uri))
    log_bytes(root, text.encode("utf-8"), name)


def _replace_text(file: Path, text: str) -> None:
    """A reader sees the old text or the new, never a part."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def _store() -> Store:
    return open_session_store()


def _write_registered_meta(uri: str, folder: Path) -> None:
    if uri_scheme(uri) != "models":
        return
    named = parse_models_uri(uri)
    if isinstance(named, RegisteredName):
        version = version_of(named)
        text = f"model_name: {named.name}\nmodel_version: '{version.version}'\n"
        (folder / REGISTERED_META_FILE_NAME).write_text(text, encoding="utf-8")
