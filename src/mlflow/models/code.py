"""Models from code: a script that makes the model, run whenever the model is loaded."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import util
from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.model_config import giving

_made: ContextVar[list[Any] | None] = ContextVar("model_from_code", default=None)


def set_model(model: Any) -> None:
    """Says which object is the model that a script makes.

    ::

        mlflow.models.set_model(MyModel())

    Args:
        model: A `PythonModel`, a function, or what a flavor takes as a model from code.
    """
    if model is None or isinstance(model, str | bytes | int | float | list | tuple | dict):
        raise InvalidParameterValue(
            f"A model is a PythonModel, a function or an object of a library, and not {model!r}"
        )
    made = _made.get()
    if made is not None:
        made[:] = [model]


def run_model_code(file: Path, config: dict[str, Any] | None, code: list[str] | None = None) -> Any:
    """The model that a script makes.

    Args:
        file: The script.
        config: Configuration that it reads.
        code: Files and folders of code that it imports from.

    Raises:
        MlflowException: There is no such script, it fails, or it does not say which object is the model.
    """
    if not file.is_file():
        raise InvalidParameterValue(
            f"The provided model path '{file}' does not exist. Ensure the file path is valid and try again."
        )
    if file.suffix != ".py":
        raise InvalidParameterValue(f"A model from code is a Python script (.py), and {str(file)!r} is none")
    # A name of its own: several models may have scripts of the same name.
    name = f"model_code_{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    spec = util.spec_from_file_location(name, file)
    assert spec is not None  # the suffix is that of Python
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    made: list[Any] = []
    token = _made.set(made)
    sys.modules[name] = module
    try:
        with giving(config), _importable(code or []):
            spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise MlflowException(
            f"Failed to run the code of the model, {str(file)!r}: {type(error).__name__}: {error}"
        ) from error
    finally:
        _made.reset(token)
    if not made:
        raise InvalidParameterValue(
            f"The script {str(file)!r} does not say which object is the model: it has to call "
            "mlflow.models.set_model(model)"
        )
    return made[0]


@contextmanager
def _importable(code: list[str]) -> Iterator[None]:
    """Makes the code that is going to travel with the model importable, as it will be where it is loaded."""
    entries = [str(Path(path).resolve().parent) for path in code]
    before = list(sys.path)
    sys.path[:0] = entries
    try:
        yield
    finally:
        sys.path[:] = before
