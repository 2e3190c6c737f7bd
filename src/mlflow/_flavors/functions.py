"""The public functions of a flavor, made from its declaration.

Their signatures are those of MLflow. Arguments that every flavor takes, and a flavor's function does not list there,
can be given by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any, TypeVar

from mlflow._flavors.declaration import Flavor, Option, SaveArguments
from mlflow._flavors.load import load_flavor
from mlflow._flavors.log import log_flavor
from mlflow._flavors.predictor import FlavorPredictor, load_predictor
from mlflow._flavors.save import save_flavor
from mlflow.models.environment import MLFLOW_REQUIREMENT, conda_environment
from mlflow.models.model import ModelInfo
from mlflow.models.requirements import infer_requirements

_Function = TypeVar("_Function", bound=Callable[..., Any])

_SAVED = frozenset(field.name for field in fields(SaveArguments))

_SAVE: dict[str, Option] = {
    "conda_env": Option(
        None,
        "A conda environment: its dictionary, or the path of its YAML file.",
        "dict[str, Any] | str | None",
    ),
    "code_paths": Option(
        None, "Files and folders of code that the model needs; copied beside it.", "list[str] | None"
    ),
    "mlflow_model": Option(None, "MLmodel content to add to.", "Model | None"),
    "signature": Option(
        None,
        "What the model takes and gives; inferred from the example by default, `False` for none.",
        "ModelSignature | Literal[False] | None",
    ),
    "input_example": Option(None, "An input, or a pair of an input and parameters."),
    "pip_requirements": Option(
        None, "All requirements: a list, or the path of a requirements file.", "list[str] | str | None"
    ),
    "extra_pip_requirements": Option(
        None, "Requirements beside the inferred ones, likewise.", "list[str] | str | None"
    ),
    "metadata": Option(None, "Kept in the MLmodel file.", "dict[str, Any] | None"),
    "extra_files": Option(
        None, "Paths or URIs of further files; copied beside the model.", "list[str] | None"
    ),
}
_LOG: dict[str, Option] = {
    "artifact_path": Option(None, "The older way to say `name`.", "str | None"),
    **{name: option for name, option in _SAVE.items() if name != "mlflow_model"},
    "registered_model_name": Option(None, "Registers it as a new version under this name.", "str | None"),
    "await_registration_for": Option(300, "Seconds to wait for the version to be ready.", "int | None"),
    "name": Option(None, "Name for people; one is made up by default.", "str | None"),
    "params": Option(None, "Parameters of the logged model.", "dict[str, Any] | None"),
    "tags": Option(None, "Tags of the logged model.", "dict[str, Any] | None"),
    "model_type": Option(None, "Free text.", "str | None"),
    "step": Option(0, "Step of the run at which it was made."),
    "model_id": Option(None, "A logged model that exists already and gets these files.", "str | None"),
    "run_id": Option(None, "Run that made it; the active run by default.", "str | None"),
    "resources": Option(None, "Kept in the MLmodel file."),
    "auth_policy": Option(None, "Kept in the MLmodel file."),
    "prompts": Option(None, "URIs of prompts that it uses."),
}
_LOAD: dict[str, Option] = {
    "dst_path": Option(None, "Existing folder that the files are copied into first.", "str | Path | None"),
}


def flavor_name(flavor: Flavor) -> str:
    """`FLAVOR_NAME` of a flavor."""
    return flavor.name


def save_function(flavor: Flavor) -> Callable[..., None]:
    """`save_model` of a flavor."""
    common = {
        "path": Option(Parameter.empty, "Folder to make; it may exist when it is empty.", "str | Path"),
        **_SAVE,
    }
    argument = flavor.save_argument or flavor.model_argument
    known = _arguments(flavor.save_order, common, argument, flavor.options)
    signature = _signature(known)

    def save_model(*args: Any, **kwargs: Any) -> None:
        given = _bound("save_model", signature, args, kwargs)
        model, path = given.pop(argument), given.pop("path")
        options = {name: given.pop(name) for name in flavor.options}
        save_flavor(flavor, model, path, SaveArguments(**given), options)

    return _documented(
        save_model,
        flavor,
        signature.replace(return_annotation=None),
        f"Saves a {flavor.title} model into a folder.",
        known,
        ["MlflowException: The folder has files in it, or an argument is wrong."],
    )


def log_function(flavor: Flavor) -> Callable[..., ModelInfo]:
    """`log_model` of a flavor."""
    known = _arguments(flavor.log_order, _LOG, flavor.model_argument, flavor.options)
    signature = _signature(known)

    def log_model(*args: Any, **kwargs: Any) -> ModelInfo:
        given = _bound("log_model", signature, args, kwargs)
        model = given.pop(flavor.model_argument)
        options = {name: given.pop(name) for name in flavor.options}
        # `Model.log` puts the metadata into the MLmodel file.
        arguments = {name: given.pop(name) for name in _SAVED & given.keys() - {"metadata"}}
        return log_flavor(flavor, model, SaveArguments(**arguments), options, **given)

    return _documented(
        log_model,
        flavor,
        signature.replace(return_annotation=ModelInfo),
        f"Logs a {flavor.title} model as a logged model of the active run, or of no run.",
        known,
        ["MlflowException: It cannot be saved or uploaded; the logged model is then marked as failed."],
        returns="What there is to know about the model; its `model_uri` loads it.",
    )


def load_function(flavor: Flavor) -> Callable[..., Any]:
    """`load_model` of a flavor."""
    place = Option(Parameter.empty, "A path, or a `models:`, `runs:` or other artifact URI.", "str | Path")
    known = _arguments(flavor.load_order, {"model_uri": place, **_LOAD}, None, flavor.load_options)
    signature = _signature(known)

    def load_model(*args: Any, **kwargs: Any) -> Any:
        given = _bound("load_model", signature, args, kwargs)
        uri, target = given.pop("model_uri"), given.pop("dst_path")
        return load_flavor(flavor, uri, target, {**given.pop("kwargs", {}), **given})

    return _documented(
        load_model,
        flavor,
        signature.replace(return_annotation=Any),
        f"The {flavor.title} model itself.",
        known,
        ["MlflowException: There is no model, it has not this flavor, or reading it is not allowed."],
    )


def pyfunc_loader(flavor: Flavor) -> Callable[..., FlavorPredictor]:
    """`_load_pyfunc` of a flavor, which MLmodel files refer to."""

    def _load_pyfunc(path: str | Path, model_config: dict[str, Any] | None = None) -> FlavorPredictor:
        return load_predictor(flavor, path, model_config)

    return _load_pyfunc


def requirements_function(flavor: Flavor) -> Callable[..., list[str]]:
    """`get_default_pip_requirements` of a flavor."""
    chosen = _chosen_packages(flavor)

    def get_default_pip_requirements(*args: Any, **kwargs: Any) -> list[str]:
        packages = [flavor.package, *flavor.default_packages, *chosen(*args, **kwargs)]
        return [line for line in infer_requirements(packages) if line != MLFLOW_REQUIREMENT]

    get_default_pip_requirements.__doc__ = (
        f"Requirements that every {flavor.title} model has, pinned to what is installed."
    )
    return _with_signature(get_default_pip_requirements, inspect.signature(chosen))


def conda_function(flavor: Flavor) -> Callable[..., dict[str, Any]]:
    """`get_default_conda_env` of a flavor."""
    requirements = requirements_function(flavor)

    def get_default_conda_env(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return conda_environment([MLFLOW_REQUIREMENT, *requirements(*args, **kwargs)])

    get_default_conda_env.__doc__ = f"Conda environment that every {flavor.title} model has."
    signature = inspect.signature(requirements).replace(return_annotation="dict[str, Any]")
    return _with_signature(get_default_conda_env, signature)


def _chosen_packages(flavor: Flavor) -> Callable[..., list[str]]:
    """What callers add to the default requirements: where models have a choice of formats, the format's package."""

    def none() -> list[str]:
        return []

    def chosen(include_cloudpickle: bool = False, include_skops: bool = False) -> list[str]:
        return ["cloudpickle"] * include_cloudpickle + ["skops"] * include_skops

    return chosen if "skops_trusted_types" in flavor.options else none


