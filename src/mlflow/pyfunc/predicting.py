"""Predicting once with a saved model, here or in the environment that it was saved with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import weakref
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NoReturn

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.example import convert_input_example_to_serving_input
from mlflow.models.location import resolve_model_path
from mlflow.models.restoring import MANAGERS, restored_python
from mlflow.models.scoring import CONTENT_TYPES, read_request, write_answer
from mlflow.pyfunc.loaded import PyFuncModel
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
        with closing(OtherPython(python, folder, extra_envs)) as other:
            answer = other.answer(body, content_type)
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
    return _answer(load_model(folder), body, content_type)


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


class OtherPython:
    """A model that is loaded once in another environment and answers scoring requests there, a line for each.

    Args:
        python: The interpreter of the environment.
        folder: The model folder.
        variables: Environment variables beside those of this process.
        config: Configuration that overrides the saved one.
    """

    def __init__(
        self,
        python: Path,
        folder: Path,
        variables: dict[str, str] | None = None,
        config: dict[str, Any] | None = None,
    ) -> None:
        self._python = python
        self._errors = TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed with this
        self._process = subprocess.Popen(
            [str(python), "-c", _CHILD, str(folder), json.dumps(config or {})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env={**os.environ, **(variables or {})},
        )
        self.close = weakref.finalize(self, _end, self._process, self._errors)
        """Ends the process; what nobody needs any more does so by itself."""

    def answer(self, body: str, content_type: str = "json") -> str:
        """The answer to the body of a scoring request.

        Raises:
            MlflowException: The model cannot be loaded there, or cannot answer; the message is what is said there.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps([body, content_type]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and said why
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            self._refuse(self._errors.read().strip())
        found, reason = json.loads(line)
        if found is None:
            self._refuse(reason)
        return str(found)

    def _refuse(self, reason: str) -> NoReturn:
        raise MlflowException(f"The model could not predict in its environment ({self._python}): {reason}")


def _end(process: subprocess.Popen[str], errors: IO[str]) -> None:
    process.kill()
    process.communicate()
    errors.close()


def main() -> None:
    """Answers a request for each line of the standard input; what the model prints is no answer."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        model = load_model(Path(sys.argv[1]), model_config=json.loads(sys.argv[2]))
    except MlflowException as error:
        sys.exit(error.message)
    for line in sys.stdin:
        body, content_type = json.loads(line)
        try:
            answer = [_answer(model, body, content_type), None]
        except Exception as error:  # noqa: BLE001 - models raise what they like, and the next request may be better
            answer = [None, error.message if isinstance(error, MlflowException) else repr(error)]
        print(json.dumps(answer), file=answers, flush=True)


def _answer(model: PyFuncModel, body: str, content_type: str) -> str:
    request = read_request(body, model.metadata.signature, content_type)
    return write_answer(model.predict(request.data, request.params), request.is_chat)
