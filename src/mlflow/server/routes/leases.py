"""Handlers: leases of runs."""

from __future__ import annotations

from mlflow._wire import leases as wire
from mlflow._wire.shapes import Empty
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def renew_leases(context: Context, request: wire.RenewLeases) -> Empty:
    context.store.leases.renew(request.run_ids, request.lease_ms, request.seen_ms)
    return Empty()


def expire_leases(context: Context, request: wire.ExpireLeases) -> wire.LostRuns:  # noqa: ARG001 - asks nothing
    return wire.LostRuns(context.store.leases.expire(context.started_ms))


HANDLERS: dict[str, Handler] = {"renew_leases": renew_leases, "expire_leases": expire_leases}
