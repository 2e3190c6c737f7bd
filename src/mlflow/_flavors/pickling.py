"""Pickles: what an object refers to, and whether reading them is allowed here."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from mlflow.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from mlflow.exceptions import PermissionDenied


@dataclass
class References:
    """What an object refers to.

    Attributes:
        modules: Dotted names of the modules that reading it back imports.
        names: Its classes and functions, each as `module.qualified_name`.
    """

    modules: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, obj: object) -> None:
        if isinstance(obj, ModuleType):
            self.modules.add(obj.__name__)
        elif isinstance(obj, type | FunctionType | BuiltinFunctionType):
            module = getattr(obj, "__module__", None)
            if isinstance(module, str):
                self.modules.add(module)
                self.names.add(f"{module}.{obj.__qualname__}")


class _Sink:
    def write(self, data: bytes) -> int:
        return len(data)


def references_of(obj: Any) -> References:
    """The modules, classes and functions that an object refers to, however deep.

    It is pickled into nothing: large arrays are passed over, nothing is copied. An object that cannot be pickled
    is known by its own class alone.
    """
    import cloudpickle

    found = References()

    class Recorder(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, part: Any) -> Any:
            found.add(part)
            return super().reducer_override(part)

    found.add(type(obj))
    pass_over: Callable[[pickle.PickleBuffer], None] = lambda _buffer: None  # noqa: E731
    try:
        Recorder(_Sink(), protocol=5, buffer_callback=pass_over).dump(obj)
    except Exception:  # noqa: BLE001 - objects refuse to be pickled with any error they like
        return found
    return found


def refuse_pickle(what: str) -> None:
    """Refuses to read a pickle where the settings forbid it.

    Args:
        what: The thing to be read, as the error names it.

    Raises:
        MlflowException: `PERMISSION_DENIED`: `MLFLOW_ALLOW_PICKLE_DESERIALIZATION` is false.
    """
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise PermissionDenied(
            f"{what} is a pickle, and reading a pickle can run any code that its author put into it. "
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false, so it is not read. If you trust where it comes from, "
            "set MLFLOW_ALLOW_PICKLE_DESERIALIZATION=true; else save the model again with "
            "serialization_format='skops', where its library supports it."
        )
