"""How a tracking server is asked: address, credentials, TLS, connections, timeouts, repeats.

A request is repeated only where that is safe: reading always is; writing is when the server cannot have seen the
request (no connection) or says that it did nothing (429, 503). A write whose answer was lost is repeated as well
if its route is idempotent, as logging is.
"""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from mlflow._base.uri import redact_uri
from mlflow._wire.errors import error_from_wire
from mlflow.environment_variables import (
    MLFLOW_HTTP_POOL_MAXSIZE,
    MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    MLFLOW_HTTP_REQUEST_TIMEOUT,
    MLFLOW_TRACKING_CLIENT_CERT_PATH,
    MLFLOW_TRACKING_INSECURE_TLS,
    MLFLOW_TRACKING_PASSWORD,
    MLFLOW_TRACKING_SERVER_CERT_PATH,
    MLFLOW_TRACKING_TOKEN,
    MLFLOW_TRACKING_USERNAME,
)
from mlflow.exceptions import TemporarilyUnavailable
from mlflow.version import VERSION

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse
    from urllib3.poolmanager import PoolManager

_DID_NOTHING = frozenset({429, 503})
_LOST = frozenset({502, 504})
_LONGEST_PAUSE = 30.0


class HttpResponse:
    """An answer with a status below 400."""

    def __init__(self, raw: BaseHTTPResponse, address: str) -> None:
        self._raw = raw
        self._address = address
        self.status = raw.status
        self.headers: Mapping[str, str] = raw.headers

    def read(self) -> bytes:
        return self._raw.data

    def stream(self, chunk_bytes: int, /) -> Iterator[bytes]:
        from urllib3.exceptions import HTTPError

        try:
            yield from self._raw.stream(chunk_bytes)
        except (HTTPError, OSError) as error:
            raise TemporarilyUnavailable(f"The answer of {self._address} was cut off: {error}") from error
        finally:
            self.close()

    def close(self) -> None:
        self._raw.close()  # what was not read must not be taken for the next answer
        self._raw.release_conn()


