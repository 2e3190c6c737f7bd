"""What a journal records: one structure for each call, an array in MessagePack that begins with its name.

Each knows how to be sent to a store. Sending one twice does what sending it once does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mlflow._storage.experiment_names import create_or_find
from mlflow._storage.owners import model_uri
from mlflow.entities.dataset import Dataset
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput, LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import ExperimentTag, InputTag, RunTag
from mlflow.exceptions import MlflowException

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store

Pair = tuple[str, str]
Point = tuple[str, float, int, int, str | None, str | None, str | None]
"""Key, value, timestamp, step, model, name and digest of the dataset."""
LAST_LEASE_MS = 60_000
"""How long the server waits for a sign of a run that a process has left open which is gone."""
_BY_NAME = "name:"


class Entry(msgspec.Struct, array_like=True, tag=True):
    """A call that was recorded."""

    def send(self, store: Store) -> None:
        """Makes the call."""
        raise NotImplementedError  # each kind of record makes its own; a struct cannot be abstract


class ExperimentCreated(Entry, tag="create_experiment"):
    """`experiments.create`; one of that name that exists already is as good."""

    name: str
    artifact_location: str | None
    tags: list[Pair]

    def send(self, store: Store) -> None:
        try:
            store.experiments.create(
                self.name, self.artifact_location, [ExperimentTag(*tag) for tag in self.tags]
            )
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise


class ExperimentTagged(Entry, tag="set_experiment_tag"):
    """`experiments.set_tag`."""

    experiment_id: str
    key: str
    value: str

    def send(self, store: Store) -> None:
        store.experiments.set_tag(
            experiment_in(store, self.experiment_id), ExperimentTag(self.key, self.value)
        )


class RunCreated(Entry, tag="create_run"):
    """`runs.create`; the experiment is an id with its name, where that is known, or `name:` and a name."""

    run_id: str
    experiment_id: str
    experiment_name: str | None
    user_id: str | None
    start_time: int
    tags: list[Pair]
    run_name: str

    def send(self, store: Store) -> None:
        store.runs.create(
            experiment_in(store, self.experiment_id),
            self.user_id,
            self.start_time,
            [RunTag(*tag) for tag in self.tags],
            self.run_name,
            self.run_id,
        )


class Logged(Entry, tag="log"):
    """`runs.log_batch`, `metrics.log`, `params.log` and `tags.set`."""

    run_id: str
    metrics: list[Point] = []
    params: list[Pair] = []
    tags: list[Pair] = []

    def send(self, store: Store) -> None:
        store.runs.log_batch(
            self.run_id,
            [Metric(*point) for point in self.metrics],
            [Param(*param) for param in self.params],
            [RunTag(*tag) for tag in self.tags],
        )


class RunUpdated(Entry, tag="update_run"):
    """`runs.update`."""

    run_id: str
    status: int | None
    end_time: int | None
    run_name: str | None

    def send(self, store: Store) -> None:
        store.runs.update(self.run_id, self.status, self.end_time, self.run_name)


class RunLost(Entry, tag="lose_run"):
    """A run whose process is gone without ending it: unless somebody else goes on with it, it is lost in a minute.

    Attributes:
        run_id: The run.
        seen_ms: Last sign of the process, in milliseconds since the epoch.
    """

    run_id: str
    seen_ms: int

    def send(self, store: Store) -> None:
        store.leases.renew([self.run_id], LAST_LEASE_MS, self.seen_ms)


class RunRewound(Entry, tag="rewind_run"):
    """`segments.rewind`."""

    run_id: str
    after_step: int
    name: str

    def send(self, store: Store) -> None:
        store.segments.rewind(self.run_id, self.after_step, self.name)


class TagDeleted(Entry, tag="delete_tag"):
    """`tags.delete`; a tag that is gone already is as good."""

    run_id: str
    key: str

    def send(self, store: Store) -> None:
        run = store.runs.get(self.run_id)
        if self.key in run.data.tags:
            store.tags.delete(self.run_id, self.key)


class DatasetUse(msgspec.Struct, array_like=True):
    """A dataset as a run used it."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    tags: list[Pair]


class InputsLogged(Entry, tag="log_inputs"):
    """`inputs.log_inputs`."""

    run_id: str
    datasets: list[DatasetUse]
    model_ids: list[str]

    def send(self, store: Store) -> None:
        store.inputs.log_inputs(
            self.run_id,
            [
                DatasetInput(
                    Dataset(use.name, use.digest, use.source_type, use.source, use.schema, use.profile),
                    [InputTag(*tag) for tag in use.tags],
                )
                for use in self.datasets
            ],
            [LoggedModelInput(model_id) for model_id in self.model_ids],
        )


