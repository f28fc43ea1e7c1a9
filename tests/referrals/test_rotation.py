"""A team changes its keys: everything it held opens as before, for whoever still belongs to it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.boxes import compare_boxes
from casework.audit.models import AuditEntry
from casework.audit.sequencer import sequence_all
from casework.cases.access import OpenCase, access_case
from casework.cases.lost_forms import keep, waiting
from casework.cases.models import CaseAccess
from casework.cases.sections import read_sections
from casework.cli.boxes import stored_boxes
from casework.db import db
from casework.errors import NotAllowed, RuleBroken
from casework.people import comparisons, keyrings, members, rotation
from casework.people.models import MembershipRow, Team, TeamKey
from casework.people.queries import team_book, team_public
from casework.people.team_keys import key_row
from casework.people.vouching import is_vouched
from casework.policy import Permission
from casework.referrals.access import access_referral, shared_sections
from casework.referrals.models import Referral
from casework.referrals.rotation import rotate_due_teams, rotate_team
from casework.referrals.workflow import Move
from casework.vault.errors import BookMismatch, VaultError
from casework.vault.keys import (
    TeamKeys,
    UserKeys,
    new_seed,
    open_member_seed,
    open_recovery,
    sign_team_key,
)
from casework.vault.primitives import fingerprint
from casework.vault.recovery import recovery_fingerprint
from casework.vault.server import vouch
from casework.vault.suites import xwing_public
from casework.web.member import Expired
from tests.support.cast import GOUNDAM, HEALTH, Cast, Person, refreshed
from tests.support.databases import connect, on_both_databases
from tests.support.files import agree, moved, opened, referred
from tests.support.many_cases import add_cases

SERVER = bytes(range(32))


def rotated(session: Session, person: Person, recovery: bytes | None = None) -> TeamKeys:
    """The person's team has new keys."""
    assert person.team_id is not None
    by = (session, person.actor, person.keyring, person.team_id)
    return rotate_team(*by, SERVER, recovery)


def shared(session: Session, cast: Cast, *, accepted: bool = True) -> tuple[OpenCase, Referral]:
    """A case of Goundam, referred to the health centre."""
    zeinab, provider = cast.person("zeinab"), cast.provider(HEALTH)
    case = opened(session, zeinab)
    agree(session, zeinab, case, provider, "identity")
    row = referred(session, zeinab, case, provider, "identity")
    if accepted:
        moved(session, cast.person("mariam"), row, Move.ACCEPT)
    session.commit()
    return case, row


def opens(session: Session, person: Person, case_id: UUID) -> bool:
    """True where she opens the case and every section of it with the keys she has now."""
    who = refreshed(session, person)
    try:
        file = access_case(session, who.actor, who.keyring, case_id, Permission.CASE_VIEW)
        return bool(read_sections(session, file))
    except (VaultError, NotAllowed):
        return False


def received(session: Session, person: Person, referral_id: UUID) -> bool:
    """True where she reads what the referral shares."""
    who = refreshed(session, person)
    by = (session, who.actor, who.keyring, referral_id, Permission.REFERRAL_VIEW)
    try:
        found = access_referral(*by)
    except VaultError:
        return False
    return found.grant is not None and found.exchange_key != b""


def differences(session: Session) -> list[Any]:
    """What the nightly comparison of boxes and log finds."""
    sequence_all(session)
    return list(compare_boxes(session, stored_boxes(session)))


@on_both_databases
def test_every_member_opens_every_case_with_the_new_keys(cast: Cast, session: Session) -> None:
    case, _ = shared(session, cast)
    new = rotated(session, cast.person("aminata"))
    session.commit()
    for handle in ("aminata", "ibrahim", "zeinab"):
        assert opens(session, cast.person(handle), case.id), handle
        assert refreshed(session, cast.person(handle)).keyring.team(new.team_id).epoch == 2


def test_the_former_keys_open_nothing(cast: Cast, session: Session) -> None:
    case, _ = shared(session, cast)
    zeinab = cast.person("zeinab")
    rotated(session, cast.person("aminata"))
    with pytest.raises(VaultError):
        access_case(session, zeinab.actor, zeinab.keyring, case.id, Permission.CASE_VIEW)


