"""Page tokens hold a position and belong to one search."""

from __future__ import annotations

import base64
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow.exceptions import InvalidParameterValue

ITEMS = st.none() | st.integers() | st.floats(allow_nan=False) | st.text()

KEY = b"key"


@given(st.lists(ITEMS, max_size=5))
def test_a_position_survives(position: list[object]) -> None:
    search = fingerprint("runs", "a = 1")
    assert read_token(make_token(position, search, KEY), search, len(position), KEY) == position


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_the_beginning(token: str | None) -> None:
    assert read_token(token, "x", 1, KEY) is None


def test_infinity_survives() -> None:
    assert read_token(make_token([math.inf, -math.inf], "x", KEY), "x", 2, KEY) == [math.inf, -math.inf]


@given(st.text(min_size=1) | st.binary(min_size=1).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_refused(token: str) -> None:
    with pytest.raises(InvalidParameterValue, match="page token"):
        read_token(token, fingerprint("x"), 1, KEY)


@pytest.mark.parametrize("position", [[], [1, 2], [[1]], [{"a": 1}]])
def test_a_position_of_another_form_is_refused(position: list[object]) -> None:
    token = make_token(position, "x", KEY)
    with pytest.raises(InvalidParameterValue, match="another search"):
        read_token(token, "x", 1, KEY)


def test_a_token_that_nests_without_end_is_refused() -> None:
    token = base64.urlsafe_b64encode(b"[" * 200_000).decode()
    with pytest.raises(InvalidParameterValue, match="page token"):
        read_token(token, "x", 1, KEY)


def test_searches_that_differ_have_different_fingerprints() -> None:
    searches = [("a",), ("a", ""), ("a", None), (["a"],), ("a", ["b"]), ("a", "b"), ("ab",)]
    assert len({fingerprint(*parts) for parts in searches}) == len(searches)


def test_a_token_that_was_made_up_or_changed_is_refused() -> None:
    token = make_token([1, 2], "x", b"key")
    assert read_token(token, "x", 2, b"key") == [1, 2]
    raw = base64.urlsafe_b64decode(token)
    forged = [
        base64.urlsafe_b64encode(json.dumps(["x", 1, 2]).encode()).decode(),
        base64.urlsafe_b64encode(raw[:-3] + b"9" + raw[-2:]).decode(),
        base64.urlsafe_b64encode(raw[:-1]).decode(),
        make_token([1, 2], "x", b"another key"),
        make_token([1, 2], "x", b"another key"),
    ]
    for other in forged:
        with pytest.raises(InvalidParameterValue, match="Invalid page token"):
            read_token(other, "x", 2, b"key")
