"""Every flavor's samples, saved by one and loaded by the other: Headrace and MLflow, natively and through pyfunc."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.compat.peers import MLFLOW_130, MLFLOW_222, MLFLOW_317, install
from tests.flavors.environments import ENVIRONMENTS, FOLDER, Environment
from tests.flavors.plain import equal

PEERS = (MLFLOW_317, MLFLOW_222, MLFLOW_130)
PROBE = str(Path(__file__).with_name("probe.py"))


def print_matrix(names: list[str]) -> int:
    """Prints a row for each sample and pair of versions.

    Args:
        names: Flavors to compare.

    Returns:
        Exit code: 1 when predictions differ, or what one saved the other cannot load.
    """
    failed = 0
    for peer in PEERS:
        install(peer)
    print(
        "| flavor | model | saved by | loaded by | native | pyfunc |\n|---|---|---|---|---|---|", flush=True
    )
    for name in names:
        environment = ENVIRONMENTS[name]
        environment.install()
        with tempfile.TemporaryDirectory() as folder:
            for row in _rows(environment, Path(folder)):
                failed += any("differs" in cell or "error" in cell for cell in row[-2:])
                print("| " + " | ".join((name, *row)) + " |", flush=True)
    return int(failed > 0)


def _rows(environment: Environment, folder: Path) -> list[tuple[str, ...]]:
    saved = {name: folder / name for name in ("headrace", *(peer.name for peer in PEERS))}
    for path in saved.values():
        path.mkdir()
    ours = _probe(
        str(environment.python), environment, f"save={saved['headrace']}", f"load={saved['headrace']}"
    )
    rows: list[tuple[str, ...]] = []
    expected = {}
    for peer in PEERS:
        libraries = {"HEADRACE_LIBRARIES": str(environment.libraries)}
        steps = (f"save={saved[peer.name]}", f"load={saved[peer.name]}", f"load={saved['headrace']}")
        theirs = _probe(str(peer.interpreter), environment, *steps, **libraries)
        if isinstance(theirs, str):
            rows.append(("all", peer.name, "headrace", f"not run: {theirs}", ""))
            continue
        expected[peer.name] = theirs[0]
        rows += _compared("headrace", peer.name, ours[0] if isinstance(ours, list) else ours, theirs[1])
    here = _probe(str(environment.python), environment, *(f"load={saved[name]}" for name in expected))
    for index, (name, there) in enumerate(expected.items()):
        rows += _compared(name, "headrace", there, here[index] if isinstance(here, list) else here)
    return rows


def _compared(saver: str, loader: str, expected: Any, found: Any) -> list[tuple[str, ...]]:
    if not isinstance(expected, dict) or not expected:
        return [("all", saver, loader, f"not saved: {expected or 'see matrix.log'}", "")]
    if not isinstance(found, dict):
        return [("all", saver, loader, f"not run: {found}", "")]
    return [
        (model, saver, loader, *(_cell(outcomes[way], found[model][way]) for way in ("native", "pyfunc")))
        for model, outcomes in expected.items()
    ]


def _cell(expected: Any, found: Any) -> str:
    if isinstance(found, str) and isinstance(expected, str):
        return f"neither: {found[:80]}"
    if isinstance(expected, str):
        return f"only the other way: {expected[:80]}"
    if isinstance(found, str):
        return f"error: {found[:160]}"
    return "equal" if equal(expected, found) else f"differs: {str(expected)[:60]} and {str(found)[:60]}"


def _probe(python: str, environment: Environment, *steps: str, **variables: str) -> Any:
    """What the probe printed, or the last line of an error."""
    done = subprocess.run(
        [python, PROBE, environment.name, *steps],
        cwd=FOLDER,
        env={**os.environ, **environment.variables, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    with (FOLDER / "matrix.log").open("a") as stream:
        stream.write(f"== {python} {environment.name} {steps}\n{done.stderr}\n")
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.strip()]
        return errors[-1][:160] if errors else f"exit code {done.returncode}"
    return json.loads(done.stdout.splitlines()[-1])
