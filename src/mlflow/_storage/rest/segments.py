"""Segments of runs on a server."""

from __future__ import annotations

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_key, check_step
from mlflow._wire import segments as wire
from mlflow._wire.metrics import MetricHistory, metric_from_wire
from mlflow.entities._segment import Segment
from mlflow.entities.metric import Metric


class RestSegments:
    """Segments of runs on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def rewind(self, run_id: str, after_step: int, name: str) -> Segment:
        request = wire.RewindRun(run_id, check_step(after_step, "after_step"), check_key(name, "name"))
        return wire.segment_from_wire(self._call("rewind_run", request, wire.SegmentReply).segment)

    def of_run(self, run_id: str) -> list[Segment]:
        reply = self._call("list_segments", wire.ListSegments(run_id), wire.SegmentsReply)
        return [wire.segment_from_wire(segment) for segment in reply.segments]

    def history(self, run_id: str, number: int, key: str, page_token: str | None = None) -> Page[Metric]:
        request = wire.GetSegmentHistory(run_id, number, key, page_token or "")
        reply = self._call("get_segment_history", request, MetricHistory)
        return Page([metric_from_wire(item) for item in reply.metrics], reply.next_page_token or None)
