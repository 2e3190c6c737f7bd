"""Handlers: history of metrics."""

from __future__ import annotations

from mlflow._wire import metrics as wire
from mlflow.exceptions import InvalidParameterValue
from mlflow.server.context import Context
from mlflow.server.routes import Handler, run_id_of

MAX_BULK_POINTS = 25_000


def get_metric_history(context: Context, request: wire.GetMetricHistory) -> wire.MetricHistory:
    page = context.store.metrics.history(
        run_id_of(request), request.metric_key, request.max_results, request.page_token or None
    )
    return wire.MetricHistory(wire.metrics_to_wire(page), page.token or "")


def get_metric_history_bulk(context: Context, request: wire.GetMetricHistoryBulk) -> wire.MetricHistory:
    if request.max_results <= 0:
        raise InvalidParameterValue(f"'max_results' must be positive, got {request.max_results}")
    points = context.store.metrics.history_of_runs(
        request.run_id, request.metric_key, min(request.max_results, MAX_BULK_POINTS)
    )
    return wire.MetricHistory(wire.metrics_to_wire(points))


def get_metric_history_bulk_interval(
    context: Context, request: wire.GetMetricHistoryBulkInterval
) -> wire.MetricHistory:
    points = context.store.metrics.sampled_history(
        request.run_ids, request.metric_key, request.start_step, request.end_step, request.max_results
    )
    return wire.MetricHistory(wire.metrics_to_wire(points))


def get_series(context: Context, request: wire.GetSeries) -> wire.SeriesReply:
    names = [(each.run_id, each.key) for each in request.series]
    found = context.store.metrics.envelopes(
        names, request.start, request.end, by_time=request.x == "time", buckets=request.buckets
    )
    return wire.SeriesReply(
        [wire.envelope_to_wire(*name, each) for name, each in zip(names, found, strict=True)]
    )


HANDLERS: dict[str, Handler] = {
    "get_metric_history": get_metric_history,
    "get_metric_history_bulk": get_metric_history_bulk,
    "get_metric_history_bulk_interval": get_metric_history_bulk_interval,
    "get_series": get_series,
}
