"""What is asked of a store about registered models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlflow._search.fields.prompts import IS_PROMPT_KEY
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.registered_model import RegisteredModel
from mlflow.exceptions import MlflowException


def texts(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Tags as stores take them: any values become text."""
    return {key: str(value) for key, value in (values or {}).items()}


def ensure_registered_model(store: Store, name: str) -> bool:
    """Makes a registered model where there is none of that name; returns whether it did.

    Raises:
        ResourceAlreadyExists: A prompt has that name.
    """
    try:
        store.registered_models.create(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS" or _is_prompt(store.registered_models.get(name)):
            raise
        return False
    return True


def _is_prompt(model: RegisteredModel) -> bool:
    return model.tags.get(IS_PROMPT_KEY, "").lower() == "true"
