"""Artifacts behind a tracking server: the client needs the server's address and no key of the store."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote, urlsplit

from mlflow._artifacts.interface import (
    CHUNK_BYTES,
    ArtifactStore,
    ByteStream,
    check_range,
    counted,
    cut,
    pieces,
)
from mlflow._artifacts.paths import join_path, validate_path
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist

_FILES = "/api/2.0/mlflow-artifacts/artifacts"


class TransportResponse(Protocol):
    """An answer with a status below 400."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, found in any case."""

    def read(self) -> bytes:
        """The whole body."""

    def stream(self, chunk_bytes: int, /) -> Iterator[bytes]:
        """The body in pieces of at most this size; a cut line raises `TemporarilyUnavailable`."""

    def close(self) -> None:
        """Give the connection back, whether the body was read or not."""


class Transport(Protocol):
    """How a tracking server is asked: address, credentials, TLS, pool and timeouts are its business.

    Attributes:
        base_url: Address of the server, without a slash at its end.
    """

    @property
    def base_url(self) -> str: ...

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> TransportResponse:
        """Send one request.

        Args:
            method: HTTP method.
            path: Path below `base_url`, percent-encoded.
            query: Fields of the query, not encoded.
            body: What to send. Bytes may be sent again after a transient error, an iterable may not. The
                size of an iterable is in `headers` as `Content-Length` where it is known; otherwise it is
                sent in chunks. An error that it raises ends the request and comes out as it is.
            headers: Further headers.
            stream: Whether the body of the answer is left to be read by `stream`.

        Raises:
            MlflowException: The server answered with a status of 400 or above; with the error code of its
                body, else the one of the status.
            TemporarilyUnavailable: The server cannot be reached.
        """

    def at(self, base_url: str, /) -> Transport:
        """The same for another server, with the same settings."""


class ProxiedArtifactStore(ArtifactStore):
    """Files that a tracking server keeps, reached through its artifact endpoints.

    Args:
        root_uri: `mlflow-artifacts:/path`, or `mlflow-artifacts://host:port/path` for a server of its own.
        transport: How the tracking server is asked.
    """

    # What the server's store promises is not known here; it is the server that refuses.
    has_real_folders = False

    def __init__(self, root_uri: str, transport: Transport) -> None:
        split = urlsplit(root_uri)
        path = root_uri.partition(":")[2]
        if split.netloc:
            path = path.removeprefix(f"//{split.netloc}")
            if split.netloc != urlsplit(transport.base_url).netloc:
                transport = transport.at(f"{urlsplit(transport.base_url).scheme or 'http'}://{split.netloc}")
        self.root_uri = root_uri.rstrip("/")
        self._root = validate_path(path.strip("/"), allow_root=True)
        self._transport = transport

    def list(self, path: str = "") -> list[FileInfo]:
        key = validate_path(path, allow_root=True)
        query = {"path": join_path(self._root, key)} if self._root or key else None
        with self._translated(key):
            answer = json.loads(self._transport.request("GET", _FILES, query=query).read() or b"{}")
        return sorted((_info(key, file) for file in answer.get("files", ())), key=lambda info: info.path)

    def stat(self, key: str) -> FileInfo:
        key = validate_path(key, allow_root=True)
        if not key:
            return FileInfo("", is_dir=True, file_size=None)
        for info in self.list(posixpath.dirname(key)):
            if info.path == key:
                return info
        raise self._missing(key)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        key = validate_path(key)
        check_range(key, offset, length)
        if length == 0:
            return ByteStream((), self._file_size(key))
        headers = {"Accept-Encoding": "identity"}
        if offset or length is not None:
            headers["Range"] = f"bytes={offset}-{'' if length is None else offset + length - 1}"
        try:
            with self._translated(key):
                answer = self._transport.request("GET", self._url(key), headers=headers, stream=True)
        except MlflowException as error:
            # Behind the end (416), or a folder: neither is told apart by every server.
            if isinstance(error, ResourceDoesNotExist) and not self._is_folder(key):
                raise
            size = self._file_size(key)
            if offset >= size:
                return ByteStream((), size)
            raise
        chunks = answer.stream(CHUNK_BYTES)
        if answer.status == 206:
            size = int(answer.headers["Content-Range"].rpartition("/")[2])
        else:
            size = int(answer.headers.get("Content-Length") or 0)
            chunks = cut(chunks, offset, length)
        return ByteStream(chunks, size, answer.headers.get("ETag"), answer.close)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        key = validate_path(key)
        headers = {"Content-Type": "application/octet-stream"}
        if size is not None:
            headers["Content-Length"] = str(size)
        source = _Source(counted(pieces(chunks), key, size))
        try:
            with self._translated(key):
                body = b"".join(source) if size is not None and size <= CHUNK_BYTES else source
                self._transport.request("PUT", self._url(key), body=body, headers=headers).read()
        except Exception as error:
            if source.error is not None and source.error is not error:
                raise source.error from None
            raise

    def delete(self, path: str) -> None:
        key = validate_path(path, allow_root=True)
        if not key and not self._root:
            for info in self.list():
                self.delete(info.path)
            return
        try:
            with self._translated(key):
                self._transport.request("DELETE", self._url(key)).read()
        except ResourceDoesNotExist:
            return

    def _url(self, key: str) -> str:
        return f"{_FILES}/{quote(join_path(self._root, key))}"

    def _file_size(self, key: str) -> int:
        size = self.stat(key).file_size
        if size is None:
            raise InvalidParameterValue(f"The artifact {key!r} is a folder, not a file.")
        return size

    def _is_folder(self, key: str) -> bool:
        try:
            return self.stat(key).is_dir
        except ResourceDoesNotExist:
            return False

    def _missing(self, key: str) -> ResourceDoesNotExist:
        return ResourceDoesNotExist(f"There is no artifact {key!r} in {self.root_uri}.")

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """Servers say in several ways that a file is missing."""
        try:
            yield
        except MlflowException as error:
            if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"}:
                raise self._missing(key) from error
            raise


class _Source(Iterator[bytes]):
    """Pieces that are being sent; keeps their error apart from those of the line, which it breaks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.error: Exception | None = None
        self._chunks = chunks

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            raise
        except Exception as error:
            self.error = error
            raise


def _info(folder: str, file: Mapping[str, Any]) -> FileInfo:
    # Only the last part of the path counts, and it has to be a harmless one: the name comes from outside.
    path = validate_path(join_path(folder, posixpath.basename(str(file["path"]).rstrip("/"))))
    if file.get("is_dir"):
        return FileInfo(path, is_dir=True, file_size=None)
    return FileInfo(path, is_dir=False, file_size=int(file.get("file_size") or 0))
