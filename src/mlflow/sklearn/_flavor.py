"""The scikit-learn flavor."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from mlflow._flavors import formats
from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.predictor import answers_of
from mlflow.models.fetched import payload_path

_logger = logging.getLogger(__name__)


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    written = formats.save(model, folder, options)
    predict_fn = options["pyfunc_predict_fn"]
    predicts = hasattr(model, predict_fn)
    if not predicts:
        _logger.warning(
            "%s has no method %r, so the model cannot be loaded with mlflow.pyfunc, only with mlflow.sklearn",
            type(model).__name__,
            predict_fn,
        )
    return Payload(
        flavor={"pickled_model": written.file, **written.settings},
        pyfunc={"model_path": written.file, "predict_fn": predict_fn} if predicts else None,
        packages=written.packages,
        modules=written.modules,
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    # Models of MLflow 1 do not say how they were serialised: there was only pickle.
    serialization_format = settings.get("serialization_format") or formats.PICKLE
    return formats.read(payload_path(folder, settings["pickled_model"]), serialization_format)


def _predictor(model: Any, _folder: Path, settings: dict[str, Any]) -> Predict:
    return answers_of(getattr(model, settings.get("predict_fn") or "predict"))


FLAVOR = Flavor(
    name="sklearn",
    title="scikit-learn",
    library="sklearn",
    package="scikit-learn",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.sklearn",
    version_key="sklearn_version",
    predictor=_predictor,
    types=("sklearn.base:BaseEstimator",),
    model_argument="sk_model",
    options={
        **formats.OPTIONS,
        "pyfunc_predict_fn": Option(
            "predict", "Method that `mlflow.pyfunc` predicts with, such as `predict_proba`."
        ),
    },
    save_order="model path conda_env code_paths mlflow_model serialization_format signature input_example "
    "pip_requirements extra_pip_requirements pyfunc_predict_fn metadata skops_trusted_types extra_files",
    log_order="model artifact_path conda_env code_paths serialization_format registered_model_name signature "
    "input_example await_registration_for pip_requirements extra_pip_requirements pyfunc_predict_fn metadata "
    "extra_files params tags model_type step model_id name skops_trusted_types",
)
