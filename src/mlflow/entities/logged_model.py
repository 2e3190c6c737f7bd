"""A model as an experiment keeps it, apart from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.logged_model_parameter import LoggedModelParameter
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.tag import LoggedModelTag


@dataclass(frozen=True, init=False)
class LoggedModel(_MlflowObject):
    """A model as an experiment keeps it, apart from the registry.

    Attributes:
        experiment_id: Experiment that it belongs to.
        model_id: `m-` and 32 hexadecimal digits.
        name: Name for people; need not be unique.
        artifact_location: URI of its files.
        creation_timestamp: Milliseconds since the epoch.
        last_updated_timestamp: Milliseconds since the epoch.
        model_type: Free text, such as `"Agent"`.
        source_run_id: Run that made it.
        status: State of its files.
        status_message: Why it failed, if it did.
        tags: Tags as a dictionary.
        params: Parameters as a dictionary.
        metrics: Metrics measured on it: the latest per key, dataset and run.
    """

    experiment_id: str
    model_id: str
    name: str
    artifact_location: str
    creation_timestamp: int
    last_updated_timestamp: int
    model_type: str | None = None
    source_run_id: str | None = None
    status: LoggedModelStatus = LoggedModelStatus.READY
    status_message: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    metrics: list[Metric] | None = None

    def __init__(
        self,
        experiment_id: str,
        model_id: str,
        name: str,
        artifact_location: str,
        creation_timestamp: int,
        last_updated_timestamp: int,
        model_type: str | None = None,
        source_run_id: str | None = None,
        status: LoggedModelStatus | int = LoggedModelStatus.READY,
        status_message: str | None = None,
        tags: Iterable[LoggedModelTag] | Mapping[str, str] | None = None,
        params: Iterable[LoggedModelParameter] | Mapping[str, str] | None = None,
        metrics: list[Metric] | None = None,
    ) -> None:
        self.__dict__.update(
            experiment_id=experiment_id,
            model_id=model_id,
            name=name,
            artifact_location=artifact_location,
            creation_timestamp=creation_timestamp,
            last_updated_timestamp=last_updated_timestamp,
            model_type=model_type,
            source_run_id=source_run_id,
            status=status if isinstance(status, LoggedModelStatus) else LoggedModelStatus.from_int(status),
            status_message=status_message,
            tags=_as_dictionary(tags),
            params=_as_dictionary(params),
            metrics=metrics,
        )

    @property
    def model_uri(self) -> str:
        """URI that loads it."""
        return f"models:/{self.model_id}"

    def to_dictionary(self) -> dict[str, Any]:
        as_dict = dict(self)
        as_dict["status"] = self.status.to_int()
        as_dict["metrics"] = [metric.to_dictionary() for metric in self.metrics or ()]
        return as_dict


def _as_dictionary(
    pairs: Iterable[LoggedModelTag] | Iterable[LoggedModelParameter] | Mapping[str, str] | None,
) -> dict[str, str]:
    if isinstance(pairs, Mapping):
        return dict(pairs)
    return {pair.key: pair.value for pair in pairs or ()}
