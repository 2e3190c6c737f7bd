"""Saving a model folder, the same for every flavor."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, Predict, SaveArguments
from mlflow._flavors.library import import_library, library_version
from mlflow.environment_variables import MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceAlreadyExists
from mlflow.models.capture import ImportCapture
from mlflow.models.dependencies_schemas import with_retriever_schemas
from mlflow.models.digests import file_digests
from mlflow.models.enforcement import enforce_schema
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    PYTHON_ENV_FILE_NAME,
    EnvironmentRequest,
    python_version,
    resolve_environment,
)
from mlflow.models.example import EXAMPLE_FILE_NAME, Example, split_example, write_example
from mlflow.models.location import fetch_file
from mlflow.models.model import MLMODEL_FILE_NAME, Model
from mlflow.models.requirements import (
    imports_of_file,
    infer_requirements,
    own_sources,
    pin_differences,
    top_level_modules,
    with_locked,
)
from mlflow.models.signature import ModelSignature
from mlflow.models.uv_project import UvProject, find_project
from mlflow.types._libraries import is_array
from mlflow.types.inference import infer_param_schema, infer_schema
from mlflow.types.schema import AnyType, ColSpec, DataType, Schema

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
    with _new_folder(path) as folder, ImportCapture([flavor.library]) as capture:
        return _write(flavor, model, folder, arguments, options, request, capture)


@contextmanager
def _new_folder(path: str | Path) -> Iterator[Path]:
    """A folder that becomes the one at the path when the block ends well: half a model is worse than none."""
    target = Path(path).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ResourceAlreadyExists(f"Path '{path}' already exists and is not empty")
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    folder.mkdir(mode=0o700)
    try:
        yield folder
        folder.chmod(target.stat().st_mode)
        target.rmdir()
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if is_new and target.exists():
            target.rmdir()
        raise


def _write(
    flavor: Flavor,
    model: Any,
    folder: Path,
    arguments: SaveArguments,
    options: dict[str, Any],
    request: EnvironmentRequest,
    capture: ImportCapture,
) -> Model:
    project = arguments.uv_project or find_project()
    if request.is_inferred and project is None:
        capture.begin()
    code = _copy_code(arguments.code_paths, folder)
    payload = flavor.save(model, folder, {**options, "input_example": arguments.input_example})
    mlflow_model: Model = arguments.mlflow_model or Model()
    if arguments.metadata is not None:
        mlflow_model.metadata = arguments.metadata
    mlflow_model.metadata = with_retriever_schemas(mlflow_model.metadata)
    example = None if arguments.input_example is None else split_example(arguments.input_example)
    if example is not None:
        mlflow_model.saved_input_example_info = write_example(example, folder)
    predictor = partial(_predictor, flavor, model, folder, payload)
    mlflow_model.signature = _signature(arguments.signature, example, predictor, payload)
    mlflow_model.model_size_bytes = _size(folder)
    if payload.pyfunc is not None:
        mlflow_model.add_flavor("python_function", **_pyfunc_settings(flavor, payload.pyfunc, code))
    extra = _copy_extra_files(arguments.extra_files, folder)
    if payload.flavor is not None:
        settings = {**payload.flavor, flavor.version_key: library_version(flavor), "code": code}
        mlflow_model.add_flavor(flavor.name, **settings, **({"extra_files": extra} if extra else {}))
    mlflow_model.save(folder / MLMODEL_FILE_NAME)  # without digests yet: what looks at the folder loads it
    environment = resolve_environment(
        request, lambda: _requirements(flavor, payload, folder, project, capture)
    )
    if project is not None:
        project.copy_files(folder)
    _warn_of_differences(environment.requirements)
    environment.write(folder)
    mlflow_model.file_digests = file_digests(folder)
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


def _requirements(
    flavor: Flavor, payload: Payload, folder: Path, project: UvProject | None, capture: ImportCapture
) -> list[str]:
    packages = (flavor.package, *flavor.packages, *payload.packages)
    locked = project.requirements() if project is not None else None
    if locked is not None:
        return with_locked(infer_requirements([flavor.package, *payload.packages]), locked)
    modules = set(payload.modules)
    for source in sorted(folder.rglob("*.py")):
        modules.update(imports_of_file(source, source.stem))
    return infer_requirements(packages, modules, _imported(flavor, payload, modules, folder, capture))


def _imported(
    flavor: Flavor, payload: Payload, modules: set[str], folder: Path, capture: ImportCapture
) -> list[str]:
    """Modules that loading the model imports; none where it cannot be loaded, which is told."""
    # A pickle of a class or function of the user's own is code too: nobody can read in it what it imports.
    pickles = folder.glob("*.pkl*") if flavor.library == "cloudpickle" else ()
    code = [*own_sources(modules).values(), *folder.rglob("*.py"), *pickles]
    known = {
        *top_level_modules(modules),
        *(f"{file.name}: {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in code),
        f"config: {(payload.pyfunc or {}).get('config')}",
        f"example: {(folder / EXAMPLE_FILE_NAME).exists()}",
    }
    try:
        return capture.modules(folder, known)
    except MlflowException as error:
        if MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS.get():
            raise
        _logger.warning(
            "The model could not be loaded in a process of its own, so it may not load elsewhere, and its "
            "requirements are those that its code and payload name: %s. Modules of your own travel with "
            "`code_paths`.",
            error.message,
        )
        return []


def _warn_of_differences(requirements: list[str]) -> None:
    if differences := pin_differences(requirements):
        _logger.warning(
            "The requirements given for the model differ from what it was trained with here: %s. "
            "It may fail or predict otherwise where it is loaded with them.",
            "; ".join(differences),
        )


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


def _predictor(flavor: Flavor, model: Any, folder: Path, payload: Payload) -> Predict | None:
    if payload.pyfunc is None or flavor.predictor is None:
        return None
    return flavor.predictor(model, folder, {**(payload.flavor or {}), **payload.pyfunc})


def _signature(
    given: Any,
    example: Example | None,
    predictor: Callable[[], Predict | None],
    payload: Payload,
) -> ModelSignature | None:
    """The signature given, else the one that the example shows, else the usual one of such models.

    A model that cannot answer its example has none.
    """
    if given is not None:
        if given and given._is_signature_from_type_hint and given.outputs is None:
            answered = None if example is None else _answered(example, predictor, given.inputs, as_given=True)
            given.outputs = answered or Schema([ColSpec(AnyType())])
        return given or None
    if example is None:
        return payload.signature
    as_given = payload.typed_by_example and isinstance(example.data, list)
    try:
        inputs = infer_schema(example.data)
        params = infer_param_schema(example.params) if example.params else None
    except MlflowException as error:
        _logger.warning("The model has no signature, because none fits its input example: %s", error.message)
        return None
    outputs = _answered(example, predictor, inputs, as_given)
    if outputs is None:
        return None
    found = ModelSignature(inputs, outputs, params)
    found._is_type_hint_from_example = as_given
    return found


def _answered(
    example: Example, predictor: Callable[[], Predict | None], inputs: Schema, as_given: bool
) -> Schema | None:
    """The schema of the model's answer to its example; `None` when it does not predict, or fails at it."""
    try:
        predict = predictor()
        if predict is None:
            return None
        data = example.data if as_given else enforce_schema(example.data, inputs)
        answer = predict(data, example.params)
    except Exception as error:  # noqa: BLE001 - whatever the model raises, it is worth saving
        _logger.warning(
            "What the model gives is not known, because it could not predict on its input example, and so it has "
            "no signature: %s: %s. Pass signature=infer_signature(...) to give it one.",
            type(error).__name__,
            error,
        )
        return None
    try:
        return _schema_of_output(answer, inputs)
    except MlflowException as error:
        _logger.warning("The signature says that the model gives anything: %s", error.message)
        return Schema([ColSpec(AnyType())])


def _schema_of_output(output: Any, inputs: Schema) -> Schema:
    """Answers to tensors are tensors; to columns, a vector of answers is a column."""
    if is_array(output) and output.ndim == 1 and not inputs.is_tensor_spec():
        column = output.tolist() if output.dtype.kind == "O" else output[:1].tolist()
        dtype = infer_schema(column).input_types()[0] if column else DataType.double
        return Schema([ColSpec(dtype)])
    return infer_schema(output)