def test_a_relay_gets_no_key_and_a_suspended_member_none_either(
    cast: Cast, session: Session
) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    members.suspend_member(session, aminata.actor, aminata.team_id, cast.person("ibrahim").id)
    rotated(session, aminata)
    for handle in ("moussa", "ibrahim"):
        row = session.get_one(MembershipRow, (aminata.team_id, cast.person(handle).id))
        assert (row.seed_box, row.epoch) == (None, 2)


@on_both_databases
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "waiting"])
@pytest.mark.parametrize("who", ["aminata", "mariam"], ids=["sender", "receiver"])
def test_what_was_shared_is_read_on_whichever_side_changes_its_keys(
    cast: Cast, session: Session, who: str, accepted: bool
) -> None:
    _, row = shared(session, cast, accepted=accepted)
    rotated(session, cast.person(who))
    session.commit()
    assert received(session, cast.person("mariam"), row.id)
    assert differences(session) == []


def test_a_team_that_changed_its_keys_is_referred_to_without_a_new_comparison(
    cast: Cast, session: Session
) -> None:
    rotated(session, cast.person("mariam"))
    _, row = shared(session, cast, accepted=False)
    assert received(session, cast.person("mariam"), row.id)


def test_an_epoch_forged_for_a_partner_is_not_referred_to(cast: Cast, session: Session) -> None:
    """A writer in the database publishes a next epoch of the health centre, signed by itself."""
    health, zeinab = cast.team(HEALTH).id, cast.person("zeinab")
    forged = TeamKeys(health, 2, new_seed())
    session.add(key_row(forged, forged.sign(b"x"), None))
    session.flush()
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    with pytest.raises(RuleBroken, match="partner_not_compared"):
        referred(session, zeinab, case, cast.provider(HEALTH), "identity")


@on_both_databases
def test_the_nightly_comparison_knows_every_box_sealed_anew(cast: Cast, session: Session) -> None:
    case, _ = shared(session, cast)
    rotated(session, cast.person("aminata"))
    assert differences(session) == []
    row = session.get_one(CaseAccess, (case.row.owner_team, case.id, case.id))
    row.box = row.box[:-1] + bytes([row.box[-1] ^ 1])
    session.flush()
    assert [one.why for one in differences(session)] == ["rolled_back"]


def test_a_box_that_opens_no_more_does_not_hold_up_the_others(cast: Cast, session: Session) -> None:
    spoilt, _ = shared(session, cast)
    case, _ = shared(session, cast)
    where = (CaseAccess.case_id == spoilt.id) & (CaseAccess.kind == "owner")
    session.execute(update(CaseAccess).where(where).values(box=b"x" * 60))
    rotated(session, cast.person("aminata"))
    assert opens(session, cast.person("zeinab"), case.id)
    said = select(AuditEntry.body).where(AuditEntry.action == "check.failed")
    assert b'"access"' in (session.scalars(said).one() or b"")


def test_the_recovery_key_holds_the_new_seed(cast: Cast, session: Session) -> None:
    seed, aminata = new_seed(), cast.person("aminata")
    public = xwing_public(seed)
    assert aminata.team_id is not None
    by = (session, aminata.actor, aminata.keyring, aminata.team_id)
    with pytest.raises(RuleBroken, match="recovery_changed"):
        rotate_team(*by, SERVER, public)
    new = rotate_team(*by, SERVER, public, recovery_fingerprint(seed))
    row = session.get_one(TeamKey, (aminata.team_id, 2))
    assert row.recovery_print == fingerprint(public)
    found = open_recovery(seed, new.team_id, 2, new.public, row.recovery_box or b"")
    assert found.seed == new.seed
    assert team_book(session, new)[1].recovery == fingerprint(public)


def test_a_changed_row_of_the_team_stops_the_rotation(cast: Cast, session: Session) -> None:
    zeinab = cast.person("zeinab")
    where = MembershipRow.user_id == zeinab.id
    session.execute(update(MembershipRow).where(where).values(role="coordinator"))
    with pytest.raises(BookMismatch):
        rotated(session, cast.person("aminata"))


@pytest.mark.parametrize("handle", ["zeinab", "moussa", "oumar", "mariam", "admin", "auditor"])
def test_only_who_confirms_members_changes_the_keys(
    cast: Cast, session: Session, handle: str
) -> None:
    who = cast.person(handle)
    with pytest.raises(NotAllowed):
        rotate_team(session, who.actor, who.keyring, cast.team(GOUNDAM).id, SERVER, None)


