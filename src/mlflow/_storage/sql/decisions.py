"""The ledger in SQL: reading, proving, checking, erasing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlflow._base.attribution import current_attribution
from mlflow._base.clock import now_ms
from mlflow._ledger import merkle
from mlflow._ledger.chain import ERASE
from mlflow._ledger.events import NO_EVENT, PARTS, Event, Head
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ledger import Change, Ledger, Rehearsal, Subject
from mlflow._storage.sql.ledger_check import check_ledger
from mlflow._storage.sql.orders import carry_out, rehearse
from mlflow._storage.sql.search import Sql, join_with, one_of
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import check_max_results, check_text, check_version_number
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.order import DecisionOrder
from mlflow.entities.model_registry.outcome import DecisionOutcome
from mlflow.entities.model_registry.registry_state import (
    AliasState,
    Held,
    RegistryState,
    VersionState,
)
from mlflow.entities.model_registry.timeline import Lane, Mark, Span, Timeline
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist

MAX_PAGE = 1000
_HEAD = "d.seq, d.time_ms, d.model, d.name, d.version, d.action, d.slot"
_COLUMNS = f"{_HEAD}, d.who, d.why, d.what, d.evidence, d.digests, d.hash"
_WITHOUT_EVIDENCE = (
    f"{_HEAD}, d.who, d.why, d.what, CASE WHEN d.evidence IS NOT NULL THEN '{{}}' END, d.digests, d.hash"
)
_PREVIOUS = "(SELECT p.hash FROM decision p WHERE p.seq = d.seq - 1)"
_HOLDING = (
    "create_model_version",
    "transition_stage",
    "delete_model_version",
    "restore_model_version",
    "set_alias",
    "delete_alias",
    "delete_registered_model",
    "restore_registered_model",
)
"""Events that begin or end a version's time in a stage or under an alias."""
_UNMARKED = (
    "describe_registered_model",
    "describe_model_version",
    "set_registered_model_tag",
    "delete_registered_model_tag",
    "set_model_version_tag",
    "delete_model_version_tag",
    "create_comment",
    "update_comment",
    "delete_comment",
)
"""Events that no timeline shows, of which there may be very many."""
_ERASABLE_SLOTS = ("model-tag/", "version-tag/", "description", "comment/")
_HOLDING_FORMS = ("set_", "describe_", "create_comment", "update_comment")
_SLOTS = """
WITH RECURSIVE slots (slot) AS (
  SELECT (SELECT MIN(slot) FROM decision WHERE model = ?)
  UNION ALL
  SELECT (SELECT MIN(d.slot) FROM decision d WHERE d.model = ? AND d.slot > slots.slot) FROM slots
  WHERE slots.slot IS NOT NULL
)
SELECT d.seq, d.time_ms, d.version, d.action, d.slot, d.who, d.why, d.what, d.name FROM slots
JOIN decision d ON d.seq = (
  SELECT MAX(e.seq) FROM decision e WHERE e.model = ? AND e.slot = slots.slot AND e.seq <= ?
)
"""
"""The last event of every slot of a model: two look-ups in an index for each slot, however many events there are."""


