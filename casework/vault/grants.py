"""What a case's owner hands over: signed grants to partners, signed transfers to a new owner.

An HPKE box can be made by anybody, so the sending team signs its context and fingerprint, and the
signature is checked before the box is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from casework.vault.case_keys import OwnerAccess
from casework.vault.context import ctx
from casework.vault.documents import as_key, as_list, as_number, as_object, pack, unpack
from casework.vault.errors import SealBroken
from casework.vault.keys import TeamKeys
from casework.vault.primitives import hpke_open, hpke_seal, open_box, seal
from casework.vault.signatures import verify


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """What one partner may open, and the card that it sees before it accepts.

    `sections` maps a section's name to its version and key (32 bytes); `exchange_key` is of 32
    bytes; the card holds service, commune, urgency and age band, never a name.
    """

    sections: dict[str, tuple[int, bytes]] = field(repr=False)
    exchange_key: bytes = field(repr=False)
    card: dict[str, object] = field(repr=False)

    def document(self) -> dict[str, object]:
        """The JSON object that is sealed."""
        sections = {name: [version, key.hex()] for name, (version, key) in self.sections.items()}
        return {"sections": sections, "exchange": self.exchange_key.hex(), "card": self.card}

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Grant:
        """The grant that `document` gave; raises `SealBroken` on anything else."""
        sections = as_object(document.get("sections"))
        return cls(
            sections={name: _versioned_key(pair) for name, pair in sections.items()},
            exchange_key=as_key(document.get("exchange")),
            card=as_object(document.get("card")),
        )


def _versioned_key(pair: object) -> tuple[int, bytes]:
    match as_list(pair):
        case [version, key]:
            return as_number(version), as_key(key)
    raise SealBroken("the box holds another document")


def _signed(purpose: str, info: bytes, box: bytes) -> bytes:
    return ctx(purpose, info, sha256(box).digest())


def seal_grant(
    sender: TeamKeys,
    to_team: UUID,
    to_epoch: int,
    to_kem: bytes,
    case_id: UUID,
    referral_id: UUID,
    grant: Grant,
) -> tuple[bytes, bytes]:
    """The HPKE box and the sender's signature that give a partner exactly this grant.

    Check `to_kem` and `to_epoch` against the team book first. Raises `SealBroken` on a malformed
    public key.
    """
    info = ctx("grant", case_id, sender.team_id, to_team, to_epoch, referral_id)
    box = hpke_seal(to_kem, pack(grant.document()), info)
    return box, sender.sign(_signed("grant-sig", info, box))


def open_grant(
    recipient: TeamKeys,
    from_team: UUID,
    from_sig: bytes,
    case_id: UUID,
    referral_id: UUID,
    box: bytes,
    signature: bytes,
) -> Grant:
    """The grant a partner received, once its sender's signature is verified.

    `from_sig` is the sender's Ed25519 key as the partner's own book has it. Raises
    `SignatureBroken`, then `SealBroken`.
    """
    info = ctx("grant", case_id, from_team, recipient.team_id, recipient.epoch, referral_id)
    verify(from_sig, _signed("grant-sig", info, box), signature)
    return Grant.read(unpack(hpke_open(recipient.private, box, info)))


def _held(team: TeamKeys, case_id: UUID, referral_id: UUID, revision: int) -> bytes:
    return ctx("grant-key", case_id, team.team_id, team.epoch, referral_id, revision)


def seal_grant_key(
    team: TeamKeys, case_id: UUID, referral_id: UUID, revision: int, grant: Grant
) -> bytes:
    """An accepted grant under the partner's own key: cheap to open on every page."""
    return seal(team.cipher, pack(grant.document()), _held(team, case_id, referral_id, revision))


def open_grant_key(
    team: TeamKeys, case_id: UUID, referral_id: UUID, revision: int, box: bytes
) -> Grant:
    """The accepted grant; raises `SealBroken`."""
    context = _held(team, case_id, referral_id, revision)
    return Grant.read(unpack(open_box(team.cipher, box, context)))


def reseal_grant_key(
    old: TeamKeys, new: TeamKeys, case_id: UUID, referral_id: UUID, revision: int, box: bytes
) -> bytes:
    """The same grant under the team's next keys, at the next revision of the row; raises
    `SealBroken`."""
    plain = open_box(old.cipher, box, _held(old, case_id, referral_id, revision))
    return seal(new.cipher, plain, _held(new, case_id, referral_id, revision + 1))


def sign_grant_again(
    old: TeamKeys,
    new: TeamKeys,
    to_team: UUID,
    to_epoch: int,
    case_id: UUID,
    referral_id: UUID,
    box: bytes,
    signature: bytes,
) -> bytes:
    """The sender's next keys vouch for a grant that its former keys signed; the box stays.

    Raises `SignatureBroken` when the former keys did not sign it.
    """
    info = ctx("grant", case_id, old.team_id, to_team, to_epoch, referral_id)
    message = _signed("grant-sig", info, box)
    verify(old.public.sig, message, signature)
    return new.sign(message)


def seal_transfer(
    sender: TeamKeys,
    to_team: UUID,
    to_epoch: int,
    to_kem: bytes,
    case_id: UUID,
    access: OwnerAccess,
) -> tuple[bytes, bytes]:
    """The HPKE box and the signature that hand a case's key and card to a new owner.

    On acceptance the receiver makes a new case key and re-seals everything: this one is known to
    the sender. Raises `SealBroken` on a malformed public key.
    """
    info = ctx("transfer", case_id, sender.team_id, to_team, to_epoch)
    box = hpke_seal(to_kem, pack(access.document()), info)
    return box, sender.sign(_signed("transfer-sig", info, box))


def open_transfer(
    recipient: TeamKeys,
    from_team: UUID,
    from_sig: bytes,
    case_id: UUID,
    box: bytes,
    signature: bytes,
) -> OwnerAccess:
    """The case key and card handed over; raises `SignatureBroken`, then `SealBroken`."""
    info = ctx("transfer", case_id, from_team, recipient.team_id, recipient.epoch)
    verify(from_sig, _signed("transfer-sig", info, box), signature)
    return OwnerAccess.read(unpack(hpke_open(recipient.private, box, info)))
