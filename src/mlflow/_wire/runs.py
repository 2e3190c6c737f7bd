"""Wire forms: runs and what they hold."""

from __future__ import annotations

import msgspec

from mlflow._wire.enums import RunStatusName, ViewTypeName
from mlflow._wire.inputs import (
    WireDatasetInput,
    WireModelInput,
    WireModelOutput,
    dataset_input_from_wire,
    dataset_input_to_wire,
)
from mlflow._wire.metrics import WireMetric, metric_from_wire, metrics_to_wire
from mlflow._wire.shapes import KeyValue, Request, Response
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_data import RunData
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_inputs import LoggedModelInput, RunInputs
from mlflow.entities.run_outputs import LoggedModelOutput, RunOutputs
from mlflow.entities.tag import RunTag


class WireRunInfo(Response):
    """Facts about a run."""

    run_uuid: str = ""
    experiment_id: str = ""
    run_name: str = ""
    user_id: str | None = None
    status: RunStatusName | None = None
    start_time: int | None = None
    end_time: int | None = None
    artifact_uri: str = ""
    lifecycle_stage: str = ""
    run_id: str = ""

    def __post_init__(self) -> None:
        self.run_id = self.run_id or self.run_uuid


class WireRunData(Response):
    """What a run logged."""

    metrics: list[WireMetric] = []
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class WireRunInputs(Response):
    """What a run read."""

    dataset_inputs: list[WireDatasetInput] = []
    model_inputs: list[WireModelInput] = []


class WireRunOutputs(Response):
    """What a run made."""

    model_outputs: list[WireModelOutput] = []


class WireRun(Response, omit_defaults=False):
    """A run."""

    info: WireRunInfo
    data: WireRunData = msgspec.field(default_factory=WireRunData)
    inputs: WireRunInputs = msgspec.field(default_factory=WireRunInputs)
    outputs: WireRunOutputs = msgspec.field(default_factory=WireRunOutputs)


class RunBody(msgspec.Struct):
    """The members of a run that are kept ready as JSON."""

    data: msgspec.Raw
    inputs: msgspec.Raw
    outputs: msgspec.Raw


class CreateRun(Request):
    """Starts a run."""

    experiment_id: str = ""
    user_id: str = ""
    run_name: str = ""
    start_time: int = 0
    tags: list[KeyValue] = []


class CreateNamedRun(Request):
    """Starts a run whose id the client made; the same again is no error."""

    run_id: str
    run: CreateRun


class MoveRuns(Request):
    """Moves runs to another experiment, all or none of them."""

    run_ids: list[str]
    experiment_id: str


class MovedRuns(Response):
    """Runs that were elsewhere before, those below the named ones among them."""

    run_ids: list[str] = []


class GetRun(Request):
    """Asks for a run."""

    run_id: str = ""
    run_uuid: str = ""


class UpdateRun(Request):
    """Changes a run."""

    run_id: str = ""
    run_uuid: str = ""
    status: RunStatusName | None = None
    end_time: int | None = None
    run_name: str = ""


class DeleteRun(Request):
    """Moves a run to the trash."""

    run_id: str


class RestoreRun(Request):
    """Takes a run out of the trash."""

    run_id: str


class SearchRuns(Request):
    """Asks for runs that match a filter."""

    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewTypeName = "ACTIVE_ONLY"
    max_results: int = 1000
    order_by: list[str] = []
    page_token: str = ""


class LogBatch(Request):
    """Logs metrics, parameters and tags."""

    run_id: str = ""
    metrics: list[WireMetric] = []
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class LogParameter(Request):
    """Writes a parameter."""

    key: str
    run_id: str = ""
    run_uuid: str = ""
    value: str = ""


class SetTag(Request):
    """Sets a tag of a run."""

    key: str
    run_id: str = ""
    run_uuid: str = ""
    value: str = ""


class DeleteTag(Request):
    """Removes a tag of a run."""

    run_id: str
    key: str


class LogModel(Request):
    """Records a model in the way of MLflow 1.x and 2.x: in the tag `mlflow.log-model.history`."""

    run_id: str
    model_json: str


class RunReply(Response):
    """A run."""

    run: WireRun


class RawRunReply(Response):
    """A run that is JSON already; on the wire the same as `RunReply`."""

    run: msgspec.Raw


