"""The cast is what its description says."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.support.cast import Cast, enter, sign_in
from tests.support.databases import on_both_databases
from tests.support.strict_client import StrictClient


@on_both_databases
def test_everybody_of_the_cast_enters(cast: Cast, client: StrictClient, session: Session) -> None:
    for person in cast.people.values():
        enter(client, person)
        assert person.handle in client.page("/account").text


def test_the_real_form_opens_a_session(cast: Cast, client: StrictClient) -> None:
    sign_in(client, cast.person("zeinab"))
    assert "zeinab" in client.page("/account").text