class OutputsLogged(Entry, tag="log_outputs"):
    """`inputs.log_outputs`: ids of models, and steps."""

    run_id: str
    models: list[tuple[str, int]]

    def send(self, store: Store) -> None:
        store.inputs.log_outputs(self.run_id, [LoggedModelOutput(*model) for model in self.models])


class ModelCreated(Entry, tag="create_model"):
    """`logged_models.create`; the experiment as for runs."""

    model_id: str
    experiment_id: str
    experiment_name: str | None
    name: str
    model_type: str | None
    source_run_id: str | None
    params: dict[str, str]
    tags: dict[str, str]

    def send(self, store: Store) -> None:
        store.logged_models.create(
            experiment_in(store, self.experiment_id),
            self.name,
            self.model_type,
            self.source_run_id,
            self.params,
            self.tags,
            self.model_id,
        )


class ModelFinalized(Entry, tag="finalize_model"):
    """`logged_models.finalize`."""

    model_id: str
    status: str

    def send(self, store: Store) -> None:
        store.logged_models.finalize(self.model_id, LoggedModelStatus(self.status))


class ModelTagged(Entry, tag="set_model_tags"):
    """`logged_models.set_tags`."""

    model_id: str
    tags: dict[str, str]

    def send(self, store: Store) -> None:
        store.logged_models.set_tags(self.model_id, self.tags)


class ModelParamsLogged(Entry, tag="log_model_params"):
    """`logged_models.log_params`."""

    model_id: str
    params: dict[str, str]

    def send(self, store: Store) -> None:
        store.logged_models.log_params(self.model_id, self.params)


class ModelTagDeleted(Entry, tag="delete_model_tag"):
    """`logged_models.delete_tag`; a tag that is gone already is as good."""

    model_id: str
    key: str

    def send(self, store: Store) -> None:
        if self.key in store.logged_models.get(self.model_id).tags:
            store.logged_models.delete_tag(self.model_id, self.key)


class ModelRegistered(Entry, tag="register_model"):
    """A logged model becomes the next version of a registered model, which is made where there is none.

    One that is a version of it already, because an answer got lost, is as good.
    """

    model_id: str
    name: str

    def send(self, store: Store) -> None:
        try:
            store.registered_models.create(self.name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = model_uri(self.model_id)
        token: str | None = None
        while True:
            page = store.model_versions.search(f"name = '{self.name}'", 1000, page_token=token)
            if any(version.source == source for version in page):
                return
            token = page.token
            if not token:
                break
        store.model_versions.create(self.name, source)


class ArtifactStored(Entry, tag="store_artifact"):
    """A file that waits in the spool.

    Attributes:
        root: URI of the artifact store, usually `runs:/<run id>` or `models:/<model id>`.
        key: Path of the file in it.
        spooled: Name of its copy in the folder `spool`.
        size: Bytes.
        sha256: Digest of the copy, in hexadecimal digits.
    """

    root: str
    key: str
    spooled: str
    size: int
    sha256: str


class TableExtended(Entry, tag="log_table"):
    """Rows for a table among the artifacts of a run, which is made where there is none.

    Attributes:
        run_id: The run.
        key: Path of the table.
        spooled: Name of a table of these rows in the folder `spool`.
        size: Bytes of it.
        sha256: Digest of it, in hexadecimal digits.
    """

    run_id: str
    key: str
    spooled: str
    size: int
    sha256: str


Record = (
    ExperimentCreated
    | ExperimentTagged
    | RunCreated
    | Logged
    | RunUpdated
    | RunLost
    | RunRewound
    | TagDeleted
    | InputsLogged
    | OutputsLogged
    | ModelCreated
    | ModelFinalized
    | ModelTagged
    | ModelParamsLogged
    | ModelTagDeleted
    | ModelRegistered
    | ArtifactStored
    | TableExtended
)

encode = msgspec.msgpack.Encoder().encode
"""A record as bytes."""
_decode = msgspec.msgpack.Decoder(Record).decode


def decode(payload: bytes) -> Record | None:
    """Bytes as a record; `None` when they are none that this version knows."""
    try:
        record: Record = _decode(payload)
    except msgspec.DecodeError:
        return None
    return record


def experiment_named(name: str) -> str:
    """Stands for the id of an experiment that could not be asked for."""
    return f"{_BY_NAME}{name}"


def name_in(experiment_id: str) -> str | None:
    """Name of the experiment that an id stands for; `None` for real ids."""
    return experiment_id.removeprefix(_BY_NAME) if experiment_id.startswith(_BY_NAME) else None


def experiment_in(store: Store, experiment_id: str) -> str:
    """Real id of an experiment, which is made if it is named and there is none."""
    name = name_in(experiment_id)
    if name is None:
        return experiment_id
    return (store.experiments.find(name) or create_or_find(store, name)).experiment_id
