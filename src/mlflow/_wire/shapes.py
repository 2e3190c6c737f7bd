"""What requests and responses have in common."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "Empty", "KeyValue", "Request", "Response", "UnsetType", "optional", "stated"]


class Request(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A request. Unknown members send decoding down the careful path, which names or drops them."""


class Response(msgspec.Struct, omit_defaults=True):
    """A response. What is empty or unset is left out."""


class Empty(Response):
    """A response that says nothing but success."""


class KeyValue(msgspec.Struct):
    """A tag or parameter."""

    key: str = ""
    value: str = ""


def stated() -> Any:
    """A text of a response that is sent even if it is empty: the encoder omits values, not factories."""
    return msgspec.field(default_factory=str)


def optional(value: str) -> str | None:
    """Text of a request, with nothing for what was left out or left empty."""
    return value or None
