"""The TensorFlow flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload
from mlflow.exceptions import InvalidParameterValue
from mlflow.tensorflow._formats import KERAS, MODULE, MODULE_FOLDER, read, write_keras
from mlflow.tensorflow._predictor import predictor


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import tensorflow

    if isinstance(model, tensorflow.keras.Model):
        write_keras(model, folder, options["custom_objects"], options["keras_model_kwargs"] or {})
        settings = {"data": "data", "model_type": KERAS, "save_format": "tf"}
        custom = ("cloudpickle",) if options["custom_objects"] else ()
        return Payload(
            flavor=settings, pyfunc={"data": "data"}, packages=custom, modules={type(model).__module__}
        )
    if isinstance(model, tensorflow.Module):
        tensorflow.saved_model.save(model, folder / MODULE_FOLDER, **(options["saved_model_kwargs"] or {}))
        return Payload(flavor={"saved_model_dir": MODULE_FOLDER, "model_type": MODULE})
    raise InvalidParameterValue(
        f"`model` is a tf.keras.Model or a tf.Module; got {type(model).__module__}.{type(model).__name__}"
    )


def _load(
    folder: Path,
    settings: dict[str, Any],
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
) -> Any:
    return read(folder, settings, saved_model_kwargs or {}, keras_model_kwargs or {})


FLAVOR = Flavor(
    name="tensorflow",
    title="TensorFlow",
    library="tensorflow",
    package="tensorflow",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.tensorflow",
    version_key="keras_version",
    predictor=predictor,
    types=(
        "tensorflow.python.module.module:Module",
        "tensorflow.python.trackable.autotrackable:AutoTrackable",
    ),
    options={
        "custom_objects": Option(
            None, "Classes and functions that a Keras model refers to, by name; pickled."
        ),
        "saved_model_kwargs": Option(None, "Passed to `tf.saved_model.save`."),
        "keras_model_kwargs": Option(None, "Passed to a Keras model's `save`."),
    },
    load_options={
        "saved_model_kwargs": Option(None, "Passed to `tf.saved_model.load`."),
        "keras_model_kwargs": Option(None, "Passed to `keras.models.load_model`."),
    },
    save_order="model path conda_env code_paths mlflow_model custom_objects signature input_example "
    "pip_requirements extra_pip_requirements saved_model_kwargs keras_model_kwargs metadata extra_files",
    log_order="model artifact_path custom_objects conda_env code_paths signature input_example "
    "registered_model_name await_registration_for pip_requirements extra_pip_requirements saved_model_kwargs "
    "keras_model_kwargs metadata extra_files name params tags model_type step model_id",
)
