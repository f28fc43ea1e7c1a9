"""The scenarios as the demonstration plays them: each counts what the domain says it must count.

The facts of a case are known by the ids in its sealed internal section, opened here with the keys
of the coordinator, as her words of the demonstration open them.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import create_app
from casework.audit.models import AuditEntry
from casework.cases import rules
from casework.cases.access import OpenCase, open_case
from casework.cases.case_file import file_of
from casework.cases.intake import consents_of
from casework.cases.models import Case
from casework.cases.sections import read_entries, read_section
from casework.consent import rules as consent_rules
from casework.consent.records import ASSENT, LEGAL, RECORDING, SHARING, Consent, latest
from casework.db import db
from casework.demonstration import load as demonstration
from casework.demonstration.scenarios import ident
from casework.demonstration.staff import passphrase
from casework.demonstration.waiting import WAITING
from casework.facts.kinds import unpack
from casework.facts.models import Fact
from casework.people.keyrings import act_as
from casework.people.models import User
from casework.people.signing_in import stored_unlock
from casework.referrals.models import Referral
from casework.vault.keys import Keyring, UserKeys
from casework.vault.unlocks import open_unlock
from config import Settings

SEED = 11
COORDINATORS = ("aminata", "oumar")


@dataclass(frozen=True, slots=True)
class Played:
    """The demonstration with nothing but its scenarios, and the coordinators' keys."""

    session: Session
    keyrings: list[Keyring] = field(repr=False)

    def case(self, key: str) -> OpenCase:
        """The case of a scenario, opened."""
        row = self.session.get_one(Case, ident(key, "case"))
        held = next(one for one in self.keyrings if row.owner_team in one.teams)
        return open_case(self.session, held, row)

    def facts(self, key: str, kind: str = "") -> list[dict[str, str]]:
        """The facts that a scenario counts for, each with its codes and details."""
        admin: Any = read_section(self.session, self.case(key), "admin").value
        ids = [UUID(one["id"]) for one in admin["facts"].values() if one["id"]]
        rows = self.session.scalars(select(Fact).where(Fact.id.in_(ids)))
        codes = ("kind", "sex", "age_group", "category_group")
        told = [{name: getattr(row, name) for name in codes} | unpack(row.detail) for row in rows]
        return [one for one in told if kind in ("", one["kind"])]

    def counted(self, key: str) -> dict[str, int]:
        """How many facts of each kind a scenario counts for."""
        return dict(Counter(one["kind"] for one in self.facts(key)))

    def entries(self, key: str, kind: str) -> list[dict[str, Any]]:
        """What was written under a scenario's case, of one kind."""
        found = read_entries(self.session, self.case(key))
        return [entry.value for entry in found if entry.value.get("kind") == kind]

    def consents(self, key: str) -> list[Consent]:
        """Everything that was answered in a scenario."""
        return consents_of(self.session, self.case(key))

    def referrals(self, key: str) -> Counter[str]:
        """How the referrals of a scenario stand."""
        query = select(Referral.state).where(Referral.case_id == ident(key, "case"))
        return Counter(self.session.scalars(query))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Played]:
    """The scenarios played once for all these tests."""
    folder = tmp_path_factory.mktemp("scenarios")
    shutil.copyfile(sqlite_template, folder / "casework.db")
    app = create_app(Settings.for_tests(folder))
    with app.app_context():
        session = db.session()
        demonstration.load(session, lambda _line: None, cases=0, seed=SEED)
        yield Played(session, [keyring_of(session, handle) for handle in COORDINATORS])
        db.session.remove()
        db.engine.dispose()


def keyring_of(session: Session, handle: str) -> Keyring:
    """The keys that the words of an account open."""
    stored = stored_unlock(session, handle)
    assert stored is not None
    user_id, unlock = stored
    seed = open_unlock(user_id, "passphrase", unlock, passphrase(SEED, handle))
    return act_as(session, user_id, UserKeys(seed))[1]


# S1: one girl, one rape cared for in time, four referrals of which three served, no redress yet


def test_s1_counts_one_girl_one_rape_in_time_and_no_redress(played: Played) -> None:
    assert played.counted("S1") == {"registered": 1, "incident": 1, "served": 1, "referral": 4}
    (girl,), (rape,) = played.facts("S1", "registered"), played.facts("S1", "incident")
    assert (girl["sex"], girl["age_group"]) == ("F", "12_17")
    assert (rape["core_type"], rape["elapsed"], rape["care"]) == ("vbg_viol", "d0_3", "in_time")
    assert [one["gbv"] for one in played.facts("S1", "served")] == ["yes"]


def test_s1_three_of_four_referrals_are_served_and_none_is_left_open(played: Played) -> None:
    assert played.referrals("S1") == {"confirme": 3, "sans_suite": 1}
    ends = Counter(one["referral_end"] for one in played.facts("S1", "referral"))
    assert ends == {"confirmed": 3, "no_action": 1}


