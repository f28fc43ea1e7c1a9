"""An attacker who knows the method, and has teeth, learns no count of a release (T4, T5)."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from casework.statistics import attack as attacks
from casework.statistics import protect, yearly
from casework.statistics.attack import Attack, Interval, attack_on
from casework.statistics.catalogue import read_catalogue, versions
from casework.statistics.closing import Record, quarter_block
from casework.statistics.published import Statement, read_published
from casework.statistics.rounding import Chance
from casework.statistics.solver import INFINITY, Extremes, Program
from tests.statistics.examples import YEAR, records

SMALL = Path(__file__).with_name("small.toml")
CATALOGUE = read_catalogue(SMALL)
KIND = CATALOGUE.kinds["registered"]
Place = tuple[int, ...]
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
    return attack_on(
        CATALOGUE,
        "registered",
        read_published(folder),
        known=known,
        whole=dict(whole or {}),
        seed=5,
    )


def narrowest(intervals: Iterator[Interval]) -> int:
    return min(interval.width for interval in intervals)


def whole_program(trial: Attack, *, whole: bool) -> tuple[Program, list[Place]]:
    """The attacker's program with every column written out, and the place of each."""
    model, program = trial.model, Program()
    places = list(product(range(len(model.quarters)), *map(range, model.shape)))
    for _ in places:
        program.column(0, INFINITY, whole=whole)
    for said in trial.bounds.said:
        cells = np.broadcast_to(model.places(said.table), model.shape)
        for cell, (lower, upper) in enumerate(zip(said.lower, said.upper, strict=True)):
            inside = [
                n for n, p in enumerate(places) if p[0] in said.quarters and cells[p[1:]] == cell
            ]
            program.row(float(lower), float(upper), inside, [1.0] * len(inside))
    return program, places


def test_no_published_cell_is_known_closer_than_five_values(folder: Path) -> None:
    assert narrowest(attack(folder).cells()) >= 4


def test_no_base_cell_of_one_or_two_people_is_known_closer(
    folder: Path, truth: list[Record]
) -> None:
    trial = attack(folder)
    counts = Counter((r.quarter, trial.model.at(r.codes)) for r in truth)
    rare = [place for place, count in counts.items() if count in (1, 2)]
    assert rare
    for quarter, cell in rare:
        assert cell is not None
        target = trial.one(YEAR.index(quarter), cell)
        assert trial.ask("one", target).width >= 4


def test_no_random_set_of_cases_is_known_closer(folder: Path) -> None:
    assert narrowest(attack(folder).sets(50)) >= 4


def test_no_difference_between_releases_is_known_closer(folder: Path) -> None:
    assert narrowest(attack(folder).differences(50)) >= 4


