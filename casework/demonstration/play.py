"""One invented case played from reception to closure, each act on its day, by the real actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from casework import clock
from casework.cases import closure, follow_up, intake
from casework.cases.access import access_case
from casework.cases.field_kinds import Per
from casework.cases.rules import settlement_problem
from casework.consent.recipients import proposed_sections
from casework.consent.records import CALL_BACK, RECORDING, SERVICES, SHARING, STATISTICS
from casework.demonstration.inventions import Story, identifier
from casework.demonstration.shapes import (
    CLOSINGS,
    GOUNDAM_COMMUNES,
    OTHER,
    REFUSALS,
    WAYS,
    Way,
    maybe,
    pick,
)
from casework.demonstration.stage import Player, Stage
from casework.directory.models import Provider
from casework.directory.queries import offering
from casework.policy import Permission
from casework.referrals import agreement
from casework.referrals.actions import Act, move
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import ELECTRONIC, Wish, draft_referral
from casework.referrals.withdrawal import open_referrals
from casework.referrals.workflow import By, Move, State

Doing = Callable[[], object]
RECEIVED_AT = time(9, 10)


@dataclass(order=True, slots=True)
class Step:
    """Something that happens at a moment; steps of all cases are played in the order of time."""

    moment: datetime
    order: int
    do: Doing = field(compare=False)


@dataclass(slots=True)
class Performance:
    """A story being played: the stage, its worker, and the steps to come.

    `by` says who answers for the person; where two workers decide for a child, `second` is the
    other one. `answers` are given at the reception beside the usual ones.
    """

    stage: Stage
    story: Story
    number: int
    worker: Player
    by: str = "personne"
    second: Player | None = None
    answers: tuple[dict[str, object], ...] = ()

    def at(self, days: float, doing: Doing) -> Step:
        """A step so many days after the reception, which is at ten past nine."""
        received = datetime.combine(self.story.received_on, RECEIVED_AT, UTC)
        return Step(received + timedelta(days=days), self.number, doing)

    @property
    def way(self) -> Way:
        """What is usually done for such a problem."""
        return WAYS.get(self.story.problem, OTHER)


def perform(stage: Stage, story: Story, number: int) -> Iterator[Step]:
    """Every step of a story; later ones only make sense once the earlier ones were played."""
    play = Performance(stage, story, number, worker_of(stage, story))
    chance = story.chance
    yield play.at(0, lambda: receive(play))
    day = 0.0
    for place, service in enumerate(play.way.services[: chance.choice((1, 1, 2, 3))]):
        day = place * chance.choice((0, 0, 3)) + chance.random() / 4
        yield from refer(play, service, day)
    yield play.at(5, lambda: serve(play))
    if maybe(chance, 0.55):
        yield play.at(chance.randint(20, 110), lambda: obtain(play))
    if maybe(chance, 0.96):
        yield play.at(chance.randint(50, 130), lambda: close(play))


def worker_of(stage: Stage, story: Story) -> Player:
    """The paralegal who receives: of the team of her commune."""
    handles = ("ibrahim", "zeinab") if story.commune in GOUNDAM_COMMUNES else ("fanta", "alassane")
    return stage.player(story.chance.choice(handles))


def answered(kind: str, said: str, **more: Any) -> dict[str, object]:
    """An answer about consent, given aloud before a witness today."""
    today = clock.today().isoformat()
    return {"kind": kind, "answer": said, "given_on": today, "mode": "oral_temoin", **more}


def receive(play: Performance) -> None:
    """She is received, says what she agrees to, and her case is opened."""
    session, story, worker = play.stage.session, play.story, play.worker
    said = {RECORDING: "yes", SERVICES: "yes", CALL_BACK: "yes"}
    said[STATISTICS] = "yes" if story.counted else "no"
    given = {"text_version": "1", "by": play.by}
    answers = [answered(kind, each, **given) for kind, each in said.items()]
    today = {"given_on": clock.today().isoformat()}
    answers += [{**each, **today} for each in play.answers]
    team_id = team_of(worker)
    intake.begin_case(session, *worker.by, team_id, story.case_id, answers)
    for name, value in story.sections().items():
        intake.save_section(session, *worker.by, story.case_id, name, value, 0)
    intake.complete_intake(session, *worker.by, story.case_id)


def agree_together(play: Performance) -> None:
    """The second worker stands by everything that the first decided in the child's place."""
    session, second = play.stage.session, play.second
    case = access_case(session, *play.worker.by, play.story.case_id, Permission.CASE_VIEW)
    waiting = [one for one in intake.consents_of(session, case) if not one.confirmed]
    if second is not None and waiting:
        agreement.confirm_decision(session, *second.by, case.id, waiting[0].id)


def team_of(player: Player) -> UUID:
    """The team of somebody who is in one."""
    if player.team_id is None:
        raise LookupError("this member of staff is in no team")
    return player.team_id


def refer(play: Performance, service: str, day: float) -> Iterator[Step]:
    """The case is referred, and the partner answers: soon, late, with a refusal, or never."""
    chance = play.story.chance
    referral_id = identifier(chance)
    yield play.at(day, lambda: send(play, service, referral_id))
    if maybe(chance, 0.1):
        return
    answer = day + chance.choice((0.3, 1, 2, 4, 8, 13, 20))
    if maybe(chance, 0.12):
        why = pick(chance, REFUSALS)
        yield play.at(answer, lambda: step(play, referral_id, Move.DECLINE, reason=why))
        return
    yield play.at(answer, lambda: step(play, referral_id, Move.ACCEPT))
    if maybe(chance, 0.85):
        served = answer + chance.choice((0.1, 1, 5, 12, 30))
        yield play.at(served, lambda: step(play, referral_id, Move.SERVE))
        if maybe(chance, 0.85):
            yield play.at(served + 3, lambda: step(play, referral_id, Move.CONFIRM, sender=True))


