# Written by scripts/generate.py from the declaration in _flavor.py.

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
    custom_objects: Any = None,
    load_model_kwargs: Any = None,
) -> Any: ...
def log_model(
    model: Any,
    artifact_path: str | None = None,
    save_exported_model: bool = False,
    conda_env: dict[str, Any] | str | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    registered_model_name: str | None = None,
    await_registration_for: int | None = 300,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    save_model_kwargs: Any = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    *,
    code_paths: list[str] | None = None,
    extra_files: list[str] | None = None,
    run_id: str | None = None,
    resources: Any = None,
    auth_policy: Any = None,
    prompts: Any = None,
) -> ModelInfo: ...
def save_model(
    model: Any,
    path: str | Path,
    save_exported_model: bool = False,
    conda_env: dict[str, Any] | str | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    save_model_kwargs: Any = None,
    metadata: dict[str, Any] | None = None,
    *,
    code_paths: list[str] | None = None,
    extra_files: list[str] | None = None,
) -> None: ...
