"""Types of a column's cells: scalars, arrays, objects, maps and anything."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any, Union

from mlflow.exceptions import InvalidParameterValue, MlflowException


class DataType(Enum):
    """A scalar type of columns and parameters."""

    boolean = 1
    integer = 2
    """32 bit, signed."""
    long = 3
    """64 bit, signed."""
    float = 4
    """32 bit."""
    double = 5
    """64 bit."""
    string = 6
    binary = 7
    datetime = 8
    """64 bit, nanoseconds."""

    def __repr__(self) -> str:
        return self.name

    def to_numpy(self) -> Any:
        """The numpy dtype of the type. Needs numpy."""
        import numpy

        return numpy.dtype(_NUMPY_NAMES[self])

    def to_pandas(self) -> Any:
        """The numpy dtype of a DataFrame's column; `object` for text and bytes. Needs numpy."""
        if self in (DataType.string, DataType.binary):
            return object
        return self.to_numpy()

    def to_python(self) -> type:
        """The Python type of a value."""
        return _PYTHON_TYPES[self]

    @classmethod
    def all_types(cls) -> list[DataType]:
        """All scalar types."""
        return list(cls)


_NUMPY_NAMES = {
    DataType.boolean: "bool",
    DataType.integer: "int32",
    DataType.long: "int64",
    DataType.float: "float32",
    DataType.double: "float64",
    DataType.string: "str",
    DataType.binary: "bytes",
    DataType.datetime: "datetime64[ns]",
}
_PYTHON_TYPES: dict[DataType, type] = {
    DataType.boolean: bool,
    DataType.integer: int,
    DataType.long: int,
    DataType.float: float,
    DataType.double: float,
    DataType.string: str,
    DataType.binary: bytes,
    DataType.datetime: date,
}


