"""The only way to a case: its own team; to everybody else it does not exist."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from casework.cases.access import access_case, seal_card
from casework.cases.models import CaseAccess
from casework.errors import NotAllowed, NotVisible
from casework.policy import PERMISSIONS, Permission, Role
from casework.vault.errors import SealBroken
from tests.support.cast import Cast
from tests.support.files import CANARY, opened

ABOUT_CASES = frozenset(one for one in Permission if one.startswith("case."))
OWN_TEAM = ("aminata", "ibrahim", "zeinab")
STRANGERS = (
    "moussa",
    "oumar",
    "fanta",
    "mariam",
    "adama",
    "maitre_cisse",
    "admin",
    "manager",
    "donor",
    "auditor",
)


@pytest.mark.parametrize("handle", OWN_TEAM)
def test_every_keyholder_of_the_team_opens_its_case(
    session: Session, cast: Cast, handle: str
) -> None:
    case, who = opened(session, cast.person("zeinab")), cast.person(handle)
    found = access_case(session, who.actor, who.keyring, case.id, Permission.CASE_VIEW)
    assert found.card["name"] == CANARY


def test_to_everybody_else_the_case_does_not_exist(session: Session, cast: Cast) -> None:
    case = opened(session, cast.person("zeinab"))
    for who in map(cast.person, STRANGERS):
        for permission in ABOUT_CASES:
            with pytest.raises(NotVisible):
                access_case(session, who.actor, who.keyring, case.id, permission)


@pytest.mark.parametrize("handle", ["aminata", "zeinab"])
def test_in_her_own_team_the_permission_decides(session: Session, cast: Cast, handle: str) -> None:
    case, who = opened(session, cast.person("zeinab")), cast.person(handle)
    for permission in ABOUT_CASES & PERMISSIONS[who.role]:
        access_case(session, who.actor, who.keyring, case.id, permission)
    for permission in ABOUT_CASES - PERMISSIONS[who.role]:
        with pytest.raises(NotAllowed):
            access_case(session, who.actor, who.keyring, case.id, permission)


def test_no_organisation_role_holds_a_permission_on_cases() -> None:
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.DONOR, Role.AUDITOR):
        assert not PERMISSIONS[role] & ABOUT_CASES


def test_another_cases_box_does_not_open_here(session: Session, cast: Cast) -> None:
    zeinab = cast.person("zeinab")
    one, other = opened(session, zeinab), opened(session, zeinab)
    assert zeinab.team_id is not None
    row = session.get_one(CaseAccess, (zeinab.team_id, one.id, one.id))
    row.box = session.get_one(CaseAccess, (zeinab.team_id, other.id, other.id)).box
    with pytest.raises(SealBroken):
        access_case(session, zeinab.actor, zeinab.keyring, one.id, Permission.CASE_VIEW)


def test_a_card_that_says_so_already_is_not_sealed_anew(session: Session, cast: Cast) -> None:
    case = opened(session, cast.person("zeinab"))
    revision = case.access.revision
    assert not seal_card(case, name=case.card["name"])
    assert seal_card(case, name="Une autre")
    assert case.access.revision == revision + 1
