"""Logged models through a journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mlflow._base.ids import new_id
from mlflow._base.names import random_name
from mlflow._journal.delivery import is_refusal
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.journal import Journal
from mlflow._journal.memory import model_of
from mlflow._journal.records import (
    ModelCreated,
    ModelFinalized,
    ModelParamsLogged,
    ModelTagDeleted,
    ModelTagged,
    Record,
)
from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.logged_models import RestLoggedModels
from mlflow._storage.validation import check_logged_model_name, check_pairs
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.exceptions import MlflowException

_OF_RUN = re.compile(r"source_run_id = '(\w+)'")
"""The filter for the models of a run."""


class JournaledLoggedModels(RestLoggedModels):
    """Logged models through a journal: what makes and fills them is recorded, all else asks the server.

    Args:
        calls: The server.
        once: The server, asked once: for what a training must not wait for.
        experiments: For experiments that are known by name only.
        journal: Remembers the models that were made here.
        append: Records a call.
    """

    def __init__(
        self,
        calls: Calls,
        once: Calls,
        experiments: JournaledExperiments,
        journal: Journal,
        append: Callable[[Record], None],
    ) -> None:
        super().__init__(calls)
        self._once = RestLoggedModels(once)
        self._experiments = experiments
        self._journal = journal
        self._append = append

    def create(
        self,
        experiment_id: str,
        name: str | None = None,
        model_type: str | None = None,
        source_run_id: str | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        model_id: str | None = None,
    ) -> LoggedModel:
        check_logged_model_name(name)
        check_pairs(params, "params")
        check_pairs(tags, "tags")
        chosen = name or random_name()
        made = model_id or f"m-{new_id()}"
        created = ModelCreated(
            made,
            str(experiment_id),
            self._experiments.names.get(str(experiment_id)),
            chosen,
            model_type,
            source_run_id,
            dict(params or {}),
            dict(tags or {}),
        )
        self._append(created)
        return model_of(created)

    def get(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """As the server has it; while that is away, as it was recorded here."""
        own = self._journal.memory.model(model_id)
        try:
            return (
                super().get(model_id, allow_deleted)
                if own is None
                else self._once.get(model_id, allow_deleted)
            )
        except MlflowException as error:
            if own is None or is_refusal(error):
                raise
            return own

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = 50,
        order_by: Sequence[ModelOrder] = (),
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """On the server; the models of a run that was started here are known while it is away as well."""
        ids = self._experiments.real_ids
        try:
            return super().search(
                ids(experiment_ids), filter_string, datasets, max_results, order_by, page_token
            )
        except MlflowException as error:
            of_run = _OF_RUN.fullmatch(filter_string or "")
            own = None if of_run is None else self._journal.memory.models_of(of_run[1])
            if own is None or is_refusal(error):
                raise
            return Page(own[:max_results])

    def finalize(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        self._append(ModelFinalized(model_id, status.value))
        return self._journal.memory.model(model_id) or self.get(model_id)

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        check_pairs(tags, "tags")
        self._append(ModelTagged(model_id, dict(tags)))

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        check_pairs(params, "params")
        self._append(ModelParamsLogged(model_id, dict(params)))

    def delete_tag(self, model_id: str, key: str) -> None:
        """Recorded as well: whether the model has such a tag is not known here."""
        self._append(ModelTagDeleted(model_id, key))
