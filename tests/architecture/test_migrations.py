"""The migrations lead to exactly what the models say, there and back, on both databases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    inspect,
    text,
)

from casework.db import NAMES, Base
from tests.architecture.source import ROOT
from tests.support.databases import MIGRATIONS, connect, migrations, on_both_databases

STEPS = sorted((MIGRATIONS / "versions").glob("*.py"))


@pytest.fixture(scope="module", autouse=True)
def models() -> None:
    """Every model of the program is known to `Base`."""
    for path in sorted((ROOT / "casework").glob("*/models.py")):
        import_module(f"casework.{path.parent.name}.models")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database at the newest revision."""
    made = connect(database_url)
    yield made
    made.dispose()


def differences(connection: Connection, metadata: MetaData) -> list[str]:
    """What the database and the models disagree about, CHECK and foreign key names included."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = [str(difference) for difference in compare_metadata(context, metadata)]
    for table in metadata.sorted_tables:
        if inspect(connection).has_table(table.name):
            expected, present = declared(table, connection), existing(table, connection)
            found += [f"{table.name}: {name}" for name in sorted(expected ^ present)]
    return found


def declared(table: Table, connection: Connection) -> set[str]:
    """The names of the constraints whose names the comparison overlooks, as the model has them."""
    kinds = (CheckConstraint, ForeignKeyConstraint)
    return {
        str(connection.dialect.identifier_preparer.format_constraint(constraint))
        for constraint in table.constraints
        if isinstance(constraint, kinds)
    }


def existing(table: Table, connection: Connection) -> set[str]:
    """The names of the same constraints in the database."""
    inspector = inspect(connection)
    checks = inspector.get_check_constraints(table.name)
    keys = inspector.get_foreign_keys(table.name)
    return {str(constraint["name"]) for constraint in [*checks, *keys]}


@on_both_databases
def test_the_migrations_lead_to_the_models(engine: Engine) -> None:
    assert STEPS
    assert Base.metadata.tables
    with engine.connect() as connection:
        assert not differences(connection, Base.metadata)


@on_both_databases
def test_every_migration_can_be_taken_back_and_made_again(engine: Engine) -> None:
    config = migrations(engine)
    command.downgrade(config, "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    with engine.connect() as connection:
        assert not differences(connection, Base.metadata)


def test_the_id_of_a_migration_is_its_file_name_and_they_form_one_line() -> None:
    steps = ScriptDirectory(str(MIGRATIONS))
    assert len(steps.get_heads()) == 1
    ids = [step.revision for step in steps.walk_revisions()]
    assert sorted(ids) == [path.stem for path in STEPS]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_migration_needs_nothing_of_the_program(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {name.id for name in ast.walk(tree) if isinstance(name, ast.Name)}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert "casework" not in named
    assert not [module for module in modules if (module or "").split(".")[0] == "casework"]


COLUMNS = "id INTEGER NOT NULL, other INTEGER"
KEY = "CONSTRAINT pk_planted PRIMARY KEY (id)"
RULE = "CONSTRAINT ck_planted_positive CHECK (id > 0)"
LINK = "CONSTRAINT fk_planted_other_planted FOREIGN KEY(other) REFERENCES planted (id)"


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (f"CREATE TABLE planted ({COLUMNS}, {KEY}, {RULE}, {LINK})", []),
        (f"CREATE TABLE planted ({COLUMNS}, {KEY}, {LINK})", ["planted: ck_planted_positive"]),
        (
            f"CREATE TABLE planted ({COLUMNS}, {KEY}, {RULE}, {LINK.replace('fk_', 'fx_')})",
            ["planted: fk_planted_other_planted", "planted: fx_planted_other_planted"],
        ),
        (f"CREATE TABLE planted ({COLUMNS}, more TEXT, {KEY}, {RULE}, {LINK})", ["remove_column"]),
        ("CREATE TABLE unplanned (id INTEGER PRIMARY KEY)", ["add_table", "remove_table"]),
    ],
)
def test_a_difference_is_found(tmp_path: Path, statement: str, faults: list[str]) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'planted.db'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
        found = differences(connection, planted_model())
    engine.dispose()
    assert len(found) == len(faults)
    assert all(fault in said for said, fault in zip(sorted(found), faults, strict=True))


def planted_model() -> MetaData:
    """A model of one table with one rule and one link."""
    metadata = MetaData(naming_convention=NAMES)
    other = Column("other", Integer, ForeignKey("planted.id"))
    rule = CheckConstraint("id > 0", name="positive")
    Table("planted", metadata, Column("id", Integer, primary_key=True), other, rule)
    return metadata
