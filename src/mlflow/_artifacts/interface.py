"""What every artifact store does; the docstrings are the contract."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import InvalidParameterValue, NotSupported

CHUNK_BYTES = 1024 * 1024
"""Size of the pieces that files are read and written in."""

PARTIAL_SUFFIX = ".headrace-partial"
"""Ends the names of unfinished files; no listing shows them."""


def pieces(source: Iterable[bytes] | BinaryIO, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file or of other pieces, `CHUNK_BYTES` of a file at a time.

    Args:
        source: An open binary file, read from where it stands, or the pieces themselves.
        length: How many bytes of a file at most; up to its end by default.
    """
    file = cast("BinaryIO | None", source if hasattr(source, "read") else None)
    if file is None:
        yield from source
        return
    left = length
    while left is None or left > 0:
        chunk = file.read(CHUNK_BYTES if left is None else min(left, CHUNK_BYTES))
        if not chunk:
            return
        if left is not None:
            left -= len(chunk)
        yield chunk


def check_size(key: str, announced: int | None, arrived: int) -> None:
    """Raises `InvalidParameterValue` when not as many bytes arrived as were announced."""
    if announced is not None and arrived != announced:
        raise InvalidParameterValue(
            f"The artifact {key!r} was announced with {announced} bytes, but {arrived} arrived. "
            "Nothing was stored; send it again."
        )


def counted(chunks: Iterable[bytes], key: str, size: int | None) -> Iterator[bytes]:
    """The chunks; raises as soon as they are more, or at their end fewer bytes than announced.

    Where something is sent from it, the error cuts the line, so that the receiver stores nothing.
    """
    arrived = 0
    for chunk in chunks:
        arrived += len(chunk)
        if size is not None and arrived > size:
            check_size(key, size, arrived)
        yield chunk
    check_size(key, size, arrived)


def check_range(key: str, offset: int, length: int | None) -> None:
    """Raises `InvalidParameterValue` for a range that starts before the file or has fewer than no bytes."""
    if offset < 0 or (length is not None and length < 0):
        raise InvalidParameterValue(
            f"The artifact {key!r} has no {length} bytes from byte {offset}; count from 0."
        )


def cut(chunks: Iterable[bytes], offset: int, length: int | None) -> Iterator[bytes]:
    """The part of a stream from an offset on, for servers that always send the whole."""
    left = length
    for chunk in chunks:
        if left == 0:
            return
        if offset >= len(chunk):
            offset -= len(chunk)
            continue
        part = chunk[offset : None if left is None else offset + left]
        offset = 0
        if left is not None:
            left -= len(part)
        yield part


class ByteStream(Iterator[bytes]):
    """The bytes of a file, piece by piece; closes itself at the end.

    Args:
        chunks: The pieces.
        size: Bytes of the whole file, however much of it is read.
        version: A text that changes when the file does; `None` where the store has none.
        close: Gives back what the pieces are read from; called once.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        size: int,
        version: str | None = None,
        close: Callable[[], object] | None = None,
    ) -> None:
        self.size = size
        self.version = version
        self._chunks = iter(chunks)
        self._close = close

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop reading; further pieces are not defined."""
        close, self._close = self._close, None
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class SignedUrl:
    """A URL that allows one thing for some time, without further credentials.

    Attributes:
        url: The URL.
        headers: Headers that the request must carry.
    """

    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class UploadPart:
    """Where one part of a multipart upload is put.

    Attributes:
        part_number: 1 for the first part.
        url: Takes the bytes of the part with PUT; its answer carries an `ETag`.
        headers: Headers that the request must carry.
    """

    part_number: int
    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class MultipartUpload:
    """A multipart upload that was begun.

    Attributes:
        upload_id: Names it when it is completed or aborted.
        parts: One entry for each part, in order.
    """

    upload_id: str
    parts: list[UploadPart]


@dataclass(frozen=True)
class UploadedPart:
    """A part that was put.

    Attributes:
        part_number: 1 for the first part.
        etag: What the store answered with; empty where the store has none.
    """

    part_number: int
    etag: str


