"""Activities count exactly, in the quarter in which they were still open, and name nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock, codes
from casework.audit.models import AuditEntry
from casework.errors import NotAllowed, NotVisible, RuleBroken, StaleVersion
from casework.facts.actions import close_period
from casework.policy import Permission
from casework.programme import queries
from casework.programme.actions import (
    Described,
    attest_month,
    change_activity,
    note_practice,
    record_activity,
    remove_activity,
    save_radio,
    set_goals,
)
from casework.programme.forms import unasked
from casework.programme.framework import FIGURES, indicators
from casework.programme.kinds import KINDS, TRAINED
from casework.statistics.catalogue import versions
from tests.support.cast import GOUNDAM, TOMBOUCTOU, Cast

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.at(NOW):
        yield


def talk(**changes: Any) -> Described:
    """An awareness talk in Goundam to seven people."""
    values: dict[str, Any] = {
        "kind": "sensibilisation",
        "held_on": DAY,
        "commune": "ML060208",
        "proof": "signed_list",
        "theme": "land",
        "heads": {("F", "u18"): 3, ("M", "a36p"): 4},
    }
    return Described(**values | changes)


def test_an_activity_counts_by_head_in_its_quarter(session: Session, cast: Cast) -> None:
    record_activity(session, cast.person("aminata").actor, talk())
    record_activity(session, cast.person("zeinab").actor, talk(heads={("F", "a18_35"): 5}))
    done = queries.done(session, ["2026Q2"])["sensibilisation", "2026Q2"]
    assert (done.events, done.people) == (2, 12)
    assert queries.people_by(session, ["sensibilisation"], ["2026Q2"], "sex") == {"F": 8, "M": 4}
    assert queries.done(session, ["2026Q1"]) == {}


@pytest.mark.parametrize("name", ["commune", "theme", "sex", "age"])
def test_every_grouping_adds_up_to_the_people_who_came(
    session: Session, cast: Cast, name: str
) -> None:
    actor = cast.person("aminata").actor
    record_activity(session, actor, talk())
    record_activity(session, actor, talk(commune="ML060501", theme="gbv"))
    found = queries.people_by(session, ["sensibilisation"], ["2026Q2"], name)
    assert sum(found.values()) == 14


def test_what_is_told_after_the_close_counts_in_the_open_quarter(
    session: Session, cast: Cast
) -> None:
    close_period(session, "2026Q1")
    told = record_activity(session, cast.person("aminata").actor, talk(held_on=date(2026, 2, 1)))
    assert told.quarter == "2026Q2"


def test_a_reported_activity_is_never_changed(session: Session, cast: Cast) -> None:
    actor = cast.person("aminata").actor
    activity = record_activity(session, actor, talk())
    close_period(session, "2026Q2")
    with pytest.raises(RuleBroken, match="activity_reported"):
        change_activity(session, actor, activity.id, talk(theme="gbv"), activity.version)
    with pytest.raises(RuleBroken, match="activity_reported"):
        remove_activity(session, actor, activity.id, activity.version)


def test_an_open_activity_is_corrected_and_removed(session: Session, cast: Cast) -> None:
    actor = cast.person("aminata").actor
    activity = record_activity(session, actor, talk())
    change_activity(session, actor, activity.id, talk(heads={("M", "u18"): 1}), activity.version)
    assert queries.people_by(session, ["sensibilisation"], ["2026Q2"], "age") == {"u18": 1}
    remove_activity(session, actor, activity.id, activity.version)
    assert queries.activities(session) == []


def test_a_stale_correction_is_refused(session: Session, cast: Cast) -> None:
    actor = cast.person("aminata").actor
    activity = record_activity(session, actor, talk())
    with pytest.raises(StaleVersion):
        change_activity(session, actor, activity.id, talk(), activity.version - 1)
    with pytest.raises(NotVisible):
        change_activity(session, actor, uuid4(), talk(), 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"held_on": date(2026, 5, 21)}, "activity_to_come"),
        ({"heads": {}}, "nobody_came"),
        ({"displaced": 8}, "more_than_came"),
        ({"disabled": 8}, "more_than_came"),
    ],
    ids=["to come", "nobody", "displaced", "disabled"],
)
def test_what_cannot_have_happened_is_refused(
    session: Session, cast: Cast, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        record_activity(session, cast.person("aminata").actor, talk(**changes))


@pytest.mark.parametrize("handle", ["mariam", "manager", "donor", "admin", "moussa"])
def test_only_the_programmes_own_keyholders_write_activities(
    session: Session, cast: Cast, handle: str
) -> None:
    with pytest.raises(NotAllowed):
        record_activity(session, cast.person(handle).actor, talk())


def test_the_log_keeps_the_kind_and_no_number(session: Session, cast: Cast) -> None:
    activity = record_activity(session, cast.person("aminata").actor, talk())
    chosen = select(AuditEntry.body).where(AuditEntry.action == "activity.recorded")
    (body,) = session.scalars(chosen)
    assert body is not None
    assert str(activity.id).encode() in body
    assert b"sensibilisation" in body
    assert b"ML060208" not in body


def test_trainings_give_mean_marks_by_theme(session: Session, cast: Cast) -> None:
    actor = cast.person("oumar").actor
    for before, after in ((30, 60), (41, 71)):
        marked = talk(
            kind="formation_relais", theme="land", before_percent=before, after_percent=after
        )
        record_activity(session, actor, marked)
    (marks,) = queries.marks(session, ["2026Q2"])
    assert (marks.theme, marks.trainings, marks.before, marks.after) == ("land", 2, 36, 66)


def test_broadcasts_count_by_radio_with_minutes_and_callers(session: Session, cast: Cast) -> None:
    actor = cast.person("oumar").actor
    radio = save_radio(session, actor, "Radio Alafia", "ML060501", None)
    said = talk(kind="radio_debat", heads={}, radio_id=radio.id, minutes=55, callers=6)
    record_activity(session, actor, said)
    assert queries.events_by(session, ["radio_debat"], ["2026Q2"], "radio") == {"Radio Alafia": 1}
    done = queries.done(session, ["2026Q2"])["radio_debat", "2026Q2"]
    assert (done.minutes, done.callers, done.people) == (55, 6, 0)


def test_a_radio_is_corrected_under_its_name(session: Session, cast: Cast) -> None:
    actor = cast.person("oumar").actor
    for signed in (None, DAY):
        save_radio(session, actor, "Radio Alafia", "ML060501", signed)
    assert [radio.signed_on for radio in queries.radios(session)] == [DAY]


def test_practices_are_counted_by_kind(session: Session, cast: Cast) -> None:
    actor = cast.person("oumar").actor
    note_practice(session, actor, "religious", "inheritance", "ML060506", DAY, "Le partage écrit.")
    assert queries.practices_noted(session, ["2026Q2"]) == {"religious": 1}
    assert [each.told for each in queries.practices(session)] == ["Le partage écrit."]


def test_goals_are_set_by_the_administrator_alone(session: Session, cast: Cast) -> None:
    set_goals(session, cast.person("admin").actor, {"B5": (3, 250)})
    assert (queries.goals(session)["B5"].baseline, queries.goals(session)["B5"].target) == (3, 250)
    with pytest.raises(NotAllowed):
        set_goals(session, cast.person("manager").actor, {"B5": (0, 1)})
    with pytest.raises(KeyError):
        set_goals(session, cast.person("admin").actor, {"Z9": (0, 1)})


def test_a_month_is_attested_once_by_the_teams_own_coordinator(
    session: Session, cast: Cast
) -> None:
    month, team = date(2026, 4, 1), cast.team(GOUNDAM).id
    attest_month(session, cast.person("aminata").actor, team, month)
    with pytest.raises(RuleBroken, match="month_attested"):
        attest_month(session, cast.person("aminata").actor, team, month)
    with pytest.raises(RuleBroken, match="month_not_over"):
        attest_month(session, cast.person("aminata").actor, team, date(2026, 5, 1))
    for handle, other in (("zeinab", team), ("aminata", cast.team(TOMBOUCTOU).id)):
        with pytest.raises(NotAllowed):
            attest_month(session, cast.person(handle).actor, other, month)
    assert [(each.month, each.team) for each in queries.attestations(session)] == [(month, GOUNDAM)]


# The framework


def test_every_kind_of_activity_is_a_code_of_its_list() -> None:
    assert set(KINDS) <= set(codes.codes("type_activite"))


def test_every_indicator_reads_what_exists() -> None:
    (catalogue, *_) = versions()
    for each in indicators():
        if each.counts == FIGURES:
            table, code = each.cell
            assert table == "total" or code in catalogue.kinds[each.kind].codes[table], each.code
        else:
            assert set(each.kinds) <= set(KINDS), each.code


def test_no_activity_is_counted_by_two_indicators() -> None:
    kinds = [kind for each in indicators() for kind in each.kinds]
    assert len(kinds) == len(set(kinds))


def test_relays_are_trained_on_three_themes() -> None:
    assert KINDS["formation_relais"].themes == TRAINED == ("civil_status", "land", "institutions")


@given(st.sampled_from(sorted(KINDS)))
def test_a_form_leaves_out_what_its_kind_does_not_ask(kind: str) -> None:
    asked = KINDS[kind]
    assert ("women" in unasked(asked)) == (not asked.people)
    assert ("radio" in unasked(asked)) == (not asked.radio)
    assert {"held_on", "commune", "proof"}.isdisjoint(unasked(asked))


def test_managers_may_neither_write_nor_plan(cast: Cast) -> None:
    for handle in ("manager", "donor"):
        actor = cast.person(handle).actor
        for permission in (
            Permission.ACTIVITY_WRITE,
            Permission.PROGRAMME_PLAN,
            Permission.WORKLOAD_VIEW,
        ):
            assert not actor.may(permission)
