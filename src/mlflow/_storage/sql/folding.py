"""From the inbox into series: summaries, packs and blocks.

Points are told apart by content: one that is stored already is dropped. Where a series has many new points they make
blocks at once; the others of a run wait in a pack, until packs of about the same size are merged and their longer
series become blocks. Blocks of a series do not overlap: points that come before the end of what is in blocks, late
ones, are put into the blocks that they belong to.
"""

from __future__ import annotations

import logging
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from mlflow._storage.sql import inbox, packs
from mlflow._storage.sql.blocks import BLOCK_POINTS, clamped, decode, encode, header_of
from mlflow._storage.sql.connection import Columns, Connection, Row, Update
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.points import Point
from mlflow._storage.sql.run_rows import lock_runs
from mlflow._storage.validation import MIN_INT64
from mlflow.exceptions import StorageUnavailable

WHOLE_POINTS = BLOCK_POINTS // 2
"""From so many new points on a series gets blocks at once."""
BLOCKED_FROM = BLOCK_POINTS // 8
"""So many points of a series leave the packs for blocks when packs are merged."""
FAN_IN = 4
"""So many packs of about the same size become one."""
_CHUNK = 500
_value = itemgetter(2)
_nan = itemgetter(3)
_moment = itemgetter(0, 1)
_logger = logging.getLogger(__name__)

_SUMMARY = {
    "value": "double precision",
    "step": "bigint",
    "ts": "bigint",
    "first": "double precision",
    "first_step": "bigint",
    "first_ts": "bigint",
    "min": "double precision",
    "min_step": "bigint",
    "max": "double precision",
    "max_step": "bigint",
    "total": "double precision",
    "points": "bigint",
    "nans": "bigint",
}
_SERIES = {"run": "bigint", "key": "bigint"}
_NEW_SUMMARY = Columns("metric", **_SERIES, experiment="bigint", **_SUMMARY)
_GROWN_SUMMARY = Update(
    "metric",
    {name: f"new.{name}" for name in _SUMMARY},
    "metric.run = new.run AND metric.key = new.key",
    **_SERIES,
    **_SUMMARY,
)
_SELECT_SUMMARY = (
    f"SELECT m.run, m.key, {', '.join(f'm.{name}' for name in _SUMMARY)} "
    "FROM wanted w JOIN metric m ON m.run = w.run AND m.key = w.key"
)
_PACKS = Columns("metric_pack", run="bigint", number="bigint", points="bigint", data="bytea")
_BLOCKS = Columns(
    "metric_block",
    **_SERIES,
    number="bigint",
    first_step="bigint",
    first_ts="bigint",
    first="double precision",
    last_step="bigint",
    last_ts="bigint",
    last="double precision",
    min_ts="bigint",
    max_ts="bigint",
    min="double precision",
    max="double precision",
    total="double precision",
    points="bigint",
    nans="bigint",
    data="bytea",
)
IN_ORDER = "ORDER BY first_step, first_ts, last_step, last_ts, number"


def settle_for(engine: Engine, texts: Iterable[str]) -> None:
    """As `settle`, if any text of the search language may speak of metrics."""
    if any("metric" in text.lower() for text in texts):
        settle(engine)


def settle(engine: Engine) -> None:
    """Makes summaries say everything that was logged before, for searches by metrics."""
    with engine.reading() as cx:
        if inbox.is_empty(cx):
            return
    try:
        engine.write(lambda cx: fold(cx, engine.dialect), alone=True)
    except StorageUnavailable as error:
        # What can be read of a database that cannot be written to is worth more than nothing.
        _logger.warning("Searches by metrics do not see the newest points: %s", error.message)


def fold_soon(engine: Engine, due: inbox.Due | None) -> None:
    """Leaves what is due to whoever writes next."""
    if due is not None:
        engine.writer.later(lambda cx: fold(cx, engine.dialect, due.run))


