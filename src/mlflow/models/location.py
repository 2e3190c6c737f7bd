"""Where a model is: from any URI or path to its folder on this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlflow._base.uri import is_local_uri, join_uri, path_from_uri, uri_scheme
from mlflow._session.stores import open_session_store
from mlflow.exceptions import InvalidParameterValue, NotSupported, ResourceDoesNotExist
from mlflow.tracking.artifacts import download, log_bytes, open_root, read_bytes, resolve_artifact_uri
from mlflow.tracking.logged_models import models_of_run

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store
    from mlflow.entities.logged_model import LoggedModel

MODEL_FILE_NAME = "MLmodel"
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_PLACEHOLDER = re.compile(r"<[^<>/]*>|\{[^{}/]*\}|\bYOUR_[A-Z_]+\b")
_STAGES = {"none": "None", "staging": "Staging", "production": "Production", "archived": "Archived"}
REGISTERED_META_FILE_NAME = "registered_model_meta"


@dataclass(frozen=True)
class RegisteredName:
    """A model of the registry as a `models:` URI names it; one of the last three is set.

    Attributes:
        name: Name of the registered model.
        version: Number of the version.
        stage: Stage of the version, or `latest`.
        alias: Alias of the version.
    """

    name: str
    version: str | None = None
    stage: str | None = None
    alias: str | None = None


def resolve_model_path(model_uri: str | Path, dst_path: str | Path | None = None) -> Path:
    """The local folder of a model, fetched first where it is elsewhere.

    Files that lie on this machine are used where they are, unless a destination is given.

    Args:
        model_uri: A path, or a `file:`, `runs:`, `models:`, `mlflow-artifacts:` or object store URI.
        dst_path: Folder that the files are copied into.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is no model there; `INVALID_PARAMETER_VALUE`: the URI
            is malformed, or is an example with its placeholder left in.
    """
    uri = str(model_uri)
    location = unregistered_uri(uri)
    if is_local_uri(location) and dst_path is None:
        folder = path_from_uri(location)
    else:
        folder = Path(download(_store(), location, dst_path))
        if dst_path is not None:
            _write_registered_meta(uri, folder)
    if not folder.is_dir():
        raise ResourceDoesNotExist(f"There is no model at {uri!r}: no folder {str(folder)!r}")
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
    if uri_scheme(model_uri) != "models":
        return model_uri
    named = parse_models_uri(model_uri)
    if isinstance(named, str):
        return model_uri
    version = _version_of(named)
    # A version may keep its files elsewhere than its source has them.
    source: str = getattr(version, "storage_location", None) or version.source
    return unregistered_uri(source)


def refuse_placeholder(uri: str) -> None:
    """Refuses a URI copied from an example, such as `runs:/<run_id>/model`."""
    found = _PLACEHOLDER.search(uri)
    if found is not None:
        raise InvalidParameterValue(
            f"{uri!r} still has the placeholder {found[0]} of the example that it was copied from. Put the real "
            "value in its place; `mlflow.last_active_run().info.run_id` is the id of the last run, and "
            "`log_model(...)` returns an object whose `model_uri` loads the model."
        )


def parse_models_uri(uri: str) -> str | RegisteredName:
    """What a `models:` URI names: the id of a logged model, or a registered model.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it has another form.
    """
    path = uri.split(":", 1)[1].lstrip("/").rstrip("/")
    if _MODEL_ID.fullmatch(path):
        return path
    name, slash, suffix = path.partition("/")
    alias_name, at, alias = path.partition("@")
    if at and alias_name and alias and not slash:
        return RegisteredName(alias_name, alias=alias)
    if slash and name and suffix and "/" not in suffix:
        if suffix.isdecimal():
            return RegisteredName(name, version=suffix)
        return RegisteredName(name, stage=suffix)
    raise InvalidParameterValue(
        f"Not a proper models:/ URI: {uri!r}. Use models:/<model_id>, models:/<name>/<version>, "
        "models:/<name>/<stage>, models:/<name>/latest or models:/<name>@<alias>."
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


def fetch_model_file(model_uri: str) -> str:
    """Text of the MLmodel file of a model; nothing else of it is fetched.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is none.
    """
    uri = unregistered_uri(model_uri)
    if is_local_uri(uri):
        file = path_from_uri(uri)
        file = file / MODEL_FILE_NAME if file.is_dir() else file
        if not file.is_file():
            raise ResourceDoesNotExist(
                f'Could not find an "{MODEL_FILE_NAME}" configuration file at "{model_uri}"'
            )
        return file.read_text(encoding="utf-8")
    return read_bytes(_store(), join_uri(uri, MODEL_FILE_NAME)).decode("utf-8")


def replace_model_file(model_uri: str, change: Callable[[str], str]) -> None:
    """Rewrites the MLmodel file of a model.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the URI names a version of a registered model: those do not
            change.
    """
    if unregistered_uri(model_uri) != model_uri:
        raise InvalidParameterValue(
            f"Versions of registered models do not change, so {model_uri!r} cannot. Change the model that it was "
            "registered from (models:/m-... or runs:/...), and register it again."
        )
    text = change(fetch_model_file(model_uri))
    if is_local_uri(model_uri):
        _replace_text(path_from_uri(model_uri) / MODEL_FILE_NAME, text)
        return
    store = _store()
    root = open_root(store, resolve_artifact_uri(store, model_uri))
    log_bytes(root, text.encode("utf-8"), MODEL_FILE_NAME)


def _replace_text(file: Path, text: str) -> None:
    """A reader sees the old text or the new, never a part."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def _store() -> Store:
    return open_session_store()


def _version_of(named: RegisteredName) -> Any:
    from mlflow.tracking.client import MlflowClient

    client: Any = MlflowClient()
    if not hasattr(client, "get_model_version"):
        raise NotSupported(
            f"This store has no model registry, so it has no model {named.name!r}. A logged model is loaded by "
            "models:/<model_id>, or by runs:/<run_id>/<name>."
        )
    if named.alias is not None:
        return client.get_model_version_by_alias(named.name, named.alias)
    if named.version is not None:
        return client.get_model_version(named.name, named.version)
    stage = str(named.stage)
    if stage.lower() == "latest":
        found = client.search_model_versions(f"name = '{named.name}'")
    else:
        if stage.lower() not in _STAGES:
            raise InvalidParameterValue(
                f"{stage!r} is neither a version nor a stage of the model {named.name!r}; stages are "
                "Staging, Production, Archived and None, and `latest` is the newest version"
            )
        found = client.get_latest_versions(named.name, [_STAGES[stage.lower()]])
    if not found:
        raise ResourceDoesNotExist(f"The registered model {named.name!r} has no version in {stage!r}")
    return max(found, key=lambda version: int(version.version))


def _write_registered_meta(uri: str, folder: Path) -> None:
    if uri_scheme(uri) != "models":
        return
    named = parse_models_uri(uri)
    if isinstance(named, RegisteredName):
        version = _version_of(named)
        text = f"model_name: {named.name}\nmodel_version: '{version.version}'\n"
        (folder / REGISTERED_META_FILE_NAME).write_text(text, encoding="utf-8")
