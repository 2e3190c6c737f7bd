"""The package of a flavor, whose names are made from its declaration when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from mlflow._base import lazy

MAKERS = {
    "FLAVOR_NAME": "flavor_name",
    "_load_pyfunc": "pyfunc_loader",
    "get_default_conda_env": "conda_function",
    "get_default_pip_requirements": "requirements_function",
    "load_model": "load_function",
    "log_model": "log_function",
    "save_model": "save_function",
}
"""Names that every flavor has, and what makes each from the declaration."""


def lazy_flavor(
    package: str,
    names: Mapping[str, str] = MappingProxyType({}),
    aliases: Mapping[str, str] = MappingProxyType({}),
    submodules: frozenset[str] = frozenset(),
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a flavor's package, which declares `FLAVOR` in its module `_flavor`.

    Args:
        package: `__name__` of the package.
        names: Further names, or other functions for the usual ones, as `lazy_module` takes them.
        aliases: Further names for the usual functions.
        submodules: Submodules that are attributes of the package without an import of their own.
    """
    made = {name: maker for name, maker in MAKERS.items() if name not in names}
    made |= {alias: MAKERS[name] for alias, name in aliases.items()}
    load, names_of_module, public = lazy.lazy_module(package, {**made, **names}, submodules)

    def load_name(name: str) -> Any:
        if name not in made:
            return load(name)
        make = getattr(import_module("mlflow._flavors.functions"), made[name])
        value = make(import_module(f"{package}._flavor").FLAVOR)
        if callable(value):
            value.__module__ = package
            value.__name__ = value.__qualname__ = name
        setattr(sys.modules[package], name, value)
        return value

    return load_name, names_of_module, public
