"""Rounds: trainers log, a fault strikes, everything is compared."""

from __future__ import annotations

import contextlib
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.faults import FAULTS, Fault
from tests.faults.ledger import Call, read_ledger
from tests.faults.reader import Reader
from tests.faults.world import World

ROUNDS_OF_A_DATABASE = 25
"""After which all runs of a database are compared once more, and it is exchanged for an empty one."""

JOURNALED = 0.35
"""Share of the rounds in which trainers keep journals."""
IDLE_ROUNDS = 4
"""After so many rounds in which every call failed the suite itself is broken."""
BROKEN_ROUNDS = 3
"""After so many rounds in a row that could not be played to their end there is no use in going on."""


@dataclass
class Summary:
    """What came of rounds.

    Attributes:
        rounds: How often each fault struck.
        calls: Calls of trainers, by their state.
        findings: Everything that was not as it should be, with the round.
        skipped: Faults that cannot happen here.
    """

    rounds: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(
    kind: str,
    seed: int,
    rounds: int,
    *,
    first: int = 0,
    names: Sequence[str] = (),
    told: Callable[[str], None] = lambda _: None,
    summary: Summary | None = None,
) -> Summary:
    """Runs rounds; after as many as there are faults, each has struck.

    A round that cannot be played to its end, because something hangs or cannot be reached, is a finding; the next one
    begins in a new world.

    Args:
        kind: `"sqlite"` or `"postgresql"`.
        seed: What everything follows from.
        rounds: How many.
        first: Number of the first round.
        names: Faults; all that can happen by default.
        told: Called with a line for each round.
        summary: What is filled, for who wants to know what came of rounds that were interrupted.
    """
    summary = Summary() if summary is None else summary
    started = time.monotonic()
    world = World(kind, seed)
    try:
        possible = _possible(kind, names, world, summary)
        world.start_server()
        of_database: list[Call] = []
        idle = broken = 0
        for number in range(first, first + rounds):
            name = _fault_of(number, seed, possible)
            try:
                calls, findings = play(world, FAULTS[name], f"{seed}-{number}")
            except Exception as error:  # noqa: BLE001 - it is the finding
                calls, findings, broken = [], [_told_of(error)], broken + 1
                of_database = []
                world = _renewed(world, kind, seed)
            else:
                broken = 0
            of_database += calls
            summary.rounds[name] += 1
            summary.calls.update(call.state for call in calls)
            summary.findings += [f"round {number} ({name}): {finding}" for finding in findings]
            summary.seconds = time.monotonic() - started
            states = Counter(call.state for call in calls)
            told(f"round {number} {name}: {dict(states)}" + "".join(f"\n  ! {text}" for text in findings))
            idle = 0 if states["acknowledged"] else idle + 1
            if idle == IDLE_ROUNDS or broken == BROKEN_ROUNDS:
                summary.findings.append(
                    f"the last {max(idle, broken)} rounds showed nothing, so this is the end"
                )
                break
            if (number - first) % ROUNDS_OF_A_DATABASE == ROUNDS_OF_A_DATABASE - 1:
                late = Reader(world.database, world.server.address).findings(of_database)
                summary.findings += [f"after round {number}: {finding}" for finding in late]
                of_database = []
                world.workers = 1 if kind == "sqlite" else random.Random(f"{seed}-{number}").choice((1, 2))
                world.renew()
    finally:
        world.close()
    summary.seconds = time.monotonic() - started
    return summary


def play(world: World, fault: Fault, seed: str) -> tuple[list[Call], list[str]]:
    """One round.

    Returns:
        The calls of its trainers, and everything that is not as it should be.
    """
    rng = random.Random(seed)
    journaled = not fault.directly and (fault.journaled or rng.random() < JOURNALED)
    world.begin(
        rng,
        fault.directly or rng.randint(1, 4),
        rng.uniform(0.3, 0.6) * (2 if fault.directly else 1),
        f"r{seed}",
        directly=bool(fault.directly),
        journaled=journaled,
    )
    world.torn = False
    time.sleep(rng.uniform(0.03, 0.4))
    fault.strike(world, rng)
    world.wait_for_trainers()
    calls = [call for path in world.ledgers if path.exists() for call in _read(world, path)]
    for path in world.ledgers:
        path.unlink(missing_ok=True)
    findings = _until_well(world) or world.send_journals()
    if journaled:
        findings += [f"a training was told of {call.error}" for call in calls if call.error]
    if not findings:
        findings = Reader(world.database, world.server.address).findings(calls)
    return calls, findings + [f"the database: {text}" for text in world.database.faults()]


def _told_of(error: Exception) -> str:
    """What is said of a round that could not be played to its end, with the place."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"it broke off: {type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"


def _renewed(world: World, kind: str, seed: int) -> World:
    """Another world in place of one in which something hangs."""
    with contextlib.suppress(Exception):
        world.close()
    new = World(kind, seed)
    new.start_server()
    return new


def _read(world: World, path: Path) -> list[Call]:
    """The calls of a trainer. Where the last record of its journal was torn, that is of the last call that returned, or of
    one that was still open: both may be there or not."""
    calls = read_ledger(path)
    acknowledged = [call for call in calls if call.state == "acknowledged"]
    if world.torn and acknowledged:
        acknowledged[-1].state = "open"
    return calls


def _until_well(world: World) -> list[str]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if world.server.is_well():
            return []
        time.sleep(0.01)
    world.server.kill()
    world.start_server()
    return ["the server did not recover"]


def _possible(kind: str, names: Sequence[str], world: World, summary: Summary) -> list[str]:
    possible = []
    for name, fault in FAULTS.items():
        if fault.engine not in ("", kind) or (names and name not in names):
            continue
        if fault.needs_disk and not world.disk.is_own:
            summary.skipped.append(f"{name}: a small disk of its own takes the right to mount one")
            continue
        possible.append(name)
    return possible


def _fault_of(number: int, seed: int, possible: Sequence[str]) -> str:
    """Every fault once, in a random order; then every fault again, in another order."""
    turn, place = divmod(number, len(possible))
    order = list(possible)
    random.Random(f"{seed}/{turn}").shuffle(order)
    return order[place]
