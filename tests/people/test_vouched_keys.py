"""A writer in the database publishes keys of her own for a team: nothing is sealed to them, and
nobody forgets which team she accepted."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.cases.lost_forms import keep
from casework.cases.models import Draft
from casework.errors import NotVisible
from casework.people import keyrings, vouching
from casework.people.models import MembershipRow, TeamKey, User
from casework.people.queries import team_public
from casework.vault.drafts import open_draft
from casework.vault.errors import VaultError
from casework.vault.keys import TeamKeys, new_seed, pin, seal_member_seed, sign_team_key
from casework.vault.server import vouch
from casework.web.member import Expired
from config import Settings
from tests.people.test_rows import forged, opens_team, rewrite_book
from tests.support.cast import Cast
from tests.support.databases import on_both_databases

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def server_key(app: Flask) -> bytes:
    own: Settings = app.extensions["settings"]
    return own.server_key


def lost(app: Flask, cast: Cast, session: Session) -> Draft | None:
    """The draft of a form that Zeinab's ended session was posted on, if it was kept."""
    gone = Expired(UUID(int=1), cast.person("zeinab").id, b"")
    keep(session, server_key(app), gone, "/cases/new", [("wanted", "Fadimata")])
    session.flush()
    return session.scalars(select(Draft)).first()


def opens(team: TeamKeys, draft: Draft) -> bool:
    """True where these keys open the draft."""
    try:
        open_draft(team, draft.id, draft.kind, draft.box)
    except VaultError:
        return False
    return True


def failed_checks(session: Session) -> int:
    """How many failed checks the log tells of."""
    found = select(AuditEntry.id).where(AuditEntry.action == "check.failed")
    return len(session.scalars(found).all())


def published(session: Session, cast: Cast, epoch: int, vouched: bytes | None = None) -> TeamKeys:
    """Keys of a stranger's own, published as an epoch of Goundam."""
    stranger = TeamKeys(cast.team("Goundam").id, epoch, new_seed())
    row = TeamKey(
        team_id=stranger.team_id,
        epoch=epoch,
        kem_pub=stranger.public.kem,
        draft_pub=stranger.public.draft,
        sig_pub=stranger.public.sig,
        prev_sig=sign_team_key(stranger, stranger.team_id, epoch, stranger.public),
        vouched=vouched,
        created_at=LONG_AGO,
    )
    session.add(row)
    session.flush()
    return stranger


@on_both_databases
def test_a_lost_form_is_sealed_to_the_keys_a_keyholder_vouched_for(
    app: Flask, cast: Cast, session: Session
) -> None:
    draft = lost(app, cast, session)
    assert draft is not None
    assert opens(cast.person("zeinab").keyring.team(cast.team("Goundam").id), draft)
    assert failed_checks(session) == 0


@pytest.mark.parametrize("borrowed", [False, True], ids=["without a mark", "with a copied mark"])
@on_both_databases
def test_an_epoch_added_by_a_database_writer_gets_no_lost_form(
    app: Flask, cast: Cast, session: Session, borrowed: bool
) -> None:
    row = session.get_one(TeamKey, (cast.team("Goundam").id, 1))
    stranger = published(session, cast, 2, row.vouched if borrowed else None)
    assert team_public(session, stranger.team_id)[0] == 2, "the program would have used it"
    draft = lost(app, cast, session)
    assert draft is not None
    assert not opens(stranger, draft)
    assert opens(cast.person("zeinab").keyring.team(stranger.team_id), draft)
    assert failed_checks(session) == 1


def test_a_draft_key_exchanged_in_the_row_gets_no_lost_form(
    app: Flask, cast: Cast, session: Session
) -> None:
    stranger = TeamKeys(cast.team("Goundam").id, 1, new_seed())
    row = session.get_one(TeamKey, (stranger.team_id, 1))
    row.draft_pub = stranger.public.draft
    session.flush()
    assert lost(app, cast, session) is None


def test_a_mark_made_under_another_server_key_counts_for_nothing(
    cast: Cast, session: Session
) -> None:
    with pytest.raises(NotVisible):
        vouching.vouched_public(
            session, cast.team("Goundam").id, b"other key of 32 bytes for a test"
        )


