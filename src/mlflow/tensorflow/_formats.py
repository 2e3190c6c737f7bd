"""The forms in which a TensorFlow model is kept: a Keras file, or a folder that TensorFlow serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.formats import read_pickle
from mlflow._flavors.load import payload_path
from mlflow.exceptions import MlflowException

KERAS = "keras"
MODULE = "tf2-module"
MODULE_FOLDER = "tf2model"
_CUSTOM_OBJECTS = "custom_objects.cloudpickle"


def write_keras(
    model: Any, folder: Path, custom_objects: dict[str, Any] | None, keras_model_kwargs: dict[str, Any]
) -> None:
    """Writes a Keras model, and what it refers to, into the folder `data`."""
    target = folder / "data"
    target.mkdir()
    (target / "keras_module.txt").write_text("tensorflow.keras", encoding="utf-8")
    (target / "save_format.txt").write_text("tf", encoding="utf-8")
    if custom_objects:
        import cloudpickle

        with (target / _CUSTOM_OBJECTS).open("wb") as stream:
            cloudpickle.dump(custom_objects, stream)
    model.save(target / "model.keras", **keras_model_kwargs)


def read(
    folder: Path,
    settings: dict[str, Any],
    saved_model_kwargs: dict[str, Any],
    keras_model_kwargs: dict[str, Any],
) -> Any:
    """Reads a model in any of the forms that MLflow has written since its version 1.

    Raises:
        MlflowException: The payload has none of the forms, or custom objects are pickled and pickles are forbidden.
    """
    import tensorflow

    # Models of MLflow 1 are served folders, and do not say so.
    if settings.get("model_type", MODULE if "saved_model_dir" in settings else KERAS) != KERAS:
        path = payload_path(folder, settings.get("saved_model_dir") or MODULE_FOLDER)
        return tensorflow.saved_model.load(str(path), **saved_model_kwargs)
    data = payload_path(folder, settings.get("data") or "data")
    custom = data / _CUSTOM_OBJECTS
    objects = read_pickle(custom) if custom.is_file() else None
    for name in ("model.keras", "model.h5"):
        if (data / name).is_file():
            return tensorflow.keras.models.load_model(
                data / name, custom_objects=objects, **keras_model_kwargs
            )
    if (data / "model").is_dir():
        # Keras 3 reads no folders; what it can be is a model that answers and is not trained further.
        return tensorflow.saved_model.load(str(data / "model"), **saved_model_kwargs)
    raise MlflowException(f"The TensorFlow model in {str(data)!r} lacks its file 'model.keras'")
