"""What a database knows about itself: above all, where artifacts are."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlflow._storage.interface.settings import ArtifactPlace
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine

PROXIED_SCHEME = "mlflow-artifacts:"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_DEEPEST_LOCATION = 100
_PROXIED = re.compile(r"mlflow-artifacts:(?://[^/]*)?/*(.*)")


class SqlSettings:
    """Facts about the store as a whole. Artifact roots are only ever added.

    Args:
        engine: The database.
        proxied: Whether artifacts are reached through this process, so that roots are given out as
            `mlflow-artifacts:/` instead of as what they are.
    """

    def __init__(self, engine: Engine, *, proxied: bool = False) -> None:
        self._engine = engine
        self.proxied = proxied
        self._roots: dict[int, str] = {}
        self._direct: set[str] = set()

    def ping(self) -> None:
        with self._engine.reading() as cx:
            cx.one("SELECT value FROM setting WHERE name = 'artifact_root'")

    def token_key(self) -> bytes:
        """What the page tokens of this database are signed with, by all processes that share it; made once."""
        question = "SELECT value FROM setting WHERE name = 'token_key'"
        with self._engine.reading() as cx:
            row = cx.one(question)
        if row is None:
            self._engine.write(
                lambda cx: cx.run(
                    "INSERT INTO setting (name, value) VALUES ('token_key', ?) ON CONFLICT (name) DO NOTHING",
                    (secrets.token_hex(32),),
                )
            )
            with self._engine.reading() as cx:
                row = cx.one(question)
        assert row is not None  # nobody removes it
        return bytes.fromhex(row[0])

    def artifact_root(self) -> str:
        with self._engine.reading() as cx:
            return self.root_uri(cx, self.current_root(cx))

    def current_root(self, cx: Connection) -> int:
        """Number of the root that new experiments get."""
        row = cx.one("SELECT value FROM setting WHERE name = 'artifact_root'")
        assert row is not None  # written with the schema
        return int(row[0])

    def root_uri(self, cx: Connection, number: int) -> str:
        """URI or absolute path of a root."""
        uri = self._roots.get(number)
        if uri is None:
            row = cx.one("SELECT uri FROM artifact_root WHERE id = ?", (number,))
            assert row is not None  # roots are never removed
            uri = self._roots[number] = self._absolute(row[0])
        return uri

    def give_out_directly(self, uri: str) -> None:
        """Has a root given out as what it is even where artifacts are reached through this process."""
        self._direct.add(self._absolute(self.stored_form(uri)))

    def use_root(self, uri: str) -> None:
        """Makes new experiments keep artifacts below a URI or path; those that exist keep their place."""
        stored = self.stored_form(uri)

        def work(cx: Connection) -> None:
            row = cx.one("SELECT id FROM artifact_root WHERE uri = ? ORDER BY id LIMIT 1", (stored,))
            if row is None:
                row = cx.one("INSERT INTO artifact_root (uri) VALUES (?) RETURNING id", (stored,))
                assert row is not None
            cx.run(
                "INSERT INTO setting (name, value) VALUES ('artifact_root', ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (str(row[0]),),
            )

        self._engine.write(work)

    def given_out(self, cx: Connection, root: int | None, location: str) -> str:
        """The artifact location that entities show."""
        if root is None:
            return location
        base = self.root_uri(cx, root)
        if self.proxied and base not in self._direct:
            return f"{PROXIED_SCHEME}/{location}"
        return f"{base.rstrip('/')}/{location}" if location else base

    def taken_in(self, cx: Connection, location: str) -> tuple[int | None, str]:
        """Root and key of an artifact location that somebody chose, where it lies below the current root."""
        number = self.current_root(cx)
        proxied = _PROXIED.fullmatch(location)
        if proxied:
            return number, proxied[1].strip("/")
        base = self.root_uri(cx, number).rstrip("/") + "/"
        if location.startswith(base):
            return number, location[len(base) :].strip("/")
        return None, location

    def place_of(self, uri: str) -> ArtifactPlace:
        proxied = _PROXIED.fullmatch(uri)
        with self._engine.reading() as cx:
            if proxied:
                key = proxied[1].strip("/")
                return ArtifactPlace(self.root_uri(cx, self._root_of_key(cx, key)), key)
            bases = [
                self.root_uri(cx, number).rstrip("/")
                for (number,) in cx.all("SELECT id FROM artifact_root ORDER BY id")
            ]
        for base in sorted(bases, key=len, reverse=True):  # a root may lie inside of another
            if uri == base or uri.startswith(base + "/"):
                return ArtifactPlace(base, uri[len(base) :].strip("/"))
        return ArtifactPlace(uri, "", is_ours=False)

    def _root_of_key(self, cx: Connection, key: str) -> int:
        """Root of what is given out without one: that of the experiment which the key belongs to."""
        parts = key.split("/")[:_DEEPEST_LOCATION]
        locations = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        marks = ", ".join("?" * len(locations))
        row = cx.one(
            f"SELECT root FROM experiment WHERE root IS NOT NULL AND substr(location, 1, 200) IN ({marks}) "
            f"AND location IN ({marks}) ORDER BY length(location) DESC, id LIMIT 1",
            [*(location[:200] for location in locations), *locations],
        )
        return self.current_root(cx) if row is None else int(row[0])

    def _absolute(self, stored: str) -> str:
        if _SCHEME.match(stored):
            return stored
        return os.path.normpath(Path(self._engine.dialect.folder or "/", stored))

    def stored_form(self, uri: str) -> str:
        """A root as it is stored: relative to the database where it lies beside it."""
        if uri.startswith("file:"):
            uri = unquote(urlsplit(uri).path)
        if _SCHEME.match(uri):
            return uri.rstrip("/")
        path = Path(os.path.abspath(Path(uri).expanduser()))  # noqa: PTH100 - without following links
        folder = self._engine.dialect.folder
        if folder is not None and path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
        return str(path)
