"""What members of staff are called on the screens of a referral."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from casework.people.profiles import open_profile
from casework.people.queries import profiles


def names_of(
    session: Session, server_key: bytes, user_ids: Iterable[UUID | None]
) -> dict[UUID | None, str]:
    """The names of some accounts, by id, in one query; an account that has none is left out."""
    wanted = sorted({one for one in user_ids if one is not None})
    boxes = profiles(session, wanted) if wanted else {}
    found = {one: open_profile(server_key, one, box)["name"] for one, box in boxes.items()}
    return {one: name for one, name in found.items() if name}
