"""The Keras flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.keras_files import MODEL_FILE, read_keras_file
from mlflow.exceptions import NotSupported
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_frame

_FOLDER = "data"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import keras

    if options["save_exported_model"]:
        raise NotSupported(
            "`save_exported_model` makes a folder that only TensorFlow reads; use mlflow.tensorflow for that"
        )
    (folder / _FOLDER).mkdir()
    (folder / _FOLDER / "keras_module.txt").write_text("keras", encoding="utf-8")
    model.save(folder / _FOLDER / MODEL_FILE, **(options["save_model_kwargs"] or {}))
    backend = keras.config.backend()
    return Payload(
        flavor={"data": _FOLDER, "keras_backend": backend, "save_exported_model": False},
        packages=(backend,),
        modules={type(model).__module__},
    )


def _load(
    folder: Path,
    settings: dict[str, Any],
    custom_objects: dict[str, Any] | None = None,
    load_model_kwargs: dict[str, Any] | None = None,
) -> Any:
    import keras

    if settings.get("save_exported_model"):
        raise NotSupported(
            "The model was exported for TensorFlow (`save_exported_model`); read it with tensorflow"
        )
    data = payload_path(folder, settings.get("data") or _FOLDER)
    # Keras refuses code inside of a model by itself (`safe_mode`).
    return read_keras_file(data, keras.saving.load_model, custom_objects, **(load_model_kwargs or {}))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: model.predict(data.to_numpy() if is_frame(data) else data, verbose=0)


FLAVOR = Flavor(
    name="keras",
    title="Keras",
    library="keras",
    package="keras",
    packages=("numpy",),
    save=_save,
    load=_load,
    loader_module="mlflow.keras",
    version_key="keras_version",
    predictor=_predictor,
    types=("keras.src.models.model:Model",),
    options={
        "save_exported_model": Option(
            False, "Not supported: `mlflow.tensorflow` saves what TensorFlow serves."
        ),
        "save_model_kwargs": Option(None, "Passed to the model's `save`."),
    },
    load_options={
        "custom_objects": Option(None, "Classes and functions that the model refers to, by name."),
        "load_model_kwargs": Option(None, "Passed to `keras.saving.load_model`."),
    },
    save_order="model path save_exported_model conda_env mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements save_model_kwargs metadata",
    log_order="model artifact_path save_exported_model conda_env signature input_example registered_model_name "
    "await_registration_for pip_requirements extra_pip_requirements save_model_kwargs metadata name params tags "
    "model_type step model_id",
)
