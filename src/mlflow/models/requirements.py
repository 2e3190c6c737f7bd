"""The requirements of a model, read from what it refers to.

They are found without running anything: the flavor declares its packages, the saved payload names the modules
that its objects come from, and of the user's own modules the imports are read from their source. So the result
depends on the model and on the versions installed, and not on what else happens to be installed or imported.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import util
from pathlib import Path

from mlflow.models.environment import MLFLOW_REQUIREMENT, installed_version, normalized

_OWN_DISTRIBUTIONS = {"headrace", "mlflow", "mlflow-skinny", "mlflow-tracing"}


def infer_requirements(packages: Iterable[str], modules: Iterable[str] = ()) -> list[str]:
    """The pinned requirements of a model: MLflow's API first, the rest by name.

    Args:
        packages: Distributions that the flavor needs; those that are not installed are left out.
        modules: Dotted names of the modules that the saved model refers to.

    Returns:
        Requirement lines such as `scikit-learn==1.7.0`.
    """
    distributions = {normalized(package) for package in packages}
    for module in _top_level_modules(modules):
        distributions.update(_distributions_by_module().get(module, ()))
    pins = {
        name: version
        for name in distributions - _OWN_DISTRIBUTIONS
        if (version := installed_version(name)) is not None
    }
    return [MLFLOW_REQUIREMENT, *(f"{name}=={version}" for name, version in sorted(pins.items()))]


def _top_level_modules(modules: Iterable[str]) -> set[str]:
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
            pending |= set(_imports(source, name))
    return found


def own_source(module: str) -> Path | None:
    """Source file of a module that the user wrote; `None` for an installed one, or one that is not found.

    A module is the user's own when no distribution brought it: its file lies outside the folders that
    packages are installed into.
    """
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


def _imports(source: Path, module: str) -> Iterator[str]:
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


@cache
def _distributions_by_module() -> dict[str, set[str]]:
    """Distributions that bring each top-level module: several, for a namespace that they share.

    The folders that installers leave are read directly; `importlib.metadata` takes seconds for the same.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in sys.path:
        for folder in Path(entry).glob("*.dist-info"):
            distribution = normalized(folder.name.partition("-")[0])
            for module in _modules_in(folder):
                found[module].add(distribution)
    return dict(found)


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
