"""The vault: what is sealed, to whom, and in which context. Pure: no web, no database.

The only package that may import `cryptography`. Every function either does what its name says or
raises one of `casework.vault.errors`; none answers False. Nothing secret appears in a `repr`.
"""

from __future__ import annotations

from importlib import import_module

from casework.errors import BadConfiguration

_NEEDED = (
    "cryptography.cobblestone",
    "cryptography.hazmat.primitives.asymmetric.mlkem",
    "cryptography.hazmat.primitives.hpke",
    "cryptography.hazmat.primitives.kdf.argon2",
)
ADVICE = "install the published wheel of cryptography 50 or later, built with ML-KEM and Argon2id"


def _require_library() -> None:
    try:
        for module in _NEEDED:
            import_module(module)
    except ImportError as missing:
        raise BadConfiguration(f"The vault cannot start: {ADVICE}.") from missing


_require_library()
