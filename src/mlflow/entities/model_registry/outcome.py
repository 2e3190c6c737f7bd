"""What comes, or would come, of a decision about where a version stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.policy import RuleOutcome


@dataclass(frozen=True)
class PlaceState(_MlflowObject):
    """What held before a decision.

    Attributes:
        stage: Stage of the version; empty if the decision names none.
        holders: Numbers of the versions in the stage, or under the alias, that it is about, as text.
        seq: Number of the last event of the ledger.
    """

    stage: str = ""
    holders: tuple[str, ...] = ()
    seq: int = 0


@dataclass(frozen=True)
class Effect(_MlflowObject):
    """A change that a decision makes.

    Attributes:
        version: Number of the version, as text.
        action: `transition_stage`, `set_alias` or `delete_alias`.
        before: What held before: a stage, or the version that an alias pointed to; empty for none.
        after: What holds from then on; empty for none.
        text: All of it in words.
    """

    version: str
    action: str
    before: str
    after: str
    text: str


@dataclass(frozen=True)
class DecisionOutcome(_MlflowObject):
    """What comes, or would come, of a decision.

    Attributes:
        event: The event that was made; `None` for a decision that was only tried.
        state: What held before.
        effects: What changes, the decision itself first. Only told of one that was tried, as is what follows.
        checks: What the rules of the policies that have a say come to.
        evidence: What would be kept of the version: its run, its logged model, its manifest, by these names.
        needs_approval: Whether nothing but the agreement of others is missing.
    """

    event: Decision | None
    state: PlaceState
    effects: list[Effect] = field(default_factory=list)
    checks: list[RuleOutcome] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    needs_approval: bool = False
