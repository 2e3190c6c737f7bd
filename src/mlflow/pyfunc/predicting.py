"""Predicting once with a saved model, here or in the environment that it was saved with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.example import convert_input_example_to_serving_input
from mlflow.models.location import resolve_model_path
from mlflow.models.restoring import MANAGERS, restored_python
from mlflow.models.scoring import CONTENT_TYPES, read_request, write_answer
from mlflow.pyfunc.loading import load_model

_CHILD = "from mlflow.pyfunc.predicting import main; main()"


def predict(
    model_uri: str,
    input_data: Any = None,
    input_path: str | Path | None = None,
    content_type: str = "json",
    output_path: str | Path | None = None,
    env_manager: str = "virtualenv",
    install_mlflow: bool = False,  # noqa: ARG001 - what runs here is always installed
    pip_requirements_override: list[str] | None = None,
    extra_envs: dict[str, str] | None = None,
) -> None:
    """Predicts with a model in the environment that it was saved with, to try it before it is served.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        input_data: The input: an example as `input_example` takes it, or the text of a scoring request.
        input_path: File with the input, instead.
        content_type: `json` or `csv`: what the text or file is.
        output_path: File for the answer; it is printed by default.
        env_manager: `virtualenv`, `uv` or `conda` for the model's environment, which is built where the running one
            is another; `local` for the running one.
        install_mlflow: Taken for the sake of MLflow's callers.
        pip_requirements_override: Requirements that replace or complete those of the model.
        extra_envs: Environment variables beside those of this process.

    Raises:
        MlflowException: There is no model, the input is none of its, or the environment cannot be built.
    """
    if content_type not in CONTENT_TYPES:
        raise InvalidParameterValue("Content type must be one of json or csv.")
    if input_data is not None and input_path is not None:
        raise InvalidParameterValue(
            "Both input_data and input_path are provided. Only one of them should be specified."
        )
    if env_manager not in MANAGERS:
        raise InvalidParameterValue(
            f"Invalid env_manager {env_manager!r}: it is one of {', '.join(MANAGERS)}"
        )
    body = _body(input_data, input_path, content_type)
    folder = resolve_model_path(model_uri)
    python = restored_python(folder, env_manager, pip_requirements_override)
    if python == Path(sys.executable) and not extra_envs:
        answer = answer_request(folder, body, content_type)
    else:
        answer = _ask(python, folder, body, content_type, extra_envs or {})
    if output_path is None:
        print(answer)  # noqa: T201 - this is what it is for
    else:
        Path(output_path).write_text(answer, encoding="utf-8")


def validate_serving_input(model_uri: str, serving_input: str | dict[str, Any]) -> Any:
    """What a model predicts for the body of a scoring request: the request is one that it can answer.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        serving_input: JSON text, or the dictionary that it stands for; `Model.get_serving_input` and
            `convert_input_example_to_serving_input` give one.

    Raises:
        MlflowException: It is no scoring request, or does not fit the model's signature.
    """
    model = load_model(model_uri)
    request = read_request(serving_input, model.metadata.signature)
    return model.predict(request.data, request.params)


def answer_request(folder: Path, body: str, content_type: str) -> str:
    """The answer of the model in a folder to the body of a scoring request."""
    model = load_model(folder)
    request = read_request(body, model.metadata.signature, content_type)
    return write_answer(model.predict(request.data, request.params), request.is_chat)


def _body(input_data: Any, input_path: str | Path | None, content_type: str) -> str:
    if input_path is not None:
        file = Path(input_path)
        if not file.is_file():
            raise InvalidParameterValue(f"`input_path` names {str(input_path)!r}, which does not exist")
        return file.read_text(encoding="utf-8")
    if input_data is None:
        raise InvalidParameterValue("There is nothing to predict on: pass input_data or input_path")
    if isinstance(input_data, str):
        return input_data
    if content_type == "csv":
        if not hasattr(input_data, "to_csv"):
            raise InvalidParameterValue("CSV is text or a DataFrame")
        text: str = input_data.to_csv(index=False)
        return text
    return convert_input_example_to_serving_input(input_data) or ""


def _ask(python: Path, folder: Path, body: str, content_type: str, variables: dict[str, str]) -> str:
    done = subprocess.run(
        [str(python), "-c", _CHILD, str(folder), content_type],
        input=body,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        check=False,
    )
    if done.returncode != 0:
        raise MlflowException(
            f"The model could not predict in its environment ({python}): {done.stderr.strip()}"
        )
    # What the model itself printed comes before the answer, which is the last line.
    return done.stdout.rstrip("\n").rpartition("\n")[2]


def main() -> None:
    """Answers the request on the standard input; what went wrong is on the standard error output."""
    try:
        answer = answer_request(Path(sys.argv[1]), sys.stdin.read(), sys.argv[2])
    except MlflowException as error:
        sys.exit(error.message)
    print(answer)  # noqa: T201 - read by the process that asks
