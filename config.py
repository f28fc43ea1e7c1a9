"""Settings from the environment and the instance folder: frozen, and refused when weak or
missing."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casework.errors import BadConfiguration
from casework.policy import Role

ROOT = Path(__file__).resolve().parent
KEY_FILES = ("secret.key", "server.key", "log.key")
RECOVERY_FILE = "recovery.pub"
RECOVERY_BYTES = 1216
KEY_BYTES = 32
KEPT = frozenset({"closed", "duplicate", "papers", "child"})
REQUIRED, OPTIONAL = "required", "optional"
IN_MEMORY = (Path("/dev/shm"), Path("/run"))  # noqa: S108 - on purpose: never on a disk


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a deployment decides. Secrets never show in `repr`."""

    instance: Path
    database_url: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)
    log_key: bytes = field(repr=False)
    boot_key: bytes = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    behind_tls: bool = False
    trusted_hosts: tuple[str, ...] = ()
    service_name: str = "Casework"
    log_name: str = "casework"
    exit_url: str = ""
    backup_folder: Path | None = None
    recovery_public: bytes | None = None
    go_live: date = date(2024, 1, 1)
    planned_yearly_volume: int = 300
    close_delay_days: int = 15
    idle: timedelta = timedelta(minutes=15)
    session_length: timedelta = timedelta(hours=10)
    invitation_length: timedelta = timedelta(hours=72)
    max_body_bytes: int = 6 * 1024 * 1024
    max_field_bytes: int = 500_000
    factor_by_default: bool = True
    factor_exceptions: frozenset[str] = frozenset()
    unusual: Mapping[str, int] = field(default_factory=dict)
    retention: Mapping[str, int] = field(default_factory=dict)
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process; raises `BadConfiguration` with one sentence on what to
        do."""
        env = os.environ if environ is None else environ
        instance = Path(env.get("CASEWORK_INSTANCE") or ROOT / "instance").resolve()
        keys = {name: _read_key(instance / name) for name in KEY_FILES}
        settings = cls(
            instance=instance,
            database_url=database_url(env, instance),
            secret_key=keys["secret.key"],
            server_key=keys["server.key"],
            log_key=keys["log.key"],
            boot_key=_boot_key(env),
            host=env.get("HOST") or "127.0.0.1",
            port=_port(env.get("PORT") or "8000"),
            behind_tls=env.get("CASEWORK_BEHIND_TLS") == "1",
            trusted_hosts=_names(env.get("CASEWORK_TRUSTED_HOSTS", "")),
            service_name=env.get("CASEWORK_SERVICE_NAME") or "Casework",
            log_name=_log_name(env.get("CASEWORK_LOG_NAME") or "casework"),
            exit_url=_exit_url(env.get("CASEWORK_EXIT_URL", "")),
            recovery_public=_recovery_public(instance / RECOVERY_FILE),
            backup_folder=_folder(env.get("CASEWORK_BACKUP_FOLDER", "")),
            go_live=_day(env.get("CASEWORK_GO_LIVE") or "2024-01-01"),
            unusual=_limits(env.get("CASEWORK_UNUSUAL", "")),
            retention=_retention(env.get("CASEWORK_RETENTION", "")),
            **_second_factor(env.get("CASEWORK_SECOND_FACTOR") or REQUIRED),
        )
        settings.refuse_unsafe_address()
        settings.refuse_nameless()
        return settings

    @classmethod
    def for_tests(cls, instance: Path, database: str | None = None) -> Settings:
        """Settings with fresh random keys for one test."""
        return cls(
            instance=instance,
            database_url=database or f"sqlite:///{instance / 'casework.db'}",
            secret_key=secrets.token_bytes(KEY_BYTES),
            server_key=secrets.token_bytes(KEY_BYTES),
            log_key=secrets.token_bytes(KEY_BYTES),
            boot_key=secrets.token_bytes(KEY_BYTES),
            factor_by_default=False,
            testing=True,
        )

    def asks_factor(self, roles: Iterable[str]) -> bool:
        """True when somebody with these roles must give a second factor beside her words."""
        return any(self.factor_by_default != (role in self.factor_exceptions) for role in roles)

    def with_changes(self, **changes: object) -> Settings:
        """The same settings but for the named fields."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def refuse_unsafe_address(self) -> None:
        """Raises where the cookie would silently vanish: another machine's address without TLS."""
        if self.behind_tls or is_loopback(self.host):
            return
        raise BadConfiguration(
            f"HOST={self.host} can be reached from other machines without encryption: "
            "keep HOST=127.0.0.1, or put a TLS proxy in front and set CASEWORK_BEHIND_TLS=1."
        )

    def refuse_nameless(self) -> None:
        """Raises where every visitor would be refused: she comes by a name that was not told."""
        if self.trusted_hosts:
            return
        if self.behind_tls:
            raise BadConfiguration(
                "Behind a TLS proxy people come by the proxy's name, and every other name is "
                "refused: set CASEWORK_TRUSTED_HOSTS=dossiers.example.org (several with commas)."
            )
        if ":" in self.host:
            raise BadConfiguration(
                f"HOST={self.host} is an address that no browser is answered at: "
                "set HOST=127.0.0.1, or CASEWORK_TRUSTED_HOSTS to the name people come by."
            )


