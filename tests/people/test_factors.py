"""Second factors: what counts, once, and what is said when it does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.errors import NotVisible, RuleBroken
from casework.people import factors
from casework.people.factors import PhoneClock
from casework.people.models import UserFactor
from tests.people.second_factors import PHONE, gave, shown, with_phone
from tests.support.cast import Cast
from tests.support.databases import connect, on_both_databases

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_without_a_second_factor_none_is_asked(cast: Cast, session: Session) -> None:
    assert gave(session, cast.person("zeinab"), "") is None


# The telephone


@pytest.mark.parametrize("late", [-60, -30, 0, 30, 60], ids=str)
def test_a_telephone_may_be_a_minute_early_or_late(cast: Cast, session: Session, late: int) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        used = gave(session, person, shown(late=timedelta(seconds=late)))
    assert used is not None
    assert used.kind == "totp"


@pytest.mark.parametrize("minutes", [-59, -7, -2, 2, 7, 59], ids=str)
def test_a_wrong_clock_is_told_with_how_many_minutes(
    cast: Cast, session: Session, minutes: int
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        with pytest.raises(PhoneClock) as told:
            gave(session, person, shown(late=-timedelta(minutes=minutes)))
    assert told.value.minutes == minutes
    assert told.value.code == ("phone_fast" if minutes > 0 else "phone_slow")


def test_a_code_of_two_hours_ago_is_simply_wrong(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        with pytest.raises(RuleBroken, match="code_wrong"):
            gave(session, person, shown(late=timedelta(hours=2)))


@on_both_databases
def test_a_code_counts_once_and_none_before_it_any_more(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        gave(session, person, shown())
        for code in (shown(), shown(late=timedelta(seconds=30))):
            with pytest.raises(RuleBroken, match="code_used"):
                gave(session, person, code)
    with clock.at(NOON + timedelta(seconds=90)):
        assert gave(session, person, shown()) is not None


def test_the_code_that_added_the_telephone_counts_no_second_time(
    cast: Cast, session: Session
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        factors.add_phone(session, person.keyring, PHONE, shown(), "Nokia")
        with pytest.raises(RuleBroken, match="code_used"):
            gave(session, person, shown())


@on_both_databases
def test_of_many_who_use_one_code_at_once_one_gets_in(
    cast: Cast, session: Session, database_url: str
) -> None:
    person = cast.person("zeinab")
    with clock.at(NOON):
        with_phone(session, person)
        [card_code, *_] = factors.add_card(session, person.keyring)
    session.commit()
    engine = connect(database_url)

    def one_more(code: str) -> bool:
        with clock.at(NOON), Session(engine) as own:
            try:
                gave(own, person, code)
            except RuleBroken:
                return False
            finally:
                own.commit()
            return True

    with ThreadPoolExecutor(6) as pool:
        for code in (shown(NOON), card_code):
            assert list(pool.map(one_more, [code] * 12)).count(True) == 1
    engine.dispose()


def test_spaces_in_the_six_digits_do_not_matter(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    code = shown()
    assert gave(session, person, f" {code[:3]} {code[3:]} ") is not None


def test_a_telephone_is_added_with_its_right_code_only(cast: Cast, session: Session) -> None:
    with pytest.raises(RuleBroken, match="code_wrong"):
        factors.add_phone(session, cast.person("zeinab").keyring, PHONE, "", "Nokia")
    assert session.scalars(select(UserFactor)).all() == []


# The card


def test_each_code_of_a_card_is_good_once(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    codes = factors.add_card(session, person.keyring)
    lefts = []
    for code in codes:
        used = gave(session, person, code.lower().replace("-", " "))
        assert used is not None
        lefts.append((used.left, used.few))
        with pytest.raises(RuleBroken, match="code_used"):
            gave(session, person, code)
    assert lefts == [(left, left <= 3) for left in range(9, -1, -1)]


def test_a_new_card_makes_the_old_one_worthless(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    old, new = (factors.add_card(session, person.keyring)[0] for _ in range(2))
    with pytest.raises(RuleBroken, match="code_wrong"):
        gave(session, person, old)
    assert gave(session, person, new) is not None


def test_somebody_elses_card_opens_nothing_of_hers(cast: Cast, session: Session) -> None:
    [code, *_] = factors.add_card(session, cast.person("ibrahim").keyring)
    factors.add_card(session, cast.person("zeinab").keyring)
    with pytest.raises(RuleBroken, match="code_wrong"):
        gave(session, cast.person("zeinab"), code)


def test_no_code_and_no_secret_stands_in_the_table(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    codes = factors.add_card(session, person.keyring, "Zzcarte")
    boxes = b"".join(session.scalars(select(UserFactor.box)))
    hidden = [PHONE, PHONE.hex().encode(), b"Zzcarte", b"Nokia"]
    for code in codes:
        hidden += [code.encode(), code.replace("-", "").encode()]
    assert not [one for one in hidden if one in boxes]


# Whose


def test_what_is_there_but_not_given_is_asked_for(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    with pytest.raises(RuleBroken, match="factor_needed"):
        gave(session, person, "  ")


def test_a_factor_moved_to_another_person_counts_for_nobody(cast: Cast, session: Session) -> None:
    zeinab, ibrahim = cast.person("zeinab"), cast.person("ibrahim")
    with_phone(session, ibrahim)
    row = session.scalars(select(UserFactor)).one()
    row.user_id = zeinab.id
    session.flush()
    assert factors.listed(session, zeinab.id, zeinab.keyring.user) == []
    assert factors.listed(session, ibrahim.id, ibrahim.keyring.user) == []


def test_nobody_removes_somebody_elses(cast: Cast, session: Session) -> None:
    with_phone(session, cast.person("ibrahim"))
    factor_id = session.scalars(select(UserFactor.id)).one()
    with pytest.raises(NotVisible):
        factors.remove(session, cast.person("zeinab").id, factor_id)
    factors.remove(session, cast.person("ibrahim").id, factor_id)
    assert session.scalars(select(UserFactor)).all() == []


def test_ten_are_enough(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    for _ in range(factors.MOST):
        with_phone(session, person)
    with pytest.raises(RuleBroken, match="factors_full"):
        with_phone(session, person)


def test_adding_using_and_removing_stand_in_the_log(cast: Cast, session: Session) -> None:
    person = cast.person("zeinab")
    with_phone(session, person)
    gave(session, person, shown())
    factors.remove(session, person.id, session.scalars(select(UserFactor.id)).one())
    found = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.actor_id == person.id, AuditEntry.action.like("factor.%"))
        .order_by(AuditEntry.arrival)
    )
    assert list(found) == ["factor.added", "factor.used", "factor.removed"]
