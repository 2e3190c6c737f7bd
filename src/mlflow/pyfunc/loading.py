"""Loading any model by what its MLmodel file says of the `python_function` flavor."""

from __future__ import annotations

import inspect
import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from mlflow._flavors.load import add_code_path, flavor_settings, keep_folder
from mlflow.exceptions import (
    InvalidParameterValue,
    MissingExtra,
    MlflowException,
    NotSupported,
    ResourceDoesNotExist,
)
from mlflow.models.digests import verify_files
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    PYTHON_ENV_FILE_NAME,
    REQUIREMENTS_FILE_NAME,
    python_version,
)
from mlflow.models.fetched import payload_path
from mlflow.models.location import model_folder, resolve_model_path
from mlflow.models.model import Model
from mlflow.models.model_config import read_config
from mlflow.models.requirements import pin_differences
from mlflow.pyfunc.loaded import PyFuncModel

_logger = logging.getLogger(__name__)

FLAVOR_NAME = "python_function"


class EnvType:
    """Kinds of environments that the MLmodel file names a file of."""

    CONDA = "conda"
    VIRTUALENV = "virtualenv"


def load_model(
    model_uri: str | Path,
    suppress_warnings: bool = False,
    dst_path: str | Path | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> PyFuncModel:
    """A model of any library, ready to predict.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        suppress_warnings: Whether differing versions of packages are not warned of.
        dst_path: Existing folder that the files are copied into first.
        model_config: Configuration that overrides the saved one: a dictionary, or the path of a YAML file.

    Raises:
        MlflowException: There is no model, it cannot predict, or reading it is not allowed.
        MissingExtra: A package that it needs is not installed.

    Example:
        `mlflow.pyfunc.load_model("models:/churn@champion").predict(frame)`
    """
    given_config = read_config(model_config)
    with model_folder(model_uri, dst_path) as folder:
        loaded = _load_folder(folder.path, given_config, suppress_warnings)
        keep_folder(folder, loaded.metadata, _innermost(loaded))
        return loaded


def _load_folder(folder: Path, given_config: dict[str, Any], suppress_warnings: bool) -> PyFuncModel:
    model = Model.load(folder)
    settings = flavor_settings(model, FLAVOR_NAME, folder)
    verify_files(folder, model.file_digests)
    if not suppress_warnings:
        _warn_of_differences(folder)
    add_code_path(folder, settings.get("code"))
    saved_config = settings.get("config") or {}
    if not isinstance(saved_config, dict):
        raise MlflowException(
            f"The configuration of the model in {str(folder)!r} should be a map: {saved_config!r}"
        )
    config = {**saved_config, **given_config}
    if config:
        settings["config"] = config
        model.flavors[FLAVOR_NAME] = settings
    path = payload_path(folder, settings["data"]) if settings.get("data") else folder
    implementation = _load(settings, path, config)
    stream = "predict_stream" if settings.get("streamable") else None
    return PyFuncModel(model, implementation, predict_stream_fn=stream, model_id=model.model_id)


def _innermost(loaded: PyFuncModel) -> Any:
    """The object that may outlive all the others: the model inside, where it can be taken out."""
    try:
        return loaded.get_raw_model()
    except Exception:  # noqa: BLE001 - loaders from outside of this package raise what they like
        return loaded._model_impl


def load_pyfunc(model_uri: str, suppress_warnings: bool = False) -> PyFuncModel:
    """The older name of `load_model`."""
    return load_model(model_uri, suppress_warnings)


def add_to_model(
    model: Model,
    loader_module: str,
    data: str | None = None,
    code: str | None = None,
    conda_env: str | None = None,
    python_env: str | None = None,
    model_config: dict[str, Any] | None = None,
    model_code_path: str | None = None,
    **kwargs: Any,
) -> Model:
    """Adds the `python_function` flavor to an MLmodel file, for flavors written outside of this package.

    Args:
        model: The MLmodel file.
        loader_module: Module with `_load_pyfunc(path)`.
        data: Payload that the loader gets the path of; the model folder by default.
        code: Folder of code to import from.
        conda_env: Name of the conda file.
        python_env: Name of the file of the Python environment.
        model_config: Configuration that the loader gets.
        model_code_path: Script that makes the model.
        **kwargs: Further settings.
    """
    env = {
        EnvType.CONDA: conda_env or CONDA_FILE_NAME,
        EnvType.VIRTUALENV: python_env or PYTHON_ENV_FILE_NAME,
    }
    given = {"data": data, "code": code, "config": model_config, "model_code_path": model_code_path}
    settings = {key: value for key, value in given.items() if value is not None}
    return model.add_flavor(
        FLAVOR_NAME,
        **{
            **kwargs,
            "loader_module": loader_module,
            "python_version": python_version(),
            "env": env,
            **settings,
        },
    )


def get_model_dependencies(model_uri: str, format: str = "pip") -> str:
    """Path of a model's requirements file, for `pip install -r`.

    Args:
        model_uri: A path, or a `models:`, `runs:` or other artifact URI.
        format: `pip` for the requirements file, `conda` for the conda file.

    Raises:
        MlflowException: There is no model, or it has no such file.
    """
    names = {"pip": REQUIREMENTS_FILE_NAME, "conda": CONDA_FILE_NAME}
    if format not in names:
        raise InvalidParameterValue(f"Illegal format option {format!r}: use 'pip' or 'conda'")
    file = resolve_model_path(model_uri) / names[format]
    if not file.is_file():
        raise ResourceDoesNotExist(f"The model {model_uri!r} has no file {names[format]!r}")
    return str(file)


def build_model_env(model_uri: str, save_path: str, env_manager: str = "virtualenv") -> str:
    """Packs the environment of a model for the workers of Databricks: not supported.

    Raises:
        MlflowException: `NOT_IMPLEMENTED`, always.
    """
    del save_path
    raise NotSupported(
        f"The environment of {model_uri!r} was not packed: that is for Databricks alone. `mlflow models prepare-env "
        f"-m {model_uri} --env-manager {env_manager}` builds it on this machine, and "
        f"`mlflow.pyfunc.spark_udf(..., env_manager={env_manager!r})` on each worker."
    )


def _load(settings: dict[str, Any], path: Path, config: dict[str, Any]) -> Any:
    name = settings.get("loader_module")
    if not isinstance(name, str) or not name or name.startswith("."):
        raise MlflowException(f"The MLmodel file does not say which module loads the model, but {name!r}")
    try:
        loader = import_module(name)._load_pyfunc
    except ModuleNotFoundError as error:
        missing = (error.name or name).partition(".")[0]
        if missing == "mlflow":
            raise MlflowException(
                f"The model is loaded by the module {name!r}, which this version does not have"
            ) from error
        raise MissingExtra(f"Loading this model (with {name!r})", missing) from error
    except AttributeError as error:
        raise MlflowException(
            f"The module {name!r} has no `_load_pyfunc`, so it cannot load models"
        ) from error
    if len(inspect.signature(loader).parameters) > 1 and (config or name.startswith("mlflow.pyfunc.")):
        return loader(str(path), config or None)
    return loader(str(path))


def _warn_of_differences(folder: Path) -> None:
    file = folder / REQUIREMENTS_FILE_NAME
    differences = pin_differences(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else []
    if differences:
        _logger.warning(
            "This environment differs from the one that the model was saved in, so its predictions may differ: "
            "%s. For the same versions, run: pip install -r %s",
            "; ".join(differences),
            file,
        )
