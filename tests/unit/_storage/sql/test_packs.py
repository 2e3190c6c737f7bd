"""Packs give back what was packed."""

from __future__ import annotations

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


@given(st.lists(st.tuples(INTEGERS, INTEGERS, INTEGERS, st.floats(allow_nan=False)), max_size=20))
def test_a_row_of_the_inbox_gives_back_what_arrived(arrived: list[tuple[int, int, int, float]]) -> None:
    keys, steps, stamps, values = zip(*arrived, strict=True) if arrived else ((), (), (), ())
    data = inbox.encode(keys, steps, stamps, values)
    assert list(inbox.decode(data)) == arrived
    with pytest.raises(DataLoss, match="damaged"):
        list(inbox.decode(data + b"x"))


def test_a_run_with_many_points_is_due_and_everything_when_all_runs_together_have_many() -> None:
    arrivals = inbox.Arrivals()
    assert [arrivals.add(1, 1000) for _ in range(8)] == [None] * 8
    assert arrivals.add(1, 1000) == inbox.Due(1)
    found = [arrivals.add(run, 100) for run in range(2, 2 + inbox.ALL_POINTS // 100)]
    (place,) = (i for i, due in enumerate(found) if due)
    assert found[place] == inbox.Due(None)
    assert place * 104 < inbox.ALL_POINTS <= (place + 1) * 104
