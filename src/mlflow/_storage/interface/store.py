"""Contract: a store is the sum of its nouns."""

from __future__ import annotations

from typing import Protocol

from mlflow._artifacts.interface import ArtifactStore
from mlflow._storage.interface.comments import CommentStore
from mlflow._storage.interface.decisions import DecisionStore
from mlflow._storage.interface.experiments import ExperimentStore
from mlflow._storage.interface.inputs import InputStore
from mlflow._storage.interface.leases import LeaseStore
from mlflow._storage.interface.logged_models import LoggedModelStore
from mlflow._storage.interface.metrics import MetricStore
from mlflow._storage.interface.model_versions import ModelVersionStore
from mlflow._storage.interface.params import ParamStore
from mlflow._storage.interface.policies import PolicyStore
from mlflow._storage.interface.registered_models import RegisteredModelStore
from mlflow._storage.interface.runs import RunStore
from mlflow._storage.interface.segments import SegmentStore
from mlflow._storage.interface.settings import SettingStore
from mlflow._storage.interface.tables import TableStore
from mlflow._storage.interface.tags import TagStore
from mlflow._storage.interface.transition_requests import TransitionRequestStore
from mlflow._storage.interface.webhooks import WebhookStore


class Store(Protocol):
    """A store is the sum of its nouns."""

    @property
    def uri(self) -> str:
        """URI that opens it again."""
        ...

    @property
    def experiments(self) -> ExperimentStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def metrics(self) -> MetricStore: ...
    @property
    def params(self) -> ParamStore: ...
    @property
    def tags(self) -> TagStore: ...
    @property
    def inputs(self) -> InputStore: ...
    @property
    def logged_models(self) -> LoggedModelStore: ...
    @property
    def leases(self) -> LeaseStore: ...
    @property
    def segments(self) -> SegmentStore: ...
    @property
    def registered_models(self) -> RegisteredModelStore: ...
    @property
    def model_versions(self) -> ModelVersionStore: ...
    @property
    def tables(self) -> TableStore: ...
    @property
    def decisions(self) -> DecisionStore: ...
    @property
    def policies(self) -> PolicyStore: ...
    @property
    def transition_requests(self) -> TransitionRequestStore: ...
    @property
    def comments(self) -> CommentStore: ...
    @property
    def webhooks(self) -> WebhookStore: ...
    @property
    def settings(self) -> SettingStore: ...

    def artifacts(self, uri: str) -> ArtifactStore:
        """The artifact store at a URI; asks nothing unless the URI names a run or a model.

        Args:
            uri: A URI that this store gave out, `runs:/<run id>`, `models:/<model id>`, or any other.

        Raises:
            ResourceDoesNotExist: There is no such run or model.
            InvalidParameterValue: No artifact store knows the scheme.
        """
        ...

    def close(self) -> None:
        """Frees connections and threads; later calls are errors."""
        ...
