"""The scenarios of the domain, each played by the real acts: exactly what each must count.

Played here as far as a case counts by itself; the people are invented, the places are real.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock, places
from casework.cases import rules
from casework.cases.access import OpenCase
from casework.cases.closure import close_case, reopen_case
from casework.cases.field_kinds import Per
from casework.cases.intake import save_section
from casework.cases.sections import read_section
from casework.directory.actions import Description, store_provider
from casework.errors import RuleBroken
from casework.facts.actions import close_period
from casework.facts.kinds import unpack
from casework.facts.models import Fact
from casework.referrals.deadlines import Urgency
from casework.referrals.models import Referral
from casework.referrals.workflow import By, Move
from tests.support.cast import HEALTH, LEGAL_AID, TOWN_HALL, Cast, Person
from tests.support.files import agree, civil_status, moved, noted, opened, referred, woman

FIRST = datetime(2026, 1, 12, 10, tzinfo=UTC)
ANSWERED = {"source": "la responsable", "means": "appel"}


@pytest.fixture
def zeinab(cast: Cast) -> Person:
    """A paralegal of Goundam."""
    return cast.person("zeinab")


@pytest.fixture(autouse=True)
def _begins_on_the_first_day() -> Iterator[None]:
    """Every scenario begins on the same Monday morning."""
    with clock.at(FIRST):
        yield


@contextmanager
def later(days: float) -> Iterator[None]:
    """So many days after the beginning."""
    with clock.at(FIRST + timedelta(days=days)):
        yield


def day(days: int = 0) -> str:
    """The calendar day so many days after the beginning."""
    return (FIRST + timedelta(days=days)).date().isoformat()


def aged(years: int, **more: Any) -> dict[str, Any]:
    """A woman or girl of this age."""
    return woman(age={"years": years, "as_of": day()}, **more)


def provider(session: Session, kind: str, *services: str) -> UUID:
    """A provider without a team, competent everywhere."""
    everywhere = tuple(commune.pcode for commune in places.project_communes())
    described = Description(kind=kind, name=str(uuid4()), services=services, communes=everywhere)
    return store_provider(session, None, bytes(32), described, {}).id


def phoned(
    session: Session, who: Person, case: OpenCase, to: UUID, service: str, *moves: Move
) -> Referral:
    """A referral by telephone whose answers she writes down on the provider's behalf."""
    row = referred(session, who, case, to, service=service, urgency=Urgency.NORMAL, channel="phone")
    for wanted in moves:
        reason = "hors_zone" if wanted is Move.DECLINE else "autre"
        moved(session, who, row, wanted, By.ON_BEHALF, reason=reason, **ANSWERED)
    return row


def close(session: Session, who: Person, case: OpenCase, code: str) -> None:
    """The person closes the case today."""
    value: dict[str, Any] = {"code": code, "happened_on": clock.today().isoformat()}
    close_case(session, who.actor, who.keyring, case.id, value, 0)


def tell(session: Session, who: Person, case: OpenCase, grievance: dict[str, Any]) -> None:
    """One more grievance is told today."""
    facts = read_section(session, case, "facts")
    known: Any = facts.value["grievances"]
    told = {**facts.value, "grievances": [*known, grievance]}
    save_section(session, who.actor, who.keyring, case.id, "facts", told, facts.revision)


def facts(session: Session, kind: str) -> list[dict[str, str]]:
    """The facts of a kind that count, each with its codes and details."""
    session.flush()
    found = []
    for fact in session.scalars(select(Fact).where(Fact.kind == kind)):
        codes = ("quarter", "commune", "sex", "age_group", "category_group", "problem_group")
        told = {name: getattr(fact, name) for name in codes} | unpack(fact.detail)
        found += [told] * fact.weight
    return sorted(found, key=str)


def counted(session: Session) -> dict[str, int]:
    """How many facts of each kind count."""
    session.flush()
    found: Counter[str] = Counter()
    for fact in session.scalars(select(Fact)):
        found[fact.kind] += fact.weight
    return {kind: count for kind, count in sorted(found.items()) if count}


