"""Guided exercises of the practice mode: for each function, what to try and how to know it
worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.i18n import lazy_gettext as _l
from casework.policy import Actor, Role


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """One thing to try: why, the steps, and where it begins (an endpoint)."""

    title: Any
    steps: tuple[Any, ...]
    begins: str


RECEIVE = Exercise(
    _l("Receive a woman and open her case"),
    (
        _l("Search first: write “Fadimata Maiga”. Are there people who may be the same?"),
        _l(
            "Choose “None of them: new case”. Read the limits of confidentiality aloud, then ask "
            "each question."
        ),
        _l("Write only what is useful. You may leave most questions empty."),
        _l("At the end, read the case code aloud to a colleague, in two groups of four."),
    ),
    "cases.new_case",
)
REFER = Exercise(
    _l("Refer a person and follow the answer"),
    (
        _l("Open one of your cases and choose “Refer”."),
        _l("Look at what the partner will see before it accepts, and after."),
        _l("Send. Who must answer, and by when? Find it again on your first page."),
    ),
    "cases.listing",
)
WITHDRAW = Exercise(
    _l("The person changes her mind"),
    (
        _l(
            "Open one of your cases that was referred. There, under “What she agrees to”, open "
            "“All consents”."
        ),
        _l(
            "Beside a consent to share, choose “She takes it back”. Read what the page says about "
            "the partner."
        ),
    ),
    "cases.listing",
)
ASSIGN = Exercise(
    _l("See what is late in your team"),
    (
        _l("On your first page, find the oldest thing that waits, and who must act."),
        _l("Open one case. Beside “Followed by”, choose “Change”, and give it to another worker."),
    ),
    "desk.desk",
)
ANSWER = Exercise(
    _l("Answer a referral"),
    (
        _l("On your first page, open the referral that is due first. You see no name yet."),
        _l("Accept it. Now the sections the person agreed to are open."),
        _l("Say that the service was given, with its date."),
    ),
    "desk.desk",
)
READ_FIGURES = Exercise(
    _l("Read the figures of a closed quarter"),
    (
        _l("Open the statistics. Why do all figures end in 0 or 5?"),
        _l("Find a “<5”. What does it say, and what does it not say?"),
    ),
    "statistics.overview",
)
READ_LOG = Exercise(
    _l("See who looked at what"),
    (
        _l("Open the log. Find a case that was looked at, and by which function."),
        _l("Is there a name of a person helped anywhere? There must be none."),
    ),
    "admin.audit_log",
)
KEEP_TEAMS = Exercise(
    _l("Prepare an account for a new colleague"),
    (
        _l("Open the teams, choose one and “Invite somebody”. Write down the one-time code."),
        _l("Say the code to your colleague: she makes her own words with it."),
    ),
    "admin.teams",
)
KNOW_PROVIDERS = Exercise(
    _l("Find who can help"),
    (
        _l("Open the directory and choose a service and a municipality."),
        _l("One court sits in another town than its jurisdiction. Which one?"),
    ),
    "directory.listing",
)
PARTNER = (ANSWER, KNOW_PROVIDERS)
WORKER = (RECEIVE, REFER, WITHDRAW, KNOW_PROVIDERS)
EXERCISES: dict[Role, tuple[Exercise, ...]] = {
    Role.RELAY: (KNOW_PROVIDERS,),
    Role.PARALEGAL: WORKER,
    Role.COORDINATOR: (*WORKER, ASSIGN),
    Role.FOCAL_POINT: PARTNER,
    Role.SECOND: PARTNER,
    Role.AGENT: PARTNER,
    Role.ADMINISTRATOR: (KEEP_TEAMS, KNOW_PROVIDERS),
    Role.MANAGER: (READ_FIGURES,),
    Role.DONOR: (READ_FIGURES,),
    Role.AUDITOR: (READ_LOG,),
}


def exercises_for(actor: Actor) -> tuple[Exercise, ...]:
    """What this person can try, in the order of her own work, each exercise once."""
    found = (each for role in sorted(actor.roles()) for each in EXERCISES[role])
    return tuple(dict.fromkeys(found))