class SqlDecisions:
    """The ledger in SQL.

    Args:
        engine: The database.
        ledger: What adds events.
    """

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger

    def search(
        self,
        wanted: DecisionFilter,
        max_results: int = 100,
        page_token: str | None = None,
        newest_first: bool = True,
    ) -> Page[Decision]:
        check_max_results(max_results, MAX_PAGE)
        key = self._engine.token_key
        search = fingerprint("decisions", wanted, newest_first)
        start = read_token(page_token, search, 1, key)
        with self._engine.snapshot() as cx:
            conditions = _conditions(cx, wanted)
            if start is not None:
                conditions.append(Sql(f"d.seq {'<' if newest_first else '>'} ?", (start[0],)))
            where = join_with("AND", conditions or [Sql("TRUE")])
            rows = cx.all(
                f"SELECT {_WITHOUT_EVIDENCE}, {_PREVIOUS} FROM decision d WHERE {where.text} "
                f"ORDER BY d.seq {'DESC' if newest_first else 'ASC'} LIMIT ?",
                (*where.parameters, max_results + 1),
            )
        found = [_decision(row) for row in rows[:max_results]]
        more = len(rows) > max_results
        return Page(found, make_token([found[-1].seq], search, key) if more else None)

    def get(self, seq: int) -> Decision:
        with self._engine.reading() as cx:
            return _decision(_find(cx, seq))

    def decide(self, order: DecisionOrder, dry_run: bool = False) -> DecisionOutcome:
        if dry_run:
            with self._engine.snapshot() as cx:
                rehearsal = Rehearsal(cx, self._engine, current_attribution())
                return rehearse(rehearsal, self._engine, order)
        seq, before = self._ledger.change(lambda change: carry_out(change, self._engine, order))
        return DecisionOutcome(self.get(seq), before)

    def proof(self, seq: int) -> DecisionProof:
        with self._engine.snapshot() as cx:
            *row, previous = _find(cx, seq)
            event = _event(row)
            size = _size(cx)
            chunk = (seq - 1) // merkle.CHUNK
            leaves = _leaves(cx, chunk)
            nodes = _nodes(cx, size)
        steps = merkle.path(leaves, (seq - 1) % merkle.CHUNK) + merkle.path(nodes, chunk)
        return DecisionProof(
            head=list(event.head),
            parts=dict(zip(PARTS, event.parts, strict=True)),
            digests=event.digests.hex(),
            previous=bytes(previous or NO_EVENT).hex(),
            hash=event.hash.hex(),
            size=size,
            path=[step.hex() for step in steps],
            root=merkle.root(nodes).hex(),
        )

    def state_at(self, name: str, at_ms: int | None = None, since_ms: int | None = None) -> RegistryState:
        check_text(name, "name")
        at = now_ms() if at_ms is None else at_ms
        with self._engine.snapshot() as cx:
            seq = _last_event(cx, at)
            model = _model_of(cx, name, seq)
            rows = cx.all(_SLOTS, (model, model, model, seq))
            state = _state(rows, at, seq)
            if state is None:
                raise ResourceDoesNotExist(f"The registered model {name!r} was deleted by then")
            if since_ms is None:
                return state
            changes = cx.all(
                f"SELECT {_WITHOUT_EVIDENCE}, {_PREVIOUS} FROM decision d WHERE d.model = ? AND d.seq <= ? "
                "AND d.time_ms >= ? ORDER BY d.seq LIMIT ?",
                (model, seq, since_ms, MAX_PAGE),
            )
        state.changes.extend(_decision(row) for row in changes)
        return state

    def timeline(self, name: str, since_ms: int | None = None, until_ms: int | None = None) -> Timeline:
        check_text(name, "name")
        with self._engine.snapshot() as cx:
            last = _size(cx) if until_ms is None else _last_event(cx, until_ms)
            model = _model_of(cx, name, last)
            rows = cx.all(
                "SELECT d.seq, d.time_ms, d.version, d.action, d.slot, d.who, d.why, d.what, d.name FROM decision d "
                f"WHERE d.model = ? AND d.seq <= ? AND d.action NOT IN ({', '.join('?' * len(_UNMARKED))}) ORDER BY d.seq",
                (model, last, *_UNMARKED),
            )
        events = [_Slot(row) for row in rows]
        lanes = _lanes([event for event in events if event.action in _HOLDING], since_ms)
        return Timeline(
            lanes, [event.mark() for event in events if since_ms is None or event.held.since >= since_ms]
        )

    def anchor(self) -> LedgerAnchor:
        with self._engine.snapshot() as cx:
            size = _size(cx)
            row = cx.one("SELECT hash, time_ms FROM decision WHERE seq = ?", (size,))
            if row is None:
                raise ResourceDoesNotExist("The ledger has no events yet, so there is nothing to anchor")
            root = merkle.root(_nodes(cx, size))
        return LedgerAnchor(size, bytes(row[0]).hex(), root.hex(), int(row[1]))

    def verify(self, anchors: Sequence[LedgerAnchor] = (), with_state: bool = False) -> LedgerCheck:
        with self._engine.snapshot() as cx:
            return check_ledger(cx, anchors, with_state=with_state)

    def erase(self, seq: int, parts: Sequence[str]) -> Decision:
        wanted = sorted(set(parts))
        unknown = sorted(set(wanted) - set(PARTS))
        if unknown or not wanted:
            raise InvalidParameterValue(
                f"Parts of an event are {', '.join(PARTS)}; got {', '.join(unknown) or 'none'}"
            )

        def work(change: Change) -> int:
            cx = change.cx
            head = Head(*_find(cx, seq)[:7])
            if "what" in wanted:
                _check_past(cx, head)
            subject = Subject(head.model, head.name, head.version)
            number = change.record(ERASE, subject, "", None, {"seq": seq, "parts": wanted})
            assignments = ", ".join(f"{part} = NULL" for part in wanted)
            actor = ", actor = ''" if "who" in wanted else ""
            cx.run(f"UPDATE decision SET {assignments}{actor} WHERE seq = ?", (seq,))
            return number

        return self.get(self._ledger.change(work))


