"""Where a fact counts, how it is corrected, and what the table never holds."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.facts.actions import (
    close_period,
    correct_fact,
    remove_fact,
    set_calendar,
    shuffle_facts,
    write_fact,
)
from casework.facts.dimensions import Dimensions, incident_detail, referral_detail
from casework.facts.kinds import FactKind
from casework.facts.models import Fact
from casework.facts.queries import counted_facts, next_to_close

WOMAN = Dimensions.from_codes("ML060208", "F", "25_59", {"femme"}, "suc_heritage")
GIRL = Dimensions.from_codes("ML060506", "F", "12_17", {"enfant"}, "vbg_viol")
YEARS = [f"{year}Q{number}" for year in (2025, 2026, 2027) for number in (1, 2, 3, 4)]


def registered(session: Session, day: date, dimensions: Dimensions = WOMAN) -> UUID:
    fact_id = write_fact(session, FactKind.REGISTERED, day, dimensions)
    assert fact_id is not None
    return fact_id


def quarter(session: Session, fact_id: UUID) -> str:
    fact = session.get(Fact, fact_id)
    assert fact is not None
    return fact.quarter


def counts(session: Session) -> dict[str, int]:
    return {found.quarter: found.count for found in counted_facts(session, YEARS)}


def test_a_fact_counts_in_the_quarter_of_its_day(session: Session) -> None:
    assert quarter(session, registered(session, date(2026, 9, 30))) == "2026Q3"


def test_a_fact_of_a_closed_quarter_counts_in_the_open_one(session: Session) -> None:
    close_period(session, "2026Q2")
    close_period(session, "2026Q3")
    assert quarter(session, registered(session, date(2026, 5, 2))) == "2026Q4"


def test_a_fact_after_the_closed_quarters_keeps_its_own(session: Session) -> None:
    close_period(session, "2026Q1")
    assert quarter(session, registered(session, date(2026, 8, 2))) == "2026Q3"


def test_nothing_older_than_the_programme_becomes_a_fact(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    assert write_fact(session, FactKind.REGISTERED, date(2025, 12, 31), WOMAN) is None
    assert session.query(Fact).count() == 0


def test_the_first_day_of_the_programme_counts(session: Session) -> None:
    set_calendar(session, date(2026, 1, 1))
    assert quarter(session, registered(session, date(2026, 1, 1))) == "2026Q1"


def test_a_detail_of_another_kind_is_refused(session: Session) -> None:
    detail = referral_detail("sante", "sante", "service_rendu", 3)
    with pytest.raises(ValueError, match="its own details"):
        write_fact(session, FactKind.INCIDENT, date(2026, 1, 1), GIRL, detail)


def test_free_text_cannot_enter_a_fact(session: Session) -> None:
    detail = incident_detail("vbg_viol", 40, 46) | {"care": "Hadjara W., Goundam"}
    with pytest.raises(ValueError, match="does not know"):
        write_fact(session, FactKind.INCIDENT, date(2026, 1, 1), GIRL, detail)


def test_a_commune_is_a_code() -> None:
    with pytest.raises(ValueError, match="P-code"):
        Dimensions.from_codes("Goundam, quartier 3", "F", "25_59", set(), "suc_heritage")


def test_a_correction_in_the_same_year_changes_the_fact_in_place(session: Session) -> None:
    fact_id = registered(session, date(2026, 2, 1))
    close_period(session, "2026Q1")
    assert correct_fact(session, fact_id, GIRL) == fact_id
    assert [(found.quarter, found.codes["problem"]) for found in counted_facts(session, YEARS)] == [
        ("2026Q1", "sexual_violence")
    ]


def test_a_removal_in_the_same_year_leaves_nothing(session: Session) -> None:
    fact_id = registered(session, date(2026, 2, 1))
    close_period(session, "2026Q1")
    assert remove_fact(session, fact_id)
    assert session.query(Fact).count() == 0


def closed_year(session: Session) -> UUID:
    fact_id = registered(session, date(2025, 12, 1))
    close_period(session, "2025Q4")
    return fact_id


def test_a_removal_after_the_year_takes_back_in_the_open_quarter(session: Session) -> None:
    assert remove_fact(session, closed_year(session))
    assert counts(session) == {"2025Q4": 1, "2026Q1": -1}


def test_a_correction_after_the_year_nets_to_nothing_but_the_move(session: Session) -> None:
    fact_id = correct_fact(session, closed_year(session), GIRL)
    moved = {
        (found.quarter, found.codes["problem"], found.count)
        for found in counted_facts(session, YEARS)
    }
    assert fact_id is not None
    assert quarter(session, fact_id) == "2026Q1"
    assert moved == {
        ("2025Q4", "land", 1),
        ("2026Q1", "land", -1),
        ("2026Q1", "sexual_violence", 1),
    }


def test_a_fact_cannot_be_taken_back_twice(session: Session) -> None:
    fact_id = closed_year(session)
    remove_fact(session, fact_id)
    assert not remove_fact(session, fact_id)
    assert correct_fact(session, fact_id, GIRL) is None


def test_a_fiscal_year_decides_what_is_over(session: Session) -> None:
    set_calendar(session, date(2025, 1, 1), year_starts_in=10)
    fact_id = closed_year(session)
    remove_fact(session, fact_id)
    assert session.query(Fact).count() == 0


def test_quarters_close_in_order_from_the_start(session: Session) -> None:
    set_calendar(session, date(2026, 5, 1))
    assert next_to_close(session) == "2026Q2"
    close_period(session, "2026Q2")
    assert next_to_close(session) == "2026Q3"


def test_each_act_on_a_fact_leaves_one_entry_with_its_kind_only(session: Session) -> None:
    fact_id = registered(session, date(2026, 2, 1))
    correct_fact(session, fact_id, GIRL)
    remove_fact(session, fact_id)
    session.flush()
    acts = [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.arrival)]
    assert acts == ["fact.written", "fact.corrected", "fact.removed"]


def test_the_shuffle_keeps_every_fact(session: Session) -> None:
    kept = {registered(session, date(2026, 2, day)) for day in range(1, 29)}
    assert shuffle_facts(session) == 28
    assert set(session.scalars(session.query(Fact.id).statement)) == kept


def test_the_table_of_facts_has_no_row_number(session: Session) -> None:
    sql = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'facts'"))
    assert sql is not None
    assert sql.rstrip().endswith("WITHOUT ROWID")


def test_a_fact_has_no_finer_date_than_its_quarter() -> None:
    kinds = {column.type.python_type for column in Fact.__table__.columns}
    assert not kinds & {date, datetime}


def test_a_fact_shows_nothing_of_itself_in_a_log(session: Session) -> None:
    fact = session.get(Fact, registered(session, date(2026, 2, 1)))
    assert repr(fact) == "Fact()"


def test_an_incident_bears_its_own_problem(session: Session) -> None:
    with pytest.raises(ValueError, match="belongs to its problem"):
        write_fact(
            session,
            FactKind.INCIDENT,
            date(2026, 1, 1),
            WOMAN,
            incident_detail("vbg_deni", None, None),
        )


def test_an_outcome_without_redress_is_no_redress_fact(session: Session) -> None:
    with pytest.raises(ValueError, match="no redress"):
        write_fact(
            session,
            FactKind.REDRESS,
            date(2026, 1, 1),
            WOMAN,
            {"outcome": "no_redress", "way": "formal"},
        )
