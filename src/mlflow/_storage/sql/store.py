"""A store on a SQL database: the nouns, put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mlflow._artifacts.interface import ArtifactStore
from mlflow._base.clock import now_ms
from mlflow._storage.interface.settings import ArtifactPlace
from mlflow._storage.owners import place_of_owner
from mlflow._storage.sql.comments import SqlComments
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.decisions import SqlDecisions
from mlflow._storage.sql.dialects import Dialect, translating
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.experiments import DEFAULT_NAME, SqlExperiments
from mlflow._storage.sql.figures import Figures
from mlflow._storage.sql.guards import Guards
from mlflow._storage.sql.inputs import SqlInputs
from mlflow._storage.sql.leases import SqlLeases
from mlflow._storage.sql.ledger import Ledger
from mlflow._storage.sql.logged_models import SqlLoggedModels
from mlflow._storage.sql.metrics import SqlMetrics
from mlflow._storage.sql.model_versions import SqlModelVersions
from mlflow._storage.sql.params import SqlParams
from mlflow._storage.sql.policies import SqlPolicies
from mlflow._storage.sql.registered_models import SqlRegisteredModels
from mlflow._storage.sql.runs import SqlRuns
from mlflow._storage.sql.schema import migrate
from mlflow._storage.sql.segments import SqlSegments
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.sql.tables import SqlTables
from mlflow._storage.sql.tags import SqlTags
from mlflow._storage.sql.transition_requests import SqlTransitionRequests
from mlflow._storage.sql.trash import SqlTrash
from mlflow._storage.sql.webhooks import SqlWebhooks
from mlflow._storage.sql.writer import Operation
from mlflow.exceptions import ResourceDoesNotExist

T = TypeVar("T")


class SqlStore:
    """A store on a SQL database.

    Opening it makes the database where there is none, and brings an older one up to date.

    Args:
        dialect: Which database.
        uri: URI that the user gave for it.
        artifact_root: Where a new database keeps artifacts: a URI, or a path.
        proxied: Whether artifacts are reached through this process.

    Raises:
        StorageUnavailable: The database cannot be used.
        InvalidParameterValue: It belongs to something else.
        InvalidState: It was made by a newer version.
    """

    def __init__(self, dialect: Dialect, uri: str, artifact_root: str, *, proxied: bool = False) -> None:
        self.uri = uri
        self.engine = engine = Engine(dialect)
        self.settings = settings = SqlSettings(engine, proxied=proxied)
        self._guards = guards = Guards(engine)
        self.experiments = SqlExperiments(engine, settings, guards)
        self.runs = SqlRuns(engine, settings, guards)
        self.metrics = SqlMetrics(engine)
        self.params = SqlParams(engine)
        self.tags = SqlTags(engine)
        self.inputs = SqlInputs(engine)
        self.logged_models = SqlLoggedModels(engine, settings, guards)
        self.tables = SqlTables(engine, settings)
        self.leases = SqlLeases(engine)
        self.segments = SqlSegments(engine)
        ledger = Ledger(engine)
        self.registered_models = SqlRegisteredModels(engine, ledger, guards)
        self.model_versions = SqlModelVersions(engine, ledger, self.logged_models, guards)
        self.decisions = SqlDecisions(engine, ledger)
        self.trash = SqlTrash(engine, settings)
        self.policies = SqlPolicies(engine, ledger)
        self.transition_requests = SqlTransitionRequests(engine, ledger, self.decisions)
        self.comments = SqlComments(engine, ledger)
        self.webhooks = SqlWebhooks(engine)
        self.is_new = False
        try:
            with translating(dialect):
                dialect.create()
                with engine.reading() as cx:
                    migrate(cx, dialect, engine.writer)
                    empty = cx.one("SELECT 1 FROM setting WHERE name = 'artifact_root'") is None
                if empty:
                    self.is_new = engine.write(lambda cx: _fill(cx, dialect, settings, artifact_root))
                engine.token_key = settings.token_key()
        except BaseException:
            engine.close()
            raise

    def write(
        self, work: Callable[[], T], delivered: Callable[[Operation[T]], None], run_id: str = ""
    ) -> None:
        """Queues calls that write, for a server that must not wait.

        Args:
            work: Calls methods of this store; what they write becomes durable all together. It may be called again
                after it lost to another process, so it must have no other effects.
            delivered: Called in another thread once it is durable or has failed.
            run_id: The run that is written to, if there is one: where several processes share a database, all lock
                their runs in the order of their ids, so that none waits for the other in a circle.
        """
        self.engine.submit(work, delivered, run_id)

    def interrupt_reads(self, seconds: float) -> int:
        """Ends reads of other threads that have taken longer; they fail. Returns how many there were."""
        return self.engine.interrupt_reads(seconds)

    def figures(self) -> Figures:
        """What this process has done with the database so far."""
        return self.engine.figures()

    def artifacts(self, uri: str) -> ArtifactStore:
        from mlflow._artifacts.open import open_artifacts

        return open_artifacts(self.settings.place_of(place_of_owner(self, uri)).uri)

    def check_deletable(self, uri: str) -> None:
        """Refuses to have artifacts deleted that a protected version stands on.

        Args:
            uri: What is to be deleted: a URI that this store gave out, or one below it.

        Raises:
            ResourceConflict: A version needs them.
        """
        self._guards.check_artifacts(self.settings.place_of(uri), self._place_of_version)

    def _place_of_version(self, name: str, version: str) -> ArtifactPlace | None:
        """Where the files of a version are; `None` where its run or model is not in this store."""
        try:
            return self.settings.place_of(
                place_of_owner(self, self.model_versions.download_uri(name, version))
            )
        except ResourceDoesNotExist:
            return None

    def close(self) -> None:
        self.engine.close()


def _fill(cx: Connection, dialect: Dialect, settings: SqlSettings, artifact_root: str) -> bool:
    """Puts into a new database what every store has; returns whether it was new."""
    dialect.lock_schema(cx)
    if cx.one("SELECT 1 FROM setting WHERE name = 'artifact_root'") is not None:
        return False
    root = cx.one(
        "INSERT INTO artifact_root (uri) VALUES (?) RETURNING id", (settings.stored_form(artifact_root),)
    )
    assert root is not None  # RETURNING answers a row
    cx.run("INSERT INTO setting (name, value) VALUES ('artifact_root', ?)", (str(root[0]),))
    now = now_ms()
    cx.run(
        "INSERT INTO experiment (id, name, root, location, created_ms, updated_ms) VALUES (0, ?, ?, '0', ?, ?)",
        (DEFAULT_NAME, root[0], now, now),
    )
    return True


def default_artifact_root(dialect: Dialect, folder_name: str) -> str:
    """Where a database keeps artifacts unless told otherwise: beside itself, or in the current folder."""
    return str(Path(dialect.folder or Path.cwd(), folder_name))
