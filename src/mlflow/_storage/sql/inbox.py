"""The inbox: points as they arrive, one row for each request.

A row at the end of one table is the least that a write can cost. The points get into summaries and series when many
have come together, or when somebody searches by metrics (folding.py); whoever reads a run or a history before that
adds what waits here.

Format of a row (little endian): four columns of 64 bits, uncompressed: keys, steps, timestamps, values.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter, lt
from struct import Struct
from typing import Any, NamedTuple

from mlflow._storage.sql.connection import Columns, Connection, Deferred, Row
from mlflow._storage.sql.points import Point, damaged, points_of, value_of
from mlflow.entities.metric import Metric

Arrived = dict[int, dict[int, list[Point]]]
"""Points by run and key, sorted, each of them once."""
RUN_POINTS = 8192
"""So many points of one run are worth folding: the more come together, the less each of them costs."""
ALL_POINTS = 16 * RUN_POINTS
"""Most points in the inbox, so that whoever searches by metrics waits a tenth of a second at most."""
READ_POINTS = 2 * RUN_POINTS
"""Most points in the inbox while others read runs that have not ended, for which they look through all of it."""
_POINT_BYTES = 32
_ROW_COST = 4
"""A row of the inbox costs as much as so many points in a row."""


class Due(NamedTuple):
    """What is to be folded: the points of a run, or of all."""

    run: int | None


class Arrivals:
    """What this process has put into the inbox and not had folded.

    Other processes may put points in and take points out, so this is no more than a reason to look.
    """

    def __init__(self) -> None:
        self._of_run: dict[int, int] = {}
        self._all = 0

    def add(self, run: int, points: int) -> Due | None:
        """Counts points that were put in for a run; returns what is due then."""
        cost = points + _ROW_COST
        of_run = self._of_run[run] = self._of_run.get(run, 0) + cost
        self._all += cost
        if of_run >= RUN_POINTS:
            self._all -= self._of_run.pop(run)
            return Due(run)
        return self._due_from(ALL_POINTS)

    def read(self) -> Due | None:
        """Comes after somebody looked through the inbox; returns what is due so that the next one has less to do."""
        return self._due_from(READ_POINTS)

    def _due_from(self, points: int) -> Due | None:
        if self._all < points:
            return None
        self._of_run = {}
        self._all = 0
        return Due(None)


def put(cx: Connection, run: int, numbers: Mapping[str, int], metrics: Sequence[Metric]) -> None:
    """Puts points of a run into the inbox. Needs a writing transaction.

    Args:
        cx: Connection.
        run: Number of the run.
        numbers: Numbers of the names of the metrics.
        metrics: The points.
    """
    data = encode(
        [numbers[metric.key] for metric in metrics],
        [metric.step for metric in metrics],
        [metric.timestamp for metric in metrics],
        [metric.value for metric in metrics],
    )
    cx.defer(_PUT, (run, data))


def put_series(cx: Connection, run: int, key: int, points: Sequence[Point]) -> None:
    """Puts points of one series into the inbox. Needs a writing transaction."""
    if points:
        steps, stamps, _, _ = zip(*points, strict=True)
        cx.defer(_PUT, (run, encode([key] * len(points), steps, stamps, map(value_of, points))))


_ROWS = Columns("metric_inbox", run="bigint", data="bytea")
_PUT = Deferred(lambda cx, rows: cx.insert(_ROWS, rows))


def encode(
    keys: Sequence[int], steps: Sequence[int], stamps: Sequence[int], values: Iterable[float]
) -> bytes:
    """A row of the inbox."""
    return _row_of(len(keys)).pack(*keys, *steps, *stamps, *values)


def decode(rows: Iterable[bytes]) -> dict[int, list[Point]]:
    """Points of rows by key, sorted, each of them once.

    Raises:
        DataLoss: The bytes are no rows.
    """
    series: dict[int, tuple[array[Any], ...]] = defaultdict(lambda: (array("q"), array("q"), array("d")))
    for keys, *columns in _parts(rows):
        if keys.count(keys[0]) < len(keys):
            by_key = itemgetter(*sorted(range(len(keys)), key=keys.__getitem__))
            keys, *columns = map(by_key, (keys, *columns))
        start = 0
        while start < len(keys):
            end = bisect_right(keys, keys[start], start)
            for column, part in zip(series[keys[start]], columns, strict=True):
                column.extend(part[start:end])
            start = end
    return {key: _in_order(*columns) for key, columns in series.items()}


@lru_cache(maxsize=1024)
def _row_of(count: int) -> Struct:
    """The format of a row of so many points."""
    return Struct(f"<{3 * count}q{count}d")


def take(cx: Connection, run: int | None = None, *, alone: bool = False) -> Arrived:
    """Takes everything out of the inbox, or everything of one run. Needs a writing transaction.

    Args:
        cx: Connection.
        run: Number of the run.
        alone: Whether nobody else can write until the transaction ends.
    """
    if run is not None:
        rows = cx.all("DELETE FROM metric_inbox WHERE run = ? RETURNING run, data", (run,))
    elif alone:
        rows = cx.all("SELECT run, data FROM metric_inbox")
        cx.run("DELETE FROM metric_inbox")  # a fraction of the price: the engine drops whole pages
    else:
        rows = cx.all("DELETE FROM metric_inbox RETURNING run, data")
    return _gathered(rows)


def waiting(cx: Connection, runs: Sequence[int]) -> Arrived:
    """What waits for some runs, at most 500 of them."""
    marks = ", ".join("?" * len(runs))
    return _gathered(cx.all(f"SELECT run, data FROM metric_inbox WHERE run IN ({marks})", runs))


def is_empty(cx: Connection) -> bool:
    """Whether all points are in their series."""
    return cx.one("SELECT 1 FROM metric_inbox LIMIT 1") is None


def _gathered(rows: Iterable[Row]) -> Arrived:
    together: dict[int, list[bytes]] = defaultdict(list)
    for run, data in rows:
        together[run].append(bytes(data))
    return {run: decode(parts) for run, parts in together.items()}


def _in_order(steps: array[int], stamps: array[int], values: array[float]) -> list[Point]:
    points = points_of(steps, stamps, values)
    if all(map(lt, steps, steps[1:])):  # as nearly always
        return points
    return sorted(set(points))


def _parts(rows: Iterable[bytes]) -> Iterator[tuple[Sequence[Any], ...]]:
    """Keys, steps, timestamps and values of parts of rows: of one place in all rows of a size, or of one row,
    whichever are fewer. A loop over points would take ten times as long, and a series is nearly always in the same place.
    """
    alike: dict[int, list[bytes]] = defaultdict(list)
    for row in rows:
        alike[len(row)].append(row)
    for size, group in alike.items():
        count, rest = divmod(size, _POINT_BYTES)
        if rest or not count:
            raise damaged("A row of the inbox of metric points")
        data = b"".join(group)
        integers, doubles = array("q", data), array("d", data)
        if sys.byteorder == "big":
            integers.byteswap()
            doubles.byteswap()
        columns: list[array[Any]] = [integers, integers, integers, doubles]
        width, end = 4 * count, len(integers)
        if count < len(group):
            parts = [slice(place, end, width) for place in range(count)]
        else:
            parts = [slice(start, start + count, 1) for start in range(0, end, width)]
        for part in parts:
            yield tuple(
                column[part.start + i * count : part.stop + i * count : part.step]
                for i, column in enumerate(columns)
            )
