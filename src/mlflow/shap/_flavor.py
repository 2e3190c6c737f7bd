"""The SHAP flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.pickling import references_of
from mlflow.models.fetched import payload_path
from mlflow.shap._explainer import read_explainer, write_explainer
from mlflow.types._libraries import is_frame

_FILE = "explainer.shap"


def _save(explainer: Any, folder: Path, options: dict[str, Any]) -> Payload:
    settings = write_explainer(explainer, folder, _FILE, options["serialize_model_using_mlflow"])
    return Payload(
        flavor={"serialized_explainer": _FILE, **settings},
        pyfunc={"model_path": _FILE, "underlying_model_flavor": settings["underlying_model_flavor"]},
        modules=references_of(explainer).modules,
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    return read_explainer(
        folder, payload_path(folder, settings.get("serialized_explainer") or _FILE), settings
    )


def _predictor(explainer: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: explainer(data.to_numpy() if is_frame(data) else data).values


FLAVOR = Flavor(
    name="shap",
    title="SHAP",
    library="shap",
    package="shap",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.shap",
    version_key="shap_version",
    predictor=_predictor,
    types=("shap.explainers._explainer:Explainer",),
    model_argument="explainer",
    options={
        "serialize_model_using_mlflow": Option(
            True, "Whether the model that is explained is saved with its own flavor, where there is one."
        )
    },
    save_order="model path serialize_model_using_mlflow conda_env code_paths mlflow_model signature input_example "
    "pip_requirements extra_pip_requirements metadata",
    log_order="model artifact_path serialize_model_using_mlflow conda_env code_paths registered_model_name "
    "signature input_example await_registration_for pip_requirements extra_pip_requirements name metadata params "
    "tags model_type step model_id",
)
