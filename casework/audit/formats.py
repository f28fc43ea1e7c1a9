"""The files of an export and how each line is written (docs/audit-formats.md). Pure.

Every line has one writing only: a reader writes what it understood once more and compares bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from io import BytesIO

from casework.audit.bodies import canonical
from casework.audit.tree import Span

ENTRIES = "entries.jsonl"
LEAVES = "leaves.txt"
KEY = "key.txt"
CHECKPOINT = "checkpoint.txt"
CHECKPOINTS = "checkpoints"
PROOFS = "proofs.jsonl"
FILES = frozenset({ENTRIES, LEAVES, KEY, CHECKPOINT, CHECKPOINTS, PROOFS})

STUB_START = b'{"leaf":'
REDACTION_START = b'{"action":"audit.redacted",'
_STUB = re.compile(rb'\{"leaf":"([0-9a-f]{64})","redacted":"([a-z][a-z0-9_]{0,39})"\}')
_LEAF_LINE = re.compile(rb"([0-9a-f]{64})\n")
LEAF_LINE_BYTES = 65
_HASH = re.compile(r"[0-9a-f]{64}")

Redaction = tuple[str, list[Span]]


def stub(leaf: bytes, reason: str) -> bytes:
    """The line that stands for an entry whose body is gone: its leaf hash and the reason's code."""
    return canonical({"leaf": leaf.hex(), "redacted": reason})


def read_stub(line: bytes) -> tuple[bytes, str] | None:
    """Leaf hash and reason of a stub, None when the line is not exactly one."""
    match = _STUB.fullmatch(line)
    return (bytes.fromhex(match[1].decode()), match[2].decode()) if match else None


def leaf_lines(leaves: Sequence[bytes]) -> bytes:
    """Leaf hashes as lines of 64 lower-case hex digits."""
    return b"".join(leaves).hex("\n", 32).encode() + b"\n" if leaves else b""


def read_leaf_lines(lines: bytes) -> list[bytes]:
    """As many leaf hashes as the bytes have room for.

    Empty bytes, equal to no hash, stand for a line that is not written as it must be.
    """
    try:
        joined = bytes.fromhex(lines.decode("ascii"))
    except ValueError:
        return _leaf_by_leaf(lines)
    leaves = [joined[at : at + 32] for at in range(0, len(joined), 32)]
    return leaves if leaf_lines(leaves) == lines else _leaf_by_leaf(lines)


def _leaf_by_leaf(lines: bytes) -> list[bytes]:
    found = (_LEAF_LINE.fullmatch(line) for line in BytesIO(lines))
    leaves = [bytes.fromhex(line[1].decode()) if line else b"" for line in found]
    room = leaves_in(lines)
    return (leaves + [b""] * room)[:room]


def leaves_in(lines: bytes) -> int:
    """How many leaf lines these bytes are, a part of one counting as one."""
    return -(-len(lines) // LEAF_LINE_BYTES)


def proof_line(old: int, new: int, path: Sequence[bytes]) -> bytes:
    """A consistency proof between two checkpoints, without line end."""
    return canonical({"from": old, "path": [each.hex() for each in path], "to": new})


def read_proof_line(line: bytes) -> tuple[int, int, list[bytes]] | None:
    """Both sizes and the hashes of a consistency proof, None when the line is not exactly one."""
    try:
        values = json.loads(line)
        old, new, path = values["from"], values["to"], values["path"]
        hashes = [bytes.fromhex(each) for each in path if _HASH.fullmatch(each)]
        exact = proof_line(old, new, hashes) == line and isinstance(old, int)
        return (old, new, hashes) if exact and isinstance(new, int) else None
    except (ValueError, TypeError, KeyError):
        return None


def read_redaction(body: bytes) -> Redaction | None:
    """Reason and (first, last) ranges of an `audit.redacted` entry, None for any other body."""
    if not body.startswith(REDACTION_START):
        return None
    try:
        values = json.loads(body)
        spans = [(int(first), int(last)) for first, last in values["ranges"]]
        return str(values["reason"]), spans
    except (ValueError, TypeError, KeyError):
        return None
