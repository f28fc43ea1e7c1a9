"""Lost words, coming back, deputies, and a partner's team that begins anew."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework.admin.restarting import begin_team_anew
from casework.audit.boxes import compare_boxes
from casework.audit.sequencer import sequence_all
from casework.cli.boxes import stored_boxes
from casework.errors import NotAllowed, NotVisible, RuleBroken
from casework.people import (
    accounts,
    comparisons,
    deputies,
    forgotten,
    keyrings,
    members,
    restart,
    returning,
    rosters,
    signing_in,
    team_keys,
)
from casework.people.confirmers import Confirmer, confirmers, is_safe
from casework.people.models import MembershipRow, Team, User, UserFactor, UserState, UserUnlock
from casework.people.queries import has_keys, team_public
from casework.policy import Permission, Role
from casework.referrals.access import access_referral
from casework.referrals.chores import run_chores
from casework.referrals.models import Referral
from casework.referrals.owners import name_present_owners
from casework.referrals.workflow import Move
from casework.vault.errors import UnlockRefused
from casework.vault.keys import UserKeys
from casework.vault.passphrases import generate_passphrase
from tests.support.cast import GOUNDAM, HEALTH, TOMBOUCTOU, Cast, Person, refreshed
from tests.support.databases import on_both_databases
from tests.support.files import agree, moved, opened, referred

SERVER, SECRET, BOOT = b"k" * 32, b"s" * 32, b"b" * 32
DAYS = timedelta(days=3)


def forget(session: Session, by: Person, user_id: UUID) -> str:
    """The person's words are void; her code."""
    code = forgotten.forget_words(session, by.actor, user_id, DAYS)[1]
    session.flush()
    return code


def begun(session: Session, code: str) -> UserKeys:
    """The keys of somebody who took up her account with new words."""
    keys = accounts.take_up(session, code, generate_passphrase())[1]
    session.flush()
    return keys


def confirm(session: Session, by: Person, team_id: UUID, user_id: UUID) -> None:
    """Heard by voice and confirmed."""
    by = refreshed(session, by)
    members.confirm_member(session, by.actor, by.keyring, team_id, user_id)
    session.flush()


def row_of(session: Session, team_id: UUID, user_id: UUID) -> MembershipRow:
    return session.get_one(MembershipRow, (team_id, user_id))


# Lost words


@on_both_databases
def test_she_works_again_with_new_words_after_six_words_by_voice(
    cast: Cast, session: Session
) -> None:
    aminata, zeinab, team = cast.person("aminata"), cast.person("zeinab"), cast.team(GOUNDAM).id
    case = opened(session, zeinab)
    keys = begun(session, forget(session, aminata, zeinab.id))
    hers = comparisons.of_waiting(session, zeinab.id, keys)[0]
    ours = comparisons.with_member(session, aminata.keyring, team, zeinab.id)
    assert hers.words == ours.words
    assert not keyrings.act_as(session, zeinab.id, keys)[1].teams, "not before she was heard"
    confirm(session, aminata, team, zeinab.id)
    actor, keyring = keyrings.act_as(session, zeinab.id, keys)
    from casework.cases.access import access_case

    assert access_case(session, actor, keyring, case.id, Permission.CASE_VIEW).card


def test_the_old_words_open_nothing_from_that_moment(cast: Cast, session: Session) -> None:
    zeinab = cast.person("zeinab")
    session.add(
        UserFactor(
            user_id=zeinab.id,
            kind="totp",
            box=b"x",
            created_at=session.get_one(User, zeinab.id).created_at,
        )
    )
    forget(session, cast.person("aminata"), zeinab.id)
    with pytest.raises(UnlockRefused):
        signing_in.sign_in(session, SECRET, BOOT, "zeinab", zeinab.words)
    for table in (UserUnlock, UserFactor):
        assert not session.scalars(select(table).where(table.user_id == zeinab.id)).all()
    assert row_of(session, cast.team(GOUNDAM).id, zeinab.id).seed_box is None


def test_her_colleagues_work_on_in_every_team_of_hers(cast: Cast, session: Session) -> None:
    """Aminata belongs to two teams; while she waits, both open for the others."""
    aminata, oumar = deputy_of(cast, session)
    forget(session, cast.person("oumar"), aminata.id)
    for handle, team in (("zeinab", GOUNDAM), ("oumar", TOMBOUCTOU)):
        assert cast.team(team).id in refreshed(session, cast.person(handle)).keyring.teams
    assert oumar.handle == "oumar"