def _conditions(cx: Connection, wanted: DecisionFilter) -> list[Sql]:
    for path in ("name", "actor"):
        check_text(getattr(wanted, path), path)
    conditions = []
    if wanted.name:
        models = cx.all("SELECT DISTINCT model FROM decision_name WHERE name = ?", (wanted.name,))
        conditions.append(one_of("d.model", [row[0] for row in models]))
    if wanted.version:
        conditions.append(Sql("d.version = ?", (check_version_number(wanted.version),)))
    if wanted.actor:
        conditions.append(Sql("d.actor = ?", (wanted.actor,)))
    if wanted.actions:
        conditions.append(one_of("d.action", wanted.actions))
    if wanted.since_ms is not None:
        conditions.append(Sql("d.time_ms >= ?", (wanted.since_ms,)))
    if wanted.until_ms is not None:
        conditions.append(Sql("d.seq <= ?", (_last_event(cx, wanted.until_ms),)))
    return conditions


def _find(cx: Connection, seq: int) -> Row:
    row = cx.one(f"SELECT {_COLUMNS}, {_PREVIOUS} FROM decision d WHERE d.seq = ?", (seq,))
    if row is None:
        raise ResourceDoesNotExist(f"The ledger has no event {seq}; the last one is {_size(cx)}")
    return row


def _event(row: Sequence[Any]) -> Event:
    return Event(Head(*row[:7]), tuple(row[7:11]), bytes(row[11]), bytes(row[12]))


def _decision(row: Row) -> Decision:
    event = _event(row[:13])
    head = event.head
    who, why, what = (event.content(name) or {} for name in PARTS[:3])
    return Decision(
        seq=head.seq,
        timestamp=head.time_ms,
        action=head.action,
        name=head.name,
        version=None if head.version is None else str(head.version),
        slot=head.slot,
        before=what.get("before"),
        after=what.get("after"),
        actor=who.get("actor", ""),
        known_by=who.get("known_by", "unknown"),
        reason=why.get("reason", ""),
        ticket=why.get("ticket", ""),
        client=who.get("client", ""),
        request_id=who.get("request_id", ""),
        evidence=event.content("evidence") or None,
        erased=event.erased(),
        hash=event.hash.hex(),
        previous_hash=bytes(row[13] or NO_EVENT).hex(),
    )


def _last_event(cx: Connection, at_ms: int) -> int:
    """Number of the last event up to a moment; times never go back."""
    row = cx.one(
        "SELECT seq FROM decision WHERE time_ms <= ? ORDER BY time_ms DESC, seq DESC LIMIT 1", (at_ms,)
    )
    return 0 if row is None else int(row[0])


