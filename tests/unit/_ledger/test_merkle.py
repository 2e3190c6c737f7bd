"""Merkle trees are those of RFC 6962, and a path proves its node and no other."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._ledger import merkle


def _defined(leaves: list[bytes]) -> bytes:
    """The root as section 2.1 of RFC 6962 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + _defined(leaves[:split]) + _defined(leaves[split:])).digest()


def _leaves(count: int) -> list[bytes]:
    return [merkle.leaf(number.to_bytes(4, "big")) for number in range(count)]


@given(st.integers(0, 300))
def test_the_root_is_the_one_of_the_definition(count: int) -> None:
    assert merkle.root(_leaves(count)) == _defined(_leaves(count))


@given(st.integers(1, 300), st.data())
def test_a_path_leads_to_the_root(count: int, data: st.DataObject) -> None:
    leaves = _leaves(count)
    place = data.draw(st.integers(0, count - 1))
    steps = merkle.path(leaves, place)
    assert merkle.root_of_path(leaves[place], place, count, steps) == merkle.root(leaves)
    other = data.draw(st.integers(0, count - 1))
    if other != place:
        assert merkle.root_of_path(leaves[other], place, count, steps) != merkle.root(leaves)


@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 2048, 2049, 3500, 5000])
def test_roots_of_chunks_stand_for_their_leaves(count: int) -> None:
    leaves = _leaves(count)
    nodes = [merkle.root(leaves[start : start + merkle.CHUNK]) for start in range(0, count, merkle.CHUNK)]
    assert merkle.root(nodes) == merkle.root(leaves)
    for place in (0, count // 2, count - 1):
        chunk = place // merkle.CHUNK
        inside = leaves[chunk * merkle.CHUNK : (chunk + 1) * merkle.CHUNK]
        steps = merkle.path(inside, place % merkle.CHUNK) + merkle.path(nodes, chunk)
        assert merkle.root_of_path(leaves[place], place, count, steps) == merkle.root(leaves)


def test_a_path_of_another_length_proves_nothing() -> None:
    leaves = _leaves(5)
    steps = merkle.path(leaves, 2)
    assert merkle.root_of_path(leaves[2], 2, 5, steps[:-1]) is None
    assert merkle.root_of_path(leaves[2], 2, 5, [*steps, leaves[0]]) is None
    assert merkle.root_of_path(leaves[2], 5, 5, steps) is None
