"""Whatever is done in whatever order: who can open what follows from ten lines.

A machine opens cases, records consents, refers, answers, takes back, closes and erases, gives teams
new keys, suspends, lifts and removes a colleague and lets a partner begin anew, by the real acts,
and after each of them opens everything as everybody: what decrypts must be exactly what the model
allows. Keys that a partner was ever given, and those a team has left, are kept, and tried again on
everything that they may no longer open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from casework import clock
from casework.admin.restarting import begin_team_anew
from casework.cases.access import access_case
from casework.cases.case_file import file_of
from casework.cases.closure import close_case, erase_case
from casework.cases.counting import wanted_facts
from casework.cases.models import CaseAccess, CaseSection
from casework.cases.sections import read_sections
from casework.consent.records import SHARING
from casework.db import Base, guard_sqlite
from casework.errors import InvalidTransition, NotVisible, RuleBroken
from casework.facts.kinds import FactKind
from casework.facts.models import Fact
from casework.people.accounts import take_up
from casework.people.forgotten import forget_words
from casework.people.members import confirm_member, remove_member, suspend_member
from casework.people.models import User, UserState
from casework.people.team_keys import compare_partner
from casework.policy import Permission
from casework.referrals.access import OpenReferral, access_referral, shared_sections
from casework.referrals.actions import Act, move
from casework.referrals.agreement import record_answer
from casework.referrals.chores import run_chores
from casework.referrals.models import Referral
from casework.referrals.rotation import rotate_due_teams, rotate_team
from casework.referrals.withdrawal import open_referrals, withdraw
from casework.referrals.workflow import DISCLOSING, OPEN, TABLE, By, Move, State
from casework.vault.case_keys import open_owner_access, open_section
from casework.vault.errors import VaultError
from casework.vault.grants import Grant, open_grant_key
from casework.vault.keys import Keyring, TeamKeys
from casework.vault.passphrases import generate_passphrase
from tests.support.cast import (
    GOUNDAM,
    HEALTH,
    LEGAL_AID,
    TOMBOUCTOU,
    Cast,
    Person,
    Snapshot,
    refreshed,
)
from tests.support.files import answer, opened, referred

BEGUN = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
OWNERS, COLLEAGUE, OTHER_OWNER = ("zeinab", "aminata"), "ibrahim", "fanta"
COORDINATORS = ("aminata", "mariam", "maitre_cisse")
SERVER, WEEK = bytes(range(32)), timedelta(days=7)
HOMES = {"mariam": HEALTH, "maitre_cisse": LEGAL_AID}
AT = {HEALTH: "mariam", LEGAL_AID: "maitre_cisse"}
SERVICES = {HEALTH: "sante", LEGAL_AID: "info_juridique"}
WRITTEN = frozenset({"identity", "facts", "contact", "health"})
BY_PARTNER = (Move.ACCEPT, Move.DECLINE, Move.START, Move.SERVE, Move.REQUEST_INFO)
BY_OWNER = (
    Move.CANCEL,
    Move.CONFIRM,
    Move.CONTRADICT,
    Move.NO_ACTION,
    Move.GIVE_INFO,
    Move.CORRECT,
)
Sections = frozenset[str]
THEN = ((Move.ACCEPT,), (Move.ACCEPT, Move.SERVE), (Move.REQUEST_INFO,), ())
Draw = Callable[..., Any]
workers, places = st.sampled_from(OWNERS), st.sampled_from(sorted(AT))
some_sections = st.sets(st.sampled_from(sorted(WRITTEN)), min_size=1).map(frozenset)


# The model


@dataclass(slots=True)
class Told:
    """What a person said about sharing with one provider; no sections are all of them."""

    case: UUID
    provider: str
    sections: Sections
    yes: bool
    holds: bool = True


@dataclass(slots=True)
class Sent:
    """A referral that left the case."""

    case: UUID
    provider: str
    sections: Sections
    state: State = State.SENT


@dataclass(slots=True)
class Model:
    """Everything that decides who can open what."""

    alive: set[UUID] = field(default_factory=set)
    closed: set[UUID] = field(default_factory=set)
    told: dict[UUID, Told] = field(default_factory=dict)
    sent: dict[UUID, Sent] = field(default_factory=dict)
    shut_out: set[str] = field(default_factory=set)

    def may_open(self, who: str, case: UUID) -> Sections:
        """The whole rule."""
        if case not in self.alive or who in {OTHER_OWNER, *self.shut_out}:
            return frozenset()
        if who in (*OWNERS, COLLEAGUE):
            return WRITTEN
        mine = [one for one in self.sent.values() if (one.case, AT[one.provider]) == (case, who)]
        return frozenset().union(*(one.sections for one in mine if one.state in DISCLOSING))

    def agreed(self, case: UUID, provider: str) -> Sections:
        """The sections about which the last word is a yes that holds."""
        last: dict[str, Told] = {}
        for one in self.told.values():
            if (one.case, one.provider) == (case, provider):
                last |= dict.fromkeys(one.sections or WRITTEN, one)
        return frozenset(name for name, one in last.items() if one.yes and one.holds)

    def obey(self, case: UUID, provider: str, everything: bool = False) -> None:
        """What is no longer agreed to ends."""
        for one in self.sent.values():
            there = (one.case, one.provider) == (case, provider) and one.state in OPEN
            if there and (everything or not one.sections <= self.agreed(case, provider)):
                one.state = State.WITHDRAWN


# The ground: the cast in memory, left as it was after each run


@pytest.fixture(scope="module")
def ground(cast_snapshot: Snapshot) -> Iterator[tuple[Engine, Cast]]:
    """A database in memory that holds the cast."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    guard_sqlite(engine)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        cast_snapshot.restore(connection, SERVER)
    yield engine, cast_snapshot.cast
    engine.dispose()


