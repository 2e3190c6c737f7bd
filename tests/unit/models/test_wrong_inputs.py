"""The table of inputs that do not fit, in docs/models.md: each is given to a model with the signature."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.signature import ModelSignature
from mlflow.pyfunc.model import PythonModel
from mlflow.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)

PAGE = Path(__file__).parents[3] / "docs" / "models.md"
NAMES = {
    **{cls.__name__: cls for cls in (AnyType, Array, ColSpec, Map, Object, ParamSpec, Property, TensorSpec)},
    "DataFrame": pd.DataFrame,
    "datetime64": np.datetime64,
    "dtype": np.dtype,
    "zeros": np.zeros,
}
ROWS = re.findall(
    r"^\| `((?:ColSpec|TensorSpec|ParamSpec).*?)` \| `(.*?)` \| (.*) \|$",
    PAGE.read_text(encoding="utf-8"),
    re.M,
)


def evaluated(code: str) -> Any:
    return eval(code, dict(NAMES))


class Anything(PythonModel):
    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        return [0]


@pytest.mark.parametrize(("signature", "given", "message"), ROWS)
def test_what_does_not_fit_is_refused_with_the_message_of_the_table(
    signature: str, given: str, message: str, tmp_path: Path
) -> None:
    spec, data = evaluated(signature), evaluated(given)
    is_param = isinstance(spec, ParamSpec)
    made = (
        ModelSignature(Schema([ColSpec("long")]), None, ParamSchema([spec]))
        if is_param
        else ModelSignature(Schema([spec]))
    )
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Anything(), signature=made, pip_requirements=[])
    model = mlflow.pyfunc.load_model(tmp_path / "m")
    with pytest.raises(InvalidParameterValue) as caught:
        model.predict([1], params=data) if is_param else model.predict(data)
    assert caught.value.message.endswith(message)


def test_the_table_has_every_type() -> None:
    specs = [evaluated(signature) for signature, _, _ in ROWS]
    columns = {spec.type for spec in specs if isinstance(spec, ColSpec) and isinstance(spec.type, DataType)}
    assert columns == set(DataType)
    others = {type(spec.type) for spec in specs if isinstance(spec, ColSpec)} - {DataType}
    assert others == {AnyType, Array, Map, Object}
    assert {type(spec) for spec in specs} == {ColSpec, TensorSpec, ParamSpec}
