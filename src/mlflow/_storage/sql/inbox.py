"""The inbox: points as they arrive, one row for each request.

A row at the end of one table is the least that a write can cost. The points get into summaries and series when many
have come together, or when somebody searches by metrics (folding.py); whoever reads a run or a history before that
adds what waits here.

Format of a row (little endian): four columns of 64 bits, uncompressed: keys, steps, timestamps, values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from mlflow._storage.sql.connection import Columns, Connection, Deferred, Row
from mlflow._storage.sql.points import Point, damaged, value_of
from mlflow.entities.metric import Metric

Arrived = dict[int, dict[int, set[Point]]]
"""Points by run and key."""
RUN_POINTS = 8192
"""So many points of one run are worth folding: the more come together, the less each of them costs."""
ALL_POINTS = 4 * RUN_POINTS
"""Most points in the inbox, so that whoever searches by metrics waits a tenth of a second at most."""
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
        if self._all >= ALL_POINTS:
            self._of_run.clear()
            self._all = 0
            return Due(None)
        return None


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


def decode(data: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Keys, steps, timestamps and values of a row.

    Raises:
        DataLoss: The bytes are no row.
    """
    count, rest = divmod(len(data), _POINT_BYTES)
    if rest:
        raise damaged("A row of the inbox of metric points")
    columns = _row_of(count).unpack(data)
    return zip(
        columns[:count], columns[count : 2 * count], columns[2 * count : 3 * count], columns[3 * count :],
        strict=True,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _row_of(count: int) -> Struct:
    """The format of a row of so many points."""
    return Struct(f"<{3 * count}q{count}d")


def take(cx: Connection, run: int | None = None) -> Arrived:
    """Takes everything out of the inbox, or everything of one run. Needs a writing transaction."""
    if run is None:
        return _gathered(cx.all("DELETE FROM metric_inbox RETURNING run, data"))
    return _gathered(cx.all("DELETE FROM metric_inbox WHERE run = ? RETURNING run, data", (run,)))


def waiting(cx: Connection, runs: Sequence[int]) -> Arrived:
    """What waits for some runs, at most 500 of them."""
    marks = ", ".join("?" * len(runs))
    return _gathered(cx.all(f"SELECT run, data FROM metric_inbox WHERE run IN ({marks})", runs))


def is_empty(cx: Connection) -> bool:
    """Whether all points are in their series."""
    return cx.one("SELECT 1 FROM metric_inbox LIMIT 1") is None


def _gathered(rows: Iterable[Row]) -> Arrived:
    together: dict[int, list[bytes]] = {}
    for run, data in rows:
        together.setdefault(run, []).append(bytes(data))
    found: Arrived = {}
    for run, parts in together.items():
        series = found[run] = defaultdict(set)
        for key, step, ts, value in decode(_joined(parts)):
            # NaN is told apart from 0 by the last member.
            series[key].add((step, ts, value, 0) if value == value else (step, ts, 0.0, 1))  # noqa: PLR0124 - NaN
    return found


def _joined(rows: Sequence[bytes]) -> bytes:
    """Rows as one row: many small ones take longer to decode one by one."""
    if len(rows) == 1:
        return rows[0]
    if any(len(row) % _POINT_BYTES for row in rows):
        raise damaged("A row of the inbox of metric points")
    return b"".join(
        [row[column * len(row) // 4 : (column + 1) * len(row) // 4] for column in range(4) for row in rows]
    )
