"""The OpenAI flavor: no weights, but which model is asked, for what and with which texts around the input."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

from mlflow._flavors.declaration import Flavor, Option, Payload, Predict
from mlflow._flavors.predictor import items_of
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.fetched import payload_path
from mlflow.models.signature import ModelSignature
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec

_FILE = "model.yaml"
_CHAT, _COMPLETIONS, _EMBEDDINGS = _TASKS = ("chat.completions", "completions", "embeddings")
_AT_ONCE = 8
_PER_REQUEST = 1000  # texts; the service refuses more than about two thousand


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    import yaml

    task = _task_name(options["task"])
    asked = {"model": _model_name(model), "task": task, **_checked(task, options["kwargs"])}
    variables = _variables(asked)
    (folder / _FILE).write_text(yaml.safe_dump(asked, allow_unicode=True), encoding="utf-8")
    return Payload(
        flavor={"data": _FILE}, pyfunc={"data": _FILE}, signature=_usual_signature(task, variables)
    )


def _model_name(model: Any) -> str:
    import openai

    if isinstance(model, openai.types.Model):
        return str(model.id)
    if not isinstance(model, str):
        raise InvalidParameterValue(
            f"`model` is the name of a model, such as 'gpt-4o-mini'; got {type(model).__name__}"
        )
    return model


def _resources() -> dict[str, tuple[Any, ...]]:
    from openai import resources

    return {
        _CHAT: (resources.chat.Completions, resources.chat.AsyncCompletions),
        _COMPLETIONS: (resources.Completions, resources.AsyncCompletions),
        _EMBEDDINGS: (resources.Embeddings, resources.AsyncEmbeddings),
    }


def _task_name(task: Any) -> str:
    if isinstance(task, str) and task in _TASKS:
        return task
    for name, classes in _resources().items():
        if issubclass(task, classes) if isinstance(task, type) else isinstance(task, classes):
            return name
    raise InvalidParameterValue(
        f"`task` is one of {list(_TASKS)}, or that part of the library, such as openai.chat.completions; got {task!r}"
    )


def _checked(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What requests have beside the input, if the library takes it."""
    create = inspect.signature(_resources()[task][0].create)
    known = {name for name in create.parameters if name not in ("self", "model", "input", "stream")}
    if unknown := sorted(arguments.keys() - known):
        raise TypeError(f"{task} takes no {unknown}; there are {sorted(known)}")
    messages = arguments.get("messages")
    if messages is not None and not (isinstance(messages, list) and all(map(_is_message, messages))):
        raise InvalidParameterValue(
            f"`messages` is a list of dictionaries with 'role' and 'content'; got {messages!r}"
        )
    if not isinstance(arguments.get("prompt", ""), str):
        raise InvalidParameterValue(
            f"`prompt` is a text, such as 'Say {{word}}'; got {arguments['prompt']!r}"
        )
    return {name: value for name, value in arguments.items() if value is not None}


def _is_message(message: Any) -> bool:
    return isinstance(message, dict) and {"role", "content"} <= message.keys()


def _templates(asked: dict[str, Any]) -> list[str]:
    contents = [message["content"] for message in asked.get("messages", ())]
    return [text for text in (*contents, asked.get("prompt")) if isinstance(text, str)]


