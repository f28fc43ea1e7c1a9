"""What a browser has seen of the log: for each person who uses it, the last head, under her key.

The cookie is a row of boxes of 72 bytes, the last used first, each with number of entries (8),
minute (4) and root (32). A box is sealed with a key derived from the person's own seed: it is hers
only where her key opens it; one of somebody else, a forged and a mangled one are nothing to her,
and are passed on as they came. Nobody can tell from a box whose it is nor, without her key, how
many acts the log has: that number grows while a quarter is open, and managers have browsers too.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.audit.heads import Head, broken_since, present_head
from casework.audit.log import record
from casework.audit.sequencer import LogBroken, tree_size
from casework.vault.context import ctx
from casework.vault.errors import SealBroken
from casework.vault.keys import UserKeys
from casework.vault.primitives import open_box, seal

HEAD = struct.Struct(">QI32s")
BOX_BYTES = HEAD.size + 28
"""What is kept, with nonce and tag around it."""
MOST = 6
"""Of so many people one browser keeps a record: the cookie goes with each request (576 letters)."""
REFRESHED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Seen:
    """The head that a person's browser saw, and in which minute since 1970."""

    head: Head
    minute: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The log does not go on from what this browser saw: `why` as `broken_since` says it, and the
    number of entries then and now."""

    why: str
    seen: int
    size: int


def last_seen(text: str | None, keys: UserKeys) -> Seen | None:
    """The person's own record with the most entries; None where the cookie holds none of hers."""
    own = (opened(keys, packed) for packed in records(text))
    return max(filter(None, own), key=lambda seen: seen.head.size, default=None)


def with_seen(text: str | None, keys: UserKeys, head: Head, now: datetime) -> str:
    """The cookie with this head as the person's only record, in front of those of others."""
    others = [packed for packed in records(text) if opened(keys, packed) is None]
    kept = [sealed(keys, Seen(head, minute_of(now))), *others][:MOST]
    return urlsafe_b64encode(b"".join(kept)).decode()


def records(text: str | None) -> Iterator[bytes]:
    """The records in a cookie, whoever's they are, at most six; none where it is malformed."""
    try:
        packed = urlsafe_b64decode((text or "").encode("ascii"))
    except ValueError:
        return
    if len(packed) % BOX_BYTES == 0:
        for start in range(0, min(len(packed), MOST * BOX_BYTES), BOX_BYTES):
            yield packed[start : start + BOX_BYTES]


def sealed(keys: UserKeys, seen: Seen) -> bytes:
    """One record under the person's key."""
    head = HEAD.pack(seen.head.size, seen.minute, seen.head.root)
    return seal(keys.checkpoint_key, head, ctx("seen/record"))


def opened(keys: UserKeys, packed: bytes) -> Seen | None:
    """What a record says, where the person's own key made it; None for every other one."""
    try:
        head = open_box(keys.checkpoint_key, packed, ctx("seen/record"))
    except SealBroken:
        return None
    size, minute, root = HEAD.unpack(head)
    return Seen(Head(size, root), minute)


def minute_of(moment: datetime) -> int:
    """Minutes since 1970."""
    return int(moment.timestamp()) // 60


def difference(session: Session, keys: UserKeys, text: str | None) -> Difference | None:
    """How the log differs from what the person's browser saw last; None where it goes on from it,
    or where the browser saw nothing yet."""
    seen = last_seen(text, keys)
    if seen is None:
        return None
    try:
        now = present_head(session)
    except LogBroken:
        return Difference("broken", seen.head.size, tree_size(session))
    why = broken_since(session, seen.head, now)
    return Difference(why, seen.head.size, now.size) if why else None


def note(session: Session, action: str, user_id: UUID, found: Difference) -> None:
    """The log itself says that a browser had seen another one, or that this was told by voice."""
    numbers = {"seen": found.seen, "size": found.size}
    record(session, action, actor=user_id, why=found.why, **numbers)


def renewed(
    session: Session, keys: UserKeys, text: str | None, *, at_once: bool = False
) -> str | None:
    """The cookie as it should be from now on; None where it stays.

    It moves on where the record is a quarter of an hour old (or `at_once`) and the log goes on from
    it. A record that the log contradicts stays, so that the next sign-in warns again.
    """
    seen, now = last_seen(text, keys), clock.now()
    if seen and not at_once and is_fresh(seen, now):
        return None
    if difference(session, keys, text) is not None:
        return None
    return moved_on(session, keys, text)


def is_fresh(seen: Seen, now: datetime) -> bool:
    """True for a record of the last quarter of an hour; a clock that was put back makes it old."""
    return 0 <= minute_of(now) - seen.minute < REFRESHED_AFTER.total_seconds() // 60


def moved_on(session: Session, keys: UserKeys, text: str | None) -> str | None:
    """The cookie with the log as it is now, whatever it said; None for an empty or broken log."""
    try:
        head = present_head(session)
    except LogBroken:
        return None
    return with_seen(text, keys, head, clock.now()) if head.size else None
