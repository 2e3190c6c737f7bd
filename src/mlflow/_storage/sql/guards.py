"""What must not be deleted: versions that are in use, and the runs, models and files that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mlflow._artifacts.paths import lies_within
from mlflow._storage.interface.settings import ArtifactPlace
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_rows import model_number
from mlflow.entities.model_registry.model_version_stages import STAGE_PRODUCTION
from mlflow.environment_variables import MLFLOW_PROTECTED_ALIASES, MLFLOW_REGISTRY_GUARDS
from mlflow.exceptions import ResourceConflict

_NAMED = 3
"""How many of the versions in the way an error names."""


class Protected(NamedTuple):
    """A version that must not be deleted.

    Attributes:
        name: The registered model.
        version: Number of the version.
        stage: Its stage.
        held: Whether it is under legal hold.
        run_id: Its run; empty for none.
        model_id: Its logged model.
        aliases: Its protected aliases.
    """

    name: str
    version: int
    stage: str
    held: int
    run_id: str
    model_id: str | None
    aliases: tuple[str, ...] = ()

    def reasons(self) -> list[str]:
        """Why it is protected."""
        found = ["it is in Production"] if self.stage == STAGE_PRODUCTION else []
        found += [f"the protected alias {alias!r} points to it" for alias in self.aliases]
        return [*found, "it is under legal hold"] if self.held else found

    def releases(self) -> list[str]:
        """What ends its protection."""
        found = [f"move version {self.version} to another stage"] if self.stage == STAGE_PRODUCTION else []
        found += [f"move or remove the alias {alias!r}" for alias in self.aliases]
        if self.held:
            found.append(
                f"end the hold with: mlflow registry release {self.name} {self.version} --reason ..."
            )
        return found


def protected_aliases() -> tuple[str, ...]:
    """Aliases whose versions are protected."""
    return tuple(sorted({alias.strip() for alias in MLFLOW_PROTECTED_ALIASES.get().split(",")} - {""}))


def protected_versions(
    cx: Connection, condition: str = "1 = 1", parameters: Sequence[object] = ()
) -> list[Protected]:
    """Versions that must not be deleted, whether guards are on or not.

    Args:
        cx: Connection.
        condition: Which ones to look at, as a condition on `v`, the versions.
        parameters: Of the condition.
    """
    aliases = protected_aliases()
    named = f"a.alias IN ({', '.join('?' * len(aliases))})" if aliases else "1 = 0"
    rows = cx.all(
        "SELECT m.name, v.version, v.stage, v.held, v.run_id, v.model_id, v.model FROM model_version v "
        f"JOIN registered_model m ON m.id = v.model WHERE ({condition}) AND v.deleted_ms IS NULL "
        "AND m.deleted_ms IS NULL AND (v.stage = ? OR v.held = 1 OR EXISTS (SELECT 1 FROM model_alias a "
        f"WHERE a.model = v.model AND a.version = v.version AND {named})) ORDER BY m.name, v.version",
        (*parameters, STAGE_PRODUCTION, *aliases),
    )
    found = []
    for row in rows:
        pointing = cx.all(
            f"SELECT a.alias FROM model_alias a WHERE a.model = ? AND a.version = ? AND {named} ORDER BY 1",
            (row[-1], row[1], *aliases),
        )
        found.append(Protected._make((*row[:6], tuple(alias for (alias,) in pointing))))
    return found


class Guards:
    """Refuses to delete what a protected version is or stands on.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check_version(self, cx: Connection, number: int) -> None:
        """Refuses to delete a version.

        Args:
            cx: Connection of the transaction that deletes it.
            number: Id of the version.

        Raises:
            ResourceConflict: It is protected.
        """
        _refuse("The version", self._held_still(cx, "v.id = ?", (number,)))

    def check_registered_model(self, cx: Connection, number: int) -> None:
        """Refuses to delete a registered model; see `check_version`."""
        _refuse("The registered model", self._held_still(cx, "v.model = ?", (number,)))

    def check_run(self, cx: Connection, run_id: str) -> None:
        """Refuses to delete a run; see `check_version`."""
        _refuse(f"The run {run_id}", self._held_still(cx, "v.run_id = ?", (run_id,)))

    def check_logged_model(self, cx: Connection, model_id: str) -> None:
        """Refuses to delete a logged model; see `check_version`."""
        _refuse(f"The logged model {model_id}", self._held_still(cx, "v.model_id = ?", (model_id,)))

    def check_experiment(self, cx: Connection, experiment: int) -> None:
        """Refuses to delete an experiment with its runs; see `check_version`."""
        runs = cx.one("SELECT 1 FROM run WHERE experiment = ? LIMIT 1", (experiment,))
        models = cx.one("SELECT 1 FROM logged_model WHERE experiment = ? LIMIT 1", (experiment,))
        if runs is None and models is None:
            return
        found = [version for version in self._held_still(cx) if _is_of(cx, version, experiment)]
        _refuse(f"The experiment {experiment}", found)

    def check_artifacts(
        self, place: ArtifactPlace, place_of: Callable[[str, str], ArtifactPlace | None]
    ) -> None:
        """Refuses to delete files or a folder; see `check_version`.

        Args:
            place: What is to be deleted.
            place_of: Where the files of a version are, by the name of its model and its number;
                `None` where that is not known.
        """
        if not MLFLOW_REGISTRY_GUARDS.get():
            return
        with self._engine.snapshot() as cx:
            found = protected_versions(cx)
        standing = []
        for version in found:
            theirs = place_of(version.name, str(version.version))
            if theirs is None or theirs.root_uri != place.root_uri:
                continue
            if lies_within(place.key, theirs.key) or lies_within(theirs.key, place.key):
                standing.append(version)
        _refuse(f"The artifact {place.key!r}", standing)

    def _held_still(
        self, cx: Connection, condition: str = "1 = 1", parameters: Sequence[object] = ()
    ) -> list[Protected]:
        """Protected versions; while the transaction lasts no others become protected."""
        if not MLFLOW_REGISTRY_GUARDS.get():
            return []
        if cx.one(f"SELECT v.id FROM model_version v WHERE {condition} LIMIT 1", parameters) is None:
            return []
        cx.one(f"SELECT seq FROM decision_head WHERE id = 1{self._engine.dialect.row_lock}")
        return protected_versions(cx, condition, parameters)


def _is_of(cx: Connection, version: Protected, experiment: int) -> bool:
    for table, number in (
        ("run", find_number(cx, version.run_id) if version.run_id else None),
        ("logged_model", model_number(cx, version.model_id) if version.model_id else None),
    ):
        if number is not None and cx.one(
            f"SELECT 1 FROM {table} WHERE id = ? AND experiment = ?", (number, experiment)
        ):
            return True
    return False


def _refuse(what: str, found: Sequence[Protected]) -> None:
    if not found:
        return
    needs = "; ".join(
        f"version {version.version} of {version.name!r} needs it ({', '.join(version.reasons())})"
        for version in found[:_NAMED]
    )
    more = f"; and {len(found) - _NAMED} more versions" if len(found) > _NAMED else ""
    releases = ", ".join(release for version in found[:_NAMED] for release in version.releases())
    raise ResourceConflict(
        f"{what} cannot be deleted: {needs}{more}. To release it, {releases}. On a throw-away server, "
        "MLFLOW_REGISTRY_GUARDS=false switches these guards off."
    )