def _model_of(cx: Connection, name: str, seq: int) -> int:
    """The model that had a name at an event, else the one that has it now or had it last, if it existed."""
    row = cx.one(
        "SELECT model FROM decision_name WHERE name = ? AND since <= ? AND (until IS NULL OR until > ?)",
        (name, seq, seq),
    ) or cx.one("SELECT model FROM decision_name WHERE name = ? ORDER BY since DESC LIMIT 1", (name,))
    if row is None:
        raise ResourceDoesNotExist(f"No registered model was ever called {name!r}")
    if row[0] > seq:
        raise ResourceDoesNotExist(f"There was no registered model {name!r} by then")
    return int(row[0])


def _size(cx: Connection) -> int:
    row = cx.one("SELECT COALESCE(MAX(seq), 0) FROM decision")
    assert row is not None  # an aggregate answers a row
    return int(row[0])


def _leaves(cx: Connection, chunk: int) -> list[bytes]:
    first = chunk * merkle.CHUNK
    rows = cx.all(
        "SELECT hash FROM decision WHERE seq > ? AND seq <= ? ORDER BY seq", (first, first + merkle.CHUNK)
    )
    return [merkle.leaf(bytes(row[0])) for row in rows]


def _nodes(cx: Connection, size: int) -> list[bytes]:
    """Roots of the chunks of the ledger; the last one may be of a part."""
    nodes = [bytes(row[0]) for row in cx.all("SELECT root FROM decision_root ORDER BY number")]
    if size % merkle.CHUNK:
        nodes.append(merkle.root(_leaves(cx, size // merkle.CHUNK)))
    return nodes


def _check_past(cx: Connection, head: Head) -> None:
    """Refuses to erase what the registry still holds, and what models and versions are made of."""
    if not head.slot.startswith(_ERASABLE_SLOTS):
        raise InvalidParameterValue(
            f"Event {head.seq} ({head.action}) cannot lose what it changed: the registry follows from it. Tags, "
            "descriptions and comments can be erased."
        )
    row = cx.one("SELECT MAX(seq) FROM decision WHERE model = ? AND slot = ?", (head.model, head.slot))
    if row is not None and row[0] == head.seq and head.action.startswith(_HOLDING_FORMS):
        raise InvalidParameterValue(
            f"Event {head.seq} says what still holds. Change or remove the tag or description first; then erase it, "
            "and the event that says what held before"
        )


def _lanes(events: Sequence[_Slot], since_ms: int | None) -> list[Lane]:
    """Spans of stages and aliases from the events that begin and end them, the oldest first."""
    lanes: dict[tuple[str, str], list[Span]] = {}
    open_spans: dict[str, tuple[tuple[str, str], int]] = {}  # by slot: the lane, and the place in it
    ended: list[tuple[str, tuple[str, str], str]] = []  # by the deletion of the model: slot, lane, version

    def begin(slot: str, lane: tuple[str, str], version: str, held: Held) -> None:
        spans = lanes.setdefault(lane, [])
        spans.append(Span(version, held.since, None, held.event, held.by, held.reason))
        open_spans[slot] = (lane, len(spans) - 1)

    def end(slot: str, ms: int) -> None:
        lane, place = open_spans.pop(slot, (None, 0))
        if lane is not None:
            lanes[lane][place] = replace(lanes[lane][place], until=ms)

    for event in events:
        kind, _, rest = event.slot.partition("/")
        if event.action == "delete_registered_model":
            ended = [(slot, lane, lanes[lane][place].version) for slot, (lane, place) in open_spans.items()]
            for slot in list(open_spans):
                end(slot, event.held.since)
            continue
        if event.action == "restore_registered_model":
            for slot, lane, version in ended:
                begin(slot, lane, version, event.held)
            continue
        end(f"stage/{rest}" if kind == "version" else event.slot, event.held.since)
        if event.after is None:
            continue
        lane = ("alias", rest) if kind == "alias" else ("stage", str(event.after["stage"]))
        slot = event.slot if kind == "alias" else f"stage/{event.version}"
        begin(slot, lane, str(event.version), event.held)
    order = {stage: place for place, stage in enumerate(("Production", "Staging", "Archived", "None"))}
    found = [
        Lane(kind, name, [span for span in spans if since_ms is None or (span.until or since_ms) >= since_ms])
        for (kind, name), spans in lanes.items()
    ]
    return sorted(found, key=lambda lane: (lane.kind == "alias", order.get(lane.name, 9), lane.name))


class _Slot:
    """The last event of a slot."""

    def __init__(self, row: Row) -> None:
        seq, time_ms, version, self.action, self.slot, who, why, what, self.name = row
        self.version: int | None = version
        event = Event(Head(seq, time_ms, 0, "", version, "", ""), (who, why, what, None), b"", b"")
        by, reasons = event.content("who") or {}, event.content("why") or {}
        self.held = Held(
            time_ms, by.get("actor", ""), reasons.get("reason", ""), reasons.get("ticket", ""), seq
        )
        self.after: Mapping[str, Any] | None = (event.content("what") or {}).get("after")

    def mark(self) -> Mark:
        """The event on a timeline."""
        held = self.held
        version = "" if self.version is None else str(self.version)
        return Mark(held.event, held.since, self.action, version, held.by, held.reason)


def _slots(rows: Sequence[Row]) -> Iterator[tuple[str, str, _Slot]]:
    for row in rows:
        slot = _Slot(row)
        kind, _, rest = slot.slot.partition("/")
        yield kind, rest, slot


def _state(rows: Sequence[Row], at: int, seq: int) -> RegistryState | None:
    """The state that the last events of all slots make; `None` if the model was deleted."""
    by_kind: dict[str, dict[str, _Slot]] = {}
    name, newest = "", 0
    for kind, rest, slot in _slots(rows):
        by_kind.setdefault(kind, {})[rest] = slot
        if slot.held.event > newest:
            name, newest = slot.name, slot.held.event
    model = by_kind.get("model", {}).get("")
    if model is None or model.action == "delete_registered_model":
        return None
    descriptions = by_kind.get("description", {})
    tags: dict[str, dict[str, str]] = {}
    for rest, slot in by_kind.get("version-tag", {}).items():
        version, _, key = rest.partition("/")
        if slot.after is not None:
            tags.setdefault(version, {})[key] = slot.after["value"]
    versions = []
    for number, slot in by_kind.get("version", {}).items():
        if slot.action == "delete_model_version":
            continue
        moved = by_kind.get("stage", {}).get(number, slot)
        if moved.held.event < slot.held.event:
            moved = slot  # it was restored later, and holds its stage since then
        versions.append(_version(number, slot, moved, model, descriptions.get(number), tags.get(number, {})))
    described = descriptions.get("")
    return RegistryState(
        name=name,
        at=at,
        seq=seq,
        description=None if described is None or described.after is None else described.after["description"],
        tags={
            key: slot.after["value"]
            for key, slot in sorted(by_kind.get("model-tag", {}).items())
            if slot.after is not None
        },
        versions=sorted(versions, key=lambda version: int(version.version)),
        aliases=[
            AliasState(alias, str(slot.after["version"]), _since(slot, model))
            for alias, slot in sorted(by_kind.get("alias", {}).items())
            if slot.after is not None
        ],
    )


def _since(slot: _Slot, model: _Slot) -> Held:
    """Since when something holds: nothing holds while its model is deleted."""
    return max(slot.held, model.held, key=lambda held: held.event)


def _version(
    number: str, made: _Slot, moved: _Slot, model: _Slot, described: _Slot | None, tags: dict[str, str]
) -> VersionState:
    facts = made.after or {}
    return VersionState(
        version=number,
        stage=(moved.after or {}).get("stage", "None"),
        stage_held=_since(moved, model),
        registered=made.held,
        source=facts.get("source", ""),
        run_id=facts.get("run_id", ""),
        model_id=facts.get("model_id"),
        description=None if described is None or described.after is None else described.after["description"],
        tags=dict(sorted(tags.items())),
    )
