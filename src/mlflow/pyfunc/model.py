"""Models of one's own: a class with `predict`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlflow._flavors.load import payload_path
from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import NotSupported
from mlflow.models.model import Model


class PythonModelContext:
    """What a `PythonModel` finds beside itself.

    Args:
        artifacts: Local paths of its artifacts by name.
        model_config: Its configuration.
    """

    def __init__(self, artifacts: dict[str, str], model_config: dict[str, Any] | None) -> None:
        self._artifacts = artifacts
        self._model_config = model_config or {}

    @property
    def artifacts(self) -> dict[str, str]:
        """Local paths of its artifacts by name."""
        return self._artifacts

    @property
    def model_config(self) -> dict[str, Any]:
        """Its configuration."""
        return self._model_config


class PythonModel:
    """A model of one's own. Subclasses define `predict`, and `load_context` where they need artifacts.

    Not an abstract class: a pickled subclass gets its methods only after it is made, so it could not be.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Called once when the model is loaded, to read its artifacts."""

    def predict(
        self,
        context: Any,  # noqa: ARG002 - for those who override it
        model_input: Any,  # noqa: ARG002
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Predictions for an input.

        Args:
            context: Artifacts and configuration; may be left out of the definition.
            model_input: The input, as the signature describes it.
            params: Parameters beside the input; may be left out of the definition.
        """
        raise NotSupported(f"{type(self).__name__} defines no `predict`")

    def predict_stream(
        self,
        context: Any,  # noqa: ARG002 - for those who override it
        model_input: Any,  # noqa: ARG002
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> Iterator[Any]:
        """Predictions piece by piece."""
        raise NotSupported(f"{type(self).__name__} defines no `predict_stream`")


class _FunctionPythonModel(PythonModel):
    """A plain function as a model. Its name and attributes are those that MLflow's pickles refer to.

    Args:
        func: Takes the input, and `params` if it names them.
        signature: What it takes and gives.
    """

    def __init__(self, func: Any, signature: Any = None) -> None:
        self.signature = signature
        self.func = func

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """What the function gives for the input."""
        takes_params = "params" in inspect.signature(self.func).parameters
        return self.func(model_input, params=params) if takes_params else self.func(model_input)


class PythonModelPredictor:
    """A `PythonModel` with its context, as `mlflow.pyfunc` uses it."""

    def __init__(self, python_model: PythonModel, context: PythonModelContext) -> None:
        self.python_model = python_model
        self.context = context

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for an input."""
        return _call(self.python_model.predict, self.context, model_input, params)

    def predict_stream(self, model_input: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """Predictions piece by piece."""
        pieces: Iterator[Any] = _call(self.python_model.predict_stream, self.context, model_input, params)
        return pieces

    def get_raw_model(self) -> PythonModel:
        """The `PythonModel` itself."""
        return self.python_model


def _call(method: Any, context: PythonModelContext, model_input: Any, params: dict[str, Any] | None) -> Any:
    names = list(inspect.signature(method).parameters)
    arguments = [context, model_input] if names and names[0] == "context" else [model_input]
    return method(*arguments, params=params) if "params" in names else method(*arguments)


def _load_pyfunc(model_path: str, model_config: dict[str, Any] | None = None) -> PythonModelPredictor:
    folder = Path(model_path)
    settings = Model.load(folder).flavors["python_function"]
    refuse_pickle(f"The Python model in {model_path!r}")
    import cloudpickle

    with payload_path(folder, settings["python_model"]).open("rb") as stream:
        python_model = cloudpickle.load(stream)
    artifacts = {
        name: str(payload_path(folder, saved["path"]))
        for name, saved in (settings.get("artifacts") or {}).items()
    }
    context = PythonModelContext(artifacts, model_config or settings.get("config"))
    python_model.load_context(context)
    return PythonModelPredictor(python_model, context)
