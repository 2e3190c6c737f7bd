"""Writes the list of endpoints in docs/compat.md; with --check only says whether it is outdated."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from mlflow._wire.routes import ROUTES
from mlflow.version import API_LEVEL

DOCS = Path(__file__).parent.parent / "docs"
TARGET = DOCS / "compat.md"


def text() -> str:
    """The document."""
    notes = tomllib.loads((DOCS / "compat.toml").read_text(encoding="utf-8"))
    deviations: dict[str, str] = notes["deviation"]
    unknown = set(deviations) - {route.name for route in ROUTES}
    if unknown:
        raise SystemExit(f"docs/compat.toml has notes on unknown routes: {', '.join(sorted(unknown))}")
    lines = [
        "# Compatibility",
        "",
        f"Compared with MLflow {API_LEVEL}. Made from the route table and `compat.toml`; run `make generate` after a change.",
        "",
        "## What holds for all endpoints",
        "",
        *(f"- {note}" for note in notes["general"]["notes"]),
        "",
        "## Endpoints",
        "",
        "| method | path | what it does | state |",
        "|---|---|---|---|",
    ]
    for route in ROUTES:
        state = deviations.get(route.name, "")
        lines.append(
            f"| {route.method} | `{route.url}` | {route.summary} | {'done. ' + state if state else 'done'} |"
        )
    lines += ["", "## Missing", "", "| what | state |", "|---|---|"]
    lines += [f"| {name} | missing. {reason} |" for name, reason in notes["missing"].items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Exit code: 1 when the document is outdated and only to be checked."""
    wanted = text()
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted:
        return 0
    if "--check" in sys.argv:
        print(f"{TARGET} is outdated; run: make generate")
        return 1
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
