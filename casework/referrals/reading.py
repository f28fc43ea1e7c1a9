"""One referral as its page shows it to the side that reads: nothing that side may not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record_view
from casework.cases.access import OpenCase
from casework.cases.models import Case
from casework.cases.sections import Entry
from casework.consent.recipients import Section
from casework.consent.records import Consent
from casework.directory.models import Provider
from casework.policy import Actor, Permission
from casework.referrals.access import (
    OpenReferral,
    access_referral,
    exchange,
    shared_entries,
    shared_sections,
)
from casework.referrals.disclosure import card_of, may_share
from casework.referrals.drafting import Wish, asked_in, wish_in
from casework.referrals.lines import Line
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.workflow import By, Move, Side, discloses, moves
from casework.vault.keys import Keyring


@dataclass(frozen=True, slots=True)
class Told:
    """One move in the history of a referral; what was done on behalf says from whom and how."""

    move: Move
    to: str
    by: UUID | None
    happened_on: date
    recorded_at: datetime
    on_behalf: bool
    reason: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    source: str = field(default="", repr=False)
    means: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something one side wrote to the other."""

    by: UUID
    from_us: bool
    at: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shared:
    """One section that a referral shares, and what allows it today (None: nothing does)."""

    section: Section
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the page of a referral shows."""

    referral: OpenReferral
    line: Line
    provider: Provider
    wish: Wish | None
    history: list[Told]
    messages: list[Message]
    shared: list[Shared]
    values: dict[str, dict[str, object]] = field(repr=False)
    entries: list[Entry] = field(repr=False)

    @property
    def row(self) -> Referral:
        """The referral's row."""
        return self.referral.row

    @property
    def sends(self) -> bool:
        """True for a member of the sending team."""
        return self.referral.side is Side.SENDER

    @property
    def own_moves(self) -> tuple[Move, ...]:
        """What the reader's side may do now."""
        return moves(self.line.state, By.SENDER if self.sends else By.RECEIVER)

    @property
    def on_behalf(self) -> tuple[Move, ...]:
        """The receiver's acts that a member of the sending team may write down now."""
        if not self.sends:
            return ()
        found = moves(self.line.state, By.ON_BEHALF)
        return tuple(move for move in found if move not in self.own_moves)

    def people(self) -> set[UUID | None]:
        """Everybody of the staff whom the page names."""
        acted = {told.by for told in self.history} | {one.by for one in self.messages}
        return {*acted, self.row.actor_id}


def read_referral(session: Session, actor: Actor, keyring: Keyring, referral_id: UUID) -> Reading:
    """The referral as the actor's side may see it; the log says that it was looked at.

    Raises NotVisible, NotAllowed; VaultError when something was tampered with.
    """
    referral = access_referral(session, actor, keyring, referral_id, Permission.REFERRAL_VIEW)
    entries = exchange(session, referral)
    values = {name: one.value for name, one in shared_sections(session, referral).items()}
    record_view(
        session,
        "referral.viewed",
        actor.user_id,
        case=referral.row.case_id,
        referral=referral.id,
        sections=sorted(values),
    )
    provider = session.get_one(Provider, referral.row.provider_id)
    wish = wish_in(asked_in(entries)) if entries else None
    return Reading(
        referral=referral,
        line=line_of(session, referral, provider, entries, values),
        provider=provider,
        wish=wish if referral.side is Side.SENDER else None,
        history=history(session, referral, entries),
        messages=[message(entry, referral.side) for entry in of_kind(entries, "message")],
        shared=shared_by(session, referral, wish),
        values=values,
        entries=shared_entries(session, referral),
    )


def of_kind(entries: Sequence[Entry], kind: str) -> list[Entry]:
    """The entries of one kind, in their order."""
    return [entry for entry in entries if entry.value["kind"] == kind]


def line_of(
    session: Session,
    referral: OpenReferral,
    provider: Provider,
    entries: Sequence[Entry],
    values: dict[str, dict[str, object]],
) -> Line:
    """The referral as a list would show it to the same side."""
    row, case = referral.row, session.get_one(Case, referral.row.case_id)
    return Line(
        id=row.id,
        case_id=row.case_id,
        from_team=row.from_team,
        side=referral.side,
        state=referral.state,
        provider_id=provider.id,
        provider=provider.name,
        has_team=row.to_team is not None,
        actor_id=row.actor_id,
        due_at=row.due_at,
        sent_at=row.sent_at,
        worker_id=case.assigned_to,
        code=case.code,
        card=card_in(referral, entries),
        name=str(referral.case.card.get("name", "")) if referral.case else "",
    )


def card_in(referral: OpenReferral, entries: Sequence[Entry]) -> dict[str, Any]:
    """The card: out of the grant for the receiver, out of the case for the sender."""
    if referral.case is not None:
        return card_of(referral.case.card, asked_in(list(entries)))
    return dict(referral.grant.card) if referral.grant else {}


# What happened


def history(session: Session, referral: OpenReferral, entries: Sequence[Entry]) -> list[Told]:
    """Every move, oldest first; to a receiver whose grant is over, nothing."""
    if not referral.exchange_key:
        return []
    sealed = {entry.id: entry.value for entry in of_kind(entries, "move")}
    rows = session.scalars(
        select(ReferralMove)
        .where(ReferralMove.referral_id == referral.id)
        .order_by(ReferralMove.recorded_at, ReferralMove.id)
        .limit(200)
    ).all()
    numbered = sorted(rows, key=lambda row: place(row, sealed.get(row.id)))
    return [told(row, sealed.get(row.id, {})) for row in numbered]


def place(row: ReferralMove, value: dict[str, object] | None) -> tuple[datetime, int]:
    """The order of moves: as recorded, those of one second by their number."""
    return row.recorded_at, int(str(value["number"])) if value else 0


def told(row: ReferralMove, value: dict[str, object]) -> Told:
    """A move with its sealed reason, source and means; the system's own moves have none."""
    return Told(
        move=Move(row.move),
        to=row.to_state,
        by=row.moved_by,
        happened_on=row.happened_on,
        recorded_at=row.recorded_at,
        on_behalf=bool(value.get("on_behalf", row.on_behalf)),
        **{name: str(value.get(name, "")) for name in ("reason", "note", "source", "means")},
    )


def message(entry: Entry, side: Side) -> Message:
    """A message as the side reads it."""
    value = entry.value
    return Message(
        by=UUID(str(value["recorded_by"])),
        from_us=value["from"] == side,
        at=str(value["recorded_at"]),
        text=str(value["text"]),
    )


# What is shared, and why it may be


def shared_by(session: Session, referral: OpenReferral, wish: Wish | None) -> list[Shared]:
    """The sections a referral shares, each with what allows it today; a receiver learns which
    sections, and only once it has accepted."""
    if referral.case is not None and wish is not None:
        return allowed(
            session, referral.case, referral.row.provider_id, wish.sections, wish.service
        )
    if referral.grant is None or not discloses(referral.state):
        return []
    return [Shared(one, None) for one in Section if one in referral.grant.sections]


def allowed(
    session: Session, case: OpenCase, provider_id: UUID, sections: Sequence[str], service: str
) -> list[Shared]:
    """Each of the sections with what allows the provider to read it today."""
    why = may_share(session, case, provider_id, service)
    return [Shared(one, why.get(one)) for one in Section if one in sections]
