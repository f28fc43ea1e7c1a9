"""Settings: read once, frozen, and refused with one sentence that says what to do."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

import config
from casework.errors import BadConfiguration
from config import KEY_FILES, Settings, make_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance folder with its keys."""
    make_keys(tmp_path / "instance")
    return tmp_path / "instance"


def read(folder: Path, **environ: str) -> Settings:
    """The settings of this folder and these variables, and nothing else."""
    return Settings.from_environment({"CASEWORK_INSTANCE": str(folder), **environ})


def refusal(folder: Path, **environ: str) -> str:
    """The one sentence with which the start stops."""
    with pytest.raises(BadConfiguration) as caught:
        read(folder, **environ)
    words = str(caught.value)
    assert "\n" not in words
    assert words.endswith(".")
    return words


def test_without_a_word_it_serves_this_machine_from_its_folder(folder: Path) -> None:
    settings = read(folder)
    assert (settings.host, settings.port, settings.behind_tls) == ("127.0.0.1", 8000, False)
    assert settings.database_url == f"sqlite:///{folder / 'casework.db'}"
    assert settings.trusted_hosts == ()


def test_every_variable_is_heard(folder: Path) -> None:
    settings = read(
        folder,
        HOST="0.0.0.0",  # noqa: S104
        PORT="9000",
        DATABASE_URL="postgresql://casework@/casework",
        CASEWORK_BEHIND_TLS="1",
        CASEWORK_TRUSTED_HOSTS=" dossiers.example.org, ,autre.example.org ",
        CASEWORK_SERVICE_NAME="Entraide",
        CASEWORK_EXIT_URL="https://meteo.example.org/bamako",
        CASEWORK_LOG_NAME="log.example.org",
        CASEWORK_GO_LIVE="2025-04-01",
    )
    assert (settings.host, settings.port, settings.behind_tls) == ("0.0.0.0", 9000, True)  # noqa: S104
    assert settings.database_url == "postgresql+psycopg://casework@/casework"
    assert settings.trusted_hosts == ("dossiers.example.org", "autre.example.org")
    assert (settings.service_name, settings.log_name) == ("Entraide", "log.example.org")
    assert settings.exit_url == "https://meteo.example.org/bamako"
    assert settings.go_live == date(2025, 4, 1)


def test_settings_never_change_while_serving(folder: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        read(folder).port = 1  # type: ignore[misc]


def test_no_secret_and_no_address_of_the_database_is_shown(folder: Path) -> None:
    settings = read(folder, DATABASE_URL="postgresql://casework:geheim@localhost/casework")
    shown = repr(settings)
    assert "geheim" not in shown
    for name in ("secret_key", "server_key", "log_key", "boot_key"):
        key = getattr(settings, name)
        assert len(key) == 32
        assert repr(key) not in shown
        assert key.hex() not in shown


def test_each_key_is_its_own_and_the_boot_key_is_new_each_time(folder: Path) -> None:
    first, second = read(folder), read(folder)
    keys = {first.secret_key, first.server_key, first.log_key, first.boot_key, second.boot_key}
    assert len(keys) == 5
    assert first.server_key == second.server_key


# Keys


def test_keys_are_made_for_their_owner_only_and_once(tmp_path: Path) -> None:
    assert make_keys(tmp_path / "new") == list(KEY_FILES)
    for name in KEY_FILES:
        assert stat.S_IMODE((tmp_path / "new" / name).stat().st_mode) == 0o600
    assert make_keys(tmp_path / "new") == []


@pytest.mark.parametrize("name", KEY_FILES)
def test_a_missing_key_says_where_it_may_come_from(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refusal(folder)


@pytest.mark.parametrize("name", KEY_FILES)
@pytest.mark.parametrize(
    "text", ["", "00" * 32, "ab" * 32, "x" * 64, "1f" * 16, "0123456789abcdef" * 8, "\ufffd"]
)
def test_a_weak_key_stops_the_start(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert f"{name} is weak" in refusal(folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_can_read_stops_the_start(folder: Path, mode: int) -> None:
    (folder / "server.key").chmod(mode)
    assert "chmod 600" in refusal(folder)


def folder_instead(path: Path) -> None:
    """A folder stands where the key should."""
    path.unlink()
    path.mkdir(mode=0o700)


def broken_bytes(path: Path) -> None:
    """The key is not even text."""
    path.write_bytes(bytes(range(128, 192)))


@pytest.mark.parametrize("spoil", [folder_instead, broken_bytes])
def test_a_key_file_that_is_none_stops_the_start(
    folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder / "log.key")
    assert "log.key" in refusal(folder)


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    assert "make run" in refusal(tmp_path / "nowhere")


# The boot key of several machines


def test_a_boot_key_on_a_disk_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "boot.key"
    path.write_text("1f" * 32)
    assert "in memory" in refusal(folder, CASEWORK_BOOT_KEY_FILE=str(path))
    around = f"/dev/shm/../..{path}"  # noqa: S108
    assert "in memory" in refusal(folder, CASEWORK_BOOT_KEY_FILE=around)


def test_a_boot_key_in_memory_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "IN_MEMORY", (folder.resolve(),))
    key = (folder / "log.key").read_text()
    settings = read(folder, CASEWORK_BOOT_KEY_FILE=str(folder / "log.key"))
    assert settings.boot_key.hex() == key.strip()


# Addresses


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "dossiers.example.org", "::"])  # noqa: S104
def test_another_machines_address_without_tls_stops_the_start(folder: Path, host: str) -> None:
    assert "CASEWORK_BEHIND_TLS=1" in refusal(folder, HOST=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "localhost"])
