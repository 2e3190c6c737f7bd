"""Registered models in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlflow._search.fields.prompts import IS_PROMPT_KEY
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.guards import Guards
from mlflow._storage.sql.ledger import (
    REASON_TAG,
    TICKET_TAG,
    Change,
    Ledger,
    Subject,
    record_tagging,
    record_untagging,
)
from mlflow._storage.sql.moves import check_place, point_alias, remove_alias, roll_back
from mlflow._storage.sql.registry_rows import (
    MODEL_COLUMNS,
    VERSION_COLUMNS,
    VERSION_TABLES,
    ModelRow,
    find_deleted_model,
    find_registered_model,
    find_version,
    latest_rows,
    model_versions,
    registered_models,
    seek_registered_model,
)
from mlflow._storage.sql.search_registered_models import RegisteredModelSearch
from mlflow._storage.validation import (
    check_alias,
    check_description,
    check_max_results,
    check_registered_name,
    check_registry_tag,
)
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.model_version_stages import (
    ALL_STAGES,
    get_canonical_stage,
)
from mlflow.entities.model_registry.registered_model import RegisteredModel
from mlflow.exceptions import (
    InvalidParameterValue,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)

MAX_PAGE = 1000


class SqlRegisteredModels:
    """Registered models in SQL.

    Args:
        engine: The database.
        ledger: What every change goes through.
        guards: What refuses to delete models that are needed.
    """

    def __init__(self, engine: Engine, ledger: Ledger, guards: Guards) -> None:
        self._engine = engine
        self._ledger = ledger
        self._guards = guards

    def create(
        self, name: str, tags: Mapping[str, str] | None = None, description: str | None = None
    ) -> RegisteredModel:
        check_registered_name(name)
        check_description(description)
        labels = dict(tags or {})
        for key, value in labels.items():
            check_registry_tag(key, value)
        reason, ticket = labels.pop(REASON_TAG, ""), labels.pop(TICKET_TAG, "")

        def work(change: Change) -> RegisteredModel:
            _refuse_taken_name(change.cx, name, is_prompt=labels.get(IS_PROMPT_KEY, "").lower() == "true")
            change.explain(reason, ticket)
            number = change.record("create_registered_model", Subject(0, name), "model", None, {"name": name})
            subject = Subject(number, name)
            if description:
                change.record(
                    "describe_registered_model", subject, "description", None, {"description": description}
                )
            for key, value in sorted(labels.items()):
                record_tagging(change, subject, key, None, value)
            return _entity(change.cx, number)

        return self._ledger.change(work)

    def get(self, name: str) -> RegisteredModel:
        with self._engine.snapshot() as cx:
            return _entity(cx, find_registered_model(cx, name).id)

    def update(self, name: str, description: str | None) -> RegisteredModel:
        check_description(description)

        def work(change: Change) -> RegisteredModel:
            row = find_registered_model(change.cx, name)
            change.record(
                "describe_registered_model",
                row.subject,
                "description",
                {"description": row.description},
                {"description": description},
            )
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def rename(self, name: str, new_name: str) -> RegisteredModel:
        check_registered_name(new_name, "new_name")

        def work(change: Change) -> RegisteredModel:
            row = find_registered_model(change.cx, name)
            if new_name != name:
                _refuse_taken_name(change.cx, new_name, is_prompt=bool(row.is_prompt))
            change.explain_by_tags(row.subject)
            renamed = Subject(row.id, new_name)
            change.record("rename_registered_model", renamed, "name", {"name": name}, {"name": new_name})
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def delete(self, name: str) -> None:
        def work(change: Change) -> None:
            row = find_registered_model(change.cx, name)
            self._guards.check_registered_model(change.cx, row.id)
            change.explain_by_tags(row.subject)
            change.record("delete_registered_model", row.subject, "model", {"name": name}, None)

        self._ledger.change(work)

    def restore(self, name: str) -> RegisteredModel:
        def work(change: Change) -> RegisteredModel:
            row = find_deleted_model(change.cx, name)
            _refuse_taken_name(change.cx, name, is_prompt=bool(row.is_prompt))
            change.record("restore_registered_model", row.subject, "model", None, {"name": name})
            return _entity(change.cx, row.id)

        return self._ledger.change(work)

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        check_max_results(max_results, MAX_PAGE)
        with self._engine.snapshot() as cx:
            query = RegisteredModelSearch(self._engine, cx).query(filter_string, order_by)
            rows, token = query.page(cx, MODEL_COLUMNS, max_results, page_token)
            return Page(registered_models(cx, rows), token)

    def latest_versions(self, name: str, stages: Sequence[str] = ()) -> list[ModelVersion]:
        wanted = {get_canonical_stage(stage) for stage in stages} or set(ALL_STAGES)
        with self._engine.snapshot() as cx:
            row = find_registered_model(cx, name)
            found = model_versions(cx, latest_rows(cx, [row.id]), with_aliases=True)
        return [version for version in found if version.current_stage in wanted]

    def set_tag(self, name: str, key: str, value: str) -> None:
        check_registry_tag(key, value)

        def work(change: Change) -> None:
            row = find_registered_model(change.cx, name)
            record_tagging(change, row.subject, key, _tag(change.cx, row, key), value)

        self._ledger.change(work)

    def delete_tag(self, name: str, key: str) -> None:
        check_registry_tag(key, "")

        def work(change: Change) -> None:
            row = find_registered_model(change.cx, name)
            before = _tag(change.cx, row, key)
            if before is not None:
                record_untagging(change, row.subject, key, before)

        self._ledger.change(work)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        check_alias(alias)
        self._ledger.change(
            lambda change: point_alias(change, self._engine, find_version(change.cx, name, version), alias)
        )

    def rollback(
        self,
        name: str,
        stage: str | None = None,
        alias: str | None = None,
        to: str | None = None,
        at_ms: int | None = None,
    ) -> ModelVersion:
        if (stage is not None and alias is not None) or (to is not None and at_ms is not None):
            raise InvalidParameterValue("Give a stage or an alias, and a version or a time, not both")
        place = check_place(stage, alias)

        def work(change: Change) -> ModelVersion:
            _, row = roll_back(change, self._engine, name, place, to, at_ms)
            found = find_version(change.cx, name, str(row.version))
            return model_versions(change.cx, [found], with_aliases=True)[0]

        return self._ledger.change(work)

    def delete_alias(self, name: str, alias: str) -> None:
        check_alias(alias)
        self._ledger.change(
            lambda change: remove_alias(change, find_registered_model(change.cx, name).id, name, alias)
        )

    def version_of_alias(self, name: str, alias: str) -> ModelVersion:
        with self._engine.snapshot() as cx:
            row = find_registered_model(cx, name)
            newest = alias.lower() == "latest"
            which = (
                "(SELECT MAX(version) FROM model_version WHERE model = ? AND deleted_ms IS NULL)"
                if newest
                else "(SELECT version FROM model_alias WHERE model = ? AND alias = ?)"
            )
            found = cx.all(
                f"SELECT {VERSION_COLUMNS} FROM {VERSION_TABLES} WHERE v.model = ? AND v.version = {which}",
                (row.id, row.id) if newest else (row.id, row.id, check_alias(alias)),
            )
            if not found and newest:
                raise ResourceDoesNotExist(f"The registered model {name!r} has no version yet")
            if not found:
                raise InvalidParameterValue(f"Registered model alias {alias} not found.")
            return model_versions(cx, found, with_aliases=True)[0]


def _entity(cx: Connection, number: int) -> RegisteredModel:
    rows = cx.all(f"SELECT {MODEL_COLUMNS} FROM registered_model m WHERE m.id = ?", (number,))
    return registered_models(cx, rows)[0]


def _refuse_taken_name(cx: Connection, name: str, *, is_prompt: bool) -> None:
    taken = seek_registered_model(cx, name)
    if taken is None:
        return
    if bool(taken.is_prompt) != is_prompt:
        kinds = ("model", "prompt") if taken.is_prompt else ("prompt", "model")
        raise ResourceAlreadyExists(
            f"The name {name!r} cannot be given to a {kinds[0]}, because a {kinds[1]} has it. Choose another one."
        )
    raise ResourceAlreadyExists(f"Registered Model (name={name}) already exists.")


def _tag(cx: Connection, row: ModelRow, key: str) -> str | None:
    found = cx.one("SELECT value FROM registered_model_tag WHERE model = ? AND name = ?", (row.id, key))
    return None if found is None else str(found[0])
