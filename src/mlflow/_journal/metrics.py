"""Metrics through a journal."""

from __future__ import annotations

from collections.abc import Callable

from mlflow._journal.records import Logged, Record
from mlflow._journal.runs import point_of
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.metrics import RestMetrics
from mlflow._storage.validation import check_metric
from mlflow.entities.metric import Metric


class JournaledMetrics(RestMetrics):
    """Metrics through a journal."""

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append

    def log(self, run_id: str, metric: Metric) -> None:
        check_metric(metric)
        self._append(Logged(run_id, [point_of(metric)]))
