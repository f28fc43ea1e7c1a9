"""The recovery key, from three papers to a team that works again, as it is drilled."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from casework import clock, create_app
from casework.cases.access import access_case
from casework.cli import recovery as commands
from casework.db import db
from casework.people import accounts, comparisons, forgotten, keyrings
from casework.people.models import MembershipRow
from casework.people.team_keys import recovery_print
from casework.policy import Permission
from casework.referrals.rotation import rotate_team
from casework.vault import offline
from casework.vault.errors import SealBroken
from casework.vault.keys import UserKeys
from casework.vault.passphrases import generate_passphrase
from casework.vault.recovery import recovery_words
from casework.vault.recovery_files import Answered, Asked
from config import RECOVERY_FILE, Settings
from tests.support.cast import TOMBOUCTOU, Cast
from tests.support.databases import on_both_databases
from tests.support.files import opened
from tests.support.html_rules import parse, text_of

BOLD = re.compile(r"<li><b>(.*?)</b></li>")
DAYS = timedelta(days=3)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a set of papers."""
    place = tmp_path_factory.mktemp("papers") / "set"
    commands.make_papers(place)
    return place


def typed(papers: Path, number: int) -> str:
    """What somebody types who reads a paper."""
    words = BOLD.findall((papers / f"paper-{number}.html").read_text())
    return f"{number} {' '.join(words[6:])}"


def public_in(papers: Path) -> bytes:
    return bytes.fromhex((papers / "recovery.pub").read_text().strip())


# The papers


def test_a_paper_is_one_whole_page_with_its_words_and_its_code(papers: Path) -> None:
    for number in (1, 2, 3):
        text = (papers / f"paper-{number}.html").read_text()
        assert len(BOLD.findall(text)) == 54
        assert f"Papier de secours {number} sur 3" in text
        assert "<svg" in text
        assert not re.search(r"(src|href)=", text), "it asks nothing of any network"


def test_the_three_papers_bear_the_same_six_words_of_their_key(papers: Path) -> None:
    tops = {tuple(BOLD.findall((papers / f"paper-{n}.html").read_text())[:6]) for n in (1, 2, 3)}
    assert tops == {recovery_words(public_in(papers))}


def test_no_file_holds_the_key_and_others_cannot_read_them(papers: Path) -> None:
    files = sorted(one.name for one in papers.iterdir())
    assert files == [
        "paper-1.html",
        "paper-2.html",
        "paper-3.html",
        "recovery.marks",
        RECOVERY_FILE,
    ]
    assert {stat.S_IMODE(one.stat().st_mode) for one in papers.iterdir()} == {0o600}
    marks = json.loads((papers / "recovery.marks").read_text())
    assert marks["recovery"] == recovery_print(public_in(papers))


def test_a_folder_that_exists_is_not_written_into(papers: Path, app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["recovery", "create", str(papers)])
    assert done.exit_code == 1
    assert "name a new folder" in done.output


def test_new_papers_are_made_only_where_there_were_some(tmp_path: Path, app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["recovery", "rotate", str(tmp_path / "new")])
    assert done.exit_code == 1
    assert not (tmp_path / "new").exists()


def test_the_service_reads_the_public_key_from_its_folder(papers: Path, tmp_path: Path) -> None:
    from config import make_keys

    make_keys(tmp_path)
    (tmp_path / RECOVERY_FILE).write_text((papers / RECOVERY_FILE).read_text())
    found = Settings.from_environment({"CASEWORK_INSTANCE": str(tmp_path)})
    assert found.recovery_public == public_in(papers)


# The yearly check


def test_a_good_paper_is_found_good_and_noted(papers: Path, tmp_path: Path) -> None:
    marks = tmp_path / "recovery.marks"
    marks.write_text((papers / "recovery.marks").read_text())
    assert offline.main(["check", str(marks)], ask=lambda _words: typed(papers, 2)) == 0
    assert (tmp_path / offline.CHECKED).read_text().endswith(" 2\n")


