"""The library of a flavor: there or not, and in which version."""

from __future__ import annotations

from importlib import import_module, metadata
from types import ModuleType
from typing import Any

from mlflow._flavors.declaration import Flavor
from mlflow.exceptions import MissingExtra, MlflowException


def import_library(flavor: Flavor) -> ModuleType:
    """The library that the flavor is for.

    Raises:
        MissingExtra: It is not installed; the message names the flavor, the package and the command.
    """
    try:
        return import_module(flavor.library)
    except ModuleNotFoundError as error:
        missing = (error.name or flavor.library).partition(".")[0]
        package = flavor.package if missing == flavor.library.partition(".")[0] else missing
        raise MissingExtra(f"The flavor {flavor.name!r}", package) from error


def library_version(flavor: Flavor) -> str:
    """Version of the library."""
    version = getattr(import_library(flavor), "__version__", None)
    return str(version) if version is not None else metadata.version(flavor.package)


def class_name(obj: object) -> str:
    """Dotted name of an object's class, as MLmodel files keep it."""
    return f"{type(obj).__module__}.{type(obj).__qualname__}"


def load_class(name: str, *bases: type) -> Any:
    """The class of this dotted name.

    Raises:
        MlflowException: There is none, or it inherits from none of the bases: an MLmodel file is input like any other.
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise MlflowException(
            f"The MLmodel file names the class {name!r}, which cannot be imported: {error}"
        ) from error
    if not isinstance(found, type) or not issubclass(found, bases):
        expected = [f"{base.__module__}.{base.__qualname__}" for base in bases]
        raise MlflowException(
            f"The MLmodel file names the class {name!r}, which inherits from none of {expected}"
        )
    return found
