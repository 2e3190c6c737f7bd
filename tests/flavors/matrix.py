"""Every flavor's samples, saved by one and loaded by the other: Headrace and MLflow, natively and through pyfunc."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.compat.peers import MLFLOW_130, MLFLOW_222, MLFLOW_317, Peer, install
from tests.flavors.environments import ENVIRONMENTS, FOLDER, ROOT, Environment
from tests.flavors.plain import equal
from tests.flavors.probe import ANSWER
from tests.flavors.reasons import reason_for

PEERS = (MLFLOW_317, MLFLOW_222, MLFLOW_130)
OURS = "headrace"
_TITLES = {OURS: "here", "mlflow317": "3.17", "mlflow222": "2.22", "mlflow130": "1.30"}
_ALL = "all"
_LIMIT = 900
_FOUND = FOLDER / "matrix.json"
_PAGE = ROOT / "docs" / "flavors.md"
_BEGIN, _END = "<!-- matrix -->", "<!-- end of matrix -->"
PROBE = str(Path(__file__).with_name("probe.py"))


def print_matrix(names: list[str]) -> int:
    """Prints a row for each sample and pair of versions, and writes the table of all into the documentation.

    Args:
        names: Flavors to compare; of the others the table keeps what was found before.

    Returns:
        Exit code: 1 when anything is not equal for which `tests.flavors.reasons` has no reason.
    """
    failed = 0
    for peer in PEERS:
        install(peer)
    for name in names:
        today, older = ENVIRONMENTS[name], ENVIRONMENTS[name].of_mlflow_1
        rows = [*_rows(name, today, (MLFLOW_317, MLFLOW_222)), *_rows(name, older, (MLFLOW_130,))]
        for row in rows:
            failed += any(cell not in ("", "equal") and reason_for(cell) is None for cell in row[-2:])
            print("| " + " | ".join((name, *row)) + " |", flush=True)
        known = json.loads(_FOUND.read_text()) if _FOUND.exists() else {}
        _FOUND.write_text(json.dumps({**known, name: rows}))
        _write_table({**known, name: rows})
    return int(failed > 0)


def _without_places(text: str) -> str:
    """The text with the last part alone of paths, the others of which are this machine's."""
    return re.sub(r"(?<![\w/:])(?:/[\w.@+-]+)+/([\w.@+-]+)", r"…/\1", text)


def _write_table(found: dict[str, list[tuple[str, ...]]]) -> None:
    before, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n{_table(found)}{_END}{after}", encoding="utf-8")


def _table(found: dict[str, list[tuple[str, ...]]]) -> str:
    """A row for each sample, a column for each pair of versions; what is not equal is a note below."""
    pairs = [pair for peer in PEERS for pair in ((peer.name, OURS), (OURS, peer.name))]
    titles = [" → ".join(_TITLES[name] for name in pair) for pair in pairs]
    lines = [f"| flavor | model | {' | '.join(titles)} |", "|---" * (len(pairs) + 2) + "|"]
    notes: list[str] = []
    for flavor in sorted(found):
        cells = {(model, saver, loader): ways for model, saver, loader, *ways in found[flavor]}
        for model in dict.fromkeys(row[0] for row in found[flavor] if row[0] != _ALL):
            line = [flavor, model]
            for pair in pairs:
                # A version that could not be run at all has one row for both directions.
                places = ((model, *pair), (_ALL, *pair), (_ALL, *reversed(pair)))
                ways = next((cells[place] for place in places if place in cells), None)
                line.append(_noted(ways, notes))
            lines.append(f"| {' | '.join(line)} |")
    listed = [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    return "\n".join([*lines, "", *listed]) + "\n"


def _noted(ways: list[str] | None, notes: list[str]) -> str:
    if ways is None:
        return "not saved"
    if ways == ["equal", "equal"]:
        return "equal"
    parts = []
    for way, text in zip(("native", "pyfunc"), ways, strict=True):
        if text == "equal":
            parts.append(f"{way} equal")
        elif text:
            note = (reason_for(text) or text).replace("|", "/").replace("<", "&lt;")
            if note not in notes:
                notes.append(note)
            kind = next((kind for kind in ("not saved", "not run") if text.startswith(kind)), way)
            parts.append(f"{kind} {notes.index(note) + 1}")
    return ", ".join(parts)


def _rows(flavor: str, environment: Environment, peers: tuple[Peer, ...]) -> list[tuple[str, ...]]:
    environment.install()
    with tempfile.TemporaryDirectory() as folder:
        found = _outcomes(flavor, environment, peers, Path(folder))
    return [tuple(map(_without_places, row)) for row in found]


def _outcomes(
    flavor: str, environment: Environment, peers: tuple[Peer, ...], folder: Path
) -> list[tuple[str, ...]]:
    saved = {name: folder / name for name in (OURS, *(peer.name for peer in peers))}
    for path in saved.values():
        path.mkdir()
    probe = partial(_probe, flavor, environment)
    ours = probe(environment.python, f"save={saved[OURS]}", f"load={saved[OURS]}")
    rows: list[tuple[str, ...]] = []
    theirs = {}
    for peer in peers:
        steps = (f"save={saved[peer.name]}", f"load={saved[peer.name]}", f"load={saved[OURS]}")
        answer = probe(peer.interpreter, *steps, HEADRACE_LIBRARIES=str(environment.libraries))
        if isinstance(answer, str):
            rows.append((_ALL, peer.name, OURS, f"not run: {answer}", ""))
            continue
        *theirs[peer.name], found = answer
        rows += _compared(OURS, peer.name, ours, found)
    here = probe(environment.python, *(f"load={saved[name]}" for name in theirs))
    for index, (name, there) in enumerate(theirs.items()):
        rows += _compared(name, OURS, there, here if isinstance(here, str) else here[index])
    return rows


def _compared(saver: str, loader: str, saved: Any, found: Any) -> list[tuple[str, ...]]:
    """Rows of what one saved, which has the errors of saving and the outcomes of loading, and the other loaded."""
    if isinstance(saved, str):
        return [(_ALL, saver, loader, f"not saved: {saved}", "")]
    errors, expected = saved
    rows = [(model, saver, loader, f"not saved: {error[:160]}", "") for model, error in errors.items()]
    if isinstance(found, str):
        return [*rows, (_ALL, saver, loader, f"not run: {found}", "")]
    return rows + [
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


def _probe(flavor: str, environment: Environment, python: Path, *steps: str, **variables: str) -> Any:
    """What the probe printed, or the last line of an error."""
    # A path to import from would lead MLflow's interpreter to this code.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            [python, PROBE, flavor, *steps],
            cwd=FOLDER,
            env={**inherited, **environment.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_LIMIT} seconds"
    with (FOLDER / "matrix.log").open("a") as stream:
        stream.write(f"== {python} {flavor} {steps}\n{done.stderr}\n")
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.strip()]
        return errors[-1][:160] if errors else f"exit code {done.returncode}"
    # Some libraries have something to say when they end.
    return json.loads(
        next(line for line in done.stdout.splitlines() if line.startswith(ANSWER))[len(ANSWER) :]
    )
