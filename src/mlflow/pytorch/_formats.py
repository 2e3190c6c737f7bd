"""The two forms in which a PyTorch model is kept: a pickle, and a traced graph."""

from __future__ import annotations

import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.models.example import split_example
from mlflow.types._libraries import is_array, is_frame

PICKLE = "pickle"
PT2 = "pt2"
_PICKLE_FILE = "model.pth"
_GRAPH_FILE = "model.pt2"
_MODULE_FILE = "pickle_module_info.txt"
_DEFAULT_MODULE = "mlflow.pytorch.pickle_module"


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
        MlflowException: `PERMISSION_DENIED`: it is a pickle, and they are forbidden.
    """
    import torch

    if (folder / _GRAPH_FILE).is_file():
        graph = torch.export.load(folder / _GRAPH_FILE).module()
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

    return torch.from_numpy(data.to_numpy(dtype=numpy.float32) if is_frame(data) else data)
