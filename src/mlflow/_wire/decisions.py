"""Wire forms: the ledger of the registry."""

from __future__ import annotations

from typing import Any, Literal

from mlflow._wire.policies import WireRule, rule_from_wire, rule_to_wire
from mlflow._wire.shapes import Request, Response
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.order import DecisionOrder, ExpectedState
from mlflow.entities.model_registry.outcome import DecisionOutcome, Effect, PlaceState
from mlflow.entities.model_registry.registry_state import (
    AliasState,
    Held,
    RegistryState,
    VersionState,
)
from mlflow.entities.model_registry.timeline import Lane, Mark, Span, Timeline


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


class WireExpected(Request):
    """What somebody saw who decides: a stage of the version, holders of the place, an event. `state` of a trial fits."""

    stage: str | None = None
    holders: list[str] | None = None
    seq: int | None = None


class WirePlaceState(Response, omit_defaults=False):
    """What held before a decision."""

    stage: str
    holders: list[str]
    seq: int


class WireEffect(Response, omit_defaults=False):
    """A change that a decision makes."""

    version: str
    action: str
    before: str
    after: str
    text: str


class WireEvidence(Response, omit_defaults=False):
    """Something that is known of a version: its `run`, `model`, `manifest`, `policy` or `rollback`."""

    kind: str
    content: dict[str, Any]


class WireMark(Response):
    """An event on a timeline."""

    event: int
    timestamp: int
    action: str
    version: str = ""
    by: str = ""
    reason: str = ""


class Decide(Request):
    """Decides where a version stands, or tries what would come of it.

    `to` is a stage for `stage`, an alias for `alias` and `unalias`, and either (an alias as `@champion`) for
    `rollback`, which takes the version before the present one if none is given. With `request`, somebody else is asked
    to approve a `stage` or an `alias`.
    """

    name: str
    act: Literal["stage", "alias", "unalias", "rollback"]
    version: str = ""
    to: str = ""
    archive_existing: bool = False
    reason: str = ""
    ticket: str = ""
    break_glass: bool = False
    expected_state: WireExpected | None = None
    dry_run: bool = False
    request: bool = False


class ExportDecisions(Request):
    """Asks for a bundle of everything that was decided about a model, or about one of its versions."""

    model: str
    version: str = ""


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


class DecideReply(Response, omit_defaults=False):
    """What came of a decision (`event`), or would (the rest)."""

    state: WirePlaceState
    event: WireDecision | None = None
    effects: list[WireEffect] = []
    checks: list[WireRule] = []
    evidence: list[WireEvidence] = []
    needs_approval: bool = False


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
    marks: list[WireMark] = []


def decision_to_wire(decision: Decision) -> WireDecision:
    """An event for a response."""
    return WireDecision(**{**dict(decision), "erased": list(decision.erased)})


def decision_from_wire(decision: WireDecision) -> Decision:
    """An event from a response."""
    fields = {name: getattr(decision, name) for name in decision.__struct_fields__}
    return Decision(**{**fields, "erased": tuple(decision.erased)})


def order_from_wire(request: Decide) -> DecisionOrder:
    """An order from a request."""
    seen = request.expected_state
    expected = None if seen is None else ExpectedState(seen.stage, seen.holders, seen.seq)
    return DecisionOrder(
        request.name,
        request.version,
        request.act,
        request.to,
        request.archive_existing,
        expected,
        request.request,
    )


def order_to_wire(order: DecisionOrder, dry_run: bool) -> Decide:
    """An order for a request; reason and ticket go in its headers."""
    seen = order.expected
    expected = None
    if seen is not None:
        holders = None if seen.holders is None else list(seen.holders)
        expected = WireExpected(seen.stage, holders, seen.seq)
    return Decide(
        order.name,
        order.act,  # type: ignore[arg-type]  # the server says what it may be
        order.version,
        order.to,
        order.archive_existing,
        expected_state=expected,
        dry_run=dry_run,
        request=order.request,
    )


def outcome_to_wire(outcome: DecisionOutcome) -> DecideReply:
    """An outcome for a response."""
    state = outcome.state
    return DecideReply(
        WirePlaceState(state.stage, list(state.holders), state.seq),
        None if outcome.event is None else decision_to_wire(outcome.event),
        [WireEffect(**dict(effect)) for effect in outcome.effects],
        [rule_to_wire(check) for check in outcome.checks],
        [WireEvidence(kind, content) for kind, content in outcome.evidence.items()],
        outcome.needs_approval,
    )


def outcome_from_wire(reply: DecideReply) -> DecisionOutcome:
    """An outcome from a response."""
    state = reply.state
    return DecisionOutcome(
        None if reply.event is None else decision_from_wire(reply.event),
        PlaceState(state.stage, tuple(state.holders), state.seq),
        [Effect(item.version, item.action, item.before, item.after, item.text) for item in reply.effects],
        [rule_from_wire(item) for item in reply.checks],
        {item.kind: item.content for item in reply.evidence},
        reply.needs_approval,
    )


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
                held_to_wire(item.stage_held),
                held_to_wire(item.registered),
                item.source,
                item.run_id,
                item.model_id,
                item.description,
                item.tags,
            )
            for item in state.versions
        ],
        [alias_to_wire(item) for item in state.aliases],
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


def timeline_to_wire(timeline: Timeline) -> TimelineReply:
    """A timeline for a response."""
    return TimelineReply(
        [
            WireLane(lane.kind, lane.name, [WireSpan(**dict(span)) for span in lane.spans])
            for lane in timeline.lanes
        ],
        [WireMark(**dict(mark)) for mark in timeline.marks],
    )


def timeline_from_wire(reply: TimelineReply) -> Timeline:
    """A timeline from a response."""
    marks = [
        Mark(item.event, item.timestamp, item.action, item.version, item.by, item.reason)
        for item in reply.marks
    ]
    return Timeline([_lane_from_wire(lane) for lane in reply.lanes], marks)


def _lane_from_wire(lane: WireLane) -> Lane:
    spans = [
        Span(span.version, span.since, span.until, span.event, span.by, span.reason) for span in lane.spans
    ]
    return Lane(lane.kind, lane.name, spans)


def alias_to_wire(alias: AliasState) -> WireAliasState:
    """An alias for a response."""
    return WireAliasState(alias.alias, alias.version, held_to_wire(alias.held))


def held_to_wire(held: Held) -> WireHeld:
    """Since when something holds, for a response."""
    return WireHeld(held.since, held.by, held.reason, held.ticket, held.event)


def _held_from_wire(held: WireHeld) -> Held:
    return Held(held.since, held.by, held.reason, held.ticket, held.event)
