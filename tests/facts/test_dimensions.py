"""The details of facts follow the rules of the pathway."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.facts import calendar
from casework.facts import dimensions as d
from casework.facts.kinds import DETAILS, FactKind, pack, unpack


def test_care_at_46_hours_after_a_rape_told_at_40_is_in_time() -> None:
    assert d.incident_detail("vbg_viol", 40, 46)["care"] == "in_time"


def test_care_after_72_hours_is_missed_when_told_in_time() -> None:
    assert d.incident_detail("vbg_viol", 10, 73)["care"] == "missed"


def test_a_rape_told_after_72_hours_has_its_own_place() -> None:
    assert d.incident_detail("vbg_viol", 73, None)["care"] == "told_late"


def test_other_incidents_have_no_window_of_care() -> None:
    assert d.incident_detail("vbg_agr_physique", 1, 2)["care"] == "not_rape"


@pytest.mark.parametrize(
    ("hours", "band"),
    [(0, "d0_3"), (72, "d0_3"), (73, "d4_5"), (120, "d4_5"), (336, "d6_14"), (720, "d15_30")],
)
def test_bands_of_elapsed_time_have_no_gap(hours: float, band: str) -> None:
    assert d.incident_detail("vbg_psy", hours, None)["elapsed"] == band


def test_the_cadis_decision_is_a_customary_agreement() -> None:
    assert d.redress_detail("decision_coutumiere") == {"outcome": "agreement", "way": "customary"}


def test_an_unlawful_arrangement_is_no_redress() -> None:
    with pytest.raises(ValueError, match="no redress"):
        d.redress_detail("arrangement_illicite")


def test_a_silent_partner_is_counted_as_unanswered() -> None:
    detail = d.referral_detail("sante", "sante", "expire", None)
    assert (detail["referral_end"], detail["answer"]) == ("unanswered", "none")


def test_a_merged_duplicate_is_never_counted() -> None:
    with pytest.raises(ValueError, match="does not know"):
        d.closed_detail("doublon", 3)


def test_a_displaced_girl_is_child_and_displaced_but_not_woman() -> None:
    assert d.derived_categories("F", "12_17", "pdi", "non") == {"enfant", "pdi"}


def test_a_stored_no_is_not_a_disability() -> None:
    assert d.derived_categories("M", "25_59", "resident", "non") == set()


@pytest.mark.parametrize("kind", FactKind)
def test_details_survive_storage(kind: FactKind) -> None:
    detail = {grouping.name: grouping.groups[0] for grouping in DETAILS[kind]}
    assert unpack(pack(kind, detail)) == detail


@pytest.mark.parametrize("kind", FactKind)
def test_the_longest_details_fit_the_column(kind: FactKind) -> None:
    longest = {each.name: max(each.groups, key=len) for each in DETAILS[kind]}
    assert len(pack(kind, longest)) <= 120


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from((1, 4, 7, 10)))
def test_every_day_is_in_one_of_the_quarters_of_its_year(day: date, starts_in: int) -> None:
    quarter = calendar.quarter_of(day)
    assert calendar.first_day(quarter) <= day <= calendar.last_day(quarter)
    assert quarter in calendar.quarters_of(calendar.year_of(quarter, starts_in), starts_in)


def test_a_fiscal_year_from_october_is_named_after_its_end() -> None:
    assert calendar.year_of("2026Q4", 10) == "FY2027"
    assert calendar.quarters_of("FY2027", 10) == ("2026Q4", "2027Q1", "2027Q2", "2027Q3")


@pytest.mark.parametrize("text", ["2026", "2026Q5", "26Q1", "2026-Q1"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="written like"):
        calendar.first_day(text)
