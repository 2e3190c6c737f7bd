"""Blocks: up to 1,024 points of one series, sorted, as three compressed columns.

Format (little endian): one byte codec number (1), four bytes number of points, then the columns of steps, timestamps
and values in the format of points.py.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from mlflow._storage.sql.points import (
    Point,
    PointColumns,
    damaged,
    pack_points,
    unpack_columns,
    unpack_point,
    unpack_points,
)
from mlflow.exceptions import DataLoss

BLOCK_POINTS = 1024
CODEC = 1
_HEADER = struct.Struct("<BI")
_MOST = 1 << 24


class BlockHeader(NamedTuple):
    """What is known of a block without reading it."""

    first_step: int
    first_ts: int
    first: float | None
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


def header_of(points: Sequence[Point]) -> BlockHeader:
    """Header of sorted points; NaN is left out of `min` and `max` and is `None` in `first` and `last`."""
    numbers = [value for _, _, value, nan in points if not nan]
    stamps = [ts for _, ts, _, _ in points]
    first_step, first_ts, first, first_nan = points[0]
    last_step, last_ts, last, last_nan = points[-1]
    return BlockHeader(
        first_step=first_step,
        first_ts=first_ts,
        first=None if first_nan else first,
        last_step=last_step,
        last_ts=last_ts,
        last=None if last_nan else last,
        min_ts=min(stamps),
        max_ts=max(stamps),
        min=min(numbers, default=None),
        max=max(numbers, default=None),
        total=clamped(sum(filter(math.isfinite, numbers))),
        points=len(points),
        nans=len(points) - len(numbers),
    )


def clamped(total: float) -> float:
    """A sum that may have left the range of doubles."""
    return total if math.isfinite(total) else math.copysign(sys.float_info.max, total)


def encode(points: Sequence[Point]) -> bytes:
    """Packs points, in the order given."""
    return _HEADER.pack(CODEC, len(points)) + pack_points(points)


def decode(data: bytes) -> list[Point]:
    """The points of a block.

    Raises:
        DataLoss: The bytes are no block.
    """
    with _reporting():
        return unpack_points(data, _HEADER.size, _count(data))


def decode_columns(data: bytes) -> PointColumns:
    """The points of a block as columns.

    Raises:
        DataLoss: The bytes are no block.
    """
    with _reporting():
        return unpack_columns(data, _HEADER.size, _count(data))


def decode_at(data: bytes, index: int) -> Point:
    """One point of a block.

    Raises:
        DataLoss: The bytes are no block, or it has no such point.
    """
    with _reporting():
        count = _count(data)
        if not 0 <= index < count:
            raise ValueError("there is no such point")
        return unpack_point(data, _HEADER.size, count, index)


@contextmanager
def _reporting() -> Iterator[None]:
    try:
        yield
    except (struct.error, zlib.error, ValueError) as error:
        raise damaged("A block of metric points") from error


def _count(data: bytes) -> int:
    codec, count = _HEADER.unpack_from(data)
    if codec != CODEC:
        raise DataLoss(f"A block of metric points has the unknown format {codec}; a newer version wrote it")
    if count > _MOST:
        raise ValueError("the number of points is absurd")
    return int(count)
