"""Every word has its French, and every kind of fault in a catalogue was seen once."""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casework.cli import catalogues
from tests.architecture.source import ROOT

FRAGMENT = """
msgid "Save"
msgstr "Enregistrer"

msgid "%(count)s case"
msgid_plural "%(count)s cases"
msgstr[0] "%(count)s dossier"
msgstr[1] "%(count)s dossiers"

msgctxt "month"
msgid "May"
msgstr "mai"
"""
PROGRAM = """
gettext("Save")
ngettext("%(count)s case", "%(count)s cases", 2)
pgettext("month", "May")
"""


def plant(root: Path, fragments: dict[str, str], program: str = PROGRAM, page: str = "") -> None:
    folder = root / catalogues.TRANSLATIONS / "fr"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / catalogues.TRANSLATIONS / "babel.cfg", folder.parent)
    for name, text in fragments.items():
        (folder / name).write_text(text, encoding="utf-8")
    (root / "casework" / "planted.py").write_text(program, encoding="utf-8")
    (root / "templates").mkdir()
    (root / "templates" / "page.html").write_text(page, encoding="utf-8")


def test_every_word_is_translated_well_and_used() -> None:
    assert not catalogues.faults()


def test_the_catalogues_need_nothing_of_the_application() -> None:
    path = ROOT / "casework" / "cli" / "catalogues.py"
    program = f"import runpy, sys; runpy.run_path({str(path)!r}); print('flask' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_sound_catalogue_has_no_fault(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT})
    assert not catalogues.faults(tmp_path)


def test_compiled_words_are_found_by_number_and_context(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT})
    [path] = catalogues.compile_all(tmp_path)
    with path.open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Save") == "Enregistrer"
    assert french.ngettext("%(count)s case", "%(count)s cases", 0) == "%(count)s dossier"
    assert french.ngettext("%(count)s case", "%(count)s cases", 2) == "%(count)s dossiers"
    assert french.pgettext("month", "May") == "mai"
    assert french.gettext("May") == "May"


def test_two_fragments_may_say_the_same(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT, "b.po": FRAGMENT})
    assert not catalogues.faults(tmp_path)


def test_two_translations_of_one_message_name_both_files(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT, "b.po": 'msgid "Save"\nmsgstr "Garder"\n'})
    with pytest.raises(catalogues.CatalogueFault, match=r"fr/a\.po:\d+ and .*fr/b\.po:1"):
        catalogues.compile_all(tmp_path)


def test_two_translations_in_one_fragment_are_found(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT + '\nmsgid "Save"\nmsgstr "Garder"\n'})
    assert "two translations" in catalogues.faults(tmp_path)[0]


def test_a_failed_compilation_leaves_the_earlier_catalogue(tmp_path: Path) -> None:
    plant(tmp_path, {"a.po": FRAGMENT})
    [path] = catalogues.compile_all(tmp_path)
    before = path.read_bytes()
    (tmp_path / catalogues.TRANSLATIONS / "fr" / "b.po").write_text('msgid "x"\nmsgstr[9] "y"\n?')
    with pytest.raises(catalogues.CatalogueFault, match="cannot be read"):
        catalogues.compile_all(tmp_path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["messages.mo"]


@pytest.mark.parametrize(
    ("program", "page", "fault"),
    [
        (PROGRAM + 'gettext("New")\n', "", "no fr translation of 'New'"),
        (PROGRAM + '_l("New")\n', "", "no fr translation of 'New'"),
        (PROGRAM, "<p>{{ _('New') }}</p>", "no fr translation of 'New'"),
        (
            PROGRAM,
            "{% trans n=1 %}\n  New\n  one\n{% endtrans %}",
            "no fr translation of 'New one'",
        ),
        (PROGRAM + 'pgettext("verb", "Save")\n', "", "no fr translation of 'Save'"),
        (PROGRAM.replace('gettext("Save")', "", 1), "", "used nowhere: 'Save'"),
        (PROGRAM + 'ngettext("Save", "Save all", 2)\n', "", "needs plural forms: 'Save'"),
    ],
)
def test_what_the_program_asks_for_is_compared(
    tmp_path: Path, program: str, page: str, fault: str
) -> None:
    plant(tmp_path, {"a.po": FRAGMENT}, program, page)
    found = catalogues.faults(tmp_path)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("asked", "given", "fault"),
    [
        ("Go", "", "not translated"),
        ("Go to %(place)s", "Aller", "a placeholder of the English is missing"),
        ("Go", "Aller à %(place)s", "a placeholder the English does not have"),
        ("Half", "50 % de moitié", "a bare per cent sign"),
        ("Go", "L'issue", "straight apostrophe"),
        ("Go?", "Aller ?", "ordinary space before"),
        ("Go", "« Aller »", "ordinary space after «"),
        ("Go", "Aller...", "three dots"),
        ("Go", "Aller&nbsp;!", "HTML entity"),
    ],
)
def test_a_bad_translation_is_found(tmp_path: Path, asked: str, given: str, fault: str) -> None:
    fragment = f'{FRAGMENT}\nmsgid "{asked}"\nmsgstr "{given}"\n'
    plant(tmp_path, {"a.po": fragment}, f"{PROGRAM}gettext({asked!r})\n")
    assert any(fault in found for found in catalogues.faults(tmp_path))


def test_a_fuzzy_translation_is_found(tmp_path: Path) -> None:
    fragment = FRAGMENT.replace('msgid "Save"', '#, fuzzy\nmsgid "Save"')
    plant(tmp_path, {"a.po": fragment})
    assert "marked fuzzy" in catalogues.faults(tmp_path)[0]


def test_the_command_is_silent_when_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "faults", list)
    assert catalogues.main(["check"]) == 0
    assert catalogues.main(["compile"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_command_fails_and_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "faults", lambda: ["a.po:1: wrong"])
    assert catalogues.main(["check"]) == 1
    assert capsys.readouterr().err == "a.po:1: wrong\n"
