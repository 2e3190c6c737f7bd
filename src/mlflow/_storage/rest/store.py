"""A store on a server: the nouns, put together."""

from __future__ import annotations

import os
import weakref

from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.experiments import RestExperiments
from mlflow._storage.rest.inputs import RestInputs
from mlflow._storage.rest.logged_models import RestLoggedModels
from mlflow._storage.rest.metrics import RestMetrics
from mlflow._storage.rest.params import RestParams
from mlflow._storage.rest.runs import RestRuns
from mlflow._storage.rest.settings import RestSettings
from mlflow._storage.rest.tags import RestTags
from mlflow._storage.rest.transport import HttpTransport


class RestStore:
    """A store on a server. Opening it asks nothing yet.

    Args:
        uri: Address of the server.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.transport = HttpTransport(uri)
        calls = Calls(self.transport)
        self.experiments = RestExperiments(calls)
        self.runs = RestRuns(calls)
        self.metrics = RestMetrics(calls)
        self.params = RestParams(calls)
        self.tags = RestTags(calls)
        self.inputs = RestInputs(calls)
        self.logged_models = RestLoggedModels(calls)
        self.settings = RestSettings(self.transport, self.experiments)
        _transports.add(self.transport)

    def close(self) -> None:
        self.transport.close()


_transports: weakref.WeakSet[HttpTransport] = weakref.WeakSet()


def _after_fork() -> None:
    for transport in list(_transports):
        transport.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
