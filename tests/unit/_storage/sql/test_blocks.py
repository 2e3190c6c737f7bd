"""Blocks give back what was packed."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.sql.blocks import BLOCK_POINTS, decode, decode_at, encode, header_of
from mlflow._storage.sql.points import Point
from mlflow.exceptions import DataLoss

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
DOUBLES = st.floats(allow_nan=False) | st.sampled_from(
    [-0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308]
)
POINTS = st.tuples(INTEGERS, INTEGERS, DOUBLES, st.just(0)) | st.tuples(
    INTEGERS, INTEGERS, st.just(0.0), st.just(1)
)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@given(st.lists(POINTS, max_size=60))
def test_points_survive_bit_by_bit(points: list[Point]) -> None:
    found = decode(encode(points))
    assert found == points
    assert [bits(point[2]) for point in found] == [bits(point[2]) for point in points]


@given(st.lists(POINTS, min_size=1, max_size=40), st.data())
def test_a_point_can_be_read_alone(points: list[Point], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(points) - 1))
    assert decode_at(encode(points), index) == points[index]
    with pytest.raises(DataLoss, match="damaged"):
        decode_at(encode(points), len(points))


def test_a_full_block_of_a_usual_series_takes_less_than_nine_bytes_a_point() -> None:
    points = [(i, 1_700_000_000_000 + 1000 * i, math.exp(-i / 300), 0) for i in range(BLOCK_POINTS)]
    assert len(encode(points)) < 9 * BLOCK_POINTS
    assert decode(encode(points)) == points


@given(st.lists(POINTS, min_size=1, max_size=20), st.data())
def test_damaged_bytes_are_reported(points: list[Point], data: st.DataObject) -> None:
    good = encode(points)
    cut = data.draw(st.integers(0, len(good) - 1))
    with pytest.raises(DataLoss, match=r"damaged|unknown format"):
        decode(good[:cut])
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        found = decode(bad)
    except DataLoss:
        return
    assert len(found) == len(points)  # zlib's checksum covers the columns; only its own header has slack


def test_a_block_of_a_newer_format_is_reported() -> None:
    with pytest.raises(DataLoss, match="unknown format 9"):
        decode(b"\x09" + encode([(1, 1, 1.0, 0)])[1:])


@given(st.lists(POINTS, min_size=1, max_size=30))
def test_a_header_sums_its_points_up(points: list[Point]) -> None:
    points.sort()
    header = header_of(points)
    numbers = [point[2] for point in points if not point[3]]
    assert (header.first_step, header.first_ts) == points[0][:2]
    assert (header.last_step, header.last_ts) == points[-1][:2]
    assert header.first == (None if points[0][3] else points[0][2])
    assert header.last == (None if points[-1][3] else points[-1][2])
    assert (header.min_ts, header.max_ts) == (min(p[1] for p in points), max(p[1] for p in points))
    assert (header.min, header.max) == (min(numbers, default=None), max(numbers, default=None))
    assert (header.points, header.nans) == (len(points), len(points) - len(numbers))
    assert math.isfinite(header.total)
