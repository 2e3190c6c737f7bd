"""The library of a flavor: there or not, and in which version."""

from __future__ import annotations

from importlib import import_module, metadata
from types import ModuleType

from mlflow._flavors.declaration import Flavor
from mlflow.exceptions import MissingExtra


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
