"""What the vault refuses, as types. No message carries an id, a name, a key or a passphrase."""

from __future__ import annotations

from casework.errors import CaseworkError


class VaultError(CaseworkError):
    """The root of every refusal of the vault: something was tampered with, or a key is not held."""


class SealBroken(VaultError):
    """A box does not open here: another key, another context, or changed bytes."""


class UnlockRefused(VaultError):
    """The passphrase is not the one: the same error and the same work for an unknown handle."""


class WeakParameters(VaultError):
    """A stored passphrase row asks for cheaper, parallel or absurd hashing: refused unread."""


class BookMismatch(VaultError):
    """Rows or public keys differ from what the team's own book or a member's pin says."""


class SignatureBroken(VaultError):
    """A signature was not made by the key that is said to have made it."""
