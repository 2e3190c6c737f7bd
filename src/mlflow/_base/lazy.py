"""Public names that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # the name is known to type checkers; importing typing would cost more than all of this
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy_module(
    package: str, names: Mapping[str, str], submodules: frozenset[str] = frozenset()
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package whose names live in other modules.

    Args:
        package: `__name__` of the package.
        names: For each public name the module that defines it, or `module:name` where the names differ.
        submodules: Submodules that are attributes of the package without an import of their own.
    """
    public = sorted(name for name in names if not name.startswith("_"))

    def load(name: str) -> Any:
        target = names.get(name)
        if target is not None:
            module, _, attribute = target.partition(":")
            value = getattr(import_module(module), attribute or name)
        elif name in submodules:
            value = import_module(f"{package}.{name}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)
        return value

    def names_of_module() -> list[str]:
        own = {name for name in vars(sys.modules[package]) if name.startswith("__")}
        return sorted({*own, *names, *submodules})

    return load, names_of_module, public
