"""One name, one thing: a public class is defined once in the package."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "mlflow"


def public_classes() -> dict[str, list[str]]:
    """For each public class of the package the files that define it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        if str(path.relative_to(SOURCE.parent)) in OF_PROTOCOLS:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(SOURCE.parent)))
    return found


# MLflow has the same names for dataclasses and for pydantic models, of the chat and of the responses protocol.
OF_PROTOCOLS = {f"mlflow/types/{name}.py" for name in ("chat", "llm", "responses_helpers")}

# Names that MLflow's users know for two things, or that we have for another thing, where users never meet it: an entity
# that stores keep, and the object that users log; what handlers of the server work with, and a request to a model.
KNOWN_TWICE = {"Context", "Dataset"}


def main() -> int:
    """Exit code of the check."""
    doubled = {
        name: files for name, files in public_classes().items() if len(files) > 1 and name not in KNOWN_TWICE
    }
    for name, files in sorted(doubled.items()):
        print(f"{name} is defined in {' and in '.join(files)}")
    return 1 if doubled else 0


if __name__ == "__main__":
    sys.exit(main())
