"""Schemas: columns or tensors that a model takes or gives, and its parameters.

The JSON forms are those of MLflow's signatures, in both directions.
"""

from __future__ import annotations

import dataclasses
import json
import types
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException
from mlflow.types._column_types import (
    ALLOWED_DTYPES,
    AnyType,
    Array,
    BaseType,
    CellType,
    DataType,
    Map,
    Object,
    Property,
    SparkMLVector,
    _need,
    cell_type,
    type_from_dict,
    type_to_dict,
)
from mlflow.types._parameters import ParamSchema, ParamSpec

if TYPE_CHECKING:
    import numpy

__all__ = [
    "AnyType",
    "Array",
    "BaseType",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorInfo",
    "TensorSpec",
    "convert_dataclass_to_schema",
]


class ColSpec:
    """A column.

    Args:
        type: Type of its cells, or the name of a scalar type.
        name: Its name; `None` where columns are told apart by position.
        required: Whether input without it is refused.
    """

    def __init__(self, type: ALLOWED_DTYPES, name: str | None = None, required: bool = True) -> None:
        self._type = cell_type(type, "type")
        self._name = name
        self._required = required

    @property
    def type(self) -> CellType:
        """Type of its cells."""
        return self._type

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        self._name = value

    @property
    def required(self) -> bool:
        """Whether input without it is refused."""
        return self._required

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        form = type_to_dict(self._type)
        if self._name is not None:
            form["name"] = self._name
        form["required"] = self._required
        return form

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> ColSpec:
        """The column with this JSON form; `required` is true where older models leave it out."""
        if "type" not in kwargs:
            raise InvalidParameterValue(f"The JSON form of a column lacks the key 'type': {kwargs}")
        required = kwargs.get("required", not kwargs.get("optional", False))
        return cls(type_from_dict(kwargs), kwargs.get("name"), required)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColSpec) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = "" if self._name is None else f"{self._name!r}: "
        return f"{name}{self._type!r} ({_need(self._required)})"


