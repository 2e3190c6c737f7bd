"""Logging a model with its flavor, the same for every flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, SaveArguments
from mlflow._flavors.registry import FLAVORS, find_flavor, flavor_module
from mlflow._flavors.save import check_arguments, save_flavor
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.model import Model, ModelInfo


def log_flavor(
    flavor: Flavor, model: Any, save: SaveArguments, options: dict[str, Any], **publication: Any
) -> ModelInfo:
    """Saves a model and logs the folder as a logged model of the active run, or of no run.

    Args:
        flavor: The model's flavor.
        model: The model.
        save: What `save_model` of every flavor takes.
        options: What only this flavor's `save_model` takes.
        **publication: What `Model.log` takes beside the flavor.

    Returns:
        What there is to know about the model.
    """
    check_arguments(flavor, save)
    return Model.log(flavor=_Bound(flavor, model, save, options), **publication)


def log_model(model: Any, artifact_path: str | None = None, **kwargs: Any) -> ModelInfo:
    """Logs a model with the flavor that its type calls for.

    Args:
        model: A model of any library that there is a flavor for, a `PythonModel` or a function.
        artifact_path: The older way to say `name`.
        **kwargs: What the flavor's `log_model` takes, such as `name`, `signature` and `input_example`.

    Returns:
        What there is to know about the model; its `model_uri` loads it.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: no flavor is for objects of this type.

    Example:
        `mlflow.log_model(forest, name="forest")`
    """
    flavor = find_flavor(model)
    if flavor is None:
        cls = type(model)
        raise InvalidParameterValue(
            f"No flavor is for objects of {cls.__module__}.{cls.__qualname__}; there are flavors for "
            f"{sorted(set(FLAVORS) - {'python_function'})}. Wrap it in a class with `predict` that inherits from "
            "mlflow.pyfunc.PythonModel, and log that."
        )
    log = flavor_module(flavor).log_model
    if flavor.name == "python_function":
        logged: ModelInfo = log(artifact_path, python_model=model, **kwargs)
    else:
        logged = log(model, artifact_path, **kwargs)
    return logged


class _Bound:
    """A flavor with a model and its arguments, as `Model.log` wants it."""

    def __init__(self, flavor: Flavor, model: Any, arguments: SaveArguments, options: dict[str, Any]) -> None:
        self._flavor = flavor
        self._model = model
        self._arguments = arguments
        self._options = options

    def save_model(self, path: str | Path, mlflow_model: Model) -> None:
        """Saves the model into a folder, adding to what is known of it."""
        arguments = SaveArguments(**{**vars(self._arguments), "mlflow_model": mlflow_model})
        save_flavor(self._flavor, self._model, path, arguments, self._options)
