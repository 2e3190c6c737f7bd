"""The forms in which a TensorFlow model is kept: a Keras file, or a folder that TensorFlow serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.keras_files import CUSTOM_OBJECTS_FILE, MODEL_FILE, find_keras_file, read_keras_file
from mlflow.models.fetched import payload_path

KERAS = "keras"
MODULE = "tf2-module"
MODULE_FOLDER = "tf2model"


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

        with (target / CUSTOM_OBJECTS_FILE).open("wb") as stream:
            cloudpickle.dump(custom_objects, stream)
    model.save(target / MODEL_FILE, **keras_model_kwargs)


def read(
    folder: Path,
    settings: dict[str, Any],
    saved_model_kwargs: dict[str, Any],
    keras_model_kwargs: dict[str, Any],
) -> Any:
    """Reads a model in any of the forms that MLflow has written since its version 1.

    Raises:
        MlflowException: The payload has none of the forms, or one that can run code where pickles are forbidden.
    """
    import tensorflow

    # Models of MLflow 1 are served folders, and do not say so.
    if settings.get("model_type", MODULE if "saved_model_dir" in settings else KERAS) != KERAS:
        path = payload_path(folder, settings.get("saved_model_dir") or MODULE_FOLDER)
        return tensorflow.saved_model.load(str(path), **saved_model_kwargs)
    data = payload_path(folder, settings.get("data") or "data")
    if find_keras_file(data) is None and (data / "model").is_dir():
        # Keras 3 reads no folders; what it can be is a model that answers and is not trained further.
        return tensorflow.saved_model.load(str(data / "model"), **saved_model_kwargs)
    return read_keras_file(data, tensorflow.keras.models.load_model, **keras_model_kwargs)
