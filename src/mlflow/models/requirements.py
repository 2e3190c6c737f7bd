"""The requirements of a model: what its flavor needs, what it refers to, and what loading it imports.

The flavor declares its packages, the saved payload names the modules that its objects come from, and of the user's
own modules the imports are read from their source. What `mlflow.models.capture` saw comes on top. So the result
depends on the model and on the versions installed, and not on what else happens to be installed or imported.
"""

from __future__ import annotations

import ast
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import metadata, util
from pathlib import Path

from mlflow.models.environment import (
    MLFLOW_REQUIREMENT,
    installed_version,
    normalized,
    requirement_name,
)

_NEVER_OWN = {*sys.stdlib_module_names, "mlflow"}
_OWN_DISTRIBUTIONS = {"headrace", "mlflow", "mlflow-skinny", "mlflow-tracing"}


def infer_requirements(
    packages: Iterable[str], modules: Iterable[str] = (), imported: Iterable[str] = ()
) -> list[str]:
    """The pinned requirements of a model: MLflow's API first, the rest by name.

    Args:
        packages: Distributions that the flavor needs; those that are not installed are left out.
        modules: Dotted names of the modules that the saved model refers to.
        imported: Modules that loading it imports, as `imported_modules` gives them; a distribution that another
            one requires anyway is left out.

    Returns:
        Requirement lines such as `scikit-learn==1.7.0`.
    """
    bring = _distributions_by_module()
    distributions = {normalized(package) for package in packages}
    for module in top_level_modules(modules):
        distributions |= bring.get(module, set())
    seen = {distribution for module in top_level_modules(imported) for distribution in bring.get(module, ())}
    distributions |= _not_required_by_others(distributions, seen)
    pins = {
        name: version
        for name in distributions - _OWN_DISTRIBUTIONS
        if (version := installed_version(name)) is not None
    }
    return [MLFLOW_REQUIREMENT, *(f"{name}=={version}" for name, version in sorted(pins.items()))]


def with_locked(lines: list[str], locked: list[str]) -> list[str]:
    """Requirements with those of a lock, which count more; MLflow's API stays first."""
    names = {requirement_name(line) for line in locked}
    own = [line for line in lines if line == MLFLOW_REQUIREMENT or requirement_name(line) not in names]
    return [*own, *(line for line in locked if requirement_name(line) not in _OWN_DISTRIBUTIONS)]


def own_sources(modules: Iterable[str]) -> dict[str, Path]:
    """Source files of those of the modules that the user wrote, and of the user's own that they import, by name."""
    found: dict[str, Path] = {}
    pending = set(modules)
    while pending:
        name = pending.pop()
        source = None if name in found else own_source(name)
        if source is not None:
            found[name] = source
            pending |= set(imports_of_file(source, name))
    return found


def own_code_paths(modules: Iterable[str]) -> list[str]:
    """What `code_paths` has to name so that those of the modules that the user wrote travel with a model.

    Returns:
        Files of single modules and folders of packages, in order.
    """
    found = set()
    for name, file in own_sources(modules).items():
        depth = name.count(".") + (file.name == "__init__.py")
        found.add(str(file.parents[depth - 1] if depth else file))
    return sorted(found)


def _not_required_by_others(known: set[str], seen: set[str]) -> set[str]:
    """Of the distributions seen, those that neither a known one nor another one seen requires."""
    required: set[str] = set()
    for name in sorted(known | seen):
        required |= _required_by(name) - {name}
    return seen - required


@cache
def _required_by(distribution: str) -> frozenset[str]:
    """Distributions that one requires, and theirs; without its extras."""
    found: set[str] = set()
    pending = {distribution}
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        pending |= {requirement_name(line) or "" for line in lines if "extra ==" not in line} - {""}
    return frozenset(found)


def top_level_modules(modules: Iterable[str]) -> set[str]:
    """Top-level modules that are needed: those named, and those that the user's own among them import."""
    found: set[str] = set()
    pending = set(modules)
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in ("__main__", "mlflow"):
            continue
        source = own_source(name)
        if source is None:
            found.add(top)
        else:
            pending |= set(imports_of_file(source, name))
    return found


