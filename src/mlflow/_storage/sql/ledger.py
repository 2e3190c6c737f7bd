"""The one way by which the registry is changed: an event is appended to the ledger and applied to the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from mlflow._base.attribution import Attribution, current_attribution
from mlflow._base.clock import now_ms
from mlflow._ledger import merkle
from mlflow._ledger.events import NO_EVENT, Head, sealed
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.outbox import announce_changes
from mlflow._storage.sql.registry_state import apply_event
from mlflow._storage.validation import check_text
from mlflow.entities.model_registry.policy import RuleOutcome
from mlflow.exceptions import InvalidParameterValue, MlflowException

T = TypeVar("T")

REASON_TAG = "headrace.reason"
TICKET_TAG = "headrace.ticket"
MAX_REASON = 10_000

Contents = Mapping[str, Any]


class Subject(NamedTuple):
    """What an event is about.

    Attributes:
        model: Number of the registered model; 0 is the one that the event makes, and without a name none.
        name: Its name; empty for none.
        version: Number of a version, if it is about one.
    """

    model: int
    name: str
    version: int | None = None


class Ledger:
    """The one way by which the registry is changed.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def change(self, work: Callable[[Change], T]) -> T:
        """Runs a change of the registry in a transaction, attributed to whoever this thread acts for.

        Args:
            work: Reads what it needs and records events; may be run more than once.

        Raises:
            InvalidParameterValue: The reason cannot be stored.
        """
        attribution = current_attribution()
        check_text(attribution.reason, "reason")
        if len(attribution.reason) + len(attribution.ticket) > MAX_REASON:
            raise InvalidParameterValue(f"Reason and ticket have more than {MAX_REASON} characters")

        def transact(cx: Connection) -> T:
            change = Change(cx, self._engine, attribution)
            result = work(change)
            change.close()
            return result

        return self._engine.write(transact)


class Recorded(NamedTuple):
    """What an event would say."""

    action: str
    subject: Subject
    slot: str
    before: Contents | None
    after: Contents | None
    evidence: Contents | None


