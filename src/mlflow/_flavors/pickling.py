"""Pickles: what an object refers to, and whether reading them is allowed here."""

from __future__ import annotations

import dis
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
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
                self.names.add(f"{module}.{obj.__qualname__}")
                if not _is_kept_whole(module, obj.__qualname__):
                    self.modules.add(module)
                elif isinstance(obj, FunctionType):
                    self.modules.update(_imports_of(obj.__code__))


def _is_kept_whole(module: str, name: str) -> bool:
    """Whether a class or function is kept in the pickle itself, because no module has it."""
    import cloudpickle

    registered = cloudpickle.list_registry_pickle_by_value()
    parents = ["__main__", *registered]
    return "<locals>" in name or any(
        module == parent or module.startswith(f"{parent}.") for parent in parents
    )


def _imports_of(code: CodeType) -> Iterator[str]:
    """Modules that a function imports when it is called."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imports_of(constant)


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

    def pass_over(buffer: pickle.PickleBuffer) -> None:
        del buffer

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
    refuse_code(
        f"{what} is a pickle, and reading a pickle",
        "save the model again with serialization_format='skops', where its library supports it",
    )


def refuse_code(reading: str, remedy: str) -> None:
    """Refuses to read what can run code, as a pickle can, where the settings forbid it.

    Args:
        reading: What is to be read and why that is one, as the error begins: "... and reading it".
        remedy: What to do for a form that is read.

    Raises:
        MlflowException: `PERMISSION_DENIED`: `MLFLOW_ALLOW_PICKLE_DESERIALIZATION` is false.
    """
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise PermissionDenied(
            f"{reading} can run any code that its author put into it. "
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION is false, so it is not read. If you trust where it comes from, "
            f"set MLFLOW_ALLOW_PICKLE_DESERIALIZATION=true; else {remedy}."
        )
