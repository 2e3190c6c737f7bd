"""Metrics on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_history_runs, check_metric
from mlflow._wire import metrics as wire
from mlflow._wire.shapes import Empty
from mlflow._wire.values import double_to_wire
from mlflow.entities._envelope import Envelope
from mlflow.entities.metric import Metric


class RestMetrics:
    """Metrics on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def log(self, run_id: str, metric: Metric) -> None:
        check_metric(metric)
        request = wire.LogMetric(
            metric.key,
            double_to_wire(metric.value),
            metric.timestamp,
            run_id,
            run_id,
            metric.step,
            metric.model_id or "",
            metric.dataset_name or "",
            metric.dataset_digest or "",
        )
        self._call("log_metric", request, Empty)

    def history(
        self, run_id: str, key: str, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        request = wire.GetMetricHistory(key, run_id, run_id, page_token or "", max_results)
        reply = self._call("get_metric_history", request, wire.MetricHistory)
        return Page([wire.metric_from_wire(item) for item in reply.metrics], reply.next_page_token or None)

    def history_of_runs(self, run_ids: Sequence[str], key: str, max_results: int) -> list[Metric]:
        check_history_runs(run_ids)
        request = wire.GetMetricHistoryBulk(list(run_ids), key, max_results)
        reply = self._call("get_metric_history_bulk", request, wire.MetricHistory)
        return [wire.metric_from_wire(item) for item in reply.metrics]

    def sampled_history(
        self,
        run_ids: Sequence[str],
        key: str,
        start_step: int | None,
        end_step: int | None,
        max_results: int,
    ) -> list[Metric]:
        check_history_runs(run_ids)
        request = wire.GetMetricHistoryBulkInterval(list(run_ids), key, start_step, end_step, max_results)
        reply = self._call("get_metric_history_bulk_interval", request, wire.MetricHistory)
        return [wire.metric_from_wire(item) for item in reply.metrics]

    def envelopes(
        self,
        series: Sequence[tuple[str, str]],
        low: int | None = None,
        high: int | None = None,
        *,
        by_time: bool = False,
        buckets: int = 1000,
    ) -> list[Envelope]:
        names = [wire.SeriesName(run_id, key) for run_id, key in series]
        request = wire.GetSeries(names, "time" if by_time else "step", low, high, buckets)
        reply = self._call("get_series", request, wire.SeriesReply)
        return [wire.envelope_from_wire(item) for item in reply.series]
