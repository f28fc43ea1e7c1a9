"""Commands as an operator types them, run inside the test’s own application."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    """Runs a command after committing what the test arranged."""

    def command(*words: str) -> Result:
        session.commit()
        return app.test_cli_runner().invoke(args=list(words))

    return command
