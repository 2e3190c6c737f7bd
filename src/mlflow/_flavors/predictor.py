"""A model as `mlflow.pyfunc` uses it, the same for every flavor."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Predict
from mlflow._flavors.load import load_flavor_from_folder
from mlflow.exceptions import NotSupported, ResourceDoesNotExist
from mlflow.models.model import MLMODEL_FILE_NAME, Model
from mlflow.types._libraries import is_array, is_frame


class FlavorPredictor:
    """A model with the function that answers for it.

    Args:
        model: The model as its library knows it.
        predict: Its answers.
        flavor: Its flavor.
    """

    def __init__(self, model: Any, predict: Predict, flavor: Flavor) -> None:
        self._model = model
        self._predict = predict
        self._flavor = flavor

    def get_raw_model(self) -> Any:
        """The model as its library knows it."""
        return self._model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for an input."""
        return self._predict(data, params)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:  # noqa: ARG002 - chains take none
        """Predictions piece by piece.

        Raises:
            MlflowException: `NOT_IMPLEMENTED`: models of this library do not give them.
        """
        if self._flavor.stream is None:
            raise NotSupported(f"Models of the flavor {self._flavor.name!r} do not predict piece by piece")
        return self._flavor.stream(self._model, data)


def load_predictor(
    flavor: Flavor, path: str | Path, model_config: dict[str, Any] | None = None
) -> FlavorPredictor:
    """What predicts for the model of a folder.

    Args:
        flavor: The flavor to load it with.
        path: The model folder or, as MLmodel files may point to it, the payload in it.
        model_config: Configuration that overrides the saved one.
    """
    folder = _folder_of(Path(path))
    flavors = Model.load(folder).flavors
    settings = {**(flavors.get(flavor.name) or {}), **(flavors.get("python_function") or {})}
    if model_config is not None:
        settings["config"] = model_config
    if flavor.predictor is None:
        raise NotSupported(f"Models of the flavor {flavor.name!r} do not predict through mlflow.pyfunc")
    model = load_flavor_from_folder(flavor, folder)
    return FlavorPredictor(model, flavor.predictor(model, folder, settings), flavor)


def answers_of(method: Callable[..., Any]) -> Predict:
    """Answers with a method of a model; of the parameters those are passed on that it names."""
    accepted = _named_parameters(method)

    def predict(data: Any, params: dict[str, Any] | None) -> Any:
        return method(data, **{name: value for name, value in (params or {}).items() if name in accepted})

    return predict


def items_of(data: Any) -> list[Any]:
    """The inputs in what a program takes one by one: rows of a table as dictionaries, elements of a list, or itself.

    A table without names of columns, which texts become by their signature, is a list.
    """
    if is_frame(data):
        columns: list[Any] = list(data.columns)
        unnamed = columns == [0]
        rows: list[Any] = data[0].tolist() if unnamed else data.to_dict(orient="records")
        return rows
    if is_array(data):
        return list(data.tolist())
    return data if isinstance(data, list) else [data]


def _named_parameters(function: Callable[..., Any]) -> set[str]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return set()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    # The first is the input.
    return {item.name for item in parameters[1:] if item.kind in named}


def _folder_of(path: Path) -> Path:
    for folder in (path, *path.parents):
        if (folder / MLMODEL_FILE_NAME).is_file():
            return folder
    raise ResourceDoesNotExist(f"There is no model at {str(path)!r}: no {MLMODEL_FILE_NAME} file")