def provider_for(play: Performance, service: str, kind: str = "") -> Provider | None:
    """A provider of the service for the commune, of that kind if one is named; one with an account
    where there is one."""
    found = list(offering(play.stage.session, service, play.story.commune))
    working = [each for each in found if not each.suspended and kind in ("", each.kind)]
    with_account = [each for each in working if play.stage.answers_for(each)]
    return next(iter(with_account or working), None)


def ask(play: Performance, provider: Provider, said: str, **more: object) -> None:
    """She is asked whether this provider may know, and what she says is obeyed."""
    session, by = play.stage.session, play.worker.by
    value = answered(SHARING, said, by=play.by, recipient=str(provider.id), **more)
    agreement.record_answer(session, *by, play.story.case_id, value)
    agree_together(play)


def send(play: Performance, service: str, referral_id: UUID, kind: str = "") -> None:
    """With her consent for this provider and these sections, the referral goes out."""
    session, worker, story = play.stage.session, play.worker, play.story
    provider = provider_for(play, service, kind)
    grievances = story.facts["grievances"]
    if provider is None or settlement_problem(service, grievances):
        return
    written = story.sections()
    wished = [str(each) for each in proposed_sections(provider.kind, service) if each in written]
    expires = (clock.today() + timedelta(days=180)).isoformat()
    ask(play, provider, "yes", sections=wished, service=service, expires_on=expires)
    electronic = play.stage.answers_for(provider) is not None
    urgency = {"eleve": Urgency.EMERGENCY, "moyen": Urgency.URGENT}.get(story.risk, Urgency.NORMAL)
    people = tuple(person["id"] for person in story.identity["beneficiaries"])
    wish = Wish(
        provider_id=provider.id,
        service=service,
        urgency=urgency,
        channel=ELECTRONIC if electronic else "phone",
        people=people,
        grievance=grievances[0]["id"],
        sections=tuple(wished),
    )
    draft_referral(session, *worker.by, story.case_id, wish, referral_id)
    move(session, *worker.by, referral_id, Move.SEND, Act(clock.today()))


def step(
    play: Performance, referral_id: UUID, wanted: Move, *, reason: str = "", sender: bool = False
) -> None:
    """The receiver moves the referral, or the worker for it; nothing when it is over by now."""
    session = play.stage.session
    row = next(
        (each for each in open_referrals(session, play.story.case_id) if each.id == referral_id),
        None,
    )
    if row is None:
        return
    if sender:
        move(session, *play.worker.by, row.id, wanted, Act(clock.today()))
        return
    provider = session.get_one(Provider, row.provider_id)
    partner = play.stage.answers_for(provider)
    if partner is not None:
        move(session, *partner.by, row.id, wanted, Act(clock.today(), reason=reason))
        return
    told = Act(clock.today(), reason=reason, source=provider.name, means="telephone")
    move(session, *play.worker.by, row.id, wanted, told, by=By.ON_BEHALF)


def is_open(play: Performance) -> bool:
    """True while the case can be followed."""
    by = play.worker.by
    case = access_case(play.stage.session, *by, play.story.case_id, Permission.CASE_VIEW)
    return case.row.status not in ("cloture", "brouillon")


def note(play: Performance, kind: Per, **value: object) -> None:
    """An entry of today stands in the case, while it is open."""
    if is_open(play):
        dated = {"happened_on": clock.today().isoformat(), **value}
        due = clock.today() + timedelta(days=14)
        follow_up.record_entry(
            play.stage.session, *play.worker.by, play.story.case_id, kind, dated, due
        )


def serve(play: Performance) -> None:
    """The team's own service, and a note of the visit."""
    people = [person["id"] for person in play.story.identity["beneficiaries"]]
    own = play.way.own
    if settlement_problem(own, play.story.facts["grievances"]) is None:
        note(play, Per.SERVICE, code=own, people=people)
    text = "Entretien au bureau. Elle connaît ses droits et la suite."
    note(play, Per.JOURNAL, nature="entretien", text=text)


def obtain(play: Performance) -> None:
    """What came of it, with its proof."""
    people = play.story.identity["beneficiaries"]
    holders = people[1:] or people[:1]
    if settlement_problem(play.way.outcome, play.story.facts["grievances"]) is None:
        named = [person["id"] for person in holders]
        note(play, Per.OUTCOME, code=play.way.outcome, proof=play.way.proof, people=named)


def close(play: Performance, reason: str = "") -> None:
    """What is still open is ended, then the case is closed: for that reason, or one drawn."""
    if not is_open(play):
        return
    session, by = play.stage.session, play.worker.by
    for row in open_referrals(session, play.story.case_id):
        ending = Move.CANCEL if row.state == State.DRAFT else Move.NO_ACTION
        move(session, *by, row.id, ending, Act(clock.today(), reason="pas_prete"))
    code = reason or pick(play.story.chance, CLOSINGS)
    value = {"code": code, "happened_on": clock.today().isoformat(), "told_may_return": True}
    closure.close_case(session, *by, play.story.case_id, value, 0)
