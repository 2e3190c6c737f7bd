"""The `__init__.pyi` of packages whose names are loaded when they are first used.

The tables in their `__init__.py` are for the interpreter; these files say the same to editors and type checkers.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module, reload, util
from pathlib import Path
from typing import Any

from mlflow._base import lazy

PACKAGES = ("mlflow", "mlflow.config", "mlflow.entities", "mlflow.entities.model_registry", "mlflow.tracking")


def stub_path(package: str) -> Path:
    """Where the stub of a package lies."""
    return Path(str(import_module(package).__file__)).with_suffix(".pyi")


def stub_text(package: str) -> str:
    """What the stub of a package should hold."""
    names, submodules = _tables_of(package)
    # An import under another name does not count as a re-export for the linter.
    renamed = any(":" in target for target in names.values())
    lines = [
        "# Written by scripts/generate.py from the table in __init__.py.",
        f"# ruff: noqa: {'F401, ' if renamed else ''}I001",
        "",
    ]
    for name, target in sorted(names.items()):
        module, _, attribute = target.partition(":")
        lines.append(f"from {module} import {attribute or name} as {name}")
    present = sorted(name for name in submodules if util.find_spec(f"{package}.{name}"))
    if present:
        lines += ["", *(f"from {package} import {name} as {name}" for name in present)]
    if package == "mlflow":
        lines += ["", "__version__: str"]
    return "\n".join(lines) + "\n"


def _tables_of(package: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """The tables that a package hands to `lazy_module`."""
    found: list[tuple[Mapping[str, str], frozenset[str]]] = []
    original = lazy.lazy_module

    def recording(name: str, names: Mapping[str, str], submodules: frozenset[str] = frozenset()) -> Any:
        found.append((names, submodules))
        return original(name, names, submodules)

    module = import_module(package)
    lazy.lazy_module = recording  # type: ignore[assignment]
    try:
        reload(module)
    finally:
        lazy.lazy_module = original
    return found[-1]