def test_s1_the_gendarmerie_ends_its_part_once_the_prosecutor_has_the_record(
    played: Played,
) -> None:
    steps = sorted(played.entries("S1", "step"), key=lambda one: str(one["happened_on"]))
    assert [one["code"] for one in steps] == ["plainte", "pv_transmis", "poursuites"]
    moves = played.entries("S1", "move")
    (ended,) = [one for one in moves if one["to"] == "sans_suite"]
    assert (ended["reason"], ended["happened_on"]) == ("deja_suivi", steps[1]["happened_on"])


def test_s1_nothing_went_to_the_gendarmerie_before_she_decided(played: Played) -> None:
    told = [one for one in played.consents("S1") if one.kind == LEGAL]
    assert [one.answer for one in told] == ["not_yet", "yes"]
    sharing = [one for one in played.consents("S1") if one.kind == SHARING]
    later = {one.recipient for one in sharing if one.answer == "not_yet"}
    (gendarmerie,) = later
    agreed = [one for one in sharing if one.recipient == gendarmerie and one.answer == "yes"]
    (sent,) = played.session.scalars(
        select(Referral.sent_at).where(
            Referral.case_id == ident("S1", "case"), Referral.provider_id == gendarmerie
        )
    )
    assert sent is not None
    assert [one.value["given_on"] for one in agreed] == [sent.date().isoformat()]


def test_s1_the_uncles_deal_is_alerted_and_is_no_redress(played: Played) -> None:
    codes = {one["code"] for one in played.entries("S1", "outcome")}
    assert codes == {"arrangement_illicite", "soins"}
    assert played.facts("S1", "redress") == []


def test_s1_the_grandmother_consents_and_the_girl_assents(played: Played) -> None:
    told = played.consents("S1")
    recording, assent = latest(told, RECORDING), latest(told, ASSENT)
    assert recording is not None
    assert recording.value["by"] == "tuteur"
    assert assent is not None
    day = date.fromisoformat(str(assent.value["given_on"]))
    assert consent_rules.child_problems(told, day) == []


# S2: five people, four papers, four children with redress


def test_s2_counts_five_people_four_papers_and_four_children_with_redress(played: Played) -> None:
    assert played.counted("S2") == {
        "registered": 5,
        "incident": 1,
        "served": served_rows(played),
        "referral": 4,
        "document": 4,
        "redress": 4,
        "closed": 1,
    }
    people = Counter((one["age_group"]) for one in played.facts("S2", "registered"))
    assert people == {"18_59": 1, "0_11": 4}
    assert {one["document"] for one in played.facts("S2", "document")} == {"birth"}
    assert {one["age_group"] for one in played.facts("S2", "redress")} == {"0_11"}
    assert played.referrals("S2") == {"confirme": 4}


def served_rows(played: Played) -> int:
    """Five people were served: each once in every quarter in which a service was given."""
    found = Counter(one["age_group"] for one in played.facts("S2", "served"))
    assert found["0_11"] == 4 * found["18_59"]
    return sum(found.values())


# S3: one lodger for a camp of fourteen, four referrals of which one declined, redress once


def test_s3_counts_the_lodger_once_and_redress_at_the_conciliation(played: Played) -> None:
    counted = played.counted("S3")
    assert (counted["registered"], counted["incident"], counted["redress"]) == (1, 1, 1)
    assert [one["outcome"] for one in played.facts("S3", "redress")] == ["agreement"]
    outcomes = {one["code"] for one in played.entries("S3", "outcome")}
    assert outcomes == {"conciliation", "conciliation_homologuee"}


def test_s3_of_four_referrals_one_is_declined(played: Played) -> None:
    assert played.referrals("S3") == {"confirme": 3, "refuse": 1}
    ends = Counter(one["referral_end"] for one in played.facts("S3", "referral"))
    assert ends == {"confirmed": 3, "declined": 1}


def test_s3_fourteen_people_stand_apart_from_the_count(played: Played) -> None:
    identity = read_section(played.session, played.case("S3"), "identity").value
    assert (identity["affected_female"], identity["affected_male"]) == (6, 8)


# S4: one widow, a denial and a matter of inheritance, redress once, by custom first


def test_s4_counts_one_widow_two_matters_and_one_redress_by_custom(played: Played) -> None:
    counted = played.counted("S4")
    assert (counted["registered"], counted["incident"], counted["redress"]) == (1, 2, 1)
    (redress,) = played.facts("S4", "redress")
    assert (redress["way"], redress["age_group"]) == ("customary", "18_59")
    types = Counter(one["core_type"] for one in played.facts("S4", "incident"))
    assert types == {"vbg_deni": 1, "non_vbg": 1}
    ways = {one.get("route") for one in played.entries("S4", "outcome")}
    assert ways == {"coutumiere", "formelle"}


