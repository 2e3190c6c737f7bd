"""A store on a server that is reached through a journal: the nouns, put together."""

from __future__ import annotations

import threading
from pathlib import Path

from mlflow._artifacts.interface import ArtifactStore
from mlflow._base.logs import get_logger
from mlflow._base.uri import redact_uri
from mlflow._journal.artifacts import JournaledArtifacts
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.inputs import JournaledInputs
from mlflow._journal.journal import Journal
from mlflow._journal.logged_models import JournaledLoggedModels
from mlflow._journal.metrics import JournaledMetrics
from mlflow._journal.params import JournaledParams
from mlflow._journal.records import Record
from mlflow._journal.runs import JournaledRuns
from mlflow._journal.segments import JournaledSegments
from mlflow._journal.sender import Sender
from mlflow._journal.tags import JournaledTags
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.store import RestStore
from mlflow._storage.rest.transport import HttpTransport

SETTLE_S = 10.0
"""How long reading waits for what was logged before it, as long as the server takes calls."""
ASK_S = 5.0
"""How long a training waits for the answer to what only the server knows, such as the id of an experiment."""


class JournalStore(RestStore):
    """A store on a server that is reached through a journal.

    What logs is recorded, and returns without a look at the network. What reads waits for what was logged before
    it, and asks the server. All else, such as deleting a run, does the same.

    Args:
        uri: Address of the server.
        root: Folder of journals.
    """

    runs: JournaledRuns

    def __init__(self, uri: str, root: Path) -> None:
        super().__init__(uri, before=self._settle)
        wake = threading.Event()
        self.journal = Journal(root, redact_uri(uri), wake)
        self.sender = Sender(self.journal, RestStore(uri, HttpTransport(uri, max_retries=0)), wake)
        once = Calls(HttpTransport(uri, max_retries=0, timeout_s=ASK_S))
        self.experiments = experiments = JournaledExperiments(once, self._append)
        self.runs = JournaledRuns(self.calls, experiments, self.journal, self._append)
        self.metrics = JournaledMetrics(self.calls, self._append)
        self.params = JournaledParams(self.calls, self._append)
        self.tags = JournaledTags(self.calls, self._append)
        self.segments = JournaledSegments(self.calls, self._append)
        self.inputs = JournaledInputs(self.calls, self._append)
        self.logged_models = JournaledLoggedModels(self.calls, experiments, self._append)

    def artifacts(self, uri: str) -> ArtifactStore:
        def behind() -> ArtifactStore:
            self._settle()
            return RestStore.artifacts(self, uri)

        return JournaledArtifacts(uri, self.journal, self._append, behind)

    def finish(self, seconds: float) -> None:
        """Waits for the backlog at the end of a process, and says where it is if it cannot be sent.

        Args:
            seconds: How long at most.
        """
        done = self.sender.wait(seconds, with_others=True)
        self.sender.stop()
        if not self.journal.is_made:
            return
        self.journal.close()
        folder = self.journal.folder
        if done and not folder.refused():
            folder.remove()
            return
        folder.let_go()
        if not done:
            get_logger("mlflow.journal").warning(
                "%d calls could not be sent to %s and wait in %s. Send them with: mlflow sync %s",
                self.sender.pending,
                self.journal.server,
                folder.path,
                folder.path.parent,
            )

    def close(self) -> None:
        self.finish(0)
        super().close()

    def _append(self, record: Record) -> None:
        self.journal.append(record)
        self.sender.start()

    def _settle(self) -> None:
        if self.sender.pending:
            self.sender.wait(SETTLE_S, while_healthy=True)
