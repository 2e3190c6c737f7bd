"""Saving and logging models of one's own."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, Predict, SaveArguments
from mlflow._flavors.log import log_flavor
from mlflow._flavors.pickling import references_of
from mlflow._flavors.save import save_flavor
from mlflow.environment_variables import MLFLOW_LOG_MODEL_COMPRESSION
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.code import run_model_code
from mlflow.models.environment import MLFLOW_REQUIREMENT, conda_environment, installed_version
from mlflow.models.example import Example, split_example
from mlflow.models.location import fetch_file
from mlflow.models.model import Model, ModelInfo
from mlflow.models.model_config import read_config
from mlflow.models.requirements import imports_of_file, infer_requirements, own_code_paths
from mlflow.models.signature import ModelSignature, _TypeHints
from mlflow.models.uv_project import find_project
from mlflow.pyfunc.conversations import Conversation, WrongAnswer, conversation_of
from mlflow.pyfunc.model import PythonModel, as_python_model, can_stream, predictor_of
from mlflow.pyfunc.unpickling import SUFFIXES, open_compressed
from mlflow.types.inference import infer_param_schema
from mlflow.types.type_hints import (
    TypeFromExample,
    UnsupportedTypeHintException,
    schema_of_input_hint,
    schema_of_output_hint,
)

_logger = logging.getLogger(__name__)

PAYLOAD = "python_model.pkl"
ARTIFACTS_FOLDER = "artifacts"


def save_model(
    path: str | Path,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    mlflow_model: Model | None = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    resources: Any = None,
    auth_policy: Any = None,
    uv_project_path: str | Path | None = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Saves a model of one's own into a folder.

    Args:
        path: Folder to make; it may exist when it is empty.
        loader_module: Module with `_load_pyfunc(path)`, instead of `python_model`.
        data_path: File or folder that the loader gets the path of.
        code_paths: Files and folders of code that the model needs; copied beside it.
        infer_code_paths: Whether modules of your own that the model refers to, and those that they import, are found
            and copied, each with its whole package; instead of `code_paths`.
        conda_env: A conda environment: its dictionary, or the path of its YAML file.
        mlflow_model: MLmodel content to add to.
        python_model: An instance of a `PythonModel`, a function, or the path of a script that calls
            `mlflow.models.set_model`: the script itself is then kept and run where the model is loaded.
        artifacts: Paths or URIs of files by name; copied beside the model, which finds them in its context.
        signature: What the model takes and gives; by the type hints of `predict` where they tell, else inferred
            from the example; `False` for none.
        input_example: An input, or a pair of an input and parameters.
        pip_requirements: All requirements: a list, or the path of a requirements file.
        extra_pip_requirements: Requirements beside the inferred ones, likewise.
        metadata: Kept in the MLmodel file.
        model_config: Configuration that the model finds in its context: a dictionary, or the path of a YAML file.
        streamable: Whether it can predict piece by piece; told from the class by default.
        resources: Kept in the MLmodel file.
        auth_policy: Kept in the MLmodel file.
        uv_project_path: Folder of a uv project, whose lock then says the requirements and is kept with the model;
            by default the current folder, if it is one.
        uv_groups: Dependency groups of the project that the model needs.
        uv_extras: Extras of the project that it needs.
        **kwargs: Nothing else is taken.

    Raises:
        MlflowException: The folder has files in it, or an argument is wrong.
    """
    if kwargs:
        raise TypeError(f"save_model() got unexpected keyword arguments: {sorted(kwargs)}")
    mlflow_model = mlflow_model or Model()
    if resources is not None:
        mlflow_model.resources = resources
    if auth_policy is not None:
        mlflow_model.auth_policy = auth_policy
    options = _options(
        loader_module, data_path, python_model, artifacts, model_config, streamable, code_paths
    )
    example = _example(options["python_model"], input_example)
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=_code_paths(options, code_paths, infer_code_paths),
        mlflow_model=mlflow_model,
        signature=_signature(options["python_model"], signature, example),
        input_example=example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=_metadata(options["python_model"], metadata),
        uv_project=find_project(uv_project_path, uv_groups, uv_extras),
    )
    save_flavor(PYTHON_MODEL, options["python_model"], path, arguments, options)


