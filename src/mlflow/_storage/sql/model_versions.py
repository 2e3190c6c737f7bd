"""Versions of registered models in SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mlflow._search.fields.prompts import IS_PROMPT_KEY
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.evidence import collect_evidence
from mlflow._storage.sql.guards import Guards, protected_versions
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.ledger import (
    REASON_TAG,
    TICKET_TAG,
    Change,
    Ledger,
    Subject,
    record_tagging,
    record_untagging,
)
from mlflow._storage.sql.logged_models import SqlLoggedModels
from mlflow._storage.sql.manifests import manifest_from_contents, manifest_to_contents
from mlflow._storage.sql.moves import check_transition, move_version
from mlflow._storage.sql.policies import version_evidence
from mlflow._storage.sql.registry_rows import (
    VERSION_COLUMNS,
    VERSION_TABLES,
    VersionRow,
    find_deleted_version,
    find_registered_model,
    find_version,
    model_versions,
)
from mlflow._storage.sql.search_model_versions import ModelVersionSearch
from mlflow._storage.validation import (
    PROMPT_SOURCES,
    check_description,
    check_max_results,
    check_registry_tag,
    check_source,
    check_text,
)
from mlflow.entities.model_registry.manifest import ModelManifest
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.model_version_stages import STAGE_NONE
from mlflow.exceptions import InvalidParameterValue, ResourceConflict

MAX_PAGE = 200_000
_LOGGED_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})/*")
_RUN_MODEL = re.compile(r"runs:/+([^/]+)/(.+?)/*")
_REGISTERED = re.compile(r"models:/+([^/@]+)/(\d+)/*")


class _Origin(NamedTuple):
    """What a version is registered from: its source as it is stored, and what follows from it."""

    source: str
    location: str | None
    run_id: str
    model_id: str | None


class SqlModelVersions:
    """Versions of registered models in SQL.

    Args:
        engine: The database.
        ledger: What every change goes through.
        logged_models: Logged models that versions are registered from.
        guards: What refuses to delete versions that are needed.
    """

    def __init__(
        self, engine: Engine, ledger: Ledger, logged_models: SqlLoggedModels, guards: Guards
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._logged_models = logged_models
        self._guards = guards

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
        check_source(source)
        check_description(description)
        for path, text in (("run_id", run_id), ("run_link", run_link), ("model_id", model_id)):
            check_text(text or "", path)
        labels = dict(tags or {})
        for key, value in labels.items():
            check_registry_tag(key, value)
        reason, ticket = labels.pop(REASON_TAG, ""), labels.pop(TICKET_TAG, "")

        def work(change: Change) -> ModelVersion:
            cx = change.cx
            model = find_registered_model(cx, name)
            _check_kind(bool(model.is_prompt) or labels.get(IS_PROMPT_KEY, "").lower() == "true", source)
            origin = self._origin(cx, source, run_id or "", model_id or None)
            row = cx.one("SELECT COALESCE(MAX(version), 0) FROM model_version WHERE model = ?", (model.id,))
            assert row is not None  # an aggregate answers a row
            subject = Subject(model.id, name, int(row[0]) + 1)
            change.explain(reason, ticket)
            change.explain_by_tags(model.subject)
            after = {
                "version": str(subject.version),
                "stage": STAGE_NONE,
                "source": origin.source,
                "location": origin.location,
                "run_id": origin.run_id,
                "run_link": run_link or "",
                "model_id": origin.model_id,
            }
            evidence = collect_evidence(cx, self._engine, origin.run_id, origin.model_id)
            number = change.record(
                "create_model_version", subject, f"version/{subject.version}", None, after, evidence
            )
            if description:
                _describe(change, subject, "", description)
            for key, value in sorted(labels.items()):
                record_tagging(change, subject, key, None, value)
            return _entity(cx, number)

        return self._ledger.change(work)

    def get(self, name: str, version: str) -> ModelVersion:
        with self._engine.snapshot() as cx:
            return model_versions(cx, [find_version(cx, name, version)], with_aliases=True)[0]

    def update(self, name: str, version: str, description: str | None) -> ModelVersion:
        check_description(description)

        def work(change: Change) -> ModelVersion:
            row = find_version(change.cx, name, version)
            _describe(change, row.subject, row.description, description)
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def transition_stage(
        self, name: str, version: str, stage: str, archive_existing: bool = False
    ) -> ModelVersion:
        wanted = check_transition(stage, archive_existing=archive_existing)

        def work(change: Change) -> ModelVersion:
            row = find_version(change.cx, name, version)
            move_version(change, self._engine, row, wanted, archive_existing=archive_existing)
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def delete(self, name: str, version: str) -> None:
        def work(change: Change) -> None:
            cx = change.cx
            row = find_version(cx, name, version)
            self._guards.check_version(cx, row.id)
            change.explain_by_tags(row.subject)
            for (alias,) in cx.all(
                "SELECT alias FROM model_alias WHERE model = ? AND version = ? ORDER BY 1",
                (row.model, row.version),
            ):
                before = {"alias": alias, "version": str(row.version)}
                change.record("delete_alias", row.subject, f"alias/{alias}", before, None)
            before = {
                "version": str(row.version),
                "stage": row.stage,
                "source": row.source,
                "run_id": row.run_id,
            }
            change.record("delete_model_version", row.subject, f"version/{row.version}", before, None)

        self._ledger.change(work)

    def restore(self, name: str, version: str) -> ModelVersion:
        def work(change: Change) -> ModelVersion:
            row = find_deleted_version(change.cx, name, version)
            after = {
                "version": str(row.version),
                "stage": row.stage,
                "source": row.source,
                "location": row.location,
                "run_id": row.run_id,
                "run_link": row.run_link,
                "model_id": row.model_id,
            }
            change.record("restore_model_version", row.subject, f"version/{row.version}", None, after)
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def hold(self, name: str, version: str) -> None:
        self._set_hold(name, version, held=True)

    def release(self, name: str, version: str) -> None:
        self._set_hold(name, version, held=False)

    def protection(self, name: str, version: str) -> list[str]:
        with self._engine.snapshot() as cx:
            row = find_version(cx, name, version)
            return [
                reason
                for found in protected_versions(cx, "v.id = ?", (row.id,))
                for reason in found.reasons()
            ]

    def record_manifest(self, name: str, version: str, manifest: ModelManifest) -> None:
        for file in manifest.files:
            check_text(file.path, "path")

        def work(change: Change) -> None:
            row = find_version(change.cx, name, version)
            found = change.cx.one("SELECT digest FROM model_manifest WHERE version = ?", (row.id,))
            if found is not None and found[0] == manifest.digest:
                return
            if found is not None:
                raise ResourceConflict(
                    f"Version {row.version} of {name!r} consists of other files already (manifest {found[0][:12]}, not "
                    f"{manifest.digest[:12]}). Versions do not change: register these files as a new one"
                )
            after = manifest_to_contents(manifest)
            change.record("record_manifest", row.subject, f"manifest/{row.version}", None, after)

        self._ledger.change(work)

    def manifest(self, name: str, version: str) -> ModelManifest | None:
        with self._engine.snapshot() as cx:
            row = find_version(cx, name, version)
            found = cx.one("SELECT body FROM model_manifest WHERE version = ?", (row.id,))
            return None if found is None else manifest_from_contents(json.loads(found[0]))

    def evidence(self, name: str, version: str) -> dict[str, Any]:
        with self._engine.snapshot() as cx:
            return version_evidence(cx, self._engine, find_version(cx, name, version))

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        check_max_results(max_results, MAX_PAGE)
        with self._engine.snapshot() as cx:
            query = ModelVersionSearch(self._engine, cx).query(filter_string, order_by)
            rows, token = query.page(cx, VERSION_COLUMNS, max_results, page_token)
            return Page(model_versions(cx, rows), token)

    def download_uri(self, name: str, version: str) -> str:
        with self._engine.reading() as cx:
            row = find_version(cx, name, version)
            if row.location is None:
                return row.source
            if _LOGGED_MODEL.fullmatch(row.location):
                # Looked up now: where a root is given out depends on who asks, and roots may move.
                return self._logged_models.get(row.location.rpartition("/")[2], True).artifact_location
            return row.location

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        check_registry_tag(key, value)

        def work(change: Change) -> None:
            row = find_version(change.cx, name, version)
            record_tagging(change, row.subject, key, _tag(change.cx, row, key), value)

        self._ledger.change(work)

    def delete_tag(self, name: str, version: str, key: str) -> None:
        check_registry_tag(key, "")

        def work(change: Change) -> None:
            row = find_version(change.cx, name, version)
            before = _tag(change.cx, row, key)
            if before is not None:
                record_untagging(change, row.subject, key, before)

        self._ledger.change(work)

    def _set_hold(self, name: str, version: str, *, held: bool) -> None:
        def work(change: Change) -> None:
            row = find_version(change.cx, name, version)
            change.require_reason("A legal hold" if held else "The end of a legal hold")
            found = change.cx.one("SELECT held FROM model_version WHERE id = ?", (row.id,))
            if found is not None and bool(found[0]) == held:
                return
            action = "hold_model_version" if held else "release_model_version"
            states = (None, {"held": True}) if held else ({"held": True}, None)
            change.record(action, row.subject, f"hold/{row.version}", *states)

        self._ledger.change(work)

    def _origin(self, cx: Connection, source: str, run_id: str, model_id: str | None) -> _Origin:
        """What a version is registered from.

        Raises:
            ResourceDoesNotExist: There is nothing that the source names.
            InvalidParameterValue: The source disagrees with run or model.
        """
        if logged := _LOGGED_MODEL.fullmatch(source):
            model = self._logged_models.get(logged[1])
            _check_agreement(source, "model_id", model_id, logged[1])
            _check_agreement(source, "run_id", run_id, model.source_run_id)
            return _Origin(source, f"models:/{logged[1]}", run_id or model.source_run_id or "", logged[1])
        if registered := _REGISTERED.fullmatch(source):
            row = find_version(cx, registered[1], registered[2])
            if find_registered_model(cx, row.name).is_prompt:
                raise InvalidParameterValue(
                    f"{source!r} is a prompt; only models can be registered as models"
                )
            _check_agreement(source, "run_id", run_id, row.run_id)
            _check_agreement(source, "model_id", model_id, row.model_id)
            place = row.location or row.source
            return _Origin(f"models:/{row.name}/{row.version}", place, row.run_id, row.model_id)
        if source.startswith("models:"):
            raise InvalidParameterValue(
                f"Invalid model version source {source!r}. Use models:/<model_id> or models:/<name>/<version>."
            )
        if made := _RUN_MODEL.fullmatch(source):
            # Clients that do not know logged models look for its files below the run.
            found = self._model_of_run(cx, made[1], made[2])
            if found is not None:
                _check_agreement(source, "model_id", model_id, found)
                return _Origin(source, f"models:/{found}", run_id or made[1], found)
        return _Origin(source, None, run_id, model_id)

    @staticmethod
    def _model_of_run(cx: Connection, run_id: str, name: str) -> str | None:
        """Id of the newest logged model of a name that a run made."""
        number = find_number(cx, run_id)
        row = cx.one(
            "SELECT uuid FROM logged_model WHERE source_run = ? AND name = ? AND deleted_ms IS NULL "
            "ORDER BY created_ms DESC, id DESC LIMIT 1",
            (number, name),
        )
        return None if row is None else f"m-{row[0]}"


def _check_kind(is_prompt: bool, source: str) -> None:
    if is_prompt and source not in PROMPT_SOURCES:
        raise InvalidParameterValue(
            f"Invalid prompt source: {source!r}. The source of a prompt is {' or '.join(PROMPT_SOURCES)}."
        )


def _check_agreement(source: str, name: str, given: str | None, found: str | None) -> None:
    if given and found and given != found:
        raise InvalidParameterValue(
            f"The source {source!r} belongs to the {name} {found!r}, not to {given!r}. Leave {name} out, or give that one."
        )


def _entity(cx: Connection, number: int) -> ModelVersion:
    rows = cx.all(f"SELECT {VERSION_COLUMNS} FROM {VERSION_TABLES} WHERE v.id = ?", (number,))
    return model_versions(cx, rows, with_aliases=True)[0]


def _describe(change: Change, subject: Subject, before: str | None, after: str | None) -> None:
    change.record(
        "describe_model_version",
        subject,
        f"description/{subject.version}",
        {"description": before},
        {"description": after},
    )


def _tag(cx: Connection, row: VersionRow, key: str) -> str | None:
    found = cx.one("SELECT value FROM model_version_tag WHERE version = ? AND name = ?", (row.id, key))
    return None if found is None else str(found[0])
