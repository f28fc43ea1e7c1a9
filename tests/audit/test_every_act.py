"""One entry an act: every page that shows a record, and every request that changes something."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from casework.audit.models import AuditEntry
from tests.architecture.reach import Name, Program, read
from tests.conftest import new_client
from tests.pages.world import World, make_world
from tests.support.cast import Cast, enter

RECORDS = {"case_id", "referral_id"}
ASKS_ONLY = {
    "case.paper": "asks whether paper is safe; the page to print it leads to is noted",
    "consent.ask": "names providers",
    "consent.danger": "asks what the danger is",
    "consent.endangered": "names providers",
    "consent.judgement": "asks for a reason",
    "consent.question": "says what the person is to be asked about a provider",
    "consent.recipients": "names providers",
    "referrals.message": "an empty form",
    "referrals.step": "an empty form for one move",
}
"""Pages with the address of a record that show nothing of it."""
NO_ENTRY_OF_ITS_OWN = {
    "admin.compare": "a checkpoint is compared",
    "admin.search_audit": "leads to the page that shows what was found, which is noted",
    "alarm.practise": "an exercise",
    "case.print_paper": "leads to the page to print, which is noted",
    "cases.find": "leads to the page that shows what was found, which is noted",
    "cases.look_for": "leads to the page that shows what was found, which is noted",
    "consent.ask": "leads to the next question",
    "lock.keep_form": "the form is kept as after an expiry, which is noted as a draft received",
    "referrals.find_by_letter": "leads to the page of the referral, which is noted",
    "supervision.draw": "leads to the page of the case, which is noted",
    "web.language": "the language of a browser",
}
"""What is posted and changes nothing itself, or is noted by the act that it leads to."""
WRITES = frozenset({("casework.audit.log", "record"), ("casework.audit.log", "record_view")})
PLANTED = """
from casework.audit import log
from casework.db import db

def careful():
    for act in ACTS:
        act()

def forgetful():
    db.session.commit()

def note():
    log.record(db.session, "case.erased", None)

ACTS = (note,)
"""
WHO = ("zeinab", "aminata", "mariam", "manager", "auditor", "admin")
LISTS = ("cases.listing", "desk.desk", "referrals.listing", "admin.audit_log")


def named(view: Callable[..., Any]) -> Name:
    """Where a view is written."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view.__module__, view.__name__


def silent(app: Flask, program: Program) -> set[str]:
    """The endpoints that take a form and can never come to an entry."""
    posting = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return {
        rule.endpoint
        for rule in posting
        if not program.reaches(named(app.view_functions[rule.endpoint]), WRITES)
    }


def test_every_form_comes_to_an_entry(app: Flask) -> None:
    """A form that changes something must write its act; any other is named above, with why."""
    assert silent(app, read()) - NO_ENTRY_OF_ITS_OWN.keys() == set()


def test_a_view_that_forgets_the_log_is_found(tmp_path: Path) -> None:
    views = tmp_path / "casework" / "views.py"
    views.parent.mkdir()
    views.write_text(PLANTED)
    program = read(tmp_path)
    assert program.reaches(("casework.views", "careful"), WRITES)
    assert not program.reaches(("casework.views", "forgetful"), WRITES)


def about_records(app: Flask) -> list[Rule]:
    """The pages whose address names a case or a referral, and the lists of them."""
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
        if "GET" in (rule.methods or ())
        and (RECORDS & rule.arguments or rule.endpoint in LISTS)
        and rule.endpoint not in ASKS_ONLY
    ]


@pytest.fixture
def world(app: Flask, session: Session, cast: Cast) -> World:
    """One case with everything that has an address."""
    return make_world(app, session, cast)


def test_every_page_of_a_record_leaves_an_entry_that_names_it(
    app: Flask, session: Session, cast: Cast, world: World
) -> None:
    seen = set()
    for handle in WHO:
        client = new_client(app, session)
        enter(client, cast.person(handle))
        for rule in about_records(app):
            with app.test_request_context("/"):
                values = {name: world.value(rule.endpoint, name) for name in rule.arguments}
                address = app.url_for(rule.endpoint, **values)
            known = set(session.scalars(select(AuditEntry.id)))
            session.rollback()
            if client.get(address).status_code == 200:
                new = session.scalars(select(AuditEntry).where(AuditEntry.id.not_in(known)))
                told = [json.loads(entry.body or b"") for entry in new]
                assert told, f"{rule.endpoint}: nothing is noted; or name it in ASKS_ONLY"
                assert names_it(told, rule, world), rule.endpoint
                seen.add(rule.endpoint)
    assert len(seen) > 20


def names_it(told: list[dict[str, Any]], rule: Rule, world: World) -> bool:
    """True where an entry names the record of the address."""
    wanted = {str(world.ids[name]) for name in RECORDS & rule.arguments}
    return all(any(each in json.dumps(one) for one in told) for each in wanted)
