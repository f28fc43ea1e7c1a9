"""The tree against RFC 6962, the transparency-dev vectors and an independent reader."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    Node,
    ProofBroken,
    check_consistency,
    check_inclusion,
    consistency_spans,
    frontier,
    inclusion_spans,
    leaf_hash,
    node_hash,
    peak_nodes,
    place,
    prove,
)

# The eight leaves and the roots of their trees as transparency-dev/merkle publishes them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
PUBLISHED_INCLUSION = [  # leaf, size, path
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
PUBLISHED_CONSISTENCY = [  # old, new, path
    (1, 1, []),
    (1, 8, PUBLISHED_INCLUSION[1][2]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
    (6, 7, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
]  # fmt: skip

sizes = st.integers(1, 300)


class Stored:
    """A tree grown in the given steps, with every finished subtree kept."""

    def __init__(self, leaves: list[bytes], steps: list[int] | None = None) -> None:
        self.edge = Frontier()
        self.nodes: dict[Node, bytes] = {(0, at): leaf for at, leaf in enumerate(leaves)}
        cuts = sorted({0, len(leaves), *(step for step in steps or [] if step < len(leaves))})
        for start, end in pairwise(cuts):
            for run in self.edge.extend(leaves[start:end]):
                for offset, each in enumerate(run.hashes):
                    self.nodes[run.level, run.first + offset] = each

    def fetch(self, nodes: Collection[Node]) -> dict[Node, bytes]:
        return {node: self.nodes[node] for node in nodes}


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(3)) for number in range(count)]


def recursive_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 §2.1 words it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(recursive_root(leaves[:middle]), recursive_root(leaves[middle:]))


def published() -> Stored:
    return Stored([leaf_hash(leaf) for leaf in LEAVES])


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size: int) -> None:
    assert Stored([leaf_hash(leaf) for leaf in LEAVES[:size]]).edge.root() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PUBLISHED_INCLUSION)
def test_the_published_inclusion_proofs_come_out(index: int, size: int, path: list[str]) -> None:
    proof = prove(inclusion_spans(index, size), published().fetch)
    assert [each.hex() for each in proof] == path


@pytest.mark.parametrize(("old", "new", "path"), PUBLISHED_CONSISTENCY)
def test_the_published_consistency_proofs_come_out(old: int, new: int, path: list[str]) -> None:
    proof = prove(consistency_spans(old, new), published().fetch)
    assert [each.hex() for each in proof] == path


@pytest.mark.parametrize(
    ("index", "spans"),
    [
        (0, [(1, 2), (2, 4), (4, 7)]),
        (3, [(2, 3), (0, 2), (4, 7)]),
        (4, [(5, 6), (6, 7), (0, 4)]),
        (6, [(4, 6), (0, 4)]),
    ],
)
def test_inclusion_follows_the_example_of_the_rfc(index: int, spans: list[Node]) -> None:
    assert inclusion_spans(index, 7) == spans  # RFC 6962 §2.1.3


@pytest.mark.parametrize(
    ("old", "spans"),
    [
        (3, [(2, 3), (3, 4), (0, 2), (4, 7)]),
        (4, [(4, 7)]),
        (6, [(4, 6), (6, 7), (0, 4)]),
    ],
)
def test_consistency_follows_the_example_of_the_rfc(old: int, spans: list[Node]) -> None:
    assert consistency_spans(old, 7) == spans  # RFC 6962 §2.1.3


@given(sizes, st.lists(st.integers(1, 300)))
def test_a_tree_grown_in_any_steps_has_the_root_of_the_rfc(size: int, steps: list[int]) -> None:
    leaves = hashes(size)
    assert Stored(leaves, steps).edge.root() == recursive_root(leaves)


@given(sizes)
def test_an_edge_read_from_stored_hashes_goes_on_growing(size: int) -> None:
    leaves = hashes(size + 5)
    edge = frontier(size, Stored(leaves[:size]).fetch)
    edge.extend(leaves[size:])
    assert edge.root() == recursive_root(leaves)


@given(sizes)
def test_every_finished_subtree_has_a_number_of_its_own(size: int) -> None:
    nodes = Stored(hashes(size)).nodes
    assert len({place(*node) for node in nodes}) == len(nodes)


@given(sizes)
def test_the_edge_needs_no_more_hashes_than_the_size_has_bits(size: int) -> None:
    assert len(peak_nodes(size)) == size.bit_count()


@given(st.data(), sizes)
def test_inclusion_proofs_verify(data: st.DataObject, size: int) -> None:
    leaves = hashes(size)
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_spans(index, size), Stored(leaves).fetch)
    check_inclusion(leaves[index], index, size, path, recursive_root(leaves))


@given(st.data(), sizes)
def test_consistency_proofs_verify(data: st.DataObject, new: int) -> None:
    leaves = hashes(new)
    old = data.draw(st.integers(1, new))
    path = prove(consistency_spans(old, new), Stored(leaves).fetch)
    check_consistency(old, recursive_root(leaves[:old]), new, recursive_root(leaves), path)


def spoilt(data: st.DataObject, path: list[bytes]) -> list[bytes]:
    """The path with one bit flipped, one hash more or one hash less."""
    at = data.draw(st.integers(0, len(path)))
    kind = data.draw(st.sampled_from(["flip", "drop", "add"] if at < len(path) else ["add"]))
    if kind == "add":
        return [*path[:at], bytes(32), *path[at:]]
    if kind == "drop":
        return path[:at] + path[at + 1 :]
    bit = data.draw(st.integers(0, 255))
    flipped = bytearray(path[at])
    flipped[bit // 8] ^= 1 << bit % 8
    return [*path[:at], bytes(flipped), *path[at + 1 :]]


@given(st.data(), sizes)
def test_a_spoilt_inclusion_proof_is_refused(data: st.DataObject, size: int) -> None:
    leaves = hashes(size)
    index = data.draw(st.integers(0, size - 1))
    path = spoilt(data, prove(inclusion_spans(index, size), Stored(leaves).fetch))
    with pytest.raises(ProofBroken):
        check_inclusion(leaves[index], index, size, path, recursive_root(leaves))


@given(st.data(), sizes)
def test_a_spoilt_consistency_proof_is_refused(data: st.DataObject, new: int) -> None:
    leaves = hashes(new)
    old = data.draw(st.integers(1, new))
    path = spoilt(data, prove(consistency_spans(old, new), Stored(leaves).fetch))
    roots = recursive_root(leaves[:old]), recursive_root(leaves)
    with pytest.raises(ProofBroken):
        check_consistency(old, roots[0], new, roots[1], path)


@given(st.data(), st.integers(2, 300))
def test_a_proof_is_refused_for_another_index(data: st.DataObject, size: int) -> None:
    leaves = hashes(size)
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    path = prove(inclusion_spans(index, size), Stored(leaves).fetch)
    with pytest.raises(ProofBroken):
        check_inclusion(leaves[index], other, size, path, recursive_root(leaves))


@given(st.data(), st.integers(2, 300))
def test_consistency_is_refused_with_another_older_root(data: st.DataObject, new: int) -> None:
    leaves = hashes(new)
    old = data.draw(st.integers(1, new - 1))
    path = prove(consistency_spans(old, new), Stored(leaves).fetch)
    with pytest.raises(ProofBroken):
        check_consistency(old, bytes(32), new, recursive_root(leaves), path)


def test_the_proof_of_a_small_tree_is_none_of_a_larger() -> None:
    (leaf,) = hashes(1)
    with pytest.raises(ProofBroken):
        check_inclusion(leaf, 0, 2, [], leaf)


def test_a_hash_of_another_length_is_no_hash() -> None:
    with pytest.raises(ProofBroken):
        check_inclusion(b"", 0, 1, [], b"")


def test_nothing_is_proved_from_an_empty_tree() -> None:
    with pytest.raises(ProofBroken):
        check_consistency(0, EMPTY_ROOT, 5, bytes(32), [])


def test_a_leaf_beyond_the_tree_has_no_proof() -> None:
    with pytest.raises(ProofBroken):
        inclusion_spans(5, 5)


def test_a_shrunken_tree_has_no_proof() -> None:
    with pytest.raises(ProofBroken):
        consistency_spans(6, 5)


def test_a_leaf_cannot_pose_as_a_node() -> None:
    left, right = hashes(2)
    assert leaf_hash(left + right) != node_hash(left, right)


def independent(bodies: list[bytes]) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for body in bodies:
        tree.append_entry(body)
    return tree


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=40))
def test_an_independent_library_finds_the_same_root(bodies: list[bytes]) -> None:
    leaves = [leaf_hash(body) for body in bodies]
    assert independent(bodies).get_root() == Stored(leaves).edge.root()


@given(st.data(), st.lists(st.binary(max_size=60), min_size=1, max_size=40))
def test_an_independent_library_proves_entries_under_our_root(
    data: st.DataObject, bodies: list[bytes]
) -> None:
    index = data.draw(st.integers(0, len(bodies) - 1))
    leaves = [leaf_hash(body) for body in bodies]
    proof = independent(bodies).prove_inclusion(index + 1, len(bodies))
    pymerkle.verify_inclusion(leaves[index], Stored(leaves).edge.root(), proof)
