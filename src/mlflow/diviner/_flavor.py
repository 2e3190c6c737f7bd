"""The Diviner flavor: many time series, each with a forecast of its own."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, Predict
from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import InvalidParameterValue, NotSupported
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_frame

_FILE = "model.div"
_PICKLED = "GroupedPmdarima"
_PERIODS = ("n_periods", "horizon")


def _save(model: Any, folder: Path, _options: dict[str, Any]) -> Payload:
    model.save(str(folder / _FILE))
    kind = type(model).__name__
    return Payload(
        flavor={"data": _FILE, "model_type": kind, "fit_with_spark": False},
        pyfunc={"data": _FILE},
        packages=("pmdarima",) if kind == _PICKLED else ("prophet",),
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import diviner

    if settings.get("fit_with_spark"):
        raise NotSupported("The model was trained with Spark, as a table of models, which is not supported")
    kind = settings.get("model_type")
    if kind not in ("GroupedProphet", _PICKLED):
        raise InvalidParameterValue(f"The MLmodel file names the Diviner model {kind!r}, which is not known")
    if kind == _PICKLED:
        refuse_pickle(f"The model in {str(folder)!r}")
    return getattr(diviner, kind).load(str(payload_path(folder, settings.get("data") or _FILE)))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _forecast(model, data)


def _forecast(model: Any, data: Any) -> Any:
    """A forecast for one row whose columns are arguments of the model's own functions."""
    if not is_frame(data) or len(data) != 1 or not set(_PERIODS) & set(data.columns):
        raise InvalidParameterValue(
            "A Diviner model predicts a number of periods: pass a table of one row with the column 'horizon' or "
            "'n_periods', 'frequency' for Prophet, and, if you like, 'groups' and others that it knows"
        )
    row = {name: value for name, value in data.iloc[0].items() if value is not None}
    if "groups" in row:
        row["groups"] = [tuple(group) for group in row["groups"]]
        function = model.predict_groups
    else:
        function = getattr(model, "forecast", None) or model.predict
    parameters = inspect.signature(function).parameters
    periods = next(row[name] for name in _PERIODS if name in row)
    arguments = {name: row[name] for name in parameters if name in row}
    arguments[next(name for name in _PERIODS if name in parameters)] = int(periods)
    if "frequency" in parameters and "frequency" not in row:
        raise InvalidParameterValue(
            "Diviner's GroupedProphet needs a column 'frequency', such as 'D'; "
            f"got the columns {list(data.columns)}"
        )
    return function(**arguments)


FLAVOR = Flavor(
    name="diviner",
    title="Diviner",
    library="diviner",
    package="diviner",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.diviner",
    version_key="diviner_version",
    predictor=_predictor,
    types=("diviner.model.base_model:GroupedForecaster",),
    model_argument="diviner_model",
)
