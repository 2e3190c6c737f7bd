"""What this process knows of the runs and logged models that it started, from what it recorded.

While the server is away this is what is answered about them; the server knows no more of them than was recorded here,
unless others write to them as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from mlflow._base.clock import now_ms
from mlflow._journal.records import (
    ArtifactStored,
    Logged,
    ModelCreated,
    ModelFinalized,
    ModelParamsLogged,
    ModelTagDeleted,
    ModelTagged,
    Record,
    RunCreated,
    RunRewound,
    RunUpdated,
    TableExtended,
    TagDeleted,
)
from mlflow._storage.owners import model_uri, run_uri, split_owner
from mlflow._storage.run_names import RUN_NAME
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_data import RunData
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag

MOST_OWNERS = 1_000
"""Most runs, and most models, that are remembered; the first ones are forgotten first."""


class StoredFile(NamedTuple):
    """A file that was given to the journal.

    Attributes:
        spooled: Name of its copy in the spool, which is there until the server has it; empty for a table that
            rows were added to.
        size: Bytes; `None` for such a table.
    """

    spooled: str
    size: int | None


Files = dict[str, StoredFile]
"""Everything that was stored below the root of a run or model, by path."""


@dataclass
class _RunMemory:
    info: RunInfo
    metrics: dict[str, Metric] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    files: Files = field(default_factory=dict)


@dataclass
class _ModelMemory:
    model: LoggedModel
    tags: dict[str, str]
    params: dict[str, str]
    files: Files = field(default_factory=dict)


class Memory:
    """What was recorded about runs and models that were started here. `note` is not called by two threads at once."""

    def __init__(self) -> None:
        self._runs: dict[str, _RunMemory] = {}
        self._models: dict[str, _ModelMemory] = {}
        self._notes: dict[type[Any], Callable[[Any], None]] = {
            RunCreated: self._create_run,
            RunUpdated: self._update_run,
            RunRewound: self._forget_run,
            Logged: self._log,
            TagDeleted: self._delete_tag,
            ModelCreated: self._create_model,
            ModelFinalized: self._finalize_model,
            ModelTagged: self._tag_model,
            ModelTagDeleted: self._delete_model_tag,
            ModelParamsLogged: self._log_model_params,
            ArtifactStored: self._store_file,
            TableExtended: self._extend_table,
        }

    def note(self, record: Record) -> None:
        """Takes in what is recorded."""
        noted = self._notes.get(type(record))
        if noted is not None:
            noted(record)

    def run(self, run_id: str) -> Run | None:
        """A run that was started here, with its latest metrics; without inputs and outputs."""
        known = self._runs.get(run_id)
        if known is None:
            return None
        return Run(
            known.info,
            RunData(
                list(known.metrics.values()),
                [Param(*pair) for pair in list(known.params.items())],
                [RunTag(*pair) for pair in list(known.tags.items())],
            ),
        )

    def model(self, model_id: str) -> LoggedModel | None:
        """A logged model that was made here, without metrics."""
        known = self._models.get(model_id)
        if known is None:
            return None
        return LoggedModel(**{**dict(known.model), "tags": dict(known.tags), "params": dict(known.params)})

    def models_of(self, run_id: str) -> list[LoggedModel] | None:
        """The models that a run made which was started here, newest first; `None` for other runs."""
        if run_id not in self._runs:
            return None
        ids = [id_ for id_, known in list(self._models.items()) if known.model.source_run_id == run_id]
        return [model for id_ in reversed(ids) if (model := self.model(id_)) is not None]

    def files(self, scheme: str, owner: str) -> Files | None:
        """Everything that was stored for a run (`runs`) or model (`models`) that was started here; `None` for others."""
        known = self._owner(scheme, owner)
        return None if known is None else dict(known.files)

    def _owner(self, scheme: str, owner: str) -> _RunMemory | _ModelMemory | None:
        if scheme == "runs":
            return self._runs.get(owner)
        return self._models.get(owner) if scheme == "models" else None

    def _create_run(self, record: RunCreated) -> None:
        self._runs[record.run_id] = _RunMemory(run_of(record).info, tags=dict(record.tags))
        if len(self._runs) > MOST_OWNERS:
            del self._runs[next(iter(self._runs))]

    def _update_run(self, record: RunUpdated) -> None:
        known = self._runs.get(record.run_id)
        if known is None:
            return
        known.info = replace(
            known.info,
            status=known.info.status if record.status is None else RunStatus.to_string(record.status),
            end_time=known.info.end_time if record.end_time is None else record.end_time,
            run_name=record.run_name or known.info.run_name,
        )
        if record.run_name:
            known.tags[RUN_NAME] = record.run_name

    def _forget_run(self, record: RunRewound) -> None:
        """What its metrics were at the earlier step is not known here."""
        self._runs.pop(record.run_id, None)

    def _log(self, record: Logged) -> None:
        known = self._runs.get(record.run_id)
        if known is None:
            return
        for key, value, timestamp, step, *_ in record.metrics:
            latest = known.metrics.get(key)
            if latest is None or (step, timestamp, value) >= (latest.step, latest.timestamp, latest.value):
                known.metrics[key] = Metric(key, value, timestamp, step)
        for key, text in record.params:
            known.params.setdefault(key, text)  # the server refuses another value
        known.tags.update(record.tags)

    def _delete_tag(self, record: TagDeleted) -> None:
        if record.run_id in self._runs:
            self._runs[record.run_id].tags.pop(record.key, None)

    def _create_model(self, record: ModelCreated) -> None:
        self._models[record.model_id] = _ModelMemory(model_of(record), dict(record.tags), dict(record.params))
        if len(self._models) > MOST_OWNERS:
            del self._models[next(iter(self._models))]

    def _finalize_model(self, record: ModelFinalized) -> None:
        known = self._models.get(record.model_id)
        if known is not None:
            changes = {"status": LoggedModelStatus(record.status), "last_updated_timestamp": now_ms()}
            known.model = LoggedModel(**{**dict(known.model), **changes})

    def _tag_model(self, record: ModelTagged) -> None:
        if record.model_id in self._models:
            self._models[record.model_id].tags.update(record.tags)

    def _delete_model_tag(self, record: ModelTagDeleted) -> None:
        if record.model_id in self._models:
            self._models[record.model_id].tags.pop(record.key, None)

    def _log_model_params(self, record: ModelParamsLogged) -> None:
        if record.model_id in self._models:
            self._models[record.model_id].params.update(record.params)

    def _store_file(self, record: ArtifactStored) -> None:
        scheme, owner, folder = split_owner(record.root)
        known = self._owner(scheme, owner)
        if known is not None:
            path = f"{folder}/{record.key}" if folder else record.key
            known.files[path] = StoredFile(record.spooled, record.size)

    def _extend_table(self, record: TableExtended) -> None:
        if record.run_id in self._runs:
            self._runs[record.run_id].files[record.key] = StoredFile("", None)


def run_of(start: RunCreated) -> Run:
    """A run as its start was recorded. Where its files will lie is the server's to say."""
    return Run(
        RunInfo(
            run_id=start.run_id,
            experiment_id=start.experiment_id,
            user_id=start.user_id or "",
            status=RunStatus.to_string(RunStatus.RUNNING),
            start_time=start.start_time,
            end_time=None,
            lifecycle_stage=LifecycleStage.ACTIVE,
            artifact_uri=run_uri(start.run_id),
            run_name=start.run_name,
        ),
        RunData(tags=[RunTag(*tag) for tag in start.tags]),
    )


def model_of(creation: ModelCreated) -> LoggedModel:
    """A logged model as its creation is recorded now."""
    now = now_ms()
    return LoggedModel(
        experiment_id=creation.experiment_id,
        model_id=creation.model_id,
        name=creation.name,
        artifact_location=model_uri(creation.model_id),
        creation_timestamp=now,
        last_updated_timestamp=now,
        model_type=creation.model_type,
        source_run_id=creation.source_run_id,
        status=LoggedModelStatus.PENDING,
        tags=creation.tags,
        params=creation.params,
    )
