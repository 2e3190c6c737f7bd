"""Columns of numbers give back what was packed."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.sql.points import (
    pack_doubles,
    pack_numbers,
    pack_points,
    points_of,
    unpack_doubles,
    unpack_numbers,
    unpack_point,
    unpack_points,
)

LOW, HIGH = -(1 << 63), (1 << 63) - 1
INTEGERS = st.integers(LOW, HIGH)


@given(st.lists(INTEGERS, max_size=50), st.binary(max_size=5))
def test_whole_numbers_survive_wherever_the_column_begins(numbers: list[int], before: bytes) -> None:
    packed = pack_numbers(numbers)
    found, end = unpack_numbers(before + packed + b"more", len(before), len(numbers))
    assert (list(found), end) == (numbers, len(before + packed))


@given(INTEGERS, st.integers(-(1 << 62), 1 << 62), st.integers(0, 300))
def test_numbers_at_equal_distances_take_a_few_bytes(first: int, distance: int, count: int) -> None:
    numbers = [n for n in (first + i * distance for i in range(count)) if LOW <= n <= HIGH]
    packed = pack_numbers(numbers)
    found, end = unpack_numbers(packed, 0, len(numbers))
    assert (list(found), end) == (numbers, len(packed))
    if len(numbers) > 1:
        assert len(packed) == 21


@given(st.lists(st.tuples(INTEGERS, INTEGERS, st.floats(allow_nan=False)), min_size=1, max_size=20))
def test_a_point_can_be_read_alone(rows: list[tuple[int, int, float]]) -> None:
    points = [(step, ts, value, 0) for step, ts, value in rows]
    packed = pack_points(points)
    assert unpack_points(b"before" + packed, 6, len(points)) == points
    assert [unpack_point(packed, 0, len(points), index) for index in range(len(points))] == points


@given(st.lists(st.floats(), max_size=50))
def test_doubles_survive_bit_by_bit(values: list[float]) -> None:
    packed = pack_doubles(values)
    found, end = unpack_doubles(packed, 0, len(values))
    assert [struct.pack("<d", value) for value in found] == [struct.pack("<d", value) for value in values]
    assert end == len(packed)


@given(st.integers(0, (1 << 51) - 1), st.booleans())
def test_what_a_nan_carries_survives(payload: int, negative: bool) -> None:
    raw = (0x7FF8 << 48 | payload | negative << 63).to_bytes(8, "little")
    (value,) = struct.unpack("<d", raw)
    assert struct.pack("<d", unpack_doubles(pack_doubles([value]), 0, 1)[0][0]) == raw


def test_nan_is_sorted_as_zero_and_told_apart_from_it() -> None:
    points = points_of([1, 1, 1, 1], [2, 2, 2, 2], [math.nan, 0.0, -1.0, 1.0])
    assert sorted(points) == [(1, 2, -1.0, 0), (1, 2, 0.0, 0), (1, 2, 0.0, 1), (1, 2, 1.0, 0)]


def test_a_column_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        unpack_numbers(pack_doubles([1.0]), 0, 1)
    with pytest.raises(ValueError, match="kind"):
        unpack_doubles(pack_numbers([1, 5, 6]), 0, 3)