class RunInfoReply(Response):
    """Facts about a run."""

    run_info: WireRunInfo


class RunsReply(Response):
    """A page of runs."""

    runs: list[WireRun] = []
    next_page_token: str = ""


class RawRunsReply(Response):
    """A page of runs that are JSON already; on the wire the same as `RunsReply`."""

    runs: list[msgspec.Raw] = []
    next_page_token: str = ""


_encoder = msgspec.json.Encoder()
_body_decoder = msgspec.json.Decoder(RunBody)
_data_decoder = msgspec.json.Decoder(WireRunData)
_inputs_decoder = msgspec.json.Decoder(WireRunInputs)
_outputs_decoder = msgspec.json.Decoder(WireRunOutputs)


def run_info_to_wire(info: RunInfo) -> WireRunInfo:
    """Facts about a run for a response."""
    return WireRunInfo(
        run_uuid=info.run_id,
        experiment_id=info.experiment_id,
        run_name=info.run_name or "",
        user_id=info.user_id,
        status=info.status,  # type: ignore[arg-type]
        start_time=info.start_time,
        end_time=info.end_time,
        artifact_uri=info.artifact_uri or "",
        lifecycle_stage=info.lifecycle_stage,
        run_id=info.run_id,
    )


def run_info_from_wire(info: WireRunInfo) -> RunInfo:
    """Facts about a run from a response."""
    return RunInfo(
        run_id=info.run_id or info.run_uuid,
        experiment_id=info.experiment_id,
        user_id=info.user_id or "",
        status=info.status or "RUNNING",
        start_time=info.start_time,
        end_time=info.end_time,
        lifecycle_stage=info.lifecycle_stage,
        artifact_uri=info.artifact_uri,
        run_name=info.run_name,
    )


def _data_from_wire(data: WireRunData) -> RunData:
    return RunData(
        [metric_from_wire(metric) for metric in data.metrics],
        [Param(param.key, param.value) for param in data.params],
        [RunTag(tag.key, tag.value) for tag in data.tags],
    )


def _inputs_from_wire(inputs: WireRunInputs) -> RunInputs:
    return RunInputs(
        [dataset_input_from_wire(item) for item in inputs.dataset_inputs],
        [LoggedModelInput(item.model_id) for item in inputs.model_inputs],
    )


def _outputs_from_wire(outputs: WireRunOutputs) -> RunOutputs:
    return RunOutputs([LoggedModelOutput(item.model_id, item.step) for item in outputs.model_outputs])


def run_from_wire(run: WireRun) -> Run:
    """A run from a response."""
    return Run(
        run_info_from_wire(run.info),
        _data_from_wire(run.data),
        _inputs_from_wire(run.inputs),
        _outputs_from_wire(run.outputs),
    )


def run_body(data: RunData, inputs: RunInputs, outputs: RunOutputs) -> bytes:
    """The logged part of a run as the JSON that responses hold."""
    return _encoder.encode(
        {
            "data": WireRunData(
                metrics_to_wire(data._metrics),
                [KeyValue(key, value) for key, value in data.params.items()],
                [KeyValue(key, value) for key, value in data.tags.items()],
            ),
            "inputs": WireRunInputs(
                [dataset_input_to_wire(item) for item in inputs.dataset_inputs],
                [WireModelInput(item.model_id) for item in inputs.model_inputs],
            ),
            "outputs": WireRunOutputs(
                [WireModelOutput(item.model_id, item.step) for item in outputs.model_outputs]
            ),
        }
    )


def run_from_body(info: RunInfo, body: bytes) -> Run:
    """A run from its facts and the JSON of its logged part."""
    parts = _body_decoder.decode(body)
    return Run(
        info,
        _data_from_wire(_data_decoder.decode(parts.data)),
        _inputs_from_wire(_inputs_decoder.decode(parts.inputs)),
        _outputs_from_wire(_outputs_decoder.decode(parts.outputs)),
    )


def raw_run(info: RunInfo, body: bytes) -> msgspec.Raw:
    """A run for a response, on the wire the same as `WireRun`, its logged part spliced in unread."""
    return msgspec.Raw(b'{"info":%b,%b' % (_encoder.encode(run_info_to_wire(info)), body[1:]))
