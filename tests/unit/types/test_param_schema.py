from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.types.schema import DataType, Object, ParamSchema, ParamSpec, Property


@pytest.mark.parametrize(
    ("spec", "form"),
    [
        (ParamSpec("p", "long", 1), {"name": "p", "default": 1, "shape": None, "type": "long"}),
        (
            ParamSpec("p", "long", [1, 2], (-1,)),
            {"name": "p", "default": [1, 2], "shape": [-1], "type": "long"},
        ),
        (
            ParamSpec("p", "datetime", np.datetime64("2020-01-01T00:00:00")),
            {"name": "p", "default": "2020-01-01T00:00:00", "shape": None, "type": "datetime"},
        ),
        (
            ParamSpec("p", Object([Property("a", "long")]), {"a": 1}),
            {
                "name": "p",
                "default": {"a": 1},
                "shape": None,
                "type": "object",
                "properties": {"a": {"type": "long", "required": True}},
            },
        ),
    ],
)
def test_parameters_have_the_json_form_of_mlflow(spec: ParamSpec, form: dict[str, Any]) -> None:
    assert spec.to_dict() == form
    assert ParamSpec.from_json_dict(**form) == spec
    schema = ParamSchema([spec])
    assert ParamSchema.from_json(schema.to_json()) == schema


def test_older_models_call_the_type_dtype() -> None:
    assert ParamSpec.from_json_dict(name="p", dtype="long", default=1, shape=None).dtype is DataType.long


@pytest.mark.parametrize(
    ("dtype", "given", "kept"),
    [
        ("double", 1, 1.0),
        ("float", np.float32(1.5), 1.5),
        ("long", np.int64(3), 3),
        ("integer", 2**31 - 1, 2**31 - 1),
        ("boolean", np.bool_(True), True),
        ("datetime", "2021-01-01", datetime.date(2021, 1, 1)),
        ("datetime", "2021-01-01T02:03:04", datetime.datetime(2021, 1, 1, 2, 3, 4)),
        ("string", None, None),
    ],
)
def test_a_value_is_converted_where_nothing_is_lost(dtype: str, given: Any, kept: Any) -> None:
    assert ParamSpec("p", dtype, given).default == kept


def test_nan_stays_nan() -> None:
    assert math.isnan(ParamSpec("p", "double", float("nan")).default)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("long", 1.0),
        ("long", "1"),
        ("long", True),
        ("long", 2**63),
        ("integer", 2**31),
        ("string", 1),
        ("boolean", 1),
        ("double", True),
        ("datetime", "yesterday"),
        ("long", [1]),
    ],
)
def test_a_value_that_would_lose_something_is_refused(dtype: str, value: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="Failed to validate type and shape for 'p'"):
        ParamSpec("p", dtype, value)


def test_what_is_no_parameter_is_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="Binary type is not supported"):
        ParamSpec("p", "binary", b"x")
    with pytest.raises(InvalidParameterValue, match="Shape must be None"):
        ParamSpec("p", "long", [1], (2,))
    with pytest.raises(InvalidParameterValue, match="must be a 1D array"):
        ParamSpec("p", "long", 1, (-1,))
    with pytest.raises(InvalidParameterValue, match=r"Duplicated parameters.*'p'"):
        ParamSchema([ParamSpec("p", "long", 1), ParamSpec("p", "long", 2)])
