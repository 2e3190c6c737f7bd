"""Contract: a store is the sum of its nouns."""

from __future__ import annotations

from typing import Protocol

from mlflow._storage.interface.experiments import ExperimentStore
from mlflow._storage.interface.inputs import InputStore
from mlflow._storage.interface.logged_models import LoggedModelStore
from mlflow._storage.interface.metrics import MetricStore
from mlflow._storage.interface.params import ParamStore
from mlflow._storage.interface.runs import RunStore
from mlflow._storage.interface.settings import SettingStore
from mlflow._storage.interface.tags import TagStore


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
    def settings(self) -> SettingStore: ...

    def close(self) -> None:
        """Frees connections and threads; later calls are errors."""
        ...