class Change:
    """A change of the registry: one transaction, any number of events.

    While it is open no other one is, in any process, so that what it reads is what held before.

    Attributes:
        cx: Connection to read with.
        judged: What the rules of the policies that have a say came to.
    """

    def __init__(self, cx: Connection, engine: Engine, attribution: Attribution) -> None:
        self.cx = cx
        self.judged: list[RuleOutcome] = []
        self._attribution = attribution
        self._seq, self._time, self._hash = self._last(engine)
        self._first = self._seq
        self._clock = now_ms()
        self._time = max(self._clock, self._time)
        self._spent: list[tuple[Subject, str, str]] = []
        self._recorded: list[Recorded] = []

    def _last(self, engine: Engine) -> tuple[int, int, bytes]:
        """Number, time and hash of the last event, which is kept from other writers."""
        cx = self.cx
        row = cx.one(f"SELECT seq, time_ms, hash FROM decision_head WHERE id = 1{engine.dialect.row_lock}")
        if row is None:  # the first one of this database; another process may be making it too
            cx.run("INSERT INTO decision_head (id, seq, time_ms, hash) VALUES (1, 0, 0, ?)", (NO_EVENT,))
            return 0, 0, NO_EVENT
        return int(row[0]), int(row[1]), bytes(row[2])

    def record(
        self,
        action: str,
        subject: Subject,
        slot: str,
        before: Contents | None,
        after: Contents | None,
        evidence: Contents | None = None,
    ) -> int:
        """Appends an event and makes the change that it records.

        Args:
            action: What is done.
            subject: To what.
            slot: Which piece of the model's state it sets; empty for none.
            before: What held until now; `None` for nothing.
            after: What holds from now on; `None` for nothing.
            evidence: What is known of the version now.

        Returns:
            Number of the event.
        """
        by = self._attribution
        seq, time = self._seq + 1, self._time
        head = Head(
            seq,
            time,
            subject.model or (seq if subject.name else 0),
            subject.name,
            subject.version,
            action,
            slot,
        )
        who = {"actor": by.actor, "known_by": by.known_by, "client": by.client, "request_id": by.request_id}
        if self._clock < time:
            who["clock"] = str(self._clock)  # it went backwards; the order of events is that of their numbers
        why = {"reason": by.reason, "ticket": by.ticket} if by.reason or by.ticket else None
        event = sealed(head, (who, why, {"before": before, "after": after}, evidence), self._hash)
        self.cx.run(
            "INSERT INTO decision (seq, time_ms, model, name, version, action, slot, actor, digests, hash, who, why, "
            "what, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*head, by.actor, event.digests, event.hash, *event.parts),
        )
        apply_event(self.cx, head, dict(after) if after is not None else None, by.actor)
        self._seq, self._hash = seq, event.hash
        self._recorded.append(Recorded(action, subject, slot, before, after, evidence))
        if seq % merkle.CHUNK == 0:
            self._keep_root(seq)
        return seq

    @property
    def attribution(self) -> Attribution:
        """Who makes the change, and why."""
        return self._attribution

    @property
    def time_ms(self) -> int:
        """Time of its events."""
        return self._time

    @property
    def last_seq(self) -> int:
        """Number of the last event so far."""
        return self._seq

    def require_reason(self, what: str) -> None:
        """Refuses a change that nobody gives a reason for.

        Args:
            what: The change, as a sentence begins.

        Raises:
            InvalidParameterValue: There is no reason.
        """
        if not self._attribution.reason:
            self.judged.append(RuleOutcome("reason", False, "none", "Give a reason"))
            self.refuse(
                InvalidParameterValue(
                    f"{what} needs a reason: --reason, reason=..., with mlflow.decision(reason=...), or the header "
                    "X-Headrace-Reason"
                )
            )

    def refuse(self, error: MlflowException) -> None:
        """Ends the change because it may not be made."""
        raise error

    def explain(self, reason: str, ticket: str) -> None:
        """Takes a reason that came with the data of the change, where none came otherwise."""
        self._attribution = self._attribution._replace(
            reason=self._attribution.reason or reason, ticket=self._attribution.ticket or ticket
        )

    def explain_by_tags(self, subject: Subject) -> None:
        """Takes the reason that somebody left in a tag of the version or its model, where none came otherwise.

        Tags that were taken are removed when the change is closed.
        """
        if self._attribution.reason:
            return
        rows = self.cx.all(
            "SELECT name, value, 1 AS nearer FROM model_version_tag WHERE name IN (?, ?) AND version = "
            "(SELECT v.id FROM model_version v WHERE v.model = ? AND v.version = ?) UNION ALL "
            "SELECT name, value, 0 FROM registered_model_tag WHERE name IN (?, ?) AND model = ? ORDER BY 3",
            (
                REASON_TAG,
                TICKET_TAG,
                subject.model,
                subject.version or 0,
                REASON_TAG,
                TICKET_TAG,
                subject.model,
            ),
        )
        found = {name: value for name, value, _ in rows}
        if not found:
            return
        self.explain(found.get(REASON_TAG, ""), found.get(TICKET_TAG, ""))
        for name, value, nearer in rows:
            about = subject if nearer else subject._replace(version=None)
            self._spent.append((about, name, value))

    def close(self) -> None:
        """Removes tags whose reasons were taken, and makes the last event the head of the ledger."""
        if self._seq > self._first:
            for subject, key, value in self._spent:
                record_untagging(self, subject, key, value)
        if self._seq > self._first:
            self.cx.run(
                "UPDATE decision_head SET seq = ?, time_ms = ?, hash = ? WHERE id = 1",
                (self._seq, self._time, self._hash),
            )
            by = self._attribution
            announce_changes(self.cx, self._recorded, {"actor": by.actor, "reason": by.reason}, self._time)

    def _keep_root(self, seq: int) -> None:
        rows = self.cx.all(
            "SELECT hash FROM decision WHERE seq > ? AND seq <= ? ORDER BY seq", (seq - merkle.CHUNK, seq)
        )
        root = merkle.root([merkle.leaf(bytes(row[0])) for row in rows])
        self.cx.run("INSERT INTO decision_root (number, root) VALUES (?, ?)", (seq // merkle.CHUNK, root))


class Rehearsal(Change):
    """A change that is not made: it tells what it would record, and what speaks against it.

    Args:
        cx: Connection of a snapshot.
        engine: The database.
        attribution: Who would make it, and why.

    Attributes:
        events: What would be recorded.
    """

    def __init__(self, cx: Connection, engine: Engine, attribution: Attribution) -> None:
        super().__init__(cx, engine, attribution)
        self.events: list[Recorded] = []

    def _last(self, engine: Engine) -> tuple[int, int, bytes]:
        del engine
        row = self.cx.one("SELECT seq, time_ms, hash FROM decision_head WHERE id = 1")
        return (0, 0, NO_EVENT) if row is None else (int(row[0]), int(row[1]), bytes(row[2]))

    def record(
        self,
        action: str,
        subject: Subject,
        slot: str,
        before: Contents | None,
        after: Contents | None,
        evidence: Contents | None = None,
    ) -> int:
        self.events.append(Recorded(action, subject, slot, before, after, evidence))
        return self._seq + len(self.events)

    def refuse(self, error: MlflowException) -> None:
        """Goes on: what speaks against it is told by `judged`."""
        del error


def record_tagging(change: Change, subject: Subject, key: str, before: str | None, value: str) -> None:
    """Records that a tag of a model or version is set."""
    slot, noun = _tag_slot(subject, key)
    old = None if before is None else {"key": key, "value": before}
    change.record(f"set_{noun}_tag", subject, slot, old, {"key": key, "value": value})


def record_untagging(change: Change, subject: Subject, key: str, before: str) -> None:
    """Records that a tag of a model or version is removed."""
    slot, noun = _tag_slot(subject, key)
    change.record(f"delete_{noun}_tag", subject, slot, {"key": key, "value": before}, None)


def _tag_slot(subject: Subject, key: str) -> tuple[str, str]:
    if subject.version is None:
        return f"model-tag/{key}", "registered_model"
    return f"version-tag/{subject.version}/{key}", "model_version"
