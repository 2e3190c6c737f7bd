"""Wire forms: registered models."""

from __future__ import annotations

from mlflow._wire.model_versions import WireModelVersion, version_from_wire, version_to_wire
from mlflow._wire.shapes import KeyValue, Request, Response
from mlflow.entities.model_registry.registered_model import RegisteredModel
from mlflow.entities.model_registry.registered_model_alias import RegisteredModelAlias
from mlflow.entities.model_registry.tag import RegisteredModelTag


class WireAlias(Response):
    """An alias and the version that it points to."""

    alias: str = ""
    version: str = ""


class WireRegisteredModel(Response):
    """A registered model."""

    name: str = ""
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[WireModelVersion] = []
    tags: list[KeyValue] = []
    aliases: list[WireAlias] = []


class CreateRegisteredModel(Request):
    """Makes a registered model."""

    name: str
    tags: list[KeyValue] = []
    description: str = ""
    deployment_job_id: str = ""


class GetRegisteredModel(Request):
    """Asks for a registered model."""

    name: str


class UpdateRegisteredModel(Request):
    """Replaces the description of a registered model; without one it is removed."""

    name: str
    description: str | None = None
    deployment_job_id: str = ""


class RenameRegisteredModel(Request):
    """Gives a registered model another name."""

    name: str
    new_name: str


class DeleteRegisteredModel(Request):
    """Deletes a registered model with all its versions."""

    name: str


class RestoreRegisteredModel(Request):
    """Brings back a deleted registered model."""

    name: str


class Rollback(Request):
    """Gives a stage or an alias back to a version that held it. `at` is in milliseconds since the epoch."""

    name: str
    stage: str = ""
    alias: str = ""
    to: str = ""
    at: int | None = None


class SearchRegisteredModels(Request):
    """Asks for registered models that match a filter."""

    filter: str = ""
    max_results: int = 100
    order_by: list[str] = []
    page_token: str = ""


class ListRegisteredModels(Request):
    """Asks for all registered models, as MLflow 1.x did."""

    max_results: int = 100
    page_token: str = ""


class GetLatestVersions(Request):
    """Asks for the newest version of some stages."""

    name: str
    stages: list[str] = []


class SetRegisteredModelTag(Request):
    """Sets a tag of a registered model."""

    name: str
    key: str
    value: str = ""


class DeleteRegisteredModelTag(Request):
    """Removes a tag of a registered model."""

    name: str
    key: str


class SetAlias(Request):
    """Makes an alias point to a version."""

    name: str
    alias: str
    version: str


class DeleteAlias(Request):
    """Removes an alias."""

    name: str
    alias: str


class GetByAlias(Request):
    """Asks for the version that an alias points to."""

    name: str
    alias: str


class RegisteredModelReply(Response):
    """A registered model."""

    registered_model: WireRegisteredModel


class RegisteredModelsReply(Response):
    """A page of registered models."""

    registered_models: list[WireRegisteredModel] = []
    next_page_token: str = ""


def registered_model_to_wire(model: RegisteredModel) -> WireRegisteredModel:
    """A registered model for a response."""
    return WireRegisteredModel(
        model.name,
        model.creation_timestamp,
        model.last_updated_timestamp,
        model.description or None,
        [version_to_wire(version) for version in model.latest_versions],
        [KeyValue(key, value) for key, value in model.tags.items()],
        [WireAlias(alias, version) for alias, version in model.aliases.items()],
    )


def registered_model_from_wire(model: WireRegisteredModel) -> RegisteredModel:
    """A registered model from a response."""
    return RegisteredModel(
        name=model.name,
        creation_timestamp=model.creation_timestamp,
        last_updated_timestamp=model.last_updated_timestamp,
        description=model.description,
        latest_versions=[version_from_wire(version) for version in model.latest_versions],
        tags=[RegisteredModelTag(tag.key, tag.value) for tag in model.tags],
        aliases=[RegisteredModelAlias(item.alias, item.version) for item in model.aliases],
    )
