"""Proofs of single events, and anchors as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlflow._ledger import merkle
from mlflow._ledger.chain import Chain, proof_holds
from mlflow._ledger.events import NO_EVENT, PARTS, Event, Head, sealed
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor
from mlflow.exceptions import InvalidParameterValue


def _events(count: int) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, count + 1):
        head = Head(seq, seq * 10, 1, "crédit", 1, "transition_stage", "stage/1")
        contents = ({"actor": "ada"}, {"reason": "r"}, {"before": None, "after": {"stage": "x"}}, None)
        events.append(sealed(head, contents, events[-1].hash if events else NO_EVENT))
    return events


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
    chain.add(events[0], "ada")
    chain.add(events[1], "ada")
    anchor = chain.anchor()
    again = Chain([anchor])
    for event in events:
        again.add(event, "ada")
    assert again.end() == again.anchor() != anchor


@pytest.mark.parametrize(
    "line",
    ["headrace-anchor 1 x y 2", "headrace-anchor 1", "headrace-anchor x " + "0" * 64 + " " + "0" * 64 + " 1"],
)
def test_an_anchor_that_is_damaged_is_told(line: str) -> None:
    with pytest.raises(InvalidParameterValue, match="Not an anchor"):
        LedgerAnchor.from_text(line)