@pytest.fixture(scope="module")
def with_headline(truth: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("headline")
    given = write_facts(place / "facts.csv", truth)
    arguments = ["--facts", str(given), "--catalogue", str(SMALL), "--out", str(place / "out")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yearly, "EXCHANGES", 100_000)
        assert protect.main([*arguments, "--exact-headline"]) == 0
    return place / "out"


def test_the_exact_total_of_a_year_brings_no_cell_nearer(
    with_headline: Path, truth: list[Record]
) -> None:
    statements = read_published(with_headline)
    assert [s.exact for s in statements if s.exact is not None] == [len(truth)]
    trial = attack(with_headline)
    total = [
        said for said in trial.bounds.said if said.table == "total" and said.upper[0] == len(truth)
    ]
    assert total
    whole = f"{'+'.join(YEAR)} total"
    found = [one for one in trial.cells() if one.what != whole]
    assert len(found) > 200
    assert narrowest(iter(found)) >= 4
    assert narrowest(trial.base(40)) >= 4
    assert narrowest(trial.sets(30)) >= 4


def test_asking_for_whole_numbers_only_brings_no_more(folder: Path) -> None:
    program, places = whole_program(attack(folder), whole=True)
    exact = Extremes(program)
    for column in random.Random(3).sample(range(len(places)), 20):
        lower, upper = exact.range([column])
        assert upper - lower >= 4


def test_making_columns_when_they_pay_finds_what_all_columns_find(folder: Path) -> None:
    """The attacker's own method is tried: the same bounds as the program written out in full."""
    trial = attack(folder)
    program, places = whole_program(trial, whole=False)
    full = Extremes(program)
    for column in random.Random(4).sample(range(len(places)), 12):
        quarter, *cell = places[column]
        found = trial.ask("one", trial.one(quarter, cell))
        assert (found.lower, found.upper) == full.range([column])
    for number in range(0, len(trial.bounds.said), 9):
        said = trial.bounds.said[number]
        cells = np.broadcast_to(trial.model.places(said.table), trial.model.shape)
        own = [n for n, p in enumerate(places) if p[0] in said.quarters and cells[p[1:]] == 0]
        assert trial.bounds.cell(number, 0) == full.range(own)


def test_the_truth_agrees_with_everything_published(folder: Path, truth: list[Record]) -> None:
    """The attacker's bounds are right: true counts lie in every interval he finds."""
    for statement in read_published(folder):
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
        (number, cell)
        for number, said in enumerate(trial.bounds.said)
        for cell in range(len(said.lower))
        if (said.lower[cell], said.upper[cell]) == (1, 4)
    ]
    found = [trial.bounds.cell(number, cell) for number, cell in hidden]
    assert sum(lower == upper for lower, upper in found) / len(hidden) >= 0.60


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
    assert "'kind': a column or a code" in capsys.readouterr().err


def test_both_tools_run_in_an_empty_folder_without_a_database(
    truth: list[Record], tmp_path: Path
) -> None:
    given, here = write_facts(tmp_path / "facts.csv", truth[:40]), tmp_path / "empty"
    here.mkdir()
    place = {"PYTHONPATH": str(Path(attacks.__file__).parents[2]), "DATABASE_URL": "nowhere"}
    protecting = ["protect", "--facts", given, "--catalogue", SMALL, "--out", "out"]
    attacking = ["attack", "--published", "out", "--sample", "2"]
    for tool, *words in (protecting, attacking):
        program = f"import sys, casework.statistics.{tool} as tool; code = tool.main(sys.argv[1:]);"
        program += "assert 'sqlalchemy' not in sys.modules; sys.exit(code)"
        command = [sys.executable, "-c", program, *map(str, words)]
        run = subprocess.run(command, cwd=here, env=place, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
    assert [each.name for each in here.iterdir()] == ["out"]


def test_the_whole_grid_of_a_large_kind_is_taken_in() -> None:
    """One quarter of incidents, all nine dimensions: 45 360 unknown counts."""
    rng = random.Random(6)
    catalogue = versions()[-1]
    own = records("incident", 120, rng, ["2026Q1"])
    block = quarter_block(catalogue, "incident", "2026Q1", own, [], Chance(rng))
    intervals = {place: (max(0, value - 4), value + 4) for place, value in block.values.items()}
    said = Statement("incident", "2026Q1", ("2026Q1",), 9, intervals, dict(block.values))
    trial = attack_on(catalogue, "incident", [said])
    assert trial.model.unknown == 45_360
    assert narrowest(trial.cells()) >= 4
    assert narrowest(trial.base(3)) >= 4


def test_the_tool_says_which_code_or_kind_the_catalogue_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, head = tmp_path / "facts.csv", "kind,quarter,commune,sex,age,problem\n"
    arguments = ["--facts", str(given), "--catalogue", str(SMALL), "--out", str(tmp_path / "out")]
    given.write_text(head + "registered,2026Q1,nowhere,F,child,land\n")
    assert protect.main(arguments) == 1
    assert capsys.readouterr().err.startswith("'nowhere': a column or a code")
    given.write_text(head + "registered,2026Q1,e1,F,child,land\nregistred,2026Q1,e1,F,old,land\n")
    assert protect.main(arguments) == 0
    assert "registred: left out" in capsys.readouterr().out
