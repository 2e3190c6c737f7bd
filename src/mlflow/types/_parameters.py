"""Parameters that a model takes beside its input."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.types._column_types import (
    ALLOWED_DTYPES,
    Array,
    CellType,
    DataType,
    _repeated,
    cell_type,
    type_from_dict,
    type_to_dict,
)
from mlflow.types._libraries import is_array
from mlflow.types._values import fitted


class ParamSpec:
    """A parameter with its default.

    Args:
        name: Its name.
        dtype: Its type: a scalar type, its name, or an `Object`.
        default: Value where the caller gives none.
        shape: `None` for one value, `(-1,)` for a list.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: the default does not fit type and shape.
    """

    def __init__(
        self,
        name: str,
        dtype: ALLOWED_DTYPES,
        default: Any,
        shape: tuple[int, ...] | None = None,
    ) -> None:
        self._name = str(name)
        self._shape = tuple(shape) if shape is not None else None
        self._dtype = cell_type(dtype)
        self._default = default
        if self._dtype is DataType.binary:
            raise InvalidParameterValue(
                f"Binary type is not supported for parameters, ParamSpec '{name}' has dtype 'binary'"
            )
        if self._shape not in (None, (-1,)):
            raise InvalidParameterValue(
                "Shape must be None for scalar or dictionary value, or (-1,) for 1D array value "
                f"for ParamSpec {self}), received {self._shape}"
            )
        self._default = self.validate_type_and_shape(repr(self), default, self._dtype, self._shape)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def dtype(self) -> CellType:
        """Its type."""
        return self._dtype

    @property
    def default(self) -> Any:
        """Value where the caller gives none."""
        return self._default

    @property
    def shape(self) -> tuple[int, ...] | None:
        """`None` for one value, `(-1,)` for a list."""
        return self._shape

    @classmethod
    def validate_param_spec(cls, value: Any, param_spec: ParamSpec) -> Any:
        """The value as the parameter's type, or an error saying why it does not fit."""
        return cls.validate_type_and_shape(repr(param_spec), value, param_spec.dtype, param_spec.shape)

    @classmethod
    def validate_type_and_shape(
        cls, spec: str, value: Any, value_type: CellType, shape: tuple[int, ...] | None
    ) -> Any:
        """The value as the given type and shape; `None` passes as it is.

        Args:
            spec: How the error names the parameter.
            value: The value.
            value_type: Type that it should have.
            shape: `None` for one value, `(-1,)` for a list.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: it does not fit without a loss.
        """
        if value is None:
            return None
        if shape is not None and not isinstance(value, list | tuple) and not is_array(value):
            raise InvalidParameterValue(
                f"Value must be a 1D array with shape {shape} for param {spec}, "
                f"received {type(value).__name__} with ndim 0"
            )
        try:
            fit = fitted(value, value_type if shape is None else Array(value_type))
        except InvalidParameterValue as error:
            raise InvalidParameterValue(
                f"Failed to validate type and shape for {spec}, error: {error.message}"
            ) from error
        return fit.tolist() if is_array(fit) else fit

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        default = self._default
        if isinstance(default, list):
            default = [_as_json(item) for item in default]
        return {
            "name": self._name,
            "default": _as_json(default),
            "shape": None if self._shape is None else list(self._shape),
            **type_to_dict(self._dtype),
        }

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> ParamSpec:
        """The parameter with this JSON form; older models call the type `dtype`."""
        kind = kwargs.get("type") or kwargs.get("dtype")
        if kind is None or "name" not in kwargs or "default" not in kwargs:
            raise InvalidParameterValue(
                f"The JSON form of a parameter needs 'name', 'type' and 'default': {kwargs}"
            )
        dtype = type_from_dict({**kwargs, "type": kind})
        shape = kwargs.get("shape")
        return cls(kwargs["name"], dtype, kwargs["default"], None if shape is None else tuple(shape))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSpec) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shape = "" if self._shape is None else f" (shape: {self._shape})"
        return f"{self._name!r}: {self._dtype!r} (default: {self._default}){shape}"


class ParamSchema:
    """The parameters of a model, each name once."""

    def __init__(self, params: list[ParamSpec]) -> None:
        if not isinstance(params, list) or not all(isinstance(param, ParamSpec) for param in params):
            raise InvalidParameterValue(f"ParamSchema needs a list of ParamSpec, got {params!r}")
        if twice := _repeated(param.name for param in params):
            raise InvalidParameterValue(f"Duplicated parameters found in schema: {twice}")
        self._params = params

    @property
    def params(self) -> list[ParamSpec]:
        """The parameters."""
        return self._params

    def __len__(self) -> int:
        return len(self._params)

    def __iter__(self) -> Any:
        return iter(self._params)

    def to_dict(self) -> list[dict[str, Any]]:
        """The JSON form."""
        return [param.to_dict() for param in self._params]

    def to_json(self) -> str:
        """The JSON form as text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> ParamSchema:
        """The parameters with this JSON text."""
        return cls([ParamSpec.from_json_dict(**form) for form in json.loads(json_str)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSchema) and self._params == other._params

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._params)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
