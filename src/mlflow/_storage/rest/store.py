"""A store on a server: the nouns, put together."""

from __future__ import annotations

import os
import weakref

from mlflow._artifacts.interface import ArtifactStore
from mlflow._storage.owners import place_of_owner
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.comments import RestComments
from mlflow._storage.rest.decisions import RestDecisions
from mlflow._storage.rest.experiments import RestExperiments
from mlflow._storage.rest.inputs import RestInputs
from mlflow._storage.rest.leases import RestLeases
from mlflow._storage.rest.logged_models import RestLoggedModels
from mlflow._storage.rest.metrics import RestMetrics
from mlflow._storage.rest.model_versions import RestModelVersions
from mlflow._storage.rest.params import RestParams
from mlflow._storage.rest.policies import RestPolicies
from mlflow._storage.rest.registered_models import RestRegisteredModels
from mlflow._storage.rest.runs import RestRuns
from mlflow._storage.rest.segments import RestSegments
from mlflow._storage.rest.settings import RestSettings
from mlflow._storage.rest.tables import RestTables
from mlflow._storage.rest.tags import RestTags
from mlflow._storage.rest.transition_requests import RestTransitionRequests
from mlflow._storage.rest.transport import HttpTransport
from mlflow._storage.rest.webhooks import RestWebhooks


class RestStore:
    """A store on a server. Opening it asks nothing yet.

    Args:
        uri: Address of the server.
        transport: How it is asked; as configured by default.
        calls: The calls of all but leases and settings; plain ones by default.
    """

    def __init__(
        self,
        uri: str,
        transport: HttpTransport | None = None,
        calls: Calls | None = None,
    ) -> None:
        self.uri = uri
        self.transport = transport or HttpTransport(uri)
        self.calls = calls = calls or Calls(self.transport)
        self.experiments = RestExperiments(calls)
        self.runs = RestRuns(calls)
        self.metrics = RestMetrics(calls)
        self.params = RestParams(calls)
        self.tags = RestTags(calls)
        self.inputs = RestInputs(calls)
        self.logged_models = RestLoggedModels(calls)
        self.leases = RestLeases(Calls(self.transport))
        self.segments = RestSegments(calls)
        self.registered_models = RestRegisteredModels(calls)
        self.model_versions = RestModelVersions(calls)
        self.tables = RestTables(calls)
        self.decisions = RestDecisions(calls)
        self.policies = RestPolicies(calls)
        self.transition_requests = RestTransitionRequests(calls)
        self.comments = RestComments(calls)
        self.webhooks = RestWebhooks(calls)
        self.settings = RestSettings(self.transport, self.experiments)
        _transports.add(self.transport)

    def artifacts(self, uri: str) -> ArtifactStore:
        from mlflow._artifacts.open import open_artifacts

        return open_artifacts(place_of_owner(self, uri), transport=self.transport)

    def close(self) -> None:
        self.transport.close()


_transports: weakref.WeakSet[HttpTransport] = weakref.WeakSet()


def _after_fork() -> None:
    for transport in list(_transports):
        transport.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
