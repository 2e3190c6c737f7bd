"""Who sends a request that changes the registry, and why, as far as the request tells."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.types import Scope

from mlflow._base.attribution import Attribution

_WORDS = "UTF-8''"


def attribution_of(scope: Scope) -> Attribution:
    """Attribution of a request. What a client says about its user is a claim: nothing here proves it."""
    headers = dict(scope["headers"])
    actor = _text(headers, b"x-headrace-actor") or _basic_user(headers)
    client = _text(headers, b"user-agent")
    peer = scope.get("client")
    return Attribution(
        actor,
        "claimed" if actor else "unknown",
        _text(headers, b"x-headrace-reason"),
        _text(headers, b"x-headrace-ticket"),
        f"{client} from {peer[0]}" if peer else client,
        _text(headers, b"x-request-id")[:100] or uuid.uuid4().hex,
        _text(headers, b"x-headrace-break-glass").lower() == "true",
    )


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    """Text of a header: UTF-8, Latin-1, or percent-encoded as RFC 8187 has it."""
    raw = headers.get(name, b"").strip()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if text.upper().startswith(_WORDS):
        text = unquote(text[len(_WORDS) :])
    return text.replace("\x00", "")


def _basic_user(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, credentials = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        return base64.b64decode(credentials).decode().partition(":")[0].replace("\x00", "")
    except ValueError:
        return ""
