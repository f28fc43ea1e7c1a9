"""A telephone, a card and a form of signing in, as the tests of second factors need them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from casework import clock
from casework.people import factors
from casework.people.proofs import Proof, Used, prove
from casework.vault import one_time_codes as phones
from tests.support.cast import Person
from tests.support.strict_client import StrictClient

SECRET = b"s" * 32
PHONE = b"12345678901234567890"


def shown(moment: datetime | None = None, late: timedelta = timedelta()) -> str:
    """What the telephone shows; one that is late shows an earlier code."""
    return phones.code_at(PHONE, phones.step_at((moment or clock.now()) - late))


def with_phone(session: Session, person: Person) -> None:
    """The person has a telephone, added a while ago."""
    with clock.at(clock.now() - timedelta(minutes=5)):
        factors.add_phone(session, person.keyring, PHONE, shown(), "Nokia")


def gave(session: Session, person: Person, code: str) -> Used | None:
    """What `prove` says to this code."""
    return prove(session, SECRET, person.id, person.keyring.user, Proof(code))


def attempt(client: StrictClient, person: Person, code: str = "", words: str = "") -> str:
    """Where the sign-in form leads with this code, and her own words unless others are given."""
    page = client.page("/sign-in")
    given = words or person.words
    answer = client.send(page, "/sign-in", handle=person.handle, passphrase=given, code=code)
    return str(answer.headers["Location"])
