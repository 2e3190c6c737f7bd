"""Writes the OpenAPI document; with --check only says whether it is outdated."""

from __future__ import annotations

import sys
from pathlib import Path

from mlflow._wire import openapi

TARGET = Path(openapi.__file__).with_suffix(".json")


def main() -> int:
    """Exit code: 1 when the document is outdated and only to be checked."""
    wanted = openapi.text()
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted:
        return 0
    if "--check" in sys.argv:
        print(f"{TARGET} is outdated; run: make generate")
        return 1
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
