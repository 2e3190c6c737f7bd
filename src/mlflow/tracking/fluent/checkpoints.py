"""Checkpoints of a training as logged models."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mlflow._session.runs import current_run
from mlflow._session.stores import open_session_store
from mlflow.entities.logged_model import LoggedModel
from mlflow.exceptions import InvalidParameterValue, ResourceAlreadyExists, ResourceDoesNotExist
from mlflow.tracking.artifacts import log_folder, model_root
from mlflow.tracking.fluent.logged_models import finalize_logged_model, initialize_logged_model
from mlflow.tracking.logged_models import models_of_run

_NOT_IN_NAMES = re.compile(r"[/:.%\"']+")


def import_checkpoints(
    checkpoint_path: str | os.PathLike[str],
    source_run_id: str | None = None,
    model_prefix: str | None = None,
    overwrite_checkpoints: bool = False,
) -> list[LoggedModel]:
    """Makes a logged model of each checkpoint in a folder; each file and folder in it is one.

    The files are copied, and nothing of them is read otherwise. A model is named after its checkpoint.

    Args:
        checkpoint_path: The folder.
        source_run_id: Run of the training; the active run by default.
        model_prefix: Comes before each name, with a hyphen between.
        overwrite_checkpoints: Whether models of the run with the same names are replaced.

    Returns:
        The models, in order of name.

    Raises:
        MlflowException: `RESOURCE_DOES_NOT_EXIST`: there is no such folder, or nothing in it;
            `INVALID_PARAMETER_VALUE`: there is no run, or two checkpoints would have one name;
            `RESOURCE_ALREADY_EXISTS`: the run has models of the names. Nothing is made then.

    Example:
        `mlflow.import_checkpoints("checkpoints", model_prefix="resnet")`
    """
    entry = current_run()
    store = open_session_store() if entry is None else entry.store
    run_id = source_run_id or (entry.run.info.run_id if entry is not None else None)
    if run_id is None:
        raise InvalidParameterValue(
            "Please set 'source_run_id' or start an active run before calling 'import_checkpoints'."
        )
    experiment_id = store.runs.get(run_id).info.experiment_id
    checkpoints = _named(Path(checkpoint_path), model_prefix)
    existing = models_of_run(store, experiment_id, run_id)
    known = sorted(checkpoints.keys() & existing.keys())
    if known and not overwrite_checkpoints:
        raise ResourceAlreadyExists(
            f"The run {run_id} has models named {known} already. Pass overwrite_checkpoints=True to replace them, "
            "or another model_prefix"
        )
    made = []
    for name, path in checkpoints.items():
        model = initialize_logged_model(name, run_id)
        try:
            log_folder(model_root(store, model.model_id), path, None)
        except BaseException:
            finalize_logged_model(model.model_id, "FAILED")
            raise
        made.append(finalize_logged_model(model.model_id, "READY"))
        if name in existing:
            store.logged_models.delete(existing[name].model_id)
    return made


def _named(folder: Path, prefix: str | None) -> dict[str, Path]:
    """The checkpoints of a folder by the names of their models, in order."""
    if not folder.is_dir():
        raise ResourceDoesNotExist(f"There is no folder of checkpoints at {str(folder)!r}")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        stem = path.name if path.is_dir() else path.stem
        name = _NOT_IN_NAMES.sub("_", f"{prefix}-{stem}" if prefix else stem)
        if name in found:
            raise InvalidParameterValue(
                f"Two checkpoints would be models of one name, {name!r}: {found[name].name!r} and {path.name!r}"
            )
        found[name] = path
    if not found:
        raise ResourceDoesNotExist(f"There are no checkpoints in {str(folder)!r}")
    return found
