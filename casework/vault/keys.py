"""Who holds what: a person's keys, a team's keys, and the keyring of one signed-in person.

Each secret is one seed of 32 random bytes; the rest is derived when first needed and kept on the
object, so that opening a symmetric box never costs asymmetric work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import NotAllowed
from casework.vault.context import ctx
from casework.vault.errors import BookMismatch
from casework.vault.passphrases import words_from
from casework.vault.primitives import (
    hpke_open,
    hpke_seal,
    kdf,
    new_key,
    open_box,
    same,
    seal,
)
from casework.vault.signatures import public_of, sign, verify
from casework.vault.stretching import SALT_BYTES, stretch
from casework.vault.suites import (
    HybridPrivate,
    p256_private,
    p256_public,
    xwing_private,
    xwing_public,
)


def new_seed() -> bytes:
    """32 random bytes from which a person's, a team's or the recovery keys are derived."""
    return new_key()


@dataclass(frozen=True, eq=False)
class UserKeys:
    """The keys of one person, all derived from her seed (32 bytes)."""

    seed: bytes = field(repr=False)

    @cached_property
    def private(self) -> HybridPrivate:
        """Opens what is sealed to the person."""
        return xwing_private(kdf(self.seed, "user/hpke"))

    @cached_property
    def public(self) -> bytes:
        """What others seal to: X-Wing, 1 216 bytes."""
        return xwing_public(kdf(self.seed, "user/hpke"))

    @cached_property
    def pin_key(self) -> bytes:
        """Authenticates the team keys the person has once accepted."""
        return kdf(self.seed, "user/pin")

    @cached_property
    def known_key(self) -> bytes:
        """Seals which teams the person has ever accepted, and by which keys."""
        return kdf(self.seed, "user/known")

    @cached_property
    def totp_key(self) -> bytes:
        """Seals the secret of the person's second factor."""
        return kdf(self.seed, "user/totp")

    @cached_property
    def checkpoint_key(self) -> bytes:
        """Seals how far the log had come when the person's browser saw it last."""
        return kdf(self.seed, "user/seen")


@dataclass(frozen=True, slots=True)
class TeamPublic:
    """What everybody may know of a team's keys: X-Wing, P-256 (65 bytes), Ed25519 (32 bytes)."""

    kem: bytes = field(repr=False)
    draft: bytes = field(repr=False)
    sig: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """SHA-256 over the three keys: compare this by voice, so that none can be exchanged."""
        return sha256(ctx("team-public", self.kem, self.draft, self.sig)).digest()


@dataclass(frozen=True, eq=False)
class TeamKeys:
    """The keys of one team in one epoch, all derived from the epoch's seed (32 bytes)."""

    team_id: UUID
    epoch: int
    seed: bytes = field(repr=False)

    @cached_property
    def kek(self) -> bytes:
        """The symmetric key of the team's own boxes."""
        return kdf(self.seed, "team/kek")

    @cached_property
    def cipher(self) -> AESGCM:
        """The `kek`, ready for use: what makes thousands of boxes cheap to open."""
        return AESGCM(self.kek)

    @cached_property
    def private(self) -> HybridPrivate:
        """Opens grants and transfers sealed to the team."""
        return xwing_private(kdf(self.seed, "team/hpke"))

    @cached_property
    def draft_private(self) -> EllipticCurvePrivateKey:
        """Opens drafts sealed to the team by a browser or by the server."""
        return p256_private(lambda attempt: kdf(self.seed, "team/draft", attempt))

    @cached_property
    def _signing_seed(self) -> bytes:
        return kdf(self.seed, "team/sign")

    @cached_property
    def public(self) -> TeamPublic:
        """The three public keys that belong to the seed."""
        return TeamPublic(
            kem=xwing_public(kdf(self.seed, "team/hpke")),
            draft=p256_public(self.draft_private),
            sig=public_of(self._signing_seed),
        )

    def sign(self, message: bytes) -> bytes:
        """The team's Ed25519 signature (64 bytes) of a context."""
        return sign(self._signing_seed, message)


@dataclass(frozen=True, slots=True, eq=False)
class Keyring:
    """What one signed-in person can open: her own keys and those of the teams she is in."""

    user_id: UUID
    user: UserKeys
    teams: Mapping[UUID, TeamKeys]

    def team(self, team_id: UUID) -> TeamKeys:
        """The team's keys; raises `NotAllowed` when the person does not hold them."""
        try:
            return self.teams[team_id]
        except KeyError:
            raise NotAllowed("the keys of this team are not held") from None

    def with_team(self, team: TeamKeys) -> Keyring:
        """The same keyring with these keys of a team, in place of those it held."""
        return replace(self, teams={**self.teams, team.team_id: team})


