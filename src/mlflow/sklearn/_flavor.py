"""The scikit-learn flavor."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload
from mlflow._flavors.load import payload_path
from mlflow._flavors.pickling import references_of
from mlflow.sklearn import _formats

_logger = logging.getLogger(__name__)

FLAVOR_NAME = "sklearn"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    wanted = options.get("serialization_format")
    _formats.check_format(wanted)
    references = references_of(model)
    if wanted is None:
        written = _formats.write_best(model, folder, references.names)
    else:
        _formats.write(model, folder, wanted)
        written = wanted
    file = _formats.file_name(written)
    trusted = options.get("skops_trusted_types")
    if written == _formats.SKOPS and trusted is None:
        # For MLflow's loader, which trusts what a model says of itself.
        trusted = _formats.untrusted_types(folder / file) or None
    predict_fn = options.get("pyfunc_predict_fn", "predict")
    predicts = hasattr(model, predict_fn)
    if not predicts:
        _logger.warning(
            "%s has no method %r, so the model cannot be loaded with mlflow.pyfunc, only with mlflow.sklearn",
            type(model).__name__,
            predict_fn,
        )
    return Payload(
        flavor={"pickled_model": file, "serialization_format": written, "skops_trusted_types": trusted},
        pyfunc={"model_path": file, "predict_fn": predict_fn} if predicts else None,
        packages={_formats.SKOPS: ("skops",), _formats.CLOUDPICKLE: ("cloudpickle",)}.get(written, ()),
        modules=references.modules,
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    # Models of MLflow 1 do not say how they were serialised: there was only pickle.
    serialization_format = settings.get("serialization_format") or _formats.PICKLE
    return _formats.read(payload_path(folder, settings["pickled_model"]), serialization_format)


def _predict(model: Any, data: Any, _params: dict[str, Any] | None, options: dict[str, Any]) -> Any:
    return getattr(model, options.get("pyfunc_predict_fn", "predict"))(data)


SKLEARN = Flavor(
    name=FLAVOR_NAME,
    library="sklearn",
    package="scikit-learn",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.sklearn",
    version_key="sklearn_version",
    predict=_predict,
    types=("sklearn.base:BaseEstimator",),
)
