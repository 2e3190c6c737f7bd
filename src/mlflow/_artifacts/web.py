"""Files behind plain `http:` and `https:` URLs, read only; and single requests to signed URLs."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self
from urllib.parse import urlsplit

from mlflow._artifacts.interface import CHUNK_BYTES, ArtifactStore, ByteStream, check_range, cut
from mlflow._artifacts.paths import validate_path
from mlflow._base.uri import join_uri, redact_uri
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import (
    InvalidUrlException,
    MlflowException,
    NotSupported,
    PermissionDenied,
    ResourceDoesNotExist,
    StorageUnavailable,
    TemporarilyUnavailable,
)

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_CONNECT_S = 10.0
_READ_S = 300.0


class Answer:
    """An answer whose body was not read yet; gives its connection back when it is closed.

    Attributes:
        status: HTTP status.
        headers: Headers, found in any case.
    """

    def __init__(self, response: BaseHTTPResponse, shown_url: str) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._shown_url = shown_url

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece; a cut line raises `TemporarilyUnavailable`."""
        with _translated(self._shown_url):
            yield from self._response.stream(CHUNK_BYTES, decode_content=True)

    def close(self) -> None:
        """Read no further."""
        self._response.close()
        self._response.release_conn()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def send(
    method: str,
    url: str,
    *,
    body: bytes | Iterable[bytes] | BinaryIO = b"",
    headers: Mapping[str, str] | None = None,
    ignore_tls: bool = False,
) -> Answer:
    """One request, as it is: no credentials, no retries, redirects followed.

    Raises:
        TemporarilyUnavailable: The host cannot be reached.
        InvalidUrlException: The URL is malformed.
    """
    shown = redact_uri(url)
    with _translated(shown):
        response = _pool(_proxy_of(url), ignore_tls).request(
            method, url, body=body or None, headers=dict(headers or {}), preload_content=False
        )
    return Answer(response, shown)


class HttpArtifactStore(ArtifactStore):
    """Files below an `http:` or `https:` URL; they can be read, nothing else.

    Args:
        root_uri: The URL; a query of it, such as a signature, is sent with every request.
    """

    can_write = False

    def __init__(self, root_uri: str) -> None:
        self.root_uri = redact_uri(root_uri.rstrip("/"))
        self._root = root_uri

    def list(self, path: str = "") -> list[FileInfo]:
        raise self._not_supported(f"list {path or 'its files'!r}: a web server gives single files only")

    def stat(self, key: str) -> FileInfo:
        key = validate_path(key)
        with self._get("HEAD", key) as answer:
            length = answer.headers.get("Content-Length")
        return FileInfo(key, is_dir=False, file_size=int(length) if length else None)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        key = validate_path(key)
        check_range(key, offset, length)
        answer = self._get("GET", key)
        return ByteStream(
            cut(answer.chunks(), offset, length),
            int(answer.headers.get("Content-Length") or 0),
            answer.headers.get("ETag"),
            answer.close,
        )

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        del chunks, size
        raise self._read_only(f"store {key!r}")

    def delete(self, path: str) -> None:
        raise self._read_only(f"delete {path!r}")

    def _read_only(self, what: str) -> NotSupported:
        return self._not_supported(f"{what}: plain web addresses can only be read")

    def _get(self, method: str, key: str) -> Answer:
        url = join_uri(self._root, key)
        answer = send(method, url)
        if answer.status >= 300:
            answer.close()
            raise _refusal(answer.status, redact_uri(url))
        return answer


def _refusal(status: int, shown: str) -> MlflowException:
    if status in {404, 410}:
        return ResourceDoesNotExist(f"There is no file at {shown}.")
    if status in {401, 403}:
        return PermissionDenied(f"{shown} may not be read: the server answered {status}.")
    if status in {408, 429, 502, 503, 504}:
        return TemporarilyUnavailable(f"{shown} cannot be read now: the server answered {status}.")
    return StorageUnavailable(f"{shown} cannot be read: the server answered {status}.")


def _proxy_of(url: str) -> str | None:
    """The proxy that the environment names for a URL."""
    import urllib.request

    split = urlsplit(url)
    if urllib.request.proxy_bypass(split.hostname or ""):
        return None
    return urllib.request.getproxies().get(split.scheme)


@functools.lru_cache(maxsize=8)
def _pool(proxy: str | None, ignore_tls: bool) -> PoolManager:
    import urllib3

    options: dict[str, Any] = {
        "timeout": urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
        "retries": urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=5),
        "cert_reqs": "CERT_NONE" if ignore_tls else "CERT_REQUIRED",
    }
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


@contextmanager
def _translated(shown: str) -> Iterator[None]:
    import urllib3

    try:
        yield
    except (urllib3.exceptions.LocationValueError, urllib3.exceptions.URLSchemeUnknown):
        raise InvalidUrlException(f"{shown} is no URL that can be asked.") from None
    except urllib3.exceptions.SSLError:
        raise StorageUnavailable(f"The certificate of {shown} is not trusted.") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        reason = _reason(error)
        raise TemporarilyUnavailable(f"{shown} cannot be reached or broke off: {reason}.") from error


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None) or error
    return type(inner).__name__
