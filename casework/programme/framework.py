"""The results framework: objective, result, indicator; read from the top down. Pure.

Indicators A count what the programme does, exactly; indicators B count people helped, as published.
The two are never added to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casework.i18n import lazy_gettext as _l

AWARENESS = ("sensibilisation", "causerie")
TRAINING = ("formation_relais",)
BROADCASTS = ("radio_message", "radio_debat")
WITHOUT_FILE = ("info_sans_dossier",)
MEETINGS = ("atelier_synergie", "reunion_mensuelle")
PEOPLE, EVENTS, FIGURES = "people", "events", "figures"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the framework and where its number comes from.

    `counts` is `people` or `events` of the activities of these `kinds`, or `figures`: then `kind`
    names the published kind of fact and `cell` the table and code, the total where it is empty.
    """

    code: str
    label: Any
    counts: str
    kinds: tuple[str, ...] = ()
    kind: str = ""
    cell: tuple[str, str] = ("total", "")


@dataclass(frozen=True, slots=True)
class Result:
    """One result of the framework with its indicators."""

    code: str
    label: Any
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Objective:
    """One specific objective with its results."""

    code: str
    label: Any
    results: tuple[Result, ...]


GENERAL = _l("Make access to justice easier for the people of the region of Timbuktu")
FRAMEWORK = (
    Objective(
        "1",
        _l("People know the initiatives for fair access to justice"),
        (
            Result(
                "1.1",
                _l("What people and services know about access to justice has grown"),
                (
                    Indicator("A1", _l("People reached by awareness"), PEOPLE, AWARENESS),
                    Indicator("A2", _l("Relays trained"), PEOPLE, TRAINING),
                    Indicator("A3", _l("Radio messages and debates"), EVENTS, BROADCASTS),
                ),
            ),
            Result(
                "1.2",
                _l("Citizens take part in every initiative"),
                (
                    Indicator("A4", _l("People informed without a file"), PEOPLE, WITHOUT_FILE),
                    Indicator("A5", _l("Coordination meetings held"), EVENTS, MEETINGS),
                ),
            ),
        ),
    ),
    Objective(
        "2",
        _l("Women, children and other victims have ways to obtain redress"),
        (
            Result(
                "2.1",
                _l("Women, children and other victims have obtained redress"),
                (
                    Indicator("B1", _l("People helped"), FIGURES, kind="served"),
                    Indicator(
                        "B2",
                        _l("People reached by services after gender-based violence"),
                        FIGURES,
                        kind="served",
                        cell=("gbv", "yes"),
                    ),
                    Indicator("B3", _l("People registered"), FIGURES, kind="registered"),
                    Indicator("B4", _l("Referrals ended"), FIGURES, kind="referral"),
                    Indicator("B5", _l("People who obtained redress"), FIGURES, kind="redress"),
                    Indicator(
                        "B6",
                        _l("Civil status and identity papers issued"),
                        FIGURES,
                        kind="document",
                    ),
                    Indicator(
                        "B7",
                        _l("Rapes cared for within 72 hours"),
                        FIGURES,
                        kind="incident",
                        cell=("care", "in_time"),
                    ),
                    Indicator("B8", _l("Cases closed"), FIGURES, kind="closed"),
                    Indicator(
                        "B9",
                        _l("People who said that the help satisfied them"),
                        FIGURES,
                        kind="feedback",
                        cell=("satisfaction", "yes"),
                    ),
                ),
            ),
        ),
    ),
)


def indicators() -> Iterator[Indicator]:
    """Every indicator, in the order of the framework."""
    for objective in FRAMEWORK:
        for result in objective.results:
            yield from result.indicators
