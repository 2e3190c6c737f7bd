"""Which versions held a stage or an alias of a model, as the ledger tells."""

from __future__ import annotations

import json
from typing import NamedTuple

from mlflow._storage.sql.connection import Connection

_MOVES = ("transition_stage", "delete_model_version", "restore_model_version")


class Arrival(NamedTuple):
    """A version gets a stage or an alias.

    Attributes:
        seq: The event.
        time_ms: Its time, in milliseconds since the epoch.
        version: The version.
    """

    seq: int
    time_ms: int
    version: int


class Tenure:
    """Which versions held a place, one after the other.

    Args:
        cx: Connection.
        model: Number of the model.
        place: `stage/Production`, `alias/champion`.
    """

    def __init__(self, cx: Connection, model: int, place: str) -> None:
        kind, _, self._name = place.partition("/")
        self.entries: list[Arrival] = []
        self._changes: list[tuple[int, Arrival | None, int]] = []  # time, who enters, who leaves (0: all)
        condition, slots = ("slot = ?", (place,)) if kind == "alias" else ("action IN (?, ?, ?)", _MOVES)
        for seq, time_ms, version, action, what in cx.all(
            f"SELECT seq, time_ms, version, action, what FROM decision WHERE model = ? AND {condition} ORDER BY seq",
            (model, *slots),
        ):
            after = (json.loads(what).get("after") if what else None) or {}
            enters = action == "set_alias" or after.get("stage") == self._name
            entry = Arrival(seq, time_ms, version) if enters else None
            if entry is not None:
                self.entries.append(entry)
            self._changes.append((time_ms, entry, 0 if kind == "alias" else version))

    def holder(self, at_ms: int | None = None) -> Arrival | None:
        """Who held it at a moment, the latest to come if there were several; now by default."""
        inside: dict[int, Arrival] = {}
        for time_ms, entry, leaves in self._changes:
            if at_ms is not None and time_ms > at_ms:
                break
            if leaves:
                inside.pop(leaves, None)
            else:
                inside.clear()
            if entry is not None:
                inside[entry.version] = entry
        return max(inside.values(), default=None)

    def before(self, present: Arrival | None) -> Arrival | None:
        """Who held it last beside the present holder."""
        if present is None:
            return self.entries[-1] if self.entries else None
        earlier = [entry for entry in self.entries if entry.seq < present.seq]
        return next((entry for entry in reversed(earlier) if entry.version != present.version), None)

    def last_of(self, version: int) -> Arrival | None:
        """When a version got it last; `None` if it never did."""
        return next((entry for entry in reversed(self.entries) if entry.version == version), None)
