"""What a case counts for follows its file and the consent to statistics, act after act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock, codes
from casework.cases import rules
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, erase_case, reopen_case
from casework.cases.counting import PAPERS, ROUTES, counts, recount
from casework.cases.field_kinds import Per
from casework.cases.follow_up import correct_entry
from casework.cases.intake import begin_case, save_section
from casework.cases.sections import read_section
from casework.consent.actions import SECTION, VERSION, list_consents, record_consent
from casework.consent.records import RECORDING, STATISTICS, latest
from casework.facts import groups
from casework.facts.kinds import unpack
from casework.facts.models import Fact
from casework.referrals.withdrawal import withdraw
from tests.support.cast import Cast, Person
from tests.support.files import answer, civil_status, noted, opened, woman


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


def kinds(session: Session) -> dict[str, int]:
    """How many facts of each kind stand, taken back ones subtracted."""
    found: dict[str, int] = {}
    for fact in session.scalars(select(Fact)):
        found[fact.kind] = found.get(fact.kind, 0) + fact.weight
    return {kind: count for kind, count in found.items() if count}


def details(session: Session, kind: str) -> list[dict[str, str]]:
    """The details of the facts of a kind."""
    rows = session.scalars(select(Fact).where(Fact.kind == kind).order_by(Fact.detail))
    return [unpack(fact.detail) for fact in rows]


def held(session: Session, case: OpenCase) -> dict[str, Any]:
    """The facts the case's internal section knows of."""
    found: Any = read_section(session, case, "admin").value["facts"]
    return dict(found)


def close(session: Session, who: Person, case: OpenCase, code: str, **more: Any) -> None:
    """The person closes the case today."""
    value = {"code": code, "happened_on": clock.today().isoformat(), **more}
    close_case(session, who.actor, who.keyring, case.id, value, 0)


# Consent decides


@pytest.mark.parametrize("said", ["no", "not_yet"])
def test_without_a_yes_to_statistics_nothing_counts(
    session: Session, zeinab: Person, said: str
) -> None:
    case = opened(session, zeinab, statistics=said)
    noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    noted(session, zeinab, case, Per.OUTCOME, code="acte_ec", proof="acte")
    close(session, zeinab, case, "besoins_satisfaits")
    assert kinds(session) == {}


