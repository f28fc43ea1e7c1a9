"""Accounts, teams and their keys. No column here says anything about a person helped."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, UtcDateTime


class UserState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class TeamKind(StrEnum):
    """An owner team holds cases; a partner team receives referrals."""

    OWNER = "owner"
    PARTNER = "partner"


class User(Base):
    """A person with an account. Name and telephone stand in `profile`, sealed under the server
    key; the teams she has accepted in `known`, sealed under her own."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "state IN ('invited','pending','active','suspended','ended')", name="state_known"
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    kem_pub: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation_role: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default=UserState.INVITED)
    language: Mapped[str] = mapped_column(String(2), default="fr")
    profile: Mapped[bytes | None] = mapped_column(LargeBinary)
    known: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class UserUnlock(Base):
    """The user seed sealed under one way of unlocking it."""

    __tablename__ = "user_unlocks"
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    method: Mapped[str] = mapped_column(String(20), primary_key=True)
    kdf: Mapped[str] = mapped_column(String(60))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    check32: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class FactorKind(StrEnum):
    """What proves, beside the words, that it is she; a PIN reopens a locked page and proves no
    more."""

    TOTP = "totp"
    CARD = "card"
    KEY = "key"
    PIN = "pin"


class UserFactor(Base):
    """A second factor of a person, sealed under a key derived from the user seed.

    `last_step` only ever grows, by one atomic update: the last 30 seconds whose code was used, the
    spent codes of a card as bits, the counter of a security key.
    """

    __tablename__ = "user_factors"
    __table_args__ = (CheckConstraint("kind IN ('totp','card','key','pin')", name="kind_known"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A one-time code by which an account is activated; only its hash is kept."""

    __tablename__ = "invitations"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Team(Base):
    """An owner team of the programme, or the team of a partner."""

    __tablename__ = "teams"
    __table_args__ = (CheckConstraint("kind IN ('owner','partner')", name="kind_known"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    provider_id: Mapped[UUID | None] = mapped_column(unique=True)
    rotation_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TeamKey(Base):
    """The public keys of one epoch of a team, signed by the epoch before, or by itself where the
    team began anew.

    `vouched` is made under the server key by a keyholder's own request: what has no keys relies on
    it. `old_seed_box` keeps a retired epoch's seed for 60 days; `recovery_print` says which
    recovery key the recovery box is for.
    """

    __tablename__ = "team_keys"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kem_pub: Mapped[bytes] = mapped_column(LargeBinary)
    draft_pub: Mapped[bytes] = mapped_column(LargeBinary)
    sig_pub: Mapped[bytes] = mapped_column(LargeBinary)
    prev_sig: Mapped[bytes] = mapped_column(LargeBinary)
    recovery_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    recovery_print: Mapped[str | None] = mapped_column(String(64))
    vouched: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_seed_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_on: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MembershipRow(Base):
    """One person in one team; without a seed box (a relay, or not yet confirmed) it opens
    nothing."""

    __tablename__ = "memberships"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    epoch: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(String(20))
    seed_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin: Mapped[bytes | None] = mapped_column(LargeBinary)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TeamBookRow(Base):
    """The team's own record of its members and peers, in one box under the team's key."""

    __tablename__ = "team_books"
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column()
    revision: Mapped[int] = mapped_column()
    box: Mapped[bytes] = mapped_column(LargeBinary)
    __mapper_args__ = {"version_id_col": revision, "version_id_generator": False}


class SessionRow(Base):
    """A signed-in browser: the keys stand in `box`, under the cookie and the boot key together;
    and, where she has a PIN, in `lock_box` under these and the PIN."""

    __tablename__ = "sessions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    lock_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    pin_tries: Mapped[int] = mapped_column(default=0)


class RateLimit(Base):
    """How many tries one counter has seen in its window; the name is a keyed hash."""

    __tablename__ = "rate_limits"
    name: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)


class TryRow(Base):
    """How often one name was tried, and until when the next try waits; the name is a keyed hash."""

    __tablename__ = "sign_in_tries"
    name: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class UsedChallenge(Base):
    """A challenge that a security key has answered, as its hash: it serves no second time."""

    __tablename__ = "used_challenges"
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
