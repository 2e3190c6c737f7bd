"""The writer of a journal: a call becomes durable by one `write` to a file."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
import weakref
from collections import deque
from pathlib import Path

from mlflow._base.clock import now_ms
from mlflow._base.logs import get_logger
from mlflow._journal.folder import JournalFolder, Position
from mlflow._journal.frames import frame, header
from mlflow._journal.memory import Memory
from mlflow._journal.records import Record, encode
from mlflow.exceptions import InvalidParameterValue
from mlflow.version import VERSION

SEGMENT_BYTES = 16 * 1024 * 1024
"""Size from which on a new segment is begun."""
HELD_BYTES = 64 * 1024 * 1024
"""Most bytes that are kept in memory while the disk takes none."""
_RETRY_S = 1.0


class Journal:
    """What this process has recorded.

    Nothing is made on disk before the first record. While the disk takes nothing, because it is full or may not be
    written to, records are held in memory, and this is said once; only what does not fit there is lost, and counted.

    Args:
        root: Folder of journals.
        server: Address of the server that it is for, without credentials.
        wake: Called after each record.

    Attributes:
        memory: What was recorded about the runs and models that this process started.
    """

    def __init__(self, root: Path, server: str, wake: threading.Event) -> None:
        self.root = root
        self.server = server
        self._wake = wake
        self._reset()
        _journals.add(self)

    def _reset(self) -> None:
        self._guard = threading.Lock()
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        self.folder = JournalFolder(self.root / f"{stamp}-{os.getpid()}-{secrets.token_hex(3)}")
        self.is_made = False
        self._file = -1
        self._end = Position()
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._num_released = 0
        self._retry_at = 0.0
        self.appended = 0
        self.lost = 0
        self.disk_error: str | None = None
        self.memory = Memory()

    def append(self, record: Record) -> None:
        """Records a call. What the disk does is never raised.

        Raises:
            InvalidParameterValue: A text is no Unicode.
        """
        try:
            data = frame(encode(record))
        except UnicodeEncodeError:
            raise InvalidParameterValue("A text holds a lone surrogate, which is not valid Unicode") from None
        with self._guard:
            self.appended += 1
            self.memory.note(record)
            if self._held or not self._write(data):
                self._hold(data)
        if not self._wake.is_set():
            self._wake.set()

    @property
    def end(self) -> Position:
        """Up to where it is written."""
        return self._end

    def held(self) -> tuple[list[bytes], int]:
        """Frames that the disk did not take, for who can send them from memory, and the place behind them."""
        with self._guard:
            self._write_held()
            return list(self._held), self._num_released + len(self._held)

    def release_held(self, place: int) -> None:
        """Forgets the held frames before a place that `held` answered."""
        with self._guard:
            while self._held and self._num_released < place:
                self._release_first()

    def lose(self, what: str, error: Exception) -> None:
        """Counts something that could be kept nowhere."""
        with self._guard:
            self.appended += 1
            self.lost += 1
        get_logger("mlflow.journal").error("%s could not be kept and is lost: %s", what, error)

    def sync(self) -> None:
        """Has the system write to the disk what it holds of the journal: against the loss of power."""
        with self._guard:
            if self._file >= 0:
                try:
                    os.fsync(self._file)
                except OSError as error:
                    self._complain(error)

    def close(self) -> None:
        """Ends writing, as a process does that ends in order; what is recorded after that begins anew."""
        with self._guard:
            self._write_held()
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            if self.is_made:
                self.is_made = False
                self.folder.close()

    def after_fork(self) -> None:
        """Begins a journal of its own in a child process; that of the parent is left alone."""
        if self._file >= 0:
            os.close(self._file)
        self.folder.let_go()
        self._reset()

    def make(self) -> None:
        """Makes the folder, if it has not been.

        Raises:
            OSError: The disk does not take it.
        """
        if not self.is_made:
            self.folder.make()
            self.is_made = True

    def _write(self, data: bytes) -> bool:
        """Writes a frame; returns whether the disk took it."""
        try:
            if self._file < 0 or self._end.offset + len(data) > SEGMENT_BYTES:
                self._open_segment()
            written = os.write(self._file, data)
            if written != len(data):
                os.ftruncate(self._file, self._end.offset)
                raise OSError(28, os.strerror(28))
        except OSError as error:
            self._complain(error)
            return False
        self._end = Position(self._end.segment, self._end.offset + written)
        return True

    def _open_segment(self) -> None:
        self.make()
        number = self._end.segment + 1
        beginning = header(
            {
                "server": self.server,
                "journal": self.folder.name,
                "segment": number,
                "created_ms": now_ms(),
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "version": VERSION,
            }
        )
        path = self.folder.segment(number)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            if os.write(file, beginning) != len(beginning):
                raise OSError(28, os.strerror(28))
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._end = file, Position(number, len(beginning))

    def _hold(self, data: bytes) -> None:
        if self._held_bytes + len(data) > HELD_BYTES:
            self.lost += 1
            return
        self._held.append(data)
        self._held_bytes += len(data)
        self._write_held()

    def _write_held(self) -> None:
        now = time.monotonic()
        if not self._held or now < self._retry_at:
            return
        self._retry_at = now + _RETRY_S
        while self._held:
            if not self._write(self._held[0]):
                return
            self._release_first()
        self.disk_error = None
        get_logger("mlflow.journal").info("The journal %s can be written to again", self.folder.path)

    def _release_first(self) -> None:
        self._held_bytes -= len(self._held.popleft())
        self._num_released += 1

    def _complain(self, error: OSError) -> None:
        if self.disk_error is None:
            get_logger("mlflow.journal").error(
                "The journal %s cannot be written to: %s. What is logged is held in memory meanwhile; make room, or set "
                "MLFLOW_JOURNAL_DIR to another folder.",
                self.folder.path,
                error,
            )
        self.disk_error = str(error)


_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


def _after_fork() -> None:
    for journal in list(_journals):
        journal.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
