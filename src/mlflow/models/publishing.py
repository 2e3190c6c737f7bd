"""Logging a model folder: as a logged model of the active run, or of no run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mlflow._base.logs import get_logger
from mlflow._session.runs import current_run
from mlflow._session.stores import journaled, open_session_store
from mlflow._session.uris import is_registry_uri_set
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.tracking.artifacts import log_folder, model_root
from mlflow.tracking.fluent.logged_models import initialize_logged_model
from mlflow.tracking.fluent.registered_models import register_logged_model
from mlflow.tracking.logged_models import finalize_logged_model

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store
    from mlflow.entities.logged_model import LoggedModel
    from mlflow.models.model import Model, ModelInfo

SaveFolder = Callable[[Path, str | None, str | None, str], "Model"]
"""Writes the model into a folder, given its location, run id and model id; returns what it wrote."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Publication:
    """How a model is to be logged.

    Attributes:
        name: Name for people.
        artifact_path: The older way to say `name`.
        run_id: Run that made it; the active run by default.
        model_id: A logged model that exists already.
        model_type: Free text.
        params: Parameters of the logged model.
        tags: Tags of the logged model.
        step: Step of the run at which it was made.
        registered_model_name: Registers it as a new version under this name.
        await_registration_for: Seconds to wait for the version to be ready.
    """

    name: str | None = None
    artifact_path: str | None = None
    run_id: str | None = None
    model_id: str | None = None
    model_type: str | None = None
    params: dict[str, Any] | None = None
    tags: dict[str, Any] | None = None
    step: int = 0
    registered_model_name: str | None = None
    await_registration_for: int | None = 300

    def __post_init__(self) -> None:
        if self.name is not None and self.artifact_path is not None:
            raise InvalidParameterValue(
                "Both `artifact_path` (deprecated) and `name` parameters were specified. "
                "Please only specify `name`."
            )


def publish(publication: Publication, save: SaveFolder) -> ModelInfo:
    """Creates the logged model, saves its files, uploads them and marks it as ready.

    Without an active run the model belongs to the active experiment alone.

    Raises:
        MlflowException: A step failed; the logged model is then marked as failed.
    """
    entry = current_run()
    store = open_session_store() if entry is None else entry.store
    logged = _create(store, publication)
    run_id = logged.source_run_id
    try:
        # The folder is readable by its owner only.
        with TemporaryDirectory(prefix="model-") as folder:
            model = save(Path(folder), logged.artifact_location, run_id, logged.model_id)
            log_folder(model_root(store, logged.model_id), folder, None)
        if run_id is not None:
            store.inputs.log_outputs(run_id, [LoggedModelOutput(logged.model_id, publication.step)])
    except BaseException:
        finalize_logged_model(store, logged.model_id, "FAILED")
        raise
    logged = finalize_logged_model(store, logged.model_id, "READY")
    info = model.get_model_info(logged)
    if publication.registered_model_name is None:
        return info
    version = _register(store, publication, logged)
    return dataclasses.replace(info, registered_model_version=version)


def _create(store: Store, publication: Publication) -> LoggedModel:
    if publication.model_id is not None:
        return store.logged_models.get(publication.model_id)
    return initialize_logged_model(
        name=publication.name or publication.artifact_path,
        source_run_id=publication.run_id,
        tags=publication.tags,
        params=publication.params,
        model_type=publication.model_type,
    )


def _register(store: Store, publication: Publication, logged: LoggedModel) -> int | None:
    """Registers the model; by then it is logged and loads, whatever happens here.

    Returns:
        The version; `None` when a journal keeps it for a server that is away.
    """
    name = str(publication.registered_model_name)
    try:
        version = register_logged_model(logged, name, publication.await_registration_for)
    except MlflowException as error:
        journal = journaled(store)
        if journal is None or is_registry_uri_set() or not journal.is_away(error):
            raise
        journal.register_later(logged.model_id, name)
        get_logger("mlflow.models").warning(
            "The model becomes a version of %r when the server is back; which one is not known yet.", name
        )
        return None
    return int(version.version)
