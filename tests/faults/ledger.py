"""What a trainer did, as it noted it itself: before each call what it is about to do, after it what came of it.

Lines go to the kernel one by one, so that those of a trainer that is killed are there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIME_OF_STEP_0 = 1_700_000_000_000

TABLE = "rows.json"
"""The table that each run has."""
ROWS = 3
"""Rows that a call adds to it."""

Point = tuple[str, int, int, float]
"""Key, step, time in ms, value."""


def point(keys: int, step: int) -> Point:
    """The point that is logged at a step; each step has one key and one value."""
    return f"m{step % keys}", step, TIME_OF_STEP_0 + step, (step * 7919 % 2003) / 8


@dataclass
class Call:
    """One call of a trainer.

    Attributes:
        points: First step, end of the steps, and number of keys.
        table: Number that its rows of the table begin with.
        state: `"acknowledged"`, `"failed"` or, if nothing more was noted, `"open"`.
        error: Class and message of what was raised.
    """

    kind: str
    run_name: str
    points: tuple[int, int, int] = (0, 0, 1)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    artifact: tuple[str, int] | None = None
    table: int | None = None
    status: str = ""
    state: str = "open"
    error: str = ""

    def all_points(self) -> Iterator[Point]:
        """The points that it logs."""
        first, end, keys = self.points
        return (point(keys, step) for step in range(first, end))

    def all_rows(self) -> list[tuple[int, int]]:
        """The rows that it adds to the table."""
        return [] if self.table is None else [(self.table, row) for row in range(ROWS)]


class Ledger:
    """Where a trainer notes its calls.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def do(self, call: Call, work: Callable[[], Any]) -> Any:
        """Does and notes a call; returns `None` if it failed."""
        self._note(vars(call))
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - the reader of the ledger judges it
            self._note({"error": f"{type(error).__name__} {getattr(error, 'error_code', '')}: {error}"})
            return None
        self._note({})
        return result

    def _note(self, content: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(content).encode() + b"\n")


def read_ledger(path: Path) -> list[Call]:
    """The calls of a trainer, in order."""
    calls: list[Call] = []
    for line in path.read_text().splitlines():
        content = json.loads(line)
        if "kind" in content:
            call = Call(**content)
            call.points = (call.points[0], call.points[1], call.points[2])
            calls.append(call)
        elif "error" in content:
            calls[-1].state, calls[-1].error = "failed", content["error"]
        else:
            calls[-1].state = "acknowledged"
    return calls
