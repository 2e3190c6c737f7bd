"""What a flavor says about itself; everything else is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Payload:
    """What saving a model left in its folder.

    Attributes:
        flavor: Settings of the flavor, as the MLmodel file keeps them; `None` for a model that is of no library.
        pyfunc: Settings of the `python_function` flavor beside those that every model has; `None` when the
            model cannot predict.
        packages: Distributions that this model needs beside the flavor's own.
        modules: Dotted names of the modules that the saved model refers to.
    """

    flavor: dict[str, Any] | None
    pyfunc: dict[str, Any] | None = field(default_factory=dict)
    packages: Iterable[str] = ()
    modules: Iterable[str] = ()


@dataclass(frozen=True)
class Flavor:
    """A flavor.

    Attributes:
        name: Its key in MLmodel files.
        library: Module that it is for, as it is imported; missing, the flavor cannot be used.
        package: Distribution that brings the library.
        packages: Distributions that every model of it needs; those not installed are left out.
        save: Writes a model into a folder: `save(model, folder, options)`.
        load: Reads it back: `load(folder, settings)`, with the flavor's settings of the MLmodel file.
        loader_module: Module with `_load_pyfunc`, which MLmodel files name.
        version_key: Setting that holds the library's version.
        predict: Answers an input example, for the signature: `predict(model, data, params, options)`;
            `None` when outputs are not inferred.
        types: Types that it is for, as `module:name`; their subclasses are meant too.
    """

    name: str
    library: str
    package: str
    packages: tuple[str, ...]
    save: Callable[[Any, Path, dict[str, Any]], Payload]
    load: Callable[[Path, dict[str, Any]], Any]
    loader_module: str
    version_key: str
    predict: Callable[[Any, Any, dict[str, Any] | None, dict[str, Any]], Any] | None = None
    types: tuple[str, ...] = ()


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
