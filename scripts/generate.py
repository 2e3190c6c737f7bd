"""Writes again what is made from the code; with --check only says what is outdated.

Those are the OpenAPI document, the pages on compatibility, settings and commands, and the stubs of lazy names.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mlflow._wire import openapi
from scripts import compat_page, reference_pages, stubs

ROOT = Path(__file__).parent.parent


def wanted() -> dict[Path, str]:
    """Every generated file with the text that it should have."""
    return {
        Path(openapi.__file__).with_suffix(".json"): openapi.text(),
        ROOT / "docs" / "compat.md": compat_page.text(),
        ROOT / "docs" / "settings.md": reference_pages.settings(),
        ROOT / "docs" / "cli.md": reference_pages.commands(),
        **{stubs.stub_path(package): stubs.stub_text(package) for package in stubs.PACKAGES},
    }


def main() -> int:
    """Exit code: 1 when something is outdated and only to be checked."""
    outdated = {
        path: text
        for path, text in wanted().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in outdated.items():
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is outdated; run: make generate")
        else:
            path.write_text(text, encoding="utf-8")
    return int(bool(outdated) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
