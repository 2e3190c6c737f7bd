"""Metrics in SQL: summaries, a tail of rows, and blocks.

Points arrive in the tail. When the tail of a series has 2,048 points, the older half is packed into blocks; many new
points that come together are packed at once. A point that comes late, before what is packed already, stays in the tail until the next packing puts it into the block that
it belongs to, so that blocks never overlap.

In here a point that is being written is a `Rank`, which is how it is stored in the tail, told apart and sorted.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.blocks import BLOCK_POINTS, BlockHeader, Point, decode, encode, header_of
from mlflow._storage.sql.connection import Columns, Connection, Row, Update
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_metrics import log_model_metrics
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import (
    MAX_INT64,
    MIN_INT64,
    check_history_runs,
    check_max_results,
    check_metric,
)
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue

TAIL_POINTS = 2 * BLOCK_POINTS
PACKED_AT_ONCE = 2
"""Most series that one request packs, so that a thousand that fill up together delay nobody. One request brings at
most a thousand points, so tails shrink faster than they grow."""
WHOLE_POINTS = BLOCK_POINTS // 2
"""From so many new points on a request makes a block of its own, if no older ones wait in the tail."""
MAX_SAMPLES = 2500
_MANY = 20
"""Series from which on it pays to try without reading."""
MAX_BULK = 25_000
_CHUNK = 500

Rank = tuple[int, int, float, int]
"""Step, timestamp, value, and 1 for NaN, whose value is then 0."""

_SUMMARY = {
    "value": "double precision",
    "step": "bigint",
    "ts": "bigint",
    "min": "double precision",
    "min_step": "bigint",
    "max": "double precision",
    "max_step": "bigint",
    "total": "double precision",
    "points": "bigint",
    "nans": "bigint",
    "tail": "bigint",
}
_FIRST = {"first": "double precision", "first_step": "bigint", "first_ts": "bigint"}
_SERIES = {"run": "bigint", "key": "bigint"}
_SAME_SERIES = "metric.run = new.run AND metric.key = new.key"
_NEW_SUMMARY = Columns("metric", **_SERIES, experiment="bigint", **_SUMMARY, **_FIRST)
_GROWN_SUMMARY = Update(
    "metric", {name: f"new.{name}" for name in _SUMMARY}, _SAME_SERIES, **_SERIES, **_SUMMARY
)
_EARLIER_FIRST = Update(
    "metric",
    {
        "first": "CASE WHEN new.nan = 1 THEN NULL ELSE new.value END",
        "first_step": "new.step",
        "first_ts": "new.ts",
    },
    f"{_SAME_SERIES} AND (metric.first_step, metric.first_ts, COALESCE(metric.first, 0), "
    "CASE WHEN metric.first IS NULL THEN 1 ELSE 0 END) > (new.step, new.ts, new.value, new.nan)",
    **_SERIES,
    step="bigint",
    ts="bigint",
    value="double precision",
    nan="smallint",
)
_NEWEST = Update(
    "metric",
    {
        "value": "new.value",
        "step": "new.step",
        "ts": "new.ts",
        "min_step": "CASE WHEN new.value >= metric.min THEN metric.min_step ELSE new.step END",
        "min": "CASE WHEN new.value >= metric.min THEN metric.min ELSE new.value END",
        "max_step": "CASE WHEN new.value <= metric.max THEN metric.max_step ELSE new.step END",
        "max": "CASE WHEN new.value <= metric.max THEN metric.max ELSE new.value END",
        "total": "metric.total + new.value",
        "points": "metric.points + 1",
        "tail": "metric.tail + 1",
    },
    f"{_SAME_SERIES} AND (metric.step, metric.ts) < (new.step, new.ts) AND metric.tail < {TAIL_POINTS - 1} "
    "AND abs(metric.total) < 1e300",
    **_SERIES,
    step="bigint",
    ts="bigint",
    value="double precision",
)
_SELECT_SUMMARY = f"SELECT key, {', '.join(_SUMMARY)} FROM metric WHERE run = ? AND key"
_POINTS = Columns(
    "metric_point", **_SERIES, step="bigint", ts="bigint", value="double precision", nan="smallint"
)
_BLOCKS = Columns(
    "metric_block",
    **_SERIES,
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
_IN_ORDER = "ORDER BY first_step, first_ts, last_step, last_ts, number"
_rank = attrgetter("rank")


def append_points(cx: Connection, engine: Engine, run: RunRow, metrics: Sequence[Metric]) -> None:
    """Appends points to the series of a run, whose row the caller holds."""
    series = _by_series(engine.keys.numbers(cx, [metric.key for metric in metrics]), metrics)
    if not (
        _MANY <= len(series) == len(metrics) and cx.attempt(lambda: _append_newest(cx, run.number, series))
    ):
        _append(cx, run, series)
    with_model = [metric for metric in metrics if metric.model_id]
    if with_model:
        log_model_metrics(cx, run.number, with_model)


def _append_newest(cx: Connection, run: int, series: Mapping[int, set[Rank]]) -> bool:
    """Appends one point to each of many series without reading them first, the usual case in training.

    Returns:
        Whether that was possible: all series exist, no tail is full, all points are newer than what is stored (so
        that none can be stored already), and no value is extreme. Otherwise what was done must be undone.
    """
    points = [(run, key, *rank) for key in sorted(series) for rank in series[key]]
    if not all(-1e290 < point[4] < 1e290 and not point[5] for point in points):
        return False
    if cx.update(_NEWEST, [point[:5] for point in points]) != len(points):
        return False
    cx.insert(_POINTS, points)
    return True


def _append(cx: Connection, run: RunRow, series: dict[int, set[Rank]]) -> None:
    """Appends any points to any series."""
    stored = _summaries(cx, run.number, sorted(series))
    late = _late(series, stored)
    if late:
        for key, rank in _already_stored(cx, run.number, late):
            series[key].discard(rank)
    points: list[tuple[object, ...]] = []
    new: list[tuple[object, ...]] = []
    grown: list[tuple[object, ...]] = []
    full: list[tuple[int, int]] = []
    whole: list[tuple[int, list[Rank]]] = []
    number, experiment = run.number, run.experiment
    for key in sorted(series):
        ranks = sorted(series[key])
        if not ranks:
            continue
        before = stored.get(key)
        summary = _grown(before, ranks)
        if before is None:
            step, ts, value, nan = ranks[0]
            new.append((number, key, experiment, *summary, None if nan else value, step, ts))
        else:
            grown.append((number, key, *summary))
        tail = summary[-1]
        if tail == len(ranks) >= WHOLE_POINTS and key not in late:
            whole.append((key, ranks))
            continue
        points += [(number, key, *rank) for rank in ranks]
        if tail >= TAIL_POINTS:
            full.append((tail, key))
    cx.insert(_POINTS, points)
    cx.insert(_NEW_SUMMARY, new)
    cx.update(_GROWN_SUMMARY, grown)
    cx.update(_EARLIER_FIRST, [(number, key, *min(series[key])) for key in sorted(late) if series[key]])
    for key, ranks in whole:
        _insert_blocks(cx, number, key, [_point(rank) for rank in ranks])
        _mark_packed(cx, number, key, len(ranks), ranks[-1][:2])
    for _, key in sorted(full)[-PACKED_AT_ONCE:]:
        _pack(cx, number, key)


def _by_series(numbers: Mapping[str, int], metrics: Iterable[Metric]) -> dict[int, set[Rank]]:
    series: dict[int, set[Rank]] = {}
    for metric in metrics:
        value = float(metric.value)
        rank = (metric.step, metric.timestamp, value, 0)
        if value != value:  # noqa: PLR0124 - only NaN differs from itself
            rank = (metric.step, metric.timestamp, 0.0, 1)
        key = numbers[metric.key]
        if key in series:
            series[key].add(rank)
        else:
            series[key] = {rank}
    return series


def _summaries(cx: Connection, run: int, keys: Sequence[int]) -> dict[int, Row]:
    if len(keys) == 1:
        row = cx.one(f"{_SELECT_SUMMARY} = ?", (run, keys[0]))
        return {} if row is None else {row[0]: row[1:]}
    found: dict[int, Row] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        for row in cx.all(f"{_SELECT_SUMMARY} IN ({_marks(chunk)})", (run, *chunk)):
            found[row[0]] = row[1:]
    return found


def _late(series: Mapping[int, set[Rank]], stored: Mapping[int, Row]) -> dict[int, list[Rank]]:
    """Points that are not newer than the latest one of their series: only they can be stored already."""
    late = {}
    for key, (value, step, ts, *_) in stored.items():
        latest = (step, ts, 0.0, 1) if value is None else (step, ts, value, 0)
        ranks = [rank for rank in series[key] if rank <= latest]
        if ranks:
            late[key] = ranks
    return late


def _grown(before: Row | None, ranks: Sequence[Rank]) -> Row:
    """The summary of a series after points, sorted and not empty, have been added."""
    low: float | None = None
    high: float | None = None
    low_step: int | None = None
    high_step: int | None = None
    total, points, nans, tail = 0.0, 0, 0, 0
    latest: Rank | None = None
    if before is not None:
        value, step, ts, low, low_step, high, high_step, total, points, nans, tail = before
        latest = (step, ts, 0.0, 1) if value is None else (step, ts, value, 0)
    for step, _, value, nan in ranks:
        if nan:
            nans += 1
            continue
        if low is None or value < low:
            low, low_step = value, step
        if high is None or value > high:
            high, high_step = value, step
        if math.isfinite(value):
            total += value
    if not math.isfinite(total):
        total = math.copysign(sys.float_info.max, total)
    if latest is None or ranks[-1] > latest:
        latest = ranks[-1]
    step, ts, value, nan = latest
    count = len(ranks)
    return (
        None if nan else value, step, ts, low, low_step, high, high_step, total, points + count, nans, tail + count,
    )  # fmt: skip


def _already_stored(
    cx: Connection, run: int, late: Mapping[int, Sequence[Rank]]
) -> Iterator[tuple[int, Rank]]:
    """Which points are stored, in a tail or in a block; the same few statements for any number of points."""
    wanted = [(key, *rank) for key, ranks in late.items() for rank in ranks]
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(chunk))
        for key, step, ts, value, nan in cx.all(
            "SELECT key, step, ts, value, nan FROM metric_point "
            f"WHERE run = ? AND (key, step, ts, value, nan) IN (VALUES {marks})",
            [run, *(item for row in chunk for item in row)],
        ):
            yield key, (step, ts, value, nan)
    keys = sorted(late)
    needed: list[tuple[int, int]] = []
    for start in range(0, len(keys), _CHUNK):
        chunk_of_keys = keys[start : start + _CHUNK]
        headers = cx.all(
            "SELECT key, number, first_step, first_ts, last_step, last_ts FROM metric_block "
            f"WHERE run = ? AND key IN ({_marks(chunk_of_keys)}) AND last_step >= ?",
            (run, *chunk_of_keys, min(rank[0] for key in chunk_of_keys for rank in late[key])),
        )
        moments = {key: sorted({rank[:2] for rank in late[key]}) for key in chunk_of_keys}
        for key, number, *edges in headers:
            found = bisect_left(moments[key], (edges[0], edges[1]))
            if found < len(moments[key]) and moments[key][found] <= (edges[2], edges[3]):
                needed.append((key, number))
    for start in range(0, len(needed), _CHUNK):
        blocks = needed[start : start + _CHUNK]
        marks = ", ".join(["(?, ?)"] * len(blocks))
        for key, data in cx.all(
            f"SELECT key, data FROM metric_block WHERE run = ? AND (key, number) IN (VALUES {marks})",
            [run, *(item for block in blocks for item in block)],
        ):
            inside = {point.rank for point in decode(bytes(data))}
            for rank in late[key]:
                if rank in inside:
                    yield key, rank


def _pack(cx: Connection, run: int, key: int) -> None:
    """Moves the older part of a tail into blocks."""
    row = cx.one("SELECT tail, packed_step, packed_ts FROM metric WHERE run = ? AND key = ?", (run, key))
    assert row is not None  # the series is full
    tail, *packed = row
    moved = [
        _point(found)
        for found in cx.all(
            "SELECT step, ts, value, nan FROM metric_point WHERE run = ? AND key = ? ORDER BY step, ts, value, nan LIMIT ?",
            (run, key, tail - tail % BLOCK_POINTS - BLOCK_POINTS),
        )
    ]
    boundary = (packed[0], packed[1]) if packed[0] is not None else (MIN_INT64, -1)
    late = [point for point in moved if point[:2] <= boundary]
    newer = moved[len(late) :]
    if late:
        _insert_into_blocks(cx, run, key, late)
    if newer:
        _insert_blocks(cx, run, key, newer)
    cx.run(
        "DELETE FROM metric_point WHERE run = ? AND key = ? AND (step, ts, value, nan) <= (?, ?, ?, ?)",
        (run, key, *moved[-1].rank),
    )
    _mark_packed(cx, run, key, len(moved), newer[-1][:2] if newer else boundary)


def _mark_packed(cx: Connection, run: int, key: int, count: int, last: tuple[int, int]) -> None:
    """Notes that points of a series, up to a step and timestamp, are in blocks now."""
    cx.run(
        "UPDATE metric SET tail = tail - ?, packed_step = ?, packed_ts = ? WHERE run = ? AND key = ?",
        (count, *last, run, key),
    )


def _insert_into_blocks(cx: Connection, run: int, key: int, late: Sequence[Point]) -> None:
    """Puts sorted points into the blocks that they belong to, which are made anew; no other block is touched."""
    headers = cx.all(
        "SELECT number, first_step, first_ts, last_step, last_ts FROM metric_block "
        f"WHERE run = ? AND key = ? AND (last_step, last_ts) >= (?, ?) {_IN_ORDER}",
        (run, key, *late[0][:2]),
    )
    ends = [(row[3], row[4]) for row in headers]
    # Stretches of blocks, first and last, with their points: a moment may fill several blocks, which stay together.
    stretches: list[tuple[int, int, list[Point]]] = []
    for point in late:
        first = last = bisect_left(ends, point[:2])
        while last + 1 < len(headers) and tuple(headers[last + 1][1:3]) <= point[:2]:
            last += 1
        if stretches and first <= stretches[-1][1]:
            begin, end, inside = stretches[-1]
            inside.append(point)
            stretches[-1] = (begin, max(end, last), inside)
        else:
            stretches.append((first, last, [point]))
    touched = [headers[i][0] for first, last, _ in stretches for i in range(first, last + 1)]
    stored: dict[int, bytes] = {}
    for start in range(0, len(touched), _CHUNK):
        chunk = touched[start : start + _CHUNK]
        condition = f"WHERE run = ? AND key = ? AND number IN ({_marks(chunk)})"
        stored.update(cx.all(f"SELECT number, data FROM metric_block {condition}", (run, key, *chunk)))
        cx.run(f"DELETE FROM metric_block {condition}", (run, key, *chunk))
    for first, last, points in stretches:
        for i in range(first, last + 1):
            points += decode(bytes(stored[headers[i][0]]))
        _insert_blocks(cx, run, key, sorted(points, key=_rank))


def _insert_blocks(cx: Connection, run: int, key: int, points: Sequence[Point]) -> None:
    """Stores sorted points in blocks of nearly equal size."""
    row = cx.one("SELECT COALESCE(max(number), -1) FROM metric_block WHERE run = ? AND key = ?", (run, key))
    number = row[0] + 1 if row else 0
    count = -(-len(points) // BLOCK_POINTS)
    edges = [len(points) * i // count for i in range(count + 1)]
    blocks = [points[edges[i] : edges[i + 1]] for i in range(count)]
    cx.insert(
        _BLOCKS,
        [_block_row(run, key, number + i, header_of(block), encode(block)) for i, block in enumerate(blocks)],
    )


def _block_row(run: int, key: int, number: int, header: BlockHeader, data: bytes) -> tuple[object, ...]:
    return (
        run, key, number, header.first_step, header.first_ts, header.first, header.last_step, header.last_ts,
        header.min, header.max, header.total, header.points, header.nans, data,
    )  # fmt: skip


def read_series(
    cx: Connection, run: int, key: int, start_step: int | None = None, end_step: int | None = None
) -> list[Point]:
    """Points of a series by step, timestamp, value, between two steps, both inclusive."""
    low = MIN_INT64 if start_step is None else start_step
    high = MAX_INT64 if end_step is None else end_step
    blocks = cx.all(
        "SELECT data FROM metric_block WHERE run = ? AND key = ? AND last_step >= ? AND first_step <= ? "
        + _IN_ORDER,
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
    if not tail:
        return points
    overlap = bisect_left(points, tail[0].rank, key=_rank)
    return points[:overlap] + sorted(points[overlap:] + tail, key=_rank)


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
        after = read_token(page_token, search, 4)
        points = sorted(self._read(run_id, key), key=_by_time)
        first = bisect_right(points, tuple(after), key=_by_time) if after else 0
        last = len(points) if max_results is None else first + max_results
        token = make_token(_by_time(points[last - 1]), search) if last < len(points) else None
        return Page([_metric(key, point) for point in points[first:last]], token)

    def history_of_runs(self, run_ids: Sequence[str], key: str, max_results: int) -> list[Metric]:
        check_history_runs(run_ids)
        max_results = min(check_max_results(max_results, MAX_INT64), MAX_BULK)
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
        check_history_runs(run_ids)
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


def _point(row: Row) -> Point:
    step, ts, value, nan = row
    return Point(step, ts, math.nan if nan else value)


def _metric(key: str, point: Point, run_id: str | None = None) -> Metric:
    return Metric(key, point.value, point.ts, point.step, run_id=run_id)


def _by_time(point: Point) -> Rank:
    step, ts, value, nan = point.rank
    return ts, step, value, nan


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