def log_model(
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    resources: Any = None,
    auth_policy: Any = None,
    uv_project_path: str | Path | None = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    prompts: list[Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
) -> ModelInfo:
    """Logs a model of one's own as a logged model of the active run, or of no run.

    Args:
        artifact_path: The older way to say `name`.
        loader_module: See `save_model`.
        data_path: See `save_model`.
        code_paths: See `save_model`.
        infer_code_paths: See `save_model`.
        conda_env: See `save_model`.
        python_model: See `save_model`.
        artifacts: See `save_model`.
        registered_model_name: Registers it as a new version under this name.
        signature: See `save_model`.
        input_example: See `save_model`.
        await_registration_for: Seconds to wait for the version to be ready.
        pip_requirements: See `save_model`.
        extra_pip_requirements: See `save_model`.
        metadata: See `save_model`.
        model_config: See `save_model`.
        streamable: See `save_model`.
        resources: See `save_model`.
        auth_policy: See `save_model`.
        uv_project_path: See `save_model`.
        uv_groups: See `save_model`.
        uv_extras: See `save_model`.
        prompts: URIs of prompts that it uses.
        name: Name for people; one is made up by default.
        params: Parameters of the logged model.
        tags: Tags of the logged model.
        model_type: Free text.
        step: Step of the run at which it was made.
        model_id: A logged model that exists already and gets these files.

    Returns:
        What there is to know about the model; its `model_uri` loads it.

    Raises:
        MlflowException: It cannot be saved or uploaded; the logged model is then marked as failed.
    """
    options = _options(
        loader_module, data_path, python_model, artifacts, model_config, streamable, code_paths
    )
    example = _example(options["python_model"], input_example)
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=_code_paths(options, code_paths, infer_code_paths),
        signature=_signature(options["python_model"], signature, example),
        input_example=example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        uv_project=find_project(uv_project_path, uv_groups, uv_extras),
    )
    return log_flavor(
        PYTHON_MODEL,
        options["python_model"],
        arguments,
        options,
        artifact_path=artifact_path,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=_metadata(options["python_model"], metadata),
        resources=resources,
        auth_policy=auth_policy,
        prompts=prompts,
        name=name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
    )


def get_default_pip_requirements() -> list[str]:
    """Requirements that every model of one's own has, pinned to what is installed."""
    return [line for line in infer_requirements(["cloudpickle"]) if line != MLFLOW_REQUIREMENT]


def get_default_conda_env() -> dict[str, Any]:
    """Conda environment that every model of one's own has."""
    return conda_environment([MLFLOW_REQUIREMENT, *get_default_pip_requirements()])


def _code_paths(options: dict[str, Any], given: list[str] | None, is_inferred: bool) -> list[str] | None:
    """The files and folders of code that go with a model.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: they are named and to be found too.
    """
    if not is_inferred:
        return given
    if given:
        raise InvalidParameterValue("If 'infer_code_paths' is True, 'code_paths' cannot be set")
    script = options["script"]
    modules = (
        references_of(options["python_model"]).modules
        if script is None
        else set(imports_of_file(script, script.stem))
    )
    return own_code_paths(modules) or None


def _options(
    loader_module: str | None,
    data_path: str | None,
    python_model: Any,
    artifacts: dict[str, str] | None,
    model_config: str | Path | dict[str, Any] | None,
    streamable: bool | None,
    code_paths: list[str] | None,
) -> dict[str, Any]:
    if (loader_module is None) == (python_model is None):
        raise InvalidParameterValue("Pass either `python_model` or `loader_module` (with `data_path`)")
    config = read_config(model_config)
    script = None
    if isinstance(python_model, str | Path):
        script = Path(python_model)
        python_model = run_model_code(script, config or None, code_paths)
    return {
        "loader_module": loader_module,
        "data_path": data_path,
        "python_model": None if python_model is None else as_python_model(python_model),
        "script": script,
        "artifacts": artifacts,
        "model_config": config,
        "streamable": streamable,
    }


def _example(model: PythonModel | None, given: Any) -> Any:
    conversation = conversation_of(model)
    return given if conversation is None else conversation.example(given)


def _metadata(model: PythonModel | None, given: dict[str, Any] | None) -> dict[str, Any] | None:
    conversation = conversation_of(model)
    return given if conversation is None else {"task": conversation.task, **(given or {})}


