"""The Prophet flavor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, Predict
from mlflow.models.fetched import payload_path

_FILE = "model.pr"


def _save(model: Any, folder: Path, _options: dict[str, Any]) -> Payload:
    from prophet.serialize import model_to_json

    # JSON text as one JSON string: that is the form in MLflow's folders.
    (folder / _FILE).write_text(json.dumps(model_to_json(model)), encoding="utf-8")
    return Payload(flavor={"data": _FILE, "model_type": type(model).__name__}, pyfunc={"data": _FILE})


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    from prophet.serialize import model_from_json

    text = payload_path(folder, settings.get("data") or _FILE).read_text(encoding="utf-8")
    return model_from_json(json.loads(text))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: model.predict(data)


FLAVOR = Flavor(
    name="prophet",
    title="Prophet",
    library="prophet",
    package="prophet",
    packages=("numpy", "pandas"),
    save=_save,
    load=_load,
    loader_module="mlflow.prophet",
    version_key="prophet_version",
    predictor=_predictor,
    types=("prophet.forecaster:Prophet",),
    model_argument="pr_model",
)
