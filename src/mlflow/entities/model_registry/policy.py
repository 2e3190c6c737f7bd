"""Policies of the registry, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class RegistryPolicy(_MlflowObject):
    """The policy file that holds.

    Attributes:
        text: The file.
        event: Number of the event that set it.
    """

    text: str
    event: int


@dataclass(frozen=True)
class RuleOutcome(_MlflowObject):
    """Whether a version meets a rule.

    Attributes:
        rule: The rule, such as `reason` or `metric auc on holdout`.
        ok: Whether it does.
        found: What is there.
        remedy: What would satisfy the rule.
    """

    rule: str
    ok: bool
    found: str
    remedy: str


@dataclass(frozen=True)
class OpenReview(_MlflowObject):
    """A decision against a policy that nobody else has looked at yet.

    Attributes:
        event: Number of its event.
        name: The registered model.
        actor: Who made it.
        due: When it has to be reviewed by, in milliseconds since the epoch.
    """

    event: int
    name: str
    actor: str
    due: int
