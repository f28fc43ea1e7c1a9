"""Communes: the programme's six, their codes, their cercles through time, their spellings."""

from datetime import date
from pathlib import Path

import pytest

from casework import places


def test_the_programme_works_in_six_communes() -> None:
    assert [place.name for place in places.project_communes()] == [
        "Douékiré",
        "Doukouria",
        "Goundam",
        "Alafia",
        "Bourem-Inaly",
        "Tombouctou",
    ]


def test_each_programme_commune_lies_in_the_region_box() -> None:
    assert all(
        16.0 < (place.latitude or 0) < 17.0 and -4.0 < (place.longitude or 0) < -2.5
        for place in places.project_communes()
    )


def test_a_commune_code_begins_with_its_cercle_code() -> None:
    assert [p for p in places.COMMUNES if not p.startswith(places.cercle_of(p).pcode)] == []


def test_the_programme_spans_two_cercles() -> None:
    assert [cercle.name for cercle in places.project_cercles()] == ["Goundam", "Tombouctou"]


@pytest.mark.parametrize("spelling", ["TIMBUKTU", "tombouktou", "C.U. Tombouctou", "Tombouctou "])
def test_timbuktu_is_found_in_its_spellings(spelling: str) -> None:
    found = places.find(spelling)
    assert found is not None
    assert found.pcode == "ML060506"


@pytest.mark.parametrize("other", ["Bourem", "Tomb", "", "Doukouré"])
def test_another_place_is_not_taken_for_a_commune(other: str) -> None:
    assert places.find(other) is None


def test_bourem_sidi_amar_is_not_bourem_inaly() -> None:
    found = places.find("Bourem Sidi Amar")
    assert found is not None
    assert found.pcode == "ML060103"


def test_a_redrawn_cercle_holds_only_from_its_day(tmp_path: Path) -> None:
    head = (
        "pcode,name,cercle_pcode,cercle,valid_from,valid_to,urban,project,"
        "seat,lat,lon,point_basis,variants,localities"
    )
    path = tmp_path / "c.csv"
    path.write_text(
        f"{head}\nX1,N,A,Old,2021-12-20,2023-03-13,,,,,,,,\nX1,N,B,New,2023-03-13,,,,,,,,,\n"
    )
    redrawn = places._read(path)["X1"]
    held = [
        next(a.cercle.name for a in redrawn.attachments if a.holds_on(day))
        for day in (date(2023, 3, 12), date(2023, 3, 13))
    ]
    assert held == ["Old", "New"]


def test_a_day_before_the_first_known_cercle_is_refused() -> None:
    with pytest.raises(LookupError):
        places.cercle_of("ML060208", date(2020, 1, 1))
