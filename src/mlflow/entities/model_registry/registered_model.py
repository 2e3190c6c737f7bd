"""A name under which versions of a model are registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.registered_model_alias import RegisteredModelAlias
from mlflow.entities.model_registry.tag import RegisteredModelTag


@dataclass(frozen=True, init=False)
class RegisteredModel(_MlflowObject):
    """A name under which versions of a model are registered.

    Attributes:
        name: The name.
        creation_timestamp: Milliseconds since the epoch.
        last_updated_timestamp: Milliseconds since the epoch.
        description: Text for people.
        latest_versions: The newest version of each stage.
        tags: Tags as a dictionary.
        aliases: Number of the version, as text, that each alias points to.
        deployment_job_id: Always `None` here.
        deployment_job_state: Always `None` here.
        workspace: Always the one that there is.
    """

    name: str
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    deployment_job_id: str | None = None
    deployment_job_state: Any = None
    workspace: str | None = None

    def __init__(
        self,
        name: str,
        creation_timestamp: int | None = None,
        last_updated_timestamp: int | None = None,
        description: str | None = None,
        latest_versions: Iterable[ModelVersion] | None = None,
        tags: Iterable[RegisteredModelTag] | Mapping[str, str] | None = None,
        aliases: Iterable[RegisteredModelAlias] | Mapping[str, str] | None = None,
        deployment_job_id: str | None = None,
        deployment_job_state: Any = None,
        workspace: str | None = None,
    ) -> None:
        self.__dict__.update(
            name=name,
            creation_timestamp=creation_timestamp,
            last_updated_timestamp=last_updated_timestamp,
            description=description,
            latest_versions=list(latest_versions or ()),
            tags=dict(tags) if isinstance(tags, Mapping) else {tag.key: tag.value for tag in tags or ()},
            aliases=(
                dict(aliases)
                if isinstance(aliases, Mapping)
                else {item.alias: item.version for item in aliases or ()}
            ),
            deployment_job_id=deployment_job_id,
            deployment_job_state=deployment_job_state,
            workspace=workspace,
        )
