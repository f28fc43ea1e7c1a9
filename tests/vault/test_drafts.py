"""Drafts: anybody seals to a team, only its keyholders open, in either direction of the format."""

from __future__ import annotations

import pytest

from casework.vault.drafts import open_draft, seal_draft
from casework.vault.errors import SealBroken
from casework.vault.keys import open_old_seed, seal_old_seed
from tests.vault.cast import DRAFT, GOUNDAM, VALUE, clinic, goundam, goundam_next


def a_draft() -> bytes:
    """An intake sealed by a relay's telephone."""
    return seal_draft(goundam.public.draft, GOUNDAM, 3, DRAFT, "intake", VALUE)


def test_the_team_opens_a_draft_sealed_to_it() -> None:
    assert open_draft(goundam, DRAFT, "intake", a_draft()) == VALUE


@pytest.mark.parametrize("kind", ["answer", "lost-form"])
def test_a_draft_of_any_kind_opens_as_that_kind(kind: str) -> None:
    box = seal_draft(goundam.public.draft, GOUNDAM, 3, DRAFT, kind, VALUE)
    assert open_draft(goundam, DRAFT, kind, box) == VALUE


def test_another_team_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        open_draft(clinic, DRAFT, "intake", a_draft())


def test_a_draft_does_not_change_its_kind() -> None:
    with pytest.raises(SealBroken):
        open_draft(goundam, DRAFT, "answer", a_draft())


def test_a_draft_on_its_way_during_a_rotation_still_opens() -> None:
    old = open_old_seed(goundam_next, 3, seal_old_seed(goundam_next, goundam))
    assert open_draft(old, DRAFT, "intake", a_draft()) == VALUE


def test_a_draft_says_little_by_its_size() -> None:
    longer = {**VALUE, "story": "elle est venue avec sa sœur"}
    other = seal_draft(goundam.public.draft, GOUNDAM, 3, DRAFT, "intake", longer)
    assert len(other) == len(a_draft())


def test_nothing_is_sealed_to_a_key_that_is_no_point() -> None:
    with pytest.raises(SealBroken):
        seal_draft(bytes(65), GOUNDAM, 3, DRAFT, "intake", VALUE)
