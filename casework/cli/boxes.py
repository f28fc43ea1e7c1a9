"""Every sealed box of every case with its digest, for the comparison with the log. Keyless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.boxes import Boxes
from casework.cases.models import Attachment, CaseAccess, CaseEntry, CaseSection, Draft
from casework.consent.models import ConsentRow
from casework.vault.primitives import fingerprint

KEYS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "attachments": (Attachment, ("case_id", "id")),
    "drafts": (Draft, ("team_id", "id")),
    "case_access": (CaseAccess, ("team_id", "case_id", "referral_id")),
    "case_entries": (CaseEntry, ("case_id", "id")),
    "case_sections": (CaseSection, ("case_id", "section")),
    "consents": (ConsentRow, ("case_id", "id")),
}


def stored_boxes(session: Session) -> Boxes:
    """By table: each row's key and the digest of its box, in the order of the cases."""
    return {table: rows(session, table) for table in KEYS}


def by_case(model: Any) -> list[Any]:
    """Rows of a case stand together; drafts have none yet."""
    return [model.case_id] if hasattr(model, "case_id") else []


def rows(session: Session, table: str) -> Iterator[tuple[tuple[UUID | str, ...], str]]:
    """The keys and digests of one table, read a thousand at a time."""
    model, names = KEYS[table]
    columns = [getattr(model, name) for name in names]
    box = model.key_box if model is Attachment else model.box
    query = select(*columns, box).order_by(*by_case(model), *columns)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield tuple(row[:-1]), fingerprint(row[-1])


_PUBLIC = "public, or made from something public; the team's book says which is right"
_OWN = "opens one secret only, the same in every copy of it"
_SERVER = "about staff and providers, under the server's key"
_SHORT = "lives for minutes or days, and opens nothing afterwards"
_LOG = "the log itself, which `audit verify` proves"
_CHECKED = "checked whenever it is opened: against the book, which names keys, members and epoch"
NOT_COMPARED = {
    "audit_checkpoints.note": _LOG,
    "audit_entries.body": _LOG,
    "audit_entries.leaf_hash": _LOG,
    "audit_nodes.hash": _LOG,
    "case_access.sig": "a signature over the box, checked whenever it is opened",
    "held_forms.box": _SHORT,
    "invitations.code_hash": _SHORT,
    "memberships.pin": _CHECKED,
    "memberships.seed_box": _CHECKED,
    "providers.contact": _SERVER,
    "rate_limits.name": _SHORT,
    "sessions.box": _SHORT,
    "sessions.lock_box": _SHORT,
    "sign_in_tries.name": _SHORT,
    "team_books.box": "one an epoch and revision; an older one names other members than the rows",
    "team_keys.draft_pub": _PUBLIC,
    "team_keys.kem_pub": _PUBLIC,
    "team_keys.old_seed_box": _OWN,
    "team_keys.prev_sig": _PUBLIC,
    "team_keys.recovery_box": _OWN,
    "team_keys.sig_pub": _PUBLIC,
    "team_keys.vouched": _PUBLIC,
    "used_challenges.digest": _SHORT,
    "user_factors.box": "under a key of its owner, who is told of each change",
    "user_unlocks.box": _OWN,
    "user_unlocks.check32": _OWN,
    "user_unlocks.salt": _OWN,
    "users.kem_pub": _PUBLIC,
    "users.known": "under a key of its owner: what she compared by voice herself",
    "users.profile": _SERVER,
}
"""Columns of bytes that no entry tells of, by table and column, each with the reason."""
