"""The bytes of a journal.

A segment is a file of frames behind one line of text, `HEADRACE JOURNAL 1` with the number of the format. A frame is::

    4 bytes  the mark C1 48 4A 1E (C1 begins no MessagePack value)
    4 bytes  length of the payload in bytes, little-endian
    4 bytes  CRC-32 of the payload, little-endian, begun with the length instead of 0
    n bytes  payload, one at least: of a mark and zeros, as a lost block is read, all else would be right

The payload of the first frame is a JSON object about the journal; all others are records. A frame is written in one
piece, so that what a process leaves that is killed is whole but for the last frame. A reader that meets anything else
than a whole frame goes on at the next mark that begins one.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

from mlflow.exceptions import DataLoss, InvalidState

FORMAT = 1
MARK = b"\xc1HJ\x1e"
_TITLE = b"HEADRACE JOURNAL "
_HEAD = struct.Struct("<4sII")
_LONGEST_TITLE = 64


class Frame(NamedTuple):
    """A whole frame.

    Attributes:
        payload: What it holds.
        end: Where the next one begins.
    """

    payload: bytes
    end: int


class Damage(NamedTuple):
    """Bytes that are no frame.

    Attributes:
        start: Where they begin.
        end: Where the next frame begins, or the segment ends.
        is_torn: Whether no frame follows, as after a crash in the middle of a write.
    """

    start: int
    end: int
    is_torn: bool


def frame(payload: bytes) -> bytes:
    """A payload as it is written."""
    size = len(payload)
    return _HEAD.pack(MARK, size, crc32(payload, size)) + payload


def frames(data: bytes, start: int) -> Iterator[Frame | Damage]:
    """Everything in a segment from a place on."""
    place = start
    while place < len(data):
        found = _frame_at(data, place)
        if found is None:
            following = _next_frame(data, place + 1)
            yield Damage(place, following, following == len(data))
            place = following
        else:
            yield found
            place = found.end


def header(facts: dict[str, Any]) -> bytes:
    """What a segment begins with."""
    return _TITLE + b"%d\n" % FORMAT + frame(json.dumps(facts).encode())


def is_unbegun(data: bytes) -> bool:
    """Whether a segment ends inside of its beginning, as one does whose machine lost power then: it holds no record."""
    title = _TITLE + b"%d\n" % FORMAT
    written = data.rstrip(b"\0")[: len(title)]
    return title.startswith(written) and _next_frame(data, 0) == len(data)


def read_header(data: bytes, name: str) -> tuple[dict[str, Any] | None, int]:
    """Facts about a journal, and where its records begin.

    Args:
        data: A segment.
        name: Its path, for messages.

    Returns:
        The facts are `None`, and the records begin with the next whole frame, where the first one is damaged.

    Raises:
        InvalidState: A newer version has written it.
        DataLoss: It is no segment.
    """
    title, newline, _ = data[:_LONGEST_TITLE].partition(b"\n")
    number = title.removeprefix(_TITLE)
    if not newline or not title.startswith(_TITLE) or not number.isdigit():
        raise DataLoss(f"{name} does not begin as a journal of Headrace does, and was left untouched")
    if int(number) > FORMAT:
        raise InvalidState(
            f"{name} was written by a newer version of Headrace (format {int(number)}; this version knows {FORMAT}) and "
            "was left untouched. Upgrade with: pip install --upgrade headrace"
        )
    found = _frame_at(data, len(title) + 1)
    if found is None:
        return None, _next_frame(data, len(title) + 1)
    facts: dict[str, Any] = json.loads(found.payload)
    return facts, found.end


def _frame_at(data: bytes, place: int) -> Frame | None:
    if data[place : place + 4] != MARK or len(data) < place + _HEAD.size:
        return None
    _, size, check = _HEAD.unpack_from(data, place)
    start = place + _HEAD.size
    payload = data[start : start + size]
    if not size or len(payload) != size or crc32(payload, size) != check:
        return None
    return Frame(payload, start + size)


def _next_frame(data: bytes, place: int) -> int:
    while (found := data.find(MARK, place)) >= 0:
        if _frame_at(data, found) is not None:
            return found
        place = found + 1
    return len(data)
