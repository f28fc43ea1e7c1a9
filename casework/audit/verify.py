"""Verifies an exported log: python -m casework.audit.verify DIR [--checkpoint FILE] [--key KEY].

Needs no database, no configuration and no network. Exits 0 when everything given was verified and
1 when anything was wrong, naming the first index that can be bad.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

from casework.audit import formats
from casework.audit.checkpoints import (
    Checkpoint,
    LogKey,
    NoteMalformed,
    NoteUnsigned,
    read_checkpoint,
    read_key,
)
from casework.audit.inspection import (
    Problem,
    Remark,
    Report,
    Walk,
    judge_checkpoints,
    judge_entries,
    told_redacted,
)
from casework.audit.messages import lines
from casework.audit.tree import ProofBroken, check_consistency
from casework.vault.errors import SignatureBroken

_AT_ONCE = 1 << 10  # few enough to stay in the processor’s cache
_SPECIAL = (formats.STUB_START, formats.REDACTION_START)


@dataclass(frozen=True, slots=True)
class Notes:
    """The checkpoints that were found signed: the log's own by size, and those witnesses kept."""

    own: list[Checkpoint]
    kept: list[Checkpoint]


def verify_export(
    directory: Path, kept: Sequence[Path] = (), trusted_key: str | None = None
) -> Report:
    """What the export proves; `kept` are checkpoints of witnesses, `trusted_key` a key's line."""
    report = Report()
    try:
        key = _key(report, directory, trusted_key)
        notes = Notes(_own(report, directory, key), _kept(report, kept, key))
        walk = _walk(report, directory, notes)
        _judge(report, walk, notes, _proof_lines(directory))
    except OSError as missing:
        name = Path(str(missing.filename)).name
        report.problems.append(Problem("unreadable", detail=name))
    except NoteMalformed:
        report.problems.append(Problem("key-malformed"))
    else:
        _remark(report, walk, notes, None if trusted_key else key)
        _remark_strange_files(report, directory)
    return report


def _key(report: Report, directory: Path, trusted: str | None) -> LogKey:
    line = (directory / formats.KEY).read_bytes()
    if trusted is not None and line != f"{trusted.strip()}\n".encode():
        report.problems.append(Problem("key-differs"))
    if not line.endswith(b"\n"):
        raise NoteMalformed("a key file ends its line")
    return read_key(trusted.strip() if trusted else line[:-1].decode(errors="replace"))


def _own(report: Report, directory: Path, key: LogKey) -> list[Checkpoint]:
    """The log's checkpoints, smallest first; the last of them is the one on top of the export."""
    last = _read_note(report, directory / formats.CHECKPOINT, key)
    own = []
    for path in sorted((directory / formats.CHECKPOINTS).iterdir()):
        checkpoint = _read_note(report, path, key)
        if checkpoint and path.name != f"{checkpoint.size}.txt":
            report.problems.append(Problem("note-misplaced", detail=path.name))
        if checkpoint:
            own.append(checkpoint)
    own.sort(key=lambda each: each.size)
    if last and (not own or own[-1] != last):
        report.problems.append(Problem("note-misplaced", detail=formats.CHECKPOINT))
        own.append(last)
    return own


def _kept(report: Report, paths: Sequence[Path], key: LogKey) -> list[Checkpoint]:
    found = [_read_note(report, path, key) for path in paths]
    return sorted((each for each in found if each), key=lambda each: each.size)


def _read_note(report: Report, path: Path, key: LogKey) -> Checkpoint | None:
    try:
        return read_checkpoint(path.read_bytes(), key)
    except (NoteMalformed, NoteUnsigned, SignatureBroken):
        report.problems.append(Problem("note-refused", detail=path.name))
        return None


def _walk(report: Report, directory: Path, notes: Notes) -> Walk:
    """Reads all entries, and says where their number differs from that of leaves or checkpoint."""
    walk = Walk(each.size for each in (*notes.own, *notes.kept))
    with (
        (directory / formats.ENTRIES).open("rb") as entries,
        (directory / formats.LEAVES).open("rb") as leaves,
    ):
        for stored in iter(lambda: leaves.read(_AT_ONCE * formats.LEAF_LINE_BYTES), b""):
            found = list(islice(entries, formats.leaves_in(stored)))
            if not _read_fast(walk, found, stored) and not _read(report, walk, found, stored):
                return walk
        if entries.read(1):
            report.problems.append(Problem("beyond", walk.tree.size))
    return walk


