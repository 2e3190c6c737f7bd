"""The public functions of the scikit-learn flavor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import SaveArguments
from mlflow._flavors.load import load_flavor
from mlflow._flavors.log import log_flavor
from mlflow._flavors.save import save_flavor
from mlflow.models.environment import MLFLOW_REQUIREMENT, conda_environment
from mlflow.models.model import Model, ModelInfo
from mlflow.models.requirements import infer_requirements
from mlflow.models.signature import ModelSignature
from mlflow.sklearn._flavor import SKLEARN


def save_model(
    sk_model: Any,
    path: str | Path,
    conda_env: Any = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    serialization_format: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    skops_trusted_types: list[str] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Saves a scikit-learn model into a folder.

    Args:
        sk_model: The model.
        path: Folder to make; it may exist when it is empty.
        conda_env: A conda environment: its dictionary, or the path of its YAML file.
        code_paths: Files and folders of code that the model needs; copied beside it.
        mlflow_model: MLmodel content to add to.
        serialization_format: `skops`, `cloudpickle` or `pickle`. By default skops where it reads the model back
            without further trust, else cloudpickle, so that what was just trained can always be saved.
        signature: What the model takes and gives; inferred from the example by default, `False` for none.
        input_example: An input, or a pair of an input and parameters.
        pip_requirements: All requirements: a list, or the path of a requirements file.
        extra_pip_requirements: Requirements beside the inferred ones, likewise.
        pyfunc_predict_fn: Method that `mlflow.pyfunc` predicts with, such as `predict_proba`.
        metadata: Kept in the MLmodel file.
        skops_trusted_types: Kept for MLflow's loader; by default the types that it has to be told of.
        extra_files: Paths or URIs of further files; copied beside the model.

    Raises:
        MlflowException: The folder has files in it, or an argument is wrong.
        MissingExtra: scikit-learn, or the format's package, is not installed.
    """
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=code_paths,
        mlflow_model=mlflow_model,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
    )
    options = {
        "serialization_format": serialization_format,
        "pyfunc_predict_fn": pyfunc_predict_fn,
        "skops_trusted_types": skops_trusted_types,
    }
    save_flavor(SKLEARN, sk_model, path, arguments, options)


def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: Any = None,
    code_paths: list[str] | None = None,
    serialization_format: str | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    name: str | None = None,
    skops_trusted_types: list[str] | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Logs a scikit-learn model as a logged model of the active run, or of no run.

    Args:
        sk_model: The model.
        artifact_path: The older way to say `name`.
        conda_env: See `save_model`.
        code_paths: See `save_model`.
        serialization_format: See `save_model`.
        registered_model_name: Registers it as a new version under this name.
        signature: See `save_model`.
        input_example: See `save_model`.
        await_registration_for: Seconds to wait for the version to be ready.
        pip_requirements: See `save_model`.
        extra_pip_requirements: See `save_model`.
        pyfunc_predict_fn: See `save_model`.
        metadata: See `save_model`.
        extra_files: See `save_model`.
        params: Parameters of the logged model.
        tags: Tags of the logged model.
        model_type: Free text.
        step: Step of the run at which it was made.
        model_id: A logged model that exists already and gets these files.
        name: Name for people; one is made up by default.
        skops_trusted_types: See `save_model`.
        **kwargs: What `Model.log` takes beside these: `run_id`, `resources`, `auth_policy`, `prompts`.

    Returns:
        What there is to know about the model; its `model_uri` loads it.

    Raises:
        MlflowException: It cannot be saved or uploaded; the logged model is then marked as failed.
        MissingExtra: scikit-learn, or the format's package, is not installed.

    Example:
        `mlflow.sklearn.log_model(forest, name="forest", input_example=X.head())`
    """
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        extra_files=extra_files,
    )
    options = {
        "serialization_format": serialization_format,
        "pyfunc_predict_fn": pyfunc_predict_fn,
        "skops_trusted_types": skops_trusted_types,
    }
    return log_flavor(
        SKLEARN,
        sk_model,
        arguments,
        options,
        artifact_path=artifact_path,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        name=name,
        **kwargs,
    )


def load_model(model_uri: str | Path, dst_path: str | Path | None = None) -> Any:
    """The scikit-learn model itself.

    Where `MLFLOW_ALLOW_PICKLE_DESERIALIZATION` is false, pickles are refused and skops files are read as far as
    their types are trusted.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        dst_path: Existing folder that the files are copied into first.

    Raises:
        MlflowException: There is no model, it is none of scikit-learn, or reading it is not allowed.
        MissingExtra: scikit-learn is not installed.
    """
    return load_flavor(SKLEARN, model_uri, dst_path)


def get_default_pip_requirements(include_cloudpickle: bool = False, include_skops: bool = False) -> list[str]:
    """Requirements that every scikit-learn model has, pinned to what is installed."""
    packages = ["scikit-learn", *["cloudpickle"] * include_cloudpickle, *["skops"] * include_skops]
    return [line for line in infer_requirements(packages) if line != MLFLOW_REQUIREMENT]


def get_default_conda_env(include_cloudpickle: bool = False, include_skops: bool = False) -> dict[str, Any]:
    """Conda environment that every scikit-learn model has."""
    requirements = get_default_pip_requirements(include_cloudpickle, include_skops)
    return conda_environment([MLFLOW_REQUIREMENT, *requirements])
