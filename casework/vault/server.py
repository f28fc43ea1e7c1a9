"""Values under the server's own key: kept from a stolen copy, not from whoever holds the server."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from casework.vault.context import Part, ctx
from casework.vault.documents import pack, unpack
from casework.vault.errors import BookMismatch
from casework.vault.keys import TeamPublic
from casework.vault.primitives import kdf, open_box, same, seal


def seal_under(server_key: bytes, purpose: str, *ids: Part, value: Mapping[str, object]) -> bytes:
    """A JSON object (staff contacts, held form values) bound to its purpose and its row's ids."""
    return seal(kdf(server_key, "server", purpose), pack(value), ctx("server", purpose, *ids))


def open_under(server_key: bytes, purpose: str, *ids: Part, box: bytes) -> dict[str, object]:
    """The JSON object sealed for this purpose and these ids; raises `SealBroken`."""
    return unpack(open_box(kdf(server_key, "server", purpose), box, ctx("server", purpose, *ids)))


def vouch(server_key: bytes, team_id: UUID, epoch: int, public: TeamPublic) -> bytes:
    """32 bytes by which the server, without any team's key, knows again what a keyholder published.

    Nobody who only writes to the database can make them.
    """
    key = kdf(server_key, "server", "team-keys")
    return kdf(key, "vouched", team_id, epoch, public.kem, public.draft, public.sig)


def check_vouched(
    server_key: bytes, team_id: UUID, epoch: int, public: TeamPublic, vouched: bytes
) -> None:
    """A keyholder published exactly these keys on this server; otherwise raises `BookMismatch`."""
    if not same(vouch(server_key, team_id, epoch, public), vouched):
        raise BookMismatch("no keyholder has published these keys")
