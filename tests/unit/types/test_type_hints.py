from __future__ import annotations

from datetime import date, datetime
from typing import Any, List, Literal, Optional, Sequence, Union  # noqa: UP035 - the older spelling is taken too

import numpy
import pandas
import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.types.type_hints import (
    InvalidTypeHintException,
    UnsupportedTypeHintException,
    fitted_to_hint,
    hints_of,
    is_supported,
    schema_of_input_hint,
    schema_of_output_hint,
)

pydantic = pytest.importorskip("pydantic")


class Message(pydantic.BaseModel):  # type: ignore[misc,name-defined]  # optional here
    role: str
    count: int = 1
    note: str | None = None


class Talk(pydantic.BaseModel):  # type: ignore[misc,name-defined]  # optional here
    messages: list[Message]
    scores: dict[str, float]
    anything: Any
    when: datetime


class Careless(pydantic.BaseModel):  # type: ignore[misc,name-defined]  # optional here
    note: str | None


MESSAGE = {
    "type": "object",
    "properties": {
        "count": {"type": "long", "required": True},
        "note": {"type": "string", "required": False},
        "role": {"type": "string", "required": True},
    },
}


@pytest.mark.parametrize(
    ("hint", "form"),
    [
        (list[int], {"type": "long"}),
        (list[bool], {"type": "boolean"}),
        (list[float], {"type": "double"}),
        (list[bytes], {"type": "binary"}),
        (list[datetime], {"type": "datetime"}),
        (list["str"], {"type": "string"}),
        (List[str], {"type": "string"}),  # noqa: UP006 - what users write
        (list[Any], {"type": "any"}),
        (list[str | int], {"type": "any"}),
        (list[list[int]], {"type": "array", "items": {"type": "long"}}),
        (list[dict[str, int]], {"type": "map", "values": {"type": "long"}}),
        (
            list[dict[str, list[str]]],
            {"type": "map", "values": {"type": "array", "items": {"type": "string"}}},
        ),
        (list[Message], MESSAGE),
        (
            list[Talk],
            {
                "type": "object",
                "properties": {
                    "anything": {"type": "any", "required": True},
                    "messages": {"type": "array", "items": MESSAGE, "required": True},
                    "scores": {"type": "map", "values": {"type": "double"}, "required": True},
                    "when": {"type": "datetime", "required": True},
                },
            },
        ),
    ],
)
def test_a_list_of_something_is_a_column_of_it(hint: Any, form: dict[str, Any]) -> None:
    assert schema_of_input_hint(hint).to_dict() == [form | {"required": True}]
    assert schema_of_output_hint(hint).to_dict() == [form | {"required": True}]


@pytest.mark.parametrize(
    "hint",
    [
        str,
        Message,
        dict[str, int],
        pandas.DataFrame,
        numpy.ndarray,
        Any,
        Sequence[str],
        list[date],
        list[object],
        list[set[str]],
        list[tuple[str, int]],
        list[Literal["a"]],
        Optional[list[str]],  # noqa: UP045 - what users write
        None,
    ],
)
def test_other_hints_of_an_input_say_nothing_of_columns(hint: Any) -> None:
    with pytest.raises(UnsupportedTypeHintException, match="gives no signature"):
        schema_of_input_hint(hint)
    assert not is_supported(hint)


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (list, "does not say what is in the list"),
        (list[list], "does not say what is in the list"),  # type: ignore[type-arg]  # as users write it
        (list[dict], "does not say what is in the dictionary"),  # type: ignore[type-arg]  # as users write it
        (list[dict[int, str]], "Keys of a dictionary are text"),
        (list[Union[str, None]], "elements cannot be"),  # noqa: UP007 - what users write
        (list[Careless], "optional field `note` of the pydantic model `Careless` has no default"),
    ],
)
def test_a_mistake_in_a_hint_is_explained(hint: Any, message: str) -> None:
    with pytest.raises(InvalidTypeHintException, match=message):
        schema_of_input_hint(hint)
    assert schema_of_output_hint(hint).to_dict() == [{"type": "any", "required": True}]


@pytest.mark.parametrize(
    ("hint", "data", "expected"),
    [
        (list[str], ["a"], ["a"]),
        (list[str], [], []),
        (list[int], [1], [1]),
        (list[float], [1, 2.5], [1.0, 2.5]),
        (list[bytes], [b"x"], [b"x"]),
        (list[Any], [1, None, "x"], [1, None, "x"]),
        (list[str | int], [1.5], [1.5]),
        (list[list[int]], [[1], []], [[1], []]),
        (list[dict[str, int]], [{"a": 1}], [{"a": 1}]),
        (list["str"], ["a"], ["a"]),
        (list[Message], [{"role": "a"}, Message(role="b")], [Message(role="a"), Message(role="b")]),
        (list[str], pandas.DataFrame({"x": ["a", "b"]}), ["a", "b"]),
        (list[Message], pandas.DataFrame([{"role": "a", "count": 2}]), [Message(role="a", count=2)]),
        (list[Message], pandas.DataFrame({"x": [{"role": "a"}]}), [Message(role="a")]),
        (list[dict[str, int]], pandas.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 2}]),
    ],
)
def test_data_is_made_to_fit(hint: Any, data: Any, expected: Any) -> None:
    found = fitted_to_hint(data, hint)
    assert found == expected
    assert [type(item) for item in found] == [type(item) for item in expected]


@pytest.mark.parametrize(
    ("hint", "data", "message"),
    [
        (list[str], "a", "Expected list, but got str"),
        (list[str], None, "Expected list, but got NoneType"),
        (list[str], numpy.array(["a"]), "Expected list, but got ndarray"),
        (
            list[str],
            ["a", 1],
            r"list\[str\]`, invalid elements: \[\('1', 'Expected type str, but got int'\)\]",
        ),
        (list[str], ["a", None], "Expected type str, but got NoneType"),
        (list[int], [1.0], "Expected type int, but got float"),
        (list[float], ["1"], "Expected type float, but got str"),
        (list[float], [True], "Expected type float, but got bool"),
        (list[bytes], ["YQ=="], "Expected type bytes, but got str"),
        (list[datetime], ["2020-01-01"], "Expected type datetime, but got str"),
        (list[list[int]], [["a"]], "Expected type int, but got str"),
        (list[dict[str, int]], [{"a": "1"}], "'a': 'Expected type int, but got str'"),
        (list[dict[str, int]], [{1: 1}], "Key must be a string, got int"),
        (list[dict[str, int]], [1], "Expected dict, but got int"),
        (list[Message], [{"role": 1}], "Input should be a valid string"),
        (list[Message], [{"count": 1}], "Field required"),
        (list[Message], [{"role": "a", "count": "3"}], "Input should be a valid integer"),
        (list[Message], [3], "Expected Message or dict, but got int"),
        (list[str], pandas.DataFrame({"x": ["a"], "y": ["b"]}), r"needs one column, not \['x', 'y'\]"),
    ],
)
def test_what_does_not_fit_is_named(hint: Any, data: Any, message: str) -> None:
    with pytest.raises(InvalidParameterValue, match=message):
        fitted_to_hint(data, hint)


def test_hints_that_cannot_be_read_are_not_used(caplog: pytest.LogCaptureFixture) -> None:
    def predict(model_input: list[NoSuchType]) -> None:  # type: ignore[name-defined]  # noqa: F821 - on purpose
        pass

    assert hints_of(predict, "model_input") == (None, None)
    assert "NoSuchType" in caplog.text
