"""The code lists: complete in three languages, stable, read by the reader's language."""

from pathlib import Path

import pytest

from casework import codes

EVERY = [(name, code) for name in codes.lists() for code in codes.codes(name)]


def test_every_code_has_a_label_in_each_language() -> None:
    assert [one for one in EVERY for lang in codes.LANGUAGES if not codes.label(*one, lang)] == []


def test_the_lists_the_domain_counts_on_keep_their_sizes() -> None:
    sizes = {
        name: len(codes.codes(name))
        for name in ("type_cas_vbg", "type_cas_justice", "issue", "consentement")
    }
    assert sizes == {"type_cas_vbg": 7, "type_cas_justice": 32, "issue": 33, "consentement": 12}


def test_referral_states_include_confirmed_and_expired() -> None:
    assert {"confirme", "expire"} <= set(codes.codes("statut_referencement"))


def test_french_words_use_the_typographic_apostrophe_and_firm_spaces() -> None:
    french = [codes.label(*one, "fr") + codes.help_text(*one, "fr") for one in EVERY]
    assert [text for text in french if "'" in text or " :" in text or " ;" in text] == []


def test_help_exists_in_french_exactly_where_it_exists_in_english() -> None:
    assert [
        one
        for one in EVERY
        if bool(codes.help_text(*one, "fr")) != bool(codes.help_text(*one, "en"))
    ] == []


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        codes.label("sexe", "X")


def test_an_unknown_list_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        codes.codes("orientation_sexuelle")


def test_the_readers_language_is_asked_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "language_source", lambda: "en_GB")
    assert codes.label("risque", "eleve") == "High"


def test_a_language_without_labels_falls_back_to_french() -> None:
    assert codes.label("risque", "eleve", "de") == "Élevé"


def test_arabic_readers_get_french_help_rather_than_nothing() -> None:
    assert codes.help_text("type_cas_vbg", "vbg_viol", "ar") == codes.help_text(
        "type_cas_vbg", "vbg_viol", "fr"
    )


def test_retired_codes_keep_their_label_but_are_offered_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lists.csv"
    path.write_text(
        "list,code,label_fr,label_en,label_ar,help_fr,help_en,retired\nl,a,A,A,A,,,\nl,b,B,B,B,,,1\n"
    )
    monkeypatch.setattr(codes, "_LISTS", codes._read(path))
    assert (codes.choices("l", "fr"), codes.label("l", "b", "fr")) == ([("a", "A")], "B")