def test_a_consent_taken_back_takes_the_facts_back(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    assert kinds(session) == {"registered": 1, "incident": 1, "served": 1}
    key = case.key(SECTION, VERSION)
    given = latest(list_consents(session, case.id, key), STATISTICS)
    assert given is not None
    withdraw(session, zeinab.actor, zeinab.keyring, case.id, given.id, clock.today())
    assert (kinds(session), held(session, case)) == ({}, {})


def test_a_later_yes_counts_what_happened_before_it(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab, statistics="no")
    noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    with clock.at(clock.now() + timedelta(minutes=1)):
        key = case.key(SECTION, VERSION)
        record_consent(session, zeinab.actor, case.id, key, answer(STATISTICS))
        recount(session, zeinab.actor, case)
        assert counts(session, case)
    assert kinds(session) == {"registered": 1, "incident": 1, "served": 1}


def test_an_erased_case_counts_no_more(session: Session, cast: Cast, zeinab: Person) -> None:
    aminata = cast.person("aminata")
    case = opened(session, zeinab)
    assert kinds(session)
    erase_case(session, aminata.actor, aminata.keyring, case.id)
    assert kinds(session) == {}


def test_an_intake_that_is_not_finished_counts_for_nothing(
    session: Session, zeinab: Person
) -> None:
    assert zeinab.team_id is not None
    by = (session, zeinab.actor, zeinab.keyring)
    case = begin_case(*by, zeinab.team_id, uuid4(), [answer(RECORDING), answer(STATISTICS)])
    identity: dict[str, object] = {"commune": "ML060208", "beneficiaries": [woman()]}
    save_section(*by, case.id, "identity", identity, 0)
    assert kinds(session) == {}


# Acts


def test_counting_again_changes_nothing(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    before = held(session, case)
    revision = read_section(session, case, "admin").revision
    recount(session, zeinab.actor, case)
    assert (held(session, case), read_section(session, case, "admin").revision) == (
        before,
        revision,
    )


def test_the_id_of_a_fact_stands_nowhere_but_in_the_sealed_section(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    stored = {str(fact.id) for fact in session.scalars(select(Fact))}
    assert {one["id"] for one in held(session, case).values()} == stored


def test_redress_counts_once_at_the_first_outcome_whatever_follows(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab, grievances=[{"id": str(uuid4()), "justice_type": "fon_terre"}])
    noted(session, zeinab, case, Per.OUTCOME, code="conciliation", proof="pv")
    noted(session, zeinab, case, Per.OUTCOME, code="restit_terre", proof="pv")
    assert kinds(session)["redress"] == 1


@pytest.mark.parametrize("route", codes.codes("voie"))
def test_the_way_that_was_written_decides_how_redress_is_counted(
    session: Session, zeinab: Person, route: str
) -> None:
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.OUTCOME, code="identite", proof="acte", route=route)
    (detail,) = details(session, "redress")
    assert detail["way"] == ROUTES[route]


def test_every_way_has_its_group() -> None:
    assert set(ROUTES) == set(codes.codes("voie"))
    assert set(ROUTES.values()) == set(groups.WAY.groups)


def test_every_outcome_that_is_redress_can_be_counted(session: Session, zeinab: Person) -> None:
    people = [woman() for _ in rules.REDRESS]
    case = opened(session, zeinab, people=people)
    wanted = [code for code in rules.REDRESS if rules.is_redress(code)]
    for person, code in zip(people, wanted, strict=False):
        if code != "decision_coutumiere":
            value = {"code": code, "proof": "pv", "people": [person["id"]]}
            noted(session, zeinab, case, Per.OUTCOME, **value)
    assert kinds(session)["redress"] == len(wanted) - 1


@pytest.mark.parametrize("code", [code for code in rules.REDRESS if not rules.is_redress(code)])
def test_no_other_outcome_counts_as_redress(session: Session, zeinab: Person, code: str) -> None:
    case = opened(session, zeinab)
    noted(session, zeinab, case, Per.OUTCOME, code=code, proof="declaration")
    assert "redress" not in kinds(session)


def test_a_conciliation_stops_counting_when_a_rape_comes_to_light(
    session: Session, zeinab: Person
) -> None:
    told = {"id": str(uuid4()), "justice_type": "fam_garde"}
    case = opened(session, zeinab, grievances=[told])
    noted(session, zeinab, case, Per.OUTCOME, code="conciliation", proof="pv")
    assert kinds(session)["redress"] == 1
    facts = read_section(session, case, "facts")
    worse = {**facts.value, "grievances": [{"id": told["id"], "gbv_acts": ["vbg_viol"]}]}
    save_section(session, zeinab.actor, zeinab.keyring, case.id, "facts", worse, facts.revision)
    assert "redress" not in kinds(session)


def test_a_corrected_outcome_counts_as_corrected(session: Session, zeinab: Person) -> None:
    children = [woman(), woman()]
    case = opened(session, zeinab, people=children)
    value: dict[str, Any] = {
        "code": "acte_ec",
        "proof": "acte",
        "people": [one["id"] for one in children],
    }
    made = noted(session, zeinab, case, Per.OUTCOME, **value)
    assert (kinds(session)["document"], kinds(session)["redress"]) == (2, 2)
    better: dict[str, Any] = {
        **value,
        "people": [children[1]["id"]],
        "happened_on": clock.today().isoformat(),
    }
    correct_entry(session, zeinab.actor, zeinab.keyring, case.id, made, better)
    assert (kinds(session)["document"], kinds(session)["redress"]) == (1, 1)


def test_a_correction_of_the_words_leaves_the_fact_alone(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    value: dict[str, Any] = {
        "code": "acte_ec",
        "proof": "acte",
        "happened_on": clock.today().isoformat(),
    }
    made = noted(session, zeinab, case, Per.OUTCOME, **value)
    before = held(session, case)
    better: dict[str, Any] = {**value, "reference": "1204"}
    correct_entry(session, zeinab.actor, zeinab.keyring, case.id, made, better)
    assert held(session, case) == before


def test_an_outcome_that_never_happened_counts_no_more(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    made = noted(session, zeinab, case, Per.OUTCOME, code="acte_ec", proof="acte")
    correct_entry(session, zeinab.actor, zeinab.keyring, case.id, made, None)
    assert kinds(session) == {"registered": 1, "incident": 1}


def test_a_paper_is_of_the_kind_its_grievance_asked_for(session: Session, zeinab: Person) -> None:
    asked = [civil_status(justice_type=kind) for kind in ("ec_mariage", "ec_deces")]
    case = opened(session, zeinab, grievances=asked)
    value = {"code": "acte_ec", "proof": "acte", "grievance": asked[1]["id"]}
    noted(session, zeinab, case, Per.OUTCOME, **value)
    assert details(session, "document") == [{"document": "death"}]
    assert set(PAPERS) == {"acte_ec", "identite"}


def test_a_service_counts_a_person_once_a_quarter(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    for _ in range(3):
        noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    with clock.at(clock.now() + timedelta(days=92)):
        noted(session, zeinab, case, Per.SERVICE, code="redaction")
    assert kinds(session)["served"] == 2


# Closing and opening again


def test_a_closed_case_counts_as_closed_until_it_is_opened_again(
    session: Session, zeinab: Person
) -> None:
    case = opened(session, zeinab)
    close(session, zeinab, case, "accord_mutuel")
    assert details(session, "closed") == [{"closure": "needs_met", "duration": "m1"}]
    value: dict[str, Any] = {"text": "…", "happened_on": clock.today().isoformat()}
    reopen_case(session, zeinab.actor, zeinab.keyring, case.id, value)
    assert kinds(session) == {"registered": 1, "incident": 1}


@pytest.mark.parametrize("code", codes.codes("motif_cloture"))
def test_every_reason_of_closing_can_be_counted(
    session: Session, zeinab: Person, code: str
) -> None:
    case = opened(session, zeinab)
    close(session, zeinab, case, code, note="Voir le journal.")
    expected = (
        {} if code in rules.CLOSED_UNCOUNTED else {"registered": 1, "incident": 1, "closed": 1}
    )
    assert kinds(session) == expected


def test_what_is_told_after_the_registration_counts_on_the_day_it_is_told(
    session: Session, zeinab: Person
) -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        case = opened(session, zeinab)
    facts = read_section(session, case, "facts")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    later = {"id": str(uuid4()), "gbv_acts": ["vbg_viol"], "happened_on": yesterday}
    known: Any = facts.value["grievances"]
    told = {**facts.value, "grievances": [*known, later]}
    save_section(session, zeinab.actor, zeinab.keyring, case.id, "facts", told, facts.revision)
    rows = session.scalars(select(Fact).where(Fact.kind == "incident")).all()
    assert len({fact.quarter for fact in rows}) == 2
    elapsed = {unpack(fact.detail)["core_type"]: unpack(fact.detail)["elapsed"] for fact in rows}
    assert elapsed["vbg_viol"] == "d0_3"


def test_care_before_an_incident_is_no_care_for_it(session: Session, zeinab: Person) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        case = opened(session, zeinab)
        noted(session, zeinab, case, Per.SERVICE, code="sante")
    today = clock.today().isoformat()
    told = {"id": str(uuid4()), "gbv_acts": ["vbg_viol"], "happened_on": today}
    facts = read_section(session, case, "facts")
    by = (session, zeinab.actor, zeinab.keyring, case.id)
    save_section(*by, "facts", {**facts.value, "grievances": [told]}, facts.revision)
    assert details(session, "incident")[0]["care"] == "missed"
    noted(session, zeinab, case, Per.SERVICE, code="sante_urgence")
    assert details(session, "incident")[0]["care"] == "in_time"


def test_what_another_organisation_reported_is_no_incident_here(
    session: Session, zeinab: Person
) -> None:
    told = {"id": str(uuid4()), "gbv_acts": ["vbg_psy"], "reported_elsewhere": True}
    opened(session, zeinab, grievances=[told])
    assert kinds(session) == {"registered": 1}


def test_a_beneficiary_who_is_taken_out_counts_no_more(session: Session, zeinab: Person) -> None:
    mother, child = woman(), woman()
    case = opened(session, zeinab, people=[mother, child])
    assert kinds(session)["registered"] == 2
    identity = read_section(session, case, "identity")
    alone = {**identity.value, "beneficiaries": [mother]}
    save_section(
        session, zeinab.actor, zeinab.keyring, case.id, "identity", alone, identity.revision
    )
    assert kinds(session)["registered"] == 1


def test_no_fact_knows_its_case(session: Session, zeinab: Person) -> None:
    case = opened(session, zeinab)
    known = {case.id, *(UUID(one["id"]) for one in people_of(session, case))}
    for fact in session.scalars(select(Fact)):
        values = [getattr(fact, column.key) for column in Fact.__table__.columns]
        assert not known & {value for value in values if isinstance(value, UUID)}
        assert not any(str(one) in str(value) for one in known for value in values)


def people_of(session: Session, case: OpenCase) -> list[dict[str, Any]]:
    """The beneficiaries of the case."""
    found: Any = read_section(session, case, "identity").value["beneficiaries"]
    return list(found)
