"""Reading pickles of models of one's own, also those that MLflow put its tracing around.

MLflow pickles the wrappers that trace an agent's methods along with them, and these refer to its inner modules. Such a
module is stood in for while the pickle is read, and the wrappers are taken off.
"""

from __future__ import annotations

import inspect
import pickle
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from mlflow.exceptions import InvalidParameterValue

_MARK = "__mlflow_traced__"


SUFFIXES = {"gzip": ".gz", "bzip2": ".bz2", "lzma": ".xz"}
"""What the names of compressed pickles end with."""


def open_compressed(file: Path, compression: str | None, mode: str) -> IO[bytes]:
    """Opens a pickle for reading or writing.

    Raises:
        MlflowException: The compression is unknown.
    """
    modules = {None: "builtins", "gzip": "gzip", "bzip2": "bz2", "lzma": "lzma"}
    if compression not in modules:
        raise InvalidParameterValue(
            f"Models are compressed with one of {list(SUFFIXES)}, not {compression!r}"
        )
    opened: IO[bytes] = import_module(modules[compression]).open(file, mode)
    return opened


class _StandIn:
    """Something of MLflow's that is not here: any attribute of it is another one."""

    def __getattr__(self, name: str) -> _StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return _StandIn()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("cloudpickle.cloudpickle", "subimport"):
            return _subimport
        if not _is_ours(module):
            return super().find_class(module, name)
        try:
            return super().find_class(module, name)
        except (AttributeError, ModuleNotFoundError):
            return _StandIn()


def _subimport(name: str) -> Any:
    """The module of a name, as cloudpickle imports those that functions refer to."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        if not _is_ours(name):
            raise
        return _StandIn()


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "mlflow"


def read_python_model(file: Path, compression: str | None = None) -> Any:
    """The model of a pickle.

    Args:
        file: The pickle.
        compression: How it is compressed: `gzip`, `bzip2` or `lzma`.

    Raises:
        MlflowException: The compression is unknown.
    """
    with open_compressed(file, compression, "rb") as stream:
        model = _Unpickler(stream).load()
    for cls in type(model).__mro__:
        if hasattr(cls, "_checked"):
            _take_off_tracing(cls)
    return model


def _take_off_tracing(cls: Any) -> None:
    for name, found in list(vars(cls).items()):
        if inspect.isfunction(found) and _is_traced(found):
            setattr(cls, name, cls._checked(inspect.unwrap(found)))


def _is_traced(function: Any) -> bool:
    while function is not None:
        if getattr(function, _MARK, False):
            return True
        function = getattr(function, "__wrapped__", None)
    return False