def test_she_is_heard_again_in_each_of_her_teams(cast: Cast, session: Session) -> None:
    aminata, _ = deputy_of(cast, session)
    keys = begun(session, forget(session, cast.person("oumar"), aminata.id))
    teams = [one.other for one in comparisons.of_waiting(session, aminata.id, keys)]
    assert teams == [GOUNDAM, TOMBOUCTOU]
    confirm(session, cast.person("oumar"), cast.team(TOMBOUCTOU).id, aminata.id)
    opened_teams = keyrings.act_as(session, aminata.id, keys)[1].teams
    assert set(opened_teams) == {cast.team(TOMBOUCTOU).id}


@pytest.mark.parametrize("handle", ["ibrahim", "moussa", "oumar", "mariam", "manager", "auditor"])
def test_only_her_confirmer_or_an_administrator_voids_her_words(
    cast: Cast, session: Session, handle: str
) -> None:
    with pytest.raises(NotAllowed):
        forget(session, cast.person(handle), cast.person("zeinab").id)


@pytest.mark.parametrize("handle", ["aminata", "admin"])
def test_nobody_voids_her_own_words(cast: Cast, session: Session, handle: str) -> None:
    with pytest.raises(NotAllowed):
        forget(session, cast.person(handle), cast.person(handle).id)


def test_words_are_voided_once_then_the_code_is_renewed(cast: Cast, session: Session) -> None:
    admin, zeinab = cast.person("admin"), cast.person("zeinab")
    first = forget(session, admin, zeinab.id)
    with pytest.raises(RuleBroken, match="has_no_words"):
        forget(session, admin, zeinab.id)
    _, second = accounts.renew_code(session, admin.actor, zeinab.id)
    with pytest.raises(RuleBroken, match="code_refused"):
        accounts.take_up(session, first, generate_passphrase())
    assert begun(session, second).public


def test_somebody_of_the_organisation_begins_again_at_once(cast: Cast, session: Session) -> None:
    manager = cast.person("manager")
    keys = begun(session, forget(session, cast.person("admin"), manager.id))
    assert keyrings.act_as(session, manager.id, keys)[0].may(Permission.STATISTICS_VIEW)


def test_an_unknown_person_has_no_words_to_void(cast: Cast, session: Session) -> None:
    with pytest.raises(NotVisible):
        forget(session, cast.person("admin"), UUID(int=5))


@pytest.mark.parametrize(
    ("step", "state"), [(0, "active"), (1, "invited"), (2, "waiting"), (3, "active")]
)
def test_the_team_sees_where_she_stands(
    cast: Cast, session: Session, step: int, state: str
) -> None:
    aminata, zeinab, team = cast.person("aminata"), cast.person("zeinab"), cast.team(GOUNDAM).id
    code = forget(session, aminata, zeinab.id) if step > 0 else ""
    if step > 1:
        begun(session, code)
    if step > 2:
        confirm(session, aminata, team, zeinab.id)
    assert rosters.colleague(session, SERVER, team, zeinab.id).state == state


def test_what_is_due_from_her_goes_to_her_coordinator(cast: Cast, session: Session) -> None:
    zeinab, aminata = cast.person("zeinab"), cast.person("aminata")
    row = shared(session, cast)
    session.get_one(Referral, row.id).actor_id = zeinab.id
    session.execute(update(Referral).values(state="info_demandee"))
    due = session.scalars(select(Referral.due_at)).one()
    forget(session, aminata, zeinab.id)
    name_present_owners(session, [cast.team(GOUNDAM).id])
    found = session.scalars(select(Referral)).one()
    assert (found.actor_id, found.due_at) == (aminata.id, due)


# Suspended, lifted by voice


def test_somebody_suspended_reads_the_words_that_lift_it(cast: Cast, session: Session) -> None:
    aminata, zeinab, team = cast.person("aminata"), cast.person("zeinab"), cast.team(GOUNDAM).id
    members.suspend_member(session, aminata.actor, team, zeinab.id)
    session.flush()
    with pytest.raises(signing_in.AccountWaiting) as told:
        signing_in.start(session, BOOT, zeinab.id, zeinab.keyring.user.seed)
    ours = comparisons.with_member(session, aminata.keyring, team, zeinab.id)
    assert [one.words for one in told.value.comparisons] == [ours.words]


# Coming back


def test_who_was_removed_comes_back_with_the_same_name_and_new_words(
    cast: Cast, session: Session
) -> None:
    aminata, zeinab, team = cast.person("aminata"), cast.person("zeinab"), cast.team(GOUNDAM).id
    members.remove_member(session, aminata.actor, aminata.keyring, team, zeinab.id)
    session.flush()
    with pytest.raises(RuleBroken, match="handle_left"):
        accounts.invite(session, aminata.actor, SERVER, "zeinab", "Z", Role.PARALEGAL, team)
    given = SERVER, "Zeïnab", "Zeinab", Role.PARALEGAL, team, DAYS
    user, code = returning.bring_back(session, aminata.actor, *given)
    assert user.id == zeinab.id
    keys = begun(session, code)
    confirm(session, aminata, team, zeinab.id)
    assert team in keyrings.act_as(session, zeinab.id, keys)[1].teams
    assert not keyrings.act_as(session, aminata.id, aminata.keyring.user)[1].teams.keys() - {team}


