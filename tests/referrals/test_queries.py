"""What a list shows is exactly what the point check lets somebody open, and nothing about anybody
before a partner has accepted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.log import flush_views
from casework.audit.models import AuditEntry
from casework.errors import CaseworkError
from casework.policy import Permission
from casework.referrals import queries
from casework.referrals.access import access_referral
from casework.referrals.deadlines import Rung, Urgency
from casework.referrals.drafting import Wish, draft_referral
from casework.referrals.lines import Line
from casework.referrals.models import Referral
from casework.referrals.withdrawal import withdraw
from casework.referrals.workflow import By, Move, State
from tests.referrals.screens import case_of, sent_to_health
from tests.support.cast import COURT, HEALTH, LEGAL_AID, Cast, Person
from tests.support.databases import on_both_databases
from tests.support.files import CANARY, agree, moved, referred


def everything(session: Session, cast: Cast) -> list[Referral]:
    """Referrals of both owner teams in every kind of state: draft, thrown away, sent, accepted,
    declined, withdrawn, by letter."""
    zeinab, fanta, mariam = (cast.person(name) for name in ("zeinab", "fanta", "mariam"))
    health, legal_aid = cast.provider(HEALTH), cast.provider(LEGAL_AID)
    found = []
    for worker in (zeinab, fanta):
        case = case_of(session, worker)
        by = (session, worker.actor, worker.keyring)
        first = agree(session, worker, case, health, "identity")
        agree(session, worker, case, legal_aid, "identity")
        draft = Wish(health, "sante", Urgency.NORMAL, "electronic")
        found += [draft_referral(*by, case.id, draft) for _ in range(2)]
        moved(session, worker, found[-1], Move.CANCEL)
        found.append(
            referred(
                session, worker, case, cast.provider(COURT), service="etat_civil", channel="letter"
            )
        )
        found += [referred(session, worker, case, health, "identity") for _ in range(3)]
        moved(session, mariam, found[-1], Move.DECLINE, reason="capacite")
        moved(session, mariam, found[-2], Move.ACCEPT)
        found.append(
            referred(session, worker, case, legal_aid, "identity", service="info_juridique")
        )
        if worker is fanta:
            withdraw(*by, case.id, first, clock.today())
    return found


def listed_by(session: Session, who: Person) -> set[UUID]:
    """Every referral that the lists of a person show, page after page."""
    by = (session, who.actor, who.keyring)
    lines, after = queries.list_open(*by, limit=2)
    while after is not None:
        more, after = queries.list_open(*by, after, limit=2)
        lines += more
    over = queries.list_over(*by)
    ids = [line.id for line in (*lines, *over)]
    assert len(ids) == len(set(ids))
    return set(ids)


def openable_by(session: Session, who: Person, rows: list[Referral]) -> set[UUID]:
    """Every referral that the point check lets a person open."""
    found = set()
    for row in rows:
        try:
            access_referral(session, who.actor, who.keyring, row.id, Permission.REFERRAL_VIEW)
        except CaseworkError:
            continue
        found.add(row.id)
    return found


@on_both_databases
def test_the_lists_show_exactly_what_the_point_check_opens(session: Session, cast: Cast) -> None:
    rows = everything(session, cast)
    shown = {}
    for handle, person in cast.people.items():
        shown[handle] = listed_by(session, person)
        assert shown[handle] == openable_by(session, person, rows), handle
    assert len(shown["zeinab"]) == len(shown["fanta"]) == 7
    assert shown["moussa"] == shown["admin"] == shown["manager"] == set()
    assert len(shown["mariam"]) == 6


def line(session: Session, who: Person, row: Referral) -> Line:
    """The referral as it stands in the lists of a person."""
    by = (session, who.actor, who.keyring)
    lines = [*queries.list_open(*by)[0], *queries.list_over(*by)]
    return next(one for one in lines if one.id == row.id)


def test_before_acceptance_a_partners_list_knows_no_name(session: Session, cast: Cast) -> None:
    row, mariam = sent_to_health(session, cast), cast.person("mariam")
    found = line(session, mariam, row)
    assert (found.name, found.card["service"]) == ("", "sante")
    assert CANARY not in str(found.card)


def test_after_acceptance_the_name_stands_where_identity_is_shared(
    session: Session, cast: Cast
) -> None:
    named, unnamed = sent_to_health(session, cast), sent_to_health(session, cast, "health")
    mariam = cast.person("mariam")
    for row in (named, unnamed):
        moved(session, mariam, row, Move.ACCEPT)
    assert CANARY in line(session, mariam, named).name
    assert line(session, mariam, unnamed).name == ""


def test_once_over_a_partners_list_knows_the_state_only(session: Session, cast: Cast) -> None:
    row, mariam = sent_to_health(session, cast), cast.person("mariam")
    moved(session, mariam, row, Move.ACCEPT)
    moved(session, mariam, row, Move.NO_ACTION, reason="capacite")
    found = line(session, mariam, row)
    assert (found.state, found.card, found.name) == (State.NO_ACTION, {}, "")


def test_the_first_due_comes_first(session: Session, cast: Cast) -> None:
    zeinab, health = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, health, "identity")
    for urgency in (Urgency.NORMAL, Urgency.EMERGENCY, Urgency.URGENT):
        referred(session, zeinab, case, health, "identity", urgency=urgency)
    lines, _ = queries.list_open(session, zeinab.actor, zeinab.keyring)
    assert [one.urgency for one in lines] == ["urgence", "urgent", "normal"]


def test_the_referrals_of_a_case_are_those_of_no_other(session: Session, cast: Cast) -> None:
    zeinab, health = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, health, "identity")
    row = referred(session, zeinab, case, health, "identity")
    sent_to_health(session, cast)
    lines = queries.referrals_of_case(session, zeinab.actor, zeinab.keyring, case)
    assert [one.id for one in lines] == [row.id]
    assert queries.open_referral_count(session, case.id) == 1
    moved(session, zeinab, row, Move.CANCEL, reason="pas_prete")
    assert queries.open_referral_count(session, case.id) == 0


def test_the_log_says_which_referrals_were_listed(session: Session, cast: Cast) -> None:
    row, mariam = sent_to_health(session, cast), cast.person("mariam")
    queries.list_open(session, mariam.actor, mariam.keyring)
    flush_views(session)
    session.flush()
    query = select(AuditEntry.body).where(AuditEntry.action == "referral.listed")
    assert str(row.id) in str(session.scalars(query).one())


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (0.4, ()),
        (0.6, (Rung.FOCAL_POINT,)),
        (1.1, (Rung.FOCAL_POINT, Rung.SECOND)),
        (1.6, (Rung.FOCAL_POINT, Rung.SECOND, Rung.SENDER)),
        (2.1, (Rung.FOCAL_POINT, Rung.SECOND, Rung.SENDER, Rung.COORDINATOR)),
    ],
)
def test_lateness_climbs_from_the_partner_to_the_coordinator(
    session: Session, cast: Cast, after: float, told: tuple[Rung, ...]
) -> None:
    row, zeinab = sent_to_health(session, cast), cast.person("zeinab")
    with clock.at(clock.now() + timedelta(hours=72) * after):
        assert line(session, zeinab, row).told() == told


def test_without_an_account_it_climbs_on_the_senders_side(session: Session, cast: Cast) -> None:
    zeinab, court = cast.person("zeinab"), cast.provider(COURT)
    case = case_of(session, zeinab)
    row = referred(session, zeinab, case, court, service="etat_civil", channel="phone")
    with clock.at(clock.now() + timedelta(hours=72) * 1.6):
        found = line(session, zeinab, row)
        assert (found.to_fetch, found.told()) == (True, (Rung.SENDER, Rung.COORDINATOR))


@pytest.mark.parametrize(("hours", "silent"), [(1.9, False), (2.0, True)])
def test_an_emergency_is_silent_after_two_hours(
    session: Session, cast: Cast, hours: float, silent: bool
) -> None:
    zeinab, health = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, health, "identity")
    row = referred(session, zeinab, case, health, "identity", urgency=Urgency.EMERGENCY)
    with clock.at(clock.now() + timedelta(hours=hours)):
        assert line(session, zeinab, row).silent is silent


def test_an_answered_emergency_is_not_silent(session: Session, cast: Cast) -> None:
    zeinab, health = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, health, "identity")
    row = referred(session, zeinab, case, health, "identity", urgency=Urgency.EMERGENCY)
    told = {"source": "La sage-femme", "means": "telephone"}
    moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF, **told)
    with clock.at(clock.now() + timedelta(hours=3)):
        assert not line(session, zeinab, row).silent
