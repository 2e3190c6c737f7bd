"""The stores that a process uses."""

from __future__ import annotations

from pathlib import Path

from mlflow._session.uris import DATABASE_NAME, store_uri
from mlflow._storage.interface.store import Store
from mlflow._storage.open import open_store

_announced: set[str] = set()


def open_session_store(uri: str | None = None) -> Store:
    """The store at a URI, the tracking store in use by default.

    Cheap to call again and again, which is how a forked process gets connections of its own.
    """
    return open_store(store_uri(uri))


def announce_new_store(store: Store) -> None:
    """Says where a run goes when this process made the database for it; once for each database."""
    if not getattr(store, "is_new", False) or store.uri in _announced:
        return
    _announced.add(store.uri)
    from mlflow._base.logs import get_logger

    message = f"Runs are kept in the new database {store.uri}\n  See them with: mlflow ui --backend-store-uri {store.uri}"
    above = _database_above(store.uri)
    if above is not None:
        message += (
            f"\n  There is also {above}; if you meant that one, call "
            f"mlflow.set_tracking_uri('sqlite:///{above.as_posix()}')"
        )
    get_logger("mlflow").info(message)


def _database_above(uri: str) -> Path | None:
    """The nearest database in a folder around that of a new one."""
    if not uri.startswith("sqlite:///"):
        return None
    folders = Path(uri.removeprefix("sqlite:///")).parent.parents
    return next((folder / DATABASE_NAME for folder in folders if (folder / DATABASE_NAME).is_file()), None)
