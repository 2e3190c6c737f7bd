"""State dictionaries of PyTorch: the weights without the model."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from mlflow._flavors.library import import_library
from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.location import model_folder
from mlflow.pytorch._flavor import FLAVOR
from mlflow.tracking.fluent.artifacts import log_artifacts

_FILE = "state_dict.pth"


def save_state_dict(state_dict: dict[str, Any], path: str | Path, **kwargs: Any) -> None:
    """Saves a state dictionary into a folder.

    Args:
        state_dict: What `model.state_dict()` gives.
        path: Folder to make; it may exist.
        **kwargs: Passed to `torch.save`.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it is no dictionary.
        MissingExtra: PyTorch is not installed.
    """
    torch = import_library(FLAVOR)
    if not isinstance(state_dict, dict):
        raise InvalidParameterValue(f"`state_dict` is a dictionary; got {type(state_dict).__name__}")
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(state_dict, folder / _FILE, **kwargs)


def log_state_dict(state_dict: dict[str, Any], artifact_path: str, **kwargs: Any) -> None:
    """Logs a state dictionary as an artifact of the active run.

    Args:
        state_dict: What `model.state_dict()` gives.
        artifact_path: Folder of the run's artifacts to put it into.
        **kwargs: Passed to `torch.save`.
    """
    with tempfile.TemporaryDirectory() as folder:
        save_state_dict(state_dict, folder, **kwargs)
        log_artifacts(folder, artifact_path)


def load_state_dict(state_dict_uri: str | Path, **kwargs: Any) -> Any:
    """Reads a state dictionary; only tensors and plain values, unless `weights_only=False` is passed.

    Args:
        state_dict_uri: A path, or a `runs:` or other artifact URI of the folder.
        **kwargs: Passed to `torch.load`, such as `map_location`.

    Raises:
        MlflowException: `PERMISSION_DENIED`: anything else is asked for, and pickles are forbidden.
    """
    torch = import_library(FLAVOR)
    arguments = {"weights_only": True, **kwargs}
    if not arguments["weights_only"]:
        refuse_pickle(f"With `weights_only=False` the state dictionary in {str(state_dict_uri)!r}")
    with model_folder(state_dict_uri, None) as folder:
        return torch.load(folder.path / _FILE, **arguments)
