"""Proofs of single events, and anchors as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._ledger import merkle
from mlflow._ledger.chain import Chain, Problem, proof_holds
from mlflow._ledger.events import NO_EVENT, PARTS, Event, Head, Stored, canonical, encode_head, sealed
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor
from mlflow.exceptions import InvalidParameterValue


def _events(count: int) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, count + 1):
        head = Head(seq, seq * 10, 1, "crédit", 1, "transition_stage", "stage/1")
        contents = ({"actor": "ada"}, {"reason": "r"}, {"before": None, "after": {"stage": "x"}}, None)
        events.append(sealed(head, contents, events[-1].hash if events else NO_EVENT))
    return events


def _rows(events: list[Event]) -> list[tuple[Stored, str]]:
    return [((*event.head, *event.parts, event.digests, event.hash), "ada") for event in events]  # type: ignore[misc]  # mypy loses the tuple when it is unpacked


def _check(rows: list[Any]) -> None:
    chain = Chain()
    chain.add(rows)
    chain.end()


def _proof(events: list[Event], seq: int) -> DecisionProof:
    event = events[seq - 1]
    leaves = [merkle.leaf(item.hash) for item in events]
    return DecisionProof(
        head=list(event.head),
        parts=dict(zip(PARTS, event.parts, strict=True)),
        digests=event.digests.hex(),
        previous=(events[seq - 2].hash if seq > 1 else NO_EVENT).hex(),
        hash=event.hash.hex(),
        size=len(events),
        path=[step.hex() for step in merkle.path(leaves, seq - 1)],
        root=merkle.root(leaves).hex(),
    )


def test_the_same_content_never_has_the_same_digest() -> None:
    first, second = _events(2)
    assert first.digests[:32] != second.digests[:32]
    assert first.digests[-32:] == bytes(32)
    assert first.content("who") == {"actor": "ada"}
    assert first.erased() == ()


def test_a_proof_holds_without_its_erased_parts_and_not_with_others() -> None:
    proof = _proof(_events(7), 4)
    assert proof_holds(proof)
    assert proof_holds(replace(proof, parts={**proof.parts, "who": None}))
    for changed in (
        {"parts": {**proof.parts, "why": '{"reason":"another"}'}},
        {"head": [*proof.head[:1], 5, *proof.head[2:]]},
        {"head": proof.head[:3]},
        {"size": 2},
        {"path": proof.path[1:]},
        {"root": "00" * 32},
        {"hash": "xy"},
        {"previous": "00" * 32},
    ):
        assert not proof_holds(replace(proof, **changed))


def test_a_walk_gives_the_anchor_of_each_of_its_steps() -> None:
    events = _events(4)
    chain = Chain()
    chain.add(_rows(events[:2]))
    anchor = chain.anchor()
    again = Chain([anchor])
    again.add(_rows(events[:1]))
    again.add(_rows(events[1:]))
    assert again.end() == again.anchor() != anchor


@pytest.mark.parametrize("place", range(14))
@pytest.mark.parametrize("value", [None, 7, 1.5, "x", b"x" * 128, "\ud800"])
def test_whatever_stands_in_a_row_instead_is_told_by_its_number(place: int, value: object) -> None:
    rows: list[list[Any]] = [[*row, actor] for row, actor in _rows(_events(3))]
    if rows[1][place] == value:
        return
    rows[1][place] = value
    with pytest.raises(Problem) as caught:
        _check([(tuple(row[:13]), row[13]) for row in rows])
    assert caught.value.seq == 2


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])) | st.none())
)
def test_heads_are_written_as_any_reader_of_json_would_write_them(head: list[Any]) -> None:
    assert encode_head(head).decode() == canonical(head)


@pytest.mark.parametrize(
    "line",
    ["headrace-anchor 1 x y 2", "headrace-anchor 1", "headrace-anchor x " + "0" * 64 + " " + "0" * 64 + " 1"],
)
def test_an_anchor_that_is_damaged_is_told(line: str) -> None:
    with pytest.raises(InvalidParameterValue, match="Not an anchor"):
        LedgerAnchor.from_text(line)
