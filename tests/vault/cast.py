"""Fixed ids, seeds and values: the same in every test and behind every known answer."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from casework.vault.books import BookMember, BookPeer, TeamBook
from casework.vault.case_keys import OwnerAccess, exchange_key, section_key
from casework.vault.files import FilePlace
from casework.vault.grants import Grant
from casework.vault.keys import Keyring, TeamKeys, UserKeys


def an_id(number: int) -> UUID:
    """A recognisable id."""
    return UUID(bytes=bytes([number]) * 16)


def a_seed(number: int) -> bytes:
    """32 recognisable bytes."""
    return bytes(range(number, number + 32))


AMINATA, OUMAR = an_id(0xA1), an_id(0xA2)
GOUNDAM, CLINIC, COURT = an_id(0xB1), an_id(0xB2), an_id(0xB3)
CASE, OTHER_CASE = an_id(0xC1), an_id(0xC2)
REFERRAL, ENTRY, DRAFT, ATTACHMENT = an_id(0xD1), an_id(0xD2), an_id(0xD3), an_id(0xD4)
PROVIDER = an_id(0xE1)

aminata, oumar = UserKeys(a_seed(1)), UserKeys(a_seed(2))
goundam = TeamKeys(GOUNDAM, 3, a_seed(3))
goundam_next = TeamKeys(GOUNDAM, 4, a_seed(4))
clinic = TeamKeys(CLINIC, 7, a_seed(5))
court = TeamKeys(COURT, 1, a_seed(6))

RECOVERY_SEED = a_seed(10)
SERVER_KEY = a_seed(11)
BOOT_KEY = a_seed(12)
CASE_KEY = a_seed(13)
FILE_KEY = a_seed(14)
TOKEN = "Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8"  # 32 bytes 0x0f
WORDS = "abaisser abandon abdiquer abeille abolir aborder"
FACTOR = an_id(0xFA)

CARD: dict[str, object] = {"name": "Fadimata Alhousseïni", "phone": "76 00 00 00", "keys": ["ft"]}
VALUE: dict[str, object] = {"given": "Fadimata", "age": 31, "safe": True, "note": None}
REFERRAL_CARD: dict[str, object] = {"service": "health", "commune": "goundam", "age": "18-34"}
PLACE = FilePlace(CASE, ATTACHMENT, "attachments", 2)


def an_access() -> OwnerAccess:
    """What the owning team holds of the case."""
    return OwnerAccess(CASE_KEY, CARD)


def a_grant() -> Grant:
    """Two sections, the exchange key and a card without a name."""
    sections = {name: (2, section_key(CASE_KEY, name, 2)) for name in ("identity", "health")}
    return Grant(sections, exchange_key(CASE_KEY, REFERRAL), REFERRAL_CARD)


def a_peer(team: TeamKeys, provider_id: UUID | None = PROVIDER) -> BookPeer:
    """A team as Aminata compared it by voice."""
    return BookPeer(
        epoch=team.epoch,
        kem=team.public.kem,
        draft=team.public.draft,
        sig=team.public.sig,
        provider_id=provider_id,
        name="Centre de santé",
        compared_by=AMINATA,
        compared_at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )


def a_book() -> TeamBook:
    """Two members and one peer."""
    members = {
        AMINATA: BookMember(aminata.public, "coordinator"),
        OUMAR: BookMember(oumar.public, "relay"),
    }
    return TeamBook(members, {CLINIC: a_peer(clinic)}, "f" * 64)


def a_keyring() -> Keyring:
    """Aminata's keys and those of her two teams."""
    return Keyring(AMINATA, aminata, {GOUNDAM: goundam, COURT: court})
