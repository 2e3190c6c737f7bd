"""A PyTorch model as `mlflow.pyfunc` uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Predict
from mlflow.environment_variables import MLFLOW_DEFAULT_PREDICTION_DEVICE
from mlflow.exceptions import InvalidParameterValue
from mlflow.pytorch._formats import as_tensor
from mlflow.types._libraries import is_array, is_frame


def predictor(model: Any, _folder: Path, settings: dict[str, Any]) -> Predict:
    """Answers of a model, without gradients: tables to tables, arrays to arrays.

    The device is that of the parameter `device`, else of the model's configuration, else of the setting
    `MLFLOW_DEFAULT_PREDICTION_DEVICE`, else a GPU where there is one.
    """
    configured = (settings.get("config") or {}).get("device")

    def predict(data: Any, params: dict[str, Any] | None) -> Any:
        return _answers(model, data, (params or {}).get("device") or configured or _default_device())

    return predict


def _default_device() -> str:
    import torch

    return MLFLOW_DEFAULT_PREDICTION_DEVICE.get() or ("cuda" if torch.cuda.is_available() else "cpu")


def _answers(model: Any, data: Any, device: str) -> Any:
    import torch

    if not is_frame(data) and not is_array(data):
        raise InvalidParameterValue(f"A PyTorch model takes a table or an array; got {type(data).__name__}")
    model.to(device)
    # A traced graph is in evaluation mode already and does not let itself be switched.
    if not isinstance(model, torch.fx.GraphModule):
        model.eval()
    with torch.no_grad():
        found = model(as_tensor(data).to(device))
    if not isinstance(found, torch.Tensor):
        raise InvalidParameterValue(
            f"The PyTorch model answers with {type(found).__name__}; mlflow.pyfunc needs a tensor. "
            "Wrap the model in one that gives a tensor, or load it with mlflow.pytorch."
        )
    array = found.cpu().numpy()
    if not is_frame(data) or array.ndim > 2:
        return array
    import pandas

    return pandas.DataFrame(array, index=data.index)
