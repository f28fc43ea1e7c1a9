"""Checkpoints as signed notes: the published example, and strict reading."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.audit.checkpoints import (
    Checkpoint,
    LogKey,
    NoteMalformed,
    NoteUnsigned,
    issue,
    key_of,
    open_note,
    read_checkpoint,
    read_key,
    sign_note,
)
from casework.vault.errors import SignatureBroken
from tests.audit.made import KEY, ORIGIN, OTHER_SEED, SEED

# The example of C2SP signed-note.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n"
).encode()
POINT = Checkpoint(ORIGIN, 1234, bytes(range(100, 132)))
NOTE = issue(POINT, SEED)


def test_the_published_example_verifies() -> None:
    assert open_note(EXAMPLE_NOTE, read_key(EXAMPLE_KEY)) == b"This is an example message.\n"


def test_the_published_key_is_written_as_it_was_read() -> None:
    assert str(read_key(EXAMPLE_KEY)) == EXAMPLE_KEY


def test_a_checkpoint_has_the_three_lines_of_the_standard() -> None:
    text = NOTE.decode().split("\n\n")[0]
    assert text == f"{ORIGIN}\n1234\nZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM="


def test_a_checkpoint_is_read_as_it_was_issued() -> None:
    assert read_checkpoint(NOTE, KEY) == POINT


def test_the_same_checkpoint_is_always_the_same_note() -> None:
    assert issue(POINT, SEED) == NOTE


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 255))
def test_no_byte_of_a_note_can_be_changed(at: int, byte: int) -> None:
    changed = NOTE[:at] + bytes([byte]) + NOTE[at + 1 :]
    if changed == NOTE:
        return
    with pytest.raises((NoteMalformed, NoteUnsigned, SignatureBroken)):
        read_checkpoint(changed, KEY)


@pytest.mark.parametrize("character", ascii_letters + digits + "+/=")
def test_the_last_bits_of_a_signature_have_one_writing(character: str) -> None:
    changed = NOTE[:-3] + character.encode() + NOTE[-2:]
    if changed == NOTE:
        return
    with pytest.raises((NoteMalformed, SignatureBroken)):
        read_checkpoint(changed, KEY)


@given(st.integers(0, len(str(KEY)) - 1), st.characters(max_codepoint=0x2FF))
def test_no_character_of_a_key_can_be_changed(at: int, character: str) -> None:
    changed = str(KEY)[:at] + character + str(KEY)[at + 1 :]
    if changed == str(KEY):
        return
    with pytest.raises(NoteMalformed):
        read_key(changed)


@given(st.binary(max_size=200))
def test_any_bytes_are_either_refused_or_a_note(junk: bytes) -> None:
    with pytest.raises((NoteMalformed, NoteUnsigned)):
        read_checkpoint(junk, KEY)


def test_a_note_of_another_key_with_the_same_name_is_refused() -> None:
    with pytest.raises(NoteUnsigned):
        read_checkpoint(issue(POINT, OTHER_SEED), KEY)


def test_a_signature_under_the_wrong_key_id_is_broken() -> None:
    line = issue(POINT, OTHER_SEED).decode()
    ours, theirs = KEY.id, key_of(ORIGIN, OTHER_SEED).id
    assert ours != theirs
    forged = LogKey(ORIGIN, KEY.public)
    with pytest.raises((NoteUnsigned, SignatureBroken)):
        open_note(line.encode(), forged)


def test_a_forged_signature_of_the_right_key_is_broken() -> None:
    other = NOTE.replace(b"1234", b"1235")
    with pytest.raises(SignatureBroken):
        read_checkpoint(other, KEY)


def test_signatures_of_witnesses_are_passed_over() -> None:
    witness = sign_note(POINT.text(), "witness.example/one", OTHER_SEED)
    both = NOTE + witness.split(b"\n\n")[1]
    assert read_checkpoint(both, KEY) == POINT


def test_a_checkpoint_of_another_log_is_refused() -> None:
    text = Checkpoint("other.example/log", 1, bytes(32)).text()
    with pytest.raises(NoteMalformed):
        read_checkpoint(sign_note(text, ORIGIN, SEED), KEY)


@pytest.mark.parametrize("size", ["01", "-1", "1.0", "", "+1", "1e3", "١"])
def test_a_size_has_one_writing(size: str) -> None:
    text = POINT.text().replace(b"1234", size.encode())
    with pytest.raises(NoteMalformed):
        read_checkpoint(sign_note(text, ORIGIN, SEED), KEY)


def test_a_root_has_thirty_two_bytes() -> None:
    with pytest.raises(NoteMalformed):
        read_checkpoint(issue(Checkpoint(ORIGIN, 1, bytes(31)), SEED), KEY)


def test_lines_after_the_root_are_refused() -> None:
    with pytest.raises(NoteMalformed):
        read_checkpoint(sign_note(POINT.text() + b"more\n", ORIGIN, SEED), KEY)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_of_a_log_has_no_space_or_plus(name: str) -> None:
    with pytest.raises(NoteMalformed):
        key_of(name, SEED)
