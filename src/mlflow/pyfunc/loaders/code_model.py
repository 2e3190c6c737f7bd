"""Loader of models from code."""

from __future__ import annotations

from contextvars import copy_context
from pathlib import Path, PureWindowsPath
from typing import Any

from mlflow.models.code import run_model_code
from mlflow.models.fetched import payload_path
from mlflow.models.model import Model
from mlflow.pyfunc.conversations import ConversationPredictor
from mlflow.pyfunc.model import PythonModelPredictor, as_python_model, predictor_of


def _load_pyfunc(
    local_path: str, model_config: dict[str, Any] | None = None
) -> PythonModelPredictor | ConversationPredictor:
    folder = Path(local_path)
    settings = Model.load(folder).flavors["python_function"]
    config = model_config or settings.get("config")
    # MLflow writes the path on its author's machine; the file of that name lies in the model folder.
    name = PureWindowsPath(settings["model_code_path"]).name
    # What the script says for a model that is saved is not meant for the next one here.
    made = copy_context().run(run_model_code, payload_path(folder, name), config)
    model = as_python_model(made)
    return predictor_of(model, folder, {**settings, "config": config})
