"""Leases while nobody could take signs."""

from __future__ import annotations

import time

from mlflow._base.clock import now_ms
from mlflow._storage.sql.store import SqlStore


def test_a_lease_does_not_pass_while_the_server_is_away(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.leases.renew([run_id], 100)
    time.sleep(0.15)
    started_ms = now_ms()

    assert store.leases.expire(started_ms) == []
    store.leases.renew([run_id], 100)
    assert store.leases.expire(started_ms) == []
    time.sleep(0.15)
    assert store.leases.expire(started_ms) == [run_id]
