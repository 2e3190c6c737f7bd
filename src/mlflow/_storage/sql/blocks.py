"""Blocks: up to 1,024 points of a series as three compressed columns.

Format (little endian): one byte codec number (1), four bytes number of points, then three columns, each four bytes
length and that many bytes: zlib (level 1) over the eight byte planes of the column's 64-bit words. Steps and
timestamps are stored as differences to the point before (modulo 2**64), values as their IEEE 754 bits, so that
NaN payloads, infinities and the sign of zero survive. Sorting bytes into planes ("byte shuffle", as Blosc does)
puts the slowly changing high bytes together; differences make them zero.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from mlflow.exceptions import DataLoss

BLOCK_POINTS = 1024
CODEC = 1
_HEADER = struct.Struct("<BI")
_LENGTH = struct.Struct("<I")
_MASK = (1 << 64) - 1


class Point(NamedTuple):
    """A point of a series."""

    step: int
    ts: int
    value: float

    @property
    def rank(self) -> tuple[int, int, float, int]:
        """What points are told apart and sorted by; NaN counts as 0."""
        step, ts, value = self
        return (step, ts, value, 0) if value == value else (step, ts, 0.0, 1)  # noqa: PLR0124 - NaN


class BlockHeader(NamedTuple):
    """What is known of a block without reading it."""

    first_step: int
    first_ts: int
    first: float | None
    last_step: int
    last_ts: int
    min: float | None
    max: float | None
    total: float
    points: int
    nans: int


def header_of(points: Sequence[Point]) -> BlockHeader:
    """Header of sorted points; NaN is left out of `min` and `max` and is `None` in `first`."""
    numbers = [point.value for point in points if not math.isnan(point.value)]
    first = points[0].value
    return BlockHeader(
        first_step=points[0].step,
        first_ts=points[0].ts,
        first=None if math.isnan(first) else first,
        last_step=points[-1].step,
        last_ts=points[-1].ts,
        min=min(numbers, default=None),
        max=max(numbers, default=None),
        total=_clamped(sum(filter(math.isfinite, numbers))),
        points=len(points),
        nans=len(points) - len(numbers),
    )


def _clamped(total: float) -> float:
    return total if math.isfinite(total) else math.copysign(sys.float_info.max, total)


def encode(points: Sequence[Point]) -> bytes:
    """Packs points, in the order given."""
    columns = (
        _differences([point.step for point in points]),
        _differences([point.ts for point in points]),
        array("d", [point.value for point in points]),
    )
    parts = [_HEADER.pack(CODEC, len(points))]
    for column in columns:
        packed = zlib.compress(_planes(column), 1)
        parts += (_LENGTH.pack(len(packed)), packed)
    return b"".join(parts)


def decode(data: bytes) -> list[Point]:
    """The points of a block.

    Raises:
        DataLoss: The bytes are no block.
    """
    try:
        codec, count = _HEADER.unpack_from(data)
        if codec != CODEC:
            raise DataLoss(
                f"A block of metric points has the unknown format {codec}; a newer version wrote it"
            )
        position = _HEADER.size
        columns = []
        for kind in ("Q", "Q", "d"):
            (length,) = _LENGTH.unpack_from(data, position)
            position += _LENGTH.size
            columns.append(_from_planes(zlib.decompress(data[position : position + length]), count, kind))
            position += length
    except (struct.error, zlib.error, ValueError) as error:
        raise DataLoss("A block of metric points is damaged; restore the database from a backup") from error
    steps, stamps, values = columns
    return list(map(Point, _sums(steps), _sums(stamps), values.tolist()))


def _differences(numbers: Sequence[int]) -> array[int]:
    before = 0
    column = array("Q")
    for number in numbers:
        column.append((number - before) & _MASK)
        before = number
    return column


def _sums(column: array[int]) -> list[int]:
    total = 0
    numbers = []
    for difference in column:
        total = (total + difference) & _MASK
        numbers.append(total if total < 1 << 63 else total - (1 << 64))
    return numbers


def _planes(column: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    raw = column.tobytes()
    return b"".join(raw[plane::8] for plane in range(8))


def _from_planes(planes: bytes, count: int, kind: str) -> array[int]:
    if len(planes) != 8 * count:
        raise ValueError("a column has the wrong length")
    raw = bytearray(8 * count)
    for plane in range(8):
        raw[plane::8] = planes[plane * count : (plane + 1) * count]
    column = array(kind)
    column.frombytes(bytes(raw))
    if sys.byteorder == "big":
        column.byteswap()
    return column
