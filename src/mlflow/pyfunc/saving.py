"""Saving and logging models of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from mlflow._flavors.declaration import Flavor, Payload, SaveArguments
from mlflow._flavors.log import log_flavor
from mlflow._flavors.pickling import references_of
from mlflow._flavors.save import save_flavor
from mlflow.exceptions import InvalidParameterValue, NotSupported
from mlflow.models.environment import MLFLOW_REQUIREMENT, conda_environment, installed_version
from mlflow.models.location import fetch_file
from mlflow.models.model import Model, ModelInfo
from mlflow.models.requirements import infer_requirements
from mlflow.models.signature import ModelSignature
from mlflow.pyfunc.model import PythonModel, PythonModelContext, PythonModelPredictor, _FunctionPythonModel

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
    model_config: dict[str, Any] | None = None,
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
        infer_code_paths: Not supported yet.
        conda_env: A conda environment: its dictionary, or the path of its YAML file.
        mlflow_model: MLmodel content to add to.
        python_model: An instance of a `PythonModel`, or a function.
        artifacts: Paths or URIs of files by name; copied beside the model, which finds them in its context.
        signature: What the model takes and gives; inferred from the example by default, `False` for none.
        input_example: An input, or a pair of an input and parameters.
        pip_requirements: All requirements: a list, or the path of a requirements file.
        extra_pip_requirements: Requirements beside the inferred ones, likewise.
        metadata: Kept in the MLmodel file.
        model_config: Configuration that the model finds in its context.
        streamable: Whether it can predict piece by piece; told from the class by default.
        resources: Kept in the MLmodel file.
        auth_policy: Kept in the MLmodel file.
        uv_project_path: Not supported yet.
        uv_groups: Not supported yet.
        uv_extras: Not supported yet.
        **kwargs: Nothing else is taken.

    Raises:
        MlflowException: The folder has files in it, or an argument is wrong.
    """
    if kwargs:
        raise TypeError(f"save_model() got unexpected keyword arguments: {sorted(kwargs)}")
    _refuse_unsupported(infer_code_paths, uv_project_path, uv_groups, uv_extras)
    mlflow_model = mlflow_model or Model()
    if resources is not None:
        mlflow_model.resources = resources
    if auth_policy is not None:
        mlflow_model.auth_policy = auth_policy
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=code_paths,
        mlflow_model=mlflow_model,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )
    options = _options(loader_module, data_path, python_model, artifacts, model_config, streamable)
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
    model_config: dict[str, Any] | None = None,
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
    _refuse_unsupported(infer_code_paths, uv_project_path, uv_groups, uv_extras)
    arguments = SaveArguments(
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
    )
    options = _options(loader_module, data_path, python_model, artifacts, model_config, streamable)
    return log_flavor(
        PYTHON_MODEL,
        options["python_model"],
        arguments,
        options,
        artifact_path=artifact_path,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
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


def _refuse_unsupported(infer_code_paths: bool, uv_project_path: Any, uv_groups: Any, uv_extras: Any) -> None:
    if infer_code_paths:
        raise NotSupported("`infer_code_paths` is not supported; name the files and folders in `code_paths`")
    if uv_project_path or uv_groups or uv_extras:
        raise NotSupported("uv projects are not supported; name the requirements in `pip_requirements`")


def _options(
    loader_module: str | None,
    data_path: str | None,
    python_model: Any,
    artifacts: dict[str, str] | None,
    model_config: dict[str, Any] | None,
    streamable: bool | None,
) -> dict[str, Any]:
    if (loader_module is None) == (python_model is None):
        raise InvalidParameterValue("Pass either `python_model` or `loader_module` (with `data_path`)")
    if isinstance(python_model, str | Path):
        raise NotSupported(
            f"Models from code ({str(python_model)!r}) are not supported; pass an instance of a PythonModel"
        )
    if isinstance(python_model, PythonModel) and type(python_model).predict is PythonModel.predict:
        raise InvalidParameterValue(f"{type(python_model).__name__} defines no `predict`")
    if python_model is not None and not isinstance(python_model, PythonModel):
        if isinstance(python_model, type) or not callable(python_model):
            raise InvalidParameterValue(
                "`python_model` is an instance of a PythonModel (not its class) or a function; "
                f"got {python_model!r}"
            )
        python_model = _FunctionPythonModel(python_model)
    return {
        "loader_module": loader_module,
        "data_path": data_path,
        "python_model": python_model,
        "artifacts": artifacts,
        "model_config": model_config,
        "streamable": streamable,
    }


def _save(model: Any, folder: Path, options: dict[str, Any]) -> Payload:
    config = {"config": options["model_config"]} if options["model_config"] else {}
    if model is None:
        return Payload(
            flavor=None,
            pyfunc={**config, "loader_module": options["loader_module"], **_copy_data(options, folder)},
        )
    import cloudpickle

    with (folder / PAYLOAD).open("wb") as stream:
        cloudpickle.dump(model, stream)
    settings: dict[str, Any] = {
        **config,
        "python_model": PAYLOAD,
        "cloudpickle_version": installed_version("cloudpickle"),
        "code": None,
        "streamable": _is_streamable(model, options["streamable"]),
    }
    if options["artifacts"]:
        settings["artifacts"] = _copy_artifacts(options["artifacts"], folder)
    return Payload(flavor=None, pyfunc=settings, modules=references_of(model).modules)


def _is_streamable(model: Any, given: bool | None) -> bool:
    return given if given is not None else type(model).predict_stream is not PythonModel.predict_stream


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


def _predict(model: Any, data: Any, params: dict[str, Any] | None, options: dict[str, Any]) -> Any:
    context = PythonModelContext(dict(options["artifacts"] or {}), options["model_config"])
    model.load_context(context)
    return PythonModelPredictor(model, context).predict(data, params)


PYTHON_MODEL = Flavor(
    name="python_function",
    library="cloudpickle",
    package="cloudpickle",
    packages=(),
    save=_save,
    load=_load,
    loader_module="mlflow.pyfunc.model",
    version_key="cloudpickle_version",
    predict=_predict,
    types=("mlflow.pyfunc.model:PythonModel",),
)
