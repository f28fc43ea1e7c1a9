"""Promise 4: rows swapped, added or deleted by a database writer are refused and logged."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.cases.access import access_case
from casework.cases.field_kinds import Per
from casework.cases.models import CaseAccess, CaseEntry, CaseSection
from casework.cases.sections import read_entries, read_section, read_sections
from casework.consent.actions import SECTION, VERSION, list_consents
from casework.consent.models import ConsentRow
from casework.people.models import TeamKey
from casework.policy import Permission
from casework.referrals.access import access_referral, shared_sections
from casework.referrals.workflow import Move
from casework.vault.errors import VaultError
from tests.support.cast import HEALTH, LEGAL_AID, Cast, enter
from tests.support.files import agree, moved, noted, opened, referred
from tests.support.strict_client import StrictClient


def test_two_sections_swapped_in_a_case_open_no_more(session: Session, cast: Cast) -> None:
    case = opened(session, cast.person("zeinab"))
    identity = session.get_one(CaseSection, (case.id, "identity"))
    facts = session.get_one(CaseSection, (case.id, "facts"))
    assert read_sections(session, case), "positive control"
    identity.box, facts.box = facts.box, identity.box
    for name in ("identity", "facts"):
        with pytest.raises(VaultError):
            read_section(session, case, name)


def test_a_section_of_another_case_opens_no_more(session: Session, cast: Cast) -> None:
    one, other = (opened(session, cast.person("zeinab")) for _ in range(2))
    mine = session.get_one(CaseSection, (one.id, "identity"))
    mine.box = session.get_one(CaseSection, (other.id, "identity")).box
    with pytest.raises(VaultError):
        read_section(session, one, "identity")


def test_an_older_box_put_back_under_the_new_revision_is_refused(
    session: Session, cast: Cast
) -> None:
    from casework.cases.intake import save_section

    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    row = session.get_one(CaseSection, (case.id, "facts"))
    old = row.box
    save_section(session, zeinab.actor, zeinab.keyring, case.id, "facts", {"grievances": []}, 1)
    row.box = old
    with pytest.raises(VaultError):
        read_section(session, case, "facts")


def test_the_access_boxes_of_two_cases_swapped_open_neither(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    cases = [opened(session, zeinab) for _ in range(2)]
    rows = [session.get_one(CaseAccess, (each.row.owner_team, each.id, each.id)) for each in cases]
    rows[0].box, rows[1].box = rows[1].box, rows[0].box
    for each in cases:
        with pytest.raises(VaultError):
            access_case(session, zeinab.actor, zeinab.keyring, each.id, Permission.CASE_VIEW)


def test_an_entry_copied_under_another_id_is_refused(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.JOURNAL, nature="entretien", text="un mot")
    row = session.scalars(select(CaseEntry)).one()
    copy = CaseEntry(
        case_id=case.id, section=row.section, version=row.version, revision=1, box=row.box
    )
    session.add(copy)
    session.flush()
    with pytest.raises(VaultError):
        read_entries(session, case)


def test_a_consent_moved_to_another_case_is_refused(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    one, other = opened(session, zeinab), opened(session, zeinab)
    rows = {
        case.id: session.scalars(select(ConsentRow).where(ConsentRow.case_id == case.id)).all()
        for case in (one, other)
    }
    rows[one.id][0].box = rows[other.id][0].box
    with pytest.raises(VaultError):
        list_consents(session, one.id, one.key(SECTION, VERSION))


def test_a_grant_swapped_between_two_partners_opens_for_neither(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    for name in (HEALTH, LEGAL_AID):
        agree(session, zeinab, case, cast.provider(name), "identity")
    mine = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    referred(session, zeinab, case, cast.provider(LEGAL_AID), "identity", service="info_juridique")
    boxes = session.scalars(select(CaseAccess).where(CaseAccess.kind == "partner")).all()
    boxes[0].box, boxes[1].box = boxes[1].box, boxes[0].box
    boxes[0].sig, boxes[1].sig = boxes[1].sig, boxes[0].sig
    with pytest.raises(VaultError):
        access_referral(session, *(mariam.actor, mariam.keyring), mine.id, Permission.REFERRAL_VIEW)


def test_a_referral_sent_after_the_partners_keys_were_replaced_is_refused(
    session: Session, cast: Cast
) -> None:
    from casework.errors import CaseworkError

    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = session.get_one(TeamKey, (cast.team(HEALTH).id, 1))
    row.kem_pub = session.get_one(TeamKey, (cast.team(LEGAL_AID).id, 1)).kem_pub
    with pytest.raises(CaseworkError):
        referred(session, zeinab, case, cast.provider(HEALTH), "identity")


def test_a_state_raised_by_a_database_writer_opens_nothing_without_a_grant(
    session: Session, cast: Cast
) -> None:
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    case = opened(session, zeinab)
    agree(session, zeinab, case, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.DECLINE, reason="capacite")
    row.state = "accepte"
    by = (mariam.actor, mariam.keyring)
    referral = access_referral(session, *by, row.id, Permission.REFERRAL_VIEW)
    assert shared_sections(session, referral) == {}


def test_a_refused_box_is_logged_and_the_page_says_so_without_a_trace(
    session: Session, cast: Cast, client: StrictClient
) -> None:
    zeinab = cast.person("zeinab")
    case = opened(session, zeinab)
    row = session.get_one(CaseAccess, (case.row.owner_team, case.id, case.id))
    row.box = row.box[:-1] + bytes([row.box[-1] ^ 1])
    session.commit()
    enter(client, zeinab)
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "check.failed")
    ).all()
