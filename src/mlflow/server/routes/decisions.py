"""Handlers: the ledger of the registry."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from mlflow._base.attribution import giving
from mlflow._base.moments import Period, parse_period
from mlflow._storage.audit_bundle import bundle_of
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._wire import decisions as wire
from mlflow.entities.model_registry.ledger_check import LedgerAnchor
from mlflow.server.context import Context
from mlflow.server.routes import Handler
from mlflow.server.routes.transfers import Pools, Transfer


def search_decisions(context: Context, request: wire.SearchDecisions) -> wire.DecisionsReply:
    since, until = _period(request.since), _period(request.until)
    wanted = DecisionFilter(
        request.model,
        request.version,
        request.actor,
        tuple(request.act),
        since.first_ms if since else None,
        until.last_ms if until else None,
    )
    page = context.store.decisions.search(
        wanted, request.max_results, request.page_token or None, not request.oldest_first
    )
    return wire.DecisionsReply([wire.decision_to_wire(item) for item in page], page.token or "")


def decide(context: Context, request: wire.Decide) -> wire.DecideReply:
    with giving(request.reason, request.ticket, request.break_glass):
        outcome = context.store.decisions.decide(wire.order_from_wire(request), request.dry_run)
    return wire.outcome_to_wire(outcome)


def get_decision(context: Context, request: wire.GetDecision) -> wire.DecisionReply:
    decision = context.store.decisions.get(request.seq)
    proof = context.store.decisions.proof(request.seq)
    return wire.DecisionReply(wire.decision_to_wire(decision), wire.proof_to_wire(proof))


def erase_decision(context: Context, request: wire.EraseDecision) -> wire.DecisionReply:
    return wire.DecisionReply(
        wire.decision_to_wire(context.store.decisions.erase(request.seq, request.parts))
    )


def verify_decisions(context: Context, request: wire.VerifyDecisions) -> wire.LedgerCheckReply:
    anchors = [anchor for text in request.anchors for anchor in LedgerAnchor.from_text(text)]
    return wire.check_to_wire(context.store.decisions.verify(anchors, request.state))


def get_ledger_anchor(context: Context, request: wire.GetAnchor) -> wire.AnchorReply:
    del request
    return wire.AnchorReply(wire.anchor_to_wire(context.store.decisions.anchor()))


def get_registry_state(context: Context, request: wire.GetRegistryState) -> wire.RegistryStateReply:
    at, since = _period(request.at), _period(request.since)
    first = since.first_ms if since else None
    if at is not None and at.first_ms < at.last_ms and first is None:
        first = at.first_ms
    state = context.store.decisions.state_at(request.name, at.last_ms if at else None, first)
    return wire.state_to_wire(state)


def get_registry_timeline(context: Context, request: wire.GetTimeline) -> wire.TimelineReply:
    since, until = _period(request.since), _period(request.until)
    timeline = context.store.decisions.timeline(
        request.name, since.first_ms if since else None, until.last_ms if until else None
    )
    return wire.timeline_to_wire(timeline)


async def export_decisions(
    context: Context,
    request: wire.ExportDecisions,
    http: Request,  # noqa: ARG001 - a transfer is given it
    pools: Pools,
) -> Response:
    loop = asyncio.get_running_loop()
    version = request.version or None
    content, _ = await loop.run_in_executor(pools.reads, bundle_of, context.store, request.model, version)
    file = f"{request.model}{f'-{version}' if version else ''}.zip"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)


def _period(text: str) -> Period | None:
    return parse_period(text) if text else None


TRANSFERS: dict[str, Transfer] = {"export_decisions": export_decisions}
HANDLERS: dict[str, Handler] = {
    "search_decisions": search_decisions,
    "decide": decide,
    "get_decision": get_decision,
    "erase_decision": erase_decision,
    "verify_decisions": verify_decisions,
    "get_ledger_anchor": get_ledger_anchor,
    "get_registry_state": get_registry_state,
    "get_registry_timeline": get_registry_timeline,
}
