"""Facts counted by their codes, apart from any database. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class Counted:
    """How many facts of one kind and quarter share these codes (by dimension).

    Below zero where more was taken back than recorded.
    """

    kind: str
    quarter: str
    codes: Mapping[str, str]
    count: int
