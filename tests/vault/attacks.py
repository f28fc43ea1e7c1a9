"""Every kept box with the place it belongs to, and every way to move or change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from casework.vault.books import open_book
from casework.vault.case_keys import (
    exchange_key,
    open_entry,
    open_owner_access,
    open_section,
    section_key,
)
from casework.vault.drafts import open_draft
from casework.vault.factors import check_seen, open_factor
from casework.vault.files import FilePlace, decrypt_file, open_file_key
from casework.vault.grants import open_grant, open_grant_key, open_transfer
from casework.vault.keys import (
    TeamKeys,
    TeamPublic,
    UserKeys,
    check_pin,
    open_member_seed,
    open_old_seed,
    open_recovery,
    verify_team_key,
)
from casework.vault.server import open_under
from casework.vault.session_boxes import open_session
from tests.vault.cast import (
    AMINATA,
    BOOT_KEY,
    CASE,
    CASE_KEY,
    DRAFT,
    ENTRY,
    FACTOR,
    FILE_KEY,
    GOUNDAM,
    PLACE,
    RECOVERY_SEED,
    REFERRAL,
    SERVER_KEY,
    TOKEN,
    aminata,
    clinic,
    court,
    goundam,
    goundam_next,
)

Opener = Callable[..., object]


@dataclass(frozen=True)
class Kept:
    """One box as it lies in the database, with everything its opening is told."""

    open: Opener
    box: str
    place: dict[str, object]


def _read_file(file_key: bytes, place: FilePlace, box: bytes) -> bytes:
    return b"".join(decrypt_file(file_key, place, [box]))


def _read_server(server_key: bytes, purpose: str, user_id: UUID, box: bytes) -> object:
    return open_under(server_key, purpose, user_id, box=box)


STORED = Path(__file__).with_name("known_boxes.json")
BOXES = {name: bytes.fromhex(box) for name, box in json.loads(STORED.read_text()).items()}
ROW = {"team_id": GOUNDAM, "epoch": 3, "public": goundam.public}
SECTION = {"case_id": CASE, "section": "identity", "version": 2, "revision": 8}
EXCHANGE = {"case_id": CASE, "section": f"x:{REFERRAL}", "version": 1, "revision": 9}
ENTRY_PLACE = {"case_id": CASE, "section": "notes", "entry_id": ENTRY, "version": 1, "revision": 3}
SENT = {"from_team": GOUNDAM, "from_sig": goundam.public.sig, "case_id": CASE}
HELD = {"case_id": CASE, "referral_id": REFERRAL, "revision": 2}
SESSION = {"token": TOKEN, "boot_key": BOOT_KEY, "user_id": AMINATA}
SEEN = {"user_id": AMINATA, "size": 1234, "root": b"r" * 32}

KEPT: dict[str, Kept] = {
    "member": Kept(open_member_seed, "box", {"user": aminata, "user_id": AMINATA, **ROW}),
    "recovery": Kept(open_recovery, "box", {"recovery_seed": RECOVERY_SEED, **ROW}),
    "old-seed": Kept(open_old_seed, "box", {"new": goundam_next, "old_epoch": 3}),
    "team-key": Kept(
        verify_team_key,
        "signature",
        {
            "sig_public": goundam.public.sig,
            "team_id": GOUNDAM,
            "epoch": 4,
            "public": goundam_next.public,
        },
    ),
    "pin": Kept(check_pin, "pinned", {"user": aminata, **ROW}),
    "book": Kept(open_book, "box", {"team": goundam, "revision": 5}),
    "case-key": Kept(open_owner_access, "box", {"team": goundam, "case_id": CASE, "revision": 6}),
    "section": Kept(open_section, "box", {"key": section_key(CASE_KEY, "identity", 2), **SECTION}),
    "exchange": Kept(open_section, "box", {"key": exchange_key(CASE_KEY, REFERRAL), **EXCHANGE}),
    "entry": Kept(open_entry, "box", {"key": section_key(CASE_KEY, "notes", 1), **ENTRY_PLACE}),
    "grant": Kept(
        open_grant,
        "box",
        {
            "recipient": clinic,
            **SENT,
            "referral_id": REFERRAL,
            "signature": BOXES["grant-sig"],
        },
    ),
    "grant-key": Kept(open_grant_key, "box", {"team": clinic, **HELD}),
    "transfer": Kept(
        open_transfer, "box", {"recipient": court, **SENT, "signature": BOXES["transfer-sig"]}
    ),
    "draft": Kept(open_draft, "box", {"team": goundam, "draft_id": DRAFT, "kind": "intake"}),
    "file-key": Kept(
        open_file_key,
        "box",
        {"section_key": section_key(CASE_KEY, "attachments", 2), "place": PLACE},
    ),
    "file": Kept(_read_file, "box", {"file_key": FILE_KEY, "place": PLACE}),
    "session": Kept(open_session, "box", SESSION),
    "factor": Kept(
        open_factor,
        "box",
        {"user": aminata, "user_id": AMINATA, "factor_id": FACTOR, "kind": "totp"},
    ),
    "seen": Kept(check_seen, "mark", {"user": aminata, **SEEN}),
    "server": Kept(
        _read_server,
        "box",
        {"server_key": SERVER_KEY, "purpose": "staff-contact", "user_id": AMINATA},
    ),
}


def open_kept(name: str, box: bytes | None = None, **changes: Any) -> object:
    """What the box opens to, or the refusal, when the box or its place is changed."""
    kept = KEPT[name]
    return kept.open(**{**kept.place, **changes, kept.box: BOXES[name] if box is None else box})


def flip(raw: bytes, bit: int) -> bytes:
    """The same bytes but for one bit."""
    changed = bytearray(raw)
    changed[bit // 8 % len(raw)] ^= 1 << bit % 8
    return bytes(changed)


def moved(value: object, how: int) -> Any:
    """Another value of the same kind: another id, epoch, section, key or keys."""
    match value:
        case UUID():
            return UUID(int=value.int ^ 1 << how % 128)
        case int():
            return value ^ 1 << how % 20
        case bytes():
            return flip(value, how)
        case str():
            return _another_text(value, how)
        case UserKeys():
            return UserKeys(flip(value.seed, how))
        case TeamKeys():
            return _with_one_changed(value, ("team_id", "epoch", "seed"), how)
        case TeamPublic():
            return _with_one_changed(value, ("kem", "draft", "sig"), how)
        case FilePlace():
            fields = ("case_id", "attachment_id", "section", "version")
            return _with_one_changed(value, fields, how)
    raise TypeError(type(value))


def _another_text(text: str, how: int) -> str:
    spot = how % len(text)
    return text[:spot] + ("b" if text[spot] == "a" else "a") + text[spot + 1 :]


def _with_one_changed(whole: Any, fields: tuple[str, ...], how: int) -> Any:
    name = fields[how % len(fields)]
    return replace(whole, **{name: moved(getattr(whole, name), how)})
