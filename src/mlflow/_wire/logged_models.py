"""Wire forms: logged models."""

from __future__ import annotations

import msgspec

from mlflow._wire.enums import MODEL_STATUS_NAMES, ModelStatusName
from mlflow._wire.metrics import WireMetric, metric_from_wire, metrics_to_wire
from mlflow._wire.shapes import KeyValue, Request, Response, stated
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus


class WireModelInfo(Response):
    """Facts about a logged model."""

    model_id: str = ""
    experiment_id: str = ""
    name: str = ""
    creation_timestamp_ms: int = 0
    last_updated_timestamp_ms: int = 0
    artifact_uri: str = ""
    status: ModelStatusName | None = None
    model_type: str = stated()
    source_run_id: str = stated()
    status_message: str | None = None
    tags: list[KeyValue] = []


class WireModelData(Response):
    """What is logged on a model."""

    params: list[KeyValue] = []
    metrics: list[WireMetric] = []


class WireModel(Response, omit_defaults=False):
    """A logged model."""

    info: WireModelInfo
    data: WireModelData = msgspec.field(default_factory=WireModelData)


class CreateLoggedModel(Request):
    """Makes a logged model."""

    experiment_id: str
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class CreateNamedLoggedModel(Request):
    """Makes a logged model whose id the client made; the same again is no error."""

    model_id: str
    model: CreateLoggedModel


class GetLoggedModel(Request):
    """Asks for a logged model."""

    model_id: str
    allow_deleted: bool = False


class FinalizeLoggedModel(Request):
    """Sets the state of a model's files."""

    model_id: str
    status: ModelStatusName


class DeleteLoggedModel(Request):
    """Moves a logged model to the trash."""

    model_id: str


class SetLoggedModelTags(Request):
    """Sets tags of a logged model."""

    model_id: str
    tags: list[KeyValue] = []


class DeleteLoggedModelTag(Request):
    """Removes a tag of a logged model."""

    model_id: str
    tag_key: str


class LogLoggedModelParams(Request):
    """Writes parameters of a logged model."""

    model_id: str
    params: list[KeyValue] = []


class WireDatasetFilter(Request):
    """A dataset that metrics are measured on."""

    dataset_name: str
    dataset_digest: str = ""


class WireModelOrder(Request):
    """A column that logged models are ordered by."""

    field_name: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchLoggedModels(Request):
    """Asks for logged models that match a filter."""

    experiment_ids: list[str]
    filter: str = ""
    datasets: list[WireDatasetFilter] = []
    max_results: int = 50
    order_by: list[WireModelOrder] = []
    page_token: str = ""


class ModelReply(Response):
    """A logged model."""

    model: WireModel


class ModelsReply(Response):
    """A page of logged models."""

    models: list[WireModel] = []
    next_page_token: str = ""


def model_status_to_wire(status: LoggedModelStatus) -> ModelStatusName:
    """A state for the wire."""
    return MODEL_STATUS_NAMES[max(status.to_int(), 1) - 1]  # type: ignore[return-value]


def model_status_from_wire(status: ModelStatusName) -> LoggedModelStatus:
    """A state from the wire."""
    return LoggedModelStatus.from_int(MODEL_STATUS_NAMES.index(status) + 1)


def model_to_wire(model: LoggedModel) -> WireModel:
    """A logged model for a response."""
    return WireModel(
        WireModelInfo(
            model.model_id,
            model.experiment_id,
            model.name,
            model.creation_timestamp,
            model.last_updated_timestamp,
            model.artifact_location,
            model_status_to_wire(model.status),
            model.model_type or "",
            model.source_run_id or "",
            model.status_message,
            [KeyValue(key, value) for key, value in model.tags.items()],
        ),
        WireModelData(
            [KeyValue(key, value) for key, value in model.params.items()],
            metrics_to_wire(model.metrics or ()),
        ),
    )


def model_from_wire(model: WireModel) -> LoggedModel:
    """A logged model from a response."""
    info = model.info
    return LoggedModel(
        experiment_id=info.experiment_id,
        model_id=info.model_id,
        name=info.name,
        artifact_location=info.artifact_uri,
        creation_timestamp=info.creation_timestamp_ms,
        last_updated_timestamp=info.last_updated_timestamp_ms,
        model_type=info.model_type or None,
        source_run_id=info.source_run_id or None,
        status=model_status_from_wire(info.status) if info.status else LoggedModelStatus.UNSPECIFIED,
        status_message=info.status_message,
        tags={tag.key: tag.value for tag in info.tags},
        params={param.key: param.value for param in model.data.params},
        metrics=[metric_from_wire(metric) for metric in model.data.metrics],
    )
