"""What both verifiers share: reading the log in order, growing the tree, judging. Pure."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from casework.audit.checkpoints import Checkpoint
from casework.audit.formats import Redaction, read_redaction
from casework.audit.tree import EMPTY_ROOT, Frontier, Run, Span

BOUNDS = frozenset({"checkpoint-differs", "witness-differs"})
"""Problems whose index only says that nothing before it is bad."""


NAMED = 10
"""So many ranges of emptied entries are named; the entries `audit.redacted` name all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `first` is the first index that can be bad, None for no index."""

    code: str
    first: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing proved, or one thing that cannot be proved from what was given."""

    code: str
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What a verification found; `ok` is False as soon as there is one problem."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    problems: list[Problem] = field(default_factory=list)
    proved: list[Remark] = field(default_factory=list)
    unproved: list[Remark] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was wrong."""
        return not self.problems

    @property
    def first_bad(self) -> int | None:
        """The smallest index at which something is wrong, None when nothing is wrong at any.

        Where only a checkpoint does not fit, it is the smallest that can be bad.
        """
        found = [each for each in self.problems if each.first is not None]
        exact = [each for each in found if each.code not in BOUNDS]
        return min((each.first or 0 for each in exact or found), default=None)


class Walk:
    """A reading of the entries in order: each against its leaf hash, then all into one tree.

    `roots` holds the root at each of the asked sizes that was reached before the first bad entry.
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self.tree = Frontier()
        self.bad: int | None = None
        self.roots = {0: EMPTY_ROOT}
        self.redacted: list[tuple[int, int, str]] = []
        self.redactions: list[Redaction] = []
        self._asked = sorted(set(sizes), reverse=True)

    def take(self, bodies: Sequence[bytes | None], leaves: Sequence[bytes]) -> list[Run]:
        """Reads on; a body of None is a redacted entry. Answers the subtrees that were finished."""
        if self.bad is not None:
            return []
        computed = [
            leaf if body is None else sha256(b"\x00" + body).digest()
            for body, leaf in zip(bodies, leaves, strict=True)
        ]
        good = len(computed)
        if computed != leaves:
            good = next(at for at, leaf in enumerate(computed) if leaf != leaves[at])
            self.bad = self.tree.size + good
        found = (read_redaction(body) for body in bodies[:good] if body is not None)
        self.redactions += [each for each in found if each]
        return self.accept(computed[:good])

    def note_redacted(self, index: int, reason: str) -> None:
        """Remembers that the body at `index` is gone; indexes come in order."""
        first, last, before = self.redacted[-1] if self.redacted else (index, index - 2, reason)
        if (last, before) == (index - 1, reason):
            self.redacted[-1] = (first, index, reason)
        else:
            self.redacted.append((index, index, reason))

    def accept(self, leaves: list[bytes]) -> list[Run]:
        """Reads on over entries whose hashes were computed elsewhere; notes the asked roots."""
        runs: list[Run] = []
        while self._asked and self._asked[-1] <= self.tree.size + len(leaves):
            size = self._asked.pop()
            if size > self.tree.size:
                step = size - self.tree.size
                runs += self.tree.extend(leaves[:step])
                leaves = leaves[step:]
            self.roots.setdefault(size, self.tree.root())
        return runs + self.tree.extend(leaves)


def judge_entries(walk: Walk) -> list[Problem]:
    """An entry that differs from its leaf; redacted entries that no entry of the log explains."""
    found = [] if walk.bad is None else [Problem("entry", walk.bad)]
    explained = _merged(walk.redactions)
    unexplained = (
        first
        for first, last, reason in walk.redacted
        if not _within(first, last, explained.get(reason, []))
    )
    first = next(unexplained, None)
    return found if first is None or walk.bad is not None else [*found, Problem("redaction", first)]


def judge_checkpoints(walk: Walk, checkpoints: Sequence[Checkpoint], code: str) -> list[Problem]:
    """Checkpoints (smallest first) whose root the entries do not have, or that saw more entries.

    A bad index lies at or after the last checkpoint that fits. Those beyond the first bad entry
    cannot be judged, and are passed over.
    """
    fits, problems = 0, []
    for checkpoint in checkpoints:
        root = walk.roots.get(checkpoint.size)
        if root == checkpoint.root:
            fits = checkpoint.size
        elif root is not None:
            problems.append(Problem(f"{code}-differs", fits, str(checkpoint.size)))
        elif walk.bad is None:
            problems.append(Problem(f"{code}-shorter", walk.tree.size, str(checkpoint.size)))
    return problems


def told_redacted(walk: Walk) -> list[Remark]:
    """For each reason how many entries have no content any more, and the first of their ranges."""
    reasons = sorted({reason for _, _, reason in walk.redacted})
    return [Remark("redacted", _told(walk, reason)) for reason in reasons]


def _told(walk: Walk, reason: str) -> str:
    spans = [(first, last) for first, last, why in walk.redacted if why == reason]
    count = sum(last - first + 1 for first, last in spans)
    named = [f"{first}-{last}" if first < last else str(first) for first, last in spans]
    more = ", …" if len(named) > NAMED else ""
    return f"{count} ({reason}: {', '.join(named[:NAMED])}{more})"


def _merged(redactions: Iterable[Redaction]) -> Mapping[str, list[Span]]:
    """The ranges of each reason, sorted and without overlap."""
    spans: dict[str, list[Span]] = {}
    for reason, ranges in redactions:
        spans.setdefault(reason, []).extend(ranges)
    return {reason: _united(sorted(ranges)) for reason, ranges in spans.items()}


def _united(ranges: Sequence[Span]) -> list[Span]:
    united: list[Span] = []
    for first, last in ranges:
        if united and first <= united[-1][1] + 1:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united


def _within(first: int, last: int, spans: Sequence[Span]) -> bool:
    at = bisect_right(spans, (first, sys.maxsize)) - 1
    return at >= 0 and last <= spans[at][1]
