"""Contract: registered models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.registered_model import RegisteredModel


class RegisteredModelStore(Protocol):
    """Names under which versions of models are registered, with their tags and aliases.

    Every change is also an event of the ledger (`DecisionStore`), made durable with it, and attributed to whoever
    `mlflow._base.attribution` names. Where no reason is given, the one in the tag `headrace.reason` of the version or
    the model is taken, and the one in `headrace.ticket`; those tags are removed when they were used.

    Deleted models stay as tombstones that nothing here shows; their names are free.
    """

    def create(
        self, name: str, tags: Mapping[str, str] | None = None, description: str | None = None
    ) -> RegisteredModel:
        """Makes a registered model without versions.

        Raises:
            ResourceAlreadyExists: There is a model or prompt of that name.
            InvalidParameterValue: The name cannot stand in a URI, or a tag is out of its limits.
        """
        ...

    def get(self, name: str) -> RegisteredModel:
        """A registered model with the newest version of each stage.

        Raises:
            ResourceDoesNotExist: There is none of that name.
        """
        ...

    def update(self, name: str, description: str | None) -> RegisteredModel:
        """Replaces the description; `None` removes it.

        Raises:
            ResourceDoesNotExist: There is none of that name.
        """
        ...

    def rename(self, name: str, new_name: str) -> RegisteredModel:
        """Gives a model another name; versions, tags, aliases and history go with it.

        Raises:
            ResourceDoesNotExist: There is none of that name.
            ResourceAlreadyExists: Another one has the new name.
        """
        ...

    def delete(self, name: str) -> None:
        """Deletes a model with all its versions. It can be restored.

        Raises:
            ResourceDoesNotExist: There is none of that name.
            ResourceConflict: A version is protected; see `ModelVersionStore.protection`.
        """
        ...

    def restore(self, name: str) -> RegisteredModel:
        """Brings back the model of a name that was deleted last, with versions, tags and aliases.

        Raises:
            ResourceDoesNotExist: No deleted one had that name.
            ResourceAlreadyExists: Another one has it now.
        """
        ...

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """Models that match a filter, by name unless ordered otherwise; prompts only where the filter asks for them.

        Args:
            filter_string: In the search language.
            max_results: Page size, 1 to 1,000.
            order_by: Columns with optional `ASC` or `DESC`.
            page_token: Token of the page before, of the same search.
        """
        ...

    def latest_versions(self, name: str, stages: Sequence[str] = ()) -> list[ModelVersion]:
        """The newest version of each of some stages, by number.

        Args:
            name: The model.
            stages: Stages in any case; none means all four.

        Raises:
            ResourceDoesNotExist: There is no such model.
            InvalidParameterValue: There is no such stage.
        """
        ...

    def set_tag(self, name: str, key: str, value: str) -> None:
        """Sets a tag, replacing an older value; values are never cut.

        Raises:
            ResourceDoesNotExist: There is no such model.
        """
        ...

    def delete_tag(self, name: str, key: str) -> None:
        """Removes a tag; one that is not there is no error.

        Raises:
            ResourceDoesNotExist: There is no such model.
        """
        ...

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Makes an alias point to a version, whatever it pointed to before.

        Raises:
            ResourceDoesNotExist: There is no such version.
            InvalidParameterValue: The alias is malformed or reserved.
        """
        ...

    def rollback(
        self,
        name: str,
        stage: str | None = None,
        alias: str | None = None,
        to: str | None = None,
        at_ms: int | None = None,
    ) -> ModelVersion:
        """Gives a stage or an alias back to a version that held it, as the ledger knows; a new event.

        Other versions in the stage are archived. Policies are not asked again, since they were when it got there.

        Args:
            name: The model.
            stage: The stage; `Production` by default.
            alias: An alias instead of a stage.
            to: The version; the one before the present one by default.
            at_ms: The version that held it at this moment instead, in milliseconds since the epoch.

        Returns:
            The version that holds it now.

        Raises:
            ResourceDoesNotExist: There is no such model, no version held it then, or that one was deleted.
            InvalidParameterValue: There is no reason, more than one of two was given, or the version never held it.
            ResourceConflict: It holds it already.
        """
        ...

    def delete_alias(self, name: str, alias: str) -> None:
        """Removes an alias; one that is not there is no error.

        Raises:
            ResourceDoesNotExist: There is no such model.
        """
        ...

    def version_of_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias points to; `latest`, in any case, is the one with the highest number.

        Raises:
            ResourceDoesNotExist: There is no such model, or it has no version.
            InvalidParameterValue: It has no such alias.
        """
        ...
