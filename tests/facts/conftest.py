"""A database of its own for each test: in memory, with every table the facts need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import casework.audit.models
import casework.facts.models
import casework.people.models
from casework.db import Base

MODELS = (casework.audit.models, casework.facts.models, casework.people.models)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()
