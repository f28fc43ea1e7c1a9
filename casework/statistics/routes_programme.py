"""The programme as managers and donors read it: results, pathway, activities, attestations.

Everything is of closed quarters; attestations say that something was done, and never how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, render_template
from sqlalchemy.orm import Session

from casework import places
from casework.programme import queries as programme
from casework.programme.framework import AWARENESS, BROADCASTS, GENERAL, TRAINING, WITHOUT_FILE
from casework.programme.kinds import AGES, KINDS, LANGUAGES, SEXES, THEMES
from casework.programme.kinds import PRACTICES as PRACTICE_WORDS
from casework.programme.queries import Done
from casework.statistics import queries
from casework.statistics.blueprint import VIEW, blueprint, note_view, published
from casework.statistics.labels import kind_label, table_label
from casework.statistics.pathway import read_pathway
from casework.statistics.presentation import spaced
from casework.statistics.queries import MOST_PERIODS, Closed
from casework.statistics.results import objectives, read_reached
from casework.statistics.routes_periods import Stamp, catalogue_of, short_name, stamp
from casework.web.gate import requires

RECENT = 4
PEOPLE_BY = {
    "commune": dict(places.choices()),
    "sex": SEXES,
    "age": AGES,
    "theme": THEMES,
}


@dataclass(frozen=True, slots=True)
class Recent:
    """All closed quarters, of which the last stand as columns, with their stamps."""

    all: Sequence[Closed]
    shown: Sequence[Closed]
    heads: Sequence[str]
    stamps: Sequence[Stamp]
    bound: int


@blueprint.get("/statistics/results")
@requires(VIEW)
def results() -> str:
    """The results framework: baseline, target, and what was reached."""
    recent = read_recent(published())
    note_view(None)
    return render_template(
        "statistics/results.html",
        recent=recent,
        general=GENERAL,
        objectives=objectives(),
        reached=read_reached(published(), recent.all, RECENT),
    )


@blueprint.get("/statistics/pathway")
@requires(VIEW)
def pathway() -> str:
    """From the request to the confirmed service, and what stood in the way."""
    recent = read_recent(published())
    if not recent.shown:
        abort(404)
    note_view(None)
    kinds = dict(catalogue_of(recent.shown[-1]).kinds)
    found = read_pathway(published(), recent.shown, kinds)
    return render_template(
        "statistics/pathway.html", recent=recent, found=found, titles=obstacle_titles()
    )


@blueprint.get("/statistics/activities")
@requires(VIEW)
def activities() -> str:
    """What the programme did in the last closed quarters, exactly: no person helped is in it."""
    recent = read_recent(published())
    note_view(None)
    periods = [each.period for each in recent.shown]
    return render_template(
        "statistics/activities.html", recent=recent, **read_activities(published(), periods)
    )


@blueprint.get("/statistics/attestations")
@requires(VIEW)
def attestations() -> str:
    """Which teams attested which months; no number of anything."""
    return render_template("statistics/attestations.html", rows=programme.attestations(published()))


def read_recent(session: Session) -> Recent:
    """The closed quarters; the last four of them stand as columns."""
    closed = queries.closed_quarters(session, MOST_PERIODS)
    shown = closed[-RECENT:]
    prints = queries.fingerprints(session, [each.period for each in shown])
    return Recent(
        closed,
        shown,
        [short_name(each) for each in shown],
        [stamp(each, prints) for each in shown],
        sum(each.bound for each in shown),
    )


def read_activities(session: Session, periods: Sequence[str]) -> dict[str, Any]:
    """Everything the page of activities shows of these quarters."""
    done = programme.done(session, periods)
    return {
        "lines": [(kind, [done.get((kind, each), Done()) for each in periods]) for kind in KINDS],
        "people": [
            (name, people_lines(session, name, periods)) for name in ("commune", "sex", "age")
        ],
        "broadcasts": [
            (name, event_lines(session, name, periods)) for name in ("radio", "language", "theme")
        ],
        "marks": programme.marks(session, periods),
        "practices": programme.practices_noted(session, periods),
        "themes": THEMES,
        "practice_words": PRACTICE_WORDS,
    }


def people_lines(
    session: Session, name: str, periods: Sequence[str]
) -> list[tuple[Any, tuple[int, ...]]]:
    """People reached, trained and informed, by one dimension."""
    found = [
        programme.people_by(session, kinds, periods, name)
        for kinds in (AWARENESS, TRAINING, WITHOUT_FILE)
    ]
    words = PEOPLE_BY[name]
    return [(words[code], tuple(by.get(code, 0) for by in found)) for code in words]


def event_lines(session: Session, name: str, periods: Sequence[str]) -> list[tuple[Any, int]]:
    """Broadcasts by radio, language or theme."""
    found = programme.events_by(session, BROADCASTS, periods, name)
    words: dict[str, Any] = {"language": LANGUAGES, "theme": THEMES}.get(name, {})
    return [(words.get(code, code), count) for code, count in found.items()]


def obstacle_titles() -> dict[tuple[str, str], str]:
    """The caption of each table of obstacles."""
    pairs = (
        ("referral", "referral_end"),
        ("referral", "answer"),
        ("closed", "closure"),
        ("incident", "care"),
    )
    return {(kind, table): f"{kind_label(kind)} — {table_label(table)}" for kind, table in pairs}


def register(app: Flask) -> None:
    """Templates write exact numbers with their thousands apart."""
    app.jinja_env.filters["spaced"] = spaced
