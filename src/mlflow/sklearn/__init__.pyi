# Written by scripts/generate.py from the declaration in _flavor.py, sorted by name.
# ruff: noqa: F401, I001

from mlflow._flavors.formats import CLOUDPICKLE as SERIALIZATION_FORMAT_CLOUDPICKLE
from mlflow._flavors.formats import PICKLE as SERIALIZATION_FORMAT_PICKLE
from mlflow._flavors.formats import SKOPS as SERIALIZATION_FORMAT_SKOPS
from mlflow._flavors.formats import FORMATS as SUPPORTED_SERIALIZATION_FORMATS

from pathlib import Path
from typing import Any, Literal

from mlflow.models.model import Model, ModelInfo
from mlflow.models.signature import ModelSignature

FLAVOR_NAME: str

def get_default_conda_env(
    include_cloudpickle: bool = False,
    include_skops: bool = False,
) -> dict[str, Any]: ...
def get_default_pip_requirements(
    include_cloudpickle: bool = False,
    include_skops: bool = False,
) -> list[str]: ...
def load_model(
    model_uri: str | Path,
    dst_path: str | Path | None = None,
) -> Any: ...
def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | None = None,
    code_paths: list[str] | None = None,
    serialization_format: Any = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    name: str | None = None,
    skops_trusted_types: Any = None,
    *,
    run_id: str | None = None,
    resources: Any = None,
    auth_policy: Any = None,
    prompts: Any = None,
) -> ModelInfo: ...
def save_model(
    sk_model: Any,
    path: str | Path,
    conda_env: dict[str, Any] | str | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    serialization_format: Any = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    skops_trusted_types: Any = None,
    extra_files: list[str] | None = None,
) -> None: ...
