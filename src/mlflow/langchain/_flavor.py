"""The LangChain flavor: a script that makes the chain is kept, and run where the model is loaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.predictor import items_of
from mlflow.exceptions import InvalidParameterValue, NotSupported
from mlflow.models.code import run_model_code
from mlflow.models.fetched import payload_path
from mlflow.models.model import Model


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    if not isinstance(model, str | Path):
        raise InvalidParameterValue(
            "LangChain models are logged as code: pass the path of a script that makes the chain and calls "
            f"mlflow.models.set_model(chain); got {type(model).__name__}"
        )
    if options["loader_fn"] is not None or options["persist_dir"] is not None:
        raise NotSupported(
            "`loader_fn` and `persist_dir` are not needed by models from code, and not supported"
        )
    script, config = Path(model), options["model_config"]
    chain = run_model_code(script, config)
    shutil.copy(script, folder)
    streamable = hasattr(chain, "stream") if options["streamable"] is None else options["streamable"]
    return Payload(
        flavor={"streamable": streamable},
        pyfunc={
            "model_code_path": script.name,
            "streamable": streamable,
            **({"config": config} if config else {}),
        },
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:  # noqa: ARG001 - the script is named beside them
    return _run(folder, Model.load(folder).flavors["python_function"])


def _run(folder: Path, settings: dict[str, Any]) -> Any:
    # MLflow writes the path on its author's machine; the file of that name lies in the model folder.
    name = PureWindowsPath(settings["model_code_path"]).name
    return run_model_code(payload_path(folder, name), settings.get("config"))


def _predictor(model: Any, folder: Path, settings: dict[str, Any]) -> Predict:
    # While it is saved, the model is the path of its script.
    chain = _run(folder, settings) if isinstance(model, str | Path) else model
    return lambda data, _params: chain.batch(items_of(data))


def _stream(model: Any, data: Any) -> Iterator[Any]:
    for item in items_of(data):
        yield from model.stream(item)


FLAVOR = Flavor(
    name="langchain",
    title="LangChain",
    library="langchain_core",
    package="langchain-core",
    save=_save,
    load=_load,
    loader_module="mlflow.langchain",
    version_key="langchain_core_version",
    predictor=_predictor,
    stream=_stream,
    types=("langchain_core.runnables.base:Runnable",),
    model_argument="lc_model",
    options={
        "loader_fn": Option(None, "Not supported: models from code need none."),
        "persist_dir": Option(None, "Not supported: models from code need none."),
        "model_config": Option(None, "Configuration that the script reads."),
        "streamable": Option(None, "Whether it answers piece by piece; told from the chain by default."),
    },
    save_order="model path conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements metadata loader_fn persist_dir model_config streamable",
    log_order="model artifact_path conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata loader_fn persist_dir run_id "
    "model_config streamable resources prompts name params tags model_type step model_id",
)
