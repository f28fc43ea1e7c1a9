"""Verification by strangers: no byte of an export can be changed unnoticed."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cryptography
import pymerkle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from casework.audit import formats
from casework.audit.bodies import canonical
from casework.audit.checkpoints import read_checkpoint
from casework.audit.export import export_log
from casework.audit.inspection import Problem, Report
from casework.audit.messages import PROBLEMS, REMARKS, lines
from casework.audit.sequencer import LogBroken
from casework.audit.tree import Frontier, leaf_hash
from casework.audit.verify import main, verify_export
from tests.audit.made import KEY, ORIGIN, OTHER_SEED, exported, forged, note, sign
from tests.support.databases import ROOT, connect

SIZE = 31
FIRST_SIZE = 10
REDACTED = (2, 3)


@pytest.fixture(scope="module")
def original(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of 31 entries, two of them redacted, with three checkpoints."""
    folder = tmp_path_factory.mktemp("log")
    shutil.copyfile(sqlite_template, folder / "casework.db")
    engine = connect(f"sqlite:///{folder / 'casework.db'}")
    with Session(engine) as session:
        directory = exported(session, folder / "export")
    engine.dispose()
    return directory


@pytest.fixture
def export(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to tamper with, read in pieces, so that redacted entries do not stand in each."""
    monkeypatch.setattr("casework.audit.verify._AT_ONCE", 4)
    return Path(shutil.copytree(original, tmp_path / "export"))


def entries(export: Path) -> list[bytes]:
    return (export / formats.ENTRIES).read_bytes().split(b"\n")[:-1]


def rewrite(export: Path, name: str, new: list[bytes]) -> None:
    (export / name).write_bytes(b"".join(line + b"\n" for line in new))


def rewrite_all(export: Path, bodies: list[bytes]) -> bytes:
    """Entries and leaves are rewritten so that they agree; answers the new root."""
    rewrite(export, formats.ENTRIES, bodies)
    tree = Frontier()
    stubs = [formats.read_stub(body) for body in bodies]
    leaves = [
        stub[0] if stub else leaf_hash(body) for stub, body in zip(stubs, bodies, strict=True)
    ]
    tree.extend(leaves)
    (export / formats.LEAVES).write_bytes(formats.leaf_lines(leaves))
    return tree.root()


def files(export: Path) -> list[str]:
    found = sorted(path for path in export.rglob("*") if path.is_file())
    return [str(path.relative_to(export)) for path in found]


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def test_an_untouched_export_verifies(original: Path) -> None:
    report = verify_export(original)
    assert (report.problems, report.size) == ([], SIZE)


def test_the_export_has_the_documented_files(original: Path) -> None:
    documented = (ROOT / "docs" / "audit-formats.md").read_text()
    sizes = {"10.txt", "24.txt", "31.txt"}
    assert {Path(name).name for name in files(original)} - sizes <= formats.FILES
    assert [name for name in formats.FILES if f"`{name}" not in documented] == []


def test_an_independent_library_reads_the_same_root_from_the_export(original: Path) -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for line in entries(original)[4:]:
        tree.append_entry(line)
    ours = Frontier()
    ours.extend([leaf_hash(line) for line in entries(original)[4:]])
    assert tree.get_root() == ours.root()


def test_every_exported_leaf_is_the_hash_of_its_line(original: Path) -> None:
    leaves = (original / formats.LEAVES).read_text().split("\n")
    plain = [(line, leaf) for line, leaf in zip(entries(original), leaves, strict=False)]
    kept = [pair for at, pair in enumerate(plain) if at not in REDACTED]
    assert all(leaf_hash(line).hex() == leaf for line, leaf in kept)


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_the_size_of_the_pieces_read_changes_nothing(
    export: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.audit.verify._AT_ONCE", chunk)
    assert verify_export(export).ok


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_byte_of_an_export_is_caught(export: Path, data: st.DataObject) -> None:
    path = export / data.draw(st.sampled_from(files(export)))
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != before[at]))
    path.write_bytes(before[:at] + bytes([byte]) + before[at + 1 :])
    try:
        assert not verify_export(export).ok
    finally:
        path.write_bytes(before)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_cut_or_added_bytes_of_an_export_are_caught(export: Path, data: st.DataObject) -> None:
    path = export / data.draw(st.sampled_from(files(export)))
    before = path.read_bytes()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(before))] * 2)))
    after = before[:start] + data.draw(st.binary(max_size=3)) + before[end:]
    path.write_bytes(after)
    try:
        assert verify_export(export).ok == (after == before)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("last", [b"", b"x", b"\n\n", b"\r\n"], ids=repr)
@pytest.mark.parametrize(
    "name", [formats.ENTRIES, formats.LEAVES, formats.KEY, formats.CHECKPOINT, formats.PROOFS]
)
def test_the_end_of_a_file_has_one_writing(export: Path, name: str, last: bytes) -> None:
    before = (export / name).read_bytes()
    (export / name).write_bytes(before[:-1] + last)
    assert not verify_export(export).ok


@given(st.integers(4, SIZE - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_edited_entry_is_named(export: Path, at: int) -> None:
    before = entries(export)
    rewrite(export, formats.ENTRIES, [*before[:at], before[at][:-2] + b'x"}', *before[at + 1 :]])
    report = verify_export(export)
    rewrite(export, formats.ENTRIES, before)
    assert (codes(report)[0], report.first_bad) == ("entry", at)


@given(st.integers(0, SIZE - 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_deleted_entry_is_named(export: Path, at: int) -> None:
    before = entries(export)
    rewrite(export, formats.ENTRIES, before[:at] + before[at + 1 :])
    report = verify_export(export)
    rewrite(export, formats.ENTRIES, before)
    assert (codes(report)[0], report.first_bad) == ("entry", at)


@given(st.integers(0, SIZE - 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_exchanged_entries_are_named(export: Path, at: int) -> None:
    before = entries(export)
    rewrite(export, formats.ENTRIES, [*before[:at], before[at + 1], before[at], *before[at + 2 :]])
    report = verify_export(export)
    rewrite(export, formats.ENTRIES, before)
    assert (codes(report)[0], report.first_bad) == ("entry", at)


def test_truncated_entries_are_named(export: Path) -> None:
    rewrite(export, formats.ENTRIES, entries(export)[:20])
    assert verify_export(export).first_bad == 20


def test_entries_truncated_together_with_their_leaves_are_named(export: Path) -> None:
    rewrite_all(export, entries(export)[:20])
    report = verify_export(export)
    assert (report.first_bad, "checkpoint-shorter" in codes(report)) == (20, True)


def test_an_added_entry_is_not_covered_by_the_checkpoint(export: Path) -> None:
    rewrite_all(export, [*entries(export), canonical({"action": "case.viewed"})])
    report = verify_export(export)
    assert (codes(report), report.first_bad) == (["beyond"], SIZE)


def test_a_consistent_rewriting_is_found_after_the_last_fitting_checkpoint(export: Path) -> None:
    before = entries(export)
    rewrite_all(export, [*before[:15], before[15][:-2] + b'x"}', *before[16:]])
    report = verify_export(export)
    assert ("checkpoint-differs" in codes(report), report.first_bad) == (True, FIRST_SIZE)


def test_a_history_signed_anew_by_a_thief_of_the_key_is_a_fork_to_a_witness(
    export: Path, original: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    shutil.copyfile(original / formats.CHECKPOINT, kept)
    before = entries(export)
    root = rewrite_all(export, [*before[:15], before[15][:-2] + b'x"}', *before[16:]])
    for old in (export / formats.CHECKPOINTS).iterdir():
        old.unlink()
    for name in (formats.CHECKPOINT, f"{formats.CHECKPOINTS}/{SIZE}.txt"):
        (export / name).write_bytes(forged(SIZE, root))
    (export / formats.PROOFS).write_bytes(b"")
    assert verify_export(export).ok
    assert codes(verify_export(export, [kept])) == ["witness-differs"]


def test_an_older_export_is_a_rollback_to_a_witness(log_session: Session, tmp_path: Path) -> None:
    older = exported(log_session, tmp_path / "older")
    note(log_session, 3)
    kept = tmp_path / "kept.txt"
    kept.write_bytes(sign(log_session))
    report = verify_export(older, [kept])
    assert (codes(report), report.first_bad) == (["witness-shorter"], SIZE)


def test_an_older_checkpoint_that_fits_is_told_as_proved(export: Path, original: Path) -> None:
    report = verify_export(export, [original / formats.CHECKPOINTS / f"{FIRST_SIZE}.txt"])
    assert "witnesses" in [remark.code for remark in report.proved]


def test_a_kept_checkpoint_of_another_key_is_refused(export: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(forged(5, bytes(32), OTHER_SEED))
    assert codes(verify_export(export, [kept])) == ["note-refused"]


def test_an_export_signed_by_another_key_fails_against_the_trusted_one(export: Path) -> None:
    other = f"{ORIGIN}+00000000+{base64.b64encode(bytes(33)).decode()}"
    (export / formats.KEY).write_text(f"{other}\n")
    assert codes(verify_export(export, trusted_key=str(KEY))) == ["key-differs"]


def test_an_entry_emptied_without_a_redaction_is_named(export: Path) -> None:
    before = entries(export)
    emptied = formats.stub(leaf_hash(before[17]), "retention")
    rewrite(export, formats.ENTRIES, [*before[:17], emptied, *before[18:]])
    report = verify_export(export)
    assert (codes(report), report.first_bad) == (["redaction"], 17)


def test_a_redaction_with_another_reason_is_named(export: Path) -> None:
    changed = (
        (export / formats.ENTRIES)
        .read_bytes()
        .replace(b'"redacted":"retention"}\n', b'"redacted":"request"}\n', 1)
    )
    (export / formats.ENTRIES).write_bytes(changed)
    assert verify_export(export).problems == [Problem("redaction", REDACTED[0])]


def test_redacted_entries_are_said_to_be_unproved(original: Path) -> None:
    found = {remark.code: remark.detail for remark in verify_export(original).unproved}
    assert found["redacted"] == "2 (retention: 2-3)"


@pytest.mark.parametrize("name", sorted(formats.FILES))
def test_a_missing_file_is_said(export: Path, name: str) -> None:
    path = export / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert codes(verify_export(export)) == ["unreadable"]


def test_a_removed_checkpoint_leaves_a_proof_without_ends(export: Path) -> None:
    (export / formats.CHECKPOINTS / "24.txt").unlink()
    assert "proof" in codes(verify_export(export))


def test_a_strange_file_is_told_as_unproved(export: Path) -> None:
    (export / "readme.txt").write_text("trust me")
    report = verify_export(export)
    assert [each.detail for each in report.unproved if each.code == "unknown-file"] == [
        "readme.txt"
    ]


def test_an_export_never_overwrites(log_session: Session, tmp_path: Path) -> None:
    exported(log_session, tmp_path / "export")
    with pytest.raises(FileExistsError):
        export_log(log_session, tmp_path / "export", KEY)


def test_nothing_is_exported_without_a_checkpoint(log_session: Session, tmp_path: Path) -> None:
    note(log_session, 1)
    with pytest.raises(LogBroken):
        export_log(log_session, tmp_path / "export", KEY)


def test_the_export_ends_at_its_checkpoint(log_session: Session, tmp_path: Path) -> None:
    note(log_session, 4)
    sign(log_session)
    note(log_session, 4)
    size = export_log(log_session, tmp_path / "export", KEY).size
    assert (size, len(entries(tmp_path / "export"))) == (6, 6)


def test_the_command_exits_zero_for_a_good_export(original: Path) -> None:
    assert main([str(original), "--key", str(KEY)]) == 0


def test_the_command_says_what_it_did_not_prove(
    original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(original), "--language", "fr"])
    assert f"comparez-la avec la clé imprimée : {KEY}" in capsys.readouterr().out


def test_the_command_names_the_first_bad_index(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(export, formats.ENTRIES, entries(export)[:20])
    assert main([str(export), "--language", "en"]) == 1
    assert "First index that can be bad: 20\n" in capsys.readouterr().out


def standing_alone(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with nothing of this project in its environment but the path."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, *code.split(), *words],
        env=environment, cwd="/", capture_output=True, text=True,
    )  # fmt: skip


def test_the_command_runs_without_database_or_configuration(original: Path) -> None:
    done = standing_alone("-m casework.audit.verify", str(original))
    assert (done.returncode, done.stdout.split("\n")[0], done.stderr) == (0, "VERIFIED", "")


def test_a_machine_with_nothing_but_python_and_cryptography_verifies(
    original: Path, tmp_path: Path
) -> None:
    """The folder of the program and one package, copied; no other package can be found."""
    packages = Path(cryptography.__file__).parents[1]
    shutil.copytree(ROOT / "casework" / "audit", tmp_path / "casework" / "audit")
    for needed in ("__init__.py", "errors.py", "clock.py", "vault", "i18n.py"):
        (tmp_path / "casework" / needed).symlink_to(ROOT / "casework" / needed)
    for needed in ("cryptography", "cffi", "pycparser", "_cffi_backend"):
        for found in packages.glob(f"{needed}*"):
            (tmp_path / found.name).symlink_to(found)
    command = [sys.executable, "-S", "-m", "casework.audit.verify", str(original)]
    environment = {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout.split("\n")[0], done.stderr) == (0, "VERIFIED", "")


def test_the_verifier_imports_neither_web_nor_database() -> None:
    code = "import sys, casework.audit.verify; print({'flask', 'sqlalchemy'} & set(sys.modules))"
    assert standing_alone("-c", code).stdout == "set()\n"


SPOILABLE = [formats.KEY, formats.CHECKPOINT, formats.PROOFS, formats.ENTRIES, formats.LEAVES]


@pytest.mark.parametrize("name", SPOILABLE)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_spoilt_file_is_told_in_both_languages(export: Path, name: str, language: str) -> None:
    (export / name).write_text("x\n")
    first, second, *_ = lines(verify_export(export), language)
    assert first in ("NOT VERIFIED", "NON VÉRIFIÉ")
    assert second.endswith(".")


def test_everything_a_verification_can_say_has_words_in_both_languages() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "casework/audit").glob("*.py"))
    said = set(re.findall(r'(?:Problem|Remark)\(\s*"([a-z-]+)"', sources))
    judged = {f"{who}-{how}" for who in ("checkpoint", "witness") for how in ("differs", "shorter")}
    assert said | judged <= PROBLEMS.keys() | REMARKS.keys()
    assert len(said) > 15


def test_the_exported_checkpoint_is_the_one_that_was_signed(original: Path) -> None:
    found = read_checkpoint((original / formats.CHECKPOINT).read_bytes(), KEY)
    assert found.size == SIZE