def test_a_keyholder_vouches_for_her_own_keys_only(
    app: Flask, cast: Cast, session: Session
) -> None:
    published(session, cast, 2)
    session.execute(update(TeamKey).values(vouched=None))
    session.expire_all()
    zeinab = cast.person("zeinab")
    own = server_key(app)
    assert vouching.vouch_for_teams(session, zeinab.actor, zeinab.keyring, own) == 1
    session.flush()
    marked = select(TeamKey.team_id, TeamKey.epoch).where(TeamKey.vouched.is_not(None))
    assert session.execute(marked).all() == [(zeinab.team_id, 1)]
    assert vouching.vouch_for_teams(session, zeinab.actor, zeinab.keyring, own) == 0


def test_a_mark_is_of_one_team_epoch_and_key(cast: Cast) -> None:
    team = cast.person("zeinab").keyring.team(cast.team("Goundam").id)
    key, other = b"k" * 32, TeamKeys(UUID(int=9), 1, new_seed())
    marks = {
        vouch(key, team.team_id, 1, team.public),
        vouch(key, team.team_id, 2, team.public),
        vouch(key, other.team_id, 1, team.public),
        vouch(key, team.team_id, 1, other.public),
        vouch(b"l" * 32, team.team_id, 1, team.public),
    }
    assert len(marks) == 5


# Pin and confirmation emptied together


def emptied(session: Session, cast: Cast) -> MembershipRow:
    """Zeinab's row says that she never was in the team, which has keys of a stranger's."""
    forged(session, cast)
    row = session.get_one(MembershipRow, (cast.team("Goundam").id, cast.person("zeinab").id))
    session.refresh(row)
    row.pin, row.confirmed_at = None, None
    session.flush()
    return row


def test_pin_and_confirmation_emptied_together_do_not_make_her_accept_other_keys(
    cast: Cast, session: Session
) -> None:
    zeinab = cast.person("zeinab")
    row = emptied(session, cast)
    keyrings.pin_waiting(session, zeinab.id, zeinab.keyring.user)
    row.confirmed_at = LONG_AGO
    session.flush()
    session.expire_all()
    assert not opens_team(session, zeinab)


def test_the_same_at_a_live_sessions_next_request(cast: Cast, session: Session) -> None:
    zeinab = cast.person("zeinab")
    row = emptied(session, cast)
    keyrings.pin_waiting(session, zeinab.id, zeinab.keyring.user)
    old = zeinab.keyring.team(cast.team("Goundam").id)
    assert row.pin == pin(zeinab.keyring.user, old.team_id, 1, old.public)
    assert not keyrings.is_active(row)


def test_an_emptied_memory_opens_nothing_either(cast: Cast, session: Session) -> None:
    zeinab = cast.person("zeinab")
    row = emptied(session, cast)
    session.execute(update(User).where(User.id == zeinab.id).values(known=None))
    session.expire_all()
    keyrings.pin_waiting(session, zeinab.id, zeinab.keyring.user)
    row.confirmed_at = LONG_AGO
    session.flush()
    session.expire_all()
    assert not opens_team(session, zeinab)


def test_a_memory_of_somebody_else_is_refused(cast: Cast, session: Session) -> None:
    zeinab, ibrahim = cast.person("zeinab"), cast.person("ibrahim")
    other = session.get_one(User, ibrahim.id).known
    session.execute(update(User).where(User.id == zeinab.id).values(known=other))
    session.expire_all()
    assert not opens_team(session, zeinab)


def test_a_team_never_accepted_is_refused_whatever_its_rows_say(
    cast: Cast, session: Session
) -> None:
    """A writer in the database makes Zeinab a member of a team of the writer's own."""
    zeinab, tombouctou = cast.person("zeinab"), cast.team("Tombouctou").id
    stranger = TeamKeys(tombouctou, 2, new_seed())
    session.execute(update(TeamKey).where(TeamKey.team_id == tombouctou).values(epoch=1))
    row = MembershipRow(
        team_id=tombouctou,
        user_id=zeinab.id,
        role="paralegal",
        epoch=2,
        confirmed_at=LONG_AGO,
        seed_box=seal_member_seed(stranger, zeinab.id, zeinab.keyring.user.public),
    )
    session.add(row)
    key = TeamKey(
        team_id=tombouctou,
        epoch=2,
        kem_pub=stranger.public.kem,
        draft_pub=stranger.public.draft,
        sig_pub=stranger.public.sig,
        prev_sig=sign_team_key(stranger, tombouctou, 2, stranger.public),
        created_at=LONG_AGO,
    )
    session.add(key)
    session.flush()
    rewrite_book(session, stranger)
    opened = keyrings.act_as(session, zeinab.id, zeinab.keyring.user)[1]
    assert set(opened.teams) == {zeinab.team_id}
