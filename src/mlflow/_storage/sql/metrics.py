"""Metrics in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from operator import attrgetter

from mlflow._storage.interface.pages import Page
from mlflow._storage.sql import inbox
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.folding import fold_soon, settle
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_metrics import log_model_metrics
from mlflow._storage.sql.points import Point, columns_of
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.sql.series import Series, Window, by_time
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import MAX_INT64, check_history_runs, check_max_results, check_metric
from mlflow.entities._envelope import Envelope
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue

MAX_SAMPLES = 2500
MAX_BULK = 25_000
MAX_ENVELOPES = 500
MAX_BUCKETS = 4000
_timestamp = attrgetter("timestamp")
_NOTHING = Envelope(0, [], [], [], [], [], [], sampled=False)


def append_points(cx: Connection, engine: Engine, run: RunRow, metrics: Sequence[Metric]) -> None:
    """Appends points to the series of a run, whose row the caller holds."""
    inbox.put(cx, run.number, engine.keys.numbers(cx, [metric.key for metric in metrics]), metrics)
    fold_soon(engine, engine.arrivals.add(run.number, len(metrics)))
    with_model = [metric for metric in metrics if metric.model_id]
    if with_model:
        log_model_metrics(cx, run.number, with_model)


class SqlMetrics:
    """Metrics in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def log(self, run_id: str, metric: Metric) -> None:
        check_metric(metric)
        engine = self._engine

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, engine.dialect, run_id)
            append_points(cx, engine, run, (metric,))
            forget_document(cx, run.number)

        engine.write(work, run_id)

    def history(
        self, run_id: str, key: str, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        if max_results is not None and max_results <= 0:
            raise InvalidParameterValue(
                f"Invalid value {max_results} for parameter 'max_results' supplied: It must be positive"
            )
        search = fingerprint("history", run_id, key)
        after = read_token(page_token, search, 4, self._engine.token_key)
        position = _position(after)
        with self._series(run_id, key) as series:
            if max_results is None and position is None:
                return Page(_all(key, series) if series else [], None)
            limit = MAX_INT64 if max_results is None else max_results + 1
            points = series.page(position, limit) if series else []
        token = None
        if max_results is not None and len(points) > max_results:
            points = points[:max_results]
            token = make_token(by_time(points[-1]), search, self._engine.token_key)
        return Page(_metrics(key, points), token)

    def history_of_runs(self, run_ids: Sequence[str], key: str, max_results: int) -> list[Metric]:
        check_history_runs(run_ids)
        max_results = min(check_max_results(max_results, MAX_INT64), MAX_BULK)
        found: list[Metric] = []
        for run_id in sorted(set(run_ids)):
            with self._series(run_id, key) as series:
                points = series.page(None, max_results - len(found)) if series else []
            found += _metrics(key, points, run_id)
            if len(found) >= max_results:
                break
        return found

    def sampled_history(
        self,
        run_ids: Sequence[str],
        key: str,
        start_step: int | None,
        end_step: int | None,
        max_results: int,
    ) -> list[Metric]:
        check_history_runs(run_ids)
        check_max_results(max_results, MAX_SAMPLES)
        if (start_step is None) != (end_step is None):
            raise InvalidParameterValue("Give both 'start_step' and 'end_step', or neither of them")
        if start_step is not None and end_step is not None and start_step > end_step:
            raise InvalidParameterValue(
                f"'end_step' must not be less than 'start_step': {end_step} is less than {start_step}"
            )
        window = Window(start_step, end_step)
        found: list[Metric] = []
        for run_id in dict.fromkeys(run_ids):
            with self._series(run_id, key) as series:
                points = series.sample(window, max_results) if series else []
            found += _metrics(key, points, run_id)
        return found

    def envelopes(
        self,
        series: Sequence[tuple[str, str]],
        low: int | None = None,
        high: int | None = None,
        *,
        by_time: bool = False,
        buckets: int = 1000,
    ) -> list[Envelope]:
        if not 1 <= len(series) <= MAX_ENVELOPES:
            raise InvalidParameterValue(f"Ask for 1 to {MAX_ENVELOPES} series at a time, not {len(series)}")
        if not 1 <= buckets <= MAX_BUCKETS:
            raise InvalidParameterValue(
                f"Invalid value {buckets} for parameter 'buckets' supplied: It must be at least 1 and at most {MAX_BUCKETS}"
            )
        if low is not None and high is not None and low > high:
            raise InvalidParameterValue(f"The window ends before it begins: {high} is less than {low}")
        window = Window(low, high, by_time)
        found = []
        for run_id, key in series:
            with self._series(run_id, key) as one:
                found.append(one.envelope(window, buckets) if one else _NOTHING)
        return found

    @contextmanager
    def _series(self, run_id: str, key: str) -> Iterator[Series | None]:
        """A series as it is now; `None` for one that does not exist."""
        settle(self._engine)
        with self._engine.snapshot() as cx:
            run = find_number(cx, run_id)
            number = self._engine.keys.find(cx, key)
            yield None if run is None or number is None else Series(cx, run, number)


def _all(key: str, series: Series) -> list[Metric]:
    """All points of a series by timestamp, step, value."""
    metrics: list[Metric] = []
    for columns in series.columns():
        metrics += map(Metric, repeat(key), columns.values, columns.stamps, columns.steps)
    metrics.sort(key=_timestamp)  # which keeps the order of what has the same time
    return metrics


def _position(after: Sequence[object] | None) -> Point | None:
    if after is None:
        return None
    ts, step, value, nan = after
    if not (
        isinstance(ts, int)
        and isinstance(step, int)
        and isinstance(value, (int, float))
        and isinstance(nan, int)
    ):
        raise InvalidParameterValue("This page token is damaged: begin with the first page again")
    return ts, step, float(value), nan


def _metrics(key: str, points: Sequence[Point], run_id: str | None = None) -> list[Metric]:
    steps, stamps, values = columns_of(points)
    if run_id is None:
        return list(map(Metric, repeat(key), values, stamps, steps))
    return [
        Metric(key, value, ts, step, run_id=run_id)
        for value, ts, step in zip(values, stamps, steps, strict=True)
    ]
