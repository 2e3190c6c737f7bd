from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from mlflow._journal.records import Logged, decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
POINTS = st.tuples(
    TEXT,
    st.floats(),
    st.integers(0, 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | TEXT,
)


@given(TEXT, st.lists(POINTS, max_size=4), st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_what_is_recorded_is_read(
    run_id: str,
    points: list[tuple[str, float, int, int, str | None, str | None, str | None]],
    pairs: list[tuple[str, str]],
) -> None:
    found = decode(encode(Logged(run_id, points, pairs, pairs)))
    assert isinstance(found, Logged)
    assert (found.run_id, found.params, found.tags) == (run_id, pairs, pairs)
    for read, written in zip(found.metrics, points, strict=True):
        assert read[0] == written[0]
        assert read[2:] == written[2:]
        assert read[1] == written[1] or (math.isnan(read[1]) and math.isnan(written[1]))


@given(st.binary(max_size=60))
def test_what_is_no_record_is_none(data: bytes) -> None:
    found = decode(data)
    assert found is None or decode(encode(found)) is not None


def test_a_call_of_a_newer_version_is_none() -> None:
    assert decode(encode(["fly_to_the_moon", "run"])) is None
