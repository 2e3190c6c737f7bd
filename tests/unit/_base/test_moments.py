"""Moments and days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._base.moments import parse_period, parse_zone, show_moment
from mlflow.exceptions import InvalidParameterValue


def test_a_day_is_all_of_it() -> None:
    day = parse_period("2023-03-14")
    assert day.last_ms - day.first_ms == 24 * 3600 * 1000 - 1
    assert show_moment(day.first_ms) == "2023-03-14 00:00:00Z"
    assert parse_period(date(2023, 3, 14)) == day


def test_a_day_is_that_of_a_zone_with_its_change_of_clocks() -> None:
    berlin = parse_zone("Europe/Berlin")
    day = parse_period("2023-03-26", berlin)
    assert day.last_ms - day.first_ms == 23 * 3600 * 1000 - 1
    assert show_moment(day.first_ms, berlin) == "2023-03-26 00:00:00+01:00"


@pytest.mark.parametrize(
    "text",
    ["2023-03-14T10:00+01:00", "2023-03-14 09:00:00Z", "2023-03-14T09:00", "1678784400000", 1678784400000],
)
def test_a_moment_is_a_millisecond(text: str | int) -> None:
    assert parse_period(text) == (1678784400000, 1678784400000)


@pytest.mark.parametrize("text", ["", "yesterday", "2023-02-30", "14.03.2023", "2023", "2023-03-14T25:00"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue, match="2023-03-14T10:00"):
        parse_period(text)


def test_an_unknown_zone_is_refused() -> None:
    assert parse_zone("utc") is UTC
    with pytest.raises(InvalidParameterValue, match="Europe/Paris"):
        parse_zone("Middle/Earth")


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))
def test_what_is_shown_is_read_back_to_the_second(moment: datetime) -> None:
    ms = parse_period(moment).first_ms
    assert parse_period(show_moment(ms)).first_ms == ms // 1000 * 1000
