"""The LlamaIndex flavor: an index, or a script that makes an index or an engine."""

from __future__ import annotations

import shutil
from pathlib import Path, PureWindowsPath
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.predictor import items_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.llama_index import _settings as library_settings
from mlflow.models.code import run_model_code
from mlflow.models.fetched import payload_path
from mlflow.models.model import Model

_FOLDER = "index"
_QUERY, _CHAT, _RETRIEVER = _ENGINES = ("query", "chat", "retriever")


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    engine_type, config = options["engine_type"], options["model_config"]
    pyfunc = {"config": config} if config else {}
    if isinstance(model, str | Path):
        script = Path(model)
        made = run_model_code(script, config)
        shutil.copy(script, folder)
        pyfunc["model_code_path"] = script.name
    else:
        made = model
        if not _is_index(made):
            raise InvalidParameterValue(
                "Of LlamaIndex's objects indexes are kept as data; for others pass the path of a script that makes "
                f"it and calls mlflow.models.set_model(engine); got {type(made).__name__}"
            )
        made.storage_context.persist(persist_dir=str(folder / _FOLDER))
    if _is_index(made):
        _check_engine(engine_type)
    else:
        _kind(made)
    library_settings.write(folder)
    return Payload(flavor={"engine_type": engine_type}, pyfunc=pyfunc, modules={type(made).__module__})


def _is_index(made: Any) -> bool:
    from llama_index.core.indices.base import BaseIndex

    return isinstance(made, BaseIndex)


def _check_engine(engine_type: Any) -> None:
    if engine_type not in _ENGINES:
        raise InvalidParameterValue(
            f"`engine_type` says what answers for an index: one of {list(_ENGINES)}; got {engine_type!r}"
        )


def _kind(engine: Any) -> str:
    """Which of the three an engine is."""
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.chat_engine.types import BaseChatEngine

    kinds = {_QUERY: BaseQueryEngine, _CHAT: BaseChatEngine, _RETRIEVER: BaseRetriever}
    for name, cls in kinds.items():
        if isinstance(engine, cls):
            return name
    raise InvalidParameterValue(
        f"A LlamaIndex model is an index, a query engine, a chat engine or a retriever; got {type(engine).__name__}"
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:  # noqa: ARG001 - the script is named beside them
    library_settings.restore(folder)
    predicting = Model.load(folder).flavors.get("python_function") or {}
    if script := predicting.get("model_code_path"):
        # MLflow writes the path on its author's machine; the file of that name lies in the model folder.
        return run_model_code(payload_path(folder, PureWindowsPath(script).name), predicting.get("config"))
    from llama_index.core import StorageContext, load_index_from_storage

    place = payload_path(folder, _FOLDER)
    return load_index_from_storage(StorageContext.from_defaults(persist_dir=str(place)))


def _predictor(model: Any, folder: Path, settings: dict[str, Any]) -> Predict:
    # While it is saved from code, the model is the path of its script.
    made = _load(folder, settings) if isinstance(model, str | Path) else model
    if _is_index(made):
        _check_engine(settings.get("engine_type"))
        kind = settings["engine_type"]
        make = {_QUERY: "as_query_engine", _CHAT: "as_chat_engine", _RETRIEVER: "as_retriever"}[kind]
        engine = getattr(made, make)(**(settings.get("config") or {}))
    else:
        kind, engine = _kind(made), made

    def predict(data: Any, _params: dict[str, Any] | None) -> Any:
        answers = [_answer(engine, kind, item) for item in items_of(data)]
        return answers[0] if len(answers) == 1 else answers

    return predict


def _answer(engine: Any, kind: str, item: Any) -> Any:
    if kind == _CHAT:
        return str(engine.chat(**item) if isinstance(item, dict) else engine.chat(item))
    if isinstance(item, dict):
        from llama_index.core import QueryBundle

        item = QueryBundle(**item)
    if kind == _RETRIEVER:
        return [node.model_dump() for node in engine.retrieve(item)]
    return str(engine.query(item))


FLAVOR = Flavor(
    name="llama_index",
    title="LlamaIndex",
    library="llama_index.core",
    package="llama-index-core",
    save=_save,
    load=_load,
    loader_module="mlflow.llama_index",
    version_key="llama_index_version",
    predictor=_predictor,
    types=("llama_index.core.indices.base:BaseIndex",),
    model_argument="llama_index_model",
    options={
        "engine_type": Option(None, "What answers for an index: `query`, `chat` or `retriever`."),
        "model_config": Option(
            None, "Arguments of the index's engine, or configuration that the script reads."
        ),
    },
    save_order="model path engine_type model_config code_paths mlflow_model signature input_example "
    "pip_requirements extra_pip_requirements conda_env metadata",
    log_order="model artifact_path engine_type model_config code_paths registered_model_name signature "
    "input_example await_registration_for pip_requirements extra_pip_requirements conda_env metadata prompts name "
    "params tags model_type step model_id",
)
