"""Walking the chain of events: what may not have changed, and whether it has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256

from mlflow._ledger import merkle
from mlflow._ledger.events import (
    DIGEST_BYTES,
    NO_EVENT,
    NO_PART,
    PARTS,
    Event,
    Head,
    canonical,
    hash_of,
    split_digests,
)
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor

ERASE = "erase"
"""Action of an event that records that parts of another one were erased."""


class Problem(Exception):
    """Something in a ledger does not fit.

    Args:
        seq: Number of the event.
        message: What is wrong with it.
    """

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(message)
        self.seq = seq


class Chain:
    """A walk along a ledger, from its first event.

    Args:
        anchors: What the ledger was at some events.
        roots: Roots of full chunks as they were stored, by number of the chunk.
    """

    def __init__(
        self, anchors: Iterable[LedgerAnchor] = (), roots: Mapping[int, bytes] | None = None
    ) -> None:
        self.checked = 0
        self._previous = NO_EVENT
        self._anchors: dict[int, list[LedgerAnchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, []).append(anchor)
        self._stored_roots = roots
        self._roots: list[bytes] = []
        self._leaves: list[bytes] = []
        self._erased: dict[int, set[str]] = {}
        self._time = 0

    def add(self, event: Event, actor: str) -> None:
        """Looks at the next event.

        Args:
            event: The event as it is stored.
            actor: Its actor as it is stored for searches.

        Raises:
            Problem: It does not fit.
        """
        head, parts, digests, stored = event
        seq = self.checked + 1
        if head.seq != seq:
            raise Problem(seq, f"Event {seq} is missing: event {head.seq} follows event {seq - 1}")
        if len(digests) != len(PARTS) * DIGEST_BYTES or hash_of(head, digests, self._previous) != stored:
            raise Problem(seq, f"Event {seq} was changed: its hash does not fit, or not to the event before")
        start = 0
        for text in parts:
            digest = digests[start : start + DIGEST_BYTES]
            if text is not None:
                if sha256(text.encode()).digest() != digest:
                    name = PARTS[start // DIGEST_BYTES]
                    raise Problem(seq, f"Event {seq} was changed: its part {name!r} does not fit its digest")
            elif digest != NO_PART:
                self._erased.setdefault(seq, set()).add(PARTS[start // DIGEST_BYTES])
            start += DIGEST_BYTES
        who = parts[0]
        if (who is None and actor) or (who is not None and f'"actor":{canonical(actor)}' not in who):
            raise Problem(seq, f"Event {seq} was changed: it is filed under an actor that it does not name")
        if head.action == ERASE:
            self._explain(parts[2])
        self._previous = stored
        self._time = head.time_ms
        self.checked = seq
        self._leaves.append(merkle.leaf(stored))
        if len(self._leaves) == merkle.CHUNK:
            self._close_chunk()
        for anchor in self._anchors.pop(seq, ()):
            self._compare(anchor)

    def end(self) -> LedgerAnchor | None:
        """Looks at what can only be seen at the end.

        Returns:
            What the ledger is; `None` if it is empty.

        Raises:
            Problem: Something does not fit.
        """
        if self._erased:
            seq = min(self._erased)
            names = ", ".join(sorted(self._erased[seq]))
            raise Problem(seq, f"Event {seq} lost {names}, and no event says that it was erased")
        if self._anchors:
            seq = min(self._anchors)
            raise Problem(
                self.checked + 1,
                f"The ledger was cut: an anchor knows event {seq}, and the last one is {self.checked}",
            )
        return self.anchor() if self.checked else None

    def anchor(self) -> LedgerAnchor:
        """What the ledger is up to the last event that was looked at."""
        nodes = [*self._roots, merkle.root(self._leaves)] if self._leaves else self._roots
        return LedgerAnchor(self.checked, self._previous.hex(), merkle.root(nodes).hex(), self._time)

    def _explain(self, what: str | None) -> None:
        after = json.loads(what)["after"] if what else {}
        seq = int(after.get("seq", 0))
        left = self._erased.get(seq, set()) - set(after.get("parts", ()))
        if left:
            self._erased[seq] = left
        else:
            self._erased.pop(seq, None)

    def _close_chunk(self) -> None:
        self._roots.append(merkle.root(self._leaves))
        self._leaves = []
        number = len(self._roots)
        if self._stored_roots is not None and self._stored_roots.get(number) != self._roots[-1]:
            first = (number - 1) * merkle.CHUNK + 1
            raise Problem(first, f"The stored root of events {first} to {self.checked} does not fit them")

    def _compare(self, anchor: LedgerAnchor) -> None:
        found = self.anchor()
        if (found.hash, found.root) != (anchor.hash, anchor.root):
            raise Problem(
                anchor.seq,
                f"Event {anchor.seq} or one before it is not what it was when the anchor was made: the ledger was "
                "written anew",
            )


def proof_holds(proof: DecisionProof) -> bool:
    """Whether a proof is one: parts, hash and path fit together and lead to its root."""
    try:
        head = Head(*proof.head)
        digests, previous = bytes.fromhex(proof.digests), bytes.fromhex(proof.previous)
        event_hash = bytes.fromhex(proof.hash)
        steps = [bytes.fromhex(step) for step in proof.path]
        for name, digest in zip(PARTS, split_digests(digests), strict=True):
            text = proof.parts.get(name)
            if text is not None and sha256(text.encode()).digest() != digest:
                return False
    except (TypeError, ValueError):
        return False
    if hash_of(head, digests, previous) != event_hash:
        return False
    found = merkle.root_of_path(merkle.leaf(event_hash), head.seq - 1, proof.size, steps)
    return found is not None and found.hex() == proof.root
