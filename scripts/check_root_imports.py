"""Nobody inside of the package imports its root: a module is imported from where it is defined."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "mlflow"
MODULES = {path.stem for path in SOURCE.glob("*.py")} | {
    path.name for path in SOURCE.iterdir() if path.is_dir()
}


def offences(path: Path) -> list[str]:
    """Imports of the root in a file, as `file:line: what`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(SOURCE.parent)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import) and any(alias.name == "mlflow" for alias in node.names):
            found.append(f"{where}: import mlflow")
        elif isinstance(node, ast.ImportFrom) and node.module == "mlflow":
            names = [alias.name for alias in node.names if alias.name not in MODULES]
            found += [f"{where}: from mlflow import {name}" for name in names]
    return found


def main() -> int:
    """Exit code of the check."""
    found = [line for path in sorted(SOURCE.rglob("*.py")) for line in offences(path)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
