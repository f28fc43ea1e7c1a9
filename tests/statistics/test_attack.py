"""An attacker who knows the method, and has teeth, learns no count of a release (T4, T5)."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest

from casework.statistics import attack as attacks
from casework.statistics import protect, yearly
from casework.statistics.attack import Attack, Interval, Model, System
from casework.statistics.catalogue import read_catalogue
from casework.statistics.closing import Record
from casework.statistics.published import read_published
from tests.statistics.examples import YEAR

SMALL = Path(__file__).with_name("small.toml")
KIND = read_catalogue(SMALL).kinds["registered"]
LEAVES = ("commune", "sex", "age", "problem")
COLUMNS = ("kind", "quarter", *LEAVES)


def facts(rng: random.Random, a_quarter: int = 60) -> list[Record]:
    choices = {leaf: KIND.codes[leaf] for leaf in LEAVES}
    return [
        Record(
            "registered",
            quarter,
            {
                leaf: rng.choices(codes, [4**-rank for rank in range(len(codes))])[0]
                for leaf, codes in choices.items()
            },
            1,
        )
        for quarter in YEAR
        for _ in range(rng.randint(a_quarter * 3 // 4, a_quarter * 5 // 4))
    ]


def write_facts(path: Path, records: Sequence[Record]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows((r.kind, r.quarter, *(r.codes[leaf] for leaf in LEAVES)) for r in records)
    return path


@pytest.fixture(scope="module")
def truth() -> list[Record]:
    return facts(random.Random(11))


@pytest.fixture(scope="module")
def folder(truth: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("publication")
    given = write_facts(place / "facts.csv", truth)
    arguments = ["--facts", str(given), "--catalogue", str(SMALL), "--out", str(place / "out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yearly, "EXCHANGES", 100_000)
        assert protect.main(arguments) == 0
    return place / "out"


def attack(
    folder: Path, known: Path | None = None, whole: Mapping[str, str] | None = None
) -> Attack:
    statements = read_published(folder)
    model = Model(KIND, YEAR, KIND.dimensions)
    system = attacks.system_of(model, statements)
    if known:
        attacks.know(model, system, known, whole or {})
    return Attack(model, system, statements, random.Random(5))


def narrowest(intervals: Iterator[Interval]) -> int:
    return min(interval.width for interval in intervals)


def test_no_published_cell_is_known_closer_than_five_values(folder: Path) -> None:
    assert narrowest(attack(folder).cells()) >= 4


def test_no_base_cell_of_one_or_two_people_is_known_closer(
    folder: Path, truth: list[Record]
) -> None:
    trial = attack(folder)
    counts = Counter((r.quarter, tuple(r.codes[leaf] for leaf in LEAVES)) for r in truth)
    rare = [
        number
        for number, (quarter, cell) in enumerate(trial.model.columns)
        if counts[quarter, cell[1:]] in (1, 2)
    ]
    assert rare
    ranges = [trial.extremes.range([number]) for number in rare]
    assert all(upper - lower >= 4 for lower, upper in ranges)


def test_no_random_set_of_cases_is_known_closer(folder: Path) -> None:
    assert narrowest(attack(folder).sets(50)) >= 4


def test_no_difference_between_releases_is_known_closer(folder: Path) -> None:
    assert narrowest(attack(folder).differences(50)) >= 4


def test_asking_for_whole_numbers_only_brings_no_more(folder: Path) -> None:
    trial = attack(folder)
    system = attacks.system_of(trial.model, trial.statements)
    exact = system.extremes(whole=True)
    for column in random.Random(3).sample(range(len(trial.model.columns)), 20):
        lower, upper = exact.range([column])
        assert upper - lower >= 4


def test_the_truth_agrees_with_everything_published(folder: Path, truth: list[Record]) -> None:
    """The attacker's bounds are right: true counts lie in every interval he finds."""
    trial = attack(folder)
    for statement in trial.statements:
        inside = [r for r in truth if r.quarter in statement.quarters]
        for (table, cell), (lower, upper) in statement.intervals.items():
            count = sum(named(r, table) == cell for r in inside)
            assert lower <= count <= upper


def named(record: Record, table: str) -> tuple[str, ...]:
    circle = {"circle": {"e": "east", "w": "west"}[record.codes["commune"][0]]}
    codes = {**record.codes, **circle}
    return () if table == "total" else tuple(codes[dimension] for dimension in table.split("*"))


@pytest.mark.parametrize("known", [1, 2, 3])
def test_who_knows_some_cases_still_sees_a_window_smaller_by_these_only(
    folder: Path, truth: list[Record], tmp_path: Path, known: int
) -> None:
    told = truth[:known]
    trial = attack(folder, write_facts(tmp_path / "known.csv", told))
    assert narrowest(trial.cells()) >= 4 - known
    assert narrowest(trial.sets(20)) >= 4 - known


def test_who_knows_all_of_one_commune_learns_nothing_exact_of_another(
    folder: Path, truth: list[Record], tmp_path: Path
) -> None:
    own = [record for record in truth if record.codes["commune"] == "e1"]
    trial = attack(folder, write_facts(tmp_path / "known.csv", own), {"commune": "e1"})
    others = [
        interval
        for interval in trial.cells()
        if " commune" in interval.what and "e1" not in interval.what
    ]
    assert others
    assert min(interval.width for interval in others) >= 1


