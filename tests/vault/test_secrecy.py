"""Nothing secret shows in a `repr`, an error or a traceback's message; nothing answers False."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.vault import errors
from casework.vault.errors import VaultError
from casework.vault.unlocks import Unlock
from tests.vault.attacks import BOXES, KEPT, flip, open_kept
from tests.vault.cast import (
    CASE_KEY,
    a_book,
    a_grant,
    a_keyring,
    aminata,
    an_access,
    clinic,
    goundam,
)

SHOWN: dict[str, object] = {
    "user keys": aminata,
    "team keys": goundam,
    "public keys": goundam.public,
    "keyring": a_keyring(),
    "owner access": an_access(),
    "grant": a_grant(),
    "book": a_book(),
    "unlock": Unlock("argon2id", b"saltsaltsaltsalt", b"c" * 32, b"b" * 60),
}
SECRETS = [
    aminata.seed,
    goundam.seed,
    goundam.kek,
    CASE_KEY,
    a_grant().exchange_key,
    b"Fadimata",
    b"76 00 00 00",
    b"goundam",
    b"c" * 32,
    clinic.public.kem,
]


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_of_an_object_holds_no_secret(name: str) -> None:
    derived = goundam.private, goundam.draft_private, goundam.cipher, aminata.totp_key
    shown = repr(SHOWN[name]) + str(SHOWN[name])
    assert derived
    for secret in SECRETS:
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown


@pytest.mark.parametrize("name", KEPT)
def test_a_refusal_says_nothing_of_what_was_refused(name: str) -> None:
    with pytest.raises(VaultError) as refusal:
        open_kept(name, flip(BOXES[name], 80))
    assert re.fullmatch(r"[a-z' ]+", str(refusal.value))
    assert refusal.value.__cause__ is None


def test_every_refusal_is_one_of_the_vaults_own() -> None:
    named = [value for value in vars(errors).values() if isinstance(value, type)]
    refusals = [kind for kind in named if issubclass(kind, VaultError)]
    assert len(refusals) == 6


def test_the_vault_uses_neither_the_web_nor_the_database() -> None:
    package = Path(errors.__file__).parent
    forbidden = re.compile(
        r"^\s*(?:from|import) (?:flask|sqlalchemy|werkzeug|casework\.db)\b", re.MULTILINE
    )
    assert forbidden.search("from flask import g")
    for source in package.glob("*.py"):
        assert not forbidden.search(source.read_text()), source.name
