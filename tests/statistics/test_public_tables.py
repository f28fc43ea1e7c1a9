"""Tables that nobody here wrote: the attacker opens what is known to be open, and ours stay closed.

The four by four problem and the linked tables are examples of the R package sdcTable, the table of
countries and ages comes from the R packages SSBtools and GaussSuppression (T9).
"""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest

from casework.statistics import yearly
from casework.statistics.attack import Attack, attack_on
from casework.statistics.catalogue import Catalogue, Kind, read_catalogue
from casework.statistics.closing import Record
from casework.statistics.protect import protect
from casework.statistics.published import Statement, read_published, write_published

QUARTER = ("2026Q1",)
COUNTRIES = {"Spain": "EU", "Portugal": "EU", "Iceland": "nonEU"}
FIRST = {"young": (5, 0, 2), "old": (6, 4, 3)}
SECOND = {"young": (5, 0, 0), "old": (6, 4, 3)}


def kind(codes: dict[str, tuple[str, ...]], nests: dict[tuple[str, str], dict[str, str]]) -> Kind:
    return Kind("registered", "person", tuple(codes), 0, (), codes, nests)


def catalogue(of: Kind) -> Catalogue:
    return Catalogue("public", "2024Q1", 5, 4, 9, {of.name: of}, {}, ())


def opened(of: Kind, said: dict[tuple[str, tuple[str, ...]], int | tuple[int, int]]) -> Attack:
    """An attack on one publication; a pair is an interval, a number exact, all else unknown."""
    exact = {p: told if isinstance(told, tuple) else (told, told) for p, told in said.items()}
    statement = Statement("registered", QUARTER[0], QUARTER, 0, exact, {})
    return attack_on(catalogue(of), "registered", [statement])


def test_the_hole_in_the_four_by_four_problem_is_47() -> None:
    """No row or column has one hole only, yet the cell (w, b) is known exactly."""
    rows = {"w": 230, "x": 250, "y": 336, "z": 3127}
    columns = {"a": 1021, "b": 1262, "c": 770, "d": 890}
    shown = {"wd": 89, "xb": 124, "xd": 31, "ya": 92, "yc": 59, "za": 800, "zc": 651}
    attack = opened(
        kind({"row": tuple(rows), "column": tuple(columns)}, {}),
        {
            **{("row", (row,)): count for row, count in rows.items()},
            **{("column", (column,)): count for column, count in columns.items()},
            **{("row*column", (name[0], name[1])): count for name, count in shown.items()},
        },
    )
    where = attack.model.at({"row": "w", "column": "b"})
    assert where is not None
    found = attack.ask("w,b", attack.one(0, where))
    assert (found.lower, found.upper) == (47, 47)


def test_two_safe_tables_linked_by_a_common_margin_are_opened() -> None:
    """Counties and sizes together tell that K has three."""
    names = tuple("ABIJKLMN")
    counties = {name: "one" if name in "ABIJ" else "two" for name in names}
    sizes = {name: "few" if name in "LM" else "many" for name in names}
    attack = opened(
        kind(
            {"name": names, "county": ("one", "two"), "size": ("few", "many")},
            {("name", "county"): counties, ("name", "size"): sizes},
        ),
        {
            ("county", ("one",)): 20,
            ("county", ("two",)): 16,
            ("size", ("few",)): 6,
            ("size", ("many",)): 30,
            **{("name", (name,)): count for name, count in {"I": 8, "J": 8, "N": 7}.items()},
        },
    )
    where = attack.model.at({"name": "K"})
    assert where is not None
    found = attack.ask("K", attack.one(0, where))
    assert (found.lower, found.upper) == (3, 3)


AGES_AND_COUNTRIES = kind(
    {"age": ("young", "old"), "geo": tuple(COUNTRIES), "eu": ("EU", "nonEU")},
    {("geo", "eu"): COUNTRIES},
)


def margins() -> dict[tuple[str, tuple[str, ...]], int | tuple[int, int]]:
    """The margins of the first table, and its two cells of young and old in Spain."""
    sums = dict(zip(COUNTRIES, map(sum, zip(*FIRST.values(), strict=True)), strict=True))
    return {
        **{("age", (age,)): sum(counts) for age, counts in FIRST.items()},
        **{("geo", (geo,)): count for geo, count in sums.items()},
        ("age*geo", ("young", "Spain")): 5,
        ("age*geo", ("old", "Spain")): 6,
    }


@pytest.mark.parametrize(
    ("age", "geo", "lower", "upper"),
    [("young", "Iceland", 0, 2), ("old", "Iceland", 3, 5), ("old", "Portugal", 2, 4)],
)
def test_four_cells_hidden_in_a_square_keep_the_interval_that_their_margins_leave(
    age: str, geo: str, lower: int, upper: int
) -> None:
    attack = opened(AGES_AND_COUNTRIES, margins())
    where = attack.model.at({"age": age, "geo": geo})
    assert where is not None
    found = attack.ask("hidden", attack.one(0, where))
    assert (found.lower, found.upper) == (lower, upper)


def test_one_cell_hidden_alone_is_read_from_its_row() -> None:
    attack = opened(AGES_AND_COUNTRIES, {**margins(), ("age*geo", ("young", "Iceland")): 2})
    where = attack.model.at({"age": "young", "geo": "Portugal"})
    assert where is not None
    found = attack.ask("hidden", attack.one(0, where))
    assert (found.lower, found.upper) == (0, 0)


CATALOGUE = """
version = "public"
effective_from = "2024Q1"
base = 5
quarter_bound = 4
running_bound = 9
[planned]
registered = 100
[kinds.registered]
unit = "person"
dimensions = ["age", "geo", "eu"]
crossed = ["age*geo", "age*eu"]
[dimensions]
age = ["young", "old"]
geo = ["Spain", "Portugal", "Iceland"]
eu = ["EU", "nonEU"]
[nests.geo.eu]
Spain = "EU"
Portugal = "EU"
Iceland = "nonEU"
"""


@pytest.mark.parametrize("seed", range(6))
def test_the_same_table_published_by_us_tells_nothing_closer_than_five_values(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its two years stand for quarters of one year, with the square of ages and countries."""
    monkeypatch.setattr(yearly, "EXCHANGES", 5_000)
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    ours = read_catalogue(tmp_path / "catalogue.toml")
    tables = {"2026Q1": FIRST, "2026Q2": SECOND, "2026Q3": FIRST, "2026Q4": SECOND}
    records = [
        Record("registered", quarter, {"age": age, "geo": geo}, counts[number])
        for quarter, table in tables.items()
        for (age, counts), (number, geo) in product(table.items(), enumerate(COUNTRIES))
    ]
    write_published(tmp_path / "out", protect(ours, records, random.Random(seed)), 1)
    attack = attack_on(ours, "registered", read_published(tmp_path / "out"))
    assert min(interval.width for interval in attack.cells()) >= 4
    assert min(interval.width for interval in attack.base(24)) >= 4
    assert min(interval.width for interval in attack.sets(20)) >= 4
