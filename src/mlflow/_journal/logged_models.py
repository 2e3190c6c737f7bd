"""Logged models through a journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlflow._base.clock import now_ms
from mlflow._base.ids import new_id
from mlflow._base.names import random_name
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.records import ModelCreated, ModelFinalized, ModelParamsLogged, ModelTagged, Record
from mlflow._storage.owners import model_uri
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.logged_models import RestLoggedModels
from mlflow._storage.validation import check_logged_model_name, check_pairs
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus


class JournaledLoggedModels(RestLoggedModels):
    """Logged models through a journal: what makes and fills them is recorded, all else asks the server."""

    def __init__(
        self, calls: Calls, experiments: JournaledExperiments, append: Callable[[Record], None]
    ) -> None:
        super().__init__(calls)
        self._experiments = experiments
        self._append = append
        self._made: dict[str, LoggedModel] = {}

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
        self._append(
            ModelCreated(
                made,
                str(experiment_id),
                self._experiments.names.get(str(experiment_id)),
                chosen,
                model_type,
                source_run_id,
                dict(params or {}),
                dict(tags or {}),
            )
        )
        now = now_ms()
        model = LoggedModel(
            experiment_id=str(experiment_id),
            model_id=made,
            name=chosen,
            artifact_location=model_uri(made),
            creation_timestamp=now,
            last_updated_timestamp=now,
            model_type=model_type,
            source_run_id=source_run_id,
            status=LoggedModelStatus.PENDING,
            tags=tags,
            params=params,
        )
        self._made[made] = model
        return model

    def finalize(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        self._append(ModelFinalized(model_id, status.value))
        made = self._made.pop(model_id, None)
        if made is None:
            return self.get(model_id)
        return LoggedModel(**{**dict(made), "status": status, "last_updated_timestamp": now_ms()})

    def set_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        check_pairs(tags, "tags")
        self._append(ModelTagged(model_id, dict(tags)))

    def log_params(self, model_id: str, params: Mapping[str, str]) -> None:
        check_pairs(params, "params")
        self._append(ModelParamsLogged(model_id, dict(params)))
