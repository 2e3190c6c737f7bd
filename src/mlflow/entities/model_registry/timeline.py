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


@dataclass(frozen=True)
class Mark(_MlflowObject):
    """An event on a timeline.

    Attributes:
        event: Its number.
        timestamp: Milliseconds since the epoch.
        action: What was done, such as `transition_stage`.
        version: Number of the version, as text; empty for none.
        by: Who did it; empty if unknown or erased.
        reason: Why.
    """

    event: int
    timestamp: int
    action: str
    version: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Timeline(_MlflowObject):
    """What held the stages and aliases of a model, and the events that changed it.

    While a model or version is deleted, it holds nothing: its spans end, and new ones begin when it is restored.

    Attributes:
        lanes: Stages first, then aliases.
        marks: Events in their order; those of tags and descriptions are left out.
    """

    lanes: list[Lane] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