def fold(cx: Connection, dialect: Dialect, run: int | None = None) -> None:
    """Moves everything, or the points of one run, from the inbox into the series.

    Needs a writing transaction of its own.
    """
    _append(cx, dialect, inbox.take(cx, run, alone=not dialect.row_lock))


def finish(cx: Connection, dialect: Dialect, run: int) -> None:
    """Moves the points of a run that ends, and which the caller holds, where they will stay."""
    _append(cx, dialect, inbox.take(cx, run))
    sizes = cx.all("SELECT number, points FROM metric_pack WHERE run = ?", (run,))
    if len(sizes) > 1:
        _merge_packs(cx, run, [number for number, _ in sizes])


def _append(cx: Connection, dialect: Dialect, arrived: inbox.Arrived) -> None:
    """Appends any points to any series; the number of statements does not grow with the number of runs."""
    new: list[tuple[object, ...]] = []
    grown: list[tuple[object, ...]] = []
    packed: dict[int, dict[int, list[Point]]] = {}
    blocked: list[tuple[int, int, list[Point]]] = []
    experiments = {run: row.experiment for run, row in lock_runs(cx, dialect, arrived).items()}
    stored = _summaries(cx, [(run, key) for run in experiments for key in sorted(arrived[run])])
    for run, experiment in experiments.items():
        series = arrived[run]
        late = _late(run, series, stored)
        known: dict[int, set[Point]] = defaultdict(set)
        if late:
            for key, point in already_stored(cx, run, late):
                known[key].add(point)
        few: dict[int, list[Point]] = {}
        for key in sorted(series):
            points = series[key]
            if key in known:
                points = [point for point in points if point not in known[key]]
            if not points:
                continue
            before = stored.get((run, key))
            if before is None:
                new.append((run, key, experiment, *_grown(None, points)))
            else:
                grown.append((run, key, *_grown(before, points)))
            if len(points) >= WHOLE_POINTS:
                blocked.append((run, key, points))
            else:
                few[key] = points
        if few:
            packed[run] = few
    cx.insert(_NEW_SUMMARY, new)
    cx.update(_GROWN_SUMMARY, grown)
    for run, key, points in blocked:
        _to_blocks(cx, run, key, points)
    _to_packs(cx, packed)


def _summaries(cx: Connection, series: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Row]:
    found: dict[tuple[int, int], Row] = {}
    for start in range(0, len(series), _CHUNK):
        chunk = series[start : start + _CHUNK]
        pairs = ", ".join(["(?, ?)"] * len(chunk))
        for row in cx.all(
            f"WITH wanted (run, key) AS (VALUES {pairs}) {_SELECT_SUMMARY}",
            [item for pair in chunk for item in pair],
        ):
            found[row[0], row[1]] = row[2:]
    return found


def _late(
    run: int, series: Mapping[int, Sequence[Point]], stored: Mapping[tuple[int, int], Row]
) -> dict[int, list[Point]]:
    """Points that are not newer than the latest one of their series: only they can be stored already."""
    late = {}
    for key, arrived in series.items():
        summary = stored.get((run, key))
        if summary is None:
            continue
        value, step, ts = summary[:3]
        latest = (step, ts, 0.0, 1) if value is None else (step, ts, value, 0)
        if arrived[0] <= latest:
            late[key] = list(arrived[: bisect_right(arrived, latest)])
    return late


