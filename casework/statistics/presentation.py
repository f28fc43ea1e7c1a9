"""How a protected figure is written: never as if exact, never more than was published. Pure.

A difference of the base says nothing, a share of a small whole says too much, and a rounded zero is
no zero; these rules stand here once, for pages, files and charts alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework.i18n import gettext

LOW = "<5"
LOW_SYMBOL = "[low]"
LEAST_CHANGE = 10
LEAST_WHOLE = 30
NOT_APPLICABLE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure as shown: its words, the interval it stands for, and its symbol if any."""

    value: int
    text: str
    lower: int
    upper: int
    symbol: str

    @property
    def low(self) -> bool:
        """True for a rounded zero, shown as `<5`."""
        return self.value == 0


def figure(value: int, bound: int = 4) -> Figure:
    """A published figure with its words and interval; `bound` is the one its release promises."""
    if value == 0:
        return Figure(0, LOW, 0, bound, LOW_SYMBOL)
    return Figure(value, about(value), max(0, value - bound), value + bound, "")


def about(value: int) -> str:
    """A figure with the sign of an estimate and thousands apart, as `≈ 1 250`, unbreakable."""
    return f"≈\u00a0{spaced(value)}"


def spaced(value: int) -> str:
    """A whole number with its thousands apart by unbreakable narrow spaces."""
    return f"{value:,}".replace(",", "\u202f")


def change(before: int | None, after: int | None) -> str:
    """How a figure moved between two periods of equal length; differences below ten are `stable`.

    Empty when one of the two is not published.
    """
    if before is None or after is None:
        return ""
    if abs(after - before) < LEAST_CHANGE:
        return str(gettext("stable"))
    return f"{'+' if after > before else '−'}\u00a0{about(abs(after - before))}"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, rounded to five; empty when the whole is below thirty.

    Both are published figures. A rounded zero has no share, and none is ever above a hundred.
    """
    if whole < LEAST_WHOLE or part == 0:
        return ""
    percent = min(100, 5 * round(20 * part / whole))
    return _percent(percent)


def progress(reached: int, target: int) -> str:
    """What part of a planned number is reached, in per cent; empty without a target."""
    if target <= 0:
        return ""
    return _percent(5 * round(20 * reached / target))


def note(bound: int = 4, running_bound: int = 9) -> str:
    """The sentences under every table, chart and file: that figures are rounded, and how far."""
    return str(
        gettext(
            "Figures are rounded to a multiple of 5 to protect people. The difference from the "
            "real figure is %(bound)s at most (%(running)s at most, rarely, in crossed and yearly "
            "tables). “<5” means 0 to 4 (very rarely up to %(running)s) and counts as 0. Totals "
            "add up exactly. Do not read a difference of 5 as a change.",
            bound=bound,
            running=running_bound,
        )
    )


def _percent(percent: int) -> str:
    return f"≈\u00a0{percent}\u00a0%"


def summed(value: int, bound: int) -> str:
    """A sum of published figures, true within `bound`; a sum of rounded zeros says how far it may
    reach."""
    if value:
        return about(value)
    return LOW if bound < LEAST_CHANGE // 2 else f"≤\u00a0{bound}"
