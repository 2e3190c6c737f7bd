"""A version of a registered model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.logged_model_parameter import LoggedModelParameter
from mlflow.entities.metric import Metric
from mlflow.entities.model_registry.tag import ModelVersionTag


@dataclass(frozen=True, init=False)
class ModelVersion(_MlflowObject):
    """A version of a registered model.

    Attributes:
        name: Name of the registered model.
        version: Number of the version, as text.
        creation_timestamp: Milliseconds since the epoch.
        last_updated_timestamp: Milliseconds since the epoch.
        description: Text for people; `None` if it was removed.
        user_id: Who registered it, as far as that is known.
        current_stage: `None`, `Staging`, `Production` or `Archived`, as text.
        source: URI that it was registered from.
        run_id: Run that made it; empty if none was named.
        status: `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`.
        status_message: Why it failed, if it did.
        tags: Tags as a dictionary.
        run_link: Where the run can be looked at.
        aliases: Names that point to it; empty in rows of a search.
        model_id: Logged model that it was registered from.
        params: Parameters of that model, where they are asked for.
        metrics: Metrics of that model, where they are asked for.
        deployment_job_state: Always `None` here.
        workspace: Always the one that there is.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    description: str | None = None
    user_id: str | None = None
    current_stage: str | None = None
    source: str | None = None
    run_id: str | None = None
    status: str = "READY"
    status_message: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    run_link: str | None = None
    aliases: list[str] = field(default_factory=list)
    model_id: str | None = None
    params: list[LoggedModelParameter] | None = None
    metrics: list[Metric] | None = None
    deployment_job_state: Any = None
    workspace: str | None = None

    def __init__(
        self,
        name: str,
        version: str,
        creation_timestamp: int,
        last_updated_timestamp: int | None = None,
        description: str | None = None,
        user_id: str | None = None,
        current_stage: str | None = None,
        source: str | None = None,
        run_id: str | None = None,
        status: str = "READY",
        status_message: str | None = None,
        tags: Iterable[ModelVersionTag] | Mapping[str, str] | None = None,
        run_link: str | None = None,
        aliases: Iterable[str] | None = None,
        model_id: str | None = None,
        params: list[LoggedModelParameter] | None = None,
        metrics: list[Metric] | None = None,
        deployment_job_state: Any = None,
        workspace: str | None = None,
    ) -> None:
        self.__dict__.update(
            name=name,
            version=str(version),
            creation_timestamp=creation_timestamp,
            last_updated_timestamp=last_updated_timestamp,
            description=description,
            user_id=user_id,
            current_stage=current_stage,
            source=source,
            run_id=run_id,
            status=status,
            status_message=status_message,
            tags=dict(tags) if isinstance(tags, Mapping) else {tag.key: tag.value for tag in tags or ()},
            run_link=run_link,
            aliases=list(aliases or ()),
            model_id=model_id,
            params=params,
            metrics=metrics,
            deployment_job_state=deployment_job_state,
            workspace=workspace,
        )
