# Written by scripts/generate.py from the declaration in _flavor.py, sorted by name.
# ruff: noqa: I001

from mlflow.pytorch._state import load_state_dict as load_state_dict
from mlflow.pytorch._state import log_state_dict as log_state_dict
from mlflow.pytorch._state import save_state_dict as save_state_dict

from mlflow.pytorch import pickle_module as pickle_module

from pathlib import Path
from typing import Any, Literal

from mlflow.models.model import Model, ModelInfo
from mlflow.models.signature import ModelSignature

FLAVOR_NAME: str

def get_default_conda_env() -> dict[str, Any]: ...
def get_default_pip_requirements() -> list[str]: ...
def load_model(
    model_uri: str | Path,
    dst_path: str | Path | None = None,
    **kwargs: Any,
) -> Any: ...
def log_model(
    pytorch_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | None = None,
    code_paths: list[str] | None = None,
    pickle_module: Any = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    extra_files: list[str] | None = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    export_model: bool = False,
    serialization_format: Any = None,
    *,
    run_id: str | None = None,
    resources: Any = None,
    auth_policy: Any = None,
    prompts: Any = None,
) -> ModelInfo: ...
def save_model(
    pytorch_model: Any,
    path: str | Path,
    conda_env: dict[str, Any] | str | None = None,
    mlflow_model: Model | None = None,
    code_paths: list[str] | None = None,
    pickle_module: Any = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    extra_files: list[str] | None = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    metadata: dict[str, Any] | None = None,
    export_model: bool = False,
    serialization_format: Any = None,
) -> None: ...