class HttpTransport:
    """How a tracking server is asked.

    Args:
        base_url: Address of the server; credentials in it are used and never shown.
        max_retries: How often a request that is safe to repeat is repeated; as configured by default.
        timeout_s: Seconds before a request is given up, at most; as configured by default.
    """

    def __init__(self, base_url: str, max_retries: int | None = None, timeout_s: float | None = None) -> None:
        parts = urlsplit(base_url)
        self._user = (parts.username, parts.password) if parts.username else None
        self.base_url = (
            base_url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1) if self._user else base_url
        )
        self.base_url = self.base_url.rstrip("/")
        self._max_retries = max_retries
        self._timeout_s = timeout_s
        self._pool: PoolManager | None = None

    def at(self, base_url: str, /) -> HttpTransport:
        """The same for another server."""
        return HttpTransport(base_url)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        repeatable: bool | None = None,
    ) -> HttpResponse:
        """Sends one request.

        Args:
            method: HTTP method.
            path: Path below `base_url`, percent-encoded.
            query: Fields of the query, not encoded.
            body: What to send. An iterable is sent once, never again.
            headers: Further headers.
            stream: Whether the body of the answer is left to be read by `stream`.
            repeatable: Whether it may be carried out twice; by default what reads or puts bytes may.

        Raises:
            MlflowException: The server answered with a status of 400 or above.
            TemporarilyUnavailable: The server cannot be reached.
        """
        from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

        url = f"{self.base_url}{path}"
        if query:
            url += "?" + urlencode(list(query.items() if isinstance(query, Mapping) else query))
        once = body is not None and not isinstance(body, bytes)
        if repeatable is None:
            repeatable = method in ("GET", "HEAD", "PUT", "DELETE")
        retries = MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() if self._max_retries is None else self._max_retries
        attempts = 1 if once else 1 + max(retries, 0)
        all_headers = {**self._headers(), **(headers or {})}
        pool = self._connections()
        for attempt in range(attempts):
            last = attempt == attempts - 1
            try:
                raw: BaseHTTPResponse = pool.request(
                    method,
                    url,
                    body=body,
                    headers=all_headers,
                    preload_content=not stream,
                    retries=False,
                    timeout=self._timeout(),
                )
                if _is_cut_off(raw, method):
                    raw.close()
                    raise ProtocolError("The answer was cut off")
            except NewConnectionError as error:
                # Nobody listens: waiting for a server to come up again is worth a few moments, not minutes.
                if attempt >= min(attempts - 1, 2):
                    raise self._unreachable(error) from error
                _pause(attempt, None)
                continue
            except (HTTPError, OSError) as error:
                if last or not repeatable:
                    raise self._unreachable(error) from error
                _pause(attempt, None)
                continue
            if raw.status < 400:
                return HttpResponse(raw, redact_uri(self.base_url))
            again = raw.status in _DID_NOTHING or (repeatable and raw.status in _LOST)
            if again and not last:
                raw.drain_conn()
                raw.release_conn()
                _pause(attempt, raw.headers.get("Retry-After"))
                continue
            content = raw.data
            raw.release_conn()
            refusal = error_from_wire(raw.status, content, f"{method} {redact_uri(self.base_url)}{path}")
            refusal.retry_after_s = _seconds(raw.headers.get("Retry-After"))
            raise refusal
        raise AssertionError("the last attempt returns or raises")

    def _timeout(self) -> float:
        configured = MLFLOW_HTTP_REQUEST_TIMEOUT.get()
        return configured if self._timeout_s is None else min(configured, self._timeout_s)

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": f"headrace/{VERSION}", "Accept": "application/json"}
        user, password = MLFLOW_TRACKING_USERNAME.get(), MLFLOW_TRACKING_PASSWORD.get()
        if self._user is not None:
            user, password = self._user[0], self._user[1] or ""
        token = MLFLOW_TRACKING_TOKEN.get()
        if user is not None and password is not None:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif token:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _connections(self) -> PoolManager:
        if self._pool is None:
            import urllib3
            from urllib3.util import Timeout

            options: dict[str, Any] = {
                "num_pools": 4,
                "maxsize": MLFLOW_HTTP_POOL_MAXSIZE.get(),
                "block": False,
                "timeout": Timeout(self._timeout()),
            }
            if self.base_url.startswith("https:"):
                if MLFLOW_TRACKING_INSECURE_TLS.get():
                    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
                    options["cert_reqs"] = "CERT_NONE"
                if authorities := MLFLOW_TRACKING_SERVER_CERT_PATH.get():
                    options["ca_certs"] = authorities
                if certificate := MLFLOW_TRACKING_CLIENT_CERT_PATH.get():
                    options["cert_file"] = certificate
            proxy = _proxy_of(self.base_url)
            self._pool = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
        return self._pool

    def _unreachable(self, error: Exception) -> TemporarilyUnavailable:
        address = redact_uri(self.base_url)
        parts = urlsplit(self.base_url)
        hint = ""
        if parts.hostname in ("localhost", "127.0.0.1", "::1"):
            hint = f" Is it running? Start it with: mlflow server --port {parts.port or 80}"
        reason = str(error).rpartition(": ")[2] or type(error).__name__
        return TemporarilyUnavailable(f"The tracking server at {address} cannot be reached ({reason}).{hint}")

    def close(self) -> None:
        """Closes the connections."""
        if self._pool is not None:
            self._pool.clear()
            self._pool = None

    def after_fork(self) -> None:
        """Forgets the parent's connections."""
        self._pool = None


def _is_cut_off(raw: BaseHTTPResponse, method: str) -> bool:
    """Whether an answer ends inside of its head: the library takes that for an answer without a body.

    Every server that speaks HTTP/1.1 says how long a body is, or sends it in chunks.
    """
    return (
        raw.version >= 11
        and method != "HEAD"
        and raw.status not in (204, 304)
        and "Content-Length" not in raw.headers
        and "Transfer-Encoding" not in raw.headers
    )


def _pause(attempt: int, retry_after: str | None) -> None:
    factor = MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR.get()
    seconds = max(0.1 * factor**attempt, _seconds(retry_after) or 0.0)
    time.sleep(min(seconds, _LONGEST_PAUSE) * (0.75 + random.random() / 2))  # noqa: S311 - spreads load


def _seconds(retry_after: str | None) -> float | None:
    """The header `Retry-After`, where it is a number of seconds."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


def _proxy_of(url: str) -> str | None:
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)
