"""A store on a server that is reached through a journal: the nouns, put together."""

from __future__ import annotations

import threading
from pathlib import Path

from mlflow._base.logs import get_logger
from mlflow._base.uri import redact_uri
from mlflow._journal.artifacts import JournaledArtifacts
from mlflow._journal.calls import JournaledCalls
from mlflow._journal.delivery import is_refusal
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.inputs import JournaledInputs
from mlflow._journal.journal import Journal
from mlflow._journal.logged_models import JournaledLoggedModels
from mlflow._journal.metrics import JournaledMetrics
from mlflow._journal.params import JournaledParams
from mlflow._journal.records import ModelRegistered, Record
from mlflow._journal.runs import JournaledRuns
from mlflow._journal.segments import JournaledSegments
from mlflow._journal.sender import Sender
from mlflow._journal.tags import JournaledTags
from mlflow._storage.owners import run_uri
from mlflow._storage.rest.store import RestStore
from mlflow._storage.rest.transport import HttpTransport
from mlflow.exceptions import MlflowException

ASK_S = 5.0
"""How long a training waits for the answer to what only the server knows, such as the id of an experiment."""


class JournalStore(RestStore):
    """A store on a server that is reached through a journal.

    What logs is recorded, and returns without a look at the network. What reads waits for what was logged before
    it, and asks the server; while that is away, runs and models that this process started are answered from what it
    recorded. All else, such as deleting a run, asks the server.

    Args:
        uri: Address of the server.
        root: Folder of journals.
    """

    experiments: JournaledExperiments
    runs: JournaledRuns

    def __init__(self, uri: str, root: Path) -> None:
        wake = threading.Event()
        self.journal = Journal(root, redact_uri(uri), wake)
        self.sender = Sender(self.journal, RestStore(uri, HttpTransport(uri, max_retries=0)), wake)
        transport = HttpTransport(uri)
        super().__init__(uri, transport, JournaledCalls(transport, self.sender))
        # As the server has it; what is below answers from memory as well.
        self._behind = RestStore(uri, transport, self.calls)
        impatient = HttpTransport(uri, max_retries=0, timeout_s=ASK_S)
        once = JournaledCalls(impatient, self.sender)
        self.experiments = experiments = JournaledExperiments(
            JournaledCalls(impatient, self.sender, settles=False), self._append
        )
        self.runs = JournaledRuns(self.calls, once, experiments, self.journal, self._append)
        self.metrics = JournaledMetrics(self.calls, self._append)
        self.params = JournaledParams(self.calls, self._append)
        self.tags = JournaledTags(self.calls, self._append)
        self.segments = JournaledSegments(self.calls, self._append)
        self.inputs = JournaledInputs(self.calls, self._append)
        self.logged_models = JournaledLoggedModels(self.calls, once, experiments, self.journal, self._append)

    def artifacts(self, uri: str) -> JournaledArtifacts:
        return JournaledArtifacts(uri, self.journal, self._append, lambda: self._behind.artifacts(uri))

    def extend_table(self, run_id: str, key: str, rows: bytes) -> None:
        """Adds rows to a table of a run.

        Args:
            run_id: The run.
            key: Path of the table among the artifacts.
            rows: A table of these rows, in the form that the ending of the path asks for.
        """
        self.artifacts(run_uri(run_id)).extend_table(run_id, key, rows)

    def register_later(self, model_id: str, name: str) -> None:
        """Makes a logged model the next version of a registered model, as soon as the server is back."""
        self._append(ModelRegistered(model_id, name))

    def is_away(self, error: MlflowException) -> bool:
        """Whether an error says that what was asked for may be had later: no server, or the journal is not sent yet."""
        return not is_refusal(error) or (
            error.error_code == "RESOURCE_DOES_NOT_EXIST" and self.sender.pending > 0
        )

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
