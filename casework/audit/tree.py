"""The Merkle tree of RFC 6962: hashes, the growing right edge, proofs and their verification. Pure.

A subtree is named by (level, position): level 0 are the leaves, and (level, position) covers the
leaves from position * 2**level up to, and without, (position + 1) * 2**level. Hashes are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from casework.errors import CaseworkError

Node = tuple[int, int]
Span = tuple[int, int]
Fetch = Callable[[Collection[Node]], Mapping[Node, bytes]]

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class ProofBroken(CaseworkError):
    """A proof does not lead from what it starts with to the root it claims."""


def leaf_hash(body: bytes) -> bytes:
    """SHA-256 of 0x00 and the body (RFC 6962 §2.1)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring subtrees of one level (from 1 up) that have just been finished."""

    level: int
    first: int
    hashes: list[bytes]


@dataclass(slots=True)
class Frontier:
    """The right edge of a tree of `size` leaves: its finished subtrees not yet joined to another.

    `peaks[level]` holds a hash exactly where `size` has that bit set. This is all one needs to
    go on growing the tree, or to tell its root.
    """

    size: int = 0
    peaks: list[bytes | None] = field(default_factory=list)

    def extend(self, leaves: Sequence[bytes]) -> list[Run]:
        """Takes the leaf hashes in order; answers the subtrees that became finished, by level."""
        before, hashes, level = self.size, list(leaves), 0
        self.size += len(hashes)
        runs = []
        while hashes:
            hashes = self._pair_up(level, hashes)
            level += 1
            if hashes:
                runs.append(Run(level, before >> level, hashes))
        return runs

    def _pair_up(self, level: int, hashes: list[bytes]) -> list[bytes]:
        if level == len(self.peaks):
            self.peaks.append(None)
        if (peak := self.peaks[level]) is not None:
            hashes = [peak, *hashes]
        self.peaks[level] = hashes[-1] if len(hashes) % 2 else None
        pair = iter(hashes)
        return [
            sha256(b"\x01" + left + right).digest() for left, right in zip(pair, pair, strict=False)
        ]

    def root(self) -> bytes:
        """The root of the tree as it stands: the peaks joined from the lowest up."""
        peaks = [peak for peak in reversed(self.peaks) if peak is not None]
        return _join(peaks) if peaks else EMPTY_ROOT


def place(level: int, position: int) -> int:
    """The number of a subtree when a binary tree is walked in order: unique, and it never moves."""
    return ((2 * position + 1) << level) - 1


def peak_nodes(size: int) -> list[Node]:
    """The finished subtrees whose hashes a `Frontier` of this size holds, lowest level first."""
    levels = range(size.bit_length())
    return [(level, (size >> level) - 1) for level in levels if size >> level & 1]


def frontier(size: int, fetch: Fetch) -> Frontier:
    """The right edge at `size`, from stored hashes. Raises KeyError where one is missing."""
    nodes = peak_nodes(size)
    stored = fetch(nodes)
    peaks: list[bytes | None] = [None] * size.bit_length()
    for level, position in nodes:
        peaks[level] = stored[level, position]
    return Frontier(size, peaks)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The (start, end) of each hash of an inclusion proof, from the leaf up (RFC 6962 §2.1.1).

    Raises ProofBroken when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofBroken("no such leaf in a tree of this size")
    return _siblings(0, index, size)


def consistency_spans(old: int, new: int) -> list[Span]:
    """The (start, end) of each hash of a consistency proof (RFC 6962 §2.1.2).

    Empty where `old` is 0 or equals `new`. Raises ProofBroken when `old` is larger.
    """
    if not 0 <= old <= new:
        raise ProofBroken("a tree never shrinks")
    if old in (0, new):
        return []
    level = (old & -old).bit_length() - 1
    position = (old - 1) >> level
    last = [(position << level, old)] if position else []
    return last + _siblings(level, position, new)


def _siblings(level: int, position: int, size: int) -> list[Span]:
    """What stands beside each step of the way from a finished subtree up to the root; at the right
    edge the sibling may be cut by the end of the tree, or be none."""
    spans = []
    for height in range(level, (size - 1).bit_length()):
        start = (position ^ 1) << height
        if start < size:
            spans.append((start, min(start + (1 << height), size)))
        position >>= 1
    return spans


def prove(spans: Sequence[Span], fetch: Fetch) -> list[bytes]:
    """The hash of each span, all stored subtrees fetched at once. Raises KeyError on a gap."""
    nodes: list[Node] = []
    cut: dict[int, list[Node]] = {}
    for start, end in spans:
        level = (end - start).bit_length() - 1
        if start + (1 << level) < end:
            cut[len(nodes)] = _pieces(start, end)
        nodes.append((level, start >> level))
    stored = fetch(nodes + [node for pieces in cut.values() for node in pieces[1:]])
    path = [stored[node] for node in nodes]
    for at, pieces in cut.items():
        path[at] = _join([stored[node] for node in pieces])
    return path


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Returns when the leaf stands at `index` under `root`, else raises ProofBroken.

    The algorithm of RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofBroken("no such leaf in a tree of this size")
    _need_hashes(leaf, root, *path)
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofBroken("the proof is too long")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            at, last = _climb(at, last)
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise ProofBroken("the proof does not lead to the root")


def check_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Returns when the older tree is a beginning of the newer, else raises ProofBroken.

    The algorithm of RFC 9162 §2.1.4.2. An empty tree proves nothing, so `old` is at least 1.
    """
    if not 1 <= old <= new:
        raise ProofBroken("only a tree with leaves can have grown into one not smaller")
    _need_hashes(old_root, new_root, *path)
    if old != new:
        _check_growth(old, old_root, new, new_root, path)
    elif path or old_root != new_root:
        raise ProofBroken("two roots of one size differ, or a proof was given where none is due")


def _need_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofBroken("a hash has not 32 bytes")


def _check_growth(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        raise ProofBroken("the proof is too short")
    at, last = _shift_ones(old - 1, new - 1)
    older = newer = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofBroken("the proof is too long")
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            at, last = _climb(at, last)
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    if last or older != old_root or newer != new_root:
        raise ProofBroken("the proof does not lead to the roots")


def _pieces(start: int, end: int) -> list[Node]:
    """The finished subtrees that make up the span, largest first; `start` is aligned to them."""
    level = (end - start).bit_length() - 1
    nodes = [(level, start >> level)]
    while (start := start + (1 << level)) < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
    return nodes


def _join(hashes: Sequence[bytes]) -> bytes:
    """One hash over neighbouring subtrees that shrink to the right."""
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


def _climb(at: int, last: int) -> tuple[int, int]:
    """Passes the levels at which the right edge has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _shift_ones(at: int, last: int) -> tuple[int, int]:
    while at & 1:
        at, last = at >> 1, last >> 1
    return at, last
