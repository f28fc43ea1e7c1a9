"""A block: the frozen figures of one kind for one period, and their fingerprint. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.statistics.catalogue import Bounds, Cell
from casework.statistics.grid import Place

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Block:
    """Every published figure of one kind in one period, with the bounds that hold for them."""

    kind: str
    period: str
    catalogue: str
    bounds: Bounds
    values: Mapping[Place, int]
    exact: int | None = None
    """The exact total of a year, where the programme publishes it; it stands in no table."""

    def digest(self) -> str:
        """The sha256 of the block in its canonical form, 64 hex digits."""
        return hashlib.sha256("".join(self.lines()).encode()).hexdigest()

    def lines(self) -> Iterable[str]:
        """The canonical form, line by line: a head, then one line a figure, sorted."""
        head = (self.kind, self.period, self.catalogue, self.bounds.quarter, self.bounds.running)
        yield ";".join(str(part) for part in head) + "\n"
        for (table, cell), value in sorted(self.values.items()):
            yield f"{table};{write_cell(cell)};{value}\n"
        if self.exact is not None:
            yield f"exact;;{self.exact}\n"


def write_cell(cell: Cell) -> str:
    """A cell as text, its codes in the order of the table's dimensions: `ML060208|F`."""
    return SEPARATOR.join(cell)


def read_cell(text: str) -> Cell:
    """A cell from its text; the total's cell is empty."""
    return tuple(text.split(SEPARATOR)) if text else ()


def digest_of(blocks: Iterable[Block]) -> str:
    """One fingerprint for all blocks of a period: the sha256 of theirs, kinds in order of name."""
    return joined({block.kind: block.digest() for block in blocks})


def joined(digests: Mapping[str, str]) -> str:
    """The same fingerprint from the digests of the blocks, by kind."""
    several = sorted(digests.items())
    return hashlib.sha256("".join(f"{k}:{digest}\n" for k, digest in several).encode()).hexdigest()
