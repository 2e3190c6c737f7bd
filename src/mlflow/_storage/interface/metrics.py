"""Contract: metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.metric import Metric


class MetricStore(Protocol):
    """Points of metrics.

    A series is all points of one key in one run. The latest point, which a run shows and searches compare,
    is the greatest by (step, timestamp, value), NaN counting as 0. NaN and infinities are kept as such.
    """

    def log(self, run_id: str, metric: Metric) -> None:
        """Appends a point; one that is stored already, equal in everything, is no error.

        A point with a `model_id` is also a metric of that logged model.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted.
            BadRequest: No logged model has the point's `model_id`.
        """
        ...

    def history(
        self, run_id: str, key: str, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        """Points of one series by timestamp, step, value.

        A page begins after the last point of the page before, wherever later points have gone. An unknown run or key has no points.

        Args:
            run_id: The run.
            key: Name of the metric.
            max_results: Page size; `None` is everything.
            page_token: Token of the page before.
        """
        ...

    def history_of_runs(self, run_ids: Sequence[str], key: str, max_results: int) -> list[Metric]:
        """Points of one key in several runs, by run id, timestamp, step, value; each names its run.

        Args:
            run_ids: At most 100.
            key: Name of the metric.
            max_results: Most points in all; more than 25,000 is 25,000.
        """
        ...

    def sampled_history(
        self,
        run_ids: Sequence[str],
        key: str,
        start_step: int | None,
        end_step: int | None,
        max_results: int,
    ) -> list[Metric]:
        """Points of one key in several runs, evenly sampled, per run by step, timestamp, value.

        A series with more points than `max_results` is cut into that many runs of nearly equal length, the
        longer ones first; the first point of each is taken, and the last point of the series replaces the last.

        Args:
            run_ids: At most 100.
            key: Name of the metric.
            start_step: First step, inclusive; `None` is the beginning.
            end_step: Last step, inclusive; `None` is the end.
            max_results: Most points of one run, 1 to 2,500.
        """
        ...
