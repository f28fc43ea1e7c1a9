"""How an account begins: who may invite whom, what a code opens, and what activation leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people import accounts, invitations, signing_in
from casework.people.models import Invitation, MembershipRow, TeamKind, User, UserState, UserUnlock
from casework.policy import ORGANISATION_ROLES, OWNER_ROLES, PARTNER_ROLES, PERMISSIONS, Role
from casework.vault.errors import UnlockRefused
from casework.vault.passphrases import generate_passphrase
from config import Settings
from tests.support.cast import Cast

SERVER, SECRET, BOOT = b"k" * 32, b"s" * 32, b"b" * 32


def invited(session: Session, cast: Cast, by: str, role: Role, team: str | None) -> str:
    """The code of a newcomer invited by somebody."""
    team_id = cast.team(team).id if team else None
    actor = cast.person(by).actor
    return accounts.invite(session, actor, SERVER, "newcomer", "New", role, team_id)[1]


# Who may invite


@pytest.mark.parametrize("handle", ["aminata", "mariam", "admin"])
def test_who_keeps_a_team_may_invite_into_it(cast: Cast, session: Session, handle: str) -> None:
    team, role = ("CSRéf Goundam", Role.AGENT) if handle == "mariam" else ("Goundam", Role.RELAY)
    assert invited(session, cast, handle, role, team)


@pytest.mark.parametrize(
    "handle", ["ibrahim", "moussa", "oumar", "mariam", "adama", "manager", "donor", "auditor"]
)
def test_nobody_else_may(cast: Cast, session: Session, handle: str) -> None:
    with pytest.raises(NotAllowed):
        invited(session, cast, handle, Role.PARALEGAL, "Goundam")


@pytest.mark.parametrize("handle", ["aminata", "mariam", "manager", "auditor"])
def test_only_the_administrator_makes_organisation_accounts(
    cast: Cast, session: Session, handle: str
) -> None:
    with pytest.raises(NotAllowed):
        invited(session, cast, handle, Role.AUDITOR, None)
    assert invited(session, cast, "admin", Role.AUDITOR, None)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("team", ["Goundam", "CSRéf Goundam", None])
def test_a_role_belongs_to_one_kind_of_team_or_to_none(
    cast: Cast, session: Session, role: Role, team: str | None
) -> None:
    fitting = {"Goundam": OWNER_ROLES, "CSRéf Goundam": PARTNER_ROLES, None: ORGANISATION_ROLES}
    if role in fitting[team]:
        assert invited(session, cast, "admin", role, team)
    else:
        with pytest.raises(RuleBroken, match="role_not_of_team"):
            invited(session, cast, "admin", role, team)


def test_every_role_is_of_exactly_one_kind() -> None:
    assert sorted([*OWNER_ROLES, *PARTNER_ROLES, *ORGANISATION_ROLES]) == sorted(PERMISSIONS)


@pytest.mark.parametrize("handle", ["Zeinab", " zeinab ", "zéinab"])
def test_a_handle_is_given_once(cast: Cast, session: Session, handle: str) -> None:
    with pytest.raises(RuleBroken, match="handle_taken"):
        accounts.create_account(session, None, SERVER, handle, "Z", Role.DONOR, None)


@pytest.mark.parametrize("handle", ["", "a", "1st", "two words", "a" * 41, "a/b", "a\x00b", "زينب"])
def test_a_handle_is_plain(app: Flask, session: Session, handle: str) -> None:
    with pytest.raises(RuleBroken, match="handle_malformed"):
        accounts.create_account(session, None, SERVER, handle, "Z", Role.DONOR, None)


def test_a_provider_has_one_team(cast: Cast, session: Session) -> None:
    health = cast.provider("CSRéf Goundam")
    with pytest.raises(RuleBroken, match="provider_has_team"):
        accounts.create_team(session, None, TeamKind.PARTNER, "Second", health)
    with pytest.raises(RuleBroken, match="team_name_taken"):
        accounts.create_team(session, None, TeamKind.OWNER, "Goundam")


def test_an_organisation_account_joins_no_team(cast: Cast, session: Session) -> None:
    team = cast.team("Goundam").id
    with pytest.raises(RuleBroken, match="organisation_role"):
        accounts.join_team(session, cast.person("aminata").actor, team, "donor", Role.PARALEGAL)


# Codes


@given(st.text("0O1ILabcxyz", min_size=1, max_size=20), st.sampled_from(["", "-", " ", " - "]))
def test_spacing_case_and_misread_letters_do_not_matter(letters: str, between: str) -> None:
    typed = between.join(letters.lower())
    expected = letters.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    assert invitations.canonical(typed) == expected


def test_a_code_is_eighty_bits_in_four_groups() -> None:
    codes = {invitations.new_code() for _ in range(200)}
    assert len(codes) == 200
    letters = "".join(codes).replace("-", "")
    assert set(letters) == set(invitations.LETTERS)
    assert {tuple(map(len, code.split("-"))) for code in codes} == {(4, 4, 4, 4)}


def test_the_table_holds_no_code(cast: Cast, session: Session) -> None:
    code = invited(session, cast, "admin", Role.DONOR, None)
    held = session.scalars(select(Invitation.code_hash)).all()
    assert code.encode() not in held
    assert invitations.code_hash(code) in held


def test_a_code_opens_until_its_time_is_over(cast: Cast, session: Session) -> None:
    code = invited(session, cast, "admin", Role.DONOR, None)
    begun = clock.now()
    with clock.at(begun + timedelta(hours=71)):
        assert invitations.invited_user(session, code).handle == "newcomer"
    with clock.at(begun + timedelta(hours=73)), pytest.raises(RuleBroken, match="code_refused"):
        invitations.invited_user(session, code)


@pytest.mark.parametrize(("role", "team"), [(Role.DONOR, None), (Role.PARALEGAL, "Goundam")])
def test_a_code_works_once(cast: Cast, session: Session, role: Role, team: str | None) -> None:
    code = invited(session, cast, "admin", role, team)
    accounts.activate(session, code, generate_passphrase())
    with pytest.raises(RuleBroken, match="code_refused"):
        accounts.activate(session, code, generate_passphrase())


def test_a_new_code_makes_the_old_one_void(cast: Cast, session: Session) -> None:
    old = invited(session, cast, "admin", Role.DONOR, None)
    user = invitations.invited_user(session, old)
    _, new = accounts.renew_code(session, cast.person("admin").actor, user.id)
    with pytest.raises(RuleBroken, match="code_refused"):
        invitations.invited_user(session, old)
    assert invitations.invited_user(session, new).id == user.id


def test_a_new_code_makes_the_words_of_a_waiting_person_void(cast: Cast, session: Session) -> None:
    words = generate_passphrase()
    code = invited(session, cast, "aminata", Role.PARALEGAL, "Goundam")
    user = accounts.activate(session, code, words)
    accounts.renew_code(session, cast.person("aminata").actor, user.id)
    with pytest.raises(UnlockRefused):
        signing_in.sign_in(session, SECRET, BOOT, "newcomer", words)


@pytest.mark.parametrize("handle", ["zeinab", "donor"])
def test_nobody_who_works_gets_a_new_code(cast: Cast, session: Session, handle: str) -> None:
    with pytest.raises(RuleBroken, match="not_waiting"):
        accounts.renew_code(session, cast.person("admin").actor, cast.person(handle).id)


def test_a_coordinator_renews_no_code_of_another_team(cast: Cast, session: Session) -> None:
    code = invited(session, cast, "aminata", Role.PARALEGAL, "Goundam")
    user = invitations.invited_user(session, code)
    with pytest.raises(NotAllowed):
        accounts.renew_code(session, cast.person("oumar").actor, user.id)
    with pytest.raises(NotVisible):
        accounts.renew_code(session, cast.person("admin").actor, cast.team("Goundam").id)


# Activation


def test_a_member_waits_until_somebody_confirms_her(cast: Cast, session: Session) -> None:
    words = generate_passphrase()
    code = invited(session, cast, "aminata", Role.PARALEGAL, "Goundam")
    user = accounts.activate(session, code, words)
    assert user.state == UserState.PENDING
    with pytest.raises(signing_in.AccountWaiting) as waiting:
        signing_in.sign_in(session, SECRET, BOOT, "newcomer", words)
    assert [one.other for one in waiting.value.comparisons] == ["Goundam"]
    assert str(waiting.value) == "account_waiting"


def test_the_first_coordinator_makes_the_teams_keys_and_works_at_once(
    app: Flask, session: Session
) -> None:
    team = accounts.create_team(session, None, TeamKind.OWNER, "New team")
    words = generate_passphrase()
    _, code = accounts.create_account(
        session, None, SERVER, "first", "F", Role.COORDINATOR, team.id
    )
    assert accounts.activate(session, code, words).state == UserState.ACTIVE
    assert signing_in.sign_in(session, SECRET, BOOT, "first", words)


@pytest.mark.parametrize("role", [Role.PARALEGAL, Role.RELAY])
def test_nobody_else_founds_a_team(app: Flask, session: Session, role: Role) -> None:
    team = accounts.create_team(session, None, TeamKind.OWNER, "New team")
    _, code = accounts.create_account(session, None, SERVER, "first", "F", role, team.id)
    words = generate_passphrase()
    assert accounts.activate(session, code, words).state == UserState.PENDING
    with pytest.raises(signing_in.AccountWaiting) as waiting:
        signing_in.sign_in(session, SECRET, BOOT, "first", words)
    assert waiting.value.comparisons == ()


def test_words_that_are_not_of_the_list_make_no_account(cast: Cast, session: Session) -> None:
    code = invited(session, cast, "admin", Role.DONOR, None)
    session.commit()
    with pytest.raises(UnlockRefused):
        accounts.activate(session, code, "my own secret")
    session.rollback()
    assert invitations.invited_user(session, code).state == UserState.INVITED
    assert (
        session.scalar(select(UserUnlock.user_id).join(User).where(User.handle == "newcomer"))
        is None
    )


def test_every_member_has_pinned_the_keys_of_her_team(cast: Cast, session: Session) -> None:
    pins = session.scalars(select(MembershipRow.pin)).all()
    assert len(pins) == 9
    assert all(pins)
    assert len(set(pins)) == 9


def test_names_of_staff_do_not_stand_in_the_table(cast: Cast, session: Session, app: Flask) -> None:
    own: Settings = app.extensions["settings"]
    actor = cast.person("admin").actor
    accounts.invite(session, actor, own.server_key, "newcomer", "Kadidia Canari", Role.DONOR)
    boxes = session.scalars(select(User.profile)).all()
    assert not any(b"Canari" in box for box in boxes if box)