@pytest.mark.parametrize(
    ("handle", "rule"), [("ibrahim", "nobody_left_so"), ("nobody", "nobody_left_so")]
)
def test_only_a_closed_account_comes_back(
    cast: Cast, session: Session, handle: str, rule: str
) -> None:
    aminata = cast.person("aminata")
    given = SERVER, handle, "N", Role.PARALEGAL, cast.team(GOUNDAM).id, DAYS
    with pytest.raises(RuleBroken, match=rule):
        returning.bring_back(session, aminata.actor, *given)


@pytest.mark.parametrize("handle", ["ibrahim", "oumar", "manager"])
def test_only_who_invites_brings_somebody_back(cast: Cast, session: Session, handle: str) -> None:
    given = SERVER, "zeinab", "N", Role.PARALEGAL, cast.team(GOUNDAM).id, DAYS
    with pytest.raises(NotAllowed):
        returning.bring_back(session, cast.person(handle).actor, *given)


# Deputies


def deputy_of(cast: Cast, session: Session) -> tuple[Person, Person]:
    """Aminata, coordinator of Goundam, is the deputy of Tombouctou, whose coordinator is Oumar."""
    aminata, oumar, team = cast.person("aminata"), cast.person("oumar"), cast.team(TOMBOUCTOU).id
    deputies.name_deputy(session, oumar.actor, team, "aminata")
    session.flush()
    keyrings.pin_waiting(session, aminata.id, aminata.keyring.user)
    confirm(session, oumar, team, aminata.id)
    return refreshed(session, aminata), oumar


def test_a_deputy_confirms_in_the_team_that_lost_its_coordinators_words(
    cast: Cast, session: Session
) -> None:
    aminata, oumar = deputy_of(cast, session)
    team = cast.team(TOMBOUCTOU).id
    keys = begun(session, forget(session, aminata, oumar.id))
    confirm(session, aminata, team, oumar.id)
    assert team in keyrings.act_as(session, oumar.id, keys)[1].teams


def test_the_team_says_who_is_deputy_and_that_it_is_safe(cast: Cast, session: Session) -> None:
    team = cast.team(TOMBOUCTOU).id
    assert not is_safe(session, team)
    aminata, oumar = deputy_of(cast, session)
    assert confirmers(session, team) == [Confirmer(oumar.id), Confirmer(aminata.id, GOUNDAM)]
    assert is_safe(session, team)
    assert confirmers(session, cast.team(GOUNDAM).id) == [Confirmer(aminata.id)]


def test_what_is_due_goes_to_the_deputy_while_nobody_else_can_act(
    cast: Cast, session: Session
) -> None:
    aminata, oumar = deputy_of(cast, session)
    fanta, provider = cast.person("fanta"), cast.provider(HEALTH)
    case = opened(session, fanta)
    agree(session, fanta, case, provider, "identity")
    row = referred(session, fanta, case, provider, "identity")
    moved(session, cast.person("mariam"), row, Move.REQUEST_INFO, reason="autre")
    assert row.actor_id == fanta.id
    team = cast.team(TOMBOUCTOU).id
    for gone in (fanta, oumar):
        forget(session, cast.person("admin"), gone.id)
    name_present_owners(session, [team])
    assert session.get_one(Referral, row.id).actor_id == aminata.id


@pytest.mark.parametrize(
    ("handle", "rule"),
    [("zeinab", "not_a_confirmer"), ("mariam", "not_a_confirmer"), ("nobody", "handle_unknown")],
)
def test_a_deputy_is_a_coordinator_of_another_team(
    cast: Cast, session: Session, handle: str, rule: str
) -> None:
    oumar = cast.person("oumar")
    with pytest.raises(RuleBroken, match=rule):
        deputies.name_deputy(session, oumar.actor, cast.team(TOMBOUCTOU).id, handle)


@pytest.mark.parametrize("handle", ["fanta", "aminata", "admin"])
def test_only_the_teams_confirmer_names_its_deputy(
    cast: Cast, session: Session, handle: str
) -> None:
    who = cast.person(handle)
    with pytest.raises(NotAllowed):
        deputies.name_deputy(session, who.actor, cast.team(TOMBOUCTOU).id, "aminata")


# A partner begins anew


