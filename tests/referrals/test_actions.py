"""Referring: consent decides what opens, acceptance opens it, the end of a referral closes it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.cases.models import CaseAccess
from casework.errors import InvalidTransition, NotAllowed, NotVisible, RuleBroken
from casework.facts.models import Fact
from casework.policy import Permission
from casework.referrals.access import access_referral, exchange, shared_sections
from casework.referrals.chores import run_chores
from casework.referrals.models import Referral
from casework.referrals.withdrawal import withdraw
from casework.referrals.workflow import By, Move, State
from casework.vault.errors import VaultError
from tests.support.cast import HEALTH, LEGAL_AID, Cast, Person
from tests.support.files import CANARY, agree, moved, opened, referred, value_of


def sent(session: Session, cast: Cast) -> tuple[Person, Person, Referral]:
    """A referral of zeinab's to the health centre, where mariam answers."""
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    return zeinab, mariam, referred(session, zeinab, case, cast.provider(HEALTH), "identity")


def seen_by(session: Session, who: Person, row: Referral) -> dict[str, object]:
    """The sections a person of the receiving team can open now."""
    referral = access_referral(session, who.actor, who.keyring, row.id, Permission.REFERRAL_VIEW)
    return {name: section.value for name, section in shared_sections(session, referral).items()}


def test_a_sent_referral_names_who_must_answer_and_by_when(session: Session, cast: Cast) -> None:
    _, mariam, row = sent(session, cast)
    assert (row.state, row.actor_id) == (State.SENT, mariam.id)
    assert row.due_at is not None
    assert row.due_at > clock.now()


def test_before_acceptance_the_receiver_sees_the_card_and_no_name(
    session: Session, cast: Cast
) -> None:
    _, mariam, row = sent(session, cast)
    assert seen_by(session, mariam, row) == {}
    by = (mariam.actor, mariam.keyring)
    grant = access_referral(session, *by, row.id, Permission.REFERRAL_VIEW).grant
    assert grant is not None
    assert grant.card["service"] == "sante"
    assert CANARY not in str(grant.card)


def test_acceptance_opens_exactly_the_wished_sections(session: Session, cast: Cast) -> None:
    _, mariam, row = sent(session, cast)
    moved(session, mariam, row, Move.ACCEPT)
    seen = seen_by(session, mariam, row)
    assert list(seen) == ["identity"]
    assert CANARY in str(seen)


def test_an_accepted_grant_stands_under_the_receivers_own_key(session: Session, cast: Cast) -> None:
    _, mariam, row = sent(session, cast)
    moved(session, mariam, row, Move.ACCEPT)
    access = session.scalars(select(CaseAccess).where(CaseAccess.kind == "partner")).one()
    assert (access.form, access.sig) == ("sym", None)


def test_a_section_without_consent_cannot_be_sent(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "health")
    with pytest.raises(RuleBroken, match="no_consent"):
        referred(session, zeinab, case, cast.provider(HEALTH), "identity")


def test_consent_for_one_recipient_is_none_for_another(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    with pytest.raises(RuleBroken, match="no_consent"):
        referred(
            session, zeinab, case, cast.provider(LEGAL_AID), "identity", service="info_juridique"
        )


def test_the_sender_cannot_accept_for_itself(session: Session, cast: Cast) -> None:
    zeinab, _, row = sent(session, cast)
    with pytest.raises(InvalidTransition):
        moved(session, zeinab, row, Move.ACCEPT)


def test_an_answer_on_behalf_wants_its_source_and_means(session: Session, cast: Cast) -> None:
    zeinab, _, row = sent(session, cast)
    with pytest.raises(RuleBroken, match="source_missing"):
        moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF)
    moved(session, zeinab, row, Move.ACCEPT, By.ON_BEHALF, source="Mariam", means="telephone")
    assert row.state == State.ACCEPTED


def test_another_teams_worker_does_not_see_the_referral(session: Session, cast: Cast) -> None:
    _, _, row = sent(session, cast)
    for handle in ("fanta", "maitre_cisse", "moussa", "admin", "manager", "auditor"):
        with pytest.raises((NotVisible, NotAllowed)):
            moved(session, cast.person(handle), row, Move.RECEIVE)


def test_declining_takes_the_box_away_and_the_owner_rekeys_on_its_next_act(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam, row = sent(session, cast)
    moved(session, mariam, row, Move.DECLINE, reason="capacite")
    assert session.scalars(select(CaseAccess).where(CaseAccess.kind == "partner")).all() == []
    assert run_chores(session, zeinab.actor, zeinab.keyring) == 2
    assert run_chores(session, zeinab.actor, zeinab.keyring) == 0


def test_a_key_kept_by_a_partner_opens_nothing_after_withdrawal(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.ACCEPT)
    kept = access_referral(session, mariam.actor, mariam.keyring, row.id, Permission.REFERRAL_VIEW)
    assert CANARY in str(shared_sections(session, kept)["identity"].value)
    withdraw(session, zeinab.actor, zeinab.keyring, case.id, consent, clock.today())
    assert row.state == State.WITHDRAWN
    row.state = State.ACCEPTED  # a database writer puts the state back
    with pytest.raises(VaultError):
        shared_sections(session, kept)
    assert CANARY in str(value_of(session, case, "identity"))


def test_withdrawal_from_one_partner_leaves_the_other_able_to_read(
    session: Session, cast: Cast
) -> None:
    zeinab, lawyer = cast.person("zeinab"), cast.person("maitre_cisse")
    case = opened(session, zeinab)
    consent = agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    agree(session, zeinab, case, cast.provider(LEGAL_AID), "identity")
    referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    other = referred(
        session, zeinab, case, cast.provider(LEGAL_AID), "identity", service="info_juridique"
    )
    moved(session, lawyer, other, Move.ACCEPT)
    withdraw(session, zeinab.actor, zeinab.keyring, case.id, consent, clock.today())
    assert CANARY in str(seen_by(session, lawyer, other))


def test_both_sides_read_the_moves_of_a_referral(session: Session, cast: Cast) -> None:
    zeinab, mariam, row = sent(session, cast)
    moved(session, mariam, row, Move.ACCEPT)
    by = (zeinab.actor, zeinab.keyring)
    referral = access_referral(session, *by, row.id, Permission.REFERRAL_VIEW)
    told = [entry.value["move"] for entry in exchange(session, referral) if "move" in entry.value]
    assert told == ["send", "accept"]


def test_a_served_referral_counts_once_its_owners_team_works_again(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam, row = sent(session, cast)
    for wanted in (Move.ACCEPT, Move.START, Move.SERVE):
        moved(session, mariam, row, wanted)
    run_chores(session, zeinab.actor, zeinab.keyring)
    kinds = sorted(session.scalars(select(Fact.kind)))
    assert kinds == ["incident", "referral", "registered", "served"]


def test_a_yes_for_one_service_opens_nothing_for_another(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", service="sante")
    referred(session, zeinab, case, cast.provider(HEALTH), "identity", service="sante")
    with pytest.raises(RuleBroken, match="no_consent"):
        referred(
            session, zeinab, case, cast.provider(HEALTH), "identity", service="certificat_medical"
        )
