"""The stores that a process uses."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow._base.uri import redact_uri
from mlflow._session.project import other_store, project
from mlflow._session.uris import (
    DATABASE_NAME,
    get_registry_uri,
    is_registry_uri_set,
    is_tracking_uri_from_project,
    store_uri,
)
from mlflow._storage.interface.store import Store
from mlflow._storage.open import absolute_uri, open_store
from mlflow.environment_variables import MLFLOW_JOURNAL
from mlflow.exceptions import MlflowException

if TYPE_CHECKING:
    from mlflow._journal.store import JournalStore

_SERVERS = ("http://", "https://")
_SWEEP_S = 5.0

_announced: set[str] = set()
_swept: dict[str, float] = {}


def open_session_store(uri: str | None = None) -> Store:
    """The store at a URI, the tracking store in use by default.

    Cheap to call again and again, which is how a forked process gets connections of its own.
    """
    return open_store_at(store_uri(uri))


def open_store_at(uri: str) -> Store:
    """The store at an absolute URI; that of a server through a journal, where one is wanted."""
    if uri.startswith(_SERVERS) and MLFLOW_JOURNAL.get():
        from mlflow._journal.open import open_journal_store

        return open_journal_store(uri)
    store = open_store(uri)
    _end_lost_runs(store)
    return store


def journaled(store: Store) -> JournalStore | None:
    """A store, if what is logged to it goes through a journal."""
    if getattr(store, "journal", None) is None:
        return None
    from mlflow._journal.store import JournalStore

    assert isinstance(store, JournalStore)
    return store


def _end_lost_runs(store: Store) -> None:
    """Does in a database of one's own what a server does by itself."""
    now = time.monotonic()
    if now < _swept.get(store.uri, 0.0) or store.uri.startswith(_SERVERS):
        return
    _swept[store.uri] = now + _SWEEP_S
    try:
        store.leases.expire()
    except MlflowException as error:  # such as a database that may only be read
        from mlflow._base.logs import get_logger

        get_logger("mlflow.tracking").debug("Lost runs could not be looked for: %s", error)


def open_registry_store(tracking: Store | None = None) -> Store:
    """The store that has the model registry: the one that was chosen for it, else the tracking store.

    Args:
        tracking: The tracking store; the one in use by default.
    """
    if is_registry_uri_set():
        return open_store_at(absolute_uri(get_registry_uri()))
    return open_session_store() if tracking is None else tracking


def announce_store(store: Store) -> None:
    """Says where runs go, once for each store, before the first of them; the end of a run on a server says more."""
    if store.uri in _announced:
        return
    _announced.add(store.uri)
    from mlflow._base.logs import get_logger

    uri = redact_uri(store.uri)
    found = project() if is_tracking_uri_from_project() else None
    source = "" if found is None else f", as {found.file} says"
    is_new = getattr(store, "is_new", False)
    if uri.startswith(_SERVERS):
        message = f"Runs go to {uri}{source}"
    else:
        new = "the new database " if is_new else ""
        message = f"Runs are kept in {new}{uri}{source}\n  See them with: mlflow ui --backend-store-uri {uri}"
    above = _database_above(store.uri) if is_new and found is None else None
    if above is not None:
        message += (
            f"\n  There is also {above}; if you meant that one, call "
            f"mlflow.set_tracking_uri('sqlite:///{above.as_posix()}')"
        )
    logger = get_logger("mlflow")
    logger.info(message)
    elsewhere = other_store(store.uri)
    if elsewhere is not None:
        logger.warning(elsewhere)


def _database_above(uri: str) -> Path | None:
    """The nearest database in a folder around that of a new one."""
    if not uri.startswith("sqlite:///"):
        return None
    folders = Path(uri.removeprefix("sqlite:///")).parent.parents
    return next((folder / DATABASE_NAME for folder in folders if (folder / DATABASE_NAME).is_file()), None)