def is_loopback(host: str) -> bool:
    """True when the address reaches this machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def database_url(env: Mapping[str, str], instance: Path) -> str:
    """The database address: DATABASE_URL, with psycopg 3 as driver, or SQLite in the instance
    folder."""
    url = env.get("DATABASE_URL") or f"sqlite:///{instance / 'casework.db'}"
    _refuse_unreadable(url)
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise BadConfiguration(
            "DATABASE_URL names an unknown kind of database: write sqlite:///… or postgresql://…."
        )
    return url


def _refuse_unreadable(url: str) -> None:
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise BadConfiguration(
            "DATABASE_URL cannot be read: write sqlite:///… or postgresql://user@host:5432/name."
        ) from None


def make_keys(instance: Path) -> list[str]:
    """Every key file that was missing now holds 32 random bytes in hexadecimal, mode 0600."""
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [name for name in KEY_FILES if not (instance / name).exists()]
    for name in made:
        descriptor = os.open(instance / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return made


def _read_key(path: Path) -> bytes:
    try:
        mode, text = path.stat().st_mode, path.read_text(errors="replace")
    except FileNotFoundError:
        raise BadConfiguration(
            f"The key file {path.name} is missing from the instance folder: "
            "run `make run` once, or bring the file back from its own backup."
        ) from None
    except OSError:
        raise BadConfiguration(
            f"The key file {path.name} cannot be read: give it to the user who runs Casework."
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise BadConfiguration(
            f"Other users of this machine can read the key file {path.name}: run `chmod 600` on it."
        )
    return _strong(text.strip(), path.name)


def _strong(text: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < 12:
        raise BadConfiguration(
            f"The key file {name} is weak: it must hold 64 random hexadecimal characters; "
            "bring it back from its backup, or remove it and run `make run` on an empty database."
        )
    return key


def _recovery_public(path: Path) -> bytes | None:
    if not path.exists():
        return None
    try:
        public = bytes.fromhex(path.read_text(errors="replace").strip())
    except (OSError, ValueError):
        public = b""
    if len(public) != RECOVERY_BYTES:
        raise BadConfiguration(
            f"The file {path.name} cannot be read: bring it back from where the recovery papers "
            "were made."
        )
    return public


def _boot_key(env: Mapping[str, str]) -> bytes:
    named = env.get("CASEWORK_BOOT_KEY_FILE")
    if not named:
        return secrets.token_bytes(KEY_BYTES)
    path = Path(named).resolve()
    if not any(path.is_relative_to(memory) for memory in IN_MEMORY):
        raise BadConfiguration(
            "CASEWORK_BOOT_KEY_FILE must lie in memory (/dev/shm or /run), never on a disk: "
            "move it there."
        )
    return _read_key(path)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise BadConfiguration("PORT must be a number from 1 to 65535: correct it and start again.")
    return int(text)


def _exit_url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?", text):
        raise BadConfiguration(
            "CASEWORK_EXIT_URL must be a whole address such as https://meteo.example.org/: "
            "correct it, or leave it out for a neutral page."
        )
    return text


def _log_name(text: str) -> str:
    if not text.isprintable() or any(letter.isspace() or letter == "+" for letter in text):
        raise BadConfiguration(
            "CASEWORK_LOG_NAME has neither spaces nor «+»: a name such as log.example.org is best."
        )
    return text


def _folder(text: str) -> Path | None:
    if text and not Path(text).is_absolute():
        raise BadConfiguration(
            "CASEWORK_BACKUP_FOLDER must be a whole path such as /var/backups/casework: correct it."
        )
    return Path(text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadConfiguration(
            "CASEWORK_GO_LIVE must be a date such as 2024-01-31: correct it and start again."
        ) from None


def _second_factor(text: str) -> dict[str, Any]:
    """Whether a second factor is asked for, and of which roles otherwise: "required" or
    "optional", then any number of ",role=optional" or ",role=required"."""
    first, *others = (part.strip() for part in text.split(","))
    exceptions = {role.strip() for role, _, asked in (one.partition("=") for one in others)}
    asked = {one.partition("=")[2].strip() for one in others}
    opposite = OPTIONAL if first == REQUIRED else REQUIRED
    if first not in (REQUIRED, OPTIONAL) or asked - {opposite} or exceptions - set(Role):
        raise BadConfiguration(
            "CASEWORK_SECOND_FACTOR cannot be read: write required or optional, then roles that "
            "differ, such as required,relay=optional,donor=optional."
        )
    return {"factor_by_default": first == REQUIRED, "factor_exceptions": frozenset(exceptions)}


LIMITS = frozenset({"cases", "searches", "refusals", "others", "night_from", "night_until"})


def _retention(text: str) -> dict[str, int]:
    """Months by what they are for, `child` in years, as in casework/rights/retention.py; what is
    not named keeps the proposal."""
    pairs = [pair.partition("=")[::2] for pair in text.split()]
    if not all(name in KEPT and re.fullmatch("[1-9][0-9]{0,2}", number) for name, number in pairs):
        raise BadConfiguration(
            "CASEWORK_RETENTION cannot be read: write names and numbers such as "
            "closed=24 duplicate=12 papers=120 child=21 (months; child in years)."
        )
    return {name: int(number) for name, number in pairs}


def _limits(text: str) -> dict[str, int]:
    pairs = [pair.partition("=")[::2] for pair in text.split()]
    known = all(name in LIMITS and re.fullmatch("[0-9]{1,4}", number) for name, number in pairs)
    hours = [number for name, number in pairs if name.startswith("night")]
    if not known or any(int(hour) > 23 for hour in hours):
        raise BadConfiguration(
            "CASEWORK_UNUSUAL cannot be read: write names and numbers such as "
            "cases=30 searches=20 refusals=5 others=10 night_from=21 night_until=5."
        )
    return {name: int(number) for name, number in pairs}
