"""Signs of life for the runs that are open in this process.

One thread, which lives while runs are open, renews their leases three times as often as they would pass. It begins
a moment after the first run, so that short scripts pay for no more than a thread. A server without leases, such as
MLflow's own, is asked once.
"""

from __future__ import annotations

import os
import threading
import time

from mlflow._base.logs import get_logger
from mlflow._session.runs import all_open_runs
from mlflow._storage.interface.store import Store
from mlflow.environment_variables import MLFLOW_RUN_LEASE
from mlflow.exceptions import MlflowException

FIRST_SIGN_S = 1.0
"""Seconds from the start of a run to the first sign."""
_SIGNS_PER_LEASE = 3

_guard = threading.Lock()
_thread: threading.Thread | None = None
_without_leases: set[str] = set()


def start_heartbeat() -> None:
    """Begins to give signs; called for each run that is opened."""
    global _thread
    if MLFLOW_RUN_LEASE.get() <= 0:
        return
    with _guard:
        if _thread is None:
            _thread = threading.Thread(target=_beat, name="mlflow-heartbeat", daemon=True)
            _thread.start()


def _beat() -> None:
    global _thread
    pause = FIRST_SIGN_S
    while True:
        time.sleep(pause)
        lease_s = MLFLOW_RUN_LEASE.get()
        with _guard:
            entries = all_open_runs()
            if not entries or lease_s <= 0:
                _thread = None
                return
        stores: dict[str, Store] = {}
        run_ids: dict[str, set[str]] = {}
        for entry in entries:
            stores[entry.store.uri] = entry.store
            run_ids.setdefault(entry.store.uri, set()).add(entry.run.info.run_id)
        for uri, store in stores.items():
            if uri not in _without_leases:
                _renew(store, sorted(run_ids[uri]), round(lease_s * 1000))
        pause = lease_s / _SIGNS_PER_LEASE


def _renew(store: Store, run_ids: list[str], lease_ms: int) -> None:
    try:
        store.leases.renew(run_ids, lease_ms)
    except MlflowException as error:
        if error.error_code in {"ENDPOINT_NOT_FOUND", "NOT_FOUND"}:
            _without_leases.add(store.uri)
        get_logger("mlflow.tracking").debug("No sign of life could be given for %s: %s", run_ids, error)


def _forget() -> None:
    """The thread of the parent does not live in a forked process, which has no open runs."""
    global _thread, _guard
    _thread = None
    _guard = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
