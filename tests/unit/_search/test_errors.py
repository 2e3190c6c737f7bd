from __future__ import annotations

import pickle

from mlflow._search.errors import FilterSyntaxError, shorten
from mlflow.exceptions import InvalidParameterValue


def test_the_message_names_the_place_counted_from_one_and_what_stands_there() -> None:
    error = FilterSyntaxError("use =", source="a == 1", start=2, end=4, expected=("=",))
    assert error.message == "Invalid filter at character 3, '==': use =."
    assert (error.start, error.end, error.expected) == (2, 4, ("=",))


def test_the_end_of_the_text_has_no_character() -> None:
    error = FilterSyntaxError("expected ASC", source="a", start=1, end=1, clause="order_by")
    assert error.message == "Invalid order_by at its end: expected ASC."


def test_a_question_needs_no_full_stop() -> None:
    error = FilterSyntaxError("did you mean b?", source="a", start=0, end=1)
    assert error.message.endswith("did you mean b?")


def test_long_finds_are_shortened() -> None:
    error = FilterSyntaxError("no", source="x" * 1000, start=0, end=1000)
    assert error.message == f"Invalid filter at character 1, '{'x' * 39}…': no."
    assert error.end == 1000


def test_it_is_an_invalid_parameter_value_of_status_400() -> None:
    error = FilterSyntaxError("no", source="x", start=0, end=1)
    assert isinstance(error, InvalidParameterValue)
    assert error.error_code == "INVALID_PARAMETER_VALUE"
    assert error.get_http_status_code() == 400


def test_it_survives_pickling() -> None:
    error = FilterSyntaxError("no", source="a b", start=2, end=3, expected=("x", "y"))
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is FilterSyntaxError
    assert (copy.message, copy.start, copy.end, copy.expected) == (error.message, 2, 3, ("x", "y"))


def test_shorten_keeps_what_fits() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"
