"""Registered models on a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._wire import registered_models as wire
from mlflow._wire.model_versions import ModelVersionReply, ModelVersionsReply, version_from_wire
from mlflow._wire.shapes import Empty, KeyValue
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.registered_model import RegisteredModel


class RestRegisteredModels:
    """Registered models on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self, name: str, tags: Mapping[str, str] | None = None, description: str | None = None
    ) -> RegisteredModel:
        pairs = [KeyValue(key, value) for key, value in (tags or {}).items()]
        request = wire.CreateRegisteredModel(name, pairs, description or "")
        reply = self._call("create_registered_model", request, wire.RegisteredModelReply)
        return wire.registered_model_from_wire(reply.registered_model)

    def get(self, name: str) -> RegisteredModel:
        request = wire.GetRegisteredModel(name)
        reply = self._call("get_registered_model", request, wire.RegisteredModelReply)
        return wire.registered_model_from_wire(reply.registered_model)

    def update(self, name: str, description: str | None) -> RegisteredModel:
        request = wire.UpdateRegisteredModel(name, description)
        reply = self._call("update_registered_model", request, wire.RegisteredModelReply)
        return wire.registered_model_from_wire(reply.registered_model)

    def rename(self, name: str, new_name: str) -> RegisteredModel:
        request = wire.RenameRegisteredModel(name, new_name)
        reply = self._call("rename_registered_model", request, wire.RegisteredModelReply)
        return wire.registered_model_from_wire(reply.registered_model)

    def delete(self, name: str) -> None:
        self._call("delete_registered_model", wire.DeleteRegisteredModel(name), Empty)

    def restore(self, name: str) -> RegisteredModel:
        request = wire.RestoreRegisteredModel(name)
        reply = self._call("restore_registered_model", request, wire.RegisteredModelReply)
        return wire.registered_model_from_wire(reply.registered_model)

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        request = wire.SearchRegisteredModels(
            filter_string or "", max_results, list(order_by), page_token or ""
        )
        reply = self._call("search_registered_models", request, wire.RegisteredModelsReply)
        return Page(
            [wire.registered_model_from_wire(item) for item in reply.registered_models],
            reply.next_page_token or None,
        )

    def latest_versions(self, name: str, stages: Sequence[str] = ()) -> list[ModelVersion]:
        request = wire.GetLatestVersions(name, list(stages))
        reply = self._call("get_latest_versions", request, ModelVersionsReply)
        return [version_from_wire(item) for item in reply.model_versions]

    def set_tag(self, name: str, key: str, value: str) -> None:
        self._call("set_registered_model_tag", wire.SetRegisteredModelTag(name, key, value), Empty)

    def delete_tag(self, name: str, key: str) -> None:
        self._call("delete_registered_model_tag", wire.DeleteRegisteredModelTag(name, key), Empty)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        self._call("set_registered_model_alias", wire.SetAlias(name, alias, version), Empty)

    def rollback(
        self,
        name: str,
        stage: str | None = None,
        alias: str | None = None,
        to: str | None = None,
        at_ms: int | None = None,
    ) -> ModelVersion:
        request = wire.Rollback(name, stage or "", alias or "", to or "", at_ms)
        return version_from_wire(self._call("rollback", request, ModelVersionReply).model_version)

    def delete_alias(self, name: str, alias: str) -> None:
        self._call("delete_registered_model_alias", wire.DeleteAlias(name, alias), Empty)

    def version_of_alias(self, name: str, alias: str) -> ModelVersion:
        request = wire.GetByAlias(name, alias)
        reply = self._call("get_model_version_by_alias", request, ModelVersionReply)
        return version_from_wire(reply.model_version)
