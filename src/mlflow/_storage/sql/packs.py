"""Packs: points of several series of one run, sorted by series and rank, as compressed columns.

A run with a thousand metrics gets a thousand points at every step, each of another series: kept apart they would
touch a page each. They wait in packs until a series has enough of them for a block; a short run never needs one.
Packs of about the same size are merged, so that a run has few.

Format (little endian): one byte codec number (1), four bytes number of series, four bytes number of points, then, in
the format of points.py, columns of keys, of how many points each has, of steps, timestamps and values.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

from mlflow._storage.sql.points import (
    Point,
    damaged,
    pack_numbers,
    pack_points,
    unpack_numbers,
    unpack_points,
)
from mlflow.exceptions import DataLoss

CODEC = 1
_HEADER = struct.Struct("<BII")
_MOST = 1 << 24


def encode(series: Mapping[int, Sequence[Point]]) -> bytes:
    """Packs series, by key; the points of each are sorted."""
    keys = sorted(series)
    points = [point for key in keys for point in series[key]]
    counts = [len(series[key]) for key in keys]
    head = _HEADER.pack(CODEC, len(keys), len(points))
    return head + pack_numbers(keys) + pack_numbers(counts) + pack_points(points)


def decode(data: bytes) -> dict[int, list[Point]]:
    """All series of a pack.

    Raises:
        DataLoss: The bytes are no pack.
    """
    keys, ends, points = _contents(data)
    starts = [0, *ends]
    return {key: points[starts[i] : ends[i]] for i, key in enumerate(keys)}


def decode_series(data: bytes, key: int) -> list[Point]:
    """One series of a pack; empty when it has none of it.

    Raises:
        DataLoss: The bytes are no pack.
    """
    keys, ends, points = _contents(data)
    place = bisect_left(keys, key)
    if place == len(keys) or keys[place] != key:
        return []
    return points[ends[place - 1] if place else 0 : ends[place]]


def _contents(data: bytes) -> tuple[Sequence[int], list[int], list[Point]]:
    """Keys, where the points of each end, and points."""
    try:
        codec, width, count = _HEADER.unpack_from(data)
        if codec != CODEC:
            raise DataLoss(
                f"A pack of metric points has the unknown format {codec}; a newer version wrote it"
            )
        if max(width, count) > _MOST:
            raise ValueError("the number of points is absurd")
        keys, position = unpack_numbers(data, _HEADER.size, width)
        counts, position = unpack_numbers(data, position, width)
        if sum(counts) != count or (counts and min(counts) < 1):
            raise ValueError("the numbers of points contradict each other")
        points = unpack_points(data, position, count)
    except (struct.error, zlib.error, ValueError) as error:
        raise damaged("A pack of metric points") from error
    return keys, list(accumulate(counts)), points