def of(session: Session, kind: str, name: str) -> Counter[str]:
    """The facts of a kind by one of their codes."""
    return Counter(fact[name] for fact in facts(session, kind))


def test_s1_rape_of_a_girl_care_in_time_and_no_redress_yet(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    girl = aged(16)
    rape = {
        "id": str(uuid4()),
        "gbv_acts": ["vbg_viol"],
        "happened_on": day(-2),
        "part_of_day": "soir",
        "people": [girl["id"]],
        "phase": "non_deplacee",
    }
    author = {"grievances": {rape["id"]: {"relations": ["voisin"]}}}
    case = opened(session, zeinab, people=[girl], grievances=[rape], perpetrator=author)
    clinic, lawyers = cast.provider(HEALTH), cast.provider(LEGAL_AID)
    agree(session, zeinab, case, clinic, "identity", "health")
    agree(session, zeinab, case, lawyers, "facts")
    to_clinic = referred(
        session, zeinab, case, clinic, "identity", "health",
        service="sante_urgence", urgency=Urgency.EMERGENCY,
    )  # fmt: skip
    with later(0.25):
        for wanted in (Move.ACCEPT, Move.SERVE):
            moved(session, cast.person("mariam"), to_clinic, wanted)
        heard = provider(session, "ong", "psychosocial")
        phoned(session, zeinab, case, heard, "psychosocial", Move.ACCEPT, Move.SERVE)
        to_lawyers = referred(session, zeinab, case, lawyers, "facts", service="info_juridique")
        for wanted in (Move.ACCEPT, Move.SERVE):
            moved(session, cast.person("maitre_cisse"), to_lawyers, wanted)
    with later(4):
        police = provider(session, "gendarmerie", "securite")
        complaint = phoned(session, zeinab, case, police, "securite", Move.ACCEPT)
        noted(session, zeinab, case, Per.STEP, code="plainte")
        noted(session, zeinab, case, Per.OUTCOME, code="soins", proof="certificat")
        noted(session, zeinab, case, Per.OUTCOME, code="arrangement_illicite", proof="declaration")
        with pytest.raises(RuleBroken, match="settlement_forbidden"):
            noted(session, zeinab, case, Per.SERVICE, code="mediation")
    assert rules.contexts(rape, {"relations": ["voisin"]}, girl["age"], case.row.opened_on) == (
        "ctx_abus_sexuel_enfant",
    )
    (person,) = facts(session, "registered")
    (incident,) = facts(session, "incident")
    (served,) = facts(session, "served")
    assert (person["sex"], person["age_group"]) == ("F", "12_17")
    assert (incident["core_type"], incident["elapsed"], incident["care"]) == (
        "vbg_viol",
        "d0_3",
        "in_time",
    )
    assert served["gbv"] == "yes"
    assert of(session, "referral", "referral_end") == {"served": 3}
    with later(6):
        moved(session, zeinab, complaint, Move.NO_ACTION, By.SENDER, reason="autre")
    assert sum(of(session, "referral", "referral_end").values()) == 4
    assert counted(session) == {"incident": 1, "referral": 4, "registered": 1, "served": 1}


def test_s2_four_children_without_papers_count_as_persons_and_papers(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    mother = aged(34, displacement="pdi")
    children = [aged(years, displacement="pdi") for years in (3, 6, 9, 11)]
    asked = civil_status(people=[one["id"] for one in children])
    case = opened(session, zeinab, people=[mother, *children], grievances=[asked])
    welfare = provider(session, "devsocial", "subsistance")
    court = provider(session, "tribunal", "etat_civil")
    for to, service in (
        (welfare, "subsistance"),
        (cast.provider(LEGAL_AID), "redaction"),
        (court, "etat_civil"),
        (cast.provider(TOWN_HALL), "etat_civil"),
    ):
        phoned(session, zeinab, case, to, service, Move.ACCEPT, Move.SERVE)
    with later(35):
        for child in children:
            got: dict[str, Any] = {"people": [child["id"]], "grievance": asked["id"]}
            noted(session, zeinab, case, Per.OUTCOME, code="jugement_supp", proof="jugement", **got)
            noted(session, zeinab, case, Per.OUTCOME, code="acte_ec", proof="acte", **got)
    assert of(session, "registered", "age_group") == {"18_59": 1, "0_11": 4}
    assert of(session, "registered", "category_group") == {"displaced": 5}
    assert of(session, "document", "document") == {"birth": 4}
    assert of(session, "redress", "outcome") == {"papers": 4}
    assert of(session, "redress", "age_group") == {"0_11": 4}
    assert counted(session) == {
        "document": 4,
        "incident": 1,
        "redress": 4,
        "referral": 4,
        "registered": 5,
        "served": 5,
    }
    close(session, zeinab, case, "besoins_satisfaits")
    assert counted(session)["closed"] == 1


def test_s3_a_fishing_camp_is_one_person_and_redress_stands_at_the_conciliation(
    session: Session, zeinab: Person
) -> None:
    """The threats that drove the camp away stand in the story: one matter, one grievance."""
    camp: dict[str, Any] = {"collective": True, "affected_female": 6, "affected_male": 8}
    lodger = aged(41, sex="M")
    matter = {"id": str(uuid4()), "justice_type": "fon_ressources", "story": "Des hommes armés…"}
    case = opened(session, zeinab, people=[lodger], grievances=[matter])
    identity = read_section(session, case, "identity")
    told = {**identity.value, **camp}
    by = (session, zeinab.actor, zeinab.keyring)
    save_section(*by, case.id, "identity", told, identity.revision)
    for kind, service in (("chef", "foncier"), ("devsocial", "ame_vivres"), ("ong", "autre")):
        to = provider(session, kind, service)
        phoned(session, zeinab, case, to, service, Move.ACCEPT, Move.SERVE)
    phoned(session, zeinab, case, provider(session, "cofo", "foncier"), "foncier", Move.DECLINE)
    with later(60):
        noted(session, zeinab, case, Per.OUTCOME, code="conciliation", proof="pv")
    before = facts(session, "redress")
    with later(270):
        noted(session, zeinab, case, Per.OUTCOME, code="conciliation_homologuee", proof="jugement")
    assert facts(session, "redress") == before
    assert [(fact["quarter"], fact["outcome"]) for fact in before] == [("2026Q1", "agreement")]
    assert of(session, "referral", "referral_end") == {"served": 3, "declined": 1}
    assert counted(session) == {
        "incident": 1,
        "redress": 1,
        "referral": 4,
        "registered": 1,
        "served": 1,
    }


def test_s4_a_widow_is_one_person_with_two_matters_and_one_redress(
    session: Session, zeinab: Person
) -> None:
    widow = aged(52)
    denied = {
        "id": str(uuid4()),
        "gbv_acts": ["vbg_deni"],
        "harmful_practice": "levirat",
        "people": [widow["id"]],
    }
    share = {"id": str(uuid4()), "justice_type": "suc_heritage"}
    case = opened(session, zeinab, people=[widow], grievances=[share, denied])
    cadi = provider(session, "cadi", "decision_cadi")
    phoned(session, zeinab, case, cadi, "decision_cadi", Move.ACCEPT, Move.SERVE)
    noted(session, zeinab, case, Per.SERVICE, code="info_juridique")
    about: dict[str, Any] = {"grievance": share["id"], "people": [widow["id"]]}
    for after, code, proof, route in (
        (10, "decision_coutumiere", "pv", "coutumiere"),
        (20, "restit_bien", "declaration", "coutumiere"),
        (140, "conciliation_homologuee", "jugement", "formelle"),
        (150, "heritage", "pv", "formelle"),
    ):
        with later(after):
            noted(session, zeinab, case, Per.OUTCOME, code=code, proof=proof, route=route, **about)
    assert "ctx_ptn" in rules.contexts(denied, {}, widow["age"], case.row.opened_on)
    (redress,) = facts(session, "redress")
    assert (redress["way"], redress["quarter"], redress["age_group"]) == (
        "customary",
        "2026Q1",
        "18_59",
    )
    assert of(session, "incident", "core_type") == {"vbg_deni": 1, "non_vbg": 1}
    assert counted(session) == {
        "incident": 2,
        "redress": 1,
        "referral": 1,
        "registered": 1,
        "served": 1,
    }


def test_s5_who_refuses_statistics_is_in_no_fact_whatever_happens(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    wife = aged(23)
    beaten = {"id": str(uuid4()), "gbv_acts": ["vbg_agr_physique"], "people": [wife["id"]]}
    author = {"grievances": {beaten["id"]: {"relations": ["partenaire"]}}}
    case = opened(
        session, zeinab, people=[wife], grievances=[beaten], perpetrator=author, statistics="no"
    )
    agree(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    row = referred(session, zeinab, case, cast.provider(HEALTH), "identity", "health")
    mariam = cast.person("mariam")
    for wanted in (Move.ACCEPT, Move.SERVE):
        moved(session, mariam, row, wanted)
    moved(session, zeinab, row, Move.CONFIRM)
    noted(session, zeinab, case, Per.SERVICE, code="psychosocial")
    noted(session, zeinab, case, Per.OUTCOME, code="soins", proof="certificat")
    close(session, zeinab, case, "demande_victime")
    with later(150):
        value: dict[str, Any] = {"text": "Elle est revenue.", "happened_on": day(150)}
        reopen_case(session, zeinab.actor, zeinab.keyring, case.id, value)
        again = {**beaten, "id": str(uuid4()), "happened_on": day(149)}
        tell(session, zeinab, case, again)
        noted(session, zeinab, case, Per.OUTCOME, code="protection", proof="pv")
    contexts = rules.contexts(
        beaten, {"relations": ["partenaire"]}, wife["age"], case.row.opened_on
    )
    assert contexts == ("ctx_vpi",)
    assert session.scalars(select(Fact)).all() == []


def test_s7_a_prevented_marriage_is_redress_and_stays_so(session: Session, zeinab: Person) -> None:
    girl = aged(15)
    forced = {"id": str(uuid4()), "gbv_acts": ["vbg_mariage_force"], "people": [girl["id"]]}
    case = opened(session, zeinab, people=[girl], grievances=[forced])
    social = provider(session, "pfef", "protection_enfance")
    phoned(session, zeinab, case, social, "protection_enfance", Move.ACCEPT, Move.SERVE)
    with later(9):
        noted(session, zeinab, case, Per.OUTCOME, code="mariage_empeche", proof="declaration")
    on = case.row.opened_on
    assert rules.contexts(forced, {}, girl["age"], on) == ("ctx_mariage_precoce",)
    assert rules.marriage_flags("F", girl["age"], on) == ("child", "below_legal_age")
    (person,), (served,), (redress,) = (
        facts(session, kind) for kind in ("registered", "served", "redress")
    )
    assert (person["sex"], person["age_group"], served["gbv"]) == ("F", "12_17", "yes")
    assert redress["outcome"] == "restored"
    with later(180):
        married = {**forced, "id": str(uuid4()), "happened_on": day(170)}
        tell(session, zeinab, case, married)
    assert counted(session) == {
        "incident": 2,
        "redress": 1,
        "referral": 1,
        "registered": 1,
        "served": 1,
    }


def test_s9_of_a_case_filed_twice_one_person_counts_and_the_past_stays_published(
    session: Session, cast: Cast, zeinab: Person
) -> None:
    fanta = cast.person("fanta")
    matters = [
        {"id": str(uuid4()), "justice_type": kind} for kind in ("lib_esclavage", "enf_travail")
    ]
    case = opened(session, zeinab, people=[aged(14)], grievances=matters)
    again = opened(
        session, fanta, people=[aged(13)], grievances=[matters[0] | {"id": str(uuid4())}]
    )
    assert counted(session) == {"incident": 3, "registered": 2}
    close_period(session, "2026Q1")
    with later(100):
        close(session, fanta, again, "doublon")
        family = {"code": "retour_famille", "proof": "declaration"}
        noted(session, zeinab, case, Per.OUTCOME, **family)
    assert counted(session) == {"incident": 2, "redress": 1, "registered": 1}
    assert {fact["commune"] for fact in facts(session, "registered")} == {"ML060208"}