def _variables(asked: dict[str, Any]) -> list[str]:
    """Names in braces in the texts that are kept, sorted."""
    found = set()
    for template in _templates(asked):
        try:
            found |= {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        except ValueError as error:
            raise InvalidParameterValue(
                f"The text {template!r} has no proper variables: {error}; a brace itself is written {{{{ or }}}}"
            ) from error
    if wrong := sorted(name for name in found if not name.isidentifier()):
        raise InvalidParameterValue(
            f"{wrong} in braces are no names of variables; a brace itself is written {{{{ or }}}}"
        )
    return sorted(found)


def _usual_signature(task: str, variables: list[str]) -> ModelSignature:
    import numpy

    named = variables if len(variables) > 1 else [None]
    if task == _EMBEDDINGS:
        outputs = Schema([TensorSpec(numpy.dtype("float64"), (-1,))])
    else:
        outputs = Schema([ColSpec(DataType.string)])
    return ModelSignature(Schema([ColSpec(DataType.string, name) for name in named]), outputs)


def _load(folder: Path, settings: dict[str, Any]) -> Any:
    import yaml

    text = payload_path(folder, settings.get("data") or _FILE).read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _predictor(_model: Any, folder: Path, settings: dict[str, Any]) -> Predict:
    asked = _load(folder, settings)
    task, model = asked.pop("task"), asked.pop("model")
    if task not in _TASKS:
        raise InvalidParameterValue(f"The model is for {task!r}; what predicts is {list(_TASKS)}")
    variables = _variables(asked)
    texts = {name: asked.pop(name) for name in ("messages", "prompt") if name in asked}

    def predict(data: Any, params: dict[str, Any] | None) -> list[Any]:
        rows = [_values(row, variables) for row in items_of(data)]
        ask = partial(_ask, task, {"model": model, **asked, **(params or {})})
        if task == _CHAT:
            return ask([_filled(texts.get("messages", ()), row, variables) for row in rows])
        template = texts.get("prompt") or "{text}"
        return ask([template.format(**{"text": next(iter(row.values())), **row}) for row in rows])

    return predict


def _values(row: Any, variables: list[str]) -> dict[str, str]:
    """The values of a row for the variables; where there is one or none, its first text is the value."""
    given = row if isinstance(row, dict) else {"text": row}
    if all(name in given for name in variables) and variables:
        return {name: str(given[name]) for name in variables}
    text = next((value for value in given.values() if isinstance(value, str)), None)
    if len(variables) > 1 or text is None:
        raise InvalidParameterValue(
            f"The model takes {variables or 'a text'}; there is no such column in {sorted(map(str, given))}"
        )
    return {(variables or ["text"])[0]: text}


def _filled(messages: Iterable[dict[str, Any]], row: dict[str, str], variables: list[str]) -> list[Any]:
    filled = [
        {**message, "content": message["content"].format(**row)}
        if isinstance(message["content"], str)
        else message
        for message in messages
    ]
    return filled if variables else [*filled, {"role": "user", "content": next(iter(row.values()))}]


def _ask(task: str, request: dict[str, Any], inputs: list[Any]) -> list[Any]:
    with _client() as client:
        if task == _CHAT:

            def ask(messages: Any) -> Any:
                return client.chat.completions.create(**request, messages=messages)

            with ThreadPoolExecutor(_AT_ONCE) as pool:
                return [answer.choices[0].message.content for answer in pool.map(ask, inputs)]
        if task == _COMPLETIONS:
            answers = (client.completions.create(**request, prompt=part) for part in _parts(inputs))
            return [choice.text for answer in answers for choice in answer.choices]
        found = (client.embeddings.create(**request, input=part) for part in _parts(inputs))
        return [item.embedding for answer in found for item in answer.data]


def _parts(inputs: list[Any]) -> Iterator[list[Any]]:
    return (inputs[start : start + _PER_REQUEST] for start in range(0, len(inputs), _PER_REQUEST))


def _client() -> Any:
    """A client of the service; keys and addresses are those of the environment and never of a model."""
    import openai

    if os.environ.get("OPENAI_API_TYPE", "").startswith("azure"):
        return openai.AzureOpenAI()
    return openai.OpenAI(base_url=os.environ.get("OPENAI_API_BASE") or os.environ.get("OPENAI_BASE_URL"))


FLAVOR = Flavor(
    name="openai",
    title="OpenAI",
    library="openai",
    package="openai",
    packages=("numpy", "pandas", "pyyaml"),
    save=_save,
    load=_load,
    loader_module="mlflow.openai",
    version_key="openai_version",
    predictor=_predictor,
    options={
        "task": Option(
            inspect.Parameter.empty,
            "What it is asked for: `chat.completions`, `completions` or `embeddings`, or that part of the library.",
        ),
        "kwargs": Option(
            None,
            "What requests have beside the input: `messages` or `prompt` with variables in braces, `temperature` …",
        ),
    },
    save_order="model task path conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements metadata kwargs",
    log_order="model task artifact_path conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements metadata prompts name params tags model_type "
    "step model_id kwargs",
)
