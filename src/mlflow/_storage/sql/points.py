"""Points, and columns of them as compressed bytes.

Format of a column (little endian): four bytes length of what follows, one byte kind, then

* kind 0, whole numbers at equal distances: the first one and the distance, eight bytes each;
* kind 1, whole numbers: the first one and the differences, packed;
* kind 2, doubles: their IEEE 754 bits, packed, so that NaN payloads, infinities and the sign of zero survive.

Numbers and differences are taken modulo 2**64. Packed means zlib (level 1) over the eight byte planes of the 64-bit
words: sorting bytes into planes ("byte shuffle", as Blosc does) puts the slowly changing high bytes together, and
differences make them zero.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise, repeat
from operator import itemgetter, sub
from typing import Any, NamedTuple

from mlflow.exceptions import DataLoss

Point = tuple[int, int, float, int]
"""Step, timestamp, value, and 1 for NaN, whose value is then 0: so points are told apart and sorted."""

_LENGTH = struct.Struct("<I")
_EVEN = struct.Struct("<qQ")
_DOUBLE = struct.Struct("<d")
_MASK = (1 << 64) - 1
_LIMITS = ((1 << 12, 13, 6), (1 << 13, 13, 7), (math.inf, zlib.MAX_WBITS, 8))
"""Window and memory level of zlib for data of so many bytes: neither makes it larger."""
_step, _stamp, _value, _nan = map(itemgetter, range(4))
_EVENLY, _DIFFERENCES, _DOUBLES = range(3)
_MIN, _MAX = -(1 << 63), (1 << 63) - 1


class PointColumns(NamedTuple):
    """Points as columns, of the same length; NaN is a value like any other."""

    steps: Sequence[int]
    stamps: Sequence[int]
    values: Sequence[float]


def columns_of(points: Sequence[Point]) -> PointColumns:
    """Columns of points."""
    values = value_of if any(map(_nan, points)) else _value
    return PointColumns(list(map(_step, points)), list(map(_stamp, points)), list(map(values, points)))


def points_of(steps: Sequence[int], stamps: Sequence[int], values: Sequence[float]) -> list[Point]:
    """Points of three columns."""
    if math.isnan(sum(values)):  # there is a NaN, or infinities of both signs
        return [
            (step, ts, 0.0, 1) if value != value else (step, ts, value, 0)  # noqa: PLR0124 - NaN
            for step, ts, value in zip(steps, stamps, values, strict=True)
        ]
    return list(zip(steps, stamps, values, repeat(0)))


def value_of(point: Point) -> float:
    """The value of a point."""
    return math.nan if point[3] else point[2]


def pack_points(points: Sequence[Point]) -> bytes:
    """The three columns of points."""
    steps, stamps, values = columns_of(points)
    return pack_numbers(steps) + pack_numbers(stamps) + pack_doubles(values)


def unpack_columns(data: bytes, position: int, count: int) -> PointColumns:
    """Points whose three columns begin at a position.

    Raises:
        ValueError, struct.error, zlib.error: There are no such columns.
    """
    steps, position = unpack_numbers(data, position, count)
    stamps, position = unpack_numbers(data, position, count)
    values, _ = unpack_doubles(data, position, count)
    return PointColumns(steps, stamps, values)


def unpack_points(data: bytes, position: int, count: int) -> list[Point]:
    """As `unpack_columns`, point by point."""
    return points_of(*unpack_columns(data, position, count))


def unpack_point(data: bytes, position: int, count: int, index: int) -> Point:
    """One of the points whose three columns begin at a position, for a fraction of the price of all.

    Raises:
        ValueError, struct.error, zlib.error: There are no such columns.
    """
    step, position = _number_at(data, position, count, index)
    ts, position = _number_at(data, position, count, index)
    kind, start, end = _frame(data, position)
    if kind != _DOUBLES:
        raise ValueError("a column has the wrong kind")
    planes = _planes(data[start:end], count)
    (value,) = _DOUBLE.unpack(planes[index::count])
    return points_of([step], [ts], [value])[0]


def _number_at(data: bytes, position: int, count: int, index: int) -> tuple[int, int]:
    kind, start, end = _frame(data, position)
    if kind == _EVENLY:
        first, distance = _evenly(data, start, end)
        return _signed(first + distance * index), end
    if kind != _DIFFERENCES:
        raise ValueError("a column has the wrong kind")
    return _signed(sum(_column(_planes(data[start:end], count), count, "q", index + 1))), end


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """A column of whole numbers of 64 bits."""
    try:
        differences = array("q", map(sub, numbers[1:], numbers))
    except OverflowError:
        differences = array("q", [_signed(b - a) for a, b in pairwise(numbers)])
    if len(numbers) > 1 and differences.count(differences[0]) == len(differences):
        return _framed(_EVENLY, _EVEN.pack(numbers[0], differences[0] & _MASK))
    return _framed(_DIFFERENCES, _packed(array("q", numbers[:1]) + differences))


def pack_doubles(values: Sequence[float]) -> bytes:
    """A column of doubles."""
    return _framed(_DOUBLES, _packed(array("d", values)))


def unpack_numbers(data: bytes, position: int, count: int) -> tuple[Sequence[int], int]:
    """A column of whole numbers that begins at a position, and where it ends.

    Raises:
        ValueError, struct.error, zlib.error: There is no such column.
    """
    kind, start, end = _frame(data, position)
    if kind == _EVENLY:
        first, distance = _evenly(data, start, end)
        last = first + distance * (count - 1)
        if distance and _MIN <= last <= _MAX:
            return range(first, last + (1 if distance > 0 else -1), distance), end
        return [_signed(first + distance * i) for i in range(count)], end
    if kind != _DIFFERENCES:
        raise ValueError("a column has the wrong kind")
    planes = _planes(data[start:end], count)
    numbers = list(accumulate(_column(planes, count, "q")))
    # The last plane has the signs: where no difference is negative, the last number is the largest.
    rising = planes[7 * count + 1 :].isascii() and (not numbers or numbers[-1] <= _MAX)
    if not rising and (min(numbers) < _MIN or max(numbers) > _MAX):
        numbers = [_signed(number) for number in numbers]
    return numbers, end


def unpack_doubles(data: bytes, position: int, count: int) -> tuple[list[float], int]:
    """A column of doubles that begins at a position, and where it ends.

    Raises:
        ValueError, struct.error, zlib.error: There is no such column.
    """
    kind, start, end = _frame(data, position)
    if kind != _DOUBLES:
        raise ValueError("a column has the wrong kind")
    return _column(_planes(data[start:end], count), count, "d").tolist(), end


def damaged(what: str) -> DataLoss:
    """The error for bytes that cannot be read."""
    return DataLoss(f"{what} is damaged; restore the database from a backup")


def _signed(number: int) -> int:
    number &= _MASK
    return number if number <= _MAX else number - (1 << 64)


def _framed(kind: int, content: bytes) -> bytes:
    return _LENGTH.pack(len(content) + 1) + bytes((kind,)) + content


def _frame(data: bytes, position: int) -> tuple[int, int, int]:
    (length,) = _LENGTH.unpack_from(data, position)
    start = position + _LENGTH.size
    if not 1 <= length <= len(data) - start:
        raise ValueError("a column is cut off")
    return data[start], start + 1, start + length


def _packed(column: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    raw = column.tobytes()
    return _deflated(b"".join([raw[plane::8] for plane in range(8)]))


def _deflated(data: bytes) -> bytes:
    """Data as zlib compresses it, with no more memory than that takes: to clear all that zlib uses by default takes
    as long as to compress a block.
    """
    window, memory = next(limits for size, *limits in _LIMITS if len(data) <= size)
    packer = zlib.compressobj(1, zlib.DEFLATED, window, memory)
    return packer.compress(data) + packer.flush()


def _evenly(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The first of numbers at equal distances, and the distance."""
    if end - start != _EVEN.size:
        raise ValueError("a column has the wrong length")
    first, distance = _EVEN.unpack_from(data, start)
    return first, _signed(distance)


def _planes(packed: bytes, count: int) -> bytes:
    """The byte planes of a column, the lowest first."""
    planes = zlib.decompress(packed)
    if len(planes) != 8 * count:
        raise ValueError("a column has the wrong length")
    return planes


def _column(planes: bytes, count: int, kind: str, wanted: int | None = None) -> array[Any]:
    """A column from its planes, or the first so many members of it."""
    length = count if wanted is None else wanted
    raw = bytearray(8 * length)
    for plane in range(8):
        raw[plane::8] = planes[plane * count : plane * count + length]
    column = array(kind)
    column.frombytes(bytes(raw))
    if sys.byteorder == "big":
        column.byteswap()
    return column