def _read_fast(walk: Walk, found: Sequence[bytes], stored: bytes) -> bool:
    """Reads lines of which every one is an ordinary body with the hash that is stored for it."""
    if not found or not found[-1].endswith(b"\n"):
        return False
    if [line for line in found if line.startswith(_SPECIAL)]:
        return False
    computed = [sha256(b"\x00" + line[:-1]).digest() for line in found]
    if formats.leaf_lines(computed) != stored:
        return False
    walk.accept(computed)
    return True


def _read(report: Report, walk: Walk, found: Sequence[bytes], stored: bytes) -> bool:
    """Reads lines one by one; False when reading on makes no sense."""
    first, hashes = walk.tree.size, formats.read_leaf_lines(stored)
    bodies = [None if line.startswith(formats.STUB_START) else line[:-1] for line in found]
    for offset in [at for at, body in enumerate(bodies) if body is None]:
        bodies[offset] = _stub_or_body(walk, first + offset, found[offset], hashes[offset])
    if found and not found[-1].endswith(b"\n"):
        bodies.pop()
    walk.take(bodies, hashes[: len(bodies)])
    if walk.bad is None and len(bodies) < len(hashes):
        report.problems.append(Problem("truncated", walk.tree.size))
    return walk.bad is None and len(bodies) == len(hashes)


def _stub_or_body(walk: Walk, index: int, line: bytes, leaf: bytes) -> bytes | None:
    """None for a stub of this very leaf; anything else is taken as a body, and fails as one."""
    found = formats.read_stub(line[:-1])
    if found is None or found[0] != leaf:
        return line[:-1]
    walk.note_redacted(index, found[1])
    return None


def _proof_lines(directory: Path) -> list[bytes]:
    """The proofs without line ends; an unfinished last line spoils them all."""
    found = (directory / formats.PROOFS).read_bytes()
    if found and not found.endswith(b"\n"):
        return [found]
    return found.split(b"\n")[:-1]


def _judge(report: Report, walk: Walk, notes: Notes, proofs: Sequence[bytes]) -> None:
    report.size, report.root = walk.tree.size, walk.tree.root()
    report.problems += judge_entries(walk)
    report.problems += judge_checkpoints(walk, notes.own, "checkpoint")
    report.problems += judge_checkpoints(walk, notes.kept, "witness")
    report.problems += _wrong_proofs(notes.own, proofs)
    if walk.bad is None and notes.own and notes.own[-1].size < walk.tree.size:
        report.problems.append(Problem("beyond", notes.own[-1].size))


def _wrong_proofs(own: Sequence[Checkpoint], proofs: Sequence[bytes]) -> Iterator[Problem]:
    """Each checkpoint must be proved to grow out of the one before it, by one line each."""
    steps = [(old, new) for old, new in pairwise(own) if old.size]
    if len(proofs) != len(steps):
        yield Problem("proof", detail=f"{len(proofs)} / {len(steps)}")
    for (old, new), line in zip(steps, proofs, strict=False):
        read = formats.read_proof_line(line)
        try:
            if read is None or read[:2] != (old.size, new.size):
                raise ProofBroken("this proof is for other checkpoints")
            check_consistency(old.size, old.root, new.size, new.root, read[2])
        except ProofBroken:
            yield Problem("proof", detail=f"{old.size} → {new.size}")


def _remark(report: Report, walk: Walk, notes: Notes, untrusted: LogKey | None) -> None:
    if report.ok:
        report.proved += [Remark("entries"), Remark("checkpoints", str(len(notes.own)))]
        report.proved += [Remark("witnesses", str(each.size)) for each in notes.kept]
    if not notes.kept:
        report.unproved.append(Remark("no-witness"))
    if untrusted is not None:
        report.unproved.append(Remark("no-key", str(untrusted)))
    report.unproved += told_redacted(walk)
    report.unproved.append(Remark("truth"))


def _remark_strange_files(report: Report, directory: Path) -> None:
    strange = sorted(path.name for path in directory.iterdir() if path.name not in formats.FILES)
    report.unproved += [Remark("unknown-file", name) for name in strange]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: prints the report, answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m casework.audit.verify")
    parser.add_argument("directory", type=Path, metavar="DIR", help="an exported log")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[], metavar="FILE",
        help="a checkpoint that somebody kept; may be given several times",
    )  # fmt: skip
    parser.add_argument("--key", help="the programme's key, as printed on its reports")
    language = "fr" if os.environ.get("LANG", "").startswith("fr") else "en"
    parser.add_argument("--language", choices=("en", "fr"), default=language)
    given = parser.parse_args(arguments)
    report = verify_export(given.directory, given.checkpoint, given.key)
    sys.stdout.write("\n".join(lines(report, given.language)) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
