"""Handlers: logged models."""

from __future__ import annotations

from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._wire import logged_models as wire
from mlflow._wire.shapes import Empty
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def create_logged_model(
    context: Context, request: wire.CreateLoggedModel, model_id: str | None = None
) -> wire.ModelReply:
    model = context.store.logged_models.create(
        request.experiment_id,
        request.name or None,
        request.model_type or None,
        request.source_run_id or None,
        {param.key: param.value for param in request.params},
        {tag.key: tag.value for tag in request.tags},
        model_id,
    )
    return wire.ModelReply(wire.model_to_wire(model))


def create_named_logged_model(context: Context, request: wire.CreateNamedLoggedModel) -> wire.ModelReply:
    return create_logged_model(context, request.model, request.model_id)


def search_logged_models(context: Context, request: wire.SearchLoggedModels) -> wire.ModelsReply:
    page = context.store.logged_models.search(
        request.experiment_ids,
        request.filter,
        [DatasetFilter(item.dataset_name, item.dataset_digest or None) for item in request.datasets],
        request.max_results,
        [
            ModelOrder(
                item.field_name, item.ascending, item.dataset_name or None, item.dataset_digest or None
            )
            for item in request.order_by
        ],
        request.page_token or None,
    )
    return wire.ModelsReply([wire.model_to_wire(model) for model in page], page.token or "")


def get_logged_model(context: Context, request: wire.GetLoggedModel) -> wire.ModelReply:
    model = context.store.logged_models.get(request.model_id, request.allow_deleted)
    return wire.ModelReply(wire.model_to_wire(model))


def finalize_logged_model(context: Context, request: wire.FinalizeLoggedModel) -> wire.ModelReply:
    status = wire.model_status_from_wire(request.status)
    return wire.ModelReply(wire.model_to_wire(context.store.logged_models.finalize(request.model_id, status)))


def delete_logged_model(context: Context, request: wire.DeleteLoggedModel) -> Empty:
    context.store.logged_models.delete(request.model_id)
    return Empty()


def set_logged_model_tags(context: Context, request: wire.SetLoggedModelTags) -> Empty:
    context.store.logged_models.set_tags(request.model_id, {tag.key: tag.value for tag in request.tags})
    return Empty()


def delete_logged_model_tag(context: Context, request: wire.DeleteLoggedModelTag) -> Empty:
    context.store.logged_models.delete_tag(request.model_id, request.tag_key)
    return Empty()


def log_logged_model_params(context: Context, request: wire.LogLoggedModelParams) -> Empty:
    context.store.logged_models.log_params(
        request.model_id, {param.key: param.value for param in request.params}
    )
    return Empty()


HANDLERS: dict[str, Handler] = {
    "create_logged_model": create_logged_model,
    "create_named_logged_model": create_named_logged_model,
    "search_logged_models": search_logged_models,
    "get_logged_model": get_logged_model,
    "finalize_logged_model": finalize_logged_model,
    "delete_logged_model": delete_logged_model,
    "set_logged_model_tags": set_logged_model_tags,
    "delete_logged_model_tag": delete_logged_model_tag,
    "log_logged_model_params": log_logged_model_params,
}
