"""Sending to an address that somebody else chose, without being led to where nobody may go.

The name is resolved once; every address that it has must be a public one; and the connection is made to an address
that was looked at, so that a name which answers differently a moment later gains nothing. Redirects are not followed,
proxies are not asked, answers are read up to a limit and within a time.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from mlflow.environment_variables import MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS, MLFLOW_WEBHOOK_ALLOWED_SCHEMES
from mlflow.exceptions import InvalidParameterValue

MAX_URL = 500
MAX_ANSWER = 16 * 1024
"""Bytes of an answer that are read."""
_PORTS = {"https": 443, "http": 80}
_UNSAFE = re.compile(r"[^!-~]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PinnedTarget(NamedTuple):
    """An address as it is connected to.

    Attributes:
        scheme: `https` or `http`.
        host: Name, for the certificate and the Host header.
        port: Port.
        path: Path and query.
        address: IP address that the name was resolved to.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: str


class WebhookAnswer(NamedTuple):
    """What came of sending.

    Attributes:
        status: HTTP status; `None` if there was no answer.
        body: Beginning of the answer.
        error: What went wrong; empty if something was answered.
    """

    status: int | None = None
    body: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def passing(self) -> bool:
        """Whether it may be otherwise later."""
        return self.status is None or self.status == 429 or self.status >= 500


def resolve(url: str) -> PinnedTarget:
    """Where a URL leads.

    Raises:
        InvalidParameterValue: It is malformed, its name has no address, or one that is not public.
    """
    scheme, host, port, path = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InvalidParameterValue(f"Webhook URL {url!r}: the host {host!r} has no address") from None
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS.get():
        for address in addresses:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise InvalidParameterValue(
                    f"Webhook URL {url!r}: the host {host!r} has the address {address}, which is not a public one. "
                    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS=true allows such addresses"
                )
    return PinnedTarget(scheme, host, port, path, addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet, and stands for no other that is not."""
    if isinstance(address, ipaddress.IPv6Address):
        inner: list[ipaddress.IPv4Address | None] = [address.ipv4_mapped, address.sixtofour]
        inner += address.teredo or ()
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(item is not None and not is_public(item) for item in inner):
            return False
        return address.ipv4_mapped is not None or (address.is_global and not address.is_multicast)
    return address.is_global and not address.is_multicast and not address.is_reserved


def send(url: str, body: str, headers: Mapping[str, str], seconds: float) -> WebhookAnswer:
    """Posts a body.

    Args:
        url: Where to.
        body: JSON.
        headers: More headers.
        seconds: Within which all of it has to be done.
    """
    try:
        target = resolve(url)
    except InvalidParameterValue as error:
        return WebhookAnswer(error=error.message)
    connection = _connection(target, seconds)
    overdue = threading.Timer(seconds, _cut, [connection])
    overdue.daemon = True
    overdue.start()
    try:
        connection.request(
            "POST",
            target.path,
            body.encode(),
            {"Content-Type": "application/json", "User-Agent": "headrace-webhook", **headers},
        )
        reply = connection.getresponse()
        content = reply.read(MAX_ANSWER)
        return WebhookAnswer(reply.status, content.decode(errors="replace"))
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        # A connection that is cut while it is read from fails in any of these ways.
        shown = "no complete answer in time" if not overdue.is_alive() else str(error) or type(error).__name__
        return WebhookAnswer(error=f"{target.host}:{target.port}: {shown}")
    finally:
        overdue.cancel()
        connection.close()


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > MAX_URL or _UNSAFE.search(url) or "\\" in url:
        raise InvalidParameterValue(
            f"Webhook URL {url[:MAX_URL]!r} is not a URL of at most {MAX_URL} printable ASCII characters"
        )
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise InvalidParameterValue(f"Webhook URL {url!r} is malformed: {error}") from None
    schemes = [scheme.strip().lower() for scheme in MLFLOW_WEBHOOK_ALLOWED_SCHEMES.get().split(",")]
    if parts.scheme not in schemes or parts.scheme not in _PORTS:
        raise InvalidParameterValue(
            f"Webhook URL {url!r} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}; "
            "MLFLOW_WEBHOOK_ALLOWED_SCHEMES says which schemes are allowed"
        )
    if not host:
        raise InvalidParameterValue(f"Webhook URL {url!r} names no host")
    if parts.username is not None or parts.password is not None:
        raise InvalidParameterValue(
            f"Webhook URL of {host!r} holds a user or password; give the webhook a secret instead"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path


def _connection(target: PinnedTarget, seconds: float) -> http.client.HTTPConnection:
    """A connection to the very address that was looked at."""

    class Pinned(http.client.HTTPConnection):
        default_port = _PORTS[target.scheme]

        def connect(self) -> None:
            self.sock = socket.create_connection((target.address, target.port), seconds)
            if target.scheme == "https":
                self.sock = secure = ssl.create_default_context().wrap_socket(
                    self.sock, server_hostname=target.host, do_handshake_on_connect=False
                )
                secure.do_handshake()

    return Pinned(target.host, target.port, timeout=seconds)


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was closed in between
