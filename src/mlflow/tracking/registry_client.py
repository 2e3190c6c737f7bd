"""The registry half of `MlflowClient`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlflow._base.attribution import explained
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.manifest import ManifestCheck, ModelManifest
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.model_version_stages import ALL_STAGES
from mlflow.entities.model_registry.order import DecisionOrder
from mlflow.entities.model_registry.outcome import DecisionOutcome
from mlflow.entities.model_registry.policy import OpenReview, RuleOutcome
from mlflow.entities.model_registry.registered_model import RegisteredModel
from mlflow.entities.model_registry.registry_state import RegistryState
from mlflow.entities.model_registry.timeline import Timeline
from mlflow.tracking import decisions, manifests, model_versions, registered_models
from mlflow.tracking.approval_client import ApprovalClient
from mlflow.tracking.webhook_client import WebhookClient


class RegistryClient(ApprovalClient, WebhookClient):
    """What can be asked of a model registry; what changes it takes a reason and a ticket for the ledger."""

    @property
    def _store(self) -> Store:
        raise NotImplementedError  # the client that this is a part of has it

    @property
    def _registry(self) -> Store:
        raise NotImplementedError  # the client that this is a part of has it

    # Registered models

    def create_registered_model(
        self,
        name: str,
        tags: dict[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Makes a registered model without versions.

        Args:
            name: Unique name, without `/` and `:`.
            tags: Tags; any values become text.
            description: Text for people.
            deployment_job_id: Accepted for compatibility.

        Raises:
            ResourceAlreadyExists: There is a model or prompt of that name.
        """
        del deployment_job_id
        return self._registry.registered_models.create(name, registered_models.texts(tags), description)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """A registered model with the newest version of each stage; `ResourceDoesNotExist` when there is none."""
        return self._registry.registered_models.get(name)

    def update_registered_model(
        self, name: str, description: str | None = None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        """Replaces the description; without one it is removed."""
        del deployment_job_id
        return self._registry.registered_models.update(name, description)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Gives a model another name; versions, tags, aliases and history go with it."""
        return self._registry.registered_models.rename(name, new_name)

    def delete_registered_model(
        self, name: str, *, reason: str | None = None, ticket: str | None = None
    ) -> None:
        """Deletes a model with all its versions, unless one of them is protected."""
        with explained(reason, ticket):
            self._registry.registered_models.delete(name)

    def restore_registered_model(
        self, name: str, *, reason: str | None = None, ticket: str | None = None
    ) -> RegisteredModel:
        """Brings back the model of a name that was deleted last, with all that it had."""
        with explained(reason, ticket):
            return self._registry.registered_models.restore(name)

    def rollback_registered_model(
        self,
        name: str,
        stage: str | None = None,
        *,
        alias: str | None = None,
        to: str | int | None = None,
        at: int | None = None,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> ModelVersion:
        """Gives a stage or an alias back to a version that held it, as the ledger knows. Needs a reason.

        Args:
            name: Name of the registered model.
            stage: The stage; `Production` by default.
            alias: An alias instead of a stage.
            to: The version; the one before the present one by default.
            at: The version that held it at this moment instead, in milliseconds since the epoch.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            return self._registry.registered_models.rollback(
                name, stage, alias, None if to is None else str(to), at
            )

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """One page of the models that match a filter, by name by default; prompts are left out.

        Args:
            filter_string: Such as `"name LIKE 'fruit%' AND tags.team = 'red'"`.
            max_results: Size of the page, at most 1,000.
            order_by: Such as `["last_updated_timestamp DESC"]`.
            page_token: `token` of the page before.
        """
        return self._registry.registered_models.search(filter_string, max_results, order_by or (), page_token)

    def list_registered_models(
        self, max_results: int = 100, page_token: str | None = None
    ) -> Page[RegisteredModel]:
        """As `search_registered_models`, by the name that it had before MLflow 2."""
        return self._registry.registered_models.search(None, max_results, page_token=page_token)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """The newest version of each of some stages, all four by default."""
        return self._registry.registered_models.latest_versions(name, stages or ())

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Sets a tag of a registered model; any value becomes text."""
        self._registry.registered_models.set_tag(name, key, str(value))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Removes a tag of a registered model; one that is not there is no error."""
        self._registry.registered_models.delete_tag(name, key)

    def set_registered_model_alias(
        self,
        name: str,
        alias: str,
        version: str | int,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> None:
        """Makes an alias point to a version, whatever it pointed to before.

        Args:
            name: Name of the registered model.
            alias: Letters, digits, `_` and `-`; not `latest` and not `v` with digits.
            version: Number of the version.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            self._registry.registered_models.set_alias(name, alias, str(version))

    def delete_registered_model_alias(
        self, name: str, alias: str, *, reason: str | None = None, ticket: str | None = None
    ) -> None:
        """Removes an alias; one that is not there is no error."""
        with explained(reason, ticket):
            self._registry.registered_models.delete_alias(name, alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias points to; `latest` is the one with the highest number."""
        return self._registry.registered_models.version_of_alias(name, alias)

    # Versions

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: dict[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = 300,
        model_id: str | None = None,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> ModelVersion:
        """Registers a model as the next version; makes the registered model where there is none.

        Args:
            name: Name of the registered model.
            source: URI or path of the model's folder, such as `runs:/<id>/model`.
            run_id: Run that made it; that of a source `runs:/…` by default.
            tags: Tags; any values become text.
            run_link: Where the run can be looked at.
            description: Text for people.
            await_creation_for: Most seconds to wait until the version is ready; `None` does not wait.
            model_id: Logged model that it is.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            version = model_versions.create_model_version(
                self._registry, self._store, name, source, run_id, tags, run_link, description, model_id
            )
        return model_versions.wait_until_ready(self._registry, version, await_creation_for)

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Registers a version under another name as well, with its tags and description.

        Args:
            src_model_uri: `models:/<name>/<version>`, or with a stage or an alias.
            dst_name: Registered model that it becomes a version of; made where there is none.
        """
        return model_versions.copy_model_version(self._registry, src_model_uri, dst_name)

    def get_model_version(self, name: str, version: str | int) -> ModelVersion:
        """A version; `ResourceDoesNotExist` when there is none."""
        return self._registry.model_versions.get(name, str(version))

    def update_model_version(
        self, name: str, version: str | int, description: str | None = None
    ) -> ModelVersion:
        """Replaces the description; without one it is removed."""
        return self._registry.model_versions.update(name, str(version), description)

    def transition_model_version_stage(
        self,
        name: str,
        version: str | int,
        stage: str,
        archive_existing_versions: bool = False,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> ModelVersion:
        """Moves a version to another stage.

        Args:
            name: Name of the registered model.
            version: Number of the version.
            stage: `Staging`, `Production`, `Archived` or `None`, as text.
            archive_existing_versions: Whether other versions in that stage are archived in the same step.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            return self._registry.model_versions.transition_stage(
                name, str(version), stage, archive_existing_versions
            )

    def delete_model_version(
        self, name: str, version: str | int, *, reason: str | None = None, ticket: str | None = None
    ) -> None:
        """Deletes a version, unless it is protected; its number is not used again."""
        with explained(reason, ticket):
            self._registry.model_versions.delete(name, str(version))

    def restore_model_version(
        self, name: str, version: str | int, *, reason: str | None = None, ticket: str | None = None
    ) -> ModelVersion:
        """Brings back a deleted version, as it was but for its aliases."""
        with explained(reason, ticket):
            return self._registry.model_versions.restore(name, str(version))

    def hold_model_version(
        self, name: str, version: str | int, *, reason: str | None = None, ticket: str | None = None
    ) -> None:
        """Puts a version under legal hold: neither it nor what it stands on can be deleted. Needs a reason."""
        with explained(reason, ticket):
            self._registry.model_versions.hold(name, str(version))

    def release_model_version(
        self, name: str, version: str | int, *, reason: str | None = None, ticket: str | None = None
    ) -> None:
        """Ends a legal hold. Needs a reason."""
        with explained(reason, ticket):
            self._registry.model_versions.release(name, str(version))

    def get_model_version_protection(self, name: str, version: str | int) -> list[str]:
        """Why a version is protected from deletion: its stage, its aliases, a legal hold; empty if it is not."""
        return self._registry.model_versions.protection(name, str(version))

    def get_model_version_manifest(self, name: str, version: str | int) -> ModelManifest | None:
        """Which files a version consisted of when it was registered; `None` if nobody could read them then."""
        return self._registry.model_versions.manifest(name, str(version))

    def verify_model_version(self, name: str, version: str | int) -> ManifestCheck:
        """Compares the files of a version with those that were registered; reads every byte of them.

        Raises:
            ResourceDoesNotExist: There is no such version, or its files are not on record.
        """
        return manifests.verify_version(self._registry, self._store, name, str(version))

    # Policies

    def get_registry_policy(self) -> str:
        """The policy file of the registry; empty if there is none."""
        found = self._registry.policies.get()
        return "" if found is None else found.text

    def set_registry_policy(self, text: str, *, reason: str | None = None, ticket: str | None = None) -> None:
        """Replaces the policy file of the registry; an empty text removes it.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: it has an error, which is told with its line. The old one still
                holds.
        """
        with explained(reason, ticket):
            self._registry.policies.set(text)

    def check_model_version(self, name: str, version: str | int, target: str) -> list[RuleOutcome]:
        """What the policy says of giving a version a stage, or an alias as `"@champion"`; nothing changes."""
        return self._registry.policies.check(name, str(version), target)

    def approve_model_version(
        self,
        name: str,
        version: str | int,
        target: str,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> None:
        """Agrees that a version gets a stage, or an alias as `"@champion"`. The agreement is spent when it does."""
        with explained(reason, ticket):
            self._registry.policies.approve(name, str(version), target)

    def get_open_reviews(self) -> list[OpenReview]:
        """Decisions against the policy that nobody else has looked at yet, the oldest first."""
        return self._registry.policies.reviews()

    def review_decision(self, event: int, *, reason: str | None = None, ticket: str | None = None) -> None:
        """Says, as the reason, what comes of looking at a decision that was made against the policy."""
        with explained(reason, ticket):
            self._registry.policies.review(event)

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """One page of the versions that match a filter, the latest change first by default.

        Args:
            filter_string: Such as `"name = 'fruit' AND tags.team = 'red'"`.
            max_results: Size of the page, at most 200,000.
            order_by: Such as `["version_number DESC"]`.
            page_token: `token` of the page before.
        """
        return self._registry.model_versions.search(filter_string, max_results, order_by or (), page_token)

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        """Where the files of a version are."""
        return self._registry.model_versions.download_uri(name, str(version))

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:
        """Stages that a version can be in."""
        self._registry.model_versions.get(name, str(version))
        return list(ALL_STAGES)

    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Sets a tag of a version, which is given by its number or as the newest of a stage."""
        number = model_versions.version_for(self._registry, name, version, stage)
        self._registry.model_versions.set_tag(name, number, str(key), str(value))

    def delete_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        stage: str | None = None,
    ) -> None:
        """Removes a tag of a version, which is given by its number or as the newest of a stage."""
        number = model_versions.version_for(self._registry, name, version, stage)
        self._registry.model_versions.delete_tag(name, number, str(key))

    # The ledger

    def decide(
        self,
        order: DecisionOrder,
        dry_run: bool = False,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> DecisionOutcome:
        """Moves a version or an alias, or rolls back; or tries what would come of it.

        Args:
            order: What is to be done, and what was seen before.
            dry_run: Whether nothing is to change: effects, checks of the policies and evidence are told instead.
            reason: Why.
            ticket: Where it was decided.

        Raises:
            ResourceConflict: What was seen does not hold any more.
            PolicyNotMet: A policy does not allow it.
        """
        with explained(reason, ticket):
            return self._registry.decisions.decide(order, dry_run)

    def get_registry_state(self, name: str, at: decisions.Moment | None = None) -> RegistryState:
        """What the registry held about a model at some time: versions, stages and aliases, each with since when, by whom
        and why.

        Args:
            name: Name that the model had then; else the name that it has now.
            at: A day such as `"2023-03-14"` (all of it, in UTC: what held at its end, and what changed during it as
                `changes`), a time such as `"2023-03-14T10:00+01:00"`, or milliseconds since the epoch; now by default.

        Raises:
            ResourceDoesNotExist: There was no such model then.
        """
        return decisions.state_at(self._registry, name, at)

    def get_registry_timeline(self, name: str) -> Timeline:
        """Which version was in each stage and under each alias, and when."""
        return self._registry.decisions.timeline(name)

    def search_decisions(
        self,
        name: str | None = None,
        version: str | int | None = None,
        actor: str | None = None,
        actions: Sequence[str] = (),
        since: decisions.Moment | None = None,
        until: decisions.Moment | None = None,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[Decision]:
        """One page of what was decided, the latest first, without evidence.

        Args:
            name: A model that is or was called so.
            version: Number of a version.
            actor: Who decided.
            actions: Kinds of events, such as `"transition_stage"` and `"set_alias"`.
            since: From this day or time on.
            until: Up to this time, or to the end of this day.
            max_results: Size of the page, at most 1,000.
            page_token: `token` of the page before.
        """
        return decisions.search_decisions(
            self._registry, name, version, actor, actions, since, until, max_results, page_token
        )

    def get_decision(self, seq: int) -> Decision:
        """An event of the ledger with its evidence; `ResourceDoesNotExist` when there is none of that number."""
        return self._registry.decisions.get(seq)

    def get_ledger_anchor(self) -> LedgerAnchor:
        """What the ledger is now. Kept elsewhere, it shows later whether anything before was changed."""
        return self._registry.decisions.anchor()

    def verify_ledger(self, anchors: Sequence[LedgerAnchor] = (), with_state: bool = False) -> LedgerCheck:
        """Walks the whole ledger and names the first event that does not fit.

        Args:
            anchors: What it was at some events.
            with_state: Whether registered models, versions, tags and aliases must follow from it too.
        """
        return self._registry.decisions.verify(anchors, with_state)

    def erase_decision(
        self, seq: int, parts: Sequence[str], *, reason: str | None = None, ticket: str | None = None
    ) -> Decision:
        """Removes parts of an event for good, such as the name of a person; that it was done is an event itself.

        Args:
            seq: Number of the event.
            parts: Some of `"who"`, `"why"`, `"what"` and `"evidence"`.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            return self._registry.decisions.erase(seq, parts)
