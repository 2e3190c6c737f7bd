"""Whether a ledger is what it was: anchors, proofs and the outcome of a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.exceptions import InvalidParameterValue

_MARK = "headrace-anchor"


@dataclass(frozen=True)
class LedgerAnchor(_MlflowObject):
    """What a ledger was at some event. Kept elsewhere, it shows whether anything before has changed since.

    Attributes:
        seq: Number of the last event then.
        hash: Hash of that event, in hexadecimal digits.
        root: Root of the Merkle tree over all events up to it.
        timestamp: Time of the event, in milliseconds since the epoch.
    """

    seq: int
    hash: str
    root: str
    timestamp: int

    def to_text(self) -> str:
        """One line that holds it all."""
        return f"{_MARK} {self.seq} {self.hash} {self.root} {self.timestamp}"

    @classmethod
    def from_text(cls, text: str) -> list[LedgerAnchor]:
        """All anchors of a text; other lines are passed over.

        Raises:
            InvalidParameterValue: A line begins like an anchor and is none.
        """
        found = []
        for line in text.splitlines():
            words = line.split()
            if not words or words[0] != _MARK:
                continue
            try:
                seq, event_hash, root, timestamp = words[1:]
                if len(bytes.fromhex(event_hash)) != 32 or len(bytes.fromhex(root)) != 32:
                    raise ValueError("a hash has 64 digits")
                found.append(cls(int(seq), event_hash, root, int(timestamp)))
            except ValueError:
                raise InvalidParameterValue(
                    f"Not an anchor: {line.strip()!r}. One is: {_MARK} <number> <hash> <root> <milliseconds>"
                ) from None
        return found


@dataclass(frozen=True)
class LedgerCheck(_MlflowObject):
    """What came of checking a ledger.

    Attributes:
        ok: Whether everything fits.
        checked: Events that were looked at.
        head: What the ledger is now; `None` if it is empty or does not fit.
        first_bad: Number of the first event that does not fit, if one does not.
        problem: What is wrong; empty if nothing is.
    """

    ok: bool
    checked: int
    head: LedgerAnchor | None = None
    first_bad: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class DecisionProof(_MlflowObject):
    """Everything that is needed to prove one event to somebody who has an anchor, and nothing of the others.

    Attributes:
        head: What stays of the event for good: number, time, number and name of the model, version, action, slot.
        parts: Texts of the event's parts; `None` for those that were erased or never were.
        digests: Digests of the parts, as one text of hexadecimal digits.
        previous: Hash of the event before.
        hash: Hash of the event.
        size: Number of events in the tree.
        path: Nodes that lead from the event to the root.
        root: The root.
    """

    head: list[Any]
    parts: dict[str, str | None] = field(default_factory=dict)
    digests: str = ""
    previous: str = ""
    hash: str = ""
    size: int = 0
    path: list[str] = field(default_factory=list)
    root: str = ""
