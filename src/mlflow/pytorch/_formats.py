"""The two forms in which a PyTorch model is kept: a pickle, and a traced graph."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError
from threading import Lock
from typing import Any

from mlflow._flavors.pickling import refuse_code, refuse_pickle
from mlflow.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.example import split_example
from mlflow.types._libraries import is_array, is_frame

PICKLE = "pickle"
PT2 = "pt2"
_PICKLE_FILE = "model.pth"
_GRAPH_FILE = "model.pt2"
_MODULE_FILE = "pickle_module_info.txt"
_DEFAULT_MODULE = "mlflow.pytorch.pickle_module"
_FORCED = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
_FORCING = Lock()
_PARTS_WITH_CODE = ("opaque_obj", "custom_obj", "aotinductor")


def write_pickle(model: Any, folder: Path, pickle_module: Any) -> str:
    """Writes a model with its class; a scripted one in its own form, which is no pickle of Python objects.

    Returns:
        Name of the module that pickles it.
    """
    import torch

    module = pickle_module or import_module(_DEFAULT_MODULE)
    if isinstance(module, str):
        module = import_module(module)
    (folder / _MODULE_FILE).write_text(module.__name__, encoding="utf-8")
    if isinstance(model, torch.jit.ScriptModule):
        torch.jit.save(model, folder / _PICKLE_FILE)
    else:
        torch.save(model, folder / _PICKLE_FILE, pickle_module=module)
    return str(module.__name__)


def write_graph(model: Any, folder: Path, input_example: Any) -> None:
    """Traces a model with an example, whose first size may be another one later, and writes the graph.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there is no example, or none of arrays.
    """
    import torch

    example = None if input_example is None else split_example(input_example).data
    parts = example if isinstance(example, tuple | list) else (example,)
    if not all(isinstance(part, torch.Tensor) or is_array(part) or is_frame(part) for part in parts):
        raise InvalidParameterValue(
            f"The format {PT2!r} traces the model, so it needs an `input_example` of arrays, tensors or a table; "
            f"got {type(example).__name__}. The format {PICKLE!r} needs none."
        )
    inputs = tuple(part if isinstance(part, torch.Tensor) else as_tensor(part) for part in parts)
    shapes = tuple({0: torch.export.Dim.AUTO} if tensor.ndim else None for tensor in inputs)
    training = model.training
    try:
        program = torch.export.export(
            model.eval(), inputs, dynamic_shapes=(shapes,) if _is_variadic(model) else shapes
        )
    finally:
        model.train(training)
    torch.export.save(program, folder / _GRAPH_FILE)


def _is_variadic(model: Any) -> bool:
    import inspect

    kinds = [item.kind for item in inspect.signature(model.forward).parameters.values()]
    return kinds[:1] == [inspect.Parameter.VAR_POSITIONAL]


def read(folder: Path, **kwargs: Any) -> Any:
    """Reads a model, where the settings allow it.

    Args:
        folder: The folder of its payload.
        **kwargs: Passed to `torch.load`; for a graph only `map_location` has a meaning.

    Raises:
        MlflowException: `PERMISSION_DENIED`: it is a pickle, or a graph with one inside, and they are forbidden.
    """
    import torch

    if (folder / _GRAPH_FILE).is_file():
        graph = _read_graph(folder / _GRAPH_FILE).module()
        return graph.to(kwargs["map_location"]) if kwargs.get("map_location") else graph
    file = folder / _PICKLE_FILE
    if not file.is_file():
        raise MlflowException(
            f"The PyTorch model in {str(folder)!r} lacks its file {_PICKLE_FILE!r} or {_GRAPH_FILE!r}"
        )
    if _is_scripted(file):
        return torch.jit.load(file, map_location=kwargs.get("map_location"))
    refuse_pickle(f"The PyTorch model in {str(file)!r}")
    named = folder / _MODULE_FILE
    name = named.read_text(encoding="utf-8").strip() if named.is_file() else _DEFAULT_MODULE
    return torch.load(file, **{"pickle_module": import_module(name), "weights_only": False, **kwargs})


def _read_graph(file: Path) -> Any:
    import torch

    if MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        return torch.export.load(file)
    # PyTorch writes tensors, but reads whatever objects an author put beside them.
    with _tensors_alone():
        if any(part in name.lower() for name in _parts(file) for part in _PARTS_WITH_CODE):
            refuse_code(
                f"The graph in {str(file)!r} holds objects or libraries beside its tensors, and reading it",
                "save the model again without them",
            )
        try:
            return torch.export.load(file)
        except UnpicklingError:
            refuse_pickle(f"A part of the graph in {str(file)!r}")
            raise


def _parts(file: Path) -> list[str]:
    """Names of what lies in a graph's file, read as PyTorch itself reads it."""
    import torch

    try:
        names: list[str] = torch._C.PyTorchFileReader(str(file)).get_all_records()
    except RuntimeError:  # the form before PyTorch 2.8, which has neither
        return []
    return names


@contextmanager
def _tensors_alone() -> Iterator[None]:
    """Meanwhile `torch.load` makes nothing but tensors and plain values, in every thread."""
    with _FORCING:
        before = os.environ.get(_FORCED)
        os.environ[_FORCED] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[_FORCED]
            else:
                os.environ[_FORCED] = before


def _is_scripted(file: Path) -> bool:
    """Whether a file is of TorchScript: its archive has code of its own."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def as_tensor(data: Any) -> Any:
    """An array as it is, or a table in single precision, which is what layers compute with."""
    import numpy
    import torch

    array = data.to_numpy(dtype=numpy.float32) if is_frame(data) else data
    # A table of today's pandas gives its own memory, which nobody may write to, and PyTorch warns of that.
    return torch.from_numpy(numpy.require(array, requirements="W"))
