"""Backups: sealed, in two halves, tried in a drill, brought back whole; what is erased stays so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.cases.access import access_case
from casework.cases.closure import erase_mistake
from casework.cases.models import Case, CaseAccess, CaseSection
from casework.cli import archives, backups
from casework.cli.archives import Part
from casework.cli.keyless import run_due
from casework.db import Base
from casework.errors import NotVisible
from casework.people.models import MembershipRow, User
from casework.policy import Permission
from casework.vault.errors import SealBroken
from config import Settings
from tests.cli.conftest import Run
from tests.promises.canaries import NAME, traces
from tests.support.cast import Cast
from tests.support.databases import connect, on_both_databases
from tests.support.files import opened, value_of, woman

Archives = dict[Part, Path]


@pytest.fixture
def key(run: Run, tmp_path: Path) -> Path:
    """The offline key."""
    path = tmp_path / "key"
    assert run("backup", "key", str(path)).exit_code == 0
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"


@pytest.fixture
def back_up(run: Run, key: Path, folder: Path) -> Callable[[], Archives]:
    """Makes a backup and answers its two halves."""

    def act() -> Archives:
        result = run("backup", "run", str(folder))
        assert result.exit_code == 0, result.output
        return {part: backups.archives(folder, part)[-1] for part in Part}

    return act


@pytest.fixture
def bring_back(run: Run, session: Session, key: Path) -> Callable[[Archives], str]:
    """Restores two halves into the emptied database; answers what the operator reads."""

    def act(halves: Archives) -> str:
        empty(session)
        files = [str(halves[part]) for part in (Part.CIPHERTEXT, Part.BOXES)]
        result = run("backup", "restore", *files, "--key", str(key))
        assert result.exit_code == 0, result.output
        session.rollback()
        session.expire_all()
        return result.output

    return act


def empty(session: Session) -> None:
    """Nothing is left in any table."""
    session.rollback()
    session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.commit()


@on_both_databases
def test_what_was_backed_up_is_there_again_and_opens(
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    bring_back: Callable[[Archives], str],
) -> None:
    zeinab = cast.person("zeinab")
    case_id = opened(session, zeinab, notes={"safety_plan": NAME}).id
    before = counts(session)
    said = bring_back(back_up())
    assert said.startswith("Restored; 0 boxes")
    case = access_case(session, zeinab.actor, zeinab.keyring, case_id, Permission.CASE_VIEW)
    assert value_of(session, case, "notes")["safety_plan"] == NAME
    after = counts(session)
    changed = {name for name in before if after[name] != before[name]}
    assert changed <= {"audit_entries", "audit_nodes", "audit_sequencer"}


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has that a backup holds."""
    tables = [table for part in Part for table in archives.tables_of(part)]
    query = {table.name: select(func.count()).select_from(table) for table in tables}
    return {name: session.scalar(one) or 0 for name, one in query.items()}


def test_a_backup_of_one_kind_of_database_goes_into_the_other(
    session: Session, cast: Cast, back_up: Callable[[], Archives], key: Path, postgres_url: str
) -> None:
    zeinab = cast.person("zeinab")
    case_id = opened(session, zeinab).id
    halves = back_up()
    engine = connect(postgres_url)
    with Session(engine) as other:
        assert restored(other, halves, key) == 0
        access_case(other, zeinab.actor, zeinab.keyring, case_id, Permission.CASE_VIEW)
    engine.dispose()


def restored(other: Session, halves: Archives, key: Path) -> int:
    """Both halves stand in another database; answers how many rows found no place."""
    from casework.cli.backup import brought_back

    return brought_back(other, halves, backups.read_key(key))


@on_both_databases
def test_an_archive_holds_no_canary(
    session: Session, cast: Cast, back_up: Callable[[], Archives], folder: Path
) -> None:
    opened(session, cast.person("zeinab"), people=[woman(given_name=NAME)])
    back_up()
    assert traces([folder]) == []


def test_the_halves_share_no_table_and_hold_every_one() -> None:
    boxes, rest = ({table.name for table in archives.tables_of(part)} for part in Part)
    assert not boxes & rest
    assert boxes | rest | archives.LEFT_OUT == set(Base.metadata.tables)
    assert boxes == archives.KEY_TABLES


def test_the_half_with_the_boxes_holds_no_section(
    session: Session, cast: Cast, back_up: Callable[[], Archives], key: Path
) -> None:
    opened(session, cast.person("zeinab"))
    halves, seed = back_up(), backups.read_key(key)
    named = {
        part: {line.get("table") for line in archives.lines_of(backups.opened(path, seed))}
        for part, path in halves.items()
    }
    assert "case_access" in named[Part.BOXES] - named[Part.CIPHERTEXT]
    assert "case_sections" in named[Part.CIPHERTEXT] - named[Part.BOXES]


def test_an_erased_case_is_gone_once_its_boxes_are(
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    bring_back: Callable[[Archives], str],
    tmp_path: Path,
) -> None:
    zeinab = cast.person("zeinab")
    asked = (session, zeinab.actor, zeinab.keyring)
    case_id = opened(session, zeinab).id
    old = back_up()
    safe_copy = shutil.copy(old[Part.BOXES], tmp_path / "copy.cwb")
    erase_mistake(*asked, case_id)
    with clock.at(clock.now() + timedelta(days=15)):
        new = back_up()
        assert not old[Part.BOXES].exists()
        assert old[Part.CIPHERTEXT].exists()
        bring_back({Part.CIPHERTEXT: old[Part.CIPHERTEXT], Part.BOXES: new[Part.BOXES]})
        assert session.scalar(select(func.count()).select_from(CaseSection)) != 0
        with pytest.raises((NotVisible, SealBroken)):
            access_case(*asked, case_id, Permission.CASE_VIEW)
        bring_back({Part.CIPHERTEXT: old[Part.CIPHERTEXT], Part.BOXES: Path(safe_copy)})
        access_case(*asked, case_id, Permission.CASE_VIEW)


