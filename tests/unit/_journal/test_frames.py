"""The bytes of a journal, cut and damaged everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._journal.frames import MARK, Damage, Frame, frame, frames, header, is_unbegun, read_header
from mlflow.exceptions import DataLoss, InvalidState

PAYLOADS = st.lists(
    st.one_of(st.binary(min_size=1, max_size=40), st.just(MARK), st.just(frame(b"inside"))), max_size=6
)


def whole(data: bytes) -> list[bytes]:
    return [found.payload for found in frames(data, 0) if isinstance(found, Frame)]


@given(PAYLOADS)
def test_what_is_written_is_read(payloads: list[bytes]) -> None:
    assert whole(b"".join(map(frame, payloads))) == payloads


@given(PAYLOADS)
def test_a_cut_at_any_byte_loses_the_last_frame_at_most(payloads: list[bytes]) -> None:
    data = b"".join(map(frame, payloads))
    ends = [0]
    for payload in payloads:
        ends.append(ends[-1] + len(frame(payload)))
    for cut in range(len(data) + 1):
        num_whole = sum(end <= cut for end in ends) - 1
        found = list(frames(data[:cut], 0))
        read = [item.payload for item in found if isinstance(item, Frame)]
        assert read[:num_whole] == payloads[:num_whole]
        torn = cut - ends[num_whole]
        # A payload may itself hold a whole frame; that apart, nothing is read from a torn one.
        if torn and frame(b"inside") not in payloads:
            assert found[num_whole:] == [Damage(ends[num_whole], cut, is_torn=True)]


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=2, max_size=5), st.data())
def test_a_damaged_byte_costs_its_frame_alone(payloads: list[bytes], data: st.DataObject) -> None:
    written = [frame(payload) for payload in payloads]
    hit = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, len(written[hit]) - 1))
    damaged = bytearray(written[hit])
    damaged[byte] ^= 0xFF
    found = list(frames(b"".join([*written[:hit], bytes(damaged), *written[hit + 1 :]]), 0))
    assert [item.payload for item in found if isinstance(item, Frame)] == payloads[:hit] + payloads[hit + 1 :]
    (damage,) = [item for item in found if isinstance(item, Damage)]
    assert damage.is_torn == (hit == len(written) - 1)


def test_a_header_tells_about_the_journal() -> None:
    data = header({"server": "http://a"}) + frame(b"x")
    facts, start = read_header(data, "j")
    assert facts == {"server": "http://a"}
    assert list(frames(data, start)) == [Frame(b"x", len(data))]


def test_a_newer_format_is_refused() -> None:
    newer = header({}).replace(b"JOURNAL 1\n", b"JOURNAL 2\n")
    with pytest.raises(
        InvalidState, match=r"j was written by a newer version .* pip install --upgrade headrace"
    ):
        read_header(newer, "j")


@given(st.binary(max_size=80))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(DataLoss, match="left untouched"):
        read_header(data, "j")


@given(st.data())
def test_a_segment_that_ends_in_its_header_holds_nothing(data: st.DataObject) -> None:
    whole_header = header({"server": "http://a"})
    cut = data.draw(st.integers(0, len(whole_header) - 1))
    zeros = data.draw(st.sampled_from([b"", bytes(500)]))  # what a lost block is read as
    assert is_unbegun(whole_header[:cut] + zeros)
    assert not is_unbegun(whole_header + zeros)
    assert not is_unbegun(whole_header[:cut] + zeros + frame(b"a call"))


@pytest.mark.parametrize("foreign", [b"something else", header({}).replace(b"JOURNAL 1", b"JOURNAL 2")[:30]])
def test_what_is_foreign_is_not_taken_for_empty(foreign: bytes) -> None:
    assert not is_unbegun(foreign)


def test_a_title_that_is_cut_is_refused() -> None:
    for cut in range(len("HEADRACE JOURNAL 1\n")):
        with pytest.raises(DataLoss):
            read_header(header({"server": "http://a"})[:cut], "j")


def test_behind_a_header_that_is_damaged_records_are_read() -> None:
    whole_header = header({"server": "http://a"})
    for place in range(len("HEADRACE JOURNAL 1\n"), len(whole_header)):
        damaged = bytearray(whole_header + frame(b"a call"))
        damaged[place] ^= 0xFF
        assert read_header(bytes(damaged), "j") == (None, len(whole_header))
