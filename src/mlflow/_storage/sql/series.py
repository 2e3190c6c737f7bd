"""Reading series: whole, page by page, evenly sampled, or as an envelope.

A series lies in blocks, which have headers and do not overlap, and in the packs of its run. Whoever needs a few points
of a long series, or only its shape, reads the headers and the few blocks that matter. Points that are still in the inbox
are added; to have few of them, `folding.settle` comes first.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter, itemgetter, lt
from typing import NamedTuple

from mlflow._storage.sql import inbox, packs
from mlflow._storage.sql.blocks import decode, decode_at, decode_columns
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.folding import IN_ORDER, already_stored
from mlflow._storage.sql.points import Point, PointColumns, columns_of
from mlflow.entities._envelope import Envelope

FEW_BLOCKS = 128
"""So many blocks are read for the sake of an exact envelope."""
FEW_OF_A_BLOCK = 3
"""From more points on it is cheaper to read all of a block."""
_CHUNK = 200


class Block(NamedTuple):
    """What the header of a block says."""

    number: int
    first_step: int
    first_ts: int
    last_step: int
    last_ts: int
    last: float | None
    min_ts: int
    max_ts: int
    min: float | None
    max: float | None
    total: float
    points: int
    nans: int


Span = Block | list[Point]
"""A stretch of a series: a block that was not read, or points."""


class Window(NamedTuple):
    """The part of a series that is wanted, both ends inclusive; `None` is open."""

    low: int | None = None
    high: int | None = None
    by_time: bool = False

    def holds(self, point: Point) -> bool:
        """Whether a point is wanted."""
        x = point[1] if self.by_time else point[0]
        return (self.low is None or self.low <= x) and (self.high is None or x <= self.high)

    def cuts(self, block: Block) -> bool:
        """Whether only a part of a block is wanted, or none of it."""
        low, high = (block.min_ts, block.max_ts) if self.by_time else (block.first_step, block.last_step)
        return (self.low is not None and low < self.low) or (self.high is not None and high > self.high)

    def misses(self, block: Block) -> bool:
        """Whether nothing of a block is wanted."""
        low, high = (block.min_ts, block.max_ts) if self.by_time else (block.first_step, block.last_step)
        return (self.low is not None and high < self.low) or (self.high is not None and low > self.high)


class Series:
    """One series, to be read.

    Args:
        cx: Connection, in a snapshot.
        run: Number of the run.
        key: Number of the metric's name.
    """

    def __init__(self, cx: Connection, run: int, key: int) -> None:
        self._cx = cx
        self._run = run
        self._key = key

    def points(self, window: Window = Window()) -> list[Point]:  # noqa: B008 - immutable
        """Points by step, timestamp, value."""
        spans = self.spans(window)
        self._read(spans, [i for i, span in enumerate(spans) if isinstance(span, Block)])
        return [point for span in spans if isinstance(span, list) for point in span]

    def columns(self) -> Iterator[PointColumns]:
        """All points by step, timestamp, value, in several stretches that follow each other."""
        spans = self.spans(Window())
        for start in range(0, len(spans), _CHUNK):
            chunk = spans[start : start + _CHUNK]
            data = dict(self._data([span.number for span in chunk if isinstance(span, Block)]))
            for span in chunk:
                yield decode_columns(data[span.number]) if isinstance(span, Block) else columns_of(span)

    def page(self, after: Point | None, count: int) -> list[Point]:
        """Points by timestamp, step, value, from a position on.

        Args:
            after: Timestamp, step, value and flag of the last point before the page.
            count: Most points; a page that has as many may not be the last one.
        """
        start = after[0] if after else None
        found = [point for point in self._loose() if after is None or by_time(point) > after]
        blocks = [block for block in self._headers() if start is None or block.max_ts >= start]
        blocks.sort(key=attrgetter("min_ts"))
        position = 0
        enough = False
        while position < len(blocks) and not enough:
            # Blocks are read until the page is full of points that nothing in later blocks can come before.
            group = [position]
            size = blocks[position].points
            while size < count - len(found) and group[-1] + 1 < len(blocks) and len(group) < _CHUNK:
                group.append(group[-1] + 1)
                size += blocks[group[-1]].points
            spans: list[Span] = [blocks[i] for i in group]
            self._read(spans, list(range(len(spans))))
            for span in spans:
                assert isinstance(span, list)  # all have been read
                found += span
            _sort_by_time(found)
            if after is not None and blocks[position].min_ts <= after[0]:
                del found[: bisect_right(found, after, key=by_time)]
            position = group[-1] + 1
            if position < len(blocks):
                enough = bisect_left(found, blocks[position].min_ts, key=_stamp) >= count
        return sorted(found, key=by_time)[:count] if position == 0 else found[:count]

    def sample(self, window: Window, count: int) -> list[Point]:
        """Evenly sampled points: the first of each of `count` nearly equal parts, the last point for the last part."""
        spans = self.spans(window)
        sizes = [span.points if isinstance(span, Block) else len(span) for span in spans]
        total = sum(sizes)
        if total <= count:
            return self.points(window)
        size, longer = divmod(total, count)
        wanted = [part * size + min(part, longer) for part in range(count - 1)] + [total - 1]
        ends = list(accumulate(sizes))
        places = [bisect_right(ends, index) for index in wanted]
        inside = [index - ends[place] + sizes[place] for index, place in zip(wanted, places, strict=True)]
        few: dict[int, list[int]] = {}
        for place, index in zip(places, inside, strict=True):
            if isinstance(spans[place], Block):
                few.setdefault(place, []).append(index)
        self._read(spans, [place for place, indexes in few.items() if len(indexes) > FEW_OF_A_BLOCK])
        single = self._single(spans, {place: few[place] for place in few if isinstance(spans[place], Block)})
        sampled = []
        for place, index in zip(places, inside, strict=True):
            span = spans[place]
            sampled.append(span[index] if isinstance(span, list) else single[place, index])
        return sampled

    def envelope(self, window: Window, buckets: int) -> Envelope:
        """The shape of a series; see `MetricStore.envelopes`."""
        spans = self.spans(window)
        total = sum(span.points if isinstance(span, Block) else len(span) for span in spans)
        unread = [i for i, span in enumerate(spans) if isinstance(span, Block)]
        if total <= buckets or len(unread) <= FEW_BLOCKS:
            self._read(spans, unread)
        if total <= buckets:
            points = [point for span in spans if isinstance(span, list) for point in span]
            return _every(points, window)
        return _in_buckets(spans, window, buckets, total)

    def spans(self, window: Window) -> list[Span]:
        """The wanted part of a series in order; what need not be read for that is left as blocks."""
        loose = [point for point in self._loose() if window.holds(point)]
        moments = [point[:2] for point in loose]
        blocks = [block for block in self._headers() if not window.misses(block)]
        touched = [
            window.cuts(block)
            or (
                bool(moments)
                and bisect_left(moments, (block.first_step, block.first_ts))
                < bisect_right(moments, (block.last_step, block.last_ts))
            )
            for block in blocks
        ]
        contents: list[Span] = list(blocks)
        self._read(contents, [i for i, each in enumerate(touched) if each])
        spans: list[Span] = []
        taken = i = 0
        while i < len(blocks):
            before = bisect_left(moments, (blocks[i].first_step, blocks[i].first_ts))
            if taken < before:
                spans.append(loose[taken:before])
                taken = before
            if not touched[i]:
                spans.append(blocks[i])
                i += 1
                continue
            mixed: list[Point] = []
            while (
                i < len(blocks) and touched[i]
            ):  # a moment may fill several blocks, so neighbours go together
                content = contents[i]
                assert isinstance(content, list)  # it has been read
                mixed += [point for point in content if window.holds(point)]
                i += 1
            inside = bisect_right(moments, (blocks[i - 1].last_step, blocks[i - 1].last_ts))
            if taken < inside:
                mixed = sorted(mixed + loose[taken:inside])
                taken = inside
            spans.append(mixed)
        return [*spans, loose[taken:]] if taken < len(loose) else spans

    def _headers(self) -> list[Block]:
        return [
            Block(*row)
            for row in self._cx.all(
                f"SELECT {', '.join(Block._fields)} FROM metric_block WHERE run = ? AND key = ? {IN_ORDER}",
                (self._run, self._key),
            )
        ]

    def _loose(self) -> list[Point]:
        """Points that are in packs, or still in the inbox."""
        found: list[Point] = []
        for (data,) in self._cx.all("SELECT data FROM metric_pack WHERE run = ?", (self._run,)):
            found += packs.decode_series(bytes(data), self._key)
        arrived = inbox.waiting(self._cx, [self._run]).get(self._run, {}).get(self._key)
        if arrived:
            stored = {point for _, point in already_stored(self._cx, self._run, {self._key: arrived})}
            found += [point for point in arrived if point not in stored]
        return sorted(found)

    def _single(
        self, spans: Sequence[Span], wanted: Mapping[int, Sequence[int]]
    ) -> dict[tuple[int, int], Point]:
        """Some points of some blocks, by place of the block and of the point in it."""
        numbers = {span.number: place for place in wanted if isinstance(span := spans[place], Block)}
        return {
            (numbers[number], index): decode_at(data, index)
            for number, data in self._data(sorted(numbers))
            for index in wanted[numbers[number]]
        }

    def _read(self, spans: list[Span], places: Sequence[int]) -> None:
        """Replaces blocks by their points."""
        numbers = {span.number: place for place in places if isinstance(span := spans[place], Block)}
        for number, data in self._data(sorted(numbers)):
            spans[numbers[number]] = decode(data)

    def _data(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            for number, data in self._cx.all(
                f"SELECT number, data FROM metric_block WHERE run = ? AND key = ? AND number IN ({marks})",
                (self._run, self._key, *chunk),
            ):
                yield number, bytes(data)


by_time: Callable[[Point], Point] = itemgetter(1, 0, 2, 3)
"""What histories are sorted by: timestamp, step, value."""
_stamp = itemgetter(1)


def _sort_by_time(points: list[Point]) -> None:
    stamps = list(map(_stamp, points))
    if not all(map(lt, stamps, stamps[1:])):  # time mostly goes on from step to step
        points.sort(key=by_time)


def _every(points: Sequence[Point], window: Window) -> Envelope:
    """The envelope that shows every point."""
    xs = [point[1] if window.by_time else point[0] for point in points]
    values = [None if nan else value for _, _, value, nan in points]
    return Envelope(
        points=len(points), x=xs, low=values, high=values, mean=values, last=values,
        nans=[x for x, value in zip(xs, values, strict=True) if value is None], sampled=False,
    )  # fmt: skip


class _Bucket:
    """What is known of the points that share a place on the axis."""

    __slots__ = ("count", "high", "last", "low", "nans", "total", "x")

    def __init__(self) -> None:
        self.x = 0
        self.low = self.high = self.last = None  # type: float | None
        self.total = 0.0
        self.count = 0
        self.nans = 0

    def add_block(self, block: Block, x: int) -> None:
        self.x, self.last = x, block.last
        self._widen(block.min, block.max)
        self.total += block.total
        self.count += block.points - block.nans
        self.nans += block.nans

    def add_point(self, value: float | None, x: int) -> None:
        self.x, self.last = x, value
        if value is None:
            self.nans += 1
            return
        self._widen(value, value)
        self.total += value if math.isfinite(value) else 0.0
        self.count += 1

    def _widen(self, low: float | None, high: float | None) -> None:
        if low is not None and (self.low is None or low < self.low):
            self.low = low
        if high is not None and (self.high is None or high > self.high):
            self.high = high


def _in_buckets(spans: Sequence[Span], window: Window, buckets: int, total: int) -> Envelope:
    """The envelope of a series in order."""

    def edges(span: Span) -> tuple[int, int]:
        if isinstance(span, Block):
            return (span.min_ts, span.max_ts) if window.by_time else (span.first_step, span.last_step)
        xs = [point[1] if window.by_time else point[0] for point in span]
        return min(xs), max(xs)

    limits = [edges(span) for span in spans if isinstance(span, Block) or span]
    first = min(low for low, _ in limits)
    width = max(1, -(-(max(high for _, high in limits) - first + 1) // buckets))
    found: dict[int, _Bucket] = {}

    def bucket(x: int) -> _Bucket:
        place = (x - first) // width
        if place not in found:
            found[place] = _Bucket()
        return found[place]

    for span in spans:
        if isinstance(span, Block):
            low, high = edges(span)
            bucket(low).add_block(span, high)
        else:
            for point in span:
                x = point[1] if window.by_time else point[0]
                bucket(x).add_point(None if point[3] else point[2], x)
    ordered = [each for _, each in sorted(found.items())]
    return Envelope(
        points=total,
        x=[each.x for each in ordered],
        low=[each.low for each in ordered],
        high=[each.high for each in ordered],
        mean=[each.total / each.count if each.count else None for each in ordered],
        last=[each.last for each in ordered],
        nans=[each.x for each in ordered if each.nans],
        sampled=True,
    )
