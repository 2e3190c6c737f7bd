"""Facts about a run that are not logged by it."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class RunInfo(_MlflowObject):
    """Facts about a run that are not logged by it.

    Attributes:
        run_id: 32 hexadecimal digits, or a foreign id of an imported run.
        experiment_id: Experiment that it belongs to.
        user_id: Who started it.
        status: `"RUNNING"`, `"SCHEDULED"`, `"FINISHED"`, `"FAILED"` or `"KILLED"`.
        start_time: Milliseconds since the epoch.
        end_time: Milliseconds since the epoch, `None` until it ends.
        lifecycle_stage: `"active"` or `"deleted"`.
        artifact_uri: URI of its artifacts.
        run_name: Name for people; need not be unique.
    """

    run_id: str
    experiment_id: str
    user_id: str
    status: str
    start_time: int | None
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str | None = None
    run_name: str | None = None

    @property
    def run_uuid(self) -> str:
        """The run id, by the name that scripts for MLflow 1.x and 2.x use."""
        return self.run_id

    @classmethod
    def get_searchable_attributes(cls) -> list[str]:
        """Attributes that a filter may name."""
        return ["artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id"]

    @classmethod
    def get_orderable_attributes(cls) -> list[str]:
        """Attributes that a search can be ordered by."""
        return cls.get_searchable_attributes()
