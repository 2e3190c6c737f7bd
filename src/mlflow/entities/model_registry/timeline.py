"""Which versions held a stage or an alias, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class Span(_MlflowObject):
    """A version, and when it held a place.

    Attributes:
        version: Number of the version, as text.
        since: First millisecond, since the epoch.
        until: When it ended; `None` if it still holds.
        event: Number of the event that began it.
        by: Who decided that; empty if unknown or erased.
        reason: Why.
    """

    version: str
    since: int
    until: int | None = None
    event: int = 0
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Lane(_MlflowObject):
    """What held a stage or an alias. Several versions may be in one stage at the same time.

    Attributes:
        kind: `stage` or `alias`.
        name: The stage or alias.
        spans: By their beginning.
    """

    kind: str
    name: str
    spans: list[Span] = field(default_factory=list)
