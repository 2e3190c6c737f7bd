"""Which hosts a request may name, and which pages may write.

A browser sends what a page of any site tells it to. Checking the Host header keeps a name that somebody points at
this machine (DNS rebinding) from reaching the server; checking the Origin of writes keeps foreign pages from
changing things. Programs that are not browsers send no Origin and are not affected.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlflow.server.exchange import Exchange, take_of

_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "::1/128",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "192.168.0.0/16",
        "172.16.0.0/12",
        "fc00::/7",
    )
)
_EXEMPT = frozenset({"/health", "/version"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class SecurityMiddleware:
    """Refuses requests with a foreign Host, and writes with a foreign Origin.

    Args:
        app: What comes after.
        allowed_hosts: Hosts beside the local and private ones, with `*` as a wildcard; ports count only if given.
        allowed_origins: Origins that may write beside those of this server and of local hosts.
        frame_options: Value of the X-Frame-Options header; `NONE` leaves it out.
        check: Whether Host and Origin are checked; the headers are set either way.
        observe: Counts what is refused here: the request, the status and the seconds that it took.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: tuple[str, ...] = (),
        allowed_origins: tuple[str, ...] = (),
        frame_options: str = "SAMEORIGIN",
        check: bool = True,
        observe: Callable[[Scope, int, float], None] | None = None,
    ) -> None:
        self._app = app
        self._take = take_of(app)
        self._observe = observe
        self._hosts = tuple(host.strip().lower() for host in allowed_hosts if host.strip())
        self._origins = tuple(
            origin.strip().lower().rstrip("/") for origin in allowed_origins if origin.strip()
        )
        self._check = check
        self._headers = [(b"x-content-type-options", b"nosniff")]
        if frame_options.upper() != "NONE":
            self._headers.append((b"x-frame-options", frame_options.encode("latin-1")))
        self._known_headers = tuple(self._headers)
        self.allows_host = lru_cache(maxsize=256)(self._allows_host)

    def take(self, exchange: Exchange) -> bool:
        """Lets what comes after answer without a task; what is refused is left to `__call__`."""
        if self._check and self._refusal(exchange.scope) is not None:
            return False
        exchange.headers = self._known_headers
        return self._take(exchange)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._check and scope["path"] not in _EXEMPT:
            reason = self._refusal(scope)
            if reason is not None:
                await _refuse(send, reason)
                if self._observe is not None:
                    self._observe(scope, 403, 0.0)
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *(header for header in self._headers if header[0] not in present),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        host = origin = ""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value.decode("latin-1")
            elif name == b"origin":
                origin = value.decode("latin-1")
        if not self.allows_host(host):
            return (
                f"Invalid Host header: {host!r} is not a host that this server answers for - possible DNS rebinding "
                "attack detected. If it is yours, start the server with --allowed-hosts "
                f"{host.partition(':')[0] or 'HOST'} (or set MLFLOW_SERVER_ALLOWED_HOSTS)."
            )
        if origin and scope["method"] in _WRITES and not self._allows_origin(origin, host):
            return (
                f"Cross-origin request blocked: a page of {origin} may not change anything here. If it is yours, start "
                f"the server with --cors-allowed-origins {origin} (or set MLFLOW_SERVER_CORS_ALLOWED_ORIGINS)."
            )
        return None

    def _allows_host(self, host: str) -> bool:
        host = host.lower()
        name = _without_port(host)
        if name == "localhost" or _is_private(name):
            return True
        return any(
            pattern == "*" or fnmatch.fnmatchcase(host if ":" in pattern else name, pattern)
            for pattern in self._hosts
        )

    def _allows_origin(self, origin: str, host: str) -> bool:
        origin = origin.lower()
        if "*" in self._origins or origin in self._origins:
            return True
        netloc = urlsplit(origin).netloc
        if not netloc:  # "null": a sandboxed frame or a file
            return False
        name = _without_port(netloc)
        return netloc == host.lower() or name == "localhost" or _is_loopback(name)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _is_private(name: str) -> bool:
    address = _address(name)
    return address is not None and any(address in network for network in _PRIVATE)


def _is_loopback(name: str) -> bool:
    address = _address(name)
    return address is not None and address.is_loopback


async def _refuse(send: Send, reason: str) -> None:
    body = reason.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