def _grown(before: Row | None, points: Sequence[Point]) -> Row:
    """The summary of a series after points, sorted and not empty, have been added."""
    low: float | None = None
    high: float | None = None
    low_step: int | None = None
    high_step: int | None = None
    total, count, nans = 0.0, 0, 0
    first, latest = points[0], points[-1]
    if before is not None:
        value, step, ts, begin, begin_step, begin_ts, low, low_step, high, high_step, total, count, nans = (
            before
        )
        latest = max(latest, (step, ts, 0.0, 1) if value is None else (step, ts, value, 0))
        first = min(
            first, (begin_step, begin_ts, 0.0, 1) if begin is None else (begin_step, begin_ts, begin, 0)
        )
    numbers = [point for point in points if not point[3]] if any(map(_nan, points)) else points
    if numbers:
        # Of equal extremes the one at the earliest step counts, whenever it came.
        values = list(map(_value, numbers))
        least, greatest = min(values), max(values)
        least_step, greatest_step = numbers[values.index(least)][0], numbers[values.index(greatest)][0]
        if low is None or least < low or (least == low and least_step < low_step):  # type: ignore[operator]  # set together
            low_step, low = least_step, least
        if high is None or greatest > high or (greatest == high and greatest_step < high_step):  # type: ignore[operator]  # set together
            high_step, high = greatest_step, greatest
        total += sum(filter(math.isfinite, values))
    step, ts, value, nan = latest
    first_step, first_ts, first_value, first_nan = first
    return (
        None if nan else value, step, ts, None if first_nan else first_value, first_step, first_ts,
        low, low_step, high, high_step, clamped(total), count + len(points), nans + len(points) - len(numbers),
    )  # fmt: skip


def already_stored(
    cx: Connection, run: int, late: Mapping[int, Sequence[Point]]
) -> Iterator[tuple[int, Point]]:
    """Which points of a run are in a pack or in a block; the same few statements for any number of points."""
    for (data,) in cx.all("SELECT data FROM metric_pack WHERE run = ?", (run,)):
        for key, points in packs.decode(bytes(data)).items():
            if key in late:
                inside = set(points)
                yield from ((key, point) for point in late[key] if point in inside)
    keys = sorted(late)
    needed: list[tuple[int, int]] = []
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        headers = cx.all(
            "SELECT key, number, first_step, first_ts, last_step, last_ts FROM metric_block "
            f"WHERE run = ? AND key IN ({_marks(chunk)}) AND last_step >= ?",
            (run, *chunk, min(point[0] for key in chunk for point in late[key])),
        )
        moments = {key: sorted({point[:2] for point in late[key]}) for key in chunk}
        for key, number, *edges in headers:
            found = bisect_left(moments[key], (edges[0], edges[1]))
            if found < len(moments[key]) and moments[key][found] <= (edges[2], edges[3]):
                needed.append((key, number))
    for start in range(0, len(needed), _CHUNK):
        blocks = needed[start : start + _CHUNK]
        marks = ", ".join(["(?, ?)"] * len(blocks))
        for key, data in cx.all(
            f"WITH wanted (key, number) AS (VALUES {marks}) SELECT b.key, b.data FROM wanted w "
            "JOIN metric_block b ON b.run = ? AND b.key = w.key AND b.number = w.number",
            [*(item for block in blocks for item in block), run],
        ):
            inside = set(decode(bytes(data)))
            yield from ((key, point) for point in late[key] if point in inside)


def _to_packs(cx: Connection, series_of: Mapping[int, Mapping[int, Sequence[Point]]]) -> None:
    """Stores sorted points of runs in a new pack each, and merges packs where there are many of a size."""
    runs = sorted(series_of)
    sizes: dict[int, dict[int, int]] = {run: {} for run in runs}
    for start in range(0, len(runs), _CHUNK):
        chunk = runs[start : start + _CHUNK]
        for run, number, points in cx.all(
            f"SELECT run, number, points FROM metric_pack WHERE run IN ({_marks(chunk)})", chunk
        ):
            sizes[run][number] = points
    rows = [_pack_row(run, max(sizes[run], default=-1) + 1, series_of[run]) for run in runs]
    cx.insert(_PACKS, rows)
    for run, number, points, _ in rows:
        sizes[run][number] = points
        while group := _of_a_size(sizes[run]):
            merged = _merge_packs(cx, run, group)
            for each in group:
                del sizes[run][each]
            sizes[run].update(merged)


