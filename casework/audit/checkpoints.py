"""Checkpoints: the size and root of the log as a signed note that a witness can keep on paper.

The text follows C2SP tlog-checkpoint, the signature C2SP signed-note with Ed25519. Reading is
strict: every byte of a note with one signature is either signed or fixed by its form.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from casework.audit.tree import HASH_BYTES
from casework.errors import CaseworkError
from casework.vault.signatures import public_of, sign, verify

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_MAX_NOTE_BYTES = 20_000


class NoteMalformed(CaseworkError):
    """A text is no signed note, checkpoint or key of the documented form."""


class NoteUnsigned(CaseworkError):
    """A note carries no signature of the key that is asked for."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """The name and the 32-byte public key under which a log signs."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The key as one line of text, to be printed and compared."""
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That the log `origin` has `size` entries under the 32-byte `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> bytes:
        """The text that is signed, line end included."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n".encode()


def key_of(name: str, seed: bytes) -> LogKey:
    """The public side of a log's 32-byte seed. Raises NoteMalformed for a name with space or +."""
    if not _NAME.fullmatch(name):
        raise NoteMalformed("a log's name has neither spaces nor '+'")
    return LogKey(name, public_of(seed))


def read_key(line: str) -> LogKey:
    """The key written as one line. Raises NoteMalformed unless written exactly as `str` does."""
    name, _, rest = line.partition("+")
    _, _, material = rest.partition("+")
    coded = _decoded(material)
    key = LogKey(name, coded[1:])
    if not _NAME.fullmatch(name) or len(coded) != 1 + HASH_BYTES or str(key) != line:
        raise NoteMalformed("this is not the key of a log")
    return key


def sign_note(text: bytes, name: str, seed: bytes) -> bytes:
    """The text with one signature line under it."""
    signature = b64encode(key_of(name, seed).id + sign(seed, text)).decode()
    return text + f"\n— {name} {signature}\n".encode()


def open_note(note: bytes, key: LogKey) -> bytes:
    """The text of a note that the key signed; signatures of other keys are passed over.

    Raises NoteMalformed, NoteUnsigned, or SignatureBroken when the key's own line does not verify.
    """
    text, lines = _parted(note)
    own = [signature for name, id_, signature in lines if (name, id_) == (key.name, key.id)]
    if not own:
        raise NoteUnsigned("no signature of this key stands under the note")
    for signature in own:
        verify(key.public, text, signature)
    return text


def issue(checkpoint: Checkpoint, seed: bytes) -> bytes:
    """The checkpoint as a note, signed under its origin as the name of the key."""
    return sign_note(checkpoint.text(), checkpoint.origin, seed)


def read_checkpoint(note: bytes, key: LogKey) -> Checkpoint:
    """The checkpoint that the key signed. Raises as `open_note`; its origin is the key's name."""
    lines = open_note(note, key).decode().split("\n")
    origin, size, root = lines[:3] if len(lines) == 4 else ("", "", "")
    if origin != key.name or not _NUMBER.fullmatch(size):
        raise NoteMalformed("this is not a checkpoint of the log")
    checkpoint = Checkpoint(origin, int(size), _decoded(root))
    if len(checkpoint.root) != HASH_BYTES:
        raise NoteMalformed("a root has 32 bytes")
    return checkpoint


def _parted(note: bytes) -> tuple[bytes, list[tuple[str, bytes, bytes]]]:
    if len(note) > _MAX_NOTE_BYTES or not note.endswith(b"\n"):
        raise NoteMalformed("a note is short and ends its last line")
    text, blank, signatures = note.rpartition(b"\n\n")
    if not blank or any(byte < 0x20 and byte != 0x0A for byte in note):
        raise NoteMalformed("a note is a text, an empty line and signatures")
    try:
        lines = signatures.decode()[:-1].split("\n")
        text.decode()
    except UnicodeDecodeError:
        raise NoteMalformed("a note is UTF-8") from None
    return text + b"\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, coded = line.split(" ") if line.count(" ") == 2 else ("", "", "")
    if dash != "—" or not _NAME.fullmatch(name):
        raise NoteMalformed("a signature line is a dash, a name and base64")
    signature = _decoded(coded)
    return name, signature[:4], signature[4:]


def _decoded(coded: str) -> bytes:
    """Base64 in its one canonical writing, so that no character can be changed unnoticed."""
    try:
        decoded = b64decode(coded, validate=True)
    except ValueError:
        raise NoteMalformed("this is not base64") from None
    if b64encode(decoded).decode() != coded:
        raise NoteMalformed("this base64 has a second writing")
    return decoded
