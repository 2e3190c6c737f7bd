"""Page tokens: where the next page of one search begins.

Opaque to everybody else, and signed with a key of the database: one that was made up or changed is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from mlflow.exceptions import InvalidParameterValue

_ITEM = (str, int, float, type(None))
_SIGNATURE_BYTES = 12
_LONGEST = 1 << 20
"""Characters; tokens hold texts that were ordered by, which have at most some thousand."""


def fingerprint(*parts: object) -> str:
    """What a search is recognised by, so that a token of another one is refused."""
    return hashlib.blake2b(json.dumps(parts, default=str).encode(), digest_size=6).hexdigest()


def make_token(position: Sequence[Any], search: str, key: bytes) -> str:
    """A token for what comes after a position, signed with a key."""
    content = json.dumps([search, *position]).encode()
    return base64.urlsafe_b64encode(_signature(content, key) + content).decode()


def read_token(token: str | None, search: str, length: int, key: bytes) -> list[Any] | None:
    """The position that a token holds; `None` for no token.

    Raises:
        InvalidParameterValue: It was not made with this key, or belongs to another search.
    """
    if not token:
        return None
    try:
        signed = base64.urlsafe_b64decode(token[:_LONGEST].encode())
        content = signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signed[:_SIGNATURE_BYTES], _signature(content, key)):
            raise ValueError("made up")
        found, *position = json.loads(content)
    except (ValueError, TypeError, RecursionError):
        raise InvalidParameterValue(
            f"Invalid page token {token[:60]!r}: use the one that the page before came with"
        ) from None
    if found != search or len(position) != length or not all(isinstance(item, _ITEM) for item in position):
        raise InvalidParameterValue(
            "This page token belongs to another search: use it with the same filter, order and experiments"
        )
    return list(position)


def _signature(content: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SIGNATURE_BYTES, key=key).digest()
