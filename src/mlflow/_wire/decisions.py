"""Wire forms: the ledger of the registry."""

from __future__ import annotations

from typing import Any

from mlflow._wire.shapes import Request, Response
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.registry_state import (
    AliasState,
    Held,
    RegistryState,
    VersionState,
)
from mlflow.entities.model_registry.timeline import Lane, Span


class WireDecision(Response):
    """An event."""

    seq: int = 0
    timestamp: int = 0
    action: str = ""
    name: str = ""
    version: str | None = None
    slot: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    actor: str = ""
    known_by: str = ""
    reason: str = ""
    ticket: str = ""
    client: str = ""
    request_id: str = ""
    evidence: dict[str, Any] | None = None
    erased: list[str] = []
    hash: str = ""
    previous_hash: str = ""


class WireProof(Response):
    """What proves an event."""

    head: list[Any] = []
    parts: dict[str, str | None] = {}
    digests: str = ""
    previous: str = ""
    hash: str = ""
    size: int = 0
    path: list[str] = []
    root: str = ""


class WireAnchor(Response):
    """What a ledger was at some event."""

    seq: int = 0
    hash: str = ""
    root: str = ""
    timestamp: int = 0


class WireHeld(Response):
    """Since when something held."""

    since: int = 0
    by: str = ""
    reason: str = ""
    ticket: str = ""
    event: int = 0


class WireVersionState(Response):
    """A version as it was."""

    version: str
    stage: str
    held: WireHeld
    registered: WireHeld
    source: str = ""
    run_id: str = ""
    model_id: str | None = None
    description: str | None = None
    tags: dict[str, str] = {}


class WireAliasState(Response):
    """An alias as it was."""

    alias: str
    version: str
    held: WireHeld


class WireSpan(Response):
    """A version, and when it held a place."""

    version: str
    since: int
    until: int | None = None
    event: int = 0
    by: str = ""
    reason: str = ""


class WireLane(Response):
    """What held a stage or an alias, one after the other."""

    kind: str
    name: str
    spans: list[WireSpan] = []


class SearchDecisions(Request):
    """Asks for events, the newest first.

    `since` and `until` are days, times with their offset, or milliseconds since the epoch; both are included.
    """

    model: str = ""
    version: str = ""
    actor: str = ""
    act: list[str] = []
    since: str = ""
    until: str = ""
    max_results: int = 100
    page_token: str = ""
    oldest_first: bool = False


class GetDecision(Request):
    """Asks for an event."""

    seq: int


class EraseDecision(Request):
    """Removes parts of an event for good."""

    seq: int
    parts: list[str]


class VerifyDecisions(Request):
    """Asks whether anything of the ledger was changed. `anchors` are lines of text."""

    anchors: list[str] = []
    state: bool = False


class GetAnchor(Request):
    """Asks what the ledger is now."""


class GetRegistryState(Request):
    """Asks what the registry held about a model.

    `at` is a day, a time with its offset, or milliseconds since the epoch; now by default. A day stands for its end,
    and its events are told as `changes`, as are those from `since` on.
    """

    name: str
    at: str = ""
    since: str = ""


class GetTimeline(Request):
    """Asks which version held each stage and each alias, and when."""

    name: str
    since: str = ""
    until: str = ""


class DecisionsReply(Response):
    """A page of events."""

    events: list[WireDecision] = []
    next_page_token: str = ""


class DecisionReply(Response):
    """An event."""

    event: WireDecision
    proof: WireProof | None = None


class AnchorReply(Response):
    """What a ledger is."""

    anchor: WireAnchor


class LedgerCheckReply(Response, omit_defaults=False):
    """What came of checking a ledger."""

    ok: bool
    checked: int
    head: WireAnchor | None = None
    first_bad: int | None = None
    problem: str = ""


class RegistryStateReply(Response, omit_defaults=False):
    """What the registry held about a model."""

    name: str
    at: int
    seq: int
    description: str | None = None
    tags: dict[str, str] = {}
    versions: list[WireVersionState] = []
    aliases: list[WireAliasState] = []
    changes: list[WireDecision] = []


