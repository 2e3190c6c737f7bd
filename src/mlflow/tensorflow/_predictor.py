"""A TensorFlow model as `mlflow.pyfunc` uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Predict
from mlflow.exceptions import MlflowException
from mlflow.types._libraries import is_frame


def predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    """Answers of a Keras model; of another, what it or the signature of its served folder answers."""
    import tensorflow

    if isinstance(model, tensorflow.keras.Model):
        return lambda data, _params: model.predict(data.to_numpy() if is_frame(data) else data, verbose=0)
    return lambda data, _params: _signature_answers(model, data)


def _signature_answers(model: Any, data: Any) -> Any:
    import tensorflow

    if callable(model):
        return _plain(model(tensorflow.convert_to_tensor(data.to_numpy() if is_frame(data) else data)))
    signatures = getattr(model, "signatures", {})
    if not signatures:
        raise MlflowException(
            "The TensorFlow module has neither `__call__` nor a signature, so it cannot predict"
        )
    answer = signatures.get("serving_default") or next(iter(signatures.values()))
    specs = answer.structured_input_signature[1]
    given = _by_name(data, list(specs))
    tensors = {name: tensorflow.cast(given[name], spec.dtype) for name, spec in specs.items()}
    return _plain(answer(**tensors))


def _by_name(data: Any, names: list[str]) -> dict[str, Any]:
    if is_frame(data):
        found = {name: data[name].to_numpy() for name in names if name in data.columns}
        return found if len(found) == len(names) else {names[0]: data.to_numpy()}
    return dict(data) if isinstance(data, dict) else {names[0]: data}


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return type(found)(map(_plain, found))
    return found.numpy() if hasattr(found, "numpy") else found
