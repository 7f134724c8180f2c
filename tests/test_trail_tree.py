"""The tree of the trail is the one of RFC 6962 and RFC 9162, and forged proofs are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from compliance.trail import WIDTH, Tiling
from compliance.trail.verify_trail import (
    Node,
    Tree,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_of,
    root_of,
)

# The leaves of the Certificate Transparency test suite and what it expects of them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
LEAVES.append("606162636465666768696a6b6c6d6e6f")
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_OF_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
MOST = 70


def published() -> list[bytes]:
    return [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in LEAVES]


def leaves(count: int) -> list[bytes]:
    return [leaf_of(f"entry {number}") for number in range(count)]


def root(of: Sequence[bytes]) -> bytes:
    tree = Tree()
    for leaf in of:
        tree.add(leaf)
    return tree.root()


def nodes(of: Sequence[bytes]) -> Node:
    return lambda height, place: root(of[place << height : (place + 1) << height])


def other(count: int) -> InmemoryTree:
    """The same entries in an implementation that is not ours."""
    tree = InmemoryTree(algorithm="sha256")
    for number in range(count):
        tree.append_entry(f"entry {number}".encode())
    return tree


def test_the_roots_and_proofs_are_the_published_ones() -> None:
    found = published()

    assert [root(found[:size]).hex() for size in range(1, 9)] == ROOTS
    assert [h.hex() for h in inclusion_path(0, 8, nodes(found))] == FIRST_OF_EIGHT
    assert [h.hex() for h in consistency_path(1, 8, nodes(found))] == FIRST_OF_EIGHT
    assert consistency_path(8, 8, nodes(found)) == []
    assert inclusion_path(0, 1, nodes(found)) == []


def test_every_small_proof_holds_and_agrees_with_another_implementation() -> None:
    found, theirs = leaves(MOST), other(MOST)
    for size in range(1, MOST + 1, 3):
        top = root(found[:size])
        assert theirs.get_root(size) == top == root_of(size, nodes(found))
        for index in range(0, size, 2):
            path, proof = inclusion_path(index, size, nodes(found)), theirs.prove_inclusion
            assert proof(index + 1, size).path == [found[index], *path]
            verify_inclusion(found[index], top, proof(index + 1, size))
            assert is_included(found[index], index, size, path, top)
        for old in range(1, size + 1, 2):
            ours, proof = consistency_path(old, size, nodes(found)), theirs.prove_consistency
            start = root(found[:old])
            verify_consistency(start, top, proof(old, size))
            assert is_consistent(old, start, size, top, ours)
            # They repeat the older root where the standard leaves it out.
            assert set(proof(old, size).path) - {start} == set(ours) - {start}


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_grown_log_is_consistent_with_every_older_one(first: int, more: int) -> None:
    found = leaves(first + more)
    path = consistency_path(first, first + more, nodes(found))

    assert is_consistent(first, root(found[:first]), first + more, root(found), path)


@given(st.data())
def test_a_forged_entry_place_size_or_path_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    found = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path, top = inclusion_path(index, size, nodes(found)), root(found)
    forged = leaf_of("forged")
    elsewhere = data.draw(st.integers(-1, size + 1).filter(lambda place: place != index))

    assert not is_included(forged, index, size, path, top)
    assert not is_included(found[index], index, size, path, forged)
    assert not is_included(found[index], index, size, [*path, forged], top)
    assert not is_included(found[index], elsewhere, size, path, top)
    for place in range(len(path)):
        bent = [*path[:place], forged, *path[place + 1 :]]
        assert not is_included(found[index], index, size, bent, top)
        assert not is_included(found[index], index, size, path[:place] + path[place + 1 :], top)


@given(st.data())
def test_a_forged_history_is_not_consistent(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, size - 1))
    found = leaves(size)
    path, start, top = consistency_path(old, size, nodes(found)), root(found[:old]), root(found)
    bent = data.draw(st.integers(0, old - 1))
    forged = root([*found[:bent], leaf_of("forged"), *found[bent + 1 : old]])

    assert not is_consistent(old, forged, size, top, path)
    assert not is_consistent(old, start, size, forged, path)
    assert not is_consistent(old, start, size, top, path[:-1])
    assert not is_consistent(old, start, size, top, [*path, top])
    assert not is_consistent(size, top, old, start, path)


def test_an_empty_log_is_where_every_log_begins_and_nothing_else_is_empty() -> None:
    nothing, some = root([]), leaves(3)

    assert nothing == hashlib.sha256(b"").digest()
    assert is_consistent(0, nothing, 3, root(some), [])
    assert not is_consistent(0, root(some), 3, root(some), [])
    assert not is_included(some[0], 0, 0, [], nothing)


@pytest.mark.parametrize("start", [0, 1, WIDTH - 1, WIDTH, WIDTH + 7])
def test_tiles_hold_what_the_tree_holds_wherever_they_go_on(start: int) -> None:
    found = leaves(WIDTH * 3)
    full = [tile for tiling in [Tiling()] for leaf in found for tile in tiling.add(leaf)]
    going_on = Tiling(start, [found[start - start % WIDTH : start], full_roots(found, start)])
    later = [tile for leaf in found[start:] for tile in going_on.add(leaf)]

    assert [tile.root for tile in full] == full_roots(found, WIDTH * 3)
    assert later == full[start // WIDTH :]
    assert full[1].pyramid.node(8, 0) == full[1].root
    assert full[1].pyramid.node(1, 3) == root(found[WIDTH + 6 : WIDTH + 8])


def full_roots(found: Sequence[bytes], size: int) -> list[bytes]:
    ends = range(WIDTH, size + 1, WIDTH)
    return [root(found[end - WIDTH : end]) for end in ends]
