"""What the programme does in the demonstration besides cases: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from casework import clock, places
from casework.demonstration.play import Step
from casework.demonstration.stage import Stage
from casework.programme.actions import (
    Described,
    attest_month,
    note_practice,
    record_activity,
    save_radio,
    set_goals,
)
from casework.programme.kinds import AGES, KINDS, LANGUAGES, SEXES, THEMES, TRAINED
from casework.programme.models import Radio

RADIOS = (
    ("Radio Alfarook", "ML060506"),
    ("Radio Jamana", "ML060506"),
    ("Radio Bouctou", "ML060506"),
    ("Radio Lac Faguibine", "ML060208"),
    ("Radio Télé", "ML060208"),
    ("Radio Douékiré FM", "ML060204"),
    ("Radio Alafia", "ML060501"),
    ("Radio Issa Ber", "ML060503"),
)
GOALS: dict[str, tuple[int, int]] = {
    "A1": (0, 6000),
    "A2": (0, 240),
    "A3": (12, 240),
    "A4": (0, 900),
    "A5": (0, 60),
    "B1": (0, 600),
    "B2": (0, 200),
    "B3": (0, 700),
    "B4": (0, 800),
    "B5": (0, 250),
    "B6": (0, 150),
    "B7": (0, 20),
    "B8": (0, 500),
    "B9": (0, 100),
}
PRACTICES = (
    (
        "customary",
        "land",
        (
            "Le chef de fraction réunit éleveurs et cultivateurs avant les pluies et fixe avec "
            "eux les couloirs de passage. Le procès-verbal est remis à la commission foncière."
        ),
    ),
    (
        "religious",
        "inheritance",
        (
            "Le cadi explique aux frères la part de la veuve et des filles devant témoins, puis "
            "fait écrire le partage. La famille garde une copie."
        ),
    ),
    (
        "customary",
        "civil_status",
        (
            "Les sages-femmes traditionnelles rappellent à chaque naissance le délai de trente "
            "jours et accompagnent la mère à la mairie."
        ),
    ),
)
EACH_MONTH = (
    ("sensibilisation", 2),
    ("causerie", 1),
    ("info_sans_dossier", 2),
    ("radio_message", 2),
    ("radio_debat", 1),
    ("reunion_mensuelle", 1),
)
EACH_QUARTER = (("formation_relais", 1), ("atelier_synergie", 1), ("mission_suivi", 1))
SIZES = {"sensibilisation": 12, "causerie": 5, "formation_relais": 3, "info_sans_dossier": 2}
MEETING_SIZE = 3


def activity_steps(stage: Stage, begin: date, seed: int) -> list[Step]:
    """Every activity from the first day on, each told by a coordinator on the evening of its
    day."""
    rng = Random(f"{seed} activities")  # nosec B311
    steps = [Step(at(begin), -1, partial(prepare, stage, begin))]
    for number, month in enumerate(months(begin)):
        wanted = [*EACH_MONTH, *(EACH_QUARTER if number % 3 == 1 else ())]
        for kind, times in wanted:
            steps += [told(stage, rng, kind, month) for _ in range(times)]
        steps += attested(stage, month)
        if number % 3 == 2:
            practice = PRACTICES[number // 3 % len(PRACTICES)]
            steps.append(Step(at(month), -1, partial(noted, stage, month, practice)))
    return steps


def months(begin: date) -> Iterator[date]:
    """The first day of each month up to the present one."""
    month = begin
    while month <= clock.today():
        yield month
        month = following(month)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


def at(day: date) -> datetime:
    """The evening of a day."""
    return datetime.combine(day, time(18), UTC)


def prepare(stage: Stage, begin: date) -> None:
    """The radios have signed, and the goals are set."""
    for name, commune in RADIOS:
        save_radio(stage.session, stage.player("aminata").actor, name, commune, begin)
    set_goals(stage.session, stage.player("admin").actor, GOALS)


def told(stage: Stage, rng: Random, kind: str, month: date) -> Step:
    """One activity on some day of the month; it is invented now and written down then."""
    day = month + timedelta(days=rng.randrange(27))
    who = rng.choice(("aminata", "oumar"))
    invented = described(rng, kind, day)
    return Step(at(day), -1, partial(write_down, stage, who, invented, rng.randrange(len(RADIOS))))


def described(rng: Random, kind: str, day: date) -> dict[str, Any]:
    """What happened: codes and numbers that fit the kind."""
    asked = KINDS[kind]
    commune = rng.choice(places.project_communes()).pcode
    found: dict[str, Any] = {"kind": kind, "held_on": day, "commune": commune, "proof": proof(kind)}
    if asked.themes:
        found["theme"] = rng.choice(TRAINED if asked.tests else tuple(THEMES))
    if asked.people:
        size = SIZES.get(kind, MEETING_SIZE)
        found["heads"] = {(s, a): rng.randint(0, size) for s in SEXES for a in AGES}
        found["heads"]["F", "a18_35"] += 1
        found["displaced"] = rng.randint(0, 1)
    if asked.tests:
        before = rng.randint(30, 50)
        found |= {"before_percent": before, "after_percent": before + rng.randint(15, 35)}
    if asked.radio:
        found |= {"language": rng.choice(tuple(LANGUAGES)), "minutes": radio_minutes(kind)}
        found["callers"] = rng.randint(0, 15) if kind == "radio_debat" else None
    if asked.services:
        found["services"] = rng.randint(3, 9)
    return found


def radio_minutes(kind: str) -> int:
    """A debate lasts an hour; a message is said twelve times."""
    return 60 if kind == "radio_debat" else 12


def proof(kind: str) -> str:
    """What is kept of it."""
    if KINDS[kind].radio:
        return "recording"
    kept = {"mission_suivi": "mission_report", "info_sans_dossier": "tally_sheet"}
    return kept.get(kind, "signed_list")


def write_down(stage: Stage, who: str, invented: dict[str, Any], radio: int) -> None:
    """The activity stands in the register."""
    if KINDS[invented["kind"]].radio:
        name = RADIOS[radio][0]
        found = stage.session.scalars(select(Radio).where(Radio.name == name)).one()
        invented = invented | {"radio_id": found.id}
    record_activity(stage.session, stage.player(who).actor, Described(**invented))


def noted(stage: Stage, month: date, practice: tuple[str, str, str]) -> None:
    """The practice stands in the register."""
    kind, theme, words = practice
    actor = stage.player("oumar").actor
    note_practice(stage.session, actor, kind, theme, "ML060506", month, words)


def attested(stage: Stage, month: date) -> list[Step]:
    """Both coordinators attest the month on the third day of the next."""
    day = at(following(month) + timedelta(days=2))
    return [Step(day, -1, partial(attest, stage, handle, month)) for handle in ("aminata", "oumar")]


def attest(stage: Stage, handle: str, month: date) -> None:
    """The month of the coordinator's team is attested."""
    player = stage.player(handle)
    if player.team_id is not None:
        attest_month(stage.session, player.actor, player.team_id, month)
