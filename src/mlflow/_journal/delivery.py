"""From records to calls of a store: in order, in batches, each as often as it takes.

What is logged to runs is collected until something else comes, and sent in batches of one run. A batch that is
refused is taken apart, so that only what is wrong is set aside. What the server has taken is acknowledged at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from mlflow._artifacts.interface import pieces
from mlflow._artifacts.resumed import can_resume, upload_resumably
from mlflow._artifacts.tables import LOGGED_ARTIFACTS, extended, is_tagged_with_table, tag_with_table
from mlflow._artifacts.transfer import upload_file
from mlflow._base.logs import get_logger
from mlflow._journal.folder import Item, JournalFolder, Position, find_start
from mlflow._journal.frames import Damage
from mlflow._journal.records import (
    ArtifactStored,
    Logged,
    ModelCreated,
    Point,
    Record,
    RunCreated,
    RunLost,
    RunRewound,
    RunUpdated,
    TableExtended,
    decode,
    experiment_named,
    name_in,
)
from mlflow._storage.interface.store import Store
from mlflow._storage.owners import run_uri
from mlflow._storage.validation import MAX_BATCH_ITEMS, MAX_BATCH_PARAMS, MAX_BATCH_TAGS
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.exceptions import DataLoss, InvalidParameterValue, MlflowException, ResourceDoesNotExist

DEFAULT_EXPERIMENT = "0"
"""Id that the default experiment has on every server."""
WINDOW_ITEMS = 20_000
"""Most records that are collected before they are sent."""
MOST_INTERNAL_ERRORS = 8
"""How often a server may fail at one record before that is set aside, so that the others get through."""

_NOT_REFUSALS = frozenset(
    {
        "UNAUTHENTICATED",
        "CUSTOMER_UNAUTHORIZED",
        "PERMISSION_DENIED",
        "NOT_FOUND",
        "ENDPOINT_NOT_FOUND",
        "REQUEST_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "CANCELLED",
    }
)
"""Codes below 500 that speak about the server or the user, not about the record."""
_REFUSALS = frozenset({"NOT_IMPLEMENTED", "INVALID_STATE", "DATA_LOSS"})
"""Codes from 500 on that will not change."""


Persistence = Callable[[MlflowException], None]
"""What to do about a server that does not take calls: returns when one is to be made again, raises to give up."""

Spooled = ArtifactStored | TableExtended
"""Records with a copy in the spool."""


class Tally(NamedTuple):
    """What came of sending a journal.

    Attributes:
        sent: Records that the server has taken.
        refused: Records that it refused, which were set aside.
    """

    sent: int = 0
    refused: int = 0

    def __add__(self, other: object) -> Tally:
        assert isinstance(other, Tally)
        return Tally(self.sent + other.sent, self.refused + other.refused)


class _Entry(NamedTuple):
    record: Record | None
    payload: bytes


class _Refusal(Exception):
    """A record was refused for good."""

    def __init__(self, error: MlflowException) -> None:
        super().__init__(error.message)
        self.error = error


def is_refusal(error: MlflowException) -> bool:
    """Whether a server did not like what it was given, as opposed to being out of order or out of reach."""
    if error.error_code in _REFUSALS:
        return True
    return 400 <= error.get_http_status_code() < 500 and error.error_code not in _NOT_REFUSALS


class Delivery:
    """Sends records to a store.

    Args:
        store: Where to.
        journal: The journal that they are from: where refused ones are set aside, and artifacts lie.
        persist: What to do when the store takes nothing.
        note: Told of everything that has been acknowledged.
    """

    def __init__(
        self,
        store: Store,
        journal: JournalFolder,
        persist: Persistence,
        note: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._journal = journal
        self._persist = persist
        self._note = note
        self._reasons: set[str] = set()
        self._is_elsewhere = False

    def send_all(self, end: Position | None = None) -> Tally:
        """Sends what the journal holds, up to a place, and acknowledges it piece by piece."""
        tally = Tally()
        self._look_where()
        for window, place in _windows(self._journal.items(self._journal.position(), end), self._journal):
            came = self.send(window)
            self._journal.acknowledge(place)
            self._drop_copies(window)
            self._note(came)
            tally += came
        return tally

    def finish(self) -> Tally:
        """Sends all of a journal that nobody writes any more, and deletes it unless something was refused.

        Runs that a killed process has left open are lost.
        """
        left_open = [] if self._journal.is_closed else self._left_open()
        tally = self.send_all()
        for run_id in left_open:
            with suppress(_Refusal):
                self._call(RunLost(run_id, self._journal.last_written_ms()))
        self._journal.close()
        if not self._journal.refused():
            self._journal.remove()
        return tally

    def send_again(self) -> Tally:
        """Sends what was refused before; what is refused again is set aside again."""
        self._look_where()
        taken = self._journal.take_refused()
        entries = [_Entry(decode(refused.payload), refused.payload) for refused in taken]
        tally = self.send(entries)
        self._journal.drop_taken()
        self._drop_copies(entries)
        return tally

    def _left_open(self) -> list[str]:
        """Runs that are started and not ended in what is left of the journal."""
        left_open: dict[str, None] = {}
        for item in self._journal.items(Position()):
            record = item.record if isinstance(item, Item) else None
            if isinstance(record, RunCreated):
                left_open[record.run_id] = None
            elif isinstance(record, RunUpdated) and record.status is not None:
                left_open.pop(record.run_id, None)
                if not RunStatus.is_terminated(record.status):
                    left_open[record.run_id] = None
        return list(left_open)

    def _look_where(self) -> None:
        facts = self._journal.facts()
        self._is_elsewhere = facts.get("server") != facts.get("own_server")

    def send_payloads(self, payloads: Sequence[bytes]) -> Tally:
        """Sends records that are on no disk."""
        tally = self.send([_Entry(decode(payload), payload) for payload in payloads])
        self._note(tally)
        return tally

    def send(self, entries: Sequence[_Entry]) -> Tally:
        """Sends records in order."""
        tally = Tally()
        waiting: dict[str, list[_Entry]] = {}
        for entry in entries:
            if isinstance(entry.record, Logged):
                waiting.setdefault(entry.record.run_id, []).append(entry)
                continue
            tally += self._send_batches(waiting)
            waiting = {}
            tally += self._send_one(entry)
        return tally + self._send_batches(waiting)

    def _send_batches(self, waiting: dict[str, list[_Entry]]) -> Tally:
        tally = Tally()
        for run_id, entries in waiting.items():
            for group, merged in _merged(run_id, entries):
                try:
                    self._call(merged)
                except _Refusal as refusal:
                    if len(group) == 1 or refusal.error.error_code == "RESOURCE_DOES_NOT_EXIST":
                        for entry in group:
                            tally += self._refuse(entry, refusal.error)
                    else:
                        for entry in group:
                            tally += self._send_one(entry)
                else:
                    tally += Tally(sent=len(group))
        return tally

    def _send_one(self, entry: _Entry) -> Tally:
        if entry.record is None:
            return self._refuse(entry, DataLoss("This version of Headrace cannot read the record"))
        try:
            self._call(entry.record)
        except _Refusal as refusal:
            return self._refuse(entry, refusal.error)
        return Tally(sent=1)

    def _call(self, record: Record) -> None:
        """Makes a call, as often as it takes.

        Raises:
            _Refusal: The server refuses it for good.
        """
        has_created = False
        attempts = 0
        while True:
            try:
                if isinstance(record, ArtifactStored):
                    self._upload(record)
                elif isinstance(record, TableExtended):
                    self._extend_table(record)
                else:
                    self._placed(record).send(self._store)
            except MlflowException as error:
                if error.error_code == "RESOURCE_DOES_NOT_EXIST" and not has_created:
                    has_created = True
                    if self._create_run_of(record):
                        continue
                attempts += error.error_code == "INTERNAL_ERROR"
                if is_refusal(error) or attempts >= MOST_INTERNAL_ERRORS:
                    raise _Refusal(error) from error
                self._persist(error)
            except Exception as error:
                raise _Refusal(MlflowException(f"{type(error).__name__}: {error}")) from error
            else:
                return

    def _placed(self, record: Record) -> Record:
        """A record with its experiment by name, where the server is another one than that which gave its id."""
        if not self._is_elsewhere or not isinstance(record, RunCreated | ModelCreated):
            return record
        if record.experiment_id == DEFAULT_EXPERIMENT or name_in(record.experiment_id) is not None:
            return record
        if record.experiment_name is None:
            raise InvalidParameterValue(
                f"The journal does not know the name of the experiment {record.experiment_id!r}, and ids are another "
                "matter on another server"
            )
        return structs.replace(record, experiment_id=experiment_named(record.experiment_name))

    def _create_run_of(self, record: Record) -> bool:
        """Starts the run of a record, if another process has recorded its start and not sent it yet."""
        run_id = getattr(record, "run_id", None)
        if run_id is None or isinstance(record, RunCreated):
            return False
        start = find_start(self._journal.path.parent, run_id)
        if start is None:
            return False
        try:
            self._call(start)
        except _Refusal:
            return False
        return True

    def _upload(self, record: ArtifactStored) -> None:
        copy = self._copy_of(record)
        root = self._store.artifacts(record.root)
        if can_resume(root, record.size):
            upload_resumably(root, copy, record.key, _parts_of(copy))
        else:
            upload_file(root, copy, record.key)

    def _extend_table(self, record: TableExtended) -> None:
        """Adds rows to a table. The whole of both is kept before it is sent, so that a repeat adds nothing twice."""
        rows = self._copy_of(record)
        whole = _whole_of(rows)
        root = self._store.artifacts(run_uri(record.run_id))
        if not whole.exists():
            content = rows.read_bytes()
            try:
                with root.read(record.key) as earlier:
                    content = extended(b"".join(earlier), content, record.key)
            except ResourceDoesNotExist:
                pass  # these are the first
            partial = whole.with_suffix(".new")
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(whole)
        tag = self._store.runs.get(record.run_id).data.tags.get(LOGGED_ARTIFACTS)
        if not is_tagged_with_table(tag, record.key):
            new = RunTag(LOGGED_ARTIFACTS, tag_with_table(tag, record.key))
            self._store.tags.set(record.run_id, new)
        upload_file(root, whole, record.key)

    def _copy_of(self, record: Spooled) -> Path:
        copy = self._journal.spool / record.spooled
        try:
            digest = _digest(copy)
        except FileNotFoundError:
            raise DataLoss(f"The copy {copy} of the artifact is gone") from None
        if digest != record.sha256:
            raise DataLoss(f"The copy {copy} of the artifact was changed after it was made")
        return copy

    def _refuse(self, entry: _Entry, error: MlflowException) -> Tally:
        try:
            self._journal.refuse(entry.payload, error.message, error.error_code)
        except OSError as disk_error:
            get_logger("mlflow.journal").error(
                "The server refused a call, and the disk does not take it either (%s): %s",
                disk_error,
                error.message,
            )
            return Tally(refused=1)
        if error.message not in self._reasons:
            self._reasons.add(error.message)
            get_logger("mlflow.journal").error(
                "What cannot be sent is set aside in %s: %s", self._journal.path, error.message
            )
        return Tally(refused=1)

    def _drop_copies(self, entries: Sequence[_Entry]) -> None:
        """Deletes the copies of artifacts that were sent; those that were refused are kept."""
        kept = {refused.payload for refused in self._journal.refused()}
        for entry in entries:
            if isinstance(entry.record, Spooled):
                copy = self._journal.spool / entry.record.spooled
                _whole_of(copy).unlink(missing_ok=True)  # when it is sent again the table may have grown
                _parts_of(copy).unlink(missing_ok=True)
                if entry.payload not in kept:
                    copy.unlink(missing_ok=True)


def _windows(
    items: Iterator[Item | Damage], journal: JournalFolder
) -> Iterator[tuple[list[_Entry], Position]]:
    """Records that are acknowledged together: one artifact, or many others.

    What a rewind leaves behind must never be sent again once it is left, so that is acknowledged before.
    """
    window: list[_Entry] = []
    end = journal.position()
    for item in items:
        if isinstance(item, Damage):
            get_logger("mlflow.journal").warning(
                "%s: %d bytes at %d are no whole record%s; they are passed over",
                journal.path,
                item.end - item.start,
                item.start,
                ", because the process ended while it wrote them" if item.is_torn else "",
            )
            continue
        if isinstance(item.record, RunRewound) and window:
            yield window, end
            window = []
        window.append(_Entry(item.record, item.payload))
        end = item.end
        if isinstance(item.record, Spooled | RunRewound) or len(window) >= WINDOW_ITEMS:
            yield window, end
            window = []
    if window:
        yield window, end


def _merged(run_id: str, entries: Sequence[_Entry]) -> Iterator[tuple[list[_Entry], Logged]]:
    """Batches within the limits of one call, with the records that they are made of."""
    group: list[_Entry] = []
    metrics: list[Point] = []
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    for entry in entries:
        record = entry.record
        assert isinstance(record, Logged)  # the caller has sorted them
        new_params = {**params, **dict(record.params)}
        new_tags = {**tags, **dict(record.tags)}
        fits = (
            len(metrics) + len(record.metrics) + len(new_params) + len(new_tags) <= MAX_BATCH_ITEMS
            and len(new_params) <= MAX_BATCH_PARAMS
            and len(new_tags) <= MAX_BATCH_TAGS
            and all(params.get(key, value) == value for key, value in record.params)
        )
        if group and not fits:
            yield group, _batch(run_id, metrics, params, tags)
            group, metrics, params, tags = [], [], {}, {}
            new_params, new_tags = dict(record.params), dict(record.tags)
        group.append(entry)
        metrics += record.metrics
        params, tags = new_params, new_tags
    if group:
        yield group, _batch(run_id, metrics, params, tags)


def _batch(run_id: str, metrics: list[Point], params: dict[str, str], tags: dict[str, str]) -> Logged:
    return Logged(run_id, metrics, [*params.items()], [*tags.items()])


def _parts_of(copy: Path) -> Path:
    """Where it is noted which parts of a large file were sent."""
    return copy.with_suffix(".parts")


def _whole_of(rows: Path) -> Path:
    """Where a table is kept with the rows that are added to it."""
    return rows.with_suffix(".whole")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in pieces(file):
            digest.update(piece)
    return digest.hexdigest()
