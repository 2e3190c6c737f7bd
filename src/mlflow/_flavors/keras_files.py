"""The files in which the Keras and the TensorFlow flavor keep a Keras model, and which of them may be read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from mlflow._flavors.formats import read_pickle
from mlflow._flavors.pickling import refuse_code
from mlflow.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from mlflow.exceptions import ResourceDoesNotExist

_logger = logging.getLogger(__name__)

MODEL_FILE = "model.keras"
CUSTOM_OBJECTS_FILE = "custom_objects.cloudpickle"
_HDF5_FILE = "model.h5"


def find_keras_file(folder: Path) -> Path | None:
    """The file of a Keras model in the folder, if there is one."""
    return next((folder / name for name in (MODEL_FILE, _HDF5_FILE) if (folder / name).is_file()), None)


def read_keras_file(
    folder: Path, load: Callable[..., Any], custom_objects: dict[str, Any] | None = None, **kwargs: Any
) -> Any:
    """Reads a Keras model, and what was kept with it that it refers to.

    Args:
        folder: The folder of its payload.
        load: Keras's own `load_model`.
        custom_objects: Classes and functions that the model refers to, beside those kept with it.
        **kwargs: Further arguments of `load`.

    Raises:
        MlflowException: `PERMISSION_DENIED`: pickles are forbidden, and it is in a form that can run code as they do;
            `RESOURCE_DOES_NOT_EXIST`: there is no file of Keras.
    """
    file = find_keras_file(folder)
    if file is None:
        raise ResourceDoesNotExist(f"The Keras model in {str(folder)!r} lacks its file {MODEL_FILE!r}")
    if file.name == _HDF5_FILE:
        # Whether Keras looks into it for code depends on Keras's version.
        refuse_code(
            f"The model in {str(file)!r} is of Keras's older form HDF5, and reading it",
            "load it where it is trusted and save it again, which makes a file 'model.keras'",
        )
    if not kwargs.get("safe_mode", True):
        refuse_code(
            f"With `safe_mode=False` code inside of {str(file)!r} is run, and reading it",
            "leave `safe_mode` as it is",
        )
    kept = folder / CUSTOM_OBJECTS_FILE
    objects = {**(read_pickle(kept) if kept.is_file() else {}), **(custom_objects or {})}
    with _safe_mode(load):
        try:
            return load(file, custom_objects=objects or None, **kwargs)
        except ValueError as error:
            if file.name != _HDF5_FILE or "compile" in kwargs:
                raise
            # Keras 3 does not know names of losses and metrics that Keras 2 wrote, such as "mse".
            model = load(file, custom_objects=objects or None, compile=False, **kwargs)
            _logger.warning("%s was loaded to predict; to train it, compile it: %s", str(file), error)
            return model


def _safe_mode(load: Callable[..., Any]) -> AbstractContextManager[None]:
    """Where pickles are forbidden, Keras's safe mode, which a setting of the whole process might have ended."""
    if MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        return nullcontext()
    # TensorFlow may have a Keras of its own.
    package = load.__module__.partition(".")[0]
    scope: AbstractContextManager[None] = import_module(
        f"{package}.src.saving.serialization_lib"
    ).SafeModeScope(True)
    return scope
