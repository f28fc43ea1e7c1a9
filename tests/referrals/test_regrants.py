"""What a partner holds, when a referral is corrected, withdrawn twice over, expired or waiting."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.models import CaseAccess, CaseEntry
from casework.directory.models import Provider
from casework.errors import InvalidTransition, NotVisible, RuleBroken
from casework.people.models import TeamKey
from casework.people.queries import team_public
from casework.policy import Permission
from casework.referrals.access import access_referral, exchange, shared_sections
from casework.referrals.agreement import record_answer
from casework.referrals.chores import run_chores
from casework.referrals.deadlines import Urgency
from casework.referrals.drafting import Wish, asked, change_draft, draft_referral
from casework.referrals.exchange import write_message
from casework.referrals.grants import compared
from casework.referrals.models import Chore, Referral
from casework.referrals.withdrawal import withdraw
from casework.referrals.workflow import By, Move, State
from tests.support.cast import COURT, HEALTH, LEGAL_AID, Cast, Person
from tests.support.files import CANARY, agree, answer, moved, opened, referred

VIEW = Permission.REFERRAL_VIEW


def seen_by(session: Session, who: Person, row: Referral) -> str:
    """Everything a person of the receiving team can read in the shared sections."""
    referral = access_referral(session, who.actor, who.keyring, row.id, VIEW)
    return str({name: one.value for name, one in shared_sections(session, referral).items()})


def grants(session: Session) -> list[CaseAccess]:
    """The boxes that partners hold."""
    return list(session.scalars(select(CaseAccess).where(CaseAccess.kind == "partner")))


def test_a_declined_referral_sent_again_can_be_read_whenever_the_chores_run(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.DECLINE, reason="capacite")
    moved(session, zeinab, row, Move.CORRECT, reason="Refus noté par erreur.")
    assert run_chores(session, zeinab.actor, zeinab.keyring) == 2
    moved(session, mariam, row, Move.ACCEPT)
    assert CANARY in seen_by(session, mariam, row)


def test_one_withdrawal_ends_two_referrals_to_the_same_partner(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case, provider = opened(session, zeinab, health={"grievances": {}}), cast.provider(HEALTH)
    consent = agree(session, zeinab, case, provider, "identity", "health")
    first = referred(session, zeinab, case, provider, "identity")
    second = referred(session, zeinab, case, provider, "identity", "health", service="sante")
    moved(session, mariam, second, Move.ACCEPT)
    withdraw(session, zeinab.actor, zeinab.keyring, case.id, consent, clock.today())
    assert {first.state, second.state} == {State.WITHDRAWN}
    assert grants(session) == []


def test_a_consent_taken_back_twice_keeps_its_first_day(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    yesterday = clock.today() - timedelta(days=1)
    with clock.at(clock.now() - timedelta(days=1)):
        case = opened(session, zeinab)
        consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    by = (session, zeinab.actor, zeinab.keyring, case.id, consent)
    withdraw(*by, yesterday)
    again = withdraw(*by, clock.today())
    assert again.value["withdrawn_on"] == yesterday.isoformat()
    acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("consent.withdrawn") == 1


def test_a_withdrawal_is_never_of_tomorrow(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(RuleBroken, match="future_date"):
        withdraw(session, zeinab.actor, zeinab.keyring, case.id, consent, tomorrow)


def test_a_later_no_ends_what_an_earlier_yes_let_out(session: Session, cast: Cast) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case, provider = opened(session, zeinab), cast.provider(HEALTH)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    moved(session, mariam, row, Move.ACCEPT)
    with clock.at(clock.now() + timedelta(minutes=1)):
        no = answer("c_partage", "no", recipient=str(provider))
        record_answer(session, zeinab.actor, zeinab.keyring, case.id, no)
    assert row.state == State.WITHDRAWN
    assert grants(session) == []


def test_a_no_to_one_partner_leaves_the_referral_to_another(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    no = answer("c_partage", "no", recipient=str(cast.provider(LEGAL_AID)))
    record_answer(session, zeinab.actor, zeinab.keyring, case.id, no)
    assert row.state == State.SENT


def test_after_the_last_day_of_the_consent_nothing_opens_before_any_job_has_run(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case, provider = opened(session, zeinab), cast.provider(HEALTH)
    agree(session, zeinab, case, provider, "identity", days=3)
    row = referred(session, zeinab, case, provider, "identity")
    moved(session, mariam, row, Move.ACCEPT)
    with clock.at(clock.now() + timedelta(days=3)):
        assert CANARY in seen_by(session, mariam, row)
    with clock.at(clock.now() + timedelta(days=4)):
        assert seen_by(session, mariam, row) == "{}"
        with pytest.raises(InvalidTransition):
            moved(session, mariam, row, Move.SERVE)


def test_a_draft_that_was_thrown_away_was_never_the_partners_business(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    wish = Wish(cast.provider(HEALTH), "sante", Urgency.NORMAL, "electronic")
    row = draft_referral(session, zeinab.actor, zeinab.keyring, case.id, wish)
    moved(session, zeinab, row, Move.CANCEL)
    with pytest.raises(NotVisible):
        access_referral(session, mariam.actor, mariam.keyring, row.id, VIEW)


def test_a_partner_whose_team_has_no_keys_yet_is_not_compared(session: Session, cast: Cast) -> None:
    zeinab, team = cast.person("zeinab"), cast.team(HEALTH)
    own = cast.person("zeinab").team_id
    assert own is not None
    assert compared(session, zeinab.keyring, own, team.id)
    for key in session.scalars(select(TeamKey).where(TeamKey.team_id == team.id)):
        session.delete(key)
    session.flush()
    with pytest.raises(NotVisible):
        team_public(session, team.id)
    assert not compared(session, zeinab.keyring, own, team.id)


def test_a_provider_suspended_meanwhile_gets_nothing_when_the_draft_is_sent(
    session: Session, cast: Cast
) -> None:
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    wish = Wish(provider, "sante", Urgency.NORMAL, "electronic", sections=("identity",))
    row = draft_referral(session, zeinab.actor, zeinab.keyring, case.id, wish)
    session.get_one(Provider, provider).suspended = True
    with pytest.raises(RuleBroken, match="provider_suspended"):
        moved(session, zeinab, row, Move.SEND)


def test_a_changed_draft_asks_what_was_said_last(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case, by = opened(session, zeinab), (session, zeinab.actor, zeinab.keyring)
    wish = Wish(cast.provider(HEALTH), "sante", Urgency.NORMAL, "electronic")
    row = draft_referral(*by, case.id, wish)
    before = row.version
    other = Wish(cast.provider(COURT), "etat_civil", Urgency.URGENT, "letter")
    change_draft(*by, row.id, other, before)
    found = asked(session, access_referral(*by, row.id, VIEW))
    assert (found["service"], found["channel"], row.to_team) == ("etat_civil", "letter", None)
    assert (row.provider_id, row.version > before) == (cast.provider(COURT), True)


def test_a_sent_referral_is_no_draft_any_more(session: Session, cast: Cast) -> None:
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    wish = Wish(provider, "sante", Urgency.NORMAL, "electronic")
    with pytest.raises(InvalidTransition):
        change_draft(session, zeinab.actor, zeinab.keyring, row.id, wish)


def test_an_acceptance_on_behalf_is_converted_on_the_partners_own_next_act(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam, provider = cast.person("zeinab"), cast.person("mariam"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF, source="Mariam", means="telephone")
    assert [one.form for one in grants(session)] == ["hpke"]
    moved(session, mariam, row, Move.START)
    assert [one.form for one in grants(session)] == ["sym"]


def test_a_message_posted_twice_is_one(session: Session, cast: Cast) -> None:
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    by, message_id = (session, zeinab.actor, zeinab.keyring), uuid4()
    for _ in range(2):
        write_message(*by, row.id, "Quand peut-elle venir ?", message_id)
    said = exchange(session, access_referral(*by, row.id, VIEW))
    assert [one.value["kind"] for one in said].count("message") == 1
    assert session.get(CaseEntry, (case.id, message_id)) is not None


def test_a_partner_that_must_compare_again_is_served_again_once_it_has(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casework.referrals import grants as boxes

    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(LEGAL_AID), "identity")
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    legal_aid = cast.provider(LEGAL_AID)
    referred(session, zeinab, case, legal_aid, "identity", service="info_juridique")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.ACCEPT)

    def refuse(*_given: object) -> None:
        raise RuleBroken("partner_not_compared")

    with monkeypatch.context() as changed:
        changed.setattr(boxes, "expect_compared", refuse)
        withdraw(session, zeinab.actor, zeinab.keyring, case.id, consent, clock.today())
    assert seen_by(session, mariam, row) == "{}"
    assert "reissue" in session.scalars(select(Chore.kind)).all()
    run_chores(session, zeinab.actor, zeinab.keyring)
    assert CANARY in seen_by(session, mariam, row)
