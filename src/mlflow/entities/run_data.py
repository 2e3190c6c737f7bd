"""What a run logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag


@dataclass(frozen=True, init=False)
class RunData(_MlflowObject):
    """What a run logged.

    Attributes:
        metrics: Latest value of each metric.
        params: Parameters.
        tags: Tags.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def __init__(
        self,
        metrics: Iterable[Metric] | None = None,
        params: Iterable[Param] | None = None,
        tags: Iterable[RunTag] | None = None,
    ) -> None:
        points = list(metrics or ())
        self.__dict__.update(
            _metric_objs=points,
            metrics={point.key: point.value for point in points},
            params={param.key: param.value for param in params or ()},
            tags={tag.key: tag.value for tag in tags or ()},
        )

    @property
    def _metrics(self) -> list[Metric]:
        """Latest point of each metric."""
        points: list[Metric] = self.__dict__["_metric_objs"]
        return points

    def to_dictionary(self) -> dict[str, Any]:
        return {"metrics": self.metrics, "params": self.params, "tags": self.tags}

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> RunData:
        """Run data from its dictionary form, in which points have neither step nor time."""
        return cls(
            [Metric(key, value, 0, 0) for key, value in the_dict.get("metrics", {}).items()],
            [Param(key, value) for key, value in the_dict.get("params", {}).items()],
            [RunTag(key, value) for key, value in the_dict.get("tags", {}).items()],
        )
