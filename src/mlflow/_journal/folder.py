"""One journal on disk, as its readers see it: segments, position, refused records, spool."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from mlflow._base.clock import now_ms
from mlflow._journal.frames import Damage, frame, frames, is_unbegun, read_header
from mlflow._journal.records import ArtifactStored, Record, RunCreated, decode
from mlflow.exceptions import DataLoss, InvalidState, MlflowException

_SUFFIX = ".journal"
_REFUSED = "refused.journal"
_POSITION = "position"
_DESTINATION = "destination"
_LONGEST_HEADER = 64 * 1024
_LOCK = "lock"
_SPOOL = "spool"
_CLOSED = "closed"
_ATTEMPTS = 100
"""So often somebody else is waited for who sweeps; where files cannot be locked at all, journals are made nonetheless."""
_UNBORN = re.compile(r"\.\d{8}T\d{6}-\d+-[0-9a-f]+(\.gone)?")
"""Names of the folders of journals that are being made, and of those that nobody goes on with."""


class Position(NamedTuple):
    """A place in a journal: number of the segment, and byte in it."""

    segment: int = 0
    offset: int = 0


class Item(NamedTuple):
    """A record with its place.

    Attributes:
        record: The record; `None` when this version cannot read it.
        payload: The record as bytes.
        end: Place behind it.
    """

    record: Record | None
    payload: bytes
    end: Position


class Refused(msgspec.Struct, array_like=True, frozen=True):
    """A record that the server refused.

    Attributes:
        payload: The record as bytes.
        reason: What the server said.
        error_code: Its error code.
        time_ms: When, in milliseconds since the epoch.
    """

    payload: bytes
    reason: str
    error_code: str
    time_ms: int

    def describe(self) -> str:
        """What was refused, in a few words."""
        record = decode(self.payload)
        if record is None:
            return f"{len(self.payload)} bytes of a newer version"
        owner = getattr(record, "run_id", None) or getattr(record, "model_id", None)
        if isinstance(record, ArtifactStored):
            owner = f"{record.root}/{record.key}"
        what = str(type(record).__struct_config__.tag)
        return f"{what} of {owner}" if owner else what


class Backlog(NamedTuple):
    """What waits in a journal.

    Attributes:
        calls: Records that the server has not acknowledged.
        size: Bytes of these records and of the artifacts that wait with them.
        torn: Bytes at the end of a segment that are no whole record.
        damaged: Bytes elsewhere that are no record.
    """

    calls: int
    size: int
    torn: int
    damaged: int


class JournalFolder:
    """One journal on disk.

    Args:
        path: Its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spool = path / _SPOOL
        self._lock: int | None = None

    @property
    def name(self) -> str:
        """Name of the journal, which its runs carry in the tag `mlflow.headrace.journal`."""
        return self.path.name

    def make(self) -> None:
        """Makes the folder, and holds it from the moment on in which other processes can see it."""
        if self.path.exists():  # it was closed, and its process has gone on
            (self.path / _CLOSED).unlink(missing_ok=True)
            self.hold()
            return
        hidden = JournalFolder(self.path.with_name(f".{self.name}"))
        for attempt in count(1):
            hidden.spool.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # it was swept away
                if hidden.hold() or attempt >= _ATTEMPTS:
                    hidden.path.rename(self.path)
                    self._lock = hidden._lock
                    return
            hidden.let_go()

    def hold(self) -> bool:
        """Keeps other processes from sending it; returns whether none does."""
        if self._lock is not None:
            return True
        file = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(file):
            os.close(file)
            return False
        self._lock = file
        return True

    def close(self) -> None:
        """Notes that the process that wrote it has ended in order, with nothing left to say about its runs."""
        with contextlib.suppress(OSError):  # of a full disk: its runs are then taken for lost, and say so
            (self.path / _CLOSED).touch()

    @property
    def is_closed(self) -> bool:
        """Whether the process that wrote it has ended in order."""
        return (self.path / _CLOSED).exists()

    def last_written_ms(self) -> int:
        """When the last record was written, in milliseconds since the epoch."""
        return max(
            (self.segment(number).stat().st_mtime_ns // 1_000_000 for number in self.segments()), default=0
        )

    def let_go(self) -> None:
        """Gives it back to other processes."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def segment(self, number: int) -> Path:
        """File of a segment."""
        return self.path / f"{number:08d}{_SUFFIX}"

    def segments(self) -> list[int]:
        """Numbers of the segments that are left, in order."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(
                int(path.stem)
                for path in self.path.iterdir()
                if path.suffix == _SUFFIX and path.stem.isdigit()
            )
        return []

    def facts(self) -> dict[str, Any]:
        """What the journal says about itself: `server`, `own_server`, `host`, `pid`, `created_ms`.

        It is empty without a segment. The server is another than its own after `redirect`, and its own is `None` where
        that cannot be read any more.

        Raises:
            InvalidState: A newer version has written it.
            DataLoss: It cannot be read, or its server cannot, and it was not redirected.
        """
        facts, path = self._header()
        if facts:
            facts["own_server"] = facts["server"]
            facts["server"] = self._destination() or facts["server"]
            if facts["server"] is None:
                raise DataLoss(
                    f"The beginning of {path} is damaged, so that nobody knows which server it is for; it was left "
                    f"untouched. Name the server: mlflow sync {self.path} --to URI"
                )
        return facts

    def _destination(self) -> str | None:
        with contextlib.suppress(FileNotFoundError):
            return (self.path / _DESTINATION).read_text(encoding="utf-8")
        return None

    def _header(self) -> tuple[dict[str, Any], Path]:
        """What the first segment with a beginning says, and its path."""
        for number in self.segments():
            path = self.segment(number)
            beginning = _read(path, 0, _LONGEST_HEADER)
            if len(beginning) == _LONGEST_HEADER or not is_unbegun(beginning):
                return read_header(beginning, str(path))[0] or {"server": None}, path
        return {}, self.path

    def redirect(self, server: str) -> None:
        """Makes it one for another server.

        Raises:
            InvalidState: A part of it has been sent to its own server already.
        """
        own = self._destination() or self._header()[0].get("server", server)
        if own == server:
            return
        if self.position() != Position():
            raise InvalidState(
                f"A part of {self.path} has been sent to {own or 'its own server'} already, so that its runs are "
                f"there; send the rest there too: mlflow sync {self.path}"
            )
        (self.path / _DESTINATION).write_text(server, encoding="utf-8")

    def position(self) -> Position:
        """Up to where the server has acknowledged it."""
        try:
            segment, offset = json.loads((self.path / _POSITION).read_bytes())
            return Position(int(segment), int(offset))
        except (FileNotFoundError, ValueError, TypeError):
            return Position()  # from the beginning: sending again does no harm

    def acknowledge(self, position: Position) -> None:
        """Notes a new position, and deletes what lies before it."""
        partial = self.path / f"{_POSITION}.new"
        with partial.open("w") as file:
            json.dump(position, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path / _POSITION)
        for number in self.segments():
            if number < position.segment:
                self.segment(number).unlink(missing_ok=True)

    def items(self, start: Position, end: Position | None = None) -> Iterator[Item | Damage]:
        """Records from a place on.

        Args:
            start: The place.
            end: Where to stop; the end of the journal by default.
        """
        for number in self.segments():
            if number < start.segment or (end is not None and number > end.segment):
                continue
            skipped = start.offset if number == start.segment else 0
            data = _read(self.segment(number), skipped, end.offset if end and number == end.segment else None)
            if not data:
                continue  # nothing is new
            if not skipped and is_unbegun(data):
                yield Damage(0, len(data), True)
                continue
            first = 0
            if not skipped:
                facts, first = read_header(data, str(self.segment(number)))
                if facts is None:
                    yield Damage(0, first, first == len(data))
            for found in frames(data, first):
                if isinstance(found, Damage):
                    yield Damage(skipped + found.start, skipped + found.end, found.is_torn)
                else:
                    place = Position(number, skipped + found.end)
                    yield Item(decode(found.payload), found.payload, place)

    def backlog(self) -> Backlog:
        """What waits; of the journal of a process that is writing it, a moment ago."""
        calls = size = torn = damaged = 0
        for item in self.items(self.position()):
            if isinstance(item, Damage):
                if item.is_torn:
                    torn += item.end - item.start
                else:
                    damaged += item.end - item.start
            else:
                calls += 1
                size += len(item.payload) + getattr(item.record, "size", 0)
        return Backlog(calls, size, torn, damaged)

    def refuse(self, payload: bytes, reason: str, error_code: str) -> None:
        """Sets a record aside."""
        data = frame(msgspec.msgpack.encode(Refused(payload, reason, error_code, now_ms())))
        with (self.path / _REFUSED).open("ab") as file:
            file.write(data)

    def refused(self) -> list[Refused]:
        """Records that were set aside."""
        return _refused_in(self.path / _REFUSED)

    def take_refused(self) -> list[Refused]:
        """As `refused`, to be tried again: they are not set aside any more once `drop_taken` is called."""
        taken = self.path / f"{_REFUSED}.taken"
        if not taken.exists() and (self.path / _REFUSED).exists():
            (self.path / _REFUSED).replace(taken)
        return _refused_in(taken)

    def drop_taken(self) -> None:
        """Forgets what `take_refused` answered."""
        (self.path / f"{_REFUSED}.taken").unlink(missing_ok=True)

    def remove(self) -> None:
        """Deletes the journal; needs to be held."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.let_go()
        with contextlib.suppress(OSError):
            self.path.parent.rmdir()  # the last one; others keep it


def journals_in(root: Path) -> list[JournalFolder]:
    """The journals below a folder, oldest first; the folder itself if it is one.

    Raises:
        InvalidState: There is no such folder.
    """
    if not root.is_dir():
        raise InvalidState(
            f"There is no folder {root}. If there was one, all of it has been sent: then it is deleted."
        )
    if _is_journal(root):
        return [JournalFolder(root)]
    paths = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    return [JournalFolder(path) for path in paths if _is_journal(path)]


def sweep(root: Path) -> None:
    """Deletes what processes left that were killed while they made a journal, before anything was in it."""
    for path in root.iterdir():
        if not _UNBORN.fullmatch(path.name):
            continue
        unborn = JournalFolder(path)
        with contextlib.suppress(OSError):  # it is not for us to delete, or there is more in it
            if unborn.hold():
                # Out of the way first: who is still making it finds all of it or nothing.
                gone = path.rename(path.with_suffix(".gone"))
                (gone / _LOCK).unlink()
                (gone / _SPOOL).rmdir()
                gone.rmdir()
        unborn.let_go()


def find_start(root: Path, run_id: str) -> RunCreated | None:
    """The start of a run as some process has recorded it and not sent yet."""
    for journal in journals_in(root) if root.is_dir() else ():
        with contextlib.suppress(MlflowException, OSError):  # it is being deleted, or is not for us to read
            for item in journal.items(journal.position()):
                record = item.record if isinstance(item, Item) else None
                if isinstance(record, RunCreated) and record.run_id == run_id:
                    return record
    return None


def _is_journal(path: Path) -> bool:
    try:
        return (path / _LOCK).exists()
    except PermissionError:  # it is for who wants to send it to be told
        return True


def _refused_in(path: Path) -> list[Refused]:
    try:
        data = path.read_bytes()
    except OSError:  # there is none, or no folder that it could be in
        return []
    whole = [item for item in frames(data, 0) if not isinstance(item, Damage)]
    return [msgspec.msgpack.decode(item.payload, type=Refused) for item in whole]


def _read(path: Path, start: int, end: int | None) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read() if end is None else file.read(max(end - start, 0))


def _try_lock(file: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
