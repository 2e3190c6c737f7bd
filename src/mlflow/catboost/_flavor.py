"""The CatBoost flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import LOG_ORDER, SAVE_ORDER, Flavor, Option, Payload, Predict
from mlflow._flavors.predictor import answers_of
from mlflow.exceptions import MlflowException
from mlflow.models.fetched import payload_path

_FILE = "model.cb"
_TYPES = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    model.save_model(str(folder / _FILE), format=options["format"])
    # A subclass is read back as the class of CatBoost that it is of.
    model_type = next(cls.__name__ for cls in type(model).__mro__ if cls.__name__ in _TYPES)
    return Payload(
        flavor={"data": _FILE, "model_type": model_type, "save_format": options["format"]},
        pyfunc={"data": _FILE},
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import catboost

    model_type = settings.get("model_type") or "CatBoost"
    if model_type not in _TYPES:
        raise MlflowException(f"CatBoost has no models of the type {model_type!r}; it has {list(_TYPES)}")
    file = payload_path(folder, settings.get("data") or _FILE)
    return getattr(catboost, model_type)().load_model(str(file), format=settings.get("save_format") or "cbm")


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return answers_of(model.predict)


FLAVOR = Flavor(
    name="catboost",
    title="CatBoost",
    library="catboost",
    package="catboost",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.catboost",
    version_key="catboost_version",
    predictor=_predictor,
    types=("catboost.core:CatBoost",),
    model_argument="cb_model",
    options={"format": Option("cbm", "Format of the payload, as CatBoost names it.")},
    save_order=SAVE_ORDER.replace(" options", ""),
    log_order=LOG_ORDER.replace(" options", ""),
)
