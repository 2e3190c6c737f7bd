"""Handlers: runs and what they log."""

from __future__ import annotations

import json

from mlflow._wire import runs as wire
from mlflow._wire.enums import RUN_STATUS_NAMES, VIEW_TYPE_NAMES, enum_number
from mlflow._wire.inputs import LogInputs, LogOutputs, dataset_input_from_wire
from mlflow._wire.metrics import LogMetric, metric_from_wire, metrics_from_wire
from mlflow._wire.shapes import Empty
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import RunTag
from mlflow.exceptions import BadRequest, InvalidParameterValue
from mlflow.server.context import Context
from mlflow.server.routes import Handler, run_id_of

MODEL_HISTORY = "mlflow.log-model.history"


def create_run(context: Context, request: wire.CreateRun, run_id: str | None = None) -> wire.RawRunReply:
    if not request.experiment_id:
        raise BadRequest("Missing value for required parameter 'experiment_id'")
    run = context.store.runs.create(
        request.experiment_id,
        request.user_id or None,
        request.start_time,
        [RunTag(tag.key, tag.value) for tag in request.tags],
        request.run_name or None,
        run_id,
    )
    return wire.RawRunReply(wire.raw_run(run.info, wire.run_body(run.data, run.inputs, run.outputs)))


def create_named_run(context: Context, request: wire.CreateNamedRun) -> wire.RawRunReply:
    return create_run(context, request.run, request.run_id)


def get_run(context: Context, request: wire.GetRun) -> wire.RawRunReply:
    return wire.RawRunReply(wire.raw_run(*context.store.runs.get_document(run_id_of(request))))


def update_run(context: Context, request: wire.UpdateRun) -> wire.RunInfoReply:
    info = context.store.runs.update(
        run_id_of(request),
        None if request.status is None else enum_number(RUN_STATUS_NAMES, request.status),
        request.end_time,
        request.run_name or None,
    )
    return wire.RunInfoReply(wire.run_info_to_wire(info))


def delete_run(context: Context, request: wire.DeleteRun) -> Empty:
    context.store.runs.delete(request.run_id)
    return Empty()


def restore_run(context: Context, request: wire.RestoreRun) -> Empty:
    context.store.runs.restore(request.run_id)
    return Empty()


def move_runs(context: Context, request: wire.MoveRuns) -> wire.MovedRuns:
    return wire.MovedRuns(context.store.runs.move(request.run_ids, request.experiment_id))


def search_runs(context: Context, request: wire.SearchRuns) -> wire.RawRunsReply:
    page = context.store.runs.search_documents(
        request.experiment_ids,
        request.filter,
        enum_number(VIEW_TYPE_NAMES, request.run_view_type),
        request.max_results,
        request.order_by,
        request.page_token or None,
    )
    return wire.RawRunsReply([wire.raw_run(*document) for document in page], page.token or "")


def log_metric(context: Context, request: LogMetric) -> Empty:
    context.store.metrics.log(run_id_of(request), metric_from_wire(request))
    return Empty()


def log_parameter(context: Context, request: wire.LogParameter) -> Empty:
    context.store.params.log(run_id_of(request), Param(request.key, request.value))
    return Empty()


def set_tag(context: Context, request: wire.SetTag) -> Empty:
    context.store.tags.set(run_id_of(request), RunTag(request.key, request.value))
    return Empty()


def delete_tag(context: Context, request: wire.DeleteTag) -> Empty:
    context.store.tags.delete(request.run_id, request.key)
    return Empty()


def log_batch(context: Context, request: wire.LogBatch) -> Empty:
    if not request.run_id:
        raise InvalidParameterValue("Missing value for required parameter 'run_id'")
    context.store.runs.log_batch(
        request.run_id,
        metrics_from_wire(request.metrics),
        [Param(param.key, param.value) for param in request.params],
        [RunTag(tag.key, tag.value) for tag in request.tags],
    )
    return Empty()


def log_model(context: Context, request: wire.LogModel) -> Empty:
    try:
        model = json.loads(request.model_json)
    except ValueError:
        raise InvalidParameterValue("Malformed model info: 'model_json' is not valid JSON") from None
    missing = {"artifact_path", "flavors", "utc_time_created", "run_id"} - set(
        model if isinstance(model, dict) else ()
    )
    if missing:
        raise InvalidParameterValue(f"Model json is missing mandatory fields: {', '.join(sorted(missing))}")
    history = json.loads(context.store.runs.get(request.run_id).data.tags.get(MODEL_HISTORY, "[]"))
    context.store.tags.set(request.run_id, RunTag(MODEL_HISTORY, json.dumps([*history, model])))
    return Empty()


def log_inputs(context: Context, request: LogInputs) -> Empty:
    context.store.inputs.log_inputs(
        request.run_id,
        [dataset_input_from_wire(item) for item in request.datasets],
        [LoggedModelInput(model.model_id) for model in request.models],
    )
    return Empty()


def log_outputs(context: Context, request: LogOutputs) -> Empty:
    models = [LoggedModelOutput(model.model_id, model.step) for model in request.models]
    context.store.inputs.log_outputs(request.run_id, models)
    return Empty()


HANDLERS: dict[str, Handler] = {
    "create_run": create_run,
    "create_named_run": create_named_run,
    "get_run": get_run,
    "update_run": update_run,
    "delete_run": delete_run,
    "restore_run": restore_run,
    "move_runs": move_runs,
    "search_runs": search_runs,
    "log_metric": log_metric,
    "log_parameter": log_parameter,
    "set_tag": set_tag,
    "delete_tag": delete_tag,
    "log_batch": log_batch,
    "log_model": log_model,
    "log_inputs": log_inputs,
    "log_outputs": log_outputs,
}