def _of_a_size(sizes: Mapping[int, int]) -> list[int] | None:
    """Packs of about the same size, where there are too many of them."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, points in sizes.items():
        groups[(points.bit_length() - 1) // 2].append(number)
    return next((group for group in groups.values() if len(group) >= FAN_IN), None)


def _merge_packs(cx: Connection, run: int, numbers: Sequence[int]) -> dict[int, int]:
    """Makes one pack of several, without the series that are long enough for blocks now.

    Returns:
        Number and size of the pack that came of it, if any points are left for one.
    """
    condition = f"WHERE run = ? AND number IN ({_marks(numbers)})"
    together: dict[int, list[Point]] = defaultdict(list)
    for (data,) in cx.all(f"SELECT data FROM metric_pack {condition} ORDER BY number", (run, *numbers)):
        for key, points in packs.decode(bytes(data)).items():
            together[key] += points
    cx.run(f"DELETE FROM metric_pack {condition}", (run, *numbers))
    rest: dict[int, list[Point]] = {}
    for key, points in sorted(together.items()):
        points.sort()
        if len(points) >= BLOCKED_FROM:
            _to_blocks(cx, run, key, points)
        else:
            rest[key] = points
    if not rest:
        return {}
    row = _pack_row(run, min(numbers), rest)
    cx.insert(_PACKS, [row])
    return {row[1]: row[2]}


def _pack_row(run: int, number: int, series: Mapping[int, Sequence[Point]]) -> tuple[int, int, int, bytes]:
    return run, number, sum(map(len, series.values())), packs.encode(series)


def _to_blocks(cx: Connection, run: int, key: int, points: Sequence[Point]) -> None:
    """Stores sorted points of a series in its blocks."""
    row = cx.one("SELECT packed_step, packed_ts FROM metric WHERE run = ? AND key = ?", (run, key))
    packed = (MIN_INT64, -1) if row is None or row[0] is None else (row[0], row[1])
    edge = bisect_right(points, packed, key=_moment)
    late, newer = points[:edge], list(points[edge:])
    if late:
        _insert_into_blocks(cx, run, key, late)
    if not newer:
        return
    end = newer[-1][:2]
    last = cx.one(
        "SELECT number, data FROM metric_block WHERE run = ? AND key = ? AND last_step = ? AND last_ts = ? AND points < ? "
        "ORDER BY first_step DESC, first_ts DESC LIMIT 1",
        (run, key, *packed, WHOLE_POINTS),
    )
    if last is not None:  # a small block at the end grows
        cx.run("DELETE FROM metric_block WHERE run = ? AND key = ? AND number = ?", (run, key, last[0]))
        newer = decode(bytes(last[1])) + newer
    _insert_blocks(cx, run, key, newer)
    cx.run(
        "UPDATE metric SET packed_step = ?, packed_ts = ? WHERE run = ? AND key = ?",
        (*end, run, key),
    )


def _insert_into_blocks(cx: Connection, run: int, key: int, late: Sequence[Point]) -> None:
    """Puts sorted points into the blocks that they belong to, which are made anew; no other block is touched."""
    headers = cx.all(
        "SELECT number, first_step, first_ts, last_step, last_ts FROM metric_block "
        f"WHERE run = ? AND key = ? AND (last_step, last_ts) >= (?, ?) {IN_ORDER}",
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
        _insert_blocks(cx, run, key, sorted(points))


def _insert_blocks(cx: Connection, run: int, key: int, points: Sequence[Point]) -> None:
    """Stores sorted points in blocks of nearly equal size."""
    row = cx.one("SELECT COALESCE(max(number), -1) FROM metric_block WHERE run = ? AND key = ?", (run, key))
    number = row[0] + 1 if row else 0
    count = -(-len(points) // BLOCK_POINTS)
    edges = [len(points) * i // count for i in range(count + 1)]
    blocks = [points[edges[i] : edges[i + 1]] for i in range(count)]
    cx.insert(
        _BLOCKS,
        [(run, key, number + i, *header_of(block), encode(block)) for i, block in enumerate(blocks)],
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
