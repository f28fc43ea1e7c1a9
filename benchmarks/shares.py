"""How long a call takes, and which share of it is sealing, the database and the templates.

Times are medians of calls that nobody watches: by the clock, and of the processor, which says the
same on a busy machine. Shares come from further calls during which a timer looks up to two thousand
times a second where the program is; the processor's time since it last looked belongs to the
innermost part that the program is in. What no part has called is the rest.
"""

from __future__ import annotations

import gc
import signal
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time
from types import CodeType, FrameType

from benchmarks.acts import Call
from config import ROOT

TEMPLATES = str(ROOT / "templates")
PARTS: dict[str, tuple[str, ...]] = {
    "crypto": ("/casework/vault/", "/cryptography/"),
    "database": ("/sqlalchemy/", "/flask_sqlalchemy/", "/psycopg/"),
    "template": ("/jinja2/", "/flask/templating.py", TEMPLATES, "<template>"),
}
REST = "rest"
EVERY = 0.0005
WATCHED = 1.0
"""Seconds for which a call is repeated while it is watched, at least once."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Median milliseconds of a call by the clock and of the processor, and the share of each part
    from 0 to 1."""

    name: str
    clock: float
    processor: float
    shares: dict[str, float]


def measure(name: str, call: Call, times: int = 40) -> Measured:
    """The call measured so many times, after one that is not."""
    call()
    times_taken = [timed(call) for _ in range(times)]
    by_clock, of_processor = (median(each) for each in zip(*times_taken, strict=True))
    return Measured(name, by_clock, of_processor, shares(call))


def timed(call: Call) -> tuple[float, float]:
    """How many milliseconds one call takes: by the clock, of the processor."""
    gc.collect()
    begun, before = perf_counter(), process_time()
    call()
    return (perf_counter() - begun) * 1000, (process_time() - before) * 1000


def ratio(one: Call, other: Call, times: int = 100) -> float:
    """How many times as much of the processor `one` takes as `other`, measured in turns."""
    pairs = [(timed(one)[1], timed(other)[1]) for _ in range(times)]
    return median(first for first, _ in pairs) / median(second for _, second in pairs)


@dataclass(slots=True)
class Watch:
    """Adds up the seconds spent in each part while it is started."""

    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*PARTS, REST), 0.0))
    known: dict[CodeType, str] = field(default_factory=dict)
    last: float = 0.0

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """The time since the last look belongs to the part the program is in."""
        self.spent[self.part(frame)] += process_time() - self.last
        self.last = process_time()

    def part(self, frame: FrameType | None) -> str:
        """The part of the innermost function that belongs to one."""
        while frame is not None:
            code = frame.f_code
            if code not in self.known:
                self.known[code] = part_of(code.co_filename)
            if self.known[code] != REST:
                return self.known[code]
            frame = frame.f_back
        return REST

    def during(self, call: Call) -> None:
        """The call is watched."""
        self.last = process_time()
        signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
        try:
            call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def part_of(filename: str) -> str:
    """The part a file of the program belongs to."""
    marks = ((part, mark) for part, found in PARTS.items() for mark in found)
    return next((part for part, mark in marks if mark in filename), REST)


def shares(call: Call) -> dict[str, float]:
    """The share of each part and of the rest."""
    watch = Watch()
    before = signal.signal(signal.SIGALRM, watch.look)
    try:
        while sum(watch.spent.values()) < WATCHED:
            watch.during(call)
    finally:
        signal.signal(signal.SIGALRM, before)
    return {part: seconds / sum(watch.spent.values()) for part, seconds in watch.spent.items()}
