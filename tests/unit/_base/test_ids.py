"""Ids carry numbers."""

from __future__ import annotations

import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from mlflow._base.clock import now_ms
from mlflow._base.ids import MAX_NUMBER, id_of_number, new_number, number_of_id

NUMBERS = st.integers(0, MAX_NUMBER)


@given(NUMBERS)
def test_an_id_gives_its_number_back(number: int) -> None:
    text = id_of_number(number)
    assert re.fullmatch("[0-9a-f]{32}", text)
    assert number_of_id(text) == number
    assert uuid.UUID(text).version == 7


@given(NUMBERS, NUMBERS)
def test_ids_are_sorted_as_their_numbers_are(first: int, second: int) -> None:
    assert (id_of_number(first) < id_of_number(second)) == (first < second)


@given(NUMBERS, st.integers(0, 31), st.sampled_from("0123456789abcdefABCDEF_ g\x00é"))
def test_an_id_with_a_wrong_character_is_foreign(number: int, place: int, character: str) -> None:
    text = id_of_number(number)
    changed = text[:place] + character + text[place + 1 :]
    assert number_of_id(changed) in ((number,) if changed == text else (None,))


@given(st.text(max_size=40) | st.uuids().map(lambda found: found.hex))
def test_what_was_made_elsewhere_is_foreign(text: str) -> None:
    assert number_of_id(text) is None


def test_an_id_in_upper_case_is_foreign() -> None:
    assert number_of_id(id_of_number((1 << 60) + 0xABCDEF).upper()) is None


def test_new_numbers_follow_the_time() -> None:
    before = now_ms()
    text = id_of_number(new_number())
    assert before <= int(text[:12], 16) <= now_ms()
    assert len({new_number() for _ in range(100)}) == 100
