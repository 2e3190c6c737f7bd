"""Packs give back what was packed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.sql import inbox
from mlflow._storage.sql.packs import decode, decode_series, encode
from mlflow._storage.sql.points import Point
from mlflow.exceptions import DataLoss

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
POINTS = st.tuples(INTEGERS, INTEGERS, st.floats(allow_nan=False), st.just(0))
SERIES = st.dictionaries(st.integers(1, (1 << 63) - 1), st.lists(POINTS, min_size=1, max_size=8), max_size=8)


@given(SERIES)
def test_series_survive(series: dict[int, list[Point]]) -> None:
    data = encode(series)
    assert decode(data) == series
    for key in (*series, 0):
        assert decode_series(data, key) == series.get(key, [])


@given(SERIES, st.data())
def test_damaged_bytes_are_reported(series: dict[int, list[Point]], data: st.DataObject) -> None:
    good = encode(series)
    with pytest.raises(DataLoss, match=r"damaged|unknown format"):
        decode(good[: data.draw(st.integers(0, len(good) - 1))])
    with pytest.raises(DataLoss, match="unknown format 9"):
        decode(b"\x09" + good[1:])


ARRIVED = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 9) | INTEGERS, INTEGERS, st.floats()), min_size=1, max_size=6
)


@given(st.lists(ARRIVED, max_size=12))
def test_the_inbox_gives_back_what_arrived_sorted_and_once(
    rows: list[list[tuple[int, int, int, float]]],
) -> None:
    expected: dict[int, set[Point]] = {}
    for row in rows:
        for key, step, ts, value in row:
            point = (step, ts, 0.0, 1) if math.isnan(value) else (step, ts, value, 0)
            expected.setdefault(key, set()).add(point)
    stored = [inbox.encode(*zip(*row, strict=True)) for row in rows]
    assert inbox.decode(stored) == {key: sorted(points) for key, points in expected.items()}


@given(st.integers(1, 60), st.integers(1, 60))
def test_the_inbox_takes_rows_apart_that_all_have_the_same_series(rows: int, width: int) -> None:
    keys = range(1, width + 1)
    stored = [
        inbox.encode(keys, [step] * width, [7] * width, [key + step / 8 for key in keys])
        for step in range(rows)
    ]
    assert inbox.decode(stored) == {
        key: [(step, 7, key + step / 8, 0) for step in range(rows)] for key in keys
    }


@given(ARRIVED)
def test_a_damaged_row_of_the_inbox_is_reported(row: list[tuple[int, int, int, float]]) -> None:
    good = inbox.encode(*zip(*row, strict=True))
    for bad in (good[:-1], good + b"x", b""):
        with pytest.raises(DataLoss, match="damaged"):
            inbox.decode([good, bad])


def test_a_run_with_many_points_is_due_and_everything_when_all_runs_together_have_many() -> None:
    arrivals = inbox.Arrivals()
    assert [arrivals.add(1, 1000) for _ in range(8)] == [None] * 8
    assert arrivals.add(1, 1000) == inbox.Due(1)
    found = [arrivals.add(run, 100) for run in range(2, 2 + inbox.ALL_POINTS // 100)]
    (place,) = (i for i, due in enumerate(found) if due)
    assert found[place] == inbox.Due(None)
    assert place * 104 < inbox.ALL_POINTS <= (place + 1) * 104


def test_everything_is_due_earlier_after_somebody_looked_through_the_inbox() -> None:
    arrivals = inbox.Arrivals()
    for run in range(inbox.READ_POINTS // 104):
        assert arrivals.add(run, 100) is None
    assert arrivals.read() is None
    assert arrivals.add(1, 100) is None
    assert arrivals.read() == inbox.Due(None)
    assert arrivals.read() is None
