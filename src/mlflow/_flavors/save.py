"""Saving a model folder, the same for every flavor."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, SaveArguments
from mlflow._flavors.library import import_library, library_version
from mlflow.exceptions import InvalidParameterValue, ResourceAlreadyExists
from mlflow.models.enforcement import enforce_schema
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    PYTHON_ENV_FILE_NAME,
    EnvironmentRequest,
    python_version,
    resolve_environment,
)
from mlflow.models.example import Example, split_example, write_example
from mlflow.models.location import fetch_file
from mlflow.models.model import MLMODEL_FILE_NAME, Model
from mlflow.models.requirements import infer_requirements, pin_differences
from mlflow.models.signature import ModelSignature
from mlflow.types._libraries import is_array
from mlflow.types.inference import infer_param_schema, infer_schema
from mlflow.types.schema import ColSpec, DataType, Schema

_logger = logging.getLogger(__name__)

CODE_FOLDER = "code"
EXTRA_FILES_FOLDER = "extra_files"
_NEVER_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".ipynb_checkpoints")


def save_flavor(
    flavor: Flavor, model: Any, path: str | Path, arguments: SaveArguments, options: dict[str, Any]
) -> Model:
    """Writes a model folder: payload, example, code, environment and the MLmodel file, which comes last.

    When a part of it fails, no folder is left.

    Args:
        flavor: The model's flavor.
        model: The model.
        path: Folder to make; it may exist when it is empty.
        arguments: What `save_model` of every flavor takes.
        options: What only this flavor's `save_model` takes.

    Returns:
        The content of the MLmodel file.

    Raises:
        MlflowException: `RESOURCE_ALREADY_EXISTS`: the folder has files in it; `INVALID_PARAMETER_VALUE`: an
            argument is wrong.
        MissingExtra: The flavor's library is not installed.
    """
    request = check_arguments(flavor, arguments)
    folder = _empty_folder(path)
    try:
        return _write(flavor, model, folder, arguments, options, request)
    except BaseException:
        # Half a model is worse than none.
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(
    flavor: Flavor,
    model: Any,
    folder: Path,
    arguments: SaveArguments,
    options: dict[str, Any],
    request: EnvironmentRequest,
) -> Model:
    code = _copy_code(arguments.code_paths, folder)
    payload = flavor.save(model, folder, options)
    mlflow_model: Model = arguments.mlflow_model or Model()
    if arguments.metadata is not None:
        mlflow_model.metadata = arguments.metadata
    example = None if arguments.input_example is None else split_example(arguments.input_example)
    if example is not None:
        mlflow_model.saved_input_example_info = write_example(example, folder)
    predict = _predictor(flavor, model, options) if payload.pyfunc is not None else None
    mlflow_model.signature = _signature(arguments.signature, example, predict)
    mlflow_model.model_size_bytes = _size(folder)
    if payload.pyfunc is not None:
        mlflow_model.add_flavor("python_function", **_pyfunc_settings(flavor, payload.pyfunc, code))
    extra = _copy_extra_files(arguments.extra_files, folder)
    if payload.flavor is not None:
        settings = {**payload.flavor, flavor.version_key: library_version(flavor), "code": code}
        mlflow_model.add_flavor(flavor.name, **settings, **({"extra_files": extra} if extra else {}))
    environment = resolve_environment(request, lambda: _inferred(flavor, payload))
    _warn_of_differences(environment.requirements)
    environment.write(folder)
    mlflow_model.save(folder / MLMODEL_FILE_NAME)
    return mlflow_model


def check_arguments(flavor: Flavor, arguments: SaveArguments) -> EnvironmentRequest:
    """Refuses what can be refused before anything is written.

    Returns:
        What the environment is asked to be.
    """
    import_library(flavor)
    if arguments.code_paths is not None and not isinstance(arguments.code_paths, list):
        raise TypeError(f"Argument code_paths should be a list, not {type(arguments.code_paths)}")
    if arguments.extra_files is not None and not isinstance(arguments.extra_files, list):
        raise TypeError("Extra files argument should be a list")
    signature = arguments.signature
    if signature not in (None, False) and not isinstance(signature, ModelSignature):
        raise InvalidParameterValue(
            "`signature` is a ModelSignature, such as infer_signature(X, y) gives; "
            f"got {type(signature).__name__}"
        )
    return EnvironmentRequest(
        arguments.conda_env, arguments.pip_requirements, arguments.extra_pip_requirements
    )


def _inferred(flavor: Flavor, payload: Payload) -> list[str]:
    return infer_requirements((flavor.package, *flavor.packages, *payload.packages), payload.modules)


def _warn_of_differences(requirements: list[str]) -> None:
    if differences := pin_differences(requirements):
        _logger.warning(
            "The requirements given for the model differ from what it was trained with here: %s. "
            "It may fail or predict otherwise where it is loaded with them.",
            "; ".join(differences),
        )


def _empty_folder(path: str | Path) -> Path:
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ResourceAlreadyExists(f"Path '{path}' already exists and is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _copy_code(code_paths: list[str] | None, folder: Path) -> str | None:
    if not code_paths:
        return None
    for given in code_paths:
        source = Path(given)
        target = folder / CODE_FOLDER / source.resolve().name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_NEVER_COPIED, dirs_exist_ok=True)
        elif source.is_file():
            shutil.copy(source, target)
        else:
            raise InvalidParameterValue(f"`code_paths` names {str(given)!r}, which does not exist")
    return CODE_FOLDER


def _copy_extra_files(extra_files: list[str] | None, folder: Path) -> list[dict[str, str]]:
    if not extra_files:
        return []
    target = folder / EXTRA_FILES_FOLDER
    target.mkdir()
    found = []
    for uri in extra_files:
        copied = fetch_file(str(uri), target)
        found.append({"path": copied.relative_to(folder).as_posix()})
    return found


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _pyfunc_settings(flavor: Flavor, settings: dict[str, Any], code: str | None) -> dict[str, Any]:
    common = {
        "loader_module": flavor.loader_module,
        "python_version": python_version(),
        "env": {"conda": CONDA_FILE_NAME, "virtualenv": PYTHON_ENV_FILE_NAME},
    }
    return {**common, **settings, **({"code": code} if code else {})}


def _predictor(
    flavor: Flavor, model: Any, options: dict[str, Any]
) -> Callable[[Any, dict[str, Any] | None], Any] | None:
    predict = flavor.predict
    return None if predict is None else lambda data, params: predict(model, data, params, options)


def _signature(
    given: Any,
    example: Example | None,
    predict: Callable[[Any, dict[str, Any] | None], Any] | None,
) -> ModelSignature | None:
    """The signature given, else the one that the example shows; a model that cannot answer it has none."""
    if given is not None:
        return given or None
    if example is None or predict is None:
        return None
    try:
        inputs = infer_schema(example.data)
        output = predict(enforce_schema(example.data, inputs), example.params)
        return ModelSignature(
            inputs,
            _schema_of_output(output, inputs),
            infer_param_schema(example.params) if example.params else None,
        )
    except Exception as error:  # noqa: BLE001 - whatever the model raises, it is worth saving
        _logger.warning(
            "The model has no signature, because it could not predict on its input example: %s: %s. "
            "Pass signature=infer_signature(...) to give it one.",
            type(error).__name__,
            error,
        )
        return None


def _schema_of_output(output: Any, inputs: Schema) -> Schema:
    """Answers to tensors are tensors; to columns, a vector of answers is a column."""
    if is_array(output) and output.ndim == 1 and not inputs.is_tensor_spec():
        column = output.tolist() if output.dtype.kind == "O" else output[:1].tolist()
        dtype = infer_schema(column).input_types()[0] if column else DataType.double
        return Schema([ColSpec(dtype)])
    return infer_schema(output)
