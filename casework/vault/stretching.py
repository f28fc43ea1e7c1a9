"""Argon2id, the slow hash of everything that a person types or says: 64 MiB, three passes.

Lanes stay at one: more would let an attacker with many cores go faster than the server. At most
two run at once in a process, so that a burst of sign-ins cannot exhaust a small machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import BoundedSemaphore

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casework.vault.errors import WeakParameters
from casework.vault.primitives import KEY_BYTES

AT_ONCE = 2
SALT_BYTES = 16
_slots = BoundedSemaphore(AT_ONCE)
_WRITTEN = re.compile(r"argon2id\$v=19\$m=([1-9][0-9]{0,7}),t=([1-9][0-9]?),p=([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one stretching costs: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int = 1

    def __str__(self) -> str:
        return f"argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}"


FLOOR = Cost(memory_kib=64 * 1024, passes=3)
CEILING = Cost(memory_kib=1024 * 1024, passes=16)


def read_cost(written: str) -> Cost:
    """The cost a stored row names; raises `WeakParameters` outside floor and ceiling.

    The ceiling (1 GiB, 16 passes) keeps a changed row from stopping the server.
    """
    parts = _WRITTEN.fullmatch(written)
    if parts is None:
        raise WeakParameters("the row names no known hashing")
    cost = Cost(*(int(part) for part in parts.groups()))
    if not _within(cost):
        raise WeakParameters("the row's hashing is outside the allowed range")
    return cost


def _within(cost: Cost) -> bool:
    return (
        FLOOR.memory_kib <= cost.memory_kib <= CEILING.memory_kib
        and FLOOR.passes <= cost.passes <= CEILING.passes
        and cost.lanes == FLOOR.lanes
    )


def stretch(secret: bytes, salt: bytes, cost: Cost = FLOOR) -> bytes:
    """32 bytes out of words, after about 0.2 s and the cost's memory; waits for a free slot."""
    with _slots:
        return Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        ).derive(secret)