def _signature(model: PythonModel | None, given: Any, input_example: Any) -> Any:
    """The signature that the hints of `predict` stand for, where they do; else the one given."""
    conversation = conversation_of(model)
    if conversation is not None:
        if given is not None:
            raise InvalidParameterValue(
                f"{conversation.name} subclasses have a standard signature that is set automatically. Please remove "
                "the `signature` parameter from the call to log_model() or save_model()."
            )
        return conversation.signature()
    hints = _TypeHints() if model is None else model.predict_type_hints
    if given is False or hints.input is None or hints.input is TypeFromExample:
        return given
    try:
        inputs = schema_of_input_hint(hints.input)
    except UnsupportedTypeHintException as error:
        _logger.debug("No signature by type hints: %s", error.message)
        return given
    example = None if input_example is None else split_example(input_example)
    outputs = None if hints.output is None else schema_of_output_hint(hints.output)
    params = infer_param_schema(example.params) if example is not None and example.params else None
    found = ModelSignature(inputs, outputs, params or getattr(given, "params", None))
    found._is_signature_from_type_hint = True
    if given and (given.inputs, given.outputs or outputs) != (inputs, outputs):
        _logger.warning(
            "The type hints of predict count more than the signature given, and differ: %s", found
        )
    return found


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    config = {"config": options["model_config"]} if options["model_config"] else {}
    if model is None:
        return Payload(
            flavor=None,
            pyfunc={**config, "loader_module": options["loader_module"], **_copy_data(options, folder)},
        )
    settings: dict[str, Any] = {
        **config,
        "cloudpickle_version": installed_version("cloudpickle"),
        "code": None,
        "streamable": _is_streamable(model, options["streamable"]),
    }
    modules: set[str] = set()
    if options["script"] is None:
        import cloudpickle

        compression = MLFLOW_LOG_MODEL_COMPRESSION.get() or None
        name = PAYLOAD + SUFFIXES.get(compression or "", "")
        with open_compressed(folder / name, compression, "wb") as stream:
            cloudpickle.dump(model, stream)
        settings["python_model"] = name
        if compression is not None:
            settings["python_model_compression"] = compression
        modules = references_of(model).modules
    else:
        shutil.copy(options["script"], folder)
        settings |= {
            "loader_module": "mlflow.pyfunc.loaders.code_model",
            "model_code_path": options["script"].name,
        }
    if options["artifacts"]:
        settings["artifacts"] = _copy_artifacts(options["artifacts"], folder)
    conversation = conversation_of(model)
    if conversation is not None:
        settings = {"loader_module": conversation.loader_module, **settings}
        _try(conversation, model, folder, settings, options["input_example"])
    return Payload(
        flavor=None,
        pyfunc=settings,
        modules=modules,
        typed_by_example=model.predict_type_hints.input is TypeFromExample,
    )


def _try(
    conversation: Conversation, model: Any, folder: Path, settings: dict[str, Any], example: Example
) -> None:
    """Asks a model that is talked to once: one that answers in another form is of no use.

    Raises:
        MlflowException: It does.
    """
    try:
        predictor_of(model, folder, settings).predict(example.data)
    except WrongAnswer:
        raise
    except Exception as error:  # noqa: BLE001 - what it talks to may be somewhere else
        _logger.warning(
            "Whether this %s answers in the right form is not known, because it could not answer its input example: "
            "%s: %s",
            conversation.name,
            type(error).__name__,
            error,
        )


def _is_streamable(model: Any, given: bool | None) -> bool:
    return given if given is not None else can_stream(model)


def _copy_data(options: dict[str, Any], folder: Path) -> dict[str, str]:
    if options["data_path"] is None:
        return {}
    source = Path(options["data_path"])
    if not source.exists():
        raise InvalidParameterValue(f"`data_path` names {str(source)!r}, which does not exist")
    target = folder / "data" / source.resolve().name
    target.parent.mkdir(exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
    return {"data": target.relative_to(folder).as_posix()}


def _copy_artifacts(artifacts: dict[str, str], folder: Path) -> dict[str, dict[str, str]]:
    saved = {}
    for name, uri in artifacts.items():
        # A folder for each, because two of them may have files of the same name.
        single = len({Path(str(other)).name for other in artifacts.values()}) == len(artifacts)
        target = folder / ARTIFACTS_FOLDER / ("" if single else name)
        target.mkdir(parents=True, exist_ok=True)
        copied = fetch_file(str(uri), target)
        saved[name] = {"path": copied.relative_to(folder).as_posix(), "uri": str(uri)}
    return saved


def _load(folder: Path, settings: dict[str, Any]) -> Any:  # noqa: ARG001 - the predictor reads them itself
    from mlflow.pyfunc.model import _load_pyfunc

    return _load_pyfunc(str(folder)).python_model


def _predictor(model: Any, folder: Path, settings: dict[str, Any]) -> Predict:
    return predictor_of(model, folder, settings).predict


PYTHON_MODEL = Flavor(
    name="python_function",
    title="Python function",
    library="cloudpickle",
    package="cloudpickle",
    packages=(),
    save=_save,
    load=_load,
    loader_module="mlflow.pyfunc.model",
    version_key="cloudpickle_version",
    predictor=_predictor,
    types=("mlflow.pyfunc.model:PythonModel",),
)
