"""How an event of the ledger is written down and sealed.

An event has a head, which stays for good, and up to four parts, each of which can be erased:

* `who`: the actor, how they are known, their client and request
* `why`: reason and ticket
* `what`: the state before and after
* `evidence`: what was known of the version then

A part is a JSON object (keys sorted, no spaces, UTF-8) with a random salt, so that nobody can guess an erased part
from its digest. The head is a JSON array: version of the form, number, time in milliseconds, number and name of the
model, version, action, slot, the SHA-256 digests of the four parts as one hexadecimal text (64 zeros for a part that
never was), and the hash of the event before. The hash of an event is the SHA-256 digest of its head.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

FORM = 1
PARTS = ("who", "why", "what", "evidence")
DIGEST_BYTES = 32
NO_PART = bytes(DIGEST_BYTES)
NO_EVENT = bytes(DIGEST_BYTES)
"""What the first event has for the hash of the event before."""
Stored = tuple[
    int, int, int, str, int | None, str, str, str | None, str | None, str | None, str | None, bytes, bytes
]
"""An event as a row: the head, the texts of the parts, their digests, the hash."""
encode_head = (
    msgspec.json.Encoder().encode
)  # writes whole numbers and texts as `canonical` does, in a tenth of the time
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Head(NamedTuple):
    """What stays of an event for good, in the order in which it is hashed.

    Attributes:
        seq: Number; events are numbered from 1 without gaps.
        time_ms: Milliseconds since the epoch, never less than that of the event before.
        model: Number of the registered model: that of the event that made it; 0 for none.
        name: Name of the model after the event.
        version: Number of the version, if it is about one.
        action: What was done.
        slot: Which piece of the model's state it set, such as `stage/3`; empty for none.
    """

    seq: int
    time_ms: int
    model: int
    name: str
    version: int | None
    action: str
    slot: str


class Event(NamedTuple):
    """An event as it is stored.

    Attributes:
        head: What stays for good.
        parts: Texts of the four parts; `None` for one that was erased or never was.
        digests: Their digests, one after the other.
        hash: Hash of the event.
    """

    head: Head
    parts: tuple[str | None, ...]
    digests: bytes
    hash: bytes

    @classmethod
    def from_row(cls, row: Stored) -> Event:
        """An event from a row."""
        return cls(Head(*row[:7]), row[7:11], bytes(row[11]), bytes(row[12]))

    def content(self, name: str) -> dict[str, Any] | None:
        """What a part says, without its salt; `None` if it was erased or never was."""
        text = self.parts[PARTS.index(name)]
        if text is None:
            return None
        content: dict[str, Any] = json.loads(text)
        content.pop("salt", None)
        return content

    def erased(self) -> tuple[str, ...]:
        """Names of the parts that were erased."""
        return tuple(
            name
            for name, text, digest in zip(PARTS, self.parts, split_digests(self.digests), strict=True)
            if text is None and digest != NO_PART
        )


def sealed(head: Head, contents: Sequence[Mapping[str, Any] | None], previous: bytes) -> Event:
    """An event that is ready to be stored.

    Args:
        head: What stays for good.
        contents: What the four parts say; `None` for parts that it does not have.
        previous: Hash of the event before.
    """
    parts = tuple(
        None if content is None else canonical({**content, "salt": secrets.token_hex(16)})
        for content in contents
    )
    digests = b"".join(NO_PART if text is None else sha256(text.encode()).digest() for text in parts)
    return Event(head, parts, digests, hash_of(head, digests, previous))


def hash_of(head: Head, digests: bytes, previous: bytes) -> bytes:
    """Hash of an event."""
    return sha256(encode_head([FORM, *head, digests.hex(), previous.hex()])).digest()


def canonical(content: object) -> str:
    """A value as JSON with sorted keys and no spaces."""
    return _encode(content)


def split_digests(digests: bytes) -> list[bytes]:
    """The digests of the four parts."""
    return [digests[i * DIGEST_BYTES : (i + 1) * DIGEST_BYTES] for i in range(len(PARTS))]
