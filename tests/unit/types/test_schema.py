from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException
from mlflow.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    Property,
    Schema,
    SparkMLVector,
    TensorSpec,
    convert_dataclass_to_schema,
)

SCALARS = st.sampled_from(list(DataType))
NAMES = st.text(min_size=1, max_size=8)
TYPES = st.recursive(
    SCALARS | st.builds(AnyType) | st.builds(SparkMLVector),
    lambda inner: (
        st.builds(Array, inner)
        | st.builds(Map, inner)
        | st.lists(
            st.builds(Property, NAMES, inner, st.booleans()), min_size=1, unique_by=lambda p: p.name
        ).map(Object)
    ),
    max_leaves=6,
)


@given(st.lists(st.builds(ColSpec, TYPES, NAMES, st.booleans()), min_size=1))
def test_columns_survive_json(columns: list[Any]) -> None:
    schema = Schema(columns)
    assert Schema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize(
    ("column", "form"),
    [
        (ColSpec("long", "a"), {"type": "long", "name": "a", "required": True}),
        (ColSpec("double", "a", required=False), {"type": "double", "name": "a", "required": False}),
        (ColSpec("string"), {"type": "string", "required": True}),
        (
            ColSpec(Array(DataType.string), "arr"),
            {"type": "array", "items": {"type": "string"}, "name": "arr", "required": True},
        ),
        (
            ColSpec(Object([Property("p", DataType.string)]), "o"),
            {
                "type": "object",
                "properties": {"p": {"type": "string", "required": True}},
                "name": "o",
                "required": True,
            },
        ),
        (
            ColSpec(Map(DataType.long), "m"),
            {"type": "map", "values": {"type": "long"}, "name": "m", "required": True},
        ),
        (ColSpec(AnyType(), "x"), {"type": "any", "name": "x", "required": True}),
    ],
)
def test_columns_have_the_json_form_of_mlflow(column: ColSpec, form: dict[str, Any]) -> None:
    assert column.to_dict() == form
    assert ColSpec.from_json_dict(**form) == column


def test_columns_of_older_models_are_required_unless_they_say_otherwise() -> None:
    assert ColSpec.from_json_dict(type="long", name="a").required
    assert not ColSpec.from_json_dict(type="long", name="a", optional=True).required


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "str", "bytes", "object", "datetime64[ns]"])
def test_tensors_survive_json(dtype: str) -> None:
    schema = Schema([TensorSpec(np.dtype(dtype), (-1, 28), "img")])
    form = {"name": "img", "type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [-1, 28]}}
    assert json.loads(schema.to_json()) == [form]
    assert Schema.from_json(schema.to_json()) == schema


def test_the_length_of_text_is_no_part_of_a_tensor() -> None:
    assert TensorSpec(np.dtype("<U7"), (-1,)) == TensorSpec(np.dtype("str"), (-1,))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "empty inputs"),
        ([ColSpec("long", "a"), ColSpec("long")], "named and unnamed"),
        ([ColSpec("long", "a"), TensorSpec(np.dtype("f4"), (-1,), "b")], "ColSpec or TensorSpec"),
        ([ColSpec("long", required=False), ColSpec("long")], "unnamed optional"),
        ([TensorSpec(np.dtype("f4"), (-1,)), TensorSpec(np.dtype("f4"), (-1,))], "multiple unnamed"),
    ],
)
def test_a_schema_that_cannot_be_told_apart_is_refused(inputs: list[Any], message: str) -> None:
    with pytest.raises(MlflowException, match=message):
        Schema(inputs)


def test_unknown_types_are_named() -> None:
    with pytest.raises(MlflowException, match=r"Unsupported type 'doubl'.*'boolean', 'integer'"):
        ColSpec("doubl", "a")
    with pytest.raises(TypeError, match="got 3"):
        ColSpec(3, "a")  # type: ignore[arg-type]  # refused
    with pytest.raises(TypeError, match=r"numpy\.dtype"):
        TensorSpec("f4", (-1,))  # type: ignore[arg-type]  # refused


@pytest.mark.parametrize("form", [{"name": "a"}, {"type": "array"}, {"type": "object"}, {"type": "map"}])
def test_an_incomplete_json_form_says_what_it_lacks(form: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterValue, match="lacks the key"):
        ColSpec.from_json_dict(**form)


