"""The `__init__.pyi` of packages whose names are loaded when they are first used.

The tables in their `__init__.py` are for the interpreter; these files say the same to editors and type checkers.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module, reload, util
from pathlib import Path
from typing import Any

from mlflow._base import lazy
from mlflow._flavors import functions
from mlflow._flavors import module as flavor_package
from mlflow._flavors.registry import FLAVORS, flavor_module, get_flavor

_LAZY = (
    "mlflow",
    "mlflow.config",
    "mlflow.data",
    "mlflow.entities",
    "mlflow.entities.model_registry",
    "mlflow.models",
    "mlflow.pyfunc",
    "mlflow.tracking",
    "mlflow.types",
)
_FLAVORS = {flavor_module(get_flavor(name)).__name__: name for name in FLAVORS if name != "python_function"}
PACKAGES = (*_LAZY, *_FLAVORS)

_LONGEST_LINE = 110

_TYPES_OF_FLAVORS = """\
from pathlib import Path
from typing import Any, Literal

from mlflow.models.model import Model, ModelInfo
from mlflow.models.signature import ModelSignature
"""


def stub_path(package: str) -> Path:
    """Where the stub of a package lies."""
    return Path(str(import_module(package).__file__)).with_suffix(".pyi")


def stub_text(package: str) -> str:
    """What the stub of a package should hold."""
    names, submodules = _tables_of(package)
    made = {name: maker for name, maker in names.items() if maker in flavor_package.MAKERS.values()}
    names = {name: target for name, target in names.items() if name not in made}
    # An import under another name does not count as a re-export for the linter.
    renamed = any(":" in target for target in names.values())
    source = "declaration in _flavor.py" if made else "table in __init__.py"
    lines = [f"# Written by scripts/generate.py from the {source}{', sorted by name' if names else ''}."]
    if names:
        lines.append(f"# ruff: noqa: {'F401, ' if renamed else ''}I001")
    lines.append("")
    for name, target in sorted(names.items()):
        module, _, attribute = target.partition(":")
        line = f"from {module} import {attribute or name} as {name}"
        if len(line) > _LONGEST_LINE:
            line = line.replace("import ", "import (\n    ") + ",\n)"
        lines.append(line)
    present = sorted(name for name in submodules if util.find_spec(f"{package}.{name}"))
    if present:
        lines += ["", *(f"from {package} import {name} as {name}" for name in present)]
    if made:
        lines += [""] * bool(names or present)
        lines += [_TYPES_OF_FLAVORS, *_functions(package, made)]
    if package == "mlflow":
        lines += ["", "__version__: str"]
    return "\n".join(lines) + "\n"


def _functions(package: str, made: Mapping[str, str]) -> list[str]:
    """What is made from a flavor's declaration, as a stub says it."""
    flavor = get_flavor(_FLAVORS[package])
    lines = []
    for name, maker in sorted(made.items()):
        if name.startswith("_"):
            continue  # MLmodel files refer to it, and nobody else
        value = getattr(functions, maker)(flavor)
        if isinstance(value, str):
            lines += [f"{name}: str", ""]
            continue
        signature = inspect.signature(value)
        parameters = list(signature.parameters.values())
        if not parameters:
            lines.append(f"def {name}() -> {_type(signature.return_annotation)}: ...")
            continue
        lines.append(f"def {name}(")
        for before, parameter in zip([None, *parameters], parameters, strict=False):
            is_first_named = parameter.kind is parameter.KEYWORD_ONLY and (
                before is None or before.kind is not parameter.KEYWORD_ONLY
            )
            lines += ["    *,"] * is_first_named + [f"    {_parameter(parameter)},"]
        lines.append(f") -> {_type(signature.return_annotation)}: ...")
    return lines


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    default = "" if parameter.default is parameter.empty else f" = {_literal(parameter.default)}"
    return f"{stars}{parameter.name}: {_type(parameter.annotation)}{default}"


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _type(annotation: Any) -> str:
    if annotation is None or isinstance(annotation, str):
        return str(annotation)
    return str(getattr(annotation, "__name__", annotation))


def _tables_of(package: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """The tables that a package hands to `lazy_module`."""
    found: list[tuple[Mapping[str, str], frozenset[str]]] = []
    original = lazy.lazy_module

    def recording(name: str, names: Mapping[str, str], submodules: frozenset[str] = frozenset()) -> Any:
        found.append((names, submodules))
        return original(name, names, submodules)

    loaded = import_module(package)
    lazy.lazy_module = recording  # type: ignore[assignment]
    try:
        reload(loaded)
    finally:
        lazy.lazy_module = original
    return found[-1]
