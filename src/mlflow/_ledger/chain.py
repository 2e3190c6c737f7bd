"""Walking the chain of events: what may not have changed, and whether it has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256

from mlflow._ledger import merkle
from mlflow._ledger.events import (
    DIGEST_BYTES,
    FORM,
    NO_EVENT,
    NO_PART,
    PARTS,
    Head,
    Stored,
    canonical,
    encode_head,
    hash_of,
    split_digests,
)
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor

ERASE = "erase"
"""Action of an event that records that parts of another one were erased."""


@lru_cache(maxsize=1024)
def _named(actor: str) -> str:
    """How the part that says who it was names an actor."""
    return f'"actor":{canonical(actor)}'


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

    def add(self, rows: Iterable[tuple[Stored, str]]) -> None:
        """Looks at the next events.

        Args:
            rows: Events, and their actors as they are stored for searches.

        Raises:
            Problem: One of them does not fit.
        """
        try:
            self._walk(rows)
        except (AttributeError, TypeError, ValueError, IndexError, KeyError):
            seq = self.checked + 1
            raise Problem(
                seq, f"Event {seq} was changed: something in its row is not what an event has there"
            ) from None

    def _walk(self, rows: Iterable[tuple[Stored, str]]) -> None:
        # This loop is why a ledger of a million events is checked in seconds: it makes no objects but the hashes.
        seq, previous, leaves = self.checked, self._previous, self._leaves
        previous_text = previous.hex()
        for row, actor in rows:
            seq += 1
            who, why, what, evidence = row[7:11]
            digests, stored = row[11], row[12]
            if row[0] != seq:
                raise Problem(seq, f"Event {seq} is missing: event {row[0]} follows event {seq - 1}")
            if sha256(encode_head((FORM, *row[:7], digests.hex(), previous_text))).digest() != stored:
                raise Problem(
                    seq, f"Event {seq} was changed: its hash does not fit, or not to the event before"
                )
            if (
                (NO_PART if who is None else sha256(who.encode()).digest())
                + (NO_PART if why is None else sha256(why.encode()).digest())
                + (NO_PART if what is None else sha256(what.encode()).digest())
                + (NO_PART if evidence is None else sha256(evidence.encode()).digest())
            ) != digests:
                self._look_at_parts(row)
            if (who is None and actor) or (who is not None and _named(actor) not in who):
                raise Problem(
                    seq, f"Event {seq} was changed: it is filed under an actor that it does not name"
                )
            if row[5] == ERASE:
                self._explain(what)
            previous, previous_text = stored, stored.hex()
            leaves.append(sha256(b"\x00" + stored).digest())
            self.checked, self._previous, self._time = seq, previous, row[1]
            if len(leaves) == merkle.CHUNK:
                self._close_chunk()
                leaves = self._leaves
            if seq in self._anchors:
                for anchor in self._anchors.pop(seq):
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

    def _look_at_parts(self, row: Stored) -> None:
        """Finds out which part does not fit its digest; one that is not there may have been erased."""
        seq, digests = row[0], row[11]
        if len(digests) != len(PARTS) * DIGEST_BYTES:
            raise Problem(seq, f"Event {seq} was changed: it does not have a digest of each part")
        for name, text, digest in zip(PARTS, row[7:11], split_digests(digests), strict=True):
            if text is None and digest != NO_PART:
                self._erased.setdefault(seq, set()).add(name)
            elif text is not None and sha256(text.encode()).digest() != digest:
                raise Problem(seq, f"Event {seq} was changed: its part {name!r} does not fit its digest")

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
