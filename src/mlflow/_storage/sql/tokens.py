"""Page tokens: where the next page of one search begins. Opaque to everybody else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from mlflow.exceptions import InvalidParameterValue

_ITEM = (str, int, float, type(None))
_LONGEST = 1 << 20
"""Characters; tokens hold texts that were ordered by, which have at most some thousand."""


def fingerprint(*parts: object) -> str:
    """What a search is recognised by, so that a token of another one is refused."""
    return hashlib.blake2b(json.dumps(parts, default=str).encode(), digest_size=6).hexdigest()


def make_token(position: Sequence[Any], search: str) -> str:
    """A token for what comes after a position."""
    return base64.urlsafe_b64encode(json.dumps([search, *position]).encode()).decode()


def read_token(token: str | None, search: str, length: int) -> list[Any] | None:
    """The position that a token holds; `None` for no token.

    Raises:
        InvalidParameterValue: It is no token, or of another search.
    """
    if not token:
        return None
    try:
        content = json.loads(base64.urlsafe_b64decode(token[:_LONGEST].encode()))
        found, *position = content
    except (ValueError, TypeError, RecursionError):
        raise InvalidParameterValue(
            f"Invalid page token {token[:60]!r}: use the one that the page before came with"
        ) from None
    if found != search or len(position) != length or not all(isinstance(item, _ITEM) for item in position):
        raise InvalidParameterValue(
            "This page token belongs to another search: use it with the same filter, order and experiments"
        )
    return list(position)
