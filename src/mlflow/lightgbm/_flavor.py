"""The LightGBM flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors import formats
from mlflow._flavors.declaration import Flavor, Payload, Predict
from mlflow._flavors.library import class_name
from mlflow._flavors.predictor import answers_of
from mlflow.models.fetched import payload_path

_BOOSTER = "lightgbm.basic.Booster"
_BOOSTER_FILE = "model.lgb"
_TRUSTED = {name for name in formats.TRUSTED_TYPES if name.startswith("lightgbm.")} | {
    "collections.OrderedDict"
}


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import lightgbm

    if isinstance(model, lightgbm.Booster):
        model.save_model(folder / _BOOSTER_FILE)
        return Payload(
            flavor={"data": _BOOSTER_FILE, "model_class": _BOOSTER}, pyfunc={"data": _BOOSTER_FILE}
        )
    written = formats.save(model, folder, options, _TRUSTED)
    return Payload(
        flavor={"data": written.file, "model_class": class_name(model), **written.settings},
        pyfunc={"data": written.file},
        packages=("scikit-learn", *written.packages),
        modules=written.modules,
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    file = payload_path(folder, settings.get("data") or _BOOSTER_FILE)
    # MLflow 1 knew boosters only, and did not say so.
    if settings.get("model_class", _BOOSTER) == _BOOSTER:
        import lightgbm

        return lightgbm.Booster(model_file=file)
    return formats.read(file, settings.get("serialization_format") or formats.CLOUDPICKLE)


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return answers_of(model.predict)


FLAVOR = Flavor(
    name="lightgbm",
    title="LightGBM",
    library="lightgbm",
    package="lightgbm",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.lightgbm",
    version_key="lgb_version",
    predictor=_predictor,
    types=("lightgbm.basic:Booster", "lightgbm.sklearn:LGBMModel"),
    model_argument="lgb_model",
    options=formats.OPTIONS,
    save_order="model path conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements metadata serialization_format skops_trusted_types extra_files",
    log_order="model artifact_path conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata extra_files name params tags "
    "model_type step model_id serialization_format skops_trusted_types",
)
