"""What a flavor says about itself; everything else is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlflow.models.signature import ModelSignature


@dataclass(frozen=True)
class Payload:
    """What saving a model left in its folder.

    Attributes:
        flavor: Settings of the flavor, as the MLmodel file keeps them; `None` for a model that is of no library.
        pyfunc: Settings of the `python_function` flavor beside those that every model has; `None` when the
            model cannot predict.
        packages: Distributions that this model needs beside the flavor's own.
        modules: Dotted names of the modules that the saved model refers to.
        typed_by_example: Whether the model wants its input as the input example has it, so that lists stay lists.
        signature: What models of this kind take and give, where the user neither says nor shows it.
    """

    flavor: dict[str, Any] | None
    pyfunc: dict[str, Any] | None = field(default_factory=dict)
    packages: Iterable[str] = ()
    modules: Iterable[str] = ()
    typed_by_example: bool = False
    signature: ModelSignature | None = None


@dataclass(frozen=True)
class Option:
    """An argument that only some flavors take.

    Attributes:
        default: Its default.
        meaning: What it is, for the documentation of the functions that take it.
        annotation: Its type as stubs write it; told from a default that is not `None`, else anything.
    """

    default: Any
    meaning: str
    annotation: str | None = None

    @property
    def type(self) -> str:
        """The type as stubs write it."""
        if self.annotation is not None:
            return self.annotation
        return type(self.default).__name__ if isinstance(self.default, bool | int | float | str) else "Any"


SAVE_ORDER = (
    "model path conda_env code_paths mlflow_model signature input_example pip_requirements "
    "extra_pip_requirements options metadata extra_files"
)
LOG_ORDER = (
    "model artifact_path conda_env code_paths registered_model_name signature input_example "
    "await_registration_for pip_requirements extra_pip_requirements options metadata extra_files name params tags "
    "model_type step model_id"
)
LOAD_ORDER = "model_uri dst_path options"

Predict = Callable[[Any, dict[str, Any] | None], Any]
"""Answers an input and parameters."""


@dataclass(frozen=True, kw_only=True)
class Flavor:
    """A flavor.

    Attributes:
        name: Its key in MLmodel files.
        title: Name of the library for people.
        library: Module that it is for, as it is imported; missing, the flavor cannot be used.
        package: Distribution that brings the library.
        packages: Distributions that every model of it needs; those not installed are left out.
        default_packages: Those of them that the default environment names beside the library.
        save: Writes a model into a folder: `save(model, folder, options)`; beside its own options these hold the
            `input_example`.
        load: Reads it back: `load(folder, settings, **load_options)`, with the flavor's settings of the MLmodel
            file.
        loader_module: Module with `_load_pyfunc`, which MLmodel files name.
        version_key: Setting that holds the library's version.
        predictor: What answers inputs through `mlflow.pyfunc`, and the input example for the signature:
            `predictor(model, folder, settings)`, with the settings of the MLmodel file, the flavor's and those of
            `python_function`; `None` for a library whose models are only loaded.
        stream: Answers an input piece by piece: `stream(model, data)`; `None` for libraries that do not.
        types: Types that it is for, as `module:name`; their subclasses are meant too.
        model_argument: Name of the first argument of `save_model` and `log_model`.
        save_argument: That of `save_model`, where it is another.
        options: What only this flavor's `save_model` and `log_model` take.
        load_options: What only this flavor's `load_model` takes; `kwargs` stands for any name.
        save_order: Arguments of `save_model` in MLflow's order; `model` and `options` stand for the flavor's own.
        log_order: Arguments of `log_model`, likewise.
        load_order: Arguments of `load_model`, likewise.
    """

    name: str
    title: str
    library: str
    package: str
    packages: tuple[str, ...] = ()
    default_packages: tuple[str, ...] = ()
    save: Callable[[Any, Path, dict[str, Any]], Payload]
    load: Callable[..., Any]
    loader_module: str
    version_key: str
    predictor: Callable[[Any, Path, dict[str, Any]], Predict] | None = None
    stream: Callable[[Any, Any], Iterator[Any]] | None = None
    types: tuple[str, ...] = ()
    model_argument: str = "model"
    save_argument: str | None = None
    options: Mapping[str, Option] = field(default_factory=dict)
    load_options: Mapping[str, Option] = field(default_factory=dict)
    save_order: str = SAVE_ORDER
    log_order: str = LOG_ORDER
    load_order: str = LOAD_ORDER


@dataclass(frozen=True, kw_only=True)
class SaveArguments:
    """Arguments that `save_model` of every flavor takes, in MLflow's names.

    Attributes:
        conda_env: A conda environment: its dictionary, or the path of its YAML file.
        code_paths: Files and folders of code that the model needs; copied beside it.
        mlflow_model: MLmodel content to add to.
        signature: What the model takes and gives; inferred from the example by default, `False` for none.
        input_example: An input, or a pair of an input and parameters.
        pip_requirements: All requirements: a list, or the path of a requirements file.
        extra_pip_requirements: Requirements beside the inferred ones, likewise.
        metadata: Kept in the MLmodel file.
        extra_files: Paths or URIs of further files; copied beside the model.
        uv_project: The project whose lock says the requirements; the one of the current folder by default.
    """

    conda_env: Any = None
    code_paths: list[str] | None = None
    mlflow_model: Any = None
    signature: Any = None
    input_example: Any = None
    pip_requirements: Any = None
    extra_pip_requirements: Any = None
    metadata: dict[str, Any] | None = None
    extra_files: list[str] | None = None
    uv_project: Any = None