class BaseType(ABC):
    """A type of cells that is not a scalar. Equal by its JSON form."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]


ALLOWED_DTYPES = Union["Array", "DataType", "Map", "Object", "AnyType", str]
CellType = Union["Array", "DataType", "Map", "Object", "AnyType"]


def cell_type(dtype: object, argument: str = "dtype") -> CellType:
    """The type that a value stands for, where the name of a scalar type is enough.

    Raises:
        MlflowException: A name that is no scalar type's.
        TypeError: The value is neither a name nor a type.
    """
    if isinstance(dtype, str):
        try:
            return DataType[dtype]
        except KeyError:
            known = [kind.name for kind in DataType]
            raise MlflowException(
                f"Unsupported type '{dtype}', expected instance of DataType or one of {known}"
            ) from None
    if isinstance(dtype, DataType | Array | Object | Map | AnyType):
        return dtype
    raise TypeError(
        "Expected mlflow.types.schema.Datatype, mlflow.types.schema.Array, mlflow.types.schema.Object, "
        "mlflow.types.schema.Map, mlflow.types.schema.AnyType or str for the "
        f"'{argument}' argument, but got {dtype!r}"
    )


def type_to_dict(dtype: CellType) -> dict[str, Any]:
    """The JSON form of a scalar or other type."""
    return {"type": dtype.name} if isinstance(dtype, DataType) else dtype.to_dict()


def type_from_dict(form: dict[str, Any]) -> CellType:
    """The type with this JSON form; keys that do not belong to the type are ignored."""
    kind = form["type"]
    reader = _READERS.get(kind)
    return reader(form) if reader else cell_type(kind)


class Array(BaseType):
    """A list of values of one type.

    Args:
        dtype: Type of the elements, or the name of a scalar type.
    """

    def __init__(self, dtype: ALLOWED_DTYPES) -> None:
        self._dtype = cell_type(dtype)

    @property
    def dtype(self) -> CellType:
        """Type of the elements."""
        return self._dtype

    def to_dict(self) -> dict[str, Any]:
        return {"type": "array", "items": type_to_dict(self._dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Array:
        """The array with this JSON form."""
        _require("Array", kwargs, "items")
        return cls(type_from_dict(kwargs["items"]))

    def __repr__(self) -> str:
        return f"Array({self._dtype!r})"


class SparkMLVector(Array):
    """A vector of Spark ML: an array of doubles."""

    def __init__(self) -> None:
        super().__init__(DataType.double)

    def to_dict(self) -> dict[str, Any]:
        return {"type": "sparkml_vector"}

    @classmethod
    def from_json_dict(cls, **_kwargs: Any) -> SparkMLVector:
        return cls()

    def __repr__(self) -> str:
        return "SparkML vector"


class Property(BaseType):
    """A named value of an object.

    Args:
        name: Its key.
        dtype: Its type, or the name of a scalar type.
        required: Whether an object without it is refused.
    """

    def __init__(self, name: str, dtype: ALLOWED_DTYPES, required: bool = True) -> None:
        if not isinstance(name, str):
            raise InvalidParameterValue(f"Expected name to be a string, got {type(name).__name__}")
        self._name = name
        self._dtype = cell_type(dtype)
        self._required = required

    @property
    def name(self) -> str:
        """Its key."""
        return self._name

    @property
    def dtype(self) -> CellType:
        """Its type."""
        return self._dtype

    @property
    def required(self) -> bool:
        """Whether an object without it is refused."""
        return self._required

    def to_dict(self) -> dict[str, Any]:
        return {self._name: type_to_dict(self._dtype) | {"required": self._required}}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Property:
        """The property with this JSON form: its name, and the form of its type."""
        if len(kwargs) != 1:
            raise InvalidParameterValue(f"Expected the form of one property, got {sorted(kwargs)}")
        name, form = kwargs.popitem()
        _require(f"Property {name!r}", form, "type")
        return cls(name, type_from_dict(form), form.get("required", True))

    def __repr__(self) -> str:
        return f"{self._name}: {self._dtype!r} ({_need(self._required)})"


class Object(BaseType):
    """A dictionary with known keys, sorted by name.

    Args:
        properties: Its properties; at least one, each name once.
    """

    def __init__(self, properties: list[Property]) -> None:
        if not isinstance(properties, list) or not all(isinstance(item, Property) for item in properties):
            raise InvalidParameterValue(f"Expected properties to be a list of Property, got {properties!r}")
        if not properties:
            raise InvalidParameterValue("Creating Object with empty properties is not allowed.")
        if twice := _repeated(item.name for item in properties):
            raise InvalidParameterValue(f"Found duplicated property names: `{', '.join(twice)}`")
        self._properties = sorted(properties, key=lambda item: item.name)

    @property
    def properties(self) -> list[Property]:
        """Its properties by name."""
        return self._properties

    def to_dict(self) -> dict[str, Any]:
        forms: dict[str, Any] = {}
        for item in self._properties:
            forms |= item.to_dict()
        return {"type": "object", "properties": forms}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Object:
        """The object with this JSON form."""
        _require("Object", kwargs, "properties")
        return cls([Property.from_json_dict(**{name: form}) for name, form in kwargs["properties"].items()])

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self._properties)) + "}"


class Map(BaseType):
    """A dictionary from text to values of one type.

    Args:
        value_type: Type of the values, or the name of a scalar type.
    """

    def __init__(self, value_type: ALLOWED_DTYPES) -> None:
        self._value_type = cell_type(value_type, "value_type")

    @property
    def value_type(self) -> CellType:
        """Type of the values."""
        return self._value_type

    def to_dict(self) -> dict[str, Any]:
        return {"type": "map", "values": type_to_dict(self._value_type)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Map:
        """The map with this JSON form."""
        _require("Map", kwargs, "values")
        return cls(type_from_dict(kwargs["values"]))

    def __repr__(self) -> str:
        return f"Map(str -> {self._value_type})"


class AnyType(BaseType):
    """Any value, null included."""

    def to_dict(self) -> dict[str, Any]:
        return {"type": "any"}

    def __repr__(self) -> str:
        return "Any"


_READERS: dict[str, Any] = {
    "array": lambda form: Array.from_json_dict(**form),
    "object": lambda form: Object.from_json_dict(**form),
    "map": lambda form: Map.from_json_dict(**form),
    "sparkml_vector": lambda _form: SparkMLVector(),
    "any": lambda _form: AnyType(),
}


def _require(what: str, form: dict[str, Any], key: str) -> None:
    if key not in form:
        raise InvalidParameterValue(f"The JSON form of {what} lacks the key '{key}': {form}")


def _need(required: bool) -> str:
    return "required" if required else "optional"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
