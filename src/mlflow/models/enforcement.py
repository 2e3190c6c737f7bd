"""Making input fit a signature before a model sees it.

Values are widened where nothing is lost (32 bits to 64, integers of at most 32 bits to doubles) and
never narrowed. Columns come in the signature's order, without those it does not name.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import InvalidParameterValue, MissingExtra, MlflowException
from mlflow.types._libraries import is_array, is_dictionary_of_arrays, is_frame, is_series, is_sparse
from mlflow.types._values import fitted
from mlflow.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Schema,
    TensorSpec,
)

if TYPE_CHECKING:
    import numpy
    import pandas

_logger = logging.getLogger(__name__)


def validate_schema(data: Any, expected_schema: Schema) -> None:
    """Checks that data fits a schema.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it does not; the message says where.
    """
    enforce_schema(data, expected_schema)


def enforce_schema(data: Any, schema: Schema) -> Any:
    """The data as the schema describes it.

    Args:
        data: DataFrame, Series, array, dictionary, list or scalar.
        schema: A model's input schema.

    Returns:
        A DataFrame for columns; an array, or a dictionary of arrays, for tensors.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it does not fit; the message says where.
    """
    if is_frame(data) and _fits(data, schema):
        return data
    try:
        return _tensors(data, schema) if schema.is_tensor_spec() else _columns(data, schema)
    except (MlflowException, ValueError, TypeError) as error:
        if isinstance(error, MissingExtra):
            raise
        reason = error.message if isinstance(error, MlflowException) else str(error)
        raise InvalidParameterValue(
            f"Failed to enforce schema of data ({_described(data)}) with schema '{schema}'. Error: {reason}",
            sqlstate="KAM01",
            error_class="SCHEMA_ENFORCEMENT_FAILED",
        ) from error


def enforce_params(params: dict[str, Any] | None, schema: ParamSchema | None) -> dict[str, Any] | None:
    """The parameters with defaults filled in; those that the model does not declare are left out.

    Returns:
        The parameters; `None` where none are given and none declared.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: not a dictionary, or a value of another type.
    """
    if params is None and schema is None:
        return None
    if params is not None and not isinstance(params, dict):
        raise InvalidParameterValue(f"Parameters must be a dictionary. Got type '{type(params).__name__}'.")
    given = {str(name): value for name, value in (params or {}).items()}
    known = {spec.name: spec for spec in schema or ()}
    if unknown := sorted(given.keys() - known.keys()):
        _logger.warning(
            "The model's signature declares no parameters named %s; they are ignored. Declare them with "
            "infer_signature(..., params={...}).",
            unknown,
        )
    if schema is None:
        return {}
    refused, values = [], {}
    for name in dict.fromkeys([*(name for name in given if name in known), *known]):
        spec = known[name]
        try:
            values[name] = ParamSpec.validate_param_spec(given[name], spec) if name in given else spec.default
        except InvalidParameterValue as error:
            refused.append(f"{name!r}: {error.message}")
    if refused:
        raise InvalidParameterValue("Invalid parameters found: " + "; ".join(refused))
    return values


def _described(data: Any) -> str:
    """What the data is, without its values: they may be private, and many."""
    shape = getattr(data, "shape", None)
    size = f" of shape {tuple(shape)}" if shape is not None else ""
    return f"{type(data).__name__}{size}"


# Columns


_TEXT_DTYPES = frozenset({"object", "str", "string"})


def _fits(frame: pandas.DataFrame, schema: Schema) -> bool:
    """Whether a table is what the schema describes already: what one row a call usually is, told in microseconds.

    The public `dtypes` makes a Series, which costs more than all the rest.
    """
    plan = schema._plain_columns
    manager = getattr(frame, "_mgr", None)
    if plan is None or manager is None or frame.columns.tolist() != plan[0]:
        return False
    return all(
        dtype.name in _TEXT_DTYPES if wanted is None else dtype == wanted
        for dtype, wanted in zip(manager.get_dtypes(), plan[1], strict=True)
    )


def _columns(data: Any, schema: Schema) -> pandas.DataFrame:
    frame = _as_frame(data, schema)
    specs: list[Any] = schema.inputs
    if schema.has_input_names():
        chosen = _by_name(frame, specs)
    elif len(specs) == 1 and isinstance(specs[0].type, AnyType):
        return frame
    elif len(frame.columns) < len(specs):
        raise InvalidParameterValue(
            "Model inference is missing inputs. The model signature declares "
            f"{len(specs)} inputs  but the provided value only has {len(frame.columns)} inputs. "
            "Note: the inputs were not named in the signature so we can only verify their count."
        )
    else:
        chosen = dict(zip(frame.columns, specs, strict=False))
    given = {name: frame[name] for name in chosen}
    columns = {name: _column(series, chosen[name], name) for name, series in given.items()}
    if len(columns) == len(frame.columns) and all(
        column is given[name] and name == there
        for (name, column), there in zip(columns.items(), frame.columns, strict=True)
    ):
        return frame
    import pandas

    return pandas.DataFrame(columns, index=frame.index)


def _by_name(frame: pandas.DataFrame, specs: list[ColSpec]) -> dict[Any, ColSpec]:
    present = set(frame.columns)
    chosen = {spec.name: spec for spec in specs if spec.name in present}
    missing = [spec.name for spec in specs if spec.required and spec.name not in present]
    if missing:
        extra = [name for name in frame.columns if name not in chosen]
        note = f" Note that there were extra inputs: {extra}." if extra else ""
        raise InvalidParameterValue(f"Model is missing inputs {missing}.{note}")
    return chosen


def _as_frame(data: Any, schema: Schema) -> pandas.DataFrame:
    if is_frame(data):
        return data
    if data is None:
        raise InvalidParameterValue("Expected input to be DataFrame. Found: NoneType")
    try:
        import pandas
    except ImportError as error:
        raise MissingExtra("A model whose signature has columns", "pandas") from error
    if is_series(data):
        return data.to_frame()
    # A list is a row's value where the column holds lists, and a column of values elsewhere.
    nested = not all(isinstance(kind, DataType) for kind in schema.input_types())
    if isinstance(data, dict):
        rows = not nested and all(isinstance(item, list | tuple) or is_array(item) for item in data.values())
        return pandas.DataFrame(data) if rows else pandas.DataFrame([data])
    if is_array(data) and data.ndim > 0:
        return pandas.DataFrame(data)
    if isinstance(data, list | tuple):
        if nested and not schema.has_input_names() and len(schema) == 1:
            return pandas.Series(list(data), dtype=None if data else object).to_frame()
        return pandas.DataFrame(list(data))
    return pandas.DataFrame([data])


def _column(series: pandas.Series[Any], spec: ColSpec, name: object) -> pandas.Series[Any]:
    kind = spec.type
    if isinstance(kind, AnyType):
        return series
    if not isinstance(kind, DataType):
        return _cells(series, kind, spec.required)
    if series.dtype == "category":
        # The model was fitted on categories, so it gets categories; what they stand for must fit.
        _column(series.cat.categories.to_series(), spec, name)
        return series
    return _scalars(series, kind, name)


def _cells(series: pandas.Series[Any], kind: Array | Object | Map, required: bool) -> pandas.Series[Any]:
    import pandas

    cells = [None if cell is None and not required else fitted(cell, kind) for cell in series]
    return pandas.Series(cells, index=series.index, dtype=object)


def _scalars(series: pandas.Series[Any], kind: DataType, name: object) -> pandas.Series[Any]:
    target = kind.to_numpy()
    if series.dtype == target:
        return series
    if kind in (DataType.string, DataType.binary) and _is_text_or_object(series):
        return series
    inferred = series.infer_objects() if series.dtype == object else series
    if inferred.dtype == object:
        if kind is DataType.boolean:
            return series
        if kind in (DataType.double, DataType.datetime):
            return _parsed(inferred, kind, name)
    dtype = getattr(inferred.dtype, "numpy_dtype", inferred.dtype)
    if not _widens(dtype, kind):
        raise InvalidParameterValue(
            f"Incompatible input types for column {name}. Can not safely convert {inferred.dtype} "
            f"to {target.name}.{_hint(inferred, kind)}"
        )
    if kind is DataType.datetime and getattr(dtype, "tz", None) is not None:
        return series
    return inferred.astype(target)


def _is_text_or_object(series: pandas.Series[Any]) -> bool:
    import pandas

    return series.dtype == object or isinstance(series.dtype, pandas.StringDtype)


def _parsed(series: pandas.Series[Any], kind: DataType, name: object) -> pandas.Series[Any]:
    """A column of Python objects, such as `Decimal` or `date`, as numbers or moments."""
    import pandas

    try:
        if kind is DataType.double:
            return series.astype("float64")
        if not all(isinstance(value, date) or pandas.isna(value) for value in series):
            raise TypeError("only dates and times can be moments")
        return pandas.to_datetime(series).astype(kind.to_numpy())
    except (TypeError, ValueError) as error:
        raise InvalidParameterValue(
            f"Failed to convert column {name} from type object to {kind}: {error}"
        ) from error


def _widens(dtype: Any, kind: DataType) -> bool:
    """Whether every value of the dtype is one of the scalar type too."""
    source, size = dtype.kind, getattr(dtype, "itemsize", 0)
    if kind in (DataType.integer, DataType.long):
        wide = 4 if kind is DataType.integer else 8
        return (source == "i" and size <= wide) or (source == "u" and size < wide)
    if kind is DataType.float:
        return bool(source == "f" and size <= 4)
    if kind is DataType.double:
        return (source == "f" and size <= 8) or (source in "iu" and size < 8)
    return bool(source == {DataType.boolean: "b", DataType.datetime: "M"}.get(kind))


def _hint(series: pandas.Series[Any], kind: DataType) -> str:
    if kind in (DataType.integer, DataType.long) and series.dtype.kind == "f" and series.isna().any():
        return (
            " Hint: the type mismatch is likely caused by missing values. Integer columns in python can not "
            "represent missing values; declare the column as double in the signature."
        )
    return ""


# Tensors


def _tensors(data: Any, schema: Schema) -> Any:
    specs: list[Any] = schema.inputs
    if not schema.has_input_names():
        return _only_tensor(data, specs[0])
    if is_frame(data):
        arrays = {spec.name: _tensor_of_column(data, spec) for spec in specs if spec.name in data.columns}
    elif isinstance(data, dict) and not is_dictionary_of_arrays(data):
        kinds = sorted({type(item).__name__ for item in data.values()})
        raise InvalidParameterValue(
            "This model contains a tensor-based model signature with input names, which suggests a "
            f"dictionary input mapping input name to a numpy array, but a dict with value type {kinds} was found."
        )
    elif isinstance(data, dict):
        arrays = {name: data[name] for name in schema.input_names() if name in data}
    else:
        arrays = {}
    if missing := [name for name in schema.input_names() if name not in arrays]:
        raise InvalidParameterValue(f"Model is missing inputs {missing}.")
    return {spec.name: _checked(arrays[spec.name], spec) for spec in specs}


def _only_tensor(data: Any, spec: TensorSpec) -> Any:
    if is_frame(data):
        return _checked(data.to_numpy(), spec)
    if is_sparse(data) or is_array(data):
        return _checked(data, spec)
    raise InvalidParameterValue(
        "This model contains a tensor-based model signature with no input names, which suggests a numpy array "
        "input or a pandas dataframe input with proper column values, but an input of type "
        f"{type(data)} was found."
    )


def _tensor_of_column(frame: pandas.DataFrame, spec: TensorSpec) -> numpy.ndarray[Any, Any]:
    import numpy

    column = frame[spec.name]
    array = numpy.asarray(column.tolist(), dtype=spec.type)
    # A column of scalars may stand for a tensor with a second size of one.
    return array.reshape(-1, 1) if array.ndim == 1 and spec.shape == (-1, 1) else array


def _checked(array: Any, spec: TensorSpec) -> Any:
    expected = spec.type
    if array.dtype != expected and not (array.dtype.kind in "US" and array.dtype.kind == expected.kind):
        raise InvalidParameterValue(f"dtype of input {array.dtype} does not match expected dtype {expected}")
    sizes = zip(array.shape, spec.shape, strict=False)
    if len(array.shape) != len(spec.shape) or any(wanted not in (-1, size) for size, wanted in sizes):
        raise InvalidParameterValue(
            f"Shape of input {tuple(array.shape)} does not match expected shape {spec.shape}."
        )
    return array