class TimelineReply(Response, omit_defaults=False):
    """Which version held each stage and each alias, and when."""

    lanes: list[WireLane] = []


def decision_to_wire(decision: Decision) -> WireDecision:
    """An event for a response."""
    return WireDecision(**{**dict(decision), "erased": list(decision.erased)})


def decision_from_wire(decision: WireDecision) -> Decision:
    """An event from a response."""
    fields = {name: getattr(decision, name) for name in decision.__struct_fields__}
    return Decision(**{**fields, "erased": tuple(decision.erased)})


def proof_to_wire(proof: DecisionProof) -> WireProof:
    """A proof for a response."""
    return WireProof(**dict(proof))


def proof_from_wire(proof: WireProof) -> DecisionProof:
    """A proof from a response."""
    return DecisionProof(**{name: getattr(proof, name) for name in proof.__struct_fields__})


def anchor_to_wire(anchor: LedgerAnchor) -> WireAnchor:
    """An anchor for a response."""
    return WireAnchor(anchor.seq, anchor.hash, anchor.root, anchor.timestamp)


def anchor_from_wire(anchor: WireAnchor) -> LedgerAnchor:
    """An anchor from a response."""
    return LedgerAnchor(anchor.seq, anchor.hash, anchor.root, anchor.timestamp)


def check_to_wire(check: LedgerCheck) -> LedgerCheckReply:
    """What came of a check, for a response."""
    head = None if check.head is None else anchor_to_wire(check.head)
    return LedgerCheckReply(check.ok, check.checked, head, check.first_bad, check.problem)


def check_from_wire(check: LedgerCheckReply) -> LedgerCheck:
    """What came of a check, from a response."""
    head = None if check.head is None else anchor_from_wire(check.head)
    return LedgerCheck(check.ok, check.checked, head, check.first_bad, check.problem)


def state_to_wire(state: RegistryState) -> RegistryStateReply:
    """A state for a response."""
    return RegistryStateReply(
        state.name,
        state.at,
        state.seq,
        state.description,
        state.tags,
        [
            WireVersionState(
                item.version,
                item.stage,
                _held_to_wire(item.stage_held),
                _held_to_wire(item.registered),
                item.source,
                item.run_id,
                item.model_id,
                item.description,
                item.tags,
            )
            for item in state.versions
        ],
        [WireAliasState(item.alias, item.version, _held_to_wire(item.held)) for item in state.aliases],
        [decision_to_wire(change) for change in state.changes],
    )


def state_from_wire(state: RegistryStateReply) -> RegistryState:
    """A state from a response."""
    return RegistryState(
        state.name,
        state.at,
        state.seq,
        state.description,
        state.tags,
        [
            VersionState(
                item.version,
                item.stage,
                _held_from_wire(item.held),
                _held_from_wire(item.registered),
                item.source,
                item.run_id,
                item.model_id,
                item.description,
                item.tags,
            )
            for item in state.versions
        ],
        [AliasState(item.alias, item.version, _held_from_wire(item.held)) for item in state.aliases],
        [decision_from_wire(change) for change in state.changes],
    )


def lane_to_wire(lane: Lane) -> WireLane:
    """A lane for a response."""
    return WireLane(lane.kind, lane.name, [WireSpan(**dict(span)) for span in lane.spans])


def lane_from_wire(lane: WireLane) -> Lane:
    """A lane from a response."""
    spans = [
        Span(span.version, span.since, span.until, span.event, span.by, span.reason) for span in lane.spans
    ]
    return Lane(lane.kind, lane.name, spans)


def _held_to_wire(held: Held) -> WireHeld:
    return WireHeld(held.since, held.by, held.reason, held.ticket, held.event)


def _held_from_wire(held: WireHeld) -> Held:
    return Held(held.since, held.by, held.reason, held.ticket, held.event)
