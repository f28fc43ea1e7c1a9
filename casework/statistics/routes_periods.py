"""What a closed period is called and by what it is known: on a page, in the log, in a file."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask_babel import get_locale

from casework.i18n import gettext, pgettext
from casework.statistics.catalogue import Catalogue, by_version
from casework.statistics.presentation import note
from casework.statistics.queries import Closed
from casework.web.formats import day

PERIOD = re.compile(r"[0-9]{4}(Q[1-4])?|FY[0-9]{4}")
USUAL_DELAY = timedelta(days=15)
SHORTENED = 12


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands under every output, so that paper can be held against what was published.

    `digest` is the sha256 that the log keeps from the close, 64 hex digits.
    """

    release: str
    name: str
    catalogue: str
    closed_at: datetime
    base: int
    bound: int
    digest: str

    @property
    def fingerprint(self) -> str:
        """The first twelve hex digits, as they are printed."""
        return self.digest[:SHORTENED]

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What the line says, part by part: a word and its value."""
        return (
            (str(pgettext("figures", "Release")), self.release),
            (str(pgettext("figures", "catalogue")), self.catalogue),
            (str(pgettext("figures", "closed on")), day(self.closed_at)),
            (str(pgettext("figures", "base")), str(self.base)),
            (str(pgettext("figures", "bound")), str(self.bound)),
            (str(pgettext("figures", "fingerprint")), self.fingerprint),
        )


def stamp(closed: Closed, fingerprints: Mapping[str, str]) -> Stamp:
    """The stamp of one closed period."""
    return Stamp(
        release=closed.period,
        name=short_name(closed),
        catalogue=closed.catalogue,
        closed_at=closed.closed_at,
        base=catalogue_of(closed).base,
        bound=closed.bound,
        digest=fingerprints[closed.period],
    )


def catalogue_of(closed: Closed) -> Catalogue:
    """The catalogue by which the figures of the period were drawn."""
    return by_version(closed.catalogue)


def method(closed: Sequence[Closed]) -> str:
    """The note on method for figures of these periods, with the widest bounds any of them keeps."""
    quarters = [each.bound for each in closed if is_quarter(each.period)]
    usual = [catalogue_of(each).quarter_bound for each in closed]
    return note(max(quarters or usual), max(each.running_bound for each in closed))


def is_quarter(period: str) -> bool:
    """True for `2026Q3`, false for a year."""
    return "Q" in period


def long_name(closed: Closed) -> str:
    """The period as a title, as «3e trimestre 2026» or «Année 2026»."""
    if is_quarter(closed.period):
        return str(format_date(closed.ended_on, "QQQQ y", locale=get_locale()))
    if closed.period.startswith("FY"):
        return str(gettext("Fiscal year %(year)s", year=closed.period[2:]))
    return str(gettext("Year %(year)s", year=closed.period))


def short_name(closed: Closed) -> str:
    """The period as a column head, as «T3 2026»; a year as it is written in figures."""
    if is_quarter(closed.period):
        return str(format_date(closed.ended_on, "QQQ y", locale=get_locale()))
    return closed.period


def logged(period: str) -> str:
    """The period as the log writes it: `2026-Q3`, `2026`."""
    return period.replace("Q", "-Q").removeprefix("FY")


def usually_closed_on(today: date) -> date:
    """The day on which the quarter of `today` closes as a rule: fifteen days after its end."""
    last_month = today.month + 2 - (today.month - 1) % 3
    ends_on = today.replace(month=last_month, day=monthrange(today.year, last_month)[1])
    return ends_on + USUAL_DELAY
