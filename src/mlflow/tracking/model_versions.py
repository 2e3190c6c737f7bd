"""What is asked of a store about versions of registered models."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from mlflow._base.uri import is_local_uri, path_from_uri, uri_scheme
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist
from mlflow.tracking.logged_models import models_of_run
from mlflow.tracking.manifests import keep_manifest
from mlflow.tracking.model_uris import RegisteredName, parse_models_uri
from mlflow.tracking.registered_models import ensure_registered_model, texts

_PAUSE_SECONDS = 0.5


def create_model_version(
    registry: Store,
    tracking: Store,
    name: str,
    source: str,
    run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_link: str | None = None,
    description: str | None = None,
    model_id: str | None = None,
) -> ModelVersion:
    """Registers a model as the next version; makes the registered model where there is none.

    Args:
        registry: Store that has the registry.
        tracking: Store that knows runs and logged models.
        name: The registered model.
        source: URI or path of the model's folder.
        run_id: Run that made it; that of a source `runs:/…` by default.
        tags: Tags; any values become text.
        run_link: Where the run can be looked at.
        description: Text for people.
        model_id: Logged model that it is.
    """
    scheme = uri_scheme(source)
    if scheme == "runs" and not run_id:
        run_id = source.split(":", 1)[1].strip("/").partition("/")[0]
    elif is_local_uri(source):
        source = str(path_from_uri(source).absolute())
    elif scheme == "models" and registry.uri != tracking.uri:
        source, run_id, model_id = _as_other_store(tracking, source, run_id, model_id)
    ensure_registered_model(registry, name)
    version = registry.model_versions.create(
        name, source, run_id, texts(tags), run_link, description, model_id
    )
    keep_manifest(registry, tracking, version)
    return version


def source_of_run_model(tracking: Store, uri: str) -> str:
    """For `runs:/…` that names a logged model of the run, the URI of that model; any other URI as it is."""
    if uri_scheme(uri) != "runs":
        return uri
    run_id, _, path = uri.split(":", 1)[1].strip("/").partition("/")
    try:
        experiment_id = tracking.runs.get(run_id).info.experiment_id
    except ResourceDoesNotExist as error:
        raise ResourceDoesNotExist(f"{uri!r} names a run that does not exist: {error.message}") from None
    model = models_of_run(tracking, experiment_id, run_id).get(path)
    return uri if model is None else model.model_uri


def wait_until_ready(store: Store, version: ModelVersion, seconds: int | None) -> ModelVersion:
    """Waits until a version is registered.

    Args:
        store: Store that has the registry.
        version: The version.
        seconds: Longest time; `None` and 0 do not wait.

    Raises:
        MlflowException: Its registration failed, or took longer.
    """
    deadline = time.monotonic() + (seconds or 0)
    while seconds and version.status == "PENDING_REGISTRATION":
        if time.monotonic() > deadline:
            raise MlflowException(
                f"Version {version.version} of {version.name!r} was not ready within {seconds} s. It may be later: "
                "look at its status, or wait longer with await_creation_for"
            )
        time.sleep(_PAUSE_SECONDS)
        version = store.model_versions.get(version.name, version.version)
    if version.status == "FAILED_REGISTRATION":
        raise MlflowException(
            f"Version {version.version} of {version.name!r} could not be registered: {version.status_message}"
        )
    return version


def copy_model_version(registry: Store, src_model_uri: str, dst_name: str) -> ModelVersion:
    """Registers a version under another name, with its tags and description.

    Raises:
        InvalidParameterValue: The URI does not name a version of a registered model.
    """
    named = parse_models_uri(src_model_uri) if uri_scheme(src_model_uri) == "models" else ""
    if not isinstance(named, RegisteredName):
        raise InvalidParameterValue(
            f"{src_model_uri!r} does not name a version of a registered model. Use models:/<name>/<version>, or "
            "mlflow.register_model for other models"
        )
    from mlflow.tracking.model_uris import version_of

    source = version_of(named, registry)
    ensure_registered_model(registry, dst_name)
    return registry.model_versions.create(
        dst_name,
        f"models:/{source.name}/{source.version}",
        source.run_id,
        source.tags,
        source.run_link,
        source.description,
    )


def version_for(store: Store, name: str, version: object, stage: str | None) -> str:
    """Number of a version that is given by its number or by its stage.

    Raises:
        InvalidParameterValue: Both or none are given.
        ResourceDoesNotExist: No version is in that stage.
    """
    if (version is None) == (stage is None):
        raise InvalidParameterValue("Give either version or stage")
    if version is not None:
        return str(version)
    found = store.registered_models.latest_versions(name, [str(stage)])
    if not found:
        raise ResourceDoesNotExist(f"The registered model {name!r} has no version in the stage {stage!r}")
    return found[0].version


def _as_other_store(
    tracking: Store, source: str, run_id: str | None, model_id: str | None
) -> tuple[str, str | None, str | None]:
    """A logged model as a registry sees it that does not know the tracking store: by the place of its files."""
    named = parse_models_uri(source)
    if isinstance(named, RegisteredName):
        return source, run_id, model_id
    model = tracking.logged_models.get(named)
    return model.artifact_location, run_id or model.source_run_id, model.model_id
