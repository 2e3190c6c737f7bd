"""`models:` URIs: of logged models, and of versions of registered models."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlflow._base.moments import show_moment
from mlflow._base.uri import uri_scheme
from mlflow._session.stores import open_registry_store
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.model_version_stages import get_canonical_stage
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking.decisions import state_at

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store
    from mlflow.entities.model_registry.decision import Decision

_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_DEEPEST_COPY = 20
_MOVES = ("create_model_version", "transition_stage", "delete_model_version", "restore_model_version")


@dataclass(frozen=True)
class RegisteredName:
    """A model of the registry as a `models:` URI names it; one of version, stage and alias is set.

    Attributes:
        name: Name of the registered model.
        version: Number of the version.
        stage: Stage of the version, or `latest`.
        alias: Alias of the version.
        at: A day or time in the past that is meant instead of now.
    """

    name: str
    version: str | None = None
    stage: str | None = None
    alias: str | None = None
    at: str | None = None


def parse_models_uri(uri: str) -> str | RegisteredName:
    """What a `models:` URI names: the id of a logged model, or a registered model.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it has another form.
    """
    named, path = split_models_uri(uri)
    if path:
        raise _malformed(uri)
    return named


def split_models_uri(uri: str) -> tuple[str | RegisteredName, str]:
    """As `parse_models_uri`, with the path of a file or folder of the model that may follow.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it has another form.
    """
    where, _, moment = uri.split(":", 1)[1].strip("/").partition("?at=")
    first, _, rest = where.partition("/")
    if _MODEL_ID.fullmatch(first):
        return first, rest
    name, at, alias = first.rpartition("@")
    if at and name and alias:
        return RegisteredName(name, alias=alias, at=moment or None), rest
    which, _, path = rest.partition("/")
    if not first or not which or "@" in first:
        raise _malformed(uri)
    if which.isdecimal():
        return RegisteredName(first, version=which, at=moment or None), path
    return RegisteredName(first, stage=which, at=moment or None), path


def source_uri(uri: str, tracking: Store | None = None) -> str:
    """The URI itself; for one that names a version of a registered model, that of the version's source.

    Args:
        uri: Any artifact URI.
        tracking: Store that has the registry unless another one was chosen; the one in use by default.
    """
    for _ in range(_DEEPEST_COPY):
        if uri_scheme(uri) != "models":
            return uri
        named, path = split_models_uri(uri)
        if isinstance(named, str):
            return uri
        source = version_of(named, tracking).source or ""
        uri = f"{source.rstrip('/')}/{path}" if path else source
    raise InvalidParameterValue(f"{uri!r} is a copy of a copy, more than {_DEEPEST_COPY} deep")


def version_of(named: RegisteredName, tracking: Store | None = None) -> ModelVersion:
    """The version that a name stands for, now or at the time that it says.

    Raises:
        ResourceDoesNotExist: There is none.
        InvalidParameterValue: There is no such stage or alias.
    """
    store = open_registry_store(tracking)
    if named.at is not None:
        return _version_then(store, named, named.at)
    if named.alias is not None:
        return store.registered_models.version_of_alias(named.name, named.alias)
    if named.version is not None:
        return store.model_versions.get(named.name, named.version)
    stage = str(named.stage)
    if stage.lower() == "latest":
        return store.registered_models.version_of_alias(named.name, "latest")
    found = store.registered_models.latest_versions(named.name, [stage])
    if not found:
        raise ResourceDoesNotExist(
            f"The registered model {named.name!r} has no version in the stage {stage!r}"
        )
    return found[0]


def _version_then(store: Store, named: RegisteredName, at: str) -> ModelVersion:
    """The version that a name stood for, as it was registered, even if it was deleted since."""
    state = state_at(store, named.name, at)
    changed = [change for change in state.changes if _concerns(change, named)]
    if changed:
        told = "; ".join(
            f"{show_moment(change.timestamp)} version {change.version}: {change.before} to {change.after}"
            for change in changed
        )
        raise InvalidParameterValue(
            f"What {named.name!r} had there changed on {at} ({told}). Give a time, such as ?at={at}T12:00Z"
        )
    found = [version for version in state.versions if version.version == named.version]
    if named.alias is not None:
        numbers = [item.version for item in state.aliases if item.alias == named.alias]
        found = [version for version in state.versions if version.version in numbers]
    elif named.stage is not None:
        newest = named.stage.lower() == "latest"
        found = state.versions if newest else state.in_stage(get_canonical_stage(named.stage))
    if not found:
        raise ResourceDoesNotExist(f"The registered model {named.name!r} had no such version at {at}")
    version = found[-1]
    return ModelVersion(
        state.name,
        version.version,
        version.registered.since,
        version.stage_held.since,
        version.description,
        version.registered.by or None,
        version.stage,
        version.source,
        version.run_id,
        tags=version.tags,
        model_id=version.model_id,
    )


def _concerns(change: Decision, named: RegisteredName) -> bool:
    """Whether an event changed what a name stands for."""
    if named.alias is not None:
        return change.slot == f"alias/{named.alias}"
    if named.stage is None or change.action not in _MOVES:
        return False
    wanted = named.stage.lower()
    held = [(state or {}).get("stage", "") for state in (change.before, change.after)]
    return wanted == "latest" or wanted in [str(stage).lower() for stage in held]


def _malformed(uri: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"Not a proper models:/ URI: {uri!r}. Use models:/<model_id>, models:/<name>/<version>, "
        "models:/<name>/<stage>, models:/<name>/latest or models:/<name>@<alias>, each with ?at=<day or time> where the "
        "past is meant."
    )
