"""A scikit-learn model as `mlflow.pyfunc` uses it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from mlflow._flavors.load import load_flavor_from_folder
from mlflow.models.model import Model
from mlflow.sklearn._flavor import SKLEARN
from mlflow.sklearn._formats import PICKLE, read


class SklearnPredictor:
    """Predicts with one method of a scikit-learn model.

    Args:
        model: The model.
        predict_fn: Name of its method.
    """

    def __init__(self, model: Any, predict_fn: str = "predict") -> None:
        self.sklearn_model = model
        self._predict = getattr(model, predict_fn)
        self._accepted = _named_parameters(self._predict)

    def get_raw_model(self) -> Any:
        """The model itself."""
        return self.sklearn_model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions; of the parameters those are passed on that the method names."""
        accepted = {name: value for name, value in (params or {}).items() if name in self._accepted}
        return self._predict(data, **accepted)


def load_pyfunc(path: str) -> SklearnPredictor:
    """The predictor of a model folder, or of the bare payload that MLflow 1 pointed to."""
    folder = Path(path)
    if folder.is_file():
        return SklearnPredictor(read(folder, PICKLE))
    settings = Model.load(folder).flavors.get("python_function", {})
    model = load_flavor_from_folder(SKLEARN, folder)
    return SklearnPredictor(model, settings.get("predict_fn", "predict"))


def _named_parameters(function: Any) -> set[str]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return set()
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    # The first is the input.
    return {item.name for item in parameters[1:] if item.kind in named}