def test_a_wrong_word_is_asked_again_and_another_set_refused(
    papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.make_papers(tmp_path / "other")
    good = typed(papers, 1)
    spoilt = good.rsplit(" ", 1)[0] + " abaisser"
    answers = iter([spoilt, "9 x", good])
    marks = str(tmp_path / "other" / "recovery.marks")
    assert offline.main(["check", marks], ask=lambda _words: next(answers)) == 1
    said = capsys.readouterr().out
    assert said.count("type it again") == 2
    assert "not of the present set" in said


def test_marks_give_no_piece_away(papers: Path) -> None:
    marks = (papers / "recovery.marks").read_text()
    for number in (1, 2, 3):
        for piece in offline.typed_paper(typed(papers, number)).pieces.values():
            assert piece.hex() not in marks


def test_a_paper_read_from_its_code_is_the_paper(papers: Path) -> None:
    by_hand = offline.typed_paper(typed(papers, 3))
    by_code = offline.typed_paper(f"casework {typed(papers, 3)}")
    assert by_hand.pieces == by_code.pieces


@pytest.mark.parametrize("kind", [Asked, Answered], ids=["asked", "answered"])
@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"format": "x"}', b"\xff"], ids=range(5))
def test_another_file_is_refused(kind: type[Asked] | type[Answered], text: bytes) -> None:
    with pytest.raises(SealBroken):
        kind.read(text)


def test_the_doctor_asks_for_papers_and_for_the_yearly_look(
    app: Flask, cast: Cast, session: Session, papers: Path
) -> None:
    own: Settings = app.extensions["settings"]
    with app.app_context():
        without = own.with_changes(recovery_public=None)
        assert "No recovery papers" in "".join(commands.papers(without))
        assert "do not bring every team back" in "".join(commands.papers(own))
        marks = own.instance / "recovery.marks"
        marks.write_text((papers / "recovery.marks").read_text())
        assert "a year" not in "".join(commands.papers(own))
        with clock.at(clock.now() + timedelta(days=400)):
            assert "a year" in "".join(commands.papers(own))
            noted = [f"{clock.today()} {number}\n" for number in (1, 2, 3)]
            (own.instance / offline.CHECKED).write_text("".join(noted))
            assert "a year" not in "".join(commands.papers(own))


# The drill


@pytest.fixture
def app(instance: Path, database_url: str, papers: Path) -> Iterator[Flask]:
    """The application of an installation that has recovery papers."""
    own = Settings.for_tests(instance, database_url)
    application = create_app(own.with_changes(recovery_public=public_in(papers)))
    yield application
    with application.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keepers' program, as one file."""
    file = tmp_path_factory.mktemp("tool") / "casework-recovery.pyz"
    commands.tool.callback(file)  # type: ignore[misc]
    return file


def laptop(tool: Path, *arguments: str, typed: list[str]) -> subprocess.CompletedProcess[str]:
    """The keepers' program on a laptop that has nothing else of ours."""
    return subprocess.run(
        [sys.executable, "-I", str(tool), *arguments],
        input="\n".join(typed) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )


def lost(session: Session, cast: Cast) -> UserKeys:
    """Everybody in Tombouctou has lost her words; Oumar has new ones."""
    admin, code = cast.person("admin").actor, ""
    for handle in ("fanta", "oumar"):
        code = forgotten.forget_words(session, admin, cast.person(handle).id, DAYS)[1]
        session.flush()
    keys = accounts.take_up(session, code, generate_passphrase())[1]
    session.commit()
    return keys


def protect(session: Session, cast: Cast, papers: Path) -> None:
    """Tombouctou's seed is sealed to the papers' key."""
    oumar, public = cast.person("oumar"), public_in(papers)
    by = (session, oumar.actor, oumar.keyring, cast.team(TOMBOUCTOU).id, b"k" * 32, public)
    rotate_team(*by, recovery_print(public))
    session.commit()


@on_both_databases
def test_a_team_that_lost_every_word_works_again_with_two_papers(
    app: Flask, cast: Cast, session: Session, papers: Path, tool: Path, tmp_path: Path
) -> None:
    oumar, run = cast.person("oumar"), app.test_cli_runner()
    case = opened(session, oumar)
    session.commit()
    assert "its coordinator makes new keys" in run.invoke(args=["recovery", "status"]).output
    protect(session, cast, papers)
    assert f"{TOMBOUCTOU}: ready" in run.invoke(args=["recovery", "status"]).output
    keys = lost(session, cast)
    assert not keyrings.act_as(session, oumar.id, keys)[1].teams
    session.rollback()
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    wanted = ["recovery", "export", str(asked), "--team", TOMBOUCTOU, "--for", "oumar"]
    assert run.invoke(args=wanted).exit_code == 0

    two = [typed(papers, 3), typed(papers, 1)]
    done = laptop(tool, "open", str(asked), str(answer), typed=[*two, "yes"])
    assert done.returncode == 0, done.stdout + done.stderr
    hers = comparisons.of_waiting(session, oumar.id, keys)[0].words
    assert " ".join(hers) in done.stdout, "the words that she reads from her screen"
    session.rollback()

    assert run.invoke(args=["recovery", "import", str(answer)]).exit_code == 0
    session.rollback()
    session.expire_all()
    actor, keyring = keyrings.act_as(session, oumar.id, keys)
    assert access_case(session, actor, keyring, case.id, Permission.CASE_VIEW).card
    public = public_in(papers)
    new = rotate_team(session, actor, keyring, case.row.owner_team, b"k" * 32, public)
    session.commit()
    actor, keyring = keyrings.act_as(session, oumar.id, keys)
    assert keyring.team(new.team_id).epoch == 3
    assert access_case(session, actor, keyring, case.id, Permission.CASE_VIEW).card