def test_objects_need_properties_with_different_names() -> None:
    with pytest.raises(InvalidParameterValue, match="empty properties"):
        Object([])
    with pytest.raises(InvalidParameterValue, match="duplicated property names: `a`"):
        Object([Property("a", "string"), Property("a", "long")])


def test_a_schema_answers_by_name_and_by_position() -> None:
    named = Schema([ColSpec("long", "a"), ColSpec("string", "b", required=False)])
    assert named.has_input_names()
    assert named.input_names() == ["a", "b"]
    assert named.required_input_names() == ["a"]
    assert named.optional_input_names() == ["b"]
    assert named.input_types_dict() == {"a": DataType.long, "b": DataType.string}
    assert named.pandas_types() == [np.dtype("int64"), object]
    unnamed = Schema([TensorSpec(np.dtype("f4"), (-1,))])
    assert unnamed.is_tensor_spec()
    assert unnamed.input_names() == [0]
    assert unnamed.numpy_types() == [np.dtype("f4")]
    with pytest.raises(MlflowException, match="without names"):
        unnamed.input_dict()
    with pytest.raises(MlflowException, match="numpy_types"):
        unnamed.pandas_types()


def test_schemas_are_shown_in_one_line() -> None:
    schema = Schema([ColSpec("long", "a"), ColSpec(Array("string"), "b", required=False)])
    assert str(schema) == "['a': long (required), 'b': Array(string) (optional)]"
    assert str(Schema([TensorSpec(np.dtype("f4"), (-1, 2), "t")])) == "['t': Tensor('float32', (-1, 2))]"


@dataclass
class _Address:
    street: str


@dataclass
class _Person:
    age: int
    names: list[str]
    scores: dict[str, float]
    address: _Address
    note: str | None = None
    anything: Any = None


def test_a_dataclass_is_a_schema() -> None:
    schema = convert_dataclass_to_schema(_Person)
    assert schema == Schema(
        [
            ColSpec("long", "age"),
            ColSpec(Array("string"), "names"),
            ColSpec(Map("double"), "scores"),
            ColSpec(Object([Property("street", "string")]), "address"),
            ColSpec("string", "note", required=False),
            ColSpec(AnyType(), "anything"),
        ]
    )


class TestSpark:
    @pytest.fixture
    def spark(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """The types of Spark, each known by its name and what it is made with; the real ones where they are."""
        try:
            from pyspark.sql import types
        except ImportError:
            types = ModuleType("pyspark.sql.types")
            for name in SPARK_TYPES:
                setattr(types, name, partial(lambda name, *parts: (name, *parts), name))
            sql = ModuleType("pyspark.sql")
            sql.types = types  # type: ignore[attr-defined]  # an attribute of the package
            for module in (ModuleType("pyspark"), sql, types):
                monkeypatch.setitem(sys.modules, module.__name__, module)
        return types

    def test_columns_are_fields(self, spark: Any) -> None:
        nested = Object([Property("p", "string"), Property("q", Array("long"), required=False)])
        schema = Schema(
            [ColSpec("double", "a"), ColSpec(nested, "b", required=False), ColSpec(Map("binary"), "c")]
        )
        inner = spark.StructType(
            [
                spark.StructField("p", spark.StringType(), False),
                spark.StructField("q", spark.ArrayType(spark.LongType()), True),
            ]
        )
        assert schema.as_spark_schema() == spark.StructType(
            [
                spark.StructField("a", spark.DoubleType(), False),
                spark.StructField("b", inner, True),
                spark.StructField("c", spark.MapType(spark.StringType(), spark.BinaryType()), False),
            ]
        )

    def test_a_column_without_a_name_is_its_type(self, spark: Any) -> None:
        assert Schema([ColSpec("datetime")]).as_spark_schema() == spark.TimestampType()

    @pytest.mark.usefixtures("spark")
    def test_what_spark_has_no_type_for_is_told(self) -> None:
        with pytest.raises(MlflowException, match="TensorSpec cannot be converted"):
            Schema([TensorSpec(np.dtype("f4"), (-1,))]).as_spark_schema()
        with pytest.raises(MlflowException, match="no type for Any"):
            Schema([ColSpec(AnyType(), "a")]).as_spark_schema()

    def test_a_missing_spark_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyspark.sql", None)
        with pytest.raises(MissingExtra, match="pip install pyspark"):
            Schema([ColSpec("long", "a")]).as_spark_schema()


SPARK_TYPES = (
    "StructType StructField ArrayType MapType StringType BinaryType DoubleType LongType TimestampType"
).split()
