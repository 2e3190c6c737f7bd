"""Blocks give back what was packed."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.sql.blocks import BLOCK_POINTS, Point, decode, encode, header_of
from mlflow.exceptions import DataLoss

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
DOUBLES = st.floats() | st.sampled_from([-0.0, math.inf, -math.inf, 5e-324, 1.7976931348623157e308])
POINTS = st.builds(Point, INTEGERS, INTEGERS, DOUBLES)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@given(st.lists(POINTS, max_size=60))
def test_points_survive_bit_by_bit(points: list[Point]) -> None:
    found = decode(encode(points))
    assert [(point.step, point.ts, bits(point.value)) for point in found] == [
        (point.step, point.ts, bits(point.value)) for point in points
    ]


@given(st.integers(0, (1 << 51) - 1), st.booleans())
def test_what_a_nan_carries_survives(payload: int, negative: bool) -> None:
    raw = (0x7FF8 << 48 | payload | negative << 63).to_bytes(8, "little")
    (value,) = struct.unpack("<d", raw)
    assert bits(decode(encode([Point(0, 0, value)]))[0].value) == raw


def test_a_full_block_of_a_usual_series_takes_less_than_nine_bytes_a_point() -> None:
    points = [Point(i, 1_700_000_000_000 + 1000 * i, math.exp(-i / 300)) for i in range(BLOCK_POINTS)]
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
        decode(b"\x09" + encode([Point(1, 1, 1.0)])[1:])


@given(st.lists(POINTS, min_size=1, max_size=30))
def test_a_header_sums_its_points_up(points: list[Point]) -> None:
    points.sort(key=lambda point: point.rank)
    header = header_of(points)
    numbers = [point.value for point in points if not math.isnan(point.value)]
    assert (header.first_step, header.first_ts) == points[0][:2]
    assert (header.last_step, header.last_ts) == points[-1][:2]
    assert header.first == (None if math.isnan(points[0].value) else points[0].value)
    assert (header.min, header.max) == (min(numbers, default=None), max(numbers, default=None))
    assert (header.points, header.nans) == (len(points), len(points) - len(numbers))
    assert math.isfinite(header.total)


@given(POINTS, POINTS)
def test_nan_is_ranked_as_zero_and_told_apart_from_it(first: Point, second: Point) -> None:
    def key(point: Point) -> tuple[int, int, float]:
        return point.step, point.ts, 0.0 if math.isnan(point.value) else point.value

    if key(first) < key(second):
        assert first.rank < second.rank
    same = Point(first.step, first.ts, math.nan)
    assert same.rank != Point(first.step, first.ts, 0.0).rank
