"""The ground of every test: a fresh migrated database, the application on it, a strict client.

`database_url` is SQLite unless the test is marked `on_both_databases` (tests.support.databases).
What a test adds through `session` is committed before each request of `client`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from casework.cli.catalogues import compile_all
from casework.db import db
from config import Settings
from tests.support import browser as looks
from tests.support import postgres, servers
from tests.support.compiled import compile_once
from tests.support.databases import migrate
from tests.support.strict_client import StrictClient
from tests.support.tools import BROWSER, DATABASE, chromium, demand, in_ci, missing

pytest_plugins = ["tests.support.cast"]

settings.register_profile("casework", deadline=None, derandomize=in_ci(), max_examples=60)
settings.load_profile("casework")


def pytest_configure(config: pytest.Config) -> None:
    """The pages of the tests speak every language: catalogues are compiled once a run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_all()
    compile_once()


# Databases


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the present schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "casework.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server of our own, whose template has the present schema."""
    demand(missing(DATABASE))
    with postgres.running() as server:
        server.make_template()
        yield server


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance folder of this test's own."""
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.fixture
def sqlite_url(instance: Path, sqlite_template: Path) -> str:
    """The address of a migrated, empty SQLite database."""
    path = instance / "casework.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database."""
    with postgres_server.database(postgres.TEMPLATE) as url:
        yield url


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which kind of database the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database."""
    url: str = request.getfixturevalue("sqlite_url" if database == "sqlite" else "postgres_url")
    return url


# The application


@pytest.fixture
def app(instance: Path, database_url: str) -> Iterator[Flask]:
    """The application on a fresh database."""
    from casework import create_app

    application = create_app(Settings.for_tests(instance, database_url))
    yield application
    with application.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own on the application's database, outside every request."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as own:
        yield own


@pytest.fixture
def client(app: Flask, session: Session) -> StrictClient:
    """A browser that nobody is signed in with."""
    return new_client(app, session)


def new_client(app: Flask, session: Session | None = None) -> StrictClient:
    """Another browser, with cookies of its own; `session` is committed before its requests."""
    app.test_client_class = StrictClient
    client = app.test_client()
    assert isinstance(client, StrictClient)
    client.arranged = session
    return client


# Browsers


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application on this test's database, served from this process."""
    with servers.serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def demonstration_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder as `make run` sets it up: keys, schema, demonstration."""
    folder = tmp_path_factory.mktemp("demonstration") / "instance"
    servers.make_keys(folder)
    servers.flask(folder, "setup")
    return folder


@pytest.fixture(scope="session")
def demonstration_server(demonstration_instance: Path) -> Iterator[str]:
    """The address of the demonstration, served by gunicorn; its state is shared by all tests."""
    with servers.gunicorn(demonstration_instance) as address:
        yield address


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every test names the whole address: the plugin's own fixture is of a deprecated kind."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which looks for nothing on the network by itself."""
    demand(missing(BROWSER))
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium()),
        "args": [*looks.CHROMIUM_ARGUMENTS],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A person in Goundam."""
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Africa/Bamako",
        "viewport": looks.PHONE,
    }


@pytest.fixture
def phone(page: Page) -> Page:
    """A page 360 pixels wide."""
    return page


@pytest.fixture
def desk(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page 1280 pixels wide, in a browser profile of its own."""
    context = browser.new_context(**browser_context_args | {"viewport": looks.DESK})
    yield context.new_page()
    context.close()
