"""The XGBoost flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.library import class_name, load_class
from mlflow._flavors.predictor import answers_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path

_FORMATS = ("ubj", "json", "deprecated", "xgb")


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    model_format = options["model_format"]
    if model_format not in _FORMATS:
        raise InvalidParameterValue(f"`model_format` is one of {list(_FORMATS)}; got {model_format!r}")
    file = f"model.{model_format}"
    model.save_model(folder / file)
    return Payload(
        flavor={"data": file, "model_class": class_name(model), "model_format": model_format},
        pyfunc={"data": file},
        packages=() if _is_booster(model) else ("scikit-learn",),
        modules={type(model).__module__},
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import xgboost

    # MLflow 1 knew boosters only, and did not say so.
    model = load_class(
        settings.get("model_class") or "xgboost.core.Booster", xgboost.Booster, xgboost.XGBModel
    )()
    model.load_model(payload_path(folder, settings.get("data") or "model.xgb"))
    return model


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    predict = answers_of(model.predict)
    if not _is_booster(model):
        return predict
    from xgboost import DMatrix

    return lambda data, params: predict(DMatrix(data), params)


def _is_booster(model: Any) -> bool:
    import xgboost

    return isinstance(model, xgboost.Booster)


FLAVOR = Flavor(
    name="xgboost",
    title="XGBoost",
    library="xgboost",
    package="xgboost",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.xgboost",
    version_key="xgb_version",
    predictor=_predictor,
    types=("xgboost.core:Booster", "xgboost.sklearn:XGBModel"),
    model_argument="xgb_model",
    options={"model_format": Option("ubj", "Format of the payload: `ubj` (binary) or `json`.")},
)
