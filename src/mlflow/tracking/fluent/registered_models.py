"""Registering models, and finding what is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlflow._base.attribution import explained
from mlflow._base.uri import uri_scheme
from mlflow._session.stores import open_registry_store, open_session_store
from mlflow._storage.interface.pages import all_pages
from mlflow.tracking.model_versions import create_model_version, source_of_run_model, wait_until_ready

if TYPE_CHECKING:
    from mlflow.entities.logged_model import LoggedModel
    from mlflow.entities.model_registry.model_version import ModelVersion
    from mlflow.entities.model_registry.registered_model import RegisteredModel

_PAGE_SIZE = 1000


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = 300,
    *,
    tags: dict[str, Any] | None = None,
    env_pack: object = None,
    description: str | None = None,
    reason: str | None = None,
    ticket: str | None = None,
) -> ModelVersion:
    """Registers a model as the next version of a registered model, which is made where there is none.

    ::

        version = mlflow.register_model(f"runs:/{run_id}/model", "fruit", tags={"team": "red"})

    Args:
        model_uri: `runs:/…`, `models:/m-…`, `models:/name/version`, a path, or any other URI of a model's folder.
        name: Name of the registered model.
        await_registration_for: Most seconds to wait until the version is ready; `None` does not wait.
        tags: Tags of the version; any values become text.
        env_pack: Accepted for compatibility; environments are not packed.
        description: Text for people.
        reason: Why, for the ledger.
        ticket: Where it was decided, for the ledger.

    Raises:
        ResourceDoesNotExist: There is nothing that the URI names.
    """
    del env_pack
    tracking = open_session_store()
    registry = open_registry_store(tracking)
    with explained(reason, ticket):
        source = source_of_run_model(tracking, model_uri)
        run_id = None
        if uri_scheme(model_uri) == "runs":
            run_id = model_uri.split(":", 1)[1].strip("/").partition("/")[0]
        version = create_model_version(
            registry, tracking, name, source, run_id, tags, description=description
        )
    return wait_until_ready(registry, version, await_registration_for)


def register_logged_model(logged: LoggedModel, name: str, await_registration_for: int | None) -> ModelVersion:
    """Registers a model that was just logged."""
    tracking = open_session_store()
    registry = open_registry_store(tracking)
    version = create_model_version(
        registry, tracking, name, logged.model_uri, logged.source_run_id, model_id=logged.model_id
    )
    return wait_until_ready(registry, version, await_registration_for)


def search_registered_models(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[RegisteredModel]:
    """Registered models that match a filter, by name by default; prompts are left out.

    Args:
        max_results: Most models; all by default.
        filter_string: Such as `"name LIKE 'fruit%' AND tags.team = 'red'"`.
        order_by: Such as `["last_updated_timestamp DESC"]`.
    """
    store = open_registry_store()
    return all_pages(
        lambda size, token: store.registered_models.search(filter_string, size, order_by or (), token),
        _PAGE_SIZE,
        max_results,
    )


def search_model_versions(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[ModelVersion]:
    """Versions of all registered models that match a filter, the latest change first by default.

    Args:
        max_results: Most versions; all by default.
        filter_string: Such as `"name = 'fruit' AND tags.team = 'red'"`.
        order_by: Such as `["version_number DESC"]`.
    """
    store = open_registry_store()
    return all_pages(
        lambda size, token: store.model_versions.search(filter_string, size, order_by or (), token),
        _PAGE_SIZE,
        max_results,
    )


def set_model_version_tag(
    name: str, version: str | None = None, key: str | None = None, value: Any = None
) -> None:
    """Sets a tag of a version.

    Args:
        name: Name of the registered model.
        version: Number of the version.
        key: Name of the tag.
        value: Any value; its text is stored.
    """
    open_registry_store().model_versions.set_tag(name, str(version), str(key), str(value))
