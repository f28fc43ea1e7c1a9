"""A closed period as JSON, in the form that `protect` writes and `attack` reads. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from casework.statistics.blocks import Block
from casework.statistics.published import block_as_json
from casework.statistics.routes_periods import Stamp

FORMAT = 1


def period_file(
    blocks: Sequence[Block], stamp: Stamp, ended_on: date, words: Sequence[str]
) -> bytes:
    """The blocks of one period with its stamp and the note on method; UTF-8, ends its last line."""
    content = {
        "format": FORMAT,
        "catalogue": stamp.catalogue,
        "year_starts_in": year_start(stamp.release, ended_on),
        "release": {
            "period": stamp.release,
            "closed_on": stamp.closed_at.date().isoformat(),
            "base": stamp.base,
            "bound": stamp.bound,
            "digest": stamp.digest,
        },
        "method": list(words),
        "blocks": [block_as_json(block, quarters(stamp.release, ended_on)) for block in blocks],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def quarters(period: str, ended_on: date) -> list[str]:
    """The quarters a period is made of: itself, or the four of a year that ended on the day."""
    if "Q" in period:
        return [period]
    last = ended_on.year * 4 + (ended_on.month - 1) // 3
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(last - 3, last + 1)]


def year_start(period: str, ended_on: date) -> int:
    """The month a year of this programme begins with, as far as the period tells: 1 or later."""
    return 1 if "Q" in period else ended_on.month % 12 + 1