def shared(session: Session, cast: Cast, *, accepted: bool = False) -> Referral:
    """A referral of Goundam to the health centre."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    if accepted:
        moved(session, cast.person("mariam"), row, Move.ACCEPT)
    session.flush()
    return row


def stranded(session: Session, cast: Cast) -> None:
    """Everybody at the health centre has lost her words."""
    for handle in ("mariam", "adama"):
        forget(session, cast.person("admin"), cast.person(handle).id)


def anew(session: Session, cast: Cast) -> UserKeys:
    """The health centre has begun anew by Mariam; her keys."""
    admin, health, mariam = cast.person("admin"), cast.team(HEALTH).id, cast.person("mariam")
    code = begin_team_anew(session, admin.actor, health, mariam.id, DAYS)[1]
    session.flush()
    return begun(session, code)


@on_both_databases
@pytest.mark.parametrize("accepted", [False, True], ids=["waiting", "accepted"])
def test_what_was_shared_is_shared_again_once_the_words_are_compared(
    cast: Cast, session: Session, accepted: bool
) -> None:
    row = shared(session, cast, accepted=accepted)
    stranded(session, cast)
    keys = anew(session, cast)
    health, goundam = cast.team(HEALTH).id, cast.team(GOUNDAM).id
    assert team_public(session, health)[0] == 2
    aminata = cast.person("aminata")
    run_chores(session, aminata.actor, aminata.keyring)
    mariam = keyrings.act_as(session, cast.person("mariam").id, keys)
    by = (*mariam, row.id, Permission.REFERRAL_VIEW)
    assert access_referral(session, *by).grant is None, "not before the words are compared"
    team_keys.compare_partner(session, aminata.actor, aminata.keyring, goundam, health)
    team_keys.compare_partner(session, *mariam, health, goundam)
    session.flush()
    run_chores(session, aminata.actor, aminata.keyring)
    assert access_referral(session, *by).grant is not None
    sequence_all(session)
    assert list(compare_boxes(session, stored_boxes(session))) == []


def test_she_who_begins_is_focal_point_and_confirms_the_others(
    cast: Cast, session: Session
) -> None:
    stranded(session, cast)
    health, adama = cast.team(HEALTH).id, cast.person("adama")
    code = begin_team_anew(session, cast.person("admin").actor, health, adama.id, DAYS)[1]
    session.flush()
    actor, keyring = keyrings.act_as(session, adama.id, begun(session, code))
    assert actor.may_in(Permission.MEMBER_CONFIRM, health)
    mariam = cast.person("mariam")
    _, second = accounts.renew_code(session, actor, mariam.id)
    keys = begun(session, second)
    members.confirm_member(session, actor, keyring, health, mariam.id)
    session.flush()
    assert health in keyrings.act_as(session, mariam.id, keys)[1].teams


def test_the_senders_see_that_the_keys_changed(cast: Cast, session: Session) -> None:
    aminata, goundam, health = cast.person("aminata"), cast.team(GOUNDAM).id, cast.team(HEALTH)
    states = []
    for step in (lambda: None, lambda: stranded(session, cast), lambda: anew(session, cast)):
        step()
        peers = rosters.peers(session, aminata.keyring, goundam)
        states.append(next(one.state for one in peers if one.team_id == health.id))
    assert states == ["compared", "compared", "changed"]


def test_a_team_with_a_keyholder_does_not_begin_anew(cast: Cast, session: Session) -> None:
    admin, health = cast.person("admin"), cast.team(HEALTH).id
    forget(session, admin, cast.person("mariam").id)
    with pytest.raises(RuleBroken, match="not_stranded"):
        begin_team_anew(session, admin.actor, health, cast.person("mariam").id, DAYS)
    assert has_keys(session, health)


def test_a_team_of_the_programme_never_begins_anew(cast: Cast, session: Session) -> None:
    admin, team = cast.person("admin"), cast.team(TOMBOUCTOU).id
    for handle in ("oumar", "fanta"):
        forget(session, admin, cast.person(handle).id)
    with pytest.raises(RuleBroken, match="not_a_partner"):
        begin_team_anew(session, admin.actor, team, cast.person("oumar").id, DAYS)


@pytest.mark.parametrize("handle", ["aminata", "adama", "manager"])
def test_only_an_administrator_lets_a_team_begin_anew(
    cast: Cast, session: Session, handle: str
) -> None:
    who, health = cast.person(handle), cast.team(HEALTH).id
    with pytest.raises(NotAllowed):
        restart.restart_team(session, who.actor, health, cast.person("mariam").id, DAYS)


def test_the_former_keys_of_a_team_that_began_anew_open_nothing_of_it(
    cast: Cast, session: Session
) -> None:
    stranded(session, cast)
    anew(session, cast)
    old = cast.person("mariam")
    assert not keyrings.open_teams(
        session, cast.person("adama").id, cast.person("adama").keyring.user
    )
    team = session.get_one(Team, cast.team(HEALTH).id)
    assert not restart.is_stranded(session, team)
    assert session.get_one(User, old.id).state == UserState.ACTIVE
