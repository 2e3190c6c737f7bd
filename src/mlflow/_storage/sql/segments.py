"""Segments in SQL: blocks like those of series, apart from them."""

from __future__ import annotations

from mlflow._base.clock import now_ms
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql import inbox, packs
from mlflow._storage.sql.blocks import BLOCK_POINTS, decode, encode
from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.folding import finish
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.points import Point, value_of
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run, no_run
from mlflow._storage.sql.series import Series
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import check_key, check_step
from mlflow.entities._segment import Segment
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue

PAGE_BLOCKS = 25
_BLOCKS = Columns(
    "segment_block",
    run="bigint",
    segment="bigint",
    key="bigint",
    number="bigint",
    points="bigint",
    data="bytea",
)


class SqlSegments:
    """Segments in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rewind(self, run_id: str, after_step: int, name: str) -> Segment:
        check_step(after_step, "after_step")
        check_key(name, "name")

        def work(cx: Connection) -> Segment:
            run = lock_active_run(cx, self._engine.dialect, run_id)
            row = cx.one("SELECT number FROM run_segment WHERE run = ? AND name = ?", (run.number, name))
            number = int(row[0]) if row else self._rewind(cx, run, after_step, name)
            return next(found for found in self._segments(cx, run.number) if found.number == number)

        return self._engine.write(work, run_id)

    def of_run(self, run_id: str) -> list[Segment]:
        with self._engine.snapshot() as cx:
            return self._segments(cx, _existing(cx, run_id))

    def history(self, run_id: str, number: int, key: str, page_token: str | None = None) -> Page[Metric]:
        search = fingerprint("segment", run_id, str(number), key)
        after = read_token(page_token, search, 1, self._engine.token_key)
        if after is not None and not isinstance(after[0], int):
            raise InvalidParameterValue("This page token is damaged: begin with the first page again")
        with self._engine.snapshot() as cx:
            run, metric = _existing(cx, run_id), self._engine.keys.find(cx, key)
            rows = cx.all(
                "SELECT number, data FROM segment_block WHERE run = ? AND segment = ? AND key = ? AND number > ? "
                "ORDER BY number LIMIT ?",
                (run, number, metric, after[0] if after else -1, PAGE_BLOCKS + 1),
            )
        points = [point for _, data in rows[:PAGE_BLOCKS] for point in decode(bytes(data))]
        token = (
            make_token((rows[PAGE_BLOCKS - 1][0],), search, self._engine.token_key)
            if len(rows) > PAGE_BLOCKS
            else None
        )
        return Page([Metric(key, value_of(point), point[1], point[0]) for point in points], token)

    def _segments(self, cx: Connection, run: int) -> list[Segment]:
        contents: dict[int, dict[int, int]] = {}
        for segment, key, points in cx.all(
            "SELECT segment, key, SUM(points) FROM segment_block WHERE run = ? GROUP BY segment, key", (run,)
        ):
            contents.setdefault(segment, {})[key] = int(points)
        names = self._engine.keys.names(cx, {key for counts in contents.values() for key in counts})
        return [
            Segment(
                number,
                after_step,
                time,
                sorted(names[key] for key in contents.get(number, {})),
                sum(contents.get(number, {}).values()),
            )
            for number, after_step, time in cx.all(
                "SELECT number, after_step, created_ms FROM run_segment WHERE run = ? ORDER BY number", (run,)
            )
        ]

    def _rewind(self, cx: Connection, run: RunRow, after_step: int, name: str) -> int:
        """Moves later points of a run, which the caller holds, into a new segment; returns its number."""
        row = cx.one("SELECT COALESCE(max(number), 0) + 1 FROM run_segment WHERE run = ?", (run.number,))
        assert row is not None  # an aggregate answers a row
        number = int(row[0])
        cx.run(
            "INSERT INTO run_segment (run, number, name, after_step, created_ms) VALUES (?, ?, ?, ?, ?)",
            (run.number, number, name, after_step, now_ms()),
        )
        finish(cx, self._engine.dialect, run.number)
        keys = [
            key
            for (key,) in cx.all(
                "SELECT key FROM metric WHERE run = ? AND step > ? ORDER BY key", (run.number, after_step)
            )
        ]
        kept: dict[int, list[Point]] = {}
        for key in keys:
            points = Series(cx, run.number, key).points()
            first = next(i for i, point in enumerate(points) if point[0] > after_step)
            kept[key] = points[:first]
            later = points[first:]
            cx.insert(
                _BLOCKS,
                [
                    (run.number, number, key, i, len(block), encode(block))
                    for i in range(0, len(later), BLOCK_POINTS)
                    if (block := later[i : i + BLOCK_POINTS])
                ],
            )
        _remove(cx, run.number, keys)
        for key, points in kept.items():
            inbox.put_series(cx, run.number, key, points)
        forget_document(cx, run.number)
        return number


def _remove(cx: Connection, run: int, keys: list[int]) -> None:
    """Removes whole series of a run, of which nothing is in the inbox."""
    for key in keys:
        cx.run("DELETE FROM metric_block WHERE run = ? AND key = ?", (run, key))
        cx.run("DELETE FROM metric WHERE run = ? AND key = ?", (run, key))
    gone = set(keys)
    for number, data in cx.all("SELECT number, data FROM metric_pack WHERE run = ?", (run,)):
        rest = {key: points for key, points in packs.decode(bytes(data)).items() if key not in gone}
        if rest:
            cx.run(
                "UPDATE metric_pack SET points = ?, data = ? WHERE run = ? AND number = ?",
                (sum(map(len, rest.values())), packs.encode(rest), run, number),
            )
        else:
            cx.run("DELETE FROM metric_pack WHERE run = ? AND number = ?", (run, number))


def _existing(cx: Connection, run_id: str) -> int:
    number = find_number(cx, run_id)
    if number is None or cx.one("SELECT 1 FROM run WHERE id = ?", (number,)) is None:
        raise no_run(run_id)
    return number