def test_this_machines_addresses_need_no_tls(folder: Path, host: str) -> None:
    assert read(folder, HOST=host).host == host


def test_a_proxy_without_a_name_stops_the_start(folder: Path) -> None:
    assert "CASEWORK_TRUSTED_HOSTS" in refusal(folder, CASEWORK_BEHIND_TLS="1")


def test_an_address_that_no_browser_is_answered_at_stops_the_start(folder: Path) -> None:
    assert "HOST=127.0.0.1" in refusal(folder, HOST="::1")
    assert read(folder, HOST="::1", CASEWORK_TRUSTED_HOSTS="localhost").host == "::1"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80.0", "²", "8000 ", "1e3"])
def test_a_port_that_is_none_stops_the_start(folder: Path, port: str) -> None:
    assert "PORT must be a number" in refusal(folder, PORT=port)


@pytest.mark.parametrize(
    "address",
    ["meteo.example.org", "javascript:alert(1)", "//x", "https://a b", "https://x;y", "https://"],
)
def test_an_exit_that_leads_nowhere_stops_the_start(folder: Path, address: str) -> None:
    assert "CASEWORK_EXIT_URL" in refusal(folder, CASEWORK_EXIT_URL=address)


# Databases


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
        ("", "sqlite:///{folder}/casework.db"),
    ],
)
def test_a_database_is_named_as_people_name_it(folder: Path, given: str, used: str) -> None:
    assert read(folder, DATABASE_URL=given).database_url == used.format(folder=folder)


@pytest.mark.parametrize(
    "given",
    ["mysql://a/b", "casework.db", "postgresql://a:b:c:d", "postgresql+psycopg2://a/b", ":"],
)
def test_an_unknown_database_stops_the_start_and_its_words_are_not_repeated(
    folder: Path, given: str
) -> None:
    words = refusal(folder, DATABASE_URL=given)
    assert "DATABASE_URL" in words
    assert given not in words.replace("postgresql://…", "") or len(given) == 1


@pytest.mark.parametrize("day", ["soon", "2024-13-01", "01/02/2024"])
def test_a_day_that_is_none_stops_the_start(folder: Path, day: str) -> None:
    assert "CASEWORK_GO_LIVE" in refusal(folder, CASEWORK_GO_LIVE=day)


def test_a_backup_folder_is_a_whole_path(folder: Path, tmp_path: Path) -> None:
    assert read(folder, CASEWORK_BACKUP_FOLDER=str(tmp_path)).backup_folder == tmp_path
    assert "CASEWORK_BACKUP_FOLDER" in refusal(folder, CASEWORK_BACKUP_FOLDER="backups")


@pytest.mark.parametrize("name", ["my log", "a+b", "a\tb", "a\x00b"])
def test_a_name_of_the_log_has_no_space_and_no_plus(folder: Path, name: str) -> None:
    assert "CASEWORK_LOG_NAME" in refusal(folder, CASEWORK_LOG_NAME=name)
