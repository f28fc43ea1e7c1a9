"""What was typed and refused, or searched for, waits here sealed under the session for some
minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casework import clock
from casework.vault.errors import VaultError
from casework.vault.server import open_under, seal_under
from casework.web.member import Member
from casework.web.models import HeldForm

KEPT_FOR = timedelta(minutes=20)


def hold(session: Session, member: Member, value: dict[str, Any]) -> UUID:
    """The value is stored sealed under the member's session; returns the id to ask it back with."""
    held_id = uuid4()
    box = seal_under(member.session_key, "held-form", member.session_id, held_id, value=value)
    session.execute(delete(HeldForm).where(HeldForm.expires_at < clock.now()))
    session.add(
        HeldForm(
            id=held_id,
            session_id=member.session_id,
            box=box,
            expires_at=clock.now() + KEPT_FOR,
        )
    )
    return held_id


def held(session: Session, member: Member, text: str | None) -> dict[str, Any] | None:
    """The value held under the id written in an address, or None when it is gone or not hers."""
    try:
        row = session.get(HeldForm, UUID(text)) if text else None
        if row is None or row.session_id != member.session_id or row.expires_at < clock.now():
            return None
        return open_under(member.session_key, "held-form", member.session_id, row.id, box=row.box)
    except (ValueError, VaultError):
        return None
