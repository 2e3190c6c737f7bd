"""Wire forms: leases of runs."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response


class RenewLeases(Request):
    """Says that the client of some runs is alive."""

    run_ids: list[str]
    lease_ms: int
    seen_ms: int | None = None


class ExpireLeases(Request):
    """Ends the runs whose lease has passed."""


class LostRuns(Response):
    """Runs that were found to be lost."""

    run_ids: list[str] = []
