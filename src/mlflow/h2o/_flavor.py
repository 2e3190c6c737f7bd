"""The H2O flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import is_frame

_FOLDER = "model.h2o"
_SETTINGS = "h2o.yaml"


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import h2o
    import yaml

    target = folder / _FOLDER
    target.mkdir()
    written = Path(h2o.save_model(model, path=str(target.resolve()), force=True))
    kept = {**(options["settings"] or {}), "model_file": written.name}
    (target / _SETTINGS).write_text(yaml.safe_dump(kept), encoding="utf-8")
    return Payload(flavor={"data": _FOLDER}, pyfunc={"data": _FOLDER})


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import h2o
    import yaml

    data = payload_path(folder, settings.get("data") or _FOLDER)
    kept = yaml.safe_load((data / _SETTINGS).read_text(encoding="utf-8"))
    file = payload_path(data, kept["model_file"])
    running = h2o.cluster()
    if running is None or not running.is_running():
        h2o.init(**{"bind_to_localhost": True, "verbose": False, **(kept.get("init") or {})})
    return h2o.load_model(str(file))


def _predictor(model: Any, _folder: Path, _settings: dict[str, Any]) -> Predict:
    return lambda data, _params: _predictions(model, data)


def _predictions(model: Any, data: Any) -> Any:
    import h2o

    if not is_frame(data):
        raise InvalidParameterValue(f"An H2O model takes a table; got {type(data).__name__}")
    frame = h2o.H2OFrame(data)
    answers = model.predict(frame)
    try:
        table = answers.as_data_frame()
    finally:
        # Both are kept by H2O's server, which outlives the process's own variables.
        h2o.remove([frame, answers])
    table.index = data.index
    return table


FLAVOR = Flavor(
    name="h2o",
    title="H2O",
    library="h2o",
    package="h2o",
    packages=("numpy", "pandas", "pyyaml"),
    save=_save,
    load=_load,
    loader_module="mlflow.h2o",
    version_key="h2o_version",
    predictor=_predictor,
    types=("h2o.model.model_base:ModelBase",),
    model_argument="h2o_model",
    options={
        "settings": Option(
            None, "Kept beside the model; `init` in it is passed to `h2o.init` where no server is connected."
        )
    },
    save_order="model path conda_env code_paths mlflow_model settings signature input_example pip_requirements "
    "extra_pip_requirements metadata extra_files",
    log_order="model artifact_path conda_env code_paths registered_model_name signature input_example "
    "pip_requirements extra_pip_requirements metadata extra_files name params tags model_type step model_id",
)
