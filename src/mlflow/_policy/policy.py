"""What a policy file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class MetricRule:
    """Bounds of a metric.

    Attributes:
        name: Name of the metric.
        least: Smallest value that passes; `None` for none.
        most: Largest value that passes; `None` for none.
        dataset: Name or digest of the dataset that it was measured on; empty for any.
    """

    name: str
    least: float | None = None
    most: float | None = None
    dataset: str = ""


@dataclass(frozen=True)
class Policy:
    """What is required of some models for some places.

    Attributes:
        line: Line of the file that it begins in.
        models: Patterns of names, with `*`, `?` and `[...]`.
        places: Stages as `stage/Production`, aliases as `alias/champion`.
        reason: Whether somebody has to say why.
        ticket: Whether somebody has to say where it was decided.
        signature: Whether the model has to declare its inputs and outputs.
        clean_git: Whether its run has to come from a commit without changes.
        metrics: Bounds of metrics.
        approvals: How many others have to agree.
        approval_days: How long they do; `None` for ever.
        one_holder: Whether other versions in a stage are archived as soon as one gets it.
        review_days: Within which somebody else has to look at a decision that was made all the same; `None` if it cannot.
    """

    line: int
    models: tuple[str, ...]
    places: tuple[str, ...]
    reason: bool = False
    ticket: bool = False
    signature: bool = False
    clean_git: bool = False
    metrics: tuple[MetricRule, ...] = field(default=())
    approvals: int = 0
    approval_days: float | None = None
    one_holder: bool = False
    review_days: float | None = None

    def covers(self, name: str, place: str) -> bool:
        """Whether it has a say when a version of a model gets a place."""
        return place in self.places and any(fnmatchcase(name, pattern) for pattern in self.models)