class ArtifactStore(ABC):
    """Bytes under a root URI.

    A key is a path relative to the root as `mlflow._artifacts.paths.validate_path` accepts it: parts joined
    by `/`, no `..`, not absolute. Every method checks its keys and raises `InvalidParameterValue` for a bad
    one. Folders exist as long as something is in them. A store may be used by several threads at once; of
    concurrent writers to one key one wins as a whole. What a store cannot do raises `NotSupported`, and the
    capabilities say so beforehand.

    Attributes:
        root_uri: The root, without a slash at its end and without credentials.
        can_write: Whether files can be written and deleted.
        can_presign: Whether `presign_get` and `presign_put` work.
        can_multipart: Whether the multipart methods work.
        has_real_folders: Whether a name is known to be either a file or a folder. Object stores have keys only,
            so that `a` and `a/b` may both be files there.
        max_transfers: How many files are worth moving at once.
        ranges_at_once: How many ranges of one large file are worth reading at once.
    """

    root_uri: str
    can_write: bool = True
    can_presign: bool = False
    can_multipart: bool = False
    has_real_folders: bool = True
    max_transfers: int = 8
    ranges_at_once: int = 1

    @abstractmethod
    def list(self, path: str = "") -> list[FileInfo]:
        """Files and folders directly in a folder, sorted by name.

        Paths are relative to the root. A file has its size in bytes (0 included), a folder `None`. A path
        that is a file, or nothing, has an empty list.
        """

    @abstractmethod
    def stat(self, key: str) -> FileInfo:
        """A file or folder; the root (`""`) is a folder.

        Raises:
            ResourceDoesNotExist: Nothing is there.
        """

    @abstractmethod
    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        """The bytes of a file, streamed; an offset at or behind the end gives none.

        The call itself raises what is wrong with the key, not the first piece.

        Args:
            key: The file.
            offset: First byte, from 0.
            length: How many bytes at most; up to the end by default.

        Raises:
            ResourceDoesNotExist: There is no such file.
            InvalidParameterValue: The key is a folder.
        """

    @abstractmethod
    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        """Store a file, replacing what is there; missing folders are made.

        All or nothing: the file appears under its key when its last byte is durable. When the chunks raise,
        or are not as many bytes as promised, nothing changes.

        Args:
            key: The file.
            chunks: Its bytes, taken piece by piece.
            size: How many bytes they are, where known; an object store picks its way of sending by it.

        Raises:
            InvalidParameterValue: The bytes are not `size` many; or, with real folders, the key is a folder or
                lies below a file.
            StorageUnavailable: The disk is full or may not be written to, or the service refuses.
        """

    @abstractmethod
    def delete(self, path: str) -> None:
        """Delete a file, or a folder with all that is in it; no error when it is missing."""

    def upload(self, local_path: str | os.PathLike[str], key: str) -> None:
        """Store a local file, as `write` does."""
        path = Path(local_path)
        with path.open("rb") as file:
            # What a file grows by while it is read is left out.
            size = os.fstat(file.fileno()).st_size
            self.write(key, pieces(file, size), size)

    def download(self, key: str, local_path: str | os.PathLike[str]) -> None:
        """Write a file to a local path whose folder exists; nothing is left there when it fails."""
        target = Path(local_path)
        partial = target.with_name(f".{os.urandom(8).hex()}{PARTIAL_SUFFIX}")
        try:
            with self.read(key) as chunks, partial.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def local_path(self, path: str) -> Path | None:
        """Where a file or folder lies on this machine, if the store keeps plain local files; else `None`.

        The place may not exist.
        """
        del path
        return None

    def presign_get(self, key: str, expires_s: int = 300) -> SignedUrl:
        """A URL that reads a file for `expires_s` seconds."""
        del expires_s
        raise self._not_supported(f"sign a URL for reading {key!r}")

    def presign_put(self, key: str, expires_s: int = 900) -> SignedUrl:
        """A URL that writes a file for `expires_s` seconds."""
        del expires_s
        raise self._not_supported(f"sign a URL for writing {key!r}")

    def create_multipart(self, key: str, num_parts: int, expires_s: int = 3600) -> MultipartUpload:
        """Begin a multipart upload of `num_parts` parts whose URLs are good for `expires_s` seconds."""
        del num_parts, expires_s
        raise self._not_supported(f"take {key!r} in parts")

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """Make the file from its parts; until then nothing shows under the key."""
        del upload_id, parts
        raise self._not_supported(f"take {key!r} in parts")

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts of an upload that will not be completed."""
        del upload_id
        raise self._not_supported(f"take {key!r} in parts")

    def _not_supported(self, what: str) -> NotSupported:
        return NotSupported(f"The artifact store at {self.root_uri} cannot {what}.")
