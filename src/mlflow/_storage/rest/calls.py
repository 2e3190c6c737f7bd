"""One call of the route table over a transport."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from mlflow._base.attribution import current_attribution
from mlflow._storage.rest.transport import HttpTransport
from mlflow._wire.routes import BY_NAME, Route
from mlflow._wire.shapes import Request, Response
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist

T = TypeVar("T", bound=Response)

_HOLE = re.compile(r"\{(\w+)(:path)?\}")
_JSON = {"Content-Type": "application/json"}
_encode = msgspec.json.Encoder().encode
_PLAIN = re.compile(r"[!-~][ -~]*")


class Calls:
    """Calls of the route table.

    Args:
        transport: How the server is asked.
    """

    def __init__(self, transport: HttpTransport) -> None:
        self.transport = transport
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}

    def call(self, name: str, request: Request, reply: type[T]) -> T:
        """Sends a request to the route of a name.

        Args:
            name: Name of the route.
            request: Of the route's request type.
            reply: The route's response type.
        """
        route = BY_NAME[name]
        try:
            path, used = _path(route, request)
            query = urlencode(_query(request, used)) if route.method == "GET" else ""
            body = None if route.method == "GET" else _encode(request)
        except UnicodeEncodeError:
            raise InvalidParameterValue("A text holds a lone surrogate, which is not valid Unicode") from None
        response = self.transport.request(
            route.method,
            f"{path}?{query}" if query else path,
            body=body,
            headers=_headers(route),
            repeatable=route.idempotent,
        )
        decoder = self._decoders.get(name)
        if decoder is None:
            decoder = self._decoders[name] = msgspec.json.Decoder(reply)
        decoded: T = decoder.decode(response.read() or b"{}")
        return decoded


def _headers(route: Route) -> dict[str, str] | None:
    headers = dict(_JSON) if route.method != "GET" else {}
    if route.decides:
        by = current_attribution()
        for name, text in (("Actor", by.actor), ("Reason", by.reason), ("Ticket", by.ticket)):
            if text:
                plain = _PLAIN.fullmatch(text) and not text.upper().startswith("UTF-8''")
                headers[f"X-Headrace-{name}"] = text if plain else f"UTF-8''{quote(text, safe='')}"
        if by.break_glass:
            headers["X-Headrace-Break-Glass"] = "true"
    return headers or None


def _path(route: Route, request: Request) -> tuple[str, set[str]]:
    used: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        used.add(match[1])
        value = str(getattr(request, match[1]))
        if not value:
            raise ResourceDoesNotExist(f"Nothing has an empty {match[1]!r}")
        return quote(value, safe="/" if match[2] else "")

    return _HOLE.sub(fill, route.url), used


def _query(request: Request, used: set[str]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for field in msgspec.structs.fields(request):
        value = getattr(request, field.name)
        if field.name in used or value is None or value == "" or value is False:
            continue
        values = value if isinstance(value, list) else [value]
        fields += [(field.name, "true" if item is True else str(item)) for item in values]
    return fields