def test_s4_levirate_is_a_harmful_practice(played: Played) -> None:
    file = file_of(played.session, played.case("S4"))
    (denial,) = [one for one in file.grievances if one.get("gbv_acts")]
    age = file.people[0]["age"]
    assert rules.contexts(denial, {}, age, file.registered_on) == ("ctx_ptn",)


# S5: in no figure at all


def test_s5_is_in_no_fact_after_everything_that_happened(played: Played) -> None:
    assert played.facts("S5") == []
    assert read_section(played.session, played.case("S5"), "admin").value["facts"] == {}


def test_s5_the_cousin_gave_the_case_away_and_the_same_case_is_open_again(played: Played) -> None:
    case = played.case("S5")
    fanta = played.session.scalars(select(User.id).where(User.handle == "fanta")).one()
    assert case.row.assigned_to == fanta
    assert any(one.get("in_conflict") for one in played.entries("S5", "journal"))
    assert [one["code"] for one in played.entries("S5", "closure")] == ["demande_victime"]
    assert len(played.entries("S5", "reopening")) == 1
    assert len(file_of(played.session, case).grievances) == 2


# S7: one girl served, redress by a marriage prevented; two workers decided


def test_s7_counts_one_girl_served_and_a_prevented_marriage(played: Played) -> None:
    counted = played.counted("S7")
    assert (counted["registered"], counted["incident"], counted["redress"]) == (1, 1, 1)
    (girl,), (redress,) = played.facts("S7", "registered"), played.facts("S7", "redress")
    assert (girl["sex"], girl["age_group"]) == ("F", "12_17")
    assert redress["outcome"] == "restored"
    assert {one["gbv"] for one in played.facts("S7", "served")} == {"yes"}


def test_s7_the_marriage_is_of_a_child_below_the_legal_age(played: Played) -> None:
    file = file_of(played.session, played.case("S7"))
    age = file.people[0]["age"]
    found = rules.contexts(file.grievances[0], {}, age, file.registered_on)
    assert found == ("ctx_mariage_precoce",)
    flags = rules.marriage_flags("F", age, file.registered_on)
    assert flags == ("child", "below_legal_age")


def test_s7_every_referral_was_served_and_she_was_visited_for_six_months(played: Played) -> None:
    assert set(played.referrals("S7")) == {"confirme"}
    assert sum(played.referrals("S7").values()) == 3
    visits = sorted(str(one["happened_on"]) for one in played.entries("S7", "journal"))
    assert len(visits) == 3


@pytest.mark.parametrize("key", ["S7", "S9"])
def test_two_workers_decided_and_the_girl_was_asked_herself(played: Played, key: str) -> None:
    told = played.consents(key)
    users = {one.id: one.handle for one in played.session.scalars(select(User))}
    by_two = [one.value for one in told if one.value.get("by") == "deux_agents"]
    pairs = {(users[UUID(one["requested_by"])], users[UUID(one["confirmed_by"])]) for one in by_two}
    assert pairs == {("alassane", "oumar")}
    assert {one["kind"] for one in by_two} >= {RECORDING, SHARING}
    assent = latest(told, ASSENT)
    assert assent is not None
    assert (assent.answer, assent.value["by"]) == ("yes", "personne")


# S9: one girl, not two


def test_s9_the_second_report_joins_the_first_file_and_she_counts_once(played: Played) -> None:
    assert played.session.get(Case, ident("S9 again", "case")) is None
    counted = played.counted("S9")
    assert (counted["registered"], counted["incident"], counted["redress"]) == (1, 2, 1)
    (girl,) = played.facts("S9", "registered")
    assert (girl["sex"], girl["age_group"]) == ("F", "12_17")


def test_s9_the_joined_file_knows_the_other_spelling_and_who_brought_it(played: Played) -> None:
    identity: Any = read_section(played.session, played.case("S9"), "identity").value
    assert identity["beneficiaries"][0]["nickname"] == "Fadimata Oualett Al Housseyni"
    users = {one.id: one.handle for one in played.session.scalars(select(User))}
    authors = {users[UUID(one["recorded_by"])] for one in played.entries("S9", "journal")}
    assert authors == {"alassane", "fanta"}


def test_s9_her_worker_searched_before_she_wrote(played: Played) -> None:
    fanta = played.session.scalars(select(User.id).where(User.handle == "fanta")).one()
    case_id = ident("S9", "case")
    acts = [
        entry.action
        for entry in played.session.scalars(
            select(AuditEntry).where(AuditEntry.actor_id == fanta).order_by(AuditEntry.arrival)
        )
        if entry.action == "case.searched" or entry.case_id == case_id
    ]
    assert acts[0] == "case.searched"
    assert "section.written" in acts


# All


def test_every_person_of_the_scenarios_who_agreed_counts_once(played: Played) -> None:
    keys = ("S1", "S2", "S3", "S4", "S7", "S9")
    expected = sum(played.counted(key)["registered"] for key in keys)
    counted = sum(played.session.scalars(select(Fact.weight).where(Fact.kind == "registered")))
    assert (counted, expected) == (10 + len(WAITING), 10)
