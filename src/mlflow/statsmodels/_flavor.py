"""The statsmodels flavor."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from mlflow._flavors import formats
from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.pickling import references_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path

_FILE = "model.statsmodels"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    # The library's own format is a pickle.
    model.save(folder / _FILE, remove_data=options["remove_data"])
    return Payload(flavor={"data": _FILE}, pyfunc={"data": _FILE}, modules=references_of(model).modules)


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    return formats.read_pickle(payload_path(folder, settings.get("data") or _FILE))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    if {"start", "end"} <= inspect.signature(_method(model)).parameters.keys():
        return lambda data, _params: _series(model, data)
    return lambda data, _params: model.predict(data)


def _method(model: Any) -> Any:
    # Results are wrapped; the wrapper's methods take anything.
    return getattr(model, "_results", model).predict


def _series(model: Any, data: Any) -> Any:
    """A time series is asked for a range of steps: one row with the columns `start` and `end`."""
    if len(data) != 1 or not {"start", "end"} <= set(data.columns):
        raise InvalidParameterValue(
            "A model of a time series predicts a range of steps: pass one row with the columns 'start' and 'end'; "
            f"got {len(data)} rows with the columns {list(data.columns)}"
        )
    return model.predict(start=data["start"].iloc[0], end=data["end"].iloc[0])


FLAVOR = Flavor(
    name="statsmodels",
    title="statsmodels",
    library="statsmodels",
    package="statsmodels",
    packages=("numpy", "pandas", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.statsmodels",
    version_key="statsmodels_version",
    predictor=_predictor,
    types=("statsmodels.base.wrapper:ResultsWrapper", "statsmodels.base.model:Results"),
    model_argument="statsmodels_model",
    options={"remove_data": Option(False, "Whether the training data is left out of the payload.")},
    save_order="model path conda_env code_paths mlflow_model options signature input_example pip_requirements "
    "extra_pip_requirements metadata extra_files",
    log_order="model artifact_path conda_env code_paths registered_model_name options signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata extra_files name params tags "
    "model_type step model_id",
)
