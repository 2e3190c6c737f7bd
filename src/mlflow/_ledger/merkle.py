"""Merkle trees over the hashes of events, as RFC 6962 (Certificate Transparency) defines them.

The roots of full chunks of the tree are kept, so that the root of the whole and a proof for one event take reading
one chunk, not all events.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

CHUNK = 1024
"""Events whose root is kept; a power of two, so that it is a node of the tree."""
EMPTY = sha256(b"").digest()


def leaf(event_hash: bytes) -> bytes:
    """Node of an event."""
    return sha256(b"\x00" + event_hash).digest()


def root(nodes: Sequence[bytes]) -> bytes:
    """Root over nodes: leaves, or roots of full chunks and of the rest that follows them."""
    if not nodes:
        return EMPTY
    level = list(nodes)
    while len(level) > 1:
        # A node without a partner rises as it is, which gives the same tree as splitting from above.
        paired = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def path(nodes: Sequence[bytes], place: int) -> list[bytes]:
    """What one node has to be combined with, from below, to give the root."""
    level, found = list(nodes), []
    while len(level) > 1:
        partner = place ^ 1
        if partner < len(level):
            found.append(level[partner])
        paired = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
        place //= 2
    return found


def root_of_path(node: bytes, place: int, size: int, steps: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to; `None` if it cannot be a path of that place.

    Args:
        node: Node that is proven.
        place: Its place among the leaves, from 0.
        size: Number of leaves.
        steps: The path.
    """
    if not 0 <= place < size:
        return None
    last, left = size - 1, list(steps)
    while last > 0:
        if place % 2 == 1 or place < last:
            if not left:
                return None
            step = left.pop(0)
            node = sha256(b"\x01" + (step + node if place % 2 == 1 else node + step)).digest()
        place //= 2
        last //= 2
    return None if left else node
