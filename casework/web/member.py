"""The signed-in person of one request: what she is, what she can open, and her session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from casework.policy import Actor
from casework.vault.keys import Keyring

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """Built by the member loader on every request; Flask-Login sees it as the current user."""

    actor: Actor
    session_id: UUID
    session_key: bytes = field(repr=False)
    keyring: Keyring = field(repr=False)
    handle: str = field(repr=False)
    name: str = field(repr=False)
    language: str = "fr"
    stale: bool = False
    has_factor: bool = False
    has_pin: bool = False
    proved_at: datetime = NEVER

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The identifier Flask-Login asks for; nothing is ever stored under it."""
        return self.actor.user_id.hex


@dataclass(frozen=True, slots=True)
class Expired:
    """A session whose keys are gone but whose row still says who may leave a form behind; `locked`
    where a PIN brings the keys back."""

    session_id: UUID
    user_id: UUID
    session_key: bytes = field(repr=False)
    locked: bool = False
