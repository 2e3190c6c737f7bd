"""The pmdarima flavor."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from mlflow._flavors import formats
from mlflow._flavors.declaration import Flavor, Payload, Predict
from mlflow._flavors.pickling import references_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path

_FILE = "model.pmd"
_ARGUMENTS = ("n_periods", "X", "return_conf_int", "alpha", "inverse_transform")


def _save(model: Any, folder: Path, _options: dict[str, Any]) -> Payload:
    # The library has no format of its own: its models are pickled.
    with (folder / _FILE).open("wb") as stream:
        pickle.dump(model, stream)
    return Payload(
        flavor={"data": _FILE, "model_type": type(model).__name__},
        pyfunc={"data": _FILE},
        modules=references_of(model).modules,
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    return formats.read_pickle(payload_path(folder, settings.get("data") or _FILE))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _forecast(model, data)


def _forecast(model: Any, data: Any) -> Any:
    """A forecast as a table, for one row whose columns are arguments of the model's `predict`."""
    import pandas

    if len(data) != 1 or "n_periods" not in data.columns:
        raise InvalidParameterValue(
            "A pmdarima model predicts a number of periods: pass one row with the column 'n_periods' and, if you "
            f"like, {list(_ARGUMENTS[1:])}; got {len(data)} rows with the columns {list(data.columns)}"
        )
    row = data.iloc[0]
    arguments = {name: row[name] for name in _ARGUMENTS if name in data.columns and row[name] is not None}
    arguments["n_periods"] = int(arguments["n_periods"])
    if "X" in arguments:
        arguments["X"] = pandas.DataFrame(arguments["X"])
    forecast = model.predict(**arguments)
    if not arguments.get("return_conf_int"):
        return pandas.DataFrame({"yhat": forecast})
    values, bounds = forecast
    return pandas.DataFrame({"yhat": values, "yhat_lower": bounds[:, 0], "yhat_upper": bounds[:, 1]})


FLAVOR = Flavor(
    name="pmdarima",
    title="pmdarima",
    library="pmdarima",
    package="pmdarima",
    packages=("numpy", "pandas", "scikit-learn", "scipy"),
    save=_save,
    load=_load,
    loader_module="mlflow.pmdarima",
    version_key="pmdarima_version",
    predictor=_predictor,
    types=("pmdarima.base:BaseARIMA", "pmdarima.pipeline:Pipeline"),
    model_argument="pmdarima_model",
)
