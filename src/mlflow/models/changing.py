"""Changing the requirements of a model that is saved already."""

from __future__ import annotations

import hashlib

from mlflow.exceptions import ResourceDoesNotExist
from mlflow.models.environment import (
    CONDA_FILE_NAME,
    REQUIREMENTS_FILE_NAME,
    as_yaml,
    changed_requirements,
    with_pip_requirements,
)
from mlflow.models.location import fetch_model_file, replace_model_file
from mlflow.models.model import MLMODEL_FILE_NAME, Model


def update_model_requirements(model_uri: str, operation: str, requirement_list: list[str]) -> None:
    """Adds requirements to a model that is saved already, or removes some.

    Args:
        model_uri: `models:/m-…`, `runs:/…` or the folder of a saved model. Versions of registered models stay as
            they were registered.
        operation: `add`, which replaces a requirement for the same distribution, or `remove`.
        requirement_list: Requirements to add; names of distributions to remove.

    Raises:
        MlflowException: There is no such model, it is a registered version, or a requirement is none.
    """
    import yaml

    lines = fetch_model_file(model_uri, REQUIREMENTS_FILE_NAME).splitlines()
    changed = changed_requirements(
        [line for line in lines if line.strip()], operation, list(requirement_list)
    )
    files = {REQUIREMENTS_FILE_NAME: "\n".join(changed)}
    try:
        conda = yaml.safe_load(fetch_model_file(model_uri, CONDA_FILE_NAME))
        files[CONDA_FILE_NAME] = as_yaml(with_pip_requirements(conda, changed))
    except ResourceDoesNotExist:
        pass  # Older models may have none.
    model = Model.from_yaml(fetch_model_file(model_uri))
    digests = model.file_digests
    if digests is not None:
        # Whenever this is interrupted, the model loads: meanwhile nothing is said of the files that change.
        model.file_digests = {name: digest for name, digest in digests.items() if name not in files}
        replace_model_file(model_uri, model.to_yaml())
    for name, text in files.items():
        replace_model_file(model_uri, text, name)
    if digests is not None:
        new = {name: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in files.items()}
        model.file_digests = {**digests, **new}
        replace_model_file(model_uri, model.to_yaml(), MLMODEL_FILE_NAME)
