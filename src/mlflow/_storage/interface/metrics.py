"""Contract: metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities._envelope import Envelope
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

    def envelopes(
        self,
        series: Sequence[tuple[str, str]],
        low: int | None = None,
        high: int | None = None,
        *,
        by_time: bool = False,
        buckets: int = 1000,
    ) -> list[Envelope]:
        """Shapes of series, in the order asked for, however long they are.

        A series with at most `buckets` points in the window is given point by point. Otherwise buckets of equal width
        are filled; extremes are exact. Of a long series, a block of up to 1,024 neighbouring points may count as a
        whole in the bucket that its first point is in.

        Args:
            series: Run ids and keys, at most 500; one that does not exist has no points.
            low: First step or time of the window, inclusive; `None` is the beginning.
            high: Last step or time of the window, inclusive; `None` is the end.
            by_time: Whether the axis is the time, in milliseconds, instead of the step.
            buckets: Most buckets of a series, 1 to 4,000.
        """
        ...