@pytest.mark.parametrize(
    ("papers_typed", "last", "why"),
    [
        ((1, 1), "yes", "two different papers"),
        ((1, 2), "no", "nobody was let in"),
        ((1, 2), "", "nobody was let in"),
    ],
    ids=["one paper twice", "other words", "no answer"],
)
def test_the_keepers_program_lets_nobody_in_otherwise(
    app: Flask,
    cast: Cast,
    session: Session,
    papers: Path,
    tmp_path: Path,
    papers_typed: tuple[int, int],
    last: str,
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    protect(session, cast, papers)
    lost(session, cast)
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    wanted = ["recovery", "export", str(asked), "--team", TOMBOUCTOU, "--for", "oumar"]
    app.test_cli_runner().invoke(args=wanted)
    lines = iter([*(typed(papers, number) for number in papers_typed), last])
    assert offline.main(["open", str(asked), str(answer)], ask=lambda _words: next(lines)) == 1
    assert why in capsys.readouterr().out
    assert not answer.exists()


def test_a_team_exchanged_in_the_file_gives_other_words_or_nothing(
    app: Flask, cast: Cast, session: Session, papers: Path, tmp_path: Path
) -> None:
    """Somebody on the way puts in a key of her own: the words differ from the coordinator's."""
    protect(session, cast, papers)
    keys = lost(session, cast)
    asked = tmp_path / "asked"
    wanted = ["recovery", "export", str(asked), "--team", TOMBOUCTOU, "--for", "oumar"]
    app.test_cli_runner().invoke(args=wanted)
    found = json.loads(asked.read_text())
    found["kem"] = UserKeys(b"x" * 32).public.hex()
    asked.write_text(json.dumps(found))
    from casework.vault.recovery_files import words_to_compare

    read = words_to_compare(Asked.read(asked.read_bytes()))
    assert read != comparisons.of_waiting(session, cast.person("oumar").id, keys)[0].words


@pytest.mark.parametrize(
    ("team", "handle", "why"),
    [
        ("Nowhere", "oumar", "no team has this name"),
        (TOMBOUCTOU, "fanta", "coordinator of this team"),
        (TOMBOUCTOU, "nobody", "coordinator of this team"),
        ("Goundam", "aminata", "no recovery paper"),
    ],
)
def test_an_export_that_cannot_help_says_why(
    app: Flask,
    cast: Cast,
    session: Session,
    papers: Path,
    tmp_path: Path,
    team: str,
    handle: str,
    why: str,
) -> None:
    protect(session, cast, papers)
    wanted = ["recovery", "export", str(tmp_path / "x"), "--team", team, "--for", handle]
    done = app.test_cli_runner().invoke(args=wanted)
    assert done.exit_code == 1 or isinstance(done.exception, SystemExit)
    assert why in (done.output + str(done.exception))
    assert not (tmp_path / "x").exists()


def test_an_answer_overtaken_by_the_team_is_refused(
    app: Flask, cast: Cast, session: Session, papers: Path, tmp_path: Path
) -> None:
    protect(session, cast, papers)
    lost(session, cast)
    row = session.get_one(MembershipRow, (cast.team(TOMBOUCTOU).id, cast.person("oumar").id))
    file = tmp_path / "answer"
    answered = Answered(row.team_id, 1, row.user_id, b"box", 2, b"book")
    file.write_bytes(answered.written())
    session.rollback()
    done = app.test_cli_runner().invoke(args=["recovery", "import", str(file)])
    assert "export it again" in str(done.exception) + done.output
    session.refresh(row)
    assert row.seed_box is None


def test_a_page_of_a_paper_is_valid(papers: Path) -> None:
    document = parse((papers / "paper-1.html").read_text())
    assert [text_of(one) for one in document.all("h1")] == ["Papier de secours 1 sur 3"]
