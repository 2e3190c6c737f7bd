"""ONNX models as `mlflow.pyfunc` uses them: a session of ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Predict
from mlflow.exceptions import InvalidParameterValue, MissingExtra
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_array, is_frame

_ENUMERATIONS: dict[str, tuple[str, dict[Any, str]]] = {
    "execution_mode": ("ExecutionMode", {"sequential": "ORT_SEQUENTIAL", "parallel": "ORT_PARALLEL"}),
    "graph_optimization_level": (
        "GraphOptimizationLevel",
        {0: "ORT_DISABLE_ALL", 1: "ORT_ENABLE_BASIC", 2: "ORT_ENABLE_EXTENDED", 99: "ORT_ENABLE_ALL"},
    ),
}
_NUMPY_NAMES = {"float": "float32", "double": "float64", "bool": "bool", "string": "object"}


def session_predictor(_model: Any, folder: Path, settings: dict[str, Any]) -> Predict:
    """Answers of a model: tables to tables, arrays and dictionaries of them to dictionaries by output.

    The session reads the file itself, so that weights beside it are found and nothing is held twice.
    """
    runtime = _runtime()
    offered = runtime.get_available_providers()
    wanted = [name for name in settings.get("providers") or () if name in offered] or ["CPUExecutionProvider"]
    session = runtime.InferenceSession(
        str(payload_path(folder, settings["data"])),
        providers=wanted,
        sess_options=session_options(settings.get("onnx_session_options")),
    )
    return lambda data, _params: _answers(session, data)


def session_options(given: dict[str, Any] | None) -> Any:
    """ONNX Runtime's options for those that a user gave.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there is no such option or value; the message names those there are.
    """
    runtime = _runtime()
    options = runtime.SessionOptions()
    for name, value in (given or {}).items():
        if name == "extra_session_config":
            for key, text in value.items():
                options.add_session_config_entry(key, text)
        elif name in _ENUMERATIONS:
            enumeration, values = _ENUMERATIONS[name]
            if value not in values:
                raise InvalidParameterValue(
                    f"{name!r} of `onnx_session_options` is one of {list(values)}; got {value!r}"
                )
            setattr(options, name, getattr(getattr(runtime, enumeration), values[value]))
        elif hasattr(options, name):
            setattr(options, name, value)
        else:
            raise InvalidParameterValue(
                f"`onnx_session_options` has {name!r}, which is no option of ONNX Runtime"
            )
    return options


def _answers(session: Any, data: Any) -> Any:
    inputs = session.get_inputs()
    if is_frame(data):
        return _as_table(session, session.run(None, _from_table(inputs, data)))
    if isinstance(data, dict):
        arrays = {item.name: data[item.name] for item in inputs if item.name in data}
    elif is_array(data) and len(inputs) == 1:
        arrays = {inputs[0].name: data}
    else:
        names = [item.name for item in inputs]
        raise InvalidParameterValue(
            f"The ONNX model takes a table, a dictionary of arrays with {names}"
            f"{' or an array' if len(inputs) == 1 else ''}; got {type(data).__name__}"
        )
    found = session.run(None, _fitting(inputs, arrays))
    return {output.name: value for output, value in zip(session.get_outputs(), found, strict=True)}


def _from_table(inputs: list[Any], table: Any) -> dict[str, Any]:
    if len(inputs) == 1:
        return _fitting(inputs, {inputs[0].name: table.to_numpy()})
    columns = {item.name: table[item.name].to_numpy() for item in inputs if item.name in table.columns}
    # A column stands for a tensor whose second size is one, where the model wants two sizes.
    shaped = {
        item.name: columns[item.name].reshape(-1, 1) if len(item.shape) == 2 else columns[item.name]
        for item in inputs
        if item.name in columns
    }
    return _fitting(inputs, shaped)


def _fitting(inputs: list[Any], arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays in the types of the model's inputs; JSON and tables know fewer."""
    import numpy

    if missing := [item.name for item in inputs if item.name not in arrays]:
        raise InvalidParameterValue(f"The ONNX model misses its inputs {missing}; got {sorted(arrays)}")
    fitting = {}
    for item in inputs:
        kind = item.type.removeprefix("tensor(").removesuffix(")")
        fitting[item.name] = numpy.asarray(arrays[item.name]).astype(_NUMPY_NAMES.get(kind, kind), copy=False)
    return fitting


def _as_table(session: Any, outputs: list[Any]) -> Any:
    import pandas

    named = zip(session.get_outputs(), outputs, strict=True)
    return pandas.DataFrame({output.name: _as_column(value) for output, value in named})


def _as_column(value: Any) -> Any:
    if is_array(value) and value.ndim > 1:
        return value.reshape(-1) if value.size == len(value) else value.tolist()
    return value


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtra("Predicting with an ONNX model", "onnxruntime") from error
    return onnxruntime