def own_source(module: str) -> Path | None:
    """Source file of a module that the user wrote; `None` for an installed one, or one that is not found.

    A module is the user's own when no distribution brought it: its file lies outside the folders that
    packages are installed into, and it is neither of Python nor of this package.
    """
    if module.partition(".")[0] in _NEVER_OWN:
        return None
    loaded = sys.modules.get(module)
    origin = getattr(loaded, "__file__", None)
    if origin is None:
        try:
            spec = util.find_spec(module)
        except (ImportError, ValueError, AttributeError):
            return None
        origin = spec.origin if spec is not None else None
    if origin is None or not origin.endswith(".py"):
        return None
    file = Path(origin)
    installed = {"site-packages", "dist-packages"} & set(file.parts)
    return None if installed or not file.is_file() else file


def imports_of_file(source: Path, module: str) -> Iterator[str]:
    """Dotted names of the modules that a file of Python imports, inside of functions too.

    Args:
        source: The file; one that is no Python imports nothing.
        module: Name that it is imported by.
    """
    try:
        tree = ast.parse(source.read_bytes())
    except (SyntaxError, ValueError):
        return
    package = module if source.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, package)


def _imported_from(node: ast.ImportFrom, package: str) -> Iterator[str]:
    base = node.module or ""
    if node.level:
        parents = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*parents, base]).strip(".")
    if base:
        yield base
        # `from package import module` names a module too, where the package is the user's own.
        if own_source(base) is not None:
            yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def _distributions_by_module() -> dict[str, set[str]]:
    """Distributions that bring each top-level module: several, for a namespace that they share.

    The folders that installers leave are read directly; `importlib.metadata` takes seconds for the same.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in sys.path:
        for distribution, modules in _installed_in(entry, folder_time(entry)):
            for module in modules:
                found[module].add(distribution)
    return found


@lru_cache(maxsize=64)
def _installed_in(entry: str, _time: int) -> list[tuple[str, set[str]]]:
    """Distributions in a folder of the path, each with its top-level modules; read anew when the folder changes."""
    folders = Path(entry).glob("*.dist-info")
    return [(normalized(folder.name.partition("-")[0]), _modules_in(folder)) for folder in folders]


def folder_time(path: str) -> int:
    """When something was last put into a folder or taken out, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path or ".").st_mtime_ns  # noqa: PTH116 - called for every entry, at every model
    except OSError:
        return 0


def _modules_in(folder: Path) -> set[str]:
    """Top-level modules that a distribution brings, by what its installer wrote down."""
    for name in ("top_level.txt", "RECORD"):
        try:
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        if name == "top_level.txt":
            return {line.strip() for line in lines if line.strip()}
        files = (line.partition(",")[0].strip('"') for line in lines)
        return {file.partition("/")[0].removesuffix(".py") for file in files if _is_module(file)}
    return set()


def _is_module(file: str) -> bool:
    return file.endswith((".py", ".so", ".pyd")) and not file.startswith(("..", "/"))


def pin_differences(requirements: Iterable[str]) -> list[str]:
    """Where the pins of a model differ from what is installed here.

    MLflow itself is left out: Headrace stands in for it.

    Args:
        requirements: Requirement lines; those that pin no exact version are passed over.

    Returns:
        A sentence for each difference, such as `numpy is 2.1.0, was 1.26.4`.
    """
    found = []
    for line in requirements:
        name, pinned, version = line.partition(";")[0].strip().partition("==")
        wanted = version.strip().split("+")[0]
        name = normalized(name.partition("[")[0].strip())
        if not pinned or name in _OWN_DISTRIBUTIONS:
            continue
        present = installed_version(name)
        if present is None:
            found.append(f"{name} is not installed, was {wanted}")
        elif present != wanted:
            found.append(f"{name} is {present}, was {wanted}")
    return found
