"""Finding the rows of registered models and their versions, and making entities of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.ledger import Subject
from mlflow._storage.validation import check_version_number, is_storable
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.registered_model import RegisteredModel
from mlflow.exceptions import ResourceDoesNotExist

_CHUNK = 500
MODEL_COLUMNS = "m.id, m.name, m.description, m.is_prompt, m.created_ms, m.updated_ms"
VERSION_COLUMNS = (
    "v.id, v.model, m.name, v.version, v.stage, v.description, v.source, v.location, v.run_id, v.run_link, v.model_id, "
    "v.user_id, v.created_ms, v.updated_ms"
)
VERSION_TABLES = "model_version v JOIN registered_model m ON m.id = v.model"


class ModelRow(NamedTuple):
    """A registered model, by `MODEL_COLUMNS`."""

    id: int
    name: str
    description: str | None
    is_prompt: int
    created_ms: int
    updated_ms: int

    @property
    def subject(self) -> Subject:
        """What events about it are about."""
        return Subject(self.id, self.name)


class VersionRow(NamedTuple):
    """A version, by `VERSION_COLUMNS`."""

    id: int
    model: int
    name: str
    version: int
    stage: str
    description: str | None
    source: str
    location: str | None
    run_id: str
    run_link: str
    model_id: str | None
    user_id: str | None
    created_ms: int
    updated_ms: int

    @property
    def subject(self) -> Subject:
        """What events about it are about."""
        return Subject(self.model, self.name, self.version)


def find_registered_model(cx: Connection, name: str) -> ModelRow:
    """The registered model or prompt of a name.

    Raises:
        ResourceDoesNotExist: There is none.
    """
    found = seek_registered_model(cx, name)
    if found is None:
        raise ResourceDoesNotExist(f"Registered Model with name={name} not found")
    return found


def seek_registered_model(cx: Connection, name: str) -> ModelRow | None:
    """As `find_registered_model`, with `None` where there is none."""
    if not is_storable(name):
        return None
    row = cx.one(
        f"SELECT {MODEL_COLUMNS} FROM registered_model m WHERE m.name = ? AND m.deleted_ms IS NULL", (name,)
    )
    return None if row is None else ModelRow(*row)


def find_version(cx: Connection, name: str, version: str) -> VersionRow:
    """A version of a registered model.

    Raises:
        InvalidParameterValue: The version is no number.
        ResourceDoesNotExist: There is none.
    """
    number = check_version_number(version)
    row = None
    if is_storable(name):
        row = cx.one(
            f"SELECT {VERSION_COLUMNS} FROM {VERSION_TABLES} WHERE m.name = ? AND v.version = ? "
            "AND v.deleted_ms IS NULL AND m.deleted_ms IS NULL",
            (name, number),
        )
    if row is None:
        raise ResourceDoesNotExist(f"Model Version (name={name}, version={version}) not found")
    return VersionRow(*row)


def find_deleted_version(cx: Connection, name: str, version: str) -> VersionRow:
    """A version that was deleted, of a model that was not.

    Raises:
        InvalidParameterValue: The version is no number.
        ResourceDoesNotExist: There is no such version, or it is not deleted.
    """
    number = check_version_number(version)
    model = find_registered_model(cx, name)
    row = cx.one(
        f"SELECT {VERSION_COLUMNS} FROM {VERSION_TABLES} WHERE v.model = ? AND v.version = ? "
        "AND v.deleted_ms IS NOT NULL",
        (model.id, number),
    )
    if row is None:
        raise ResourceDoesNotExist(f"No deleted Model Version (name={name}, version={version}) was found")
    return VersionRow(*row)


def find_deleted_model(cx: Connection, name: str) -> ModelRow:
    """The registered model of a name that was deleted last.

    Raises:
        ResourceDoesNotExist: There is none.
    """
    row = None
    if is_storable(name):
        row = cx.one(
            f"SELECT {MODEL_COLUMNS} FROM registered_model m WHERE m.name = ? AND m.deleted_ms IS NOT NULL "
            "ORDER BY m.deleted_ms DESC, m.id DESC LIMIT 1",
            (name,),
        )
    if row is None:
        raise ResourceDoesNotExist(f"No deleted Registered Model with name={name} was found")
    return ModelRow(*row)


def model_versions(cx: Connection, rows: Iterable[Row], *, with_aliases: bool = False) -> list[ModelVersion]:
    """Entities of rows with `VERSION_COLUMNS`."""
    found = [VersionRow(*row) for row in rows]
    tags = _tags(cx, "model_version_tag", "version", [row.id for row in found])
    aliases: dict[tuple[int, int], list[str]] = {}
    if with_aliases:
        for model, alias, version in _aliases(cx, [row.model for row in found]):
            aliases.setdefault((model, version), []).append(alias)
    return [
        ModelVersion(
            name=row.name,
            version=str(row.version),
            creation_timestamp=row.created_ms,
            last_updated_timestamp=row.updated_ms,
            description=row.description,
            user_id=row.user_id,
            current_stage=row.stage,
            source=row.source,
            run_id=row.run_id,
            run_link=row.run_link,
            model_id=row.model_id,
            tags=tags.get(row.id, {}),
            aliases=aliases.get((row.model, row.version), []),
        )
        for row in found
    ]


def registered_models(cx: Connection, rows: Iterable[Row]) -> list[RegisteredModel]:
    """Entities of rows with `MODEL_COLUMNS`."""
    found = [ModelRow(*row) for row in rows]
    numbers = [row.id for row in found]
    tags = _tags(cx, "registered_model_tag", "model", numbers)
    aliases: dict[int, dict[str, str]] = {}
    for model, alias, version in _aliases(cx, numbers):
        aliases.setdefault(model, {})[alias] = str(version)
    latest: dict[str, list[ModelVersion]] = {}
    for version in model_versions(cx, latest_rows(cx, numbers)):
        latest.setdefault(version.name, []).append(version)
    return [
        RegisteredModel(
            name=row.name,
            creation_timestamp=row.created_ms,
            last_updated_timestamp=row.updated_ms,
            description=row.description,
            latest_versions=latest.get(row.name),
            tags=tags.get(row.id, {}),
            aliases=aliases.get(row.id, {}),
        )
        for row in found
    ]


def latest_rows(cx: Connection, models: Sequence[int]) -> list[Row]:
    """The newest version of each stage of some models, by number of the version."""
    found: list[Row] = []
    for chunk in _chunks(models):
        marks = ", ".join("?" * len(chunk))
        found += cx.all(
            f"SELECT {VERSION_COLUMNS} FROM (SELECT model, stage, MAX(version) AS version FROM model_version "
            f"WHERE model IN ({marks}) AND deleted_ms IS NULL GROUP BY model, stage) newest "
            "JOIN model_version v ON v.model = newest.model AND v.version = newest.version "
            "JOIN registered_model m ON m.id = v.model ORDER BY v.model, v.version",
            chunk,
        )
    return found


def _tags(cx: Connection, table: str, owner: str, owners: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for chunk in _chunks(owners):
        marks = ", ".join("?" * len(chunk))
        for number, name, value in cx.all(
            f"SELECT {owner}, name, value FROM {table} WHERE {owner} IN ({marks}) ORDER BY 1, 2", chunk
        ):
            found.setdefault(number, {})[name] = value
    return found


def _aliases(cx: Connection, models: Iterable[int]) -> list[Row]:
    return [
        row
        for chunk in _chunks(sorted(set(models)))
        for row in cx.all(
            "SELECT model, alias, version FROM model_alias "
            f"WHERE model IN ({', '.join('?' * len(chunk))}) ORDER BY 1, 2",
            chunk,
        )
    ]


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