def test_the_second_of_two_who_change_the_keys_is_told(cast: Cast, session: Session) -> None:
    rotated(session, cast.person("aminata"))
    with pytest.raises(RuleBroken, match="rotated_already"):
        rotated(session, cast.person("aminata"))


def test_somebody_waiting_while_the_keys_change_is_confirmed_afterwards(
    cast: Cast, session: Session
) -> None:
    from tests.people.test_members import newcomer

    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    user_id, keys = newcomer(session, cast)
    rotated(session, aminata)
    aminata = refreshed(session, aminata)
    assert aminata.team_id is not None
    read = comparisons.with_member(session, aminata.keyring, aminata.team_id, user_id)
    assert comparisons.of_waiting(session, user_id, keys)[0].words == read.words
    members.confirm_member(
        session, aminata.actor, aminata.keyring, aminata.team_id, user_id, read.mark
    )
    session.flush()
    assert aminata.team_id in keyrings.act_as(session, user_id, keys)[1].teams


# After somebody was removed


@pytest.mark.parametrize(("handle", "due"), [("zeinab", True), ("moussa", False)])
def test_new_keys_are_due_when_a_keyholder_is_removed(
    cast: Cast, session: Session, handle: str, due: bool
) -> None:
    aminata = cast.person("aminata")
    assert aminata.team_id is not None
    by = (session, aminata.actor, aminata.keyring)
    members.remove_member(*by, aminata.team_id, cast.person(handle).id)
    session.flush()
    assert rotate_due_teams(*by, SERVER, None) == due
    assert team_public(session, aminata.team_id)[0] == 1 + due
    assert session.get_one(Team, aminata.team_id).rotation_due_at is None


def test_only_a_confirmers_request_runs_what_is_due(cast: Cast, session: Session) -> None:
    aminata, ibrahim = cast.person("aminata"), cast.person("ibrahim")
    assert aminata.team_id is not None
    by = (session, aminata.actor, aminata.keyring)
    members.remove_member(*by, aminata.team_id, cast.person("zeinab").id)
    session.flush()
    assert rotate_due_teams(session, ibrahim.actor, ibrahim.keyring, SERVER, None) == 0
    assert rotate_due_teams(*by, SERVER, None) == 1


def test_a_removed_member_who_kept_the_seed_opens_no_box(cast: Cast, session: Session) -> None:
    case, _ = shared(session, cast)
    aminata, zeinab = cast.person("aminata"), cast.person("zeinab")
    assert aminata.team_id is not None
    by = (session, aminata.actor, aminata.keyring)
    members.remove_member(*by, aminata.team_id, zeinab.id)
    session.flush()
    rotate_due_teams(*by, SERVER, None)
    with pytest.raises(VaultError):
        access_case(session, zeinab.actor, zeinab.keyring, case.id, Permission.CASE_VIEW)


# Drafts on the way


def lost(session: Session, cast: Cast) -> None:
    """Zeinab's session ended over a form."""
    session.execute(update(TeamKey).values(vouched=None))
    for row in session.scalars(select(TeamKey)):
        row.vouched = vouch(SERVER, row.team_id, row.epoch, keyrings.public_of(row))
    gone = Expired(UUID(int=1), cast.person("zeinab").id, b"")
    assert keep(session, SERVER, gone, "/cases/new", [("wanted", "Fadimata")])
    session.flush()


def found(session: Session, cast: Cast) -> list[tuple[str, str]]:
    zeinab = refreshed(session, cast.person("zeinab"))
    return [pair for one in waiting(session, zeinab.actor, zeinab.keyring) for pair in one.pairs]


def test_a_form_lost_before_opens_after_several_rotations_for_60_days(
    cast: Cast, session: Session
) -> None:
    lost(session, cast)
    begun = clock.now()
    for days in (0, 30):
        with clock.at(begun + timedelta(days=days)):
            rotated(session, refreshed(session, cast.person("aminata")))
    assert found(session, cast) == [("wanted", "Fadimata")]
    with clock.at(begun + timedelta(days=61)):
        rotated(session, refreshed(session, cast.person("aminata")))
    assert found(session, cast) == []