def test_a_box_whose_case_is_not_in_the_other_half_is_left_out(
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    bring_back: Callable[[Archives], str],
) -> None:
    with clock.at(clock.now() - timedelta(days=2)):
        old = back_up()
    opened(session, cast.person("zeinab"))
    new = back_up()
    said = bring_back({Part.CIPHERTEXT: old[Part.CIPHERTEXT], Part.BOXES: new[Part.BOXES]})
    assert said.startswith("Restored; 1 boxes")
    assert session.scalars(select(CaseAccess)).all() == []
    assert session.scalars(select(MembershipRow)).all() != []


def test_ciphertext_is_kept_a_year(
    session: Session, cast: Cast, back_up: Callable[[], Archives]
) -> None:
    old = back_up()
    with clock.at(clock.now() + timedelta(days=366)):
        back_up()
    assert not old[Part.CIPHERTEXT].exists()


@pytest.mark.parametrize("broken", ["swapped", "cut", "changed", "other-key"])
def test_what_cannot_be_used_changes_nothing(
    run: Run,
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    key: Path,
    tmp_path: Path,
    broken: str,
) -> None:
    halves = [back_up()[part] for part in (Part.CIPHERTEXT, Part.BOXES)]
    empty(session)
    spoil(broken, halves, key)
    result = run("backup", "restore", *map(str, halves), "--key", str(key))
    assert result.exit_code != 0
    assert result.output.startswith("Nothing was changed: ")
    assert session.scalars(select(User.id)).all() == []


def spoil(how: str, halves: list[Path], key: Path) -> None:
    """The two halves, or the key, as no restoration may take them."""
    whole = halves[1].read_bytes()
    if how == "swapped":
        halves.reverse()
    elif how == "cut":
        halves[1].write_bytes(whole[:-20])
    elif how == "changed":
        halves[1].write_bytes(whole[:-500] + b"?" + whole[-499:])
    else:
        key.write_text("ab" * 32 + "\n")


def test_a_database_in_use_takes_no_backup(
    run: Run, session: Session, cast: Cast, back_up: Callable[[], Archives], key: Path
) -> None:
    halves = back_up()
    result = run(
        "backup",
        "restore",
        str(halves[Part.CIPHERTEXT]),
        str(halves[Part.BOXES]),
        "--key",
        str(key),
    )
    assert result.exit_code == 1
    assert "this database is in use" in result.output


def test_without_a_key_the_operator_is_told_what_to_run(run: Run, cast: Cast, folder: Path) -> None:
    result = run("backup", "run", str(folder))
    assert result.exit_code == 1
    assert "run `flask --app casework backup key FILE`" in result.output


def test_a_key_is_never_overwritten(run: Run, key: Path) -> None:
    before = key.read_text()
    assert run("backup", "key", str(key)).exit_code == 1
    assert key.read_text() == before
    assert key.stat().st_mode & 0o077 == 0


def test_a_drill_opens_the_newest_and_says_what_it_proves(
    run: Run,
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    key: Path,
    folder: Path,
) -> None:
    opened(session, cast.person("zeinab"))
    back_up()
    people = session.scalar(select(func.count()).select_from(User))
    result = run("backup", "drill", str(folder), "--key", str(key))
    assert result.exit_code == 0, result.output
    assert f"Opened: {people} accounts, 4 teams" in result.output
    assert "The log of the copy is whole." in result.output


def test_a_drill_notices_a_box_that_is_not_the_logs(
    run: Run,
    session: Session,
    cast: Cast,
    back_up: Callable[[], Archives],
    key: Path,
    folder: Path,
) -> None:
    opened(session, cast.person("zeinab"))
    session.execute(CaseSection.__table__.update().values(box=b"older"))  # type: ignore[attr-defined]
    back_up()
    result = run("backup", "drill", str(folder), "--key", str(key))
    assert result.exit_code == 1


def test_the_log_tells_of_each_backup(
    session: Session, cast: Cast, back_up: Callable[[], Archives]
) -> None:
    back_up()
    made = select(func.count()).where(AuditEntry.action == "backup.made")
    assert session.scalar(made) == 1
    assert session.scalars(select(Case)).all() == []


def test_the_nightly_job_backs_up_where_it_was_told(
    app: Flask, session: Session, cast: Cast, key: Path, folder: Path
) -> None:
    own: Settings = app.extensions["settings"]
    late = datetime(2026, 10, 29, 3, 30, tzinfo=UTC)
    session.commit()
    with clock.at(late), app.app_context():
        done = {one.name: one for one in run_due(session, own.with_changes(backup_folder=folder))}
    assert done["back-up"].said == "2"
    assert [len(backups.archives(folder, part)) for part in Part] == [1, 1]


def test_a_backup_that_failed_is_tried_again(
    app: Flask, session: Session, cast: Cast, folder: Path
) -> None:
    own: Settings = app.extensions["settings"]
    late = datetime(2026, 10, 29, 3, 30, tzinfo=UTC)
    session.commit()
    for minute in (0, 1):
        with clock.at(late + timedelta(minutes=minute)), app.app_context():
            told = own.with_changes(backup_folder=folder)
            done = {one.name: one for one in run_due(session, told)}
        assert not done["back-up"].well


def test_the_two_halves_bear_one_moment(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, back_up: Callable[[], Archives]
) -> None:
    ticks = count()
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=next(ticks)))
    assert len({path.name.split("-")[0] for path in back_up().values()}) == 1