# The attacker has teeth


def naive(records: Sequence[Record], folder: Path) -> Path:
    """What many dashboards do: every count exact, but those from 1 to 4 hidden."""
    folder.mkdir()
    tables = [(), *((leaf,) for leaf in LEAVES), *product(LEAVES[:1], LEAVES[1:])]
    tables += [("sex", "age"), ("sex", "problem"), ("age", "problem"), ("sex", "age", "problem")]
    tables += [("commune", "sex", "age"), ("commune", "sex", "problem")]
    blocks = []
    for quarter in YEAR:
        own = [record for record in records if record.quarter == quarter]
        said: dict[str, dict[str, list[int]]] = {}
        for table in tables:
            counts = Counter(tuple(r.codes[leaf] for leaf in table) for r in own)
            said["*".join(table) or "total"] = {
                "|".join(cell): [1, 4] if 0 < counts[cell] < 5 else [counts[cell]] * 2
                for cell in product(*(KIND.codes[leaf] for leaf in table))
            }
        blocks.append(block(quarter, said))
    content = {"format": 1, "catalogue": "small", "year_starts_in": 1, "blocks": blocks}
    (folder / "published.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def block(quarter: str, tables: object) -> dict[str, object]:
    periods = {"period": quarter, "quarters": [quarter]}
    bounds = {"bound": 0, "running_bound": 0, "digest": ""}
    return {"kind": "registered", **periods, **bounds, "tables": tables}


def test_hiding_counts_under_five_gives_most_of_them_away(
    truth: list[Record], tmp_path: Path
) -> None:
    trial = attack(naive(truth, tmp_path / "naive"))
    hidden = [
        trial.model.summed(table, cell, statement.quarters)
        for statement in trial.statements
        for (table, cell), said in statement.intervals.items()
        if said == (1, 4)
    ]
    recovered = sum(lower == upper for lower, upper in map(trial.extremes.range, hidden))
    assert recovered / len(hidden) >= 0.60


def test_a_published_table_of_others_with_a_hole_in_it_is_opened() -> None:
    """The four by four example of sdcTable: no row or column has one hole only, yet w,b is 47."""
    shown = {"wd": 89, "xb": 124, "xd": 31, "ya": 92, "yc": 59, "za": 800, "zc": 651}
    rows = {"w": 230, "x": 250, "y": 336, "z": 3127}
    columns = {"a": 1021, "b": 1262, "c": 770, "d": 890}
    names = [row + column for row in rows for column in columns]
    system = System(len(names))
    for name, count in shown.items():
        system.say([names.index(name)], count, count)
    for letter, count in (*rows.items(), *columns.items()):
        system.say([n for n, name in enumerate(names) if letter in name], count, count)
    assert system.extremes().range([names.index("wb")]) == (47, 47)


def test_two_safe_tables_linked_by_a_common_margin_are_opened() -> None:
    """The linked tables of sdcTable: counties and sizes together tell that K has three."""
    names = ["A", "B", "I", "J", "K", "L", "M", "N"]
    system = System(len(names))
    sums = {"ABIJ": 20, "KLMN": 16, "LM": 6, "ABIJKN": 30}
    for members, count in {**sums, "I": 8, "J": 8, "N": 7}.items():
        system.say([names.index(member) for member in members], count, count)
    assert system.extremes().range([names.index("K")]) == (3, 3)


# The commands


def test_the_attack_command_reports_that_nothing_is_exact(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "intervals.csv"
    given = ["--published", str(folder), "--sample", "5", "--out", str(out)]
    assert attacks.main(given) == 0
    assert " 0 known exactly" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").startswith("target,lower,upper,width\n")


def test_the_attack_command_fails_on_a_naive_publication(
    truth: list[Record], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = naive(truth, tmp_path / "naive")
    given = ["--published", str(place), "--catalogue", str(SMALL), "--sample", "1"]
    assert attacks.main(given) == 2
    assert "known exactly" in capsys.readouterr().out


def test_a_publication_is_never_drawn_over(folder: Path, tmp_path: Path) -> None:
    given = write_facts(tmp_path / "facts.csv", facts(random.Random(1), 10))
    before = (folder / "published.json").read_bytes()
    assert (
        protect.main(["--facts", str(given), "--catalogue", str(SMALL), "--out", str(folder)]) == 1
    )
    assert (folder / "published.json").read_bytes() == before


def test_every_published_file_says_how_far_figures_may_be_off(folder: Path) -> None:
    with (folder / "2026Q1-registered.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert all(int(line["value"]) % 5 == 0 for line in lines)
    assert {line["bound"] for line in lines} == {"4"}
    assert all(line["symbol"] == ("[low]" if line["value"] == "0" else "") for line in lines)
    assert len({line["release"] for line in lines}) == 1


def test_a_file_of_facts_without_its_columns_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "facts.csv"
    bad.write_text("name,quarter\nsomebody,2026Q1\n", encoding="utf-8")
    given = ["--facts", str(bad), "--catalogue", str(SMALL), "--out", str(tmp_path / "out")]
    assert protect.main(given) == 1
    assert "KeyError" in capsys.readouterr().err
