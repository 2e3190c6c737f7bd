"""Artifacts through a journal: what is written is copied into the spool, what is read is asked of the server."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from typing import BinaryIO

from mlflow._artifacts.interface import ArtifactStore, ByteStream, counted, pieces
from mlflow._artifacts.paths import validate_path
from mlflow._journal.journal import Journal
from mlflow._journal.records import ArtifactStored, Record
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import MlflowException


class JournaledArtifacts(ArtifactStore):
    """Artifacts below a URI.

    Args:
        uri: Root of the artifacts; usually names their owner.
        journal: The journal whose spool takes copies.
        append: Records a call.
        behind: Opens the artifacts on the server, once what waits has been sent.
    """

    max_transfers = 1  # copies into one folder

    def __init__(
        self,
        uri: str,
        journal: Journal,
        append: Callable[[Record], None],
        behind: Callable[[], ArtifactStore],
    ) -> None:
        self.root_uri = uri
        self._journal = journal
        self._append = append
        self._behind = behind

    def list(self, path: str = "") -> list[FileInfo]:
        return self._behind().list(path)

    def stat(self, key: str) -> FileInfo:
        return self._behind().stat(key)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        return self._behind().read(key, offset, length)

    def delete(self, path: str) -> None:
        self._behind().delete(path)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        """Copies a file into the spool. One that no disk takes is counted as lost, and the training goes on."""
        checked = validate_path(key)
        digest = hashlib.sha256()
        num_bytes = 0
        copy = _Copy(self._journal)
        for piece in counted(pieces(chunks), checked, size):
            digest.update(piece)
            num_bytes += len(piece)
            copy.write(piece)
        name, error = copy.finish()
        if error is not None:
            self._journal.lose(f"The artifact {checked!r}", error)
            return
        self._append(ArtifactStored(self.root_uri, checked, name, num_bytes, digest.hexdigest()))


class _Copy:
    """A file in the spool; what the disk does is told at the end, so that it is apart from what the source does."""

    def __init__(self, journal: Journal) -> None:
        self._name = secrets.token_hex(8)
        self._path = journal.folder.spool / self._name
        self._error: OSError | None = None
        self._file: BinaryIO | None = None
        try:
            journal.make()
            self._file = self._path.open("xb", buffering=0)
        except OSError as error:
            self._error = error

    def write(self, piece: bytes) -> None:
        if self._file is None:
            return
        try:
            rest = memoryview(piece)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._give_up(error)

    def finish(self) -> tuple[str, MlflowException | OSError | None]:
        if self._file is not None:
            try:
                os.fsync(self._file.fileno())
                self._file.close()
            except OSError as error:
                self._give_up(error)
        return self._name, self._error

    def _give_up(self, error: OSError) -> None:
        assert self._file is not None  # it is being written
        self._error = error
        self._file.close()
        self._file = None
        self._path.unlink(missing_ok=True)
