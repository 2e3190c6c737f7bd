"""Logged models on a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_logged_model_name
from mlflow._wire import logged_models as wire
from mlflow._wire.shapes import Empty, KeyValue
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus


class RestLoggedModels:
    """Logged models on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self,
        experiment_id: str,
        name: str | None = None,
        model_type: str | None = None,
        source_run_id: str | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        model_id: str | None = None,
    ) -> LoggedModel:
        check_logged_model_name(name)
        request = wire.CreateLoggedModel(
            str(experiment_id),
            name or "",
            model_type or "",
            source_run_id or "",
            _pairs(params),
            _pairs(tags),
        )
        if model_id is None:
            return wire.model_from_wire(self._call("create_logged_model", request, wire.ModelReply).model)
        named = wire.CreateNamedLoggedModel(model_id, request)
        return wire.model_from_wire(self._call("create_named_logged_model", named, wire.ModelReply).model)

    def get(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        request = wire.GetLoggedModel(model_id, allow_deleted)
        return wire.model_from_wire(self._call("get_logged_model", request, wire.ModelReply).model)

    def finalize(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        request = wire.FinalizeLoggedModel(model_id, wire.model_status_to_wire(status))
        return wire.model_from_wire(self._call("finalize_logged_model", request, wire.ModelReply).model)

    def delete(self, model_id: str) -> None:
        self._call("delete_logged_model", wire.DeleteLoggedModel(model_id), Empty)

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        self._call("set_logged_model_tags", wire.SetLoggedModelTags(model_id, _pairs(tags)), Empty)

    def delete_tag(self, model_id: str, key: str) -> None:
        self._call("delete_logged_model_tag", wire.DeleteLoggedModelTag(model_id, key), Empty)

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        self._call("log_logged_model_params", wire.LogLoggedModelParams(model_id, _pairs(params)), Empty)

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = 50,
        order_by: Sequence[ModelOrder] = (),
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        request = wire.SearchLoggedModels(
            list(experiment_ids),
            filter_string or "",
            [wire.WireDatasetFilter(item.dataset_name, item.dataset_digest or "") for item in datasets],
            max_results,
            [
                wire.WireModelOrder(
                    item.field_name, item.ascending, item.dataset_name or "", item.dataset_digest or ""
                )
                for item in order_by
            ],
            page_token or "",
        )
        reply = self._call("search_logged_models", request, wire.ModelsReply)
        return Page([wire.model_from_wire(model) for model in reply.models], reply.next_page_token or None)


def _pairs(values: Mapping[str, str] | None) -> list[KeyValue]:
    return [KeyValue(key, value) for key, value in (values or {}).items()]
