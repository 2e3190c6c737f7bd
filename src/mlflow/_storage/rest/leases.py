"""Leases of runs on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_lease, check_run_id
from mlflow._wire import leases as wire
from mlflow._wire.shapes import Empty


class RestLeases:
    """Leases of runs on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def renew(self, run_ids: Sequence[str], lease_ms: int, seen_ms: int | None = None) -> None:
        checked = [check_run_id(run_id) for run_id in run_ids]
        self._call("renew_leases", wire.RenewLeases(checked, check_lease(lease_ms), seen_ms), Empty)

    def expire(self, since_ms: int = 0) -> list[str]:
        """The server itself knows since when it is there."""
        del since_ms
        return self._call("expire_leases", wire.ExpireLeases(), wire.LostRuns).run_ids
