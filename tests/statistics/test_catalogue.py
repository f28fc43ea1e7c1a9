"""The catalogue agrees with the groups in which facts are written, and with the ladder."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework import places
from casework.facts import groups
from casework.facts.groups import Grouping
from casework.facts.kinds import DETAILS, FactKind
from casework.statistics import labels
from casework.statistics.catalogue import CATALOGUES, ELSEWHERE, catalogue_of, read_catalogue
from tests.statistics.examples import CATALOGUE

COMMON = (groups.SEX, groups.AGE, groups.CATEGORY, groups.PROBLEM)


def test_the_catalogue_knows_every_kind_of_fact() -> None:
    assert set(CATALOGUE.kinds) == set(FactKind)


@pytest.mark.parametrize("kind", FactKind)
def test_every_detail_of_a_kind_is_published(kind: FactKind) -> None:
    assert {each.name for each in DETAILS[kind]} <= set(CATALOGUE.kinds[kind].dimensions)


@pytest.mark.parametrize("kind", FactKind)
def test_every_group_a_fact_may_bear_is_in_the_grid(kind: FactKind) -> None:
    published = CATALOGUE.kinds[kind].codes
    known = {each.name: each for each in (*COMMON, *DETAILS[kind])}
    missing = {
        name: set(each.groups) - set(published.get(name, each.groups))
        for name, each in known.items()
    }
    assert {name: codes for name, codes in missing.items() if codes} == IMPOSSIBLE.get(kind, {})


IMPOSSIBLE = {FactKind.REDRESS: {"outcome": {"no_redress"}}}


def test_the_communes_and_circles_are_those_of_the_programme() -> None:
    kind = CATALOGUE.kinds["registered"]
    communes = {
        place.pcode: places.cercle_of(place.pcode).pcode for place in places.project_communes()
    }
    assert dict(kind.nests["commune", "circle"]) == communes | {ELSEWHERE: ELSEWHERE}


def test_core_types_nest_in_the_problems_of_their_codes() -> None:
    nests = CATALOGUE.kinds["incident"].nests["core_type", "problem"]
    assert nests == {
        core: groups.PROBLEM.of(core) for core in groups.CORE_TYPE.groups if core != "non_vbg"
    }


@pytest.mark.parametrize("kind", FactKind)
def test_every_published_cell_has_words(kind: FactKind) -> None:
    labels.kind_label(kind)
    for dimension, codes in CATALOGUE.kinds[kind].codes.items():
        assert labels.dimension_label(dimension)
        assert all(labels.code_label(dimension, code) for code in codes)


def test_the_full_grid_is_printed() -> None:
    table = CATALOGUE.kinds["registered"].table("commune", "sex")
    assert len(table.cells) == len(set(table.cells)) == 7 * 3


@pytest.mark.parametrize("faulty", ["circle*commune", "sex*sex", "sex*shoes", "core_type*care"])
def test_a_table_that_cannot_be_crossed_is_refused(tmp_path: Path, faulty: str) -> None:
    text = (CATALOGUES / "1.toml").read_text(encoding="utf-8")
    path = tmp_path / "faulty.toml"
    path.write_text(text.replace('"circle*sex"', f'"{faulty}"'), encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be crossed"):
        read_catalogue(path)


def test_a_table_too_fine_for_the_plan_waits_for_several_years() -> None:
    kind = CATALOGUE.kinds["registered"]
    published = {table.name for table in kind.crossed()}
    assert "commune*sex" in published
    assert "commune*sex*age" in {"*".join(crossed) for crossed in kind.crossings} - published


@pytest.mark.parametrize("kind", FactKind)
def test_the_plan_gives_every_cell_of_a_crossed_table_five_cases_on_average(kind: FactKind) -> None:
    entry = CATALOGUE.kinds[kind]
    assert entry.crossed()
    assert all(entry.planned / len(table.cells) >= 5 for table in entry.crossed())


def test_a_catalogue_holds_from_its_first_quarter() -> None:
    assert catalogue_of("2026Q3") is CATALOGUE
    with pytest.raises(LookupError):
        catalogue_of("1999Q4")


def test_a_nest_under_an_unknown_code_is_refused(tmp_path: Path) -> None:
    text = (CATALOGUES / "1.toml").read_text(encoding="utf-8")
    faulty = tmp_path / "faulty.toml"
    faulty.write_text(text.replace('ML060204 = "ML0602"', 'ML060204 = "ML0699"'), encoding="utf-8")
    with pytest.raises(ValueError, match="nest"):
        read_catalogue(faulty)


def test_a_group_missing_from_the_catalogue_is_noticed() -> None:
    wider = Grouping("sex", {**groups.SEX.members, "unheard": ()})
    assert set(wider.groups) - set(CATALOGUE.kinds["registered"].codes["sex"]) == {"unheard"}