class Everybody(RuleBasedStateMachine):
    """What everybody does, one after another."""

    ground: tuple[Engine, Cast]

    def __init__(self) -> None:
        super().__init__()
        engine, self.cast = self.ground
        self.session = Session(engine)
        self.model, self.steps = Model(), 0
        self.cases: list[UUID] = []
        self.known_keys: set[tuple[str, UUID, str, bytes]] = set()
        self.left_keys: list[TeamKeys] = []
        self.people = dict(self.cast.people)
        self.present: dict[str, Person] = {}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Each act happens a minute after the one before, whole or not at all."""
        self.steps += 1
        with self.now(), self.session.begin_nested():
            yield

    def now(self) -> AbstractContextManager[None]:
        """The moment of the last act."""
        return clock.at(BEGUN + timedelta(minutes=self.steps))

    def refused(self, kind: type[Exception], act: Callable[[], Any]) -> None:
        """The act is refused with this error, and leaves nothing."""
        with pytest.raises(kind), self.moment():
            act()

    def person(self, handle: str) -> Person:
        """One of the cast, with the keys she holds now."""
        if handle not in self.present:
            self.present[handle] = refreshed(self.session, self.people[handle])
        return self.present[handle]

    # What is done

    @initialize(sections=some_sections)
    def first_case(self, sections: Sections) -> None:
        self.begins("zeinab")
        for provider in sorted(AT):
            self.answered("zeinab", Told(self.cases[0], provider, sections | {"identity"}, True))

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(self.possible()), "what happens")
        getattr(self, kind)(data.draw)

    def possible(self) -> list[str]:
        """What can happen now; what leads further is named several times."""
        found = ["says", "refers", "refers", "closes"]
        found += ["another_case"] if len(self.model.alive) < 2 else []
        found += ["erases"] if self.steps % 5 == 0 else []
        found += ["changes_keys"] if self.steps % 3 == 0 else []
        found += ["begins_anew"] if self.steps % 7 == 0 else []
        found += ["shuts_out_or_lets_in"] if COLLEAGUE in self.people else []
        return found + (["moves", "moves", "moves", "takes_back"] if self.model.sent else [])

    def another_case(self, draw: Draw) -> None:
        """Somebody opens another case."""
        self.begins(draw(workers))

    def begins(self, worker: str) -> None:
        """A case is open in which every section of the model is written."""
        with self.moment():
            contact, health = {"phone": "76 00 00 00"}, {"care": "vue"}
            case = opened(self.session, self.person(worker), contact=contact, health=health)
        self.cases.append(case.id)
        self.model.alive.add(case.id)

    def a_case(self, draw: Draw) -> UUID:
        """Any case, most often one that is still there; in the order in which they were opened."""
        present = [case for case in self.cases if case in self.model.alive]
        found: UUID = draw(st.sampled_from(present * 8 + self.cases))
        return found

    def says(self, draw: Draw) -> None:
        """A person agrees, refuses, or refuses everything, for one provider."""
        said = draw(st.sampled_from(("yes", "yes", "no", "no to all")))
        named = frozenset() if said == "no to all" else draw(some_sections)
        told = Told(self.a_case(draw), draw(places), named, said == "yes")
        self.answered(draw(workers), told)

    def answered(self, worker: str, told: Told) -> None:
        """What the person said stands in the case, and is obeyed."""
        who, ends = self.person(worker), (BEGUN + timedelta(days=90)).date().isoformat()
        more: dict[str, Any] = {"recipient": str(self.cast.provider(told.provider))}
        more |= {"sections": sorted(told.sections), "expires_on": ends}

        def act() -> UUID:
            value = answer(SHARING, "yes" if told.yes else "no", **more)
            by = (self.session, who.actor, who.keyring)
            return record_answer(*by, told.case, value).id

        consent = self.done(told.case, act)
        if consent is not None:
            self.model.told[consent] = told
            if not told.yes:
                self.model.obey(told.case, told.provider, everything=not told.sections)

    def done(self, case: UUID, act: Callable[[], Any]) -> Any:
        """What the act gives; of an erased case it is refused, and gives nothing."""
        if case in self.model.alive:
            with self.moment():
                return act()
        self.refused(NotVisible, act)
        return None

    def refers(self, draw: Draw) -> None:
        """Somebody refers, with what was agreed or with anything; often it is accepted at once."""
        case, provider = self.a_case(draw), draw(places)
        agreed = self.model.agreed(case, provider)
        wanted = draw(some_sections)
        if agreed and draw(st.sampled_from((True, True, False))):
            wanted = agreed & wanted or agreed
        why = RuleBroken if case in self.model.alive else NotVisible
        if why is NotVisible or case in self.model.closed or not wanted <= agreed:
            self.refused(why, lambda: self.referral(case, provider, wanted))
            return
        with self.moment():
            found = self.referral(case, provider, wanted).id
        self.model.sent[found] = Sent(case, provider, wanted)
        for step in draw(st.sampled_from(THEN)):
            self.moved(AT[provider], found, step)

    def referral(self, case: UUID, provider: str, sections: Sections) -> Referral:
        """A referral of exactly these sections, sent."""
        who = self.person("zeinab")
        by = (self.session, who.actor, who.keyring)
        file = access_case(*by, case, Permission.CASE_VIEW)
        to, service = self.cast.provider(provider), SERVICES[provider]
        return referred(self.session, who, file, to, *sorted(sections), service=service)

    def moves(self, draw: Draw) -> None:
        """Either side moves a referral, most often as the table allows."""
        referral = draw(st.sampled_from(list(self.model.sent)))
        known = self.model.sent[referral]
        handle = draw(st.sampled_from((AT[known.provider], *OWNERS)))
        mine = BY_PARTNER if handle in HOMES else BY_OWNER
        fitting = [one for one in mine if (known.state, one) in TABLE]
        self.moved(handle, referral, draw(st.sampled_from(fitting * 4 + list(mine))))

    def moved(self, handle: str, referral: UUID, wanted: Move) -> None:
        """The referral has made the move, where table, consent and case allow it."""
        who, known = self.person(handle), self.model.sent[referral]

        def act() -> None:
            done = Act(clock.today(), reason="autre")
            move(self.session, who.actor, who.keyring, referral, wanted, done)

        why = self.refusal(handle, known, wanted)
        if why is not None:
            self.refused(why, act)
            return
        with self.moment():
            act()
        known.state = TABLE[known.state, wanted].to

    def refusal(self, handle: str, known: Sent, wanted: Move) -> type[Exception] | None:
        """The error with which a move must be refused, None where it must be made."""
        quality = By.RECEIVER if handle in HOMES else By.SENDER
        found = TABLE.get((known.state, wanted))
        if known.case not in self.model.alive:
            return NotVisible
        if found is None or quality not in found.by:
            return InvalidTransition
        sends_again = known.state not in OPEN
        agreed = known.sections <= self.model.agreed(known.case, known.provider)
        if sends_again and (not agreed or known.case in self.model.closed):
            return RuleBroken
        return None

    def takes_back(self, draw: Draw) -> None:
        """A person withdraws one of her answers."""
        consent = draw(st.sampled_from(list(self.model.told)))
        told, who = self.model.told[consent], self.person(draw(workers))
        by = (self.session, who.actor, who.keyring)
        self.done(told.case, lambda: withdraw(*by, told.case, consent, clock.today()))
        if told.case in self.model.alive:
            told.holds = False
            self.model.obey(told.case, told.provider)

    def closes(self, draw: Draw) -> None:
        """Somebody closes a case; with referrals under way it stays open."""
        case, who = self.a_case(draw), self.person(draw(workers))
        by = (self.session, who.actor, who.keyring, case)
        under_way = len(open_referrals(self.session, case))

        def act() -> None:
            day = clock.today().isoformat()
            value: dict[str, object] = {"code": "besoins_satisfaits", "happened_on": day}
            close_case(*by, value, under_way)

        if case in self.model.alive and (under_way or case in self.model.closed):
            self.refused(RuleBroken, act)
            return
        self.done(case, act)
        self.model.closed |= {case} & self.model.alive

    def erases(self, draw: Draw) -> None:
        """The coordinator erases a case."""
        case, aminata = self.a_case(draw), self.person("aminata")
        by = (self.session, aminata.actor, aminata.keyring, case)
        self.done(case, lambda: erase_case(*by))
        self.model.alive.discard(case)

    # Keys

    def keeping(self, handle: str) -> TeamKeys:
        """The present keys of somebody's team, kept by a thief for good."""
        person = self.person(handle)
        assert person.team_id is not None
        team = person.keyring.team(person.team_id)
        self.left_keys.append(team)
        return team

    def changes_keys(self, draw: Draw) -> None:
        """A team has new keys."""
        who = self.person(draw(st.sampled_from(COORDINATORS)))
        assert who.team_id is not None
        self.keeping(who.handle)
        with self.moment():
            rotate_team(self.session, who.actor, who.keyring, who.team_id, SERVER, None)
        self.present.clear()

    def shuts_out_or_lets_in(self, draw: Draw) -> None:
        """A colleague is suspended, let in again by voice, or removed: then the keys change."""
        kinds = ("lift", "remove") if COLLEAGUE in self.model.shut_out else ("suspend", "remove")
        getattr(self, draw(st.sampled_from(kinds[:1] * 4 + kinds)))()
        self.present.clear()

    def suspend(self) -> None:
        """The colleague opens nothing any more."""
        aminata, ibrahim = self.person("aminata"), self.people[COLLEAGUE]
        assert aminata.team_id is not None
        with self.moment():
            suspend_member(self.session, aminata.actor, aminata.team_id, ibrahim.id)
        self.model.shut_out.add(COLLEAGUE)

    def lift(self) -> None:
        """The colleague was heard and works again."""
        aminata, ibrahim = self.person("aminata"), self.people[COLLEAGUE]
        assert aminata.team_id is not None
        with self.moment():
            by = (self.session, aminata.actor, aminata.keyring)
            confirm_member(*by, aminata.team_id, ibrahim.id)
        self.model.shut_out.discard(COLLEAGUE)

    def remove(self) -> None:
        """The colleague is gone for good, with a copy of the keys."""
        aminata, ibrahim = self.person("aminata"), self.people.pop(COLLEAGUE)
        assert aminata.team_id is not None
        self.keeping("aminata")
        with self.moment():
            by = (self.session, aminata.actor, aminata.keyring)
            remove_member(*by, aminata.team_id, ibrahim.id)
            self.session.flush()
            assert rotate_due_teams(*by, SERVER, None) == 1
        self.model.shut_out.add(COLLEAGUE)

    def begins_anew(self, draw: Draw) -> None:
        """Everybody at the health centre lost her words; it begins anew, and is compared again."""
        admin, health, mariam = (
            self.person("admin"),
            self.cast.team(HEALTH).id,
            self.people["mariam"],
        )
        self.keeping("mariam")
        with self.moment():
            for handle in ("mariam", "adama"):
                if self.session.get_one(User, self.people[handle].id).state == UserState.ACTIVE:
                    forget_words(self.session, admin.actor, self.people[handle].id, WEEK)
            given = (self.session, admin.actor, health, mariam.id, WEEK)
            keys = take_up(self.session, begin_team_anew(*given)[1], generate_passphrase())[1]
            self.session.flush()
            self.people["mariam"] = replace(mariam, keyring=Keyring(mariam.id, keys, {}))
            self.present.clear()
            self.nothing_is_shared_before_the_words_are_compared()
            self.compare(health)
        self.present.clear()

    def nothing_is_shared_before_the_words_are_compared(self) -> None:
        """What the team held is shut, and stays so whatever its senders do meanwhile."""
        zeinab = self.person("zeinab")
        run_chores(self.session, zeinab.actor, zeinab.keyring)
        for case in self.model.alive:
            assert self.received("mariam", case) == frozenset()

    def compare(self, health: UUID) -> None:
        """Six words were read aloud between the health centre and both teams of the programme."""
        for owner in (GOUNDAM, TOMBOUCTOU):
            team, handle = self.cast.team(owner).id, "aminata" if owner == GOUNDAM else "oumar"
            for who, own, other in ((handle, team, health), ("mariam", health, team)):
                by = self.person(who)
                compare_partner(self.session, by.actor, by.keyring, own, other)
                self.session.flush()

    @invariant()
    def keys_that_were_left_open_no_case(self) -> None:
        for row in self.session.scalars(select(CaseAccess)):
            for team in self.left_keys:
                assert not unseals(team, row)

    # What must be true after each act

    @invariant()
    def everybody_opens_what_the_model_allows(self) -> None:
        with self.now():
            self.chores()
            self.open_everything()

    def open_everything(self) -> None:
        """Everybody tries every case, also those that are gone."""
        for case in {one.case for one in self.model.sent.values()} | self.model.alive:
            for handle in (*OWNERS, *self.people.keys() & {COLLEAGUE}, OTHER_OWNER):
                assert self.read(handle, case) == self.model.may_open(handle, case), handle
            for handle in HOMES:
                assert self.received(handle, case) == self.model.may_open(handle, case), handle
                assert self.read(handle, case) == frozenset(), handle

    @invariant()
    def a_key_once_given_opens_nothing_that_was_taken_back(self) -> None:
        with self.now():
            self.chores()
        for row in self.session.scalars(select(CaseSection)):
            for handle, case, section, key in self.known_keys:
                if (case, section) == (row.case_id, row.section) and opens(key, row):
                    assert section in self.model.may_open(handle, case), (handle, section)

    @invariant()
    def every_open_referral_has_an_owner_and_a_day(self) -> None:
        for row in self.session.scalars(select(Referral)):
            assert row.state == self.model.sent[row.id].state
            named = (row.actor_id is not None, row.due_at is not None)
            assert named == ((row.state in OPEN),) * 2

    @invariant()
    def the_facts_are_those_of_the_files(self) -> None:
        with self.now():
            self.chores()
            self.count()

    def count(self) -> None:
        """The facts are those that the files give, and those that the model counts."""
        zeinab = self.person("zeinab")
        by = (self.session, zeinab.actor, zeinab.keyring)
        files = [access_case(*by, case, Permission.CASE_VIEW) for case in self.model.alive]
        wanted = sum(len(wanted_facts(file_of(self.session, file))) for file in files)
        assert (self.session.scalar(select(func.sum(Fact.weight))) or 0) == wanted
        assert self.counted(FactKind.REGISTERED) == len(self.model.alive)
        assert self.counted(FactKind.CLOSED) == len(self.model.closed & self.model.alive)
        assert self.counted(FactKind.REFERRAL) == sum(
            one.case in self.model.alive and (one.state not in OPEN or one.state is State.SERVED)
            for one in self.model.sent.values()
        )

    def counted(self, kind: FactKind) -> int:
        """How many facts of a kind there are."""
        query = select(func.sum(Fact.weight)).where(Fact.kind == str(kind))
        return self.session.scalar(query) or 0

    def chores(self) -> None:
        """What waits for the owner's keys is done, as on her next writing request."""
        zeinab = self.person("zeinab")
        run_chores(self.session, zeinab.actor, zeinab.keyring)

    # Opening as somebody

    def read(self, handle: str, case: UUID) -> Sections:
        """The sections of a case that somebody opens as its owner."""
        who = self.person(handle)
        try:
            by = (self.session, who.actor, who.keyring)
            file = access_case(*by, case, Permission.CASE_VIEW)
        except NotVisible:
            return frozenset()
        found = read_sections(self.session, file)
        return frozenset(name for name, one in found.items() if one.value) & WRITTEN

    def received(self, handle: str, case: UUID) -> Sections:
        """The sections of a case that somebody opens through its referrals to her team."""
        found: set[str] = set()
        for referral_id, one in self.model.sent.items():
            if (one.case, AT[one.provider]) == (case, handle):
                found |= self.through(handle, referral_id)
        return frozenset(found)

    def through(self, handle: str, referral_id: UUID) -> set[str]:
        """The sections one referral opens; its keys are kept, as a dishonest receiver would."""
        who = self.person(handle)
        try:
            by = (self.session, who.actor, who.keyring, referral_id)
            referral = access_referral(*by, Permission.REFERRAL_VIEW)
        except NotVisible:
            return set()
        if referral.grant is not None and referral.state in DISCLOSING:
            self.keep(handle, referral, referral.grant)
        return {name for name, one in shared_sections(self.session, referral).items() if one.value}

    def keep(self, handle: str, referral: OpenReferral, grant: Grant) -> None:
        """The keys of a grant, kept for good."""
        case = referral.row.case_id
        for section, (_, key) in grant.sections.items():
            self.known_keys.add((handle, case, section, key))


def unseals(team: TeamKeys, row: CaseAccess) -> bool:
    """True where a team's keys open an access box, as owner or as receiver."""
    try:
        if row.kind == "owner":
            open_owner_access(team, row.case_id, row.revision, row.box)
        else:
            open_grant_key(team, row.case_id, row.referral_id, row.revision, row.box)
    except VaultError:
        return False
    return True


def opens(key: bytes, row: CaseSection) -> bool:
    """True where the key opens what stands in the section now."""
    try:
        open_section(key, row.case_id, row.section, row.version, row.revision, row.box)
    except VaultError:
        return False
    return True


def test_who_can_open_what_follows_from_the_model(ground: tuple[Engine, Cast]) -> None:
    machine = type("Machine", (Everybody,), {"ground": ground})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, phases=[Phase.generate]
        ),
    )
