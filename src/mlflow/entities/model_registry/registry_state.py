"""What the registry held about a model at some moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlflow.entities._base import _MlflowObject
from mlflow.entities.model_registry.decision import Decision


@dataclass(frozen=True)
class Held(_MlflowObject):
    """Since when something held, and by whose decision.

    Attributes:
        since: Milliseconds since the epoch.
        by: Who decided it; empty if unknown or erased.
        reason: Why.
        ticket: Where it was decided.
        event: Number of the event.
    """

    since: int
    by: str
    reason: str
    ticket: str
    event: int


@dataclass(frozen=True)
class VersionState(_MlflowObject):
    """A version as it was.

    Attributes:
        version: Number of the version, as text.
        stage: Its stage.
        stage_held: Since when it was in that stage.
        registered: When it was registered, by whom and why.
        source: URI that it was registered from.
        run_id: Run that made it.
        model_id: Logged model that it was registered from.
        description: Text for people.
        tags: Tags as a dictionary.
    """

    version: str
    stage: str
    stage_held: Held
    registered: Held
    source: str = ""
    run_id: str = ""
    model_id: str | None = None
    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AliasState(_MlflowObject):
    """An alias as it was.

    Attributes:
        alias: The alias.
        version: Number of the version that it pointed to, as text.
        held: Since when.
    """

    alias: str
    version: str
    held: Held


@dataclass(frozen=True)
class RegistryState(_MlflowObject):
    """What the registry held about a model at some moment.

    Attributes:
        name: Name of the model at that moment.
        at: The moment, in milliseconds since the epoch.
        seq: Number of the last event before it.
        description: Text for people.
        tags: Tags of the model.
        versions: Versions that existed, by number.
        aliases: Aliases, by name.
        changes: Where the moment stands for a span such as a day: the events of that span, the oldest first. Before
            the first of them something else may have held, which its `before` tells.
    """

    name: str
    at: int
    seq: int
    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    versions: list[VersionState] = field(default_factory=list)
    aliases: list[AliasState] = field(default_factory=list)
    changes: list[Decision] = field(default_factory=list)

    def in_stage(self, stage: str) -> list[VersionState]:
        """Versions that were in a stage; case does not count."""
        return [version for version in self.versions if version.stage.lower() == stage.lower()]
