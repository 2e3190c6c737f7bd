"""A loaded model."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from mlflow.exceptions import MlflowException, NotSupported
from mlflow.models.enforcement import enforce_params, enforce_schema
from mlflow.models.model import Model
from mlflow.types._libraries import is_frame


class PyFuncModel:
    """A loaded model, whatever library it is of.

    Input is made to fit the model's signature before the model sees it.

    Args:
        model_meta: The MLmodel file.
        model_impl: What predicts.
        predict_fn: Name of its method that predicts.
        predict_stream_fn: Name of its method that predicts piece by piece.
        model_id: Id of the logged model.
    """

    def __init__(
        self,
        model_meta: Model,
        model_impl: Any,
        predict_fn: str = "predict",
        predict_stream_fn: str | None = None,
        model_id: str | None = None,
    ) -> None:
        if not hasattr(model_impl, predict_fn):
            raise MlflowException(f"Model implementation is missing required {predict_fn} method.")
        if not model_meta:
            raise MlflowException("Model is missing metadata.")
        self._model_meta = model_meta
        self._model_impl = model_impl
        self._model_id = model_id or model_meta.model_id
        self._predict = getattr(model_impl, predict_fn)
        self._predict_takes_params = _takes_params(self._predict)
        self._predict_stream = getattr(model_impl, predict_stream_fn) if predict_stream_fn else None

    @property
    def metadata(self) -> Model:
        """The MLmodel file."""
        return self._model_meta

    @property
    def model_id(self) -> str | None:
        """Id of the logged model, if it was logged."""
        return self._model_id

    @property
    def model_config(self) -> dict[str, Any]:
        """The configuration that it was loaded with."""
        config = self._settings.get("config")
        return dict(config) if config else {}

    @property
    def loader_module(self) -> str:
        """Module that loaded it."""
        return str(self._settings.get("loader_module", ""))

    @property
    def input_example(self) -> Any:
        """The example that was saved with it; `None` when there is none."""
        return self._model_meta.load_input_example()

    @property
    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self._model_meta.flavors.get("python_function", {})
        return settings

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for an input.

        Args:
            data: DataFrame, Series, array, dictionary, list or scalar.
            params: Parameters beside the input; those that the signature does not declare are left out.

        Returns:
            What the model gives.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: the input or a parameter does not fit the signature; the
                message says where.
        """
        data, params = self._prepared(data, params)
        return self._predict(data, params=params) if self._predict_takes_params else self._predict(data)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """Predictions piece by piece, as they are made.

        Raises:
            MlflowException: The model cannot stream, or the input does not fit the signature.
        """
        if self._predict_stream is None:
            raise NotSupported("This model cannot predict piece by piece; use predict")
        data, params = self._prepared(data, params, piecewise=True)
        takes = _takes_params(self._predict_stream)
        pieces = self._predict_stream(data, params=params) if takes else self._predict_stream(data)
        return iter(pieces)

    def _prepared(
        self, data: Any, params: dict[str, Any] | None, piecewise: bool = False
    ) -> tuple[Any, dict[str, Any] | None]:
        signature = self._model_meta.signature
        if getattr(self._model_impl, "reads_requests", False):
            return data, params
        if signature is not None and signature.inputs is not None:
            # The model itself fits its input to the hints of its `predict`.
            if piecewise or not signature._is_signature_from_type_hint:
                data = enforce_schema(data, signature.inputs)
            if signature._is_type_hint_from_example and is_frame(data):
                data = (
                    data.to_dict("records")
                    if signature.inputs.has_input_names()
                    else data.iloc[:, 0].tolist()
                )
        return data, enforce_params(params, self._model_meta.get_params_schema())

    def get_raw_model(self) -> Any:
        """The model as its library knows it.

        Raises:
            MlflowException: What predicts does not give it.
        """
        if not hasattr(self._model_impl, "get_raw_model"):
            raise NotSupported("`get_raw_model` is not implemented by this model's flavor")
        return self._model_impl.get_raw_model()

    def unwrap_python_model(self) -> Any:
        """The `PythonModel` that was saved.

        Raises:
            MlflowException: This is a model of another kind.
        """
        found = getattr(self._model_impl, "python_model", None)
        if found is None:
            raise MlflowException(
                "Unable to retrieve base model object from pyfunc: it is no PythonModel. "
                "Use get_raw_model() for the model of its library."
            )
        return found

    def __repr__(self) -> str:
        lines = {
            "artifact_path": self._model_meta.artifact_path,
            "flavor": self.loader_module,
            "run_id": self._model_meta.run_id,
        }
        known = "\n".join(f"  {key}: {value}" for key, value in lines.items() if value is not None)
        return f"mlflow.pyfunc.loaded_model:\n{known}\n"


def _takes_params(function: Any) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(item.name == "params" or item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters)
