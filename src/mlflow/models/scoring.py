"""The scoring protocol: what a request asks a model, and what the answer looks like.

JSON knows fewer types than a signature, so values are read as the signature's types where nothing is lost:
integers of 32 bits, floats of 32 bits, moments in ISO form, bytes in base64.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import BadRequest, InvalidParameterValue, MissingExtra, MlflowException
from mlflow.models.example import as_json
from mlflow.models.signature import ModelSignature
from mlflow.types._libraries import is_frame, is_series
from mlflow.types.schema import ColSpec, DataType, Schema

if TYPE_CHECKING:
    import pandas

INPUT_KEYS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_CHAT_KEYS = {"messages", "input"}
CONTENT_TYPES = ("json", "csv")


@dataclass(frozen=True)
class ScoringRequest:
    """What a model is asked.

    Attributes:
        data: The input, as `PyFuncModel.predict` takes it.
        params: Parameters beside it.
        is_chat: Whether it is a chat, whose answer has a form of its own.
    """

    data: Any
    params: dict[str, Any] | None = None
    is_chat: bool = False


def read_request(
    body: str | bytes | dict[str, Any], signature: ModelSignature | None, content_type: str = "json"
) -> ScoringRequest:
    """What the body of a request asks.

    Args:
        body: Text, or the dictionary that a JSON text stands for.
        signature: The model's signature, if it has one.
        content_type: `json` or `csv`; the latter has a line of column names.

    Raises:
        MlflowException: `BAD_REQUEST`: it has not the form of a request; `INVALID_PARAMETER_VALUE`: a value is none
            of the signature's type, or the content type is unknown.
    """
    if content_type not in CONTENT_TYPES:
        raise InvalidParameterValue(
            f"Content type must be one of {' or '.join(CONTENT_TYPES)}, not {content_type!r}"
        )
    schema = signature.inputs if signature is not None else None
    if content_type == "csv":
        return ScoringRequest(_read_csv(body, schema))
    form = body if isinstance(body, dict) else _parsed(body)
    given = [key for key in INPUT_KEYS if key in form] if isinstance(form, dict) else []
    if not given and isinstance(form, dict) and _CHAT_KEYS & form.keys():
        return ScoringRequest(form, is_chat=True)
    if len(given) != 1:
        raise BadRequest(
            f"The input must be a JSON dictionary with exactly one of the input fields {set(INPUT_KEYS)}. Received "
            + (
                f"dictionary with input fields: {given or list(form)}"
                if isinstance(form, dict)
                else f"a {_kind(form)}"
            )
        )
    key, params = given[0], form.get("params")
    if params is not None and not isinstance(params, dict):
        raise BadRequest(f"`params` is a dictionary of parameters, not a {_kind(params)}")
    if signature is not None and signature._is_signature_from_type_hint and key != "inputs":
        raise BadRequest(
            f"The model takes what its type hints say, in the field `inputs`, and not in `{key}`"
        )
    try:
        return ScoringRequest(_data(key, form[key], schema), params)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, MissingExtra):
            raise
        raise BadRequest(f"The field `{key}` cannot be read: {type(error).__name__}: {error}") from error


def write_answer(predictions: Any, is_chat: bool = False) -> str:
    """The body of the answer; that to a chat is what the model gives."""
    content = _finite(_plain(predictions))
    return json.dumps(content if is_chat else {"predictions": content})


def _plain(predictions: Any) -> Any:
    if is_frame(predictions):
        return [as_json(row) for row in predictions.to_dict("records")]
    if is_series(predictions):
        return as_json(predictions.tolist())
    if hasattr(predictions, "model_dump"):
        return as_json(predictions.model_dump())
    if isinstance(predictions, list | tuple):
        return [_plain(item) for item in predictions]
    return as_json(predictions)


def _finite(value: Any) -> Any:
    """JSON has no word for NaN and infinity but null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _parsed(body: str | bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadRequest(
            f"Invalid input. Ensure that input is a valid JSON formatted string. Error: {error}"
        ) from None


def _kind(value: object) -> str:
    return {list: "list", str: "text", type(None): "null"}.get(type(value), type(value).__name__)


def _data(key: str, content: Any, schema: Schema | None) -> Any:
    if key == "dataframe_split":
        frame = _pandas().DataFrame(
            content["data"], columns=content.get("columns"), index=content.get("index")
        )
        return _typed_frame(frame, schema)
    if key == "dataframe_records":
        if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
            raise TypeError("it is a list of dictionaries, a row each")
        return _typed_frame(_pandas().DataFrame(content), schema)
    if key == "instances" and isinstance(content, list) and content and isinstance(content[0], dict):
        content = {name: [row[name] for row in content] for name in content[0]}
    if schema is not None and schema.is_tensor_spec():
        return _tensors(content, schema)
    return _typed_values(content, schema)


def _tensors(content: Any, schema: Schema) -> Any:
    import numpy

    if schema.has_input_names():
        if not isinstance(content, dict):
            raise TypeError(f"the model takes tensors named {schema.input_names()}")
        known = {str(spec.name): spec for spec in schema}
        return {
            name: numpy.asarray(item, dtype=known[name].type) if name in known else numpy.asarray(item)
            for name, item in content.items()
        }
    return numpy.asarray(content, dtype=schema.input_types()[0])


def _typed_values(content: Any, schema: Schema | None) -> Any:
    """Values that are no table: what JSON has no type for is read as the signature says."""
    if schema is None:
        return content
    if schema.has_input_names():
        kinds = schema.input_types_dict()
        if isinstance(content, dict):
            return {name: _typed(item, kinds.get(name)) for name, item in content.items()}
        if isinstance(content, list) and all(isinstance(row, dict) for row in content):
            return [{name: _typed(item, kinds.get(name)) for name, item in row.items()} for row in content]
        return content
    return _typed(content, schema.input_types()[0]) if len(schema) == 1 else content


def _typed(value: Any, kind: Any) -> Any:
    if isinstance(value, list):
        return [_typed(item, kind) for item in value]
    if isinstance(value, str) and kind is DataType.binary:
        return _bytes(value)
    if isinstance(value, str) and kind is DataType.datetime:
        from datetime import datetime

        return datetime.fromisoformat(value)
    return value


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\n", ""), validate=True)
    except binascii.Error as error:
        raise InvalidParameterValue(f"Bytes come in base64, which {text[:40]!r} is not: {error}") from None


def _typed_frame(frame: pandas.DataFrame, schema: Schema | None) -> pandas.DataFrame:
    """The table with columns of the signature's types, where their values are of these types."""
    if schema is None or schema.is_tensor_spec():
        return frame
    columns: list[Any] = [item for item in schema if isinstance(item, ColSpec)]
    names = [item.name for item in columns] if schema.has_input_names() else list(frame.columns)
    for name, item in zip(names, columns, strict=False):
        if name in frame.columns and isinstance(item.type, DataType):
            frame[name] = _typed_column(frame[name], item.type)
    return frame


def _typed_column(column: Any, kind: DataType) -> Any:
    if kind is DataType.binary and column.dtype.kind not in "iufbM":
        return column.map(lambda value: _bytes(value) if isinstance(value, str) else value)
    if kind is DataType.datetime and column.dtype.kind not in "iufbM":
        return _pandas().to_datetime(column, format="ISO8601")
    dtype = _OF_JSON_NUMBERS.get(kind)
    if dtype is not None and column.dtype.kind in "iuf" and _holds(column, dtype):
        return column.astype(dtype)
    return column


_OF_JSON_NUMBERS = {DataType.integer: "int32", DataType.float: "float32", DataType.double: "float64"}


def _holds(column: Any, dtype: str) -> bool:
    """Whether the numbers are those of the type; floats become the nearest one of 32 bits, as their text would."""
    if column.dtype.kind == "f":
        return dtype != "int32"
    return bool((column == column.astype(dtype)).all())


def _read_csv(body: str | bytes | dict[str, Any], schema: Schema | None) -> pandas.DataFrame:
    if isinstance(body, dict):
        raise InvalidParameterValue("CSV is text, and the input is a dictionary")
    text = body.decode("utf-8") if isinstance(body, bytes) else body
    pandas = _pandas()
    texts = {
        str(item.name): str
        for item in schema or ()
        if item.name is not None and item.type in (DataType.string, DataType.binary)
    }
    try:
        return _typed_frame(pandas.read_csv(io.StringIO(text), dtype=texts), schema)
    except MlflowException:
        raise
    except ValueError as error:
        raise BadRequest(f"The input is no CSV with a line of column names: {error}") from error


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise MissingExtra("Reading a table", "pandas") from error
    return pandas
