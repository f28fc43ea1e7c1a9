"""Members confirmed by voice, suspended, lifted, removed; partners compared."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people import accounts, comparisons, keyrings, members, team_keys
from casework.people.models import MembershipRow, SessionRow, TeamKey, User, UserState
from casework.people.queries import team_book, team_public
from casework.policy import Role
from casework.vault.errors import BookMismatch, VaultError
from casework.vault.keys import UserKeys, new_seed
from casework.vault.passphrases import generate_passphrase
from tests.support.cast import Cast, Person, refreshed

SERVER = b"k" * 32


def newcomer(
    session: Session, cast: Cast, role: Role = Role.PARALEGAL, by: str = "aminata"
) -> tuple[UUID, UserKeys]:
    """Somebody who has activated her account and waits."""
    boss = cast.person(by)
    _, code = accounts.invite(session, boss.actor, SERVER, "newcomer", "N", role, boss.team_id)
    user, keys = accounts.take_up(session, code, generate_passphrase())
    session.flush()
    return user.id, keys


def confirm(session: Session, by: Person, user_id: UUID, mark: str | None = None) -> None:
    assert by.team_id is not None
    members.confirm_member(session, by.actor, by.keyring, by.team_id, user_id, mark)
    session.flush()


def row(session: Session, user_id: UUID) -> MembershipRow:
    return session.scalars(select(MembershipRow).where(MembershipRow.user_id == user_id)).one()


# Confirming


def test_both_hear_the_same_six_words_and_she_works(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    user_id, keys = newcomer(session, cast)
    hers = comparisons.of_waiting(session, user_id, keys)[0]
    ours = comparisons.with_member(session, aminata.keyring, aminata.team_id, user_id)
    assert hers.words == ours.words
    assert len(hers.words) == 6
    confirm(session, aminata, user_id, ours.mark)
    _, keyring = keyrings.act_as(session, user_id, keys)
    assert keyring.team(aminata.team_id).seed == aminata.keyring.team(aminata.team_id).seed


def test_a_key_exchanged_in_the_table_gives_other_words(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    user_id, keys = newcomer(session, cast)
    stranger = UserKeys(new_seed()).public
    session.execute(update(User).where(User.id == user_id).values(kem_pub=stranger))
    hers = comparisons.of_waiting(session, user_id, keys)[0]
    ours = comparisons.with_member(session, aminata.keyring, aminata.team_id, user_id)
    assert hers.words != ours.words


def test_a_team_key_exchanged_in_the_table_gives_other_words(cast: Cast, session: Session) -> None:
    aminata, oumar = cast.person("aminata"), cast.person("oumar")
    assert aminata.team_id is not None
    user_id, keys = newcomer(session, cast)
    theirs = session.scalars(select(TeamKey.draft_pub).where(TeamKey.team_id == oumar.team_id))
    session.execute(
        update(TeamKey).where(TeamKey.team_id == aminata.team_id).values(draft_pub=theirs.one())
    )
    hers = comparisons.of_waiting(session, user_id, keys)[0]
    ours = comparisons.with_member(session, aminata.keyring, aminata.team_id, user_id)
    assert hers.words != ours.words


def test_keys_exchanged_after_the_words_were_read_are_not_confirmed(
    cast: Cast, session: Session
) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    user_id, _ = newcomer(session, cast)
    read = comparisons.with_member(session, aminata.keyring, aminata.team_id, user_id)
    stranger = UserKeys(new_seed()).public
    session.execute(update(User).where(User.id == user_id).values(kem_pub=stranger))
    session.expire_all()
    with pytest.raises(RuleBroken, match="words_changed"):
        confirm(session, aminata, user_id, read.mark)


def test_a_relay_is_confirmed_without_any_key(cast: Cast, session: Session) -> None:
    user_id, keys = newcomer(session, cast, Role.RELAY)
    confirm(session, cast.person("aminata"), user_id)
    assert row(session, user_id).seed_box is None
    actor, keyring = keyrings.act_as(session, user_id, keys)
    assert actor.roles() == {Role.RELAY}
    assert not keyring.teams


@pytest.mark.parametrize("handle", ["ibrahim", "moussa", "oumar", "mariam", "admin", "auditor"])
def test_only_a_coordinator_of_the_team_confirms(cast: Cast, session: Session, handle: str) -> None:
    user_id, _ = newcomer(session, cast)
    by, team = cast.person(handle), cast.team("Goundam").id
    with pytest.raises(NotAllowed):
        members.confirm_member(session, by.actor, by.keyring, team, user_id)


def test_the_second_of_a_partner_confirms_nobody(cast: Cast, session: Session) -> None:
    user_id, _ = newcomer(session, cast, Role.AGENT, by="mariam")
    with pytest.raises(NotAllowed):
        confirm(session, cast.person("adama"), user_id)
    confirm(session, cast.person("mariam"), user_id)


def test_nobody_confirms_herself(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    with pytest.raises(NotAllowed):
        confirm(session, aminata, aminata.id)


def test_a_member_is_confirmed_once(cast: Cast, session: Session) -> None:
    with pytest.raises(RuleBroken, match="not_waiting"):
        confirm(session, cast.person("aminata"), cast.person("zeinab").id)


def test_an_account_that_was_never_activated_is_not_confirmed(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    invited = accounts.invite(
        session, aminata.actor, SERVER, "newcomer", "N", Role.PARALEGAL, aminata.team_id
    )
    session.flush()
    with pytest.raises(RuleBroken, match="not_waiting"):
        confirm(session, aminata, invited[0].id)


def test_somebody_with_an_account_must_sign_in_before_she_is_confirmed_elsewhere(
    cast: Cast, session: Session
) -> None:
    oumar, aminata = cast.person("oumar"), cast.person("aminata")
    assert oumar.team_id is not None
    accounts.join_team(session, oumar.actor, oumar.team_id, "aminata", Role.COORDINATOR)
    session.flush()
    with pytest.raises(RuleBroken, match="not_signed_in_yet"):
        confirm(session, oumar, aminata.id)
    keyrings.pin_waiting(session, aminata.id, aminata.keyring.user)
    confirm(session, oumar, aminata.id)
    assert set(refreshed(session, aminata).keyring.teams) == {aminata.team_id, oumar.team_id}


def test_nobody_is_confirmed_into_a_team_whose_rows_were_changed(
    cast: Cast, session: Session
) -> None:
    user_id, _ = newcomer(session, cast)
    zeinab = cast.person("zeinab")
    session.execute(
        update(MembershipRow)
        .where(MembershipRow.user_id == zeinab.id)
        .values(role=Role.COORDINATOR)
    )
    with pytest.raises(BookMismatch):
        confirm(session, cast.person("aminata"), user_id)


# Suspending, lifting, removing


def test_a_suspension_is_lifted_by_voice_with_the_same_words(cast: Cast, session: Session) -> None:
    aminata, zeinab = cast.person("aminata"), cast.person("zeinab")
    assert aminata.team_id is not None
    members.suspend_member(session, aminata.actor, aminata.team_id, zeinab.id)
    session.flush()
    assert row(session, zeinab.id).seed_box is None
    assert not refreshed(session, zeinab).keyring.teams
    confirm(session, aminata, zeinab.id)
    assert set(refreshed(session, zeinab).keyring.teams) == {aminata.team_id}


def test_somebody_who_does_not_work_cannot_be_suspended(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    user_id, _ = newcomer(session, cast)
    with pytest.raises(RuleBroken, match="not_active"):
        members.suspend_member(session, aminata.actor, aminata.team_id, user_id)


def test_a_removed_member_is_in_neither_table_nor_book_and_her_account_is_over(
    cast: Cast, session: Session
) -> None:
    aminata, zeinab = cast.person("aminata"), cast.person("zeinab")
    assert aminata.team_id is not None
    members.remove_member(session, aminata.actor, aminata.keyring, aminata.team_id, zeinab.id)
    session.flush()
    book = team_book(session, aminata.keyring.team(aminata.team_id))[1]
    assert zeinab.id not in book.members
    assert session.get_one(User, zeinab.id).state == UserState.ENDED
    assert session.get_one(User, zeinab.id).profile is None
    assert session.get_one(User, zeinab.id).handle == "zeinab"
    assert not session.scalars(select(SessionRow).where(SessionRow.user_id == zeinab.id)).all()
    assert refreshed(session, aminata).keyring.teams, "the others work on"


def test_removing_repairs_a_team_into_which_somebody_was_written(
    cast: Cast, session: Session
) -> None:
    aminata, fanta = cast.person("aminata"), cast.person("fanta")
    assert aminata.team_id is not None
    session.add(
        MembershipRow(
            team_id=aminata.team_id,
            user_id=fanta.id,
            role=Role.PARALEGAL,
            epoch=1,
            confirmed_at=row(session, aminata.id).confirmed_at,
        )
    )
    session.flush()
    assert not refreshed(session, aminata).keyring.teams
    members.remove_member(session, aminata.actor, aminata.keyring, aminata.team_id, fanta.id)
    session.flush()
    assert refreshed(session, aminata).keyring.teams


@pytest.mark.parametrize("handle", ["zeinab", "oumar", "admin", "mariam"])
def test_only_a_coordinator_of_the_team_suspends_or_removes(
    cast: Cast, session: Session, handle: str
) -> None:
    by, team, whom = cast.person(handle), cast.team("Goundam").id, cast.person("ibrahim").id
    with pytest.raises(NotAllowed):
        members.suspend_member(session, by.actor, team, whom)
    with pytest.raises(NotAllowed):
        members.remove_member(session, by.actor, by.keyring, team, whom)


def test_a_person_outside_the_team_is_not_there(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    with pytest.raises(NotVisible):
        members.suspend_member(session, aminata.actor, aminata.team_id, cast.person("fanta").id)


def test_the_administrator_closes_organisation_accounts_only(cast: Cast, session: Session) -> None:
    admin = cast.person("admin").actor
    members.end_account(session, admin, cast.person("manager").id)
    assert session.get_one(User, cast.person("manager").id).state == UserState.ENDED
    with pytest.raises(RuleBroken, match="member_of_team"):
        members.end_account(session, admin, cast.person("zeinab").id)
    with pytest.raises(NotAllowed):
        members.end_account(session, admin, admin.user_id)
    with pytest.raises(NotAllowed):
        members.end_account(session, cast.person("auditor").actor, cast.person("donor").id)


def test_each_act_stands_in_the_log_once(cast: Cast, session: Session) -> None:
    aminata, zeinab = cast.person("aminata"), cast.person("zeinab")
    assert aminata.team_id is not None
    before = len(session.scalars(select(AuditEntry.id)).all())
    user_id, _ = newcomer(session, cast)
    confirm(session, aminata, user_id)
    members.suspend_member(session, aminata.actor, aminata.team_id, user_id)
    members.remove_member(session, aminata.actor, aminata.keyring, aminata.team_id, zeinab.id)
    session.flush()
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.arrival)).all()
    assert actions[before:] == [
        "account.invited",
        "account.activated",
        "member.confirmed",
        "member.suspended",
        "member.removed",
    ]


# Partners


def test_both_teams_read_the_same_words(cast: Cast, session: Session) -> None:
    aminata, mariam = cast.person("aminata"), cast.person("mariam")
    goundam, health = cast.team("Goundam").id, cast.team("CSRéf Goundam").id
    ours = comparisons.with_partner(session, aminata.keyring, goundam, health)
    theirs = comparisons.with_partner(session, mariam.keyring, health, goundam)
    assert ours.words == theirs.words
    assert ours.mark == theirs.mark


def test_each_pair_of_teams_reads_other_words(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    goundam = cast.team("Goundam").id
    partners = [cast.team(name).id for name in ("CSRéf Goundam", "Clinique juridique Tombouctou")]
    words = {
        comparisons.with_partner(session, aminata.keyring, goundam, one).words for one in partners
    }
    assert len(words) == 2


def test_a_compared_partner_stands_in_the_book_with_the_keys_that_were_read(
    cast: Cast, session: Session
) -> None:
    aminata = cast.person("aminata")
    goundam, health = cast.team("Goundam").id, cast.team("CSRéf Goundam")
    epoch, public = team_public(session, health.id)
    book = team_book(session, aminata.keyring.team(goundam))[1]
    peer = book.expect_peer(health.id, epoch, public, health.provider_id)
    assert peer.name == "CSRéf Goundam"
    assert peer.compared_by == aminata.id


def test_partner_keys_exchanged_after_the_words_were_read_are_not_kept(
    cast: Cast, session: Session
) -> None:
    aminata = cast.person("aminata")
    goundam, health = cast.team("Goundam").id, cast.team("CSRéf Goundam").id
    read = comparisons.with_partner(session, aminata.keyring, goundam, health)
    session.execute(
        update(TeamKey).where(TeamKey.team_id == health).values(kem_pub=UserKeys(new_seed()).public)
    )
    session.expire_all()
    with pytest.raises(RuleBroken, match="words_changed"):
        team_keys.compare_partner(
            session, aminata.actor, aminata.keyring, goundam, health, read.mark
        )


@pytest.mark.parametrize("handle", ["ibrahim", "moussa", "admin", "mariam"])
def test_who_may_not_compare_for_the_team_is_refused(
    cast: Cast, session: Session, handle: str
) -> None:
    by, goundam = cast.person(handle), cast.team("Goundam").id
    with pytest.raises(NotAllowed):
        team_keys.compare_partner(
            session, by.actor, by.keyring, goundam, cast.team("CSRéf Goundam").id
        )


def test_a_team_is_not_compared_with_itself_or_with_nothing(cast: Cast, session: Session) -> None:
    aminata, goundam = cast.person("aminata"), cast.team("Goundam").id
    for other in (goundam, cast.person("zeinab").id):
        with pytest.raises(NotVisible):
            team_keys.compare_partner(session, aminata.actor, aminata.keyring, goundam, other)


def test_the_second_of_a_partner_compares(cast: Cast, session: Session) -> None:
    adama, health = cast.person("adama"), cast.team("CSRéf Goundam").id
    team_keys.compare_partner(session, adama.actor, adama.keyring, health, cast.team("Goundam").id)


def test_a_book_exchanged_for_an_older_one_is_refused(cast: Cast, session: Session) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    team = aminata.keyring.team(aminata.team_id)
    held, _ = team_book(session, team)
    old, revision = held.box, held.revision
    user_id, _ = newcomer(session, cast)
    confirm(session, aminata, user_id)
    held, _ = team_book(session, team)
    assert held.revision == revision + 1
    held.box = old
    with pytest.raises(VaultError):
        team_book(session, team)
