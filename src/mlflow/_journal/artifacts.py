"""Artifacts through a journal: what is written is copied into the spool, what is read is asked of the server."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, TypeVar

from mlflow._artifacts.interface import ArtifactStore, ByteStream, check_range, counted, pieces
from mlflow._artifacts.paths import validate_path
from mlflow._journal.delivery import is_refusal
from mlflow._journal.journal import Journal
from mlflow._journal.memory import Files
from mlflow._journal.records import ArtifactStored, Record, TableExtended
from mlflow._storage.owners import split_owner
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import MlflowException, NotSupported, ResourceDoesNotExist

T = TypeVar("T")


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
        return self._read(lambda store: store.list(path))

    def stat(self, key: str) -> FileInfo:
        return self._read(lambda store: store.stat(key))

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        return self._read(lambda store: store.read(key, offset, length))

    def delete(self, path: str) -> None:
        self._behind().delete(path)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        """Copies a file into the spool. One that no disk takes is counted as lost, and the training goes on."""
        checked = validate_path(key)
        copied = self._copied(f"The artifact {checked!r}", counted(pieces(chunks), checked, size))
        if copied is not None:
            self._append(ArtifactStored(self.root_uri, checked, *copied))

    def extend_table(self, run_id: str, key: str, rows: bytes) -> None:
        """Copies rows for a table of a run into the spool; they are added to it when they are sent."""
        checked = validate_path(key)
        copied = self._copied(f"The rows for {checked!r}", [rows])
        if copied is not None:
            self._append(TableExtended(run_id, checked, *copied))

    def _read(self, ask: Callable[[ArtifactStore], T]) -> T:
        """Asks the server; while it is away, the spool, if everything that was stored here is known."""
        try:
            return ask(self._behind())
        except MlflowException as error:
            scheme, owner, folder = split_owner(self.root_uri)
            files = None if is_refusal(error) else self._journal.memory.files(scheme, owner)
            if files is None:
                raise
            try:
                return ask(SpooledArtifacts(self.root_uri, folder, files, self._journal.folder.spool))
            except FileNotFoundError:
                raise error from None  # it was sent

    def _copied(self, what: str, chunks: Iterable[bytes]) -> tuple[str, int, str] | None:
        """Name, size and digest of a copy in the spool; `None` when it is lost, which is told."""
        digest = hashlib.sha256()
        num_bytes = 0
        copy = _Copy(self._journal)
        try:
            for piece in chunks:
                digest.update(piece)
                num_bytes += len(piece)
                copy.write(piece)
        except BaseException:
            copy.drop()
            raise
        name, error = copy.finish()
        if error is not None:
            self._journal.lose(what, error)
            return None
        return name, num_bytes, digest.hexdigest()


class SpooledArtifacts(ArtifactStore):
    """Files of a run or model that was started here, as they were given to the journal.

    A file that the server has already is listed; reading it raises `FileNotFoundError`.

    Args:
        uri: Root of the artifacts.
        folder: Where it lies below the root of the run or model.
        files: The files of that run or model.
        spool: Where their copies are.
    """

    can_write = False

    def __init__(self, uri: str, folder: str, files: Files, spool: Path) -> None:
        self.root_uri = uri
        self._files = {
            path.removeprefix(f"{folder}/" if folder else ""): stored
            for path, stored in files.items()
            if not folder or path.startswith(f"{folder}/")
        }
        self._spool = spool

    def list(self, path: str = "") -> list[FileInfo]:
        prefix = f"{folder}/" if (folder := validate_path(path, allow_root=True)) else ""
        found: dict[str, FileInfo] = {}
        for file, stored in self._files.items():
            if file.startswith(prefix):
                name, slash, _ = file.removeprefix(prefix).partition("/")
                found[name] = FileInfo(f"{prefix}{name}", bool(slash), None if slash else stored.size)
        return [found[name] for name in sorted(found)]

    def stat(self, key: str) -> FileInfo:
        checked = validate_path(key, allow_root=True)
        stored = self._files.get(checked)
        if stored is not None:
            return FileInfo(checked, False, stored.size)
        if checked and not self.list(checked):
            raise ResourceDoesNotExist(f"There is no artifact {checked!r} in {self.root_uri}.")
        return FileInfo(checked, True, None)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        checked = validate_path(key)
        check_range(checked, offset, length)
        stored = self._files.get(checked)
        if stored is None:
            raise ResourceDoesNotExist(f"There is no artifact {checked!r} in {self.root_uri}.")
        file = (self._spool / (stored.spooled or "table")).open("rb")
        file.seek(offset)
        return ByteStream(pieces(file, length), stored.size or 0, None, file.close)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        del chunks, size
        raise NotSupported(f"{key!r} waits in a journal, from where it is only read")

    def delete(self, path: str) -> None:
        raise NotSupported(f"{path!r} waits in a journal, from where it is only read")


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

    def finish(self) -> tuple[str, OSError | None]:
        if self._file is not None:
            try:
                os.fsync(self._file.fileno())
                self._file.close()
            except OSError as error:
                self._give_up(error)
        return self._name, self._error

    def drop(self) -> None:
        """Leaves nothing of it, because its source broke off."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)

    def _give_up(self, error: OSError) -> None:
        self._error = error
        self.drop()