def test_seeds_left_60_days_ago_are_forgotten_without_anybody(cast: Cast, session: Session) -> None:
    rotated(session, cast.person("aminata"))
    later = clock.now() + timedelta(days=61)
    assert rotation.forget_old_seeds(session) == 0
    with clock.at(later):
        assert rotation.forget_old_seeds(session) == 1


def test_the_new_keys_are_vouched_for_at_once(cast: Cast, session: Session) -> None:
    new = rotated(session, cast.person("aminata"))
    assert is_vouched(session.get_one(TeamKey, (new.team_id, 2)), SERVER)


# Whole or not at all


def killed_at(engine: Engine, statement: int) -> Callable[..., None]:
    """From now on the process dies, as by kill -9, before this statement of the connection."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    return count


def rotate_and_die(url: str, person: Person, statement: int) -> int:
    """What became of another process that changed the keys and was killed at a statement."""
    child = os.fork()
    if child == 0:
        engine = connect(url)
        killed_at(engine, statement)
        with Session(engine) as session:
            rotated(session, person)
            session.commit()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@on_both_databases
def test_a_rotation_killed_at_any_moment_happened_wholly_or_not_at_all(
    app: Flask, cast: Cast, session: Session, database_url: str
) -> None:
    aminata, zeinab = cast.person("aminata"), cast.person("zeinab")
    assert aminata.team_id is not None
    case, row = shared(session, cast)
    add_cases(session, aminata.keyring.team(aminata.team_id), None, 40, Random(1))
    session.commit()
    with app.app_context():
        db.engine.dispose()
    endings = []
    for statement in (1, 4, 8, 12, 16, 20, 24, 200):
        endings.append(rotate_and_die(database_url, aminata, statement))
        session.rollback()
        epoch = team_public(session, aminata.team_id)[0]
        assert epoch == (2 if endings[-1] == 0 else 1), statement
        epochs = select(CaseAccess.epoch).where(CaseAccess.team_id == aminata.team_id)
        assert set(session.scalars(epochs)) == {epoch}
        assert opens(session, zeinab, case.id)
        assert received(session, cast.person("mariam"), row.id)
        session.rollback()
        if endings[-1] == 0:
            break
    assert endings[-1] == 0, "at last it was not killed"
    assert endings[:-1] == [-signal.SIGKILL] * (len(endings) - 1)
    assert len(endings) > 4


def test_shared_sections_are_read_after_both_sides_changed(cast: Cast, session: Session) -> None:
    _, row = shared(session, cast)
    rotated(session, cast.person("aminata"))
    rotated(session, cast.person("mariam"))
    mariam = refreshed(session, cast.person("mariam"))
    by = (session, mariam.actor, mariam.keyring, row.id, Permission.REFERRAL_VIEW)
    assert shared_sections(session, access_referral(*by))["identity"].value


def test_a_stranger_holding_an_old_key_of_a_partner_signs_nothing(
    cast: Cast, session: Session
) -> None:
    """Once the book followed the partner, a next epoch signed by its former key is refused."""
    aminata, mariam = cast.person("aminata"), cast.person("mariam")
    assert aminata.team_id is not None
    assert mariam.team_id is not None
    old = mariam.keyring.team(mariam.team_id)
    rotated(session, mariam)
    from casework.people.peers import follow_peers

    assert follow_peers(session, aminata.actor, aminata.keyring) == 1
    forged = TeamKeys(old.team_id, 3, new_seed())
    row = key_row(forged, sign_team_key(old, *numbered(forged)), None)
    session.add(row)
    session.flush()
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    with pytest.raises(RuleBroken, match="partner_not_compared"):
        referred(session, zeinab, case, cast.provider(HEALTH), "identity")


def numbered(team: TeamKeys) -> tuple[UUID, int, Any]:
    """What a signature of a team's keys is made over."""
    return team.team_id, team.epoch, team.public


def test_user_keys_of_strangers_open_no_new_seed(cast: Cast, session: Session) -> None:
    new = rotated(session, cast.person("aminata"))
    row = session.get_one(MembershipRow, (new.team_id, cast.person("zeinab").id))
    public = team_public(session, new.team_id)[1]
    with pytest.raises(VaultError):
        open_member_seed(
            UserKeys(new_seed()), row.user_id, new.team_id, 2, public, row.seed_box or b""
        )
