"""Contract: versions of registered models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.model_registry.manifest import ModelManifest
from mlflow.entities.model_registry.model_version import ModelVersion


class ModelVersionStore(Protocol):
    """Versions of registered models. Changes are events of the ledger, as in `RegisteredModelStore`.

    Versions are named by the name of the model and their number as text. Every method with both raises
    `ResourceDoesNotExist` when there is no such version, and `InvalidParameterValue` when the number is none.
    """

    def create(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Registers a model as the next version; numbers are never used twice.

        A source of the form `models:/m-…` gives the version that logged model and its run, one of the form
        `models:/name/version` those of that version; what is given as well must agree.

        Args:
            name: The registered model.
            source: URI of the model's folder.
            run_id: Run that made it; there need not be such a run in this store.
            tags: Tags. `headrace.reason` and `headrace.ticket` are taken as reason and ticket of this very step.
            run_link: Where the run can be looked at.
            description: Text for people.
            model_id: Logged model that it is.

        Raises:
            ResourceDoesNotExist: There is no such registered model, or nothing that the source names.
            InvalidParameterValue: The source is a prompt's, or disagrees with run or model.
        """
        ...

    def get(self, name: str, version: str) -> ModelVersion:
        """A version."""
        ...

    def update(self, name: str, version: str, description: str | None) -> ModelVersion:
        """Replaces the description; `None` removes it."""
        ...

    def transition_stage(
        self, name: str, version: str, stage: str, archive_existing: bool = False
    ) -> ModelVersion:
        """Moves a version to another stage.

        Args:
            name: The model.
            version: The version.
            stage: One of the four stages, in any case.
            archive_existing: Whether other versions in that stage go to `Archived` in the same step.

        Raises:
            InvalidParameterValue: There is no such stage, or it is `None` or `Archived` and others are to be archived.
        """
        ...

    def delete(self, name: str, version: str) -> None:
        """Deletes a version; aliases that point to it are removed. It can be restored.

        Raises:
            ResourceConflict: It is protected; see `protection`.
        """
        ...

    def restore(self, name: str, version: str) -> ModelVersion:
        """Brings a deleted version back, as it was but for its aliases.

        Raises:
            ResourceDoesNotExist: There is no such version, or it is not deleted.
        """
        ...

    def hold(self, name: str, version: str) -> None:
        """Puts a version under legal hold: neither it nor what it stands on can be deleted.

        Raises:
            InvalidParameterValue: Nobody says why.
        """
        ...

    def release(self, name: str, version: str) -> None:
        """Ends a legal hold.

        Raises:
            InvalidParameterValue: Nobody says why.
        """
        ...

    def protection(self, name: str, version: str) -> list[str]:
        """Why a version is protected from deletion: its stage, aliases, legal hold; empty if it is not.

        What a protected version stands on cannot be deleted either, with `ResourceConflict`: its registered model, and
        in the same store its run, logged model, experiment and files.
        """
        ...

    def record_manifest(self, name: str, version: str, manifest: ModelManifest) -> None:
        """Keeps which files a version consists of, for good. The same again is no error.

        Raises:
            ResourceConflict: Others are on record.
        """
        ...

    def manifest(self, name: str, version: str) -> ModelManifest | None:
        """Which files a version consisted of when it was registered; `None` if nobody could read them then."""
        ...

    def evidence(self, name: str, version: str) -> dict[str, Any]:
        """What is known of a version now, as a decision would freeze it.

        Returns:
            Its `run`, logged `model` and `manifest`, as far as they are in this store.
        """
        ...

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """Versions of all models that match a filter, without their aliases.

        Args:
            filter_string: In the search language.
            max_results: Page size, 1 to 200,000.
            order_by: Columns with optional `ASC` or `DESC`; the latest change first by default.
            page_token: Token of the page before, of the same search.
        """
        ...

    def download_uri(self, name: str, version: str) -> str:
        """Where the files of a version are: its source, or for sources `models:/…` the place that they stand for."""
        ...

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Sets a tag, replacing an older value; values are never cut."""
        ...

    def delete_tag(self, name: str, version: str, key: str) -> None:
        """Removes a tag; one that is not there is no error."""
        ...
