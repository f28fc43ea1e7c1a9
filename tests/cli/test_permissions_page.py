"""The page of permissions says what the program does."""

from __future__ import annotations

import pytest

from casework import policy
from casework.cli import permissions
from casework.policy import Permission, Role


def test_the_page_is_current() -> None:
    current = permissions.PAGE.read_text(encoding="utf-8") == permissions.page()
    assert current, "run `python -m casework.cli.permissions`"


def test_a_right_that_is_added_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = permissions.page()
    wider = policy.PERMISSIONS[Role.DONOR] | {Permission.CASE_VIEW}
    monkeypatch.setitem(policy.PERMISSIONS, Role.DONOR, wider)
    assert permissions.page() != before


def test_every_permission_is_explained() -> None:
    assert set(permissions.MEANINGS) == set(Permission)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_column(role: Role) -> None:
    assert f" {role} |" in permissions.page()
