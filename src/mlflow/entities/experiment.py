"""A named group of runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from mlflow.entities._base import _MlflowObject
from mlflow.entities.tag import ExperimentTag


@dataclass(frozen=True, init=False)
class Experiment(_MlflowObject):
    """A named group of runs.

    Attributes:
        experiment_id: Decimal number as text; `"0"` is the default experiment.
        name: Unique name.
        artifact_location: URI below which its runs keep their artifacts.
        lifecycle_stage: `"active"` or `"deleted"`.
        tags: Tags as a dictionary.
        creation_time: Milliseconds since the epoch.
        last_update_time: Milliseconds since the epoch.
        workspace: Workspace that it belongs to; always `"default"` here.
        trace_location: Where its traces live; `None` is this store.
    """

    DEFAULT_EXPERIMENT_NAME: ClassVar[str] = "Default"

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    tags: dict[str, str] = field(default_factory=dict)
    creation_time: int | None = None
    last_update_time: int | None = None
    workspace: str | None = None
    trace_location: Any = None
    effective_trace_archival_retention: str | None = None

    def __init__(
        self,
        experiment_id: str,
        name: str,
        artifact_location: str,
        lifecycle_stage: str,
        tags: Iterable[ExperimentTag] | None = None,
        creation_time: int | None = None,
        last_update_time: int | None = None,
        workspace: str | None = None,
        trace_location: Any = None,
        effective_trace_archival_retention: str | None = None,
    ) -> None:
        self.__dict__.update(
            experiment_id=experiment_id,
            name=name,
            artifact_location=artifact_location,
            lifecycle_stage=lifecycle_stage,
            tags={tag.key: tag.value for tag in tags or ()},
            creation_time=creation_time,
            last_update_time=last_update_time,
            workspace=workspace,
            trace_location=trace_location,
            effective_trace_archival_retention=effective_trace_archival_retention,
        )

    def __hash__(self) -> int:
        return hash(self.experiment_id)

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Experiment:
        """An experiment from its dictionary form."""
        known = {key: value for key, value in the_dict.items() if key != "tags"}
        tags = [ExperimentTag(key, value) for key, value in dict(the_dict.get("tags") or {}).items()]
        made: Experiment = super().from_dictionary({**known, "tags": tags})
        return made