def _checked(team: TeamKeys, public: TeamPublic) -> TeamKeys:
    if team.public != public:
        raise BookMismatch("the team's public keys are not those of its seed")
    return team


def _member(team_id: UUID, epoch: int, user_id: UUID, public: TeamPublic) -> bytes:
    return ctx("member", team_id, epoch, user_id, public.digest)


def seal_member_seed(team: TeamKeys, user_id: UUID, user_public: bytes) -> bytes:
    """The team's seed, sealed to one member: her row's `seed_box`."""
    info = _member(team.team_id, team.epoch, user_id, team.public)
    return hpke_seal(user_public, team.seed, info)


def open_member_seed(
    user: UserKeys, user_id: UUID, team_id: UUID, epoch: int, public: TeamPublic, box: bytes
) -> TeamKeys:
    """The team's keys out of a member's `seed_box`.

    Raises `SealBroken` when the box is not this member's for this team, epoch and public keys,
    and `BookMismatch` when the seed inside is not that of the public keys: anybody who can write
    to the database can seal a seed of her own to a member.
    """
    seed = hpke_open(user.private, box, _member(team_id, epoch, user_id, public))
    return _checked(TeamKeys(team_id, epoch, seed), public)


def pin(user: UserKeys, team_id: UUID, epoch: int, public: TeamPublic) -> bytes:
    """32 bytes by which the person will know these team keys again."""
    return kdf(user.pin_key, "pin", team_id, epoch, public.kem, public.draft, public.sig)


def check_pin(user: UserKeys, team_id: UUID, epoch: int, public: TeamPublic, pinned: bytes) -> None:
    """The person has pinned exactly these team keys; otherwise raises `BookMismatch`."""
    if not same(pin(user, team_id, epoch, public), pinned):
        raise BookMismatch("the team's keys are not those the member has pinned")


def _team_key(team_id: UUID, epoch: int, public: TeamPublic) -> bytes:
    return ctx("team-key", team_id, epoch, public.kem, public.draft, public.sig)


def sign_team_key(signer: TeamKeys, team_id: UUID, epoch: int, public: TeamPublic) -> bytes:
    """The `prev_sig` of an epoch, made by the epoch before it (epoch 1 signs itself)."""
    return signer.sign(_team_key(team_id, epoch, public))


def verify_team_key(
    sig_public: bytes, team_id: UUID, epoch: int, public: TeamPublic, signature: bytes
) -> None:
    """The epoch's keys were signed by `sig_public`; otherwise raises `SignatureBroken`."""
    verify(sig_public, _team_key(team_id, epoch, public), signature)


def seal_recovery(recovery_public: bytes, team: TeamKeys) -> bytes:
    """The team's seed, sealed to the offline recovery key."""
    return hpke_seal(recovery_public, team.seed, ctx("recovery", team.team_id, team.epoch))


def open_recovery(
    recovery_seed: bytes, team_id: UUID, epoch: int, public: TeamPublic, box: bytes
) -> TeamKeys:
    """The team's keys out of its recovery box; raises `SealBroken` or `BookMismatch`."""
    seed = hpke_open(recovery_seed, box, ctx("recovery", team_id, epoch))
    return _checked(TeamKeys(team_id, epoch, seed), public)


def seal_old_seed(new: TeamKeys, old: TeamKeys) -> bytes:
    """The seed of the epoch just left, kept under the new one to open drafts still on the way."""
    return seal(new.cipher, old.seed, ctx("old-seed", old.team_id, old.epoch, new.epoch))


def open_old_seed(new: TeamKeys, old_epoch: int, box: bytes) -> TeamKeys:
    """The keys of a former epoch of the same team; raises `SealBroken`."""
    seed = open_box(new.cipher, box, ctx("old-seed", new.team_id, old_epoch, new.epoch))
    return TeamKeys(new.team_id, old_epoch, seed)


@lru_cache(maxsize=256)
def comparison_words(ours: bytes, theirs: bytes) -> tuple[str, ...]:
    """Six French words over both sides' keys, the same whoever reads first.

    Give a person's public key (`UserKeys.public`), and for a team `TeamPublic.digest`, so that
    its draft and signing keys cannot be exchanged either. The words hold 66 bits; somebody who
    may replace both sides' keys looks for a collision in 2**33 tries, so each try is made to cost
    one Argon2id. The inputs are public, so the answer may be kept.
    """
    first, second = sorted((ours, theirs))
    pair = sha256(ctx("compare", first, second)).digest()
    return words_from(stretch(pair, sha256(ctx("compare-salt")).digest()[:SALT_BYTES]))
