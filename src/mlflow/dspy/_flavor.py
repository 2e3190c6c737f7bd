"""The DSPy flavor: a program and the settings that it runs with, such as its language model."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from mlflow._flavors import formats
from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.pickling import references_of, refuse_pickle
from mlflow._flavors.predictor import items_of
from mlflow.dspy.wrapper import DspyChatModelWrapper, DspyModelWrapper
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path
from mlflow.models.signature import ModelSignature
from mlflow.types.schema import Array, ColSpec, DataType, Object, Property, Schema

_logger = logging.getLogger(__name__)

_FILE = "data/model.pkl"
_FOLDER = "data/model"
_SETTINGS = "dspy_config.pkl"
_CHAT = "llm/v1/chat"
# Of this process, and not of the program; MLflow's loader takes for granted that they are there.
_PASSING: dict[str, Any] = {
    "callbacks": [],
    "caller_modules": None,
    "caller_predict": None,
    "send_stream": None,
    "stream_listeners": [],
}

_LOADED: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
"""Settings of the programs that were loaded, which pyfunc uses in whatever thread it is called."""


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    task = options["task"]
    if task not in (None, _CHAT):
        raise InvalidParameterValue(f"`task` is {_CHAT!r} or none; got {task!r}")
    (folder / "data").mkdir()
    settings = _current_settings()
    if options["use_dspy_model_save"]:
        place = _FOLDER
        model.save(str(folder / place), save_program=True)
        (folder / "data" / _SETTINGS).write_bytes(_pickled(settings))
    else:
        place = _FILE
        wrapper = DspyModelWrapper if task is None else DspyChatModelWrapper
        (folder / place).write_bytes(_pickled(wrapper(model, settings, options["model_config"])))
    return Payload(
        flavor={"model_path": place, **({"inference_task": task} if task else {})},
        pyfunc={"streamable": False},
        packages=("cloudpickle",),
        modules=references_of(model).modules,
        signature=_chat_signature() if task else None,
    )


def _current_settings() -> dict[str, Any]:
    import dspy

    found = {**dspy.settings.copy(), **_PASSING}
    del found["trace"]
    return found


def _pickled(obj: Any) -> bytes:
    """The object as a pickle, in which language models have neither keys nor what they were asked."""
    import cloudpickle
    import dspy

    class Keyless(cloudpickle.Pickler):  # type: ignore[misc]  # it has no types
        def reducer_override(self, part: Any) -> Any:
            if isinstance(part, dspy.LM) and ("api_key" in part.kwargs or part.history):
                part = part.copy()
                part.kwargs.pop("api_key", None)
                return part.__reduce_ex__(self.proto)
            return super().reducer_override(part)

    buffer = io.BytesIO()
    Keyless(buffer).dump(obj)
    return buffer.getvalue()


def _chat_signature() -> ModelSignature:
    role, content = Property("role", DataType.string), Property("content", DataType.string)
    choice = Object(
        [
            Property("index", DataType.long),
            Property("message", Object([role, content])),
            Property("finish_reason", DataType.string),
        ]
    )
    return ModelSignature(
        Schema([ColSpec(Array(Object([role, content])), "messages")]),
        Schema([ColSpec(Array(choice), "choices")]),
    )


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import dspy

    program, kept = _read(folder, settings)
    _LOADED[program] = kept
    try:
        dspy.configure(**kept)
    except RuntimeError:
        _logger.warning(
            "DSPy lets one thread alone configure it, and this is another: the model is loaded without its settings. "
            "Set a language model with dspy.context(lm=...), or load it with mlflow.pyfunc, which needs none."
        )
    return program


def _read(folder: Path, settings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    import dspy

    place = payload_path(folder, settings.get("model_path") or _FILE)
    if place.is_dir():
        refuse_pickle(f"The model in {str(folder)!r}")
        kept = formats.read_pickle(payload_path(folder, f"data/{_SETTINGS}"))
        return dspy.load(str(place), allow_pickle=True), kept
    wrapper = formats.read_pickle(place)
    return wrapper.model, wrapper.dspy_settings


def _predictor(model: Any, _folder: Path, settings: dict[str, Any]) -> Predict:
    import dspy

    is_chat = settings.get("inference_task") == _CHAT
    kept = _LOADED.get(model) or _current_settings()

    def predict(data: Any, _params: dict[str, Any] | None) -> Any:
        with dspy.context(**kept):
            answers = [_answer(model, item) for item in items_of(data)]
        found = [_as_chat(answer) for answer in answers] if is_chat else answers
        return found[0] if len(found) == 1 else found

    return predict


def _answer(program: Any, item: Any) -> Any:
    answer = program(**item) if isinstance(item, dict) else program(item)
    return answer.toDict() if hasattr(answer, "toDict") else answer


def _as_chat(answer: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": json.dumps(answer)}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


FLAVOR = Flavor(
    name="dspy",
    title="DSPy",
    library="dspy",
    package="dspy",
    save=_save,
    load=_load,
    loader_module="mlflow.dspy",
    version_key="dspy_version",
    predictor=_predictor,
    types=("dspy.primitives.module:Module",),
    model_argument="dspy_model",
    save_argument="model",
    options={
        "task": Option(None, "`llm/v1/chat` for a program that takes `messages` and answers as a chat does."),
        "model_config": Option(None, "Kept with the program."),
        "use_dspy_model_save": Option(False, "Keeps it in the library's own folder instead of one file."),
    },
    save_order="model path task model_config code_paths mlflow_model conda_env signature input_example "
    "pip_requirements extra_pip_requirements metadata use_dspy_model_save",
    log_order="model artifact_path task model_config code_paths conda_env signature input_example "
    "registered_model_name await_registration_for pip_requirements extra_pip_requirements metadata resources prompts "
    "name params tags model_type step model_id use_dspy_model_save",
)
