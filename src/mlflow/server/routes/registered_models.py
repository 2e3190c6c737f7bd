"""Handlers: registered models."""

from __future__ import annotations

from mlflow._wire import registered_models as wire
from mlflow._wire.model_versions import ModelVersionReply, ModelVersionsReply, version_to_wire
from mlflow._wire.shapes import Empty
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def create_registered_model(
    context: Context, request: wire.CreateRegisteredModel
) -> wire.RegisteredModelReply:
    tags = {tag.key: tag.value for tag in request.tags}
    model = context.store.registered_models.create(request.name, tags, request.description or None)
    return wire.RegisteredModelReply(wire.registered_model_to_wire(model))


def get_registered_model(context: Context, request: wire.GetRegisteredModel) -> wire.RegisteredModelReply:
    model = context.store.registered_models.get(request.name)
    return wire.RegisteredModelReply(wire.registered_model_to_wire(model))


def update_registered_model(
    context: Context, request: wire.UpdateRegisteredModel
) -> wire.RegisteredModelReply:
    model = context.store.registered_models.update(request.name, request.description)
    return wire.RegisteredModelReply(wire.registered_model_to_wire(model))


def rename_registered_model(
    context: Context, request: wire.RenameRegisteredModel
) -> wire.RegisteredModelReply:
    model = context.store.registered_models.rename(request.name, request.new_name)
    return wire.RegisteredModelReply(wire.registered_model_to_wire(model))


def delete_registered_model(context: Context, request: wire.DeleteRegisteredModel) -> Empty:
    context.store.registered_models.delete(request.name)
    return Empty()


def restore_registered_model(
    context: Context, request: wire.RestoreRegisteredModel
) -> wire.RegisteredModelReply:
    model = context.store.registered_models.restore(request.name)
    return wire.RegisteredModelReply(wire.registered_model_to_wire(model))


def rollback(context: Context, request: wire.Rollback) -> ModelVersionReply:
    version = context.store.registered_models.rollback(
        request.name, request.stage or None, request.alias or None, request.to or None, request.at
    )
    return ModelVersionReply(version_to_wire(version))


def search_registered_models(
    context: Context, request: wire.SearchRegisteredModels
) -> wire.RegisteredModelsReply:
    page = context.store.registered_models.search(
        request.filter, request.max_results, request.order_by, request.page_token or None
    )
    return wire.RegisteredModelsReply(
        [wire.registered_model_to_wire(item) for item in page], page.token or ""
    )


def list_registered_models(
    context: Context, request: wire.ListRegisteredModels
) -> wire.RegisteredModelsReply:
    page = context.store.registered_models.search(
        None, request.max_results, page_token=request.page_token or None
    )
    return wire.RegisteredModelsReply(
        [wire.registered_model_to_wire(item) for item in page], page.token or ""
    )


def get_latest_versions(context: Context, request: wire.GetLatestVersions) -> ModelVersionsReply:
    found = context.store.registered_models.latest_versions(request.name, request.stages)
    return ModelVersionsReply([version_to_wire(version) for version in found])


def set_registered_model_tag(context: Context, request: wire.SetRegisteredModelTag) -> Empty:
    context.store.registered_models.set_tag(request.name, request.key, request.value)
    return Empty()


def delete_registered_model_tag(context: Context, request: wire.DeleteRegisteredModelTag) -> Empty:
    context.store.registered_models.delete_tag(request.name, request.key)
    return Empty()


def set_registered_model_alias(context: Context, request: wire.SetAlias) -> Empty:
    context.store.registered_models.set_alias(request.name, request.alias, request.version)
    return Empty()


def delete_registered_model_alias(context: Context, request: wire.DeleteAlias) -> Empty:
    context.store.registered_models.delete_alias(request.name, request.alias)
    return Empty()


def get_model_version_by_alias(context: Context, request: wire.GetByAlias) -> ModelVersionReply:
    version = context.store.registered_models.version_of_alias(request.name, request.alias)
    return ModelVersionReply(version_to_wire(version))


HANDLERS: dict[str, Handler] = {
    "create_registered_model": create_registered_model,
    "get_registered_model": get_registered_model,
    "update_registered_model": update_registered_model,
    "rename_registered_model": rename_registered_model,
    "delete_registered_model": delete_registered_model,
    "restore_registered_model": restore_registered_model,
    "rollback": rollback,
    "search_registered_models": search_registered_models,
    "list_registered_models": list_registered_models,
    "get_latest_versions": get_latest_versions,
    "get_latest_versions_by_get": get_latest_versions,
    "set_registered_model_tag": set_registered_model_tag,
    "delete_registered_model_tag": delete_registered_model_tag,
    "set_registered_model_alias": set_registered_model_alias,
    "delete_registered_model_alias": delete_registered_model_alias,
    "get_model_version_by_alias": get_model_version_by_alias,
}
