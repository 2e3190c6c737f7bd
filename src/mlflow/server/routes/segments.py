"""Handlers: what runs leave behind when they go on at an earlier step."""

from __future__ import annotations

from mlflow._wire import segments as wire
from mlflow._wire.metrics import MetricHistory, metrics_to_wire
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def rewind_run(context: Context, request: wire.RewindRun) -> wire.SegmentReply:
    segment = context.store.segments.rewind(request.run_id, request.after_step, request.name)
    return wire.SegmentReply(wire.segment_to_wire(segment))


def list_segments(context: Context, request: wire.ListSegments) -> wire.SegmentsReply:
    return wire.SegmentsReply(
        [wire.segment_to_wire(item) for item in context.store.segments.of_run(request.run_id)]
    )


def get_segment_history(context: Context, request: wire.GetSegmentHistory) -> MetricHistory:
    page = context.store.segments.history(
        request.run_id, request.number, request.metric_key, request.page_token or None
    )
    return MetricHistory(metrics_to_wire(page), page.token or "")


HANDLERS: dict[str, Handler] = {
    "rewind_run": rewind_run,
    "list_segments": list_segments,
    "get_segment_history": get_segment_history,
}
