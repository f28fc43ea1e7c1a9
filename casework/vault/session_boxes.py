"""A session's box: the keyring of a signed-in person, under her cookie and the boot key.

Neither a stolen database nor a stolen cookie after a restart opens it: the boot key lives in
memory only.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import digest
from uuid import UUID

from casework.vault.context import ctx, pad, unpad
from casework.vault.documents import as_key, as_list, as_number, as_uuid, read, write
from casework.vault.errors import SealBroken
from casework.vault.keys import Keyring, TeamKeys, UserKeys
from casework.vault.primitives import KEY_BYTES, kdf, new_key, open_box, seal


def new_token() -> str:
    """The text of a new cookie: 32 random bytes in 43 letters that the server does not keep."""
    return _text(new_key())


def _text(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode().rstrip("=")


def _secret(token: str) -> bytes:
    try:
        secret = urlsafe_b64decode(token.encode() + b"=")
    except ValueError:
        raise SealBroken("the token is malformed") from None
    if len(secret) != KEY_BYTES or _text(secret) != token:
        raise SealBroken("the token is malformed")
    return secret


def session_id(token: str) -> UUID:
    """The id of the session's row, derived from the cookie; `SealBroken` on a malformed one."""
    return UUID(bytes=kdf(_secret(token), "session/id")[:16])


def session_key(token: str, boot_key: bytes) -> bytes:
    """The key (32 bytes) that exists only while both the cookie and the boot key do."""
    return digest(kdf(_secret(token), "session/key"), boot_key, sha256)


def seal_session(token: str, boot_key: bytes, user_id: UUID, payload: bytes) -> bytes:
    """The session's box: a payload such as `pack_keyring` makes."""
    context = ctx("session", session_id(token), user_id)
    return seal(session_key(token, boot_key), pad(payload), context)


def open_session(token: str, boot_key: bytes, user_id: UUID, box: bytes) -> bytes:
    """The session's payload; raises `SealBroken` for another cookie, boot key or person."""
    context = ctx("session", session_id(token), user_id)
    return unpad(open_box(session_key(token, boot_key), box, context))


def pack_keyring(keyring: Keyring) -> bytes:
    """The seeds of a keyring as bytes: the payload of a session's box."""
    teams = [[str(team.team_id), team.epoch, team.seed.hex()] for team in keyring.teams.values()]
    return write({"user": keyring.user.seed.hex(), "teams": teams})


def unpack_keyring(user_id: UUID, payload: bytes) -> Keyring:
    """The keyring `pack_keyring` was given, nothing derived yet; raises `SealBroken`."""
    document = read(payload)
    teams = [_team(entry) for entry in as_list(document.get("teams"))]
    user = UserKeys(as_key(document.get("user")))
    return Keyring(user_id, user, {team.team_id: team for team in teams})


def _team(entry: object) -> TeamKeys:
    match as_list(entry):
        case [team_id, epoch, seed]:
            return TeamKeys(as_uuid(team_id), as_number(epoch), as_key(seed))
    raise SealBroken("the box holds another document")
