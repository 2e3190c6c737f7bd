"""From a URI to a store."""

from __future__ import annotations

import os
import re
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mlflow.exceptions import InvalidParameterValue

if TYPE_CHECKING:
    from mlflow._storage.interface.store import Store
    from mlflow._storage.sql.store import SqlStore

FOLDER_DATABASE = "headrace.db"
"""Name of the database inside of a folder that is used as a tracking URI."""
FOLDER_ARTIFACTS = "artifacts"
"""Folder of artifacts beside that database; the database must not lie among what a server gives out."""
LOCAL_ARTIFACTS = "mlruns"
"""Folder of artifacts beside a database that a script made."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_POSTGRES = re.compile(r"postgres(?:ql)?(?:\+\w+)?")
_open: dict[tuple[int, str], Store] = {}
_lock = threading.Lock()


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # a thread that does not exist here may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def open_store(uri: str) -> Store:
    """The store of a tracking URI; the same object for the same URI in one process.

    Args:
        uri: `sqlite:///file.db`, `postgresql://…`, `http(s)://…`, or a folder as a path or `file:` URI.

    Raises:
        InvalidParameterValue: No store has such a URI.
        StorageUnavailable: The database cannot be used.
    """
    key = (os.getpid(), absolute_uri(uri))
    with _lock:
        store = _open.get(key)
        if store is None:
            store = _open[key] = _new_store(key[1])
        return store


def forget_stores() -> None:
    """Closes every store of this process."""
    with _lock:
        for (pid, _), store in _open.items():
            if pid == os.getpid():
                store.close()
        _open.clear()


def absolute_uri(uri: str, folder: Path | None = None) -> str:
    """A tracking URI that means the same in every folder.

    Args:
        uri: The URI.
        folder: What relative places are taken from; the current folder by default.

    Raises:
        InvalidParameterValue: No store has such a URI.
    """
    match = _SCHEME.match(uri)
    scheme = match[1].lower() if match else ""
    if scheme in ("http", "https"):
        return uri.rstrip("/")
    if scheme == "sqlite":
        return f"sqlite:///{_sqlite_path(uri, folder)}"
    if _POSTGRES.fullmatch(scheme):
        return uri
    if scheme in ("", "file"):
        path = unquote(urlsplit(uri).path) if scheme else uri
        if not path:
            raise InvalidParameterValue(
                "The tracking URI is empty; use sqlite:///mlflow.db or a server's address"
            )
        return (folder or Path.cwd()).joinpath(Path(path).expanduser()).resolve().as_uri()
    if scheme in ("mysql", "mssql") or scheme.startswith(("mysql+", "mssql+")):
        raise InvalidParameterValue(
            f"Headrace keeps its data in SQLite or PostgreSQL, not in {scheme.partition('+')[0]}. Create an empty "
            "PostgreSQL database and use postgresql://user:password@host/name as the URI"
        )
    raise InvalidParameterValue(
        f"The tracking URI {uri!r} has the unknown scheme {scheme!r}. Use sqlite:///file.db, postgresql://…, "
        "http(s)://… or a folder."
    )


def open_sql_store(
    uri: str, artifact_root: str | None = None, *, proxied: bool = False, folder: str = ""
) -> SqlStore:
    """A new store on the database of a URI, as a server opens it.

    Args:
        uri: `sqlite:///file.db`, `postgresql://…`, or a folder.
        artifact_root: Where a new database keeps artifacts; beside the database by default.
        proxied: Whether artifacts are reached through this process.
        folder: Name of the folder of artifacts beside the database.
    """
    from mlflow._storage.sql.store import SqlStore, default_artifact_root

    uri = absolute_uri(uri)
    scheme = uri.partition(":")[0]
    if _POSTGRES.fullmatch(scheme):
        from mlflow._storage.sql.dialects.postgres import PostgresDialect

        postgres = PostgresDialect(uri)
        root = artifact_root or default_artifact_root(postgres, folder or LOCAL_ARTIFACTS)
        return SqlStore(postgres, uri, root, proxied=proxied)
    from mlflow._storage.sql.dialects.sqlite import SqliteDialect

    if scheme == "file":
        path = Path(unquote(urlsplit(uri).path))
        _refuse_file_store(path)
        sqlite = SqliteDialect(path / FOLDER_DATABASE)
        return SqlStore(sqlite, uri, artifact_root or str(path / FOLDER_ARTIFACTS), proxied=proxied)
    if scheme == "sqlite":
        sqlite = SqliteDialect(Path(_sqlite_path(uri)))
        root = artifact_root or default_artifact_root(sqlite, folder or LOCAL_ARTIFACTS)
        return SqlStore(sqlite, uri, root, proxied=proxied)
    raise InvalidParameterValue(f"A server needs a database of its own; {uri!r} is not one")


def _new_store(uri: str) -> Store:
    if uri.startswith(("http:", "https:")):
        from mlflow._storage.rest.store import RestStore

        return RestStore(uri)
    return open_sql_store(uri)


def _sqlite_path(uri: str, folder: Path | None = None) -> str:
    """Absolute path of the file that a SQLite URI names, `sqlite:///relative` and `sqlite:////absolute`."""
    _, _, rest = uri.partition("://")
    if not rest.startswith("/"):
        raise InvalidParameterValue(
            f"The tracking URI {uri!r} names no file. Use three slashes for a relative path (sqlite:///mlflow.db), "
            "four for an absolute one."
        )
    path = rest[1:].partition("?")[0]  # taken as it stands: percent signs are part of the name
    if not path or path == ":memory:":
        raise InvalidParameterValue(
            f"The tracking URI {uri!r} names no file; a database in memory is gone with its process. "
            "Use sqlite:///mlflow.db"
        )
    # With pathlib this would be a third of the work of a call.
    return _tidy(os.path.join(folder or os.getcwd(), os.path.expanduser(path)))  # noqa: PTH109, PTH111, PTH118 - see above


@lru_cache(maxsize=64)
def _tidy(path: str) -> str:
    """A path without what stands for nothing in it. Every call of a script comes by here."""
    return str(Path(path))


def _refuse_file_store(path: Path) -> None:
    if (path / FOLDER_DATABASE).exists() or not path.is_dir():
        return
    if any(path.glob("*/meta.yaml")):
        raise InvalidParameterValue(
            f"The folder {path} was made by MLflow's file store and was left untouched. Headrace keeps its data in a "
            "database of its own: give another folder (bringing over the data of an mlruns folder is a command of its "
            "own)."
        )
