"""The page on compatibility, from the route table and docs/compat.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mlflow._wire.routes import ROUTES
from mlflow.version import API_LEVEL

DOCS = Path(__file__).parent.parent / "docs"


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
