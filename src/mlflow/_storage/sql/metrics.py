"""Metrics in SQL: summaries, a tail of rows, and blocks.

Points arrive in the tail. When the tail of a series has 2,048 points, the older half is packed into a block. A
point that comes late, before what is packed already, stays in the tail until the next packing rewrites the
blocks it belongs between, so that blocks never overlap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.blocks import (
    BLOCK_POINTS,
    BlockHeader,
    Point,
    decode,
    encode,
    finite_total,
    header_of,
)
from mlflow._storage.sql.connection import Columns, Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_metrics import log_model_metrics
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import check_max_results, check_metric
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue

TAIL_POINTS = 2 * BLOCK_POINTS
MAX_RUNS = 100
MAX_SAMPLES = 2500

_SUMMARY = Columns(
    "metric",
    run="bigint",
    key="bigint",
    experiment="bigint",
    value="double precision",
    step="bigint",
    ts="bigint",
    first="double precision",
    first_step="bigint",
    first_ts="bigint",
    min="double precision",
    min_step="bigint",
    max="double precision",
    max_step="bigint",
    total="double precision",
    points="bigint",
    nans="bigint",
    tail="bigint",
    packed_step="bigint",
    packed_ts="bigint",
)
_SUMMARY_FIELDS = _SUMMARY.names[3:]
_REPLACE_SUMMARY = "ON CONFLICT (run, key) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _SUMMARY_FIELDS
)
_POINTS = Columns(
    "metric_point",
    run="bigint",
    key="bigint",
    step="bigint",
    ts="bigint",
    value="double precision",
    nan="smallint",
)
_BLOCKS = Columns(
    "metric_block",
    run="bigint",
    key="bigint",
    number="bigint",
    first_step="bigint",
    first_ts="bigint",
    first="double precision",
    last_step="bigint",
    last_ts="bigint",
    min="double precision",
    max="double precision",
    total="double precision",
    points="bigint",
    nans="bigint",
    data="bytea",
)
_SELECT_SUMMARY = f"SELECT key, {', '.join(_SUMMARY_FIELDS)} FROM metric WHERE run = ? AND key"
_CHUNK = 500


class _Summary:
    """The row of a series, while points are being added to it."""

    __slots__ = (
        "first",
        "latest",
        "max",
        "max_step",
        "min",
        "min_step",
        "nans",
        "packed",
        "points",
        "tail",
        "total",
    )

    def __init__(self, row: Row | None) -> None:
        if row is None:
            self.latest: Point | None = None
            self.first: Point | None = None
            self.min: float | None = None
            self.min_step: int | None = None
            self.max: float | None = None
            self.max_step: int | None = None
            self.total = 0.0
            self.points = self.nans = self.tail = 0
            self.packed: tuple[int, int] | None = None
            return
        (
            value, step, ts, first, first_step, first_ts, self.min, self.min_step, self.max, self.max_step,
            self.total, self.points, self.nans, self.tail, packed_step, packed_ts,
        ) = row  # fmt: skip
        self.latest = Point(step, ts, math.nan if value is None else value)
        self.first = Point(first_step, first_ts, math.nan if first is None else first)
        self.packed = None if packed_step is None else (packed_step, packed_ts)

    def add(self, point: Point) -> None:
        """Takes in a point that was not there before."""
        value = point.value
        if self.latest is None or point.rank > self.latest.rank:
            self.latest = point
        if self.first is None or point.rank < self.first.rank:
            self.first = point
        self.points += 1
        self.tail += 1
        if math.isnan(value):
            self.nans += 1
            return
        self.total = finite_total((self.total, value))
        if self.min is None or value < self.min:
            self.min, self.min_step = value, point.step
        if self.max is None or value > self.max:
            self.max, self.max_step = value, point.step

    def row(self, run: RunRow, key: int) -> tuple[object, ...]:
        """The row as it is stored."""
        latest, first = self.latest, self.first
        assert latest is not None  # a summary is stored only with points
        assert first is not None
        packed_step, packed_ts = self.packed or (None, None)
        return (
            run.number, key, run.experiment, _or_null(latest.value), latest.step, latest.ts,
            _or_null(first.value), first.step, first.ts, self.min, self.min_step, self.max, self.max_step,
            self.total, self.points, self.nans, self.tail, packed_step, packed_ts,
        )  # fmt: skip


def append_points(cx: Connection, engine: Engine, run: RunRow, metrics: Sequence[Metric]) -> None:
    """Appends points to the series of a run, whose row the caller holds."""
    numbers = engine.keys.numbers(cx, {metric.key for metric in metrics})
    series: dict[int, dict[tuple[int, int, float, bool], Point]] = {}
    for metric in metrics:
        point = Point(metric.step, metric.timestamp, float(metric.value))
        series.setdefault(numbers[metric.key], {})[point.rank] = point
    keys = sorted(series)
    summaries = _summaries(cx, run.number, keys)
    rows: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    full: list[tuple[int, _Summary]] = []
    for key in keys:
        summary = summaries.get(key) or _Summary(None)
        newest = summary.latest.rank if summary.latest else None
        added = False
        for rank in sorted(series[key]):
            if (
                newest is not None
                and rank <= newest
                and _is_stored(cx, run.number, key, rank, summary.packed)
            ):
                continue
            summary.add(series[key][rank])
            rows.append((run.number, key, *rank[:3], int(rank[3])))
            added = True
        if added:
            changed.append(summary.row(run, key))
            if summary.tail >= TAIL_POINTS:
                full.append((key, summary))
    cx.insert(_POINTS, rows)
    cx.insert(_SUMMARY, changed, _REPLACE_SUMMARY)
    for key, summary in full:
        _pack(cx, run, key, summary)
    with_model = [metric for metric in metrics if metric.model_id]
    if with_model:
        log_model_metrics(cx, run.number, with_model)


def _summaries(cx: Connection, run: int, keys: Sequence[int]) -> dict[int, _Summary]:
    if len(keys) == 1:
        row = cx.one(f"{_SELECT_SUMMARY} = ?", (run, keys[0]))
        return {} if row is None else {row[0]: _Summary(row[1:])}
    found: dict[int, _Summary] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        found.update(
            (row[0], _Summary(row[1:])) for row in cx.all(f"{_SELECT_SUMMARY} IN ({marks})", (run, *chunk))
        )
    return found


def _is_stored(
    cx: Connection, run: int, key: int, rank: tuple[int, int, float, bool], packed: tuple[int, int] | None
) -> bool:
    step, ts, value, nan = rank
    row = cx.one(
        "SELECT 1 FROM metric_point WHERE run = ? AND key = ? AND step = ? AND ts = ? AND value = ? AND nan = ?",
        (run, key, step, ts, value, int(nan)),
    )
    if row is not None:
        return True
    if packed is None or (step, ts) > packed:
        return False
    blocks = cx.all(
        "SELECT data FROM metric_block WHERE run = ? AND key = ? AND (first_step, first_ts) <= (?, ?) "
        "AND (last_step, last_ts) >= (?, ?)",
        (run, key, step, ts, step, ts),
    )
    return any(rank == point.rank for (data,) in blocks for point in decode(bytes(data)))


def _pack(cx: Connection, run: RunRow, key: int, summary: _Summary) -> None:
    """Moves the older part of a tail into blocks."""
    rows = cx.all(
        "SELECT step, ts, value, nan FROM metric_point WHERE run = ? AND key = ? ORDER BY step, ts, value, nan LIMIT ?",
        (run.number, key, summary.tail - summary.tail % BLOCK_POINTS - BLOCK_POINTS),
    )
    moved = [_point(row) for row in rows]
    points = moved
    oldest = (moved[0].step, moved[0].ts)
    if summary.packed is not None and oldest <= summary.packed:
        touched = cx.all(
            "SELECT number, data FROM metric_block WHERE run = ? AND key = ? AND (last_step, last_ts) >= (?, ?)",
            (run.number, key, *oldest),
        )
        points = sorted([*moved, *(point for _, data in touched for point in decode(bytes(data)))], key=_rank)
        for number, _ in touched:
            cx.run(
                "DELETE FROM metric_block WHERE run = ? AND key = ? AND number = ?", (run.number, key, number)
            )
    row = cx.one("SELECT max(number) FROM metric_block WHERE run = ? AND key = ?", (run.number, key))
    number = (row[0] if row and row[0] is not None else -1) + 1
    blocks = [points[start : start + BLOCK_POINTS] for start in range(0, len(points), BLOCK_POINTS)]
    cx.insert(
        _BLOCKS,
        [
            _block_row(run.number, key, number + i, header_of(block), encode(block))
            for i, block in enumerate(blocks)
        ],
    )
    last = moved[-1]
    boundary = (run.number, key, last.step, last.ts, *last.rank[2:3], int(last.rank[3]))
    cx.run(
        "DELETE FROM metric_point WHERE run = ? AND key = ? AND (step, ts, value, nan) <= (?, ?, ?, ?)",
        boundary,
    )
    summary.tail -= len(moved)
    summary.packed = max((points[-1].step, points[-1].ts), summary.packed or (points[-1].step, points[-1].ts))
    cx.insert(_SUMMARY, [summary.row(run, key)], _REPLACE_SUMMARY)


def _block_row(run: int, key: int, number: int, header: BlockHeader, data: bytes) -> tuple[object, ...]:
    return (
        run, key, number, header.first_step, header.first_ts, header.first, header.last_step, header.last_ts,
        header.min, header.max, header.total, header.points, header.nans, data,
    )  # fmt: skip


def read_series(
    cx: Connection, run: int, key: int, start_step: int | None = None, end_step: int | None = None
) -> list[Point]:
    """Points of a series by step, timestamp, value, between two steps, both inclusive."""
    low = -(1 << 63) if start_step is None else start_step
    high = (1 << 63) - 1 if end_step is None else end_step
    blocks = cx.all(
        "SELECT data FROM metric_block WHERE run = ? AND key = ? AND last_step >= ? AND first_step <= ? "
        "ORDER BY first_step, first_ts, number",
        (run, key, low, high),
    )
    points = [point for (data,) in blocks for point in decode(bytes(data)) if low <= point.step <= high]
    tail = [
        _point(row)
        for row in cx.all(
            "SELECT step, ts, value, nan FROM metric_point WHERE run = ? AND key = ? AND step BETWEEN ? AND ? "
            "ORDER BY step, ts, value, nan",
            (run, key, low, high),
        )
    ]
    if points and tail and tail[0].rank < points[-1].rank:
        return sorted(points + tail, key=_rank)
    return points + tail


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

        engine.write(work)

    def history(
        self, run_id: str, key: str, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        if max_results is not None and max_results <= 0:
            raise InvalidParameterValue(
                f"Invalid value {max_results} for parameter 'max_results' supplied: It must be positive"
            )
        search = fingerprint("history", run_id, key)
        start = read_token(page_token, search, 1)
        points = sorted(self._read(run_id, key), key=_by_time)
        first = int(start[0]) if start else 0
        last = len(points) if max_results is None else first + max_results
        token = make_token([last], search) if last < len(points) else None
        return Page([_metric(key, point) for point in points[first:last]], token)

    def history_of_runs(self, run_ids: Sequence[str], key: str, max_results: int) -> list[Metric]:
        _check_runs(run_ids)
        found: list[Metric] = []
        for run_id in sorted(set(run_ids)):
            points = sorted(self._read(run_id, key), key=_by_time)
            found += [_metric(key, point, run_id) for point in points[: max_results - len(found)]]
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
        _check_runs(run_ids)
        check_max_results(max_results, MAX_SAMPLES)
        if (start_step is None) != (end_step is None):
            raise InvalidParameterValue("Give both 'start_step' and 'end_step', or neither of them")
        if start_step is not None and end_step is not None and start_step > end_step:
            raise InvalidParameterValue(
                f"'end_step' must not be less than 'start_step': {end_step} is less than {start_step}"
            )
        return [
            _metric(key, point, run_id)
            for run_id in dict.fromkeys(run_ids)
            for point in sampled(self._read(run_id, key, start_step, end_step), max_results)
        ]

    def _read(
        self, run_id: str, key: str, start_step: int | None = None, end_step: int | None = None
    ) -> list[Point]:
        with self._engine.snapshot() as cx:
            run = find_number(cx, run_id)
            number = self._engine.keys.find(cx, key)
            if run is None or number is None:
                return []
            return read_series(cx, run, number, start_step, end_step)


def sampled(points: Sequence[Point], count: int) -> list[Point]:
    """Evenly sampled points: the first of each of `count` nearly equal parts, the last point for the last part."""
    if len(points) <= count:
        return list(points)
    size, longer = divmod(len(points), count)
    starts = [part * size + min(part, longer) for part in range(count)]
    return [*(points[start] for start in starts[:-1]), points[-1]]


def _check_runs(run_ids: Iterable[str]) -> None:
    count = len(set(run_ids))
    if not 1 <= count <= MAX_RUNS:
        raise InvalidParameterValue(f"Ask for the history of 1 to {MAX_RUNS} runs at a time; got {count}")


def _point(row: Row) -> Point:
    step, ts, value, nan = row
    return Point(step, ts, math.nan if nan else value)


def _metric(key: str, point: Point, run_id: str | None = None) -> Metric:
    return Metric(key, point.value, point.ts, point.step, run_id=run_id)


def _rank(point: Point) -> tuple[int, int, float, bool]:
    return point.rank


def _by_time(point: Point) -> tuple[int, int, float, bool]:
    step, ts, value, nan = point.rank
    return ts, step, value, nan


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value