def _arguments(
    order: str, common: dict[str, Option], model: str | None, own: Mapping[str, Option]
) -> dict[str, tuple[Option, bool]]:
    """Each argument, and whether it has a place; those without come last and are given by name."""
    offered = {**common, **own}
    placed: list[str] = []
    for name in order.split():
        if name == "options":
            placed += [option for option in own if option not in order.split()]
        else:
            placed.append(model if name == "model" and model is not None else name)
    if model is not None:
        offered[model] = Option(Parameter.empty, "The model.")
    names = dict.fromkeys([*placed, *offered])
    return {name: (offered[name], name in placed) for name in names}


def _signature(arguments: dict[str, tuple[Option, bool]]) -> Signature:
    parameters = []
    for name, (option, placed) in arguments.items():
        kind = Parameter.POSITIONAL_OR_KEYWORD if placed else Parameter.KEYWORD_ONLY
        if name == "kwargs":
            parameters.append(Parameter(name, Parameter.VAR_KEYWORD, annotation=option.type))
        else:
            parameters.append(Parameter(name, kind, default=option.default, annotation=option.type))
    return Signature(sorted(parameters, key=lambda parameter: parameter.kind))


def _bound(
    function: str, signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{function}(): {error}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def _documented(
    function: _Function,
    flavor: Flavor,
    signature: Signature,
    summary: str,
    arguments: dict[str, tuple[Option, bool]],
    raises: list[str],
    returns: str | None = None,
) -> _Function:
    lines = [summary, "", "Args:"]
    lines += [f"    {name}: {option.meaning}" for name, (option, _placed) in arguments.items()]
    if returns is not None:
        lines += ["", "Returns:", f"    {returns}"]
    lines += ["", "Raises:", *(f"    {line}" for line in raises)]
    lines.append(f"    MissingExtra: {flavor.title} is not installed.")
    function.__doc__ = inspect.cleandoc("\n".join(lines))
    return _with_signature(function, signature)


def _with_signature(function: _Function, signature: Signature) -> _Function:
    function.__signature__ = signature  # type: ignore[attr-defined]  # read by inspect
    return function
