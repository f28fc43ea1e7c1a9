"""Search: a name written otherwise, a code, the end of a telephone; never another team's case."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from casework.cases import searching
from casework.cases.case_codes import spoken
from casework.cases.listing import search
from casework.cases.models import Case
from casework.demonstration.inventions import FAMILIES, MEN, WOMEN
from tests.support.cast import Cast, Person
from tests.support.many_cases import add_case, add_cases, card_for, random_id

HADJARA = "Hadjara Alassane Maïga"


def team_of(person: Person) -> Any:
    """The keys of her team."""
    assert person.team_id is not None
    return person.keyring.team(person.team_id)


def found(session: Session, person: Person, words: str) -> list[UUID]:
    """The ids of what the person finds, most alike first."""
    return [row.id for _, row in search(session, person.actor, person.keyring, words)]


@pytest.fixture
def hadjara(session: Session, cast: Cast) -> UUID:
    """Her case among forty others of Goundam."""
    team, rng = team_of(cast.person("zeinab")), Random(7)
    add_cases(session, team, None, 40, rng)
    return add_case(session, team, HADJARA, rng, phones=["76543210"])


@pytest.mark.parametrize(
    "typed",
    [HADJARA, "hadjara alassane maiga", "Adjara Alasane Mayga", "Hajara Maïga", "HADJARA"],
)
def test_a_name_is_found_however_it_is_written(
    session: Session, cast: Cast, hadjara: UUID, typed: str
) -> None:
    assert found(session, cast.person("zeinab"), typed)[0] == hadjara


def test_a_code_is_found_as_it_is_spoken_small_letters_and_all(
    session: Session, cast: Cast, hadjara: UUID
) -> None:
    code = session.get_one(Case, hadjara).code
    assert found(session, cast.person("zeinab"), f" {spoken(code).lower()} ")[0] == hadjara


@pytest.mark.parametrize("typed", ["76 54 32 10", "+223 76543210", "543210"])
def test_the_end_of_a_telephone_number_finds_its_case(
    session: Session, cast: Cast, hadjara: UUID, typed: str
) -> None:
    assert found(session, cast.person("zeinab"), typed) == [hadjara]


def test_a_few_digits_find_nobody(session: Session, cast: Cast, hadjara: UUID) -> None:
    assert found(session, cast.person("zeinab"), "3210") == []


@pytest.mark.parametrize("handle", ["fanta", "oumar", "moussa", "mariam", "admin", "auditor"])
def test_nobody_finds_another_teams_case(
    session: Session, cast: Cast, hadjara: UUID, handle: str
) -> None:
    code = session.get_one(Case, hadjara).code
    for words in (HADJARA, code, "76543210"):
        assert found(session, cast.person(handle), words) == []


def test_a_name_nobody_bears_finds_nobody(session: Session, cast: Cast, hadjara: UUID) -> None:
    assert found(session, cast.person("zeinab"), "Wolfgang Brückner") == []


def test_at_most_twenty_are_shown(session: Session, cast: Cast) -> None:
    team, rng = team_of(cast.person("zeinab")), Random(8)
    for _ in range(30):
        add_case(session, team, HADJARA, rng)
    assert len(found(session, cast.person("zeinab"), HADJARA)) == searching.FOUND


def test_the_log_names_what_was_found_and_not_what_was_sought(
    session: Session, cast: Cast, hadjara: UUID
) -> None:
    found(session, cast.person("zeinab"), HADJARA)
    (noted,) = session.info["views"]
    assert str(hadjara).encode() in noted["body"]
    assert b"Hadjara" not in noted["body"]
    assert b"Alassane" not in noted["body"]


def test_nothing_typed_finds_nothing(session: Session, cast: Cast, hadjara: UUID) -> None:
    for words in ("", "   ", "«»", "12"):
        assert found(session, cast.person("zeinab"), words) == []


names_of_people = st.tuples(
    st.sampled_from(WOMEN), st.sampled_from(MEN), st.sampled_from(FAMILIES)
).map(list)


@given(people=st.lists(names_of_people, min_size=1, max_size=15), which=st.integers(0, 14))
def test_a_name_typed_as_it_was_written_comes_first(people: list[list[str]], which: int) -> None:
    rng = Random(9)
    cards = [(random_id(rng), card_for(parts, rng)) for parts in people]
    name = " ".join(people[which % len(people)])
    (first, score), *_ = searching.ranked(name, cards).items()
    assert dict(cards)[first]["name"] == name
    assert score == searching.SURE


@given(
    people=st.lists(names_of_people, max_size=15),
    words=names_of_people.map(lambda parts: " ".join(parts[1:])) | st.text(max_size=30),
)
def test_whatever_is_typed_scores_stay_between_half_and_one_and_fall(
    people: list[list[str]], words: str
) -> None:
    rng = Random(10)
    cards = [(random_id(rng), card_for(parts, rng)) for parts in people]
    scores = list(searching.ranked(words, cards).values())
    assert scores == sorted(scores, reverse=True)
    assert all(searching.WORTH_SHOWING <= score <= searching.SURE for score in scores)


def test_what_is_sought_never_shows_in_a_repr() -> None:
    assert "Hadjara" not in repr(searching.Sought.of(HADJARA))
