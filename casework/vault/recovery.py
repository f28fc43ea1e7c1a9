"""The recovery key on three papers: any two give it back, one alone says nothing.

The key is the exclusive-or of three random pieces, and each paper carries the two pieces other
than its own number. So one paper lacks a piece entirely, and two papers hold one piece in common,
which shows at once when they are not of the same set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from casework.vault.context import ctx
from casework.vault.errors import BookMismatch, SealBroken
from casework.vault.keys import comparison_words
from casework.vault.passphrases import entropy_of, words_from
from casework.vault.primitives import KEY_BYTES, fingerprint, new_key
from casework.vault.suites import xwing_public

PAPERS = (1, 2, 3)
WORDS_A_PIECE = 24
WORDS_A_PAPER = 2 * WORDS_A_PIECE


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """One paper: its number, and by number the two pieces (32 bytes each) it carries."""

    number: int
    pieces: Mapping[int, bytes] = field(repr=False)


def recovery_fingerprint(recovery_seed: bytes) -> str:
    """What the configuration and every team book say of the recovery key (SHA-256, hexadecimal)."""
    return fingerprint(xwing_public(recovery_seed))


def recovery_words(recovery_public: bytes) -> tuple[str, ...]:
    """Six words that stand for a recovery key: on its papers, and on the screen of whoever has her
    team trust it. They open nothing."""
    return comparison_words(recovery_public, b"recovery")


def split_recovery(recovery_seed: bytes) -> tuple[Share, Share, Share]:
    """Three papers, any two of which give the key (32 bytes) back."""
    first, second = new_key(), new_key()
    pieces = {1: first, 2: second, 3: _xor(recovery_seed, _xor(first, second))}
    return _paper(1, pieces), _paper(2, pieces), _paper(3, pieces)


def _paper(number: int, pieces: Mapping[int, bytes]) -> Share:
    return Share(number, {held: pieces[held] for held in PAPERS if held != number})


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


def join_shares(one: Share, other: Share, expected_fingerprint: str) -> bytes:
    """The recovery key (32 bytes) out of two papers.

    Raises `SealBroken` when they are the same paper or of two sets, and `BookMismatch` when
    the key they give is not the one of the configuration.
    """
    if any(other.pieces.get(held, piece) != piece for held, piece in one.pieces.items()):
        raise SealBroken("the two papers are not of one set")
    pieces = {**one.pieces, **other.pieces}
    if pieces.keys() != set(PAPERS):
        raise SealBroken("two different papers are needed")
    seed = _xor(pieces[1], _xor(pieces[2], pieces[3]))
    if recovery_fingerprint(seed) != expected_fingerprint:
        raise BookMismatch("the papers give another key than the configured one")
    return seed


def share_words(share: Share) -> tuple[str, ...]:
    """The 48 words of a paper: each piece as 24 words with the checksum of BIP-39."""
    return tuple(word for held in sorted(share.pieces) for word in _piece_words(share.pieces[held]))


def _piece_words(piece: bytes) -> tuple[str, ...]:
    return words_from(piece + sha256(piece).digest()[:1], WORDS_A_PIECE)


def read_share(number: int, typed: str) -> Share:
    """The paper whose number and 48 words somebody typed, as forgivingly as a passphrase.

    Raises `SealBroken` when a word is missing, unknown or wrong: the checksums tell.
    """
    written = entropy_of(typed)
    if number not in PAPERS or len(written) != 2 * (KEY_BYTES + 1):
        raise SealBroken("a paper has a number from 1 to 3 and 48 words of the list")
    halves = (_checked_piece(written[: KEY_BYTES + 1]), _checked_piece(written[KEY_BYTES + 1 :]))
    return Share(
        number, dict(zip((held for held in PAPERS if held != number), halves, strict=True))
    )


def _checked_piece(written: bytes) -> bytes:
    piece, checksum = written[:KEY_BYTES], written[KEY_BYTES:]
    if sha256(piece).digest()[:1] != checksum:
        raise SealBroken("a word of the paper is wrong")
    return piece


def piece_marks(shares: tuple[Share, Share, Share]) -> dict[int, str]:
    """What is kept of the three pieces to check a paper later: it gives no piece away."""
    held = {number: piece for share in shares for number, piece in share.pieces.items()}
    return {number: _mark(number, piece) for number, piece in held.items()}


def _mark(number: int, piece: bytes) -> str:
    return sha256(ctx("recovery-piece", number, piece)).hexdigest()


def check_share(share: Share, marks: Mapping[int, str]) -> None:
    """The paper is a good one of this set, found out without rebuilding the key.

    Otherwise raises `BookMismatch`.
    """
    if any(marks.get(number) != _mark(number, piece) for number, piece in share.pieces.items()):
        raise BookMismatch("the paper is not of the present set")