class TensorInfo:
    """Element type and shape of a tensor.

    Args:
        dtype: Type of the elements.
        shape: Its sizes; -1 for one that varies.
    """

    def __init__(self, dtype: numpy.dtype[Any], shape: tuple[int, ...] | list[int]) -> None:
        import numpy

        if not isinstance(dtype, numpy.dtype):
            raise TypeError(
                f"Expected `dtype` to be instance of `{numpy.dtype}`, received `{dtype.__class__}`"
            )
        if not isinstance(shape, tuple | list):
            raise TypeError(
                f"Expected `shape` to be instance of `{tuple}` or `{list}`, received `{shape.__class__}`"
            )
        # Text and bytes have a length in numpy, but the schema is about any length.
        self._dtype = numpy.dtype(_flexible(dtype) or dtype)
        self._shape = tuple(int(size) for size in shape)

    @property
    def dtype(self) -> numpy.dtype[Any]:
        """Type of the elements."""
        return self._dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes; -1 for one that varies."""
        return self._shape

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"dtype": _flexible(self._dtype) or self._dtype.name, "shape": list(self._shape)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> TensorInfo:
        """The tensor type with this JSON form."""
        import numpy

        if not {"dtype", "shape"} <= kwargs.keys():
            raise InvalidParameterValue(f"The JSON form of a tensor needs 'dtype' and 'shape': {kwargs}")
        return cls(numpy.dtype(kwargs["dtype"]), tuple(kwargs["shape"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorInfo) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Tensor({self.to_dict()['dtype']!r}, {self._shape!r})"


class TensorSpec:
    """A tensor.

    Args:
        type: Type of the elements.
        shape: Its sizes; -1 for one that varies.
        name: Its name; `None` for the only tensor of a schema.
    """

    def __init__(
        self, type: numpy.dtype[Any], shape: tuple[int, ...] | list[int], name: str | None = None
    ) -> None:
        self._tensor = TensorInfo(type, shape)
        self._name = name

    @property
    def type(self) -> numpy.dtype[Any]:
        """Type of the elements."""
        return self._tensor.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes; -1 for one that varies."""
        return self._tensor.shape

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""
        return self._name

    @property
    def required(self) -> bool:
        """Always true: a tensor cannot be left out."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        name = {} if self._name is None else {"name": self._name}
        return {**name, "type": "tensor", "tensor-spec": self._tensor.to_dict()}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> TensorSpec:
        """The tensor with this JSON form."""
        if kwargs.get("type") != "tensor" or "tensor-spec" not in kwargs:
            raise InvalidParameterValue(
                f"The JSON form of a tensor needs type 'tensor' and a 'tensor-spec': {kwargs}"
            )
        tensor = TensorInfo.from_json_dict(**kwargs["tensor-spec"])
        return cls(tensor.dtype, tensor.shape, kwargs.get("name"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._tensor) if self._name is None else f"{self._name!r}: {self._tensor!r}"


class Schema:
    """The inputs or outputs of a model: columns, or tensors.

    All of them are named or none is; only named columns may be optional; of unnamed tensors there is one.

    Args:
        inputs: The columns or tensors, at least one.
    """

    def __init__(self, inputs: list[ColSpec | TensorSpec]) -> None:
        if not isinstance(inputs, list):
            raise InvalidParameterValue(f"Inputs of Schema must be a list, got {type(inputs).__name__}")
        if not inputs:
            raise InvalidParameterValue("Creating Schema with empty inputs is not allowed.")
        if not all(isinstance(item, ColSpec) for item in inputs) and not all(
            isinstance(item, TensorSpec) for item in inputs
        ):
            raise MlflowException(
                "Creating Schema with a combination of ColSpec and TensorSpec is not supported. "
                f"Please choose one of ColSpec or TensorSpec; got {inputs}"
            )
        names = [item.name for item in inputs]
        if None in names and any(name is not None for name in names):
            raise MlflowException(
                "Creating Schema with a combination of named and unnamed inputs is not allowed. "
                f"Got input names {names}"
            )
        if names[0] is None and any(not item.required for item in inputs):
            raise MlflowException(
                "Creating Schema with unnamed optional inputs is not supported. "
                "Please name all inputs or make all inputs required."
            )
        if names[0] is None and len(inputs) > 1 and isinstance(inputs[0], TensorSpec):
            raise MlflowException(
                "Creating Schema with multiple unnamed TensorSpecs is not supported. "
                "Please provide names for each TensorSpec."
            )
        self._inputs = inputs

    @property
    def inputs(self) -> list[ColSpec | TensorSpec]:
        """The columns or tensors."""
        return self._inputs

    def __len__(self) -> int:
        return len(self._inputs)

    def __iter__(self) -> Any:
        return iter(self._inputs)

    def is_tensor_spec(self) -> bool:
        """Whether these are tensors."""
        return isinstance(self._inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether they are named."""
        return self._inputs[0].name is not None

    def input_names(self) -> list[str | int]:
        """Their names, or positions where they have none."""
        return [item.name if item.name is not None else at for at, item in enumerate(self._inputs)]

    def required_input_names(self) -> list[str | int]:
        """Names (or positions) of those that must be there."""
        return [name for name, item in zip(self.input_names(), self._inputs, strict=True) if item.required]

    def optional_input_names(self) -> list[str | int]:
        """Names of those that may be left out."""
        return [
            name for name, item in zip(self.input_names(), self._inputs, strict=True) if not item.required
        ]

    def input_types(self) -> list[Any]:
        """Their types: cell types of columns, numpy dtypes of tensors."""
        return [item.type for item in self._inputs]

    def input_types_dict(self) -> dict[str, Any]:
        """Their types by name."""
        return {name: item.type for name, item in self.input_dict().items()}

    def input_dict(self) -> dict[str, ColSpec | TensorSpec]:
        """Themselves by name."""
        if not self.has_input_names():
            raise MlflowException("Cannot get input types as a dict for schema without names.")
        return {str(item.name): item for item in self._inputs}

    def numpy_types(self) -> list[Any]:
        """Their numpy dtypes. Only for tensors and scalar columns; needs numpy."""
        if self.is_tensor_spec():
            return [item.type for item in self._inputs]
        return [kind.to_numpy() for kind in self._scalar_types("numpy")]

    def pandas_types(self) -> list[Any]:
        """The dtypes of a DataFrame's columns. Only for scalar columns; needs numpy."""
        if self.is_tensor_spec():
            raise MlflowException("TensorSpec only supports numpy types, use numpy_types() instead")
        return [kind.to_pandas() for kind in self._scalar_types("pandas")]

    @cached_property
    def _plain_columns(self) -> tuple[list[str], list[Any]] | None:
        """Names and numpy dtypes of the columns, `None` as the dtype of text and bytes.

        There is no such list for tensors, and for columns without a name or with nested values.
        """
        kinds = self.input_types()
        if self.is_tensor_spec() or not self.has_input_names() or set(map(type, kinds)) != {DataType}:
            return None
        text = (DataType.string, DataType.binary)
        return [str(name) for name in self.input_names()], [
            None if kind in text else kind.to_numpy() for kind in kinds
        ]

    def as_spark_schema(self) -> Any:
        """The type of a Spark table with these columns; for one without a name, the type of its cells.

        Raises:
            MissingExtra: pyspark is not installed.
            MlflowException: The schema is of tensors, or has cells of any type.
        """
        try:
            from pyspark.sql import types as spark
        except ImportError as error:
            raise MissingExtra("A schema of Spark", "pyspark") from error
        if self.is_tensor_spec():
            raise MlflowException("TensorSpec cannot be converted to spark dataframe")
        if len(self) == 1 and not self.has_input_names():
            return _spark_type(self._inputs[0].type, spark)
        return spark.StructType(
            [
                spark.StructField(str(name), _spark_type(item.type, spark), not item.required)
                for name, item in zip(self.input_names(), self._inputs, strict=True)
            ]
        )

    def _scalar_types(self, library: str) -> list[DataType]:
        kinds = self.input_types()
        if not all(isinstance(kind, DataType) for kind in kinds):
            raise MlflowException(f"Only scalar columns have {library} types; this schema is {self}")
        return kinds

    def to_dict(self) -> list[dict[str, Any]]:
        """The JSON form."""
        return [item.to_dict() for item in self._inputs]

    def to_json(self) -> str:
        """The JSON form as text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Schema:
        """The schema with this JSON text."""
        return cls([_spec_from_dict(form) for form in json.loads(json_str)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._inputs == other._inputs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "[" + ", ".join(map(repr, self._inputs)) + "]"


def _spec_from_dict(form: dict[str, Any]) -> ColSpec | TensorSpec:
    reader = TensorSpec if form.get("type") == "tensor" else ColSpec
    return reader.from_json_dict(**form)


_SPARK_NAMES = {
    DataType.boolean: "BooleanType",
    DataType.integer: "IntegerType",
    DataType.long: "LongType",
    DataType.float: "FloatType",
    DataType.double: "DoubleType",
    DataType.string: "StringType",
    DataType.binary: "BinaryType",
    DataType.datetime: "TimestampType",
}


def _spark_type(kind: Any, spark: Any) -> Any:
    if isinstance(kind, DataType):
        return getattr(spark, _SPARK_NAMES[kind])()
    if isinstance(kind, Array):
        return spark.ArrayType(_spark_type(kind.dtype, spark))
    if isinstance(kind, Map):
        return spark.MapType(spark.StringType(), _spark_type(kind.value_type, spark))
    if isinstance(kind, Object):
        return spark.StructType(
            [
                spark.StructField(item.name, _spark_type(item.dtype, spark), not item.required)
                for item in kind.properties
            ]
        )
    raise MlflowException(f"Spark has no type for {kind!r}")


def _flexible(dtype: numpy.dtype[Any]) -> str | None:
    return {"U": "str", "S": "bytes"}.get(dtype.kind)


def convert_dataclass_to_schema(dataclass: Any) -> Schema:
    """The schema of a dataclass: a column for each field, optional ones for `X | None`.

    Args:
        dataclass: A dataclass, or an instance of one.

    Raises:
        MlflowException: A field has a type that no column can have.
    """
    hints = get_type_hints(dataclass if isinstance(dataclass, type) else type(dataclass))
    columns: list[ColSpec | TensorSpec] = []
    for field in dataclasses.fields(dataclass):
        dtype, required = _type_of_hint(hints[field.name])
        columns.append(ColSpec(dtype, field.name, required))
    return Schema(columns)


_TYPE_OF_PYTHON: dict[Any, DataType] = {
    bool: DataType.boolean,
    int: DataType.long,
    float: DataType.double,
    str: DataType.string,
    bytes: DataType.binary,
}


def _type_of_hint(hint: Any) -> tuple[CellType, bool]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        some = [argument for argument in arguments if argument is not type(None)]
        if len(some) == 1 and len(some) < len(arguments):
            return _type_of_hint(some[0])[0], False
        raise MlflowException(f"Only unions of one type and None can be a column, got {hint}")
    if hint in _TYPE_OF_PYTHON:
        return _TYPE_OF_PYTHON[hint], True
    if origin is list:
        return Array(_type_of_hint(arguments[0])[0]), True
    if origin is dict and arguments[0] is str:
        return Map(_type_of_hint(arguments[1])[0]), True
    if dataclasses.is_dataclass(hint):
        columns = convert_dataclass_to_schema(hint)
        return Object([Property(str(item.name), item.type, item.required) for item in columns]), True
    if hint is Any:
        return AnyType(), True
    raise MlflowException(f"A field of type {hint} cannot be a column")
