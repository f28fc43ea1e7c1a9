"""Who opened a case, and what is told to the person about her file: aloud, and on paper only where
paper is safe."""

from __future__ import annotations

import gzip
import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit.log import record
from casework.audit.models import AuditEntry
from casework.audit.redaction import redact
from casework.audit.sequencer import sequence_all
from casework.cases.access import OpenCase
from casework.people import members
from casework.referrals.workflow import Move
from tests.referrals.screens import Enter
from tests.support.cast import HEALTH, Cast
from tests.support.databases import on_both_databases
from tests.support.files import CANARY, agree, moved, opened, referred
from tests.support.html_rules import text_of
from tests.support.strict_client import StrictClient

SAFE = {"wanted": "yes", "safe": "yes"}


@pytest.fixture
def case(session: Session, cast: Cast) -> OpenCase:
    """A case of zeinab's, referred to the health centre, accepted and looked at there."""
    zeinab, mariam = cast.person("zeinab"), cast.person("mariam")
    made = opened(session, zeinab)
    agree(session, zeinab, made, cast.provider(HEALTH), "identity")
    row = referred(session, zeinab, made, cast.provider(HEALTH), "identity")
    moved(session, mariam, row, Move.ACCEPT)
    looked(session, cast, "zeinab", made.id, times=2)
    looked(session, cast, "ibrahim", made.id)
    seen = {"case": made.id, "referral": row.id, "sections": ["identity"]}
    record(session, "referral.viewed", actor=mariam.id, **seen)
    return made


def looked(session: Session, cast: Cast, handle: str, case: UUID, times: int = 1) -> None:
    """Somebody of the team opened the case."""
    for _ in range(times):
        seen = {"case": case, "sections": ["identity"], "grounds": ["team"]}
        record(session, "case.viewed", actor=cast.person(handle).id, **seen)


def acts(session: Session, action: str) -> list[UUID | None]:
    """The cases of which the log tells this act."""
    return list(session.scalars(select(AuditEntry.case_id).where(AuditEntry.action == action)))


@on_both_databases
def test_the_coordinator_reads_who_opened_the_case_by_function(
    browser_of: Enter, case: OpenCase, session: Session
) -> None:
    aminata = browser_of("aminata")
    page = aminata.page(aminata.page(f"/cases/{case.id}").links["Qui a ouvert ce dossier"])
    lines = [text_of(row) for row in page.document.all("tr")]
    assert any(line.startswith("Parajuriste, Goundam (2 personnes) 3 fois") for line in lines)
    assert any(line.startswith("Point focal, CSRéf Goundam une fois") for line in lines)
    assert any(line.startswith("Superviseur, Goundam une fois") for line in lines), "herself"
    assert acts(session, "readers.viewed") == [case.id]


def test_it_names_nobody(browser_of: Enter, case: OpenCase) -> None:
    text = browser_of("aminata").page(f"/cases/{case.id}/readers").document.source.lower()
    assert not [handle for handle in ("zeinab", "ibrahim", "mariam") if handle in text]


def test_lists_count_for_nobody_and_a_file_nobody_opened_says_so(
    browser_of: Enter, session: Session, cast: Cast
) -> None:
    case = opened(session, cast.person("zeinab"))
    record(session, "case.listed", actor=cast.person("ibrahim").id, ids=[case.id])
    assert (
        "Personne ne l’a encore ouvert"
        in browser_of("aminata").page(f"/cases/{case.id}/readers").text
    )


@pytest.mark.parametrize(
    ("handle", "readers", "told"),
    [
        ("aminata", 200, 200),
        ("zeinab", 404, 200),
        ("oumar", 404, 404),
        ("mariam", 404, 404),
        ("moussa", 404, 404),
        ("auditor", 404, 404),
        ("admin", 404, 404),
    ],
)
def test_only_the_owner_team_reads_them(
    browser_of: Enter, case: OpenCase, handle: str, readers: int, told: int
) -> None:
    browser = browser_of(handle)
    assert browser.get(f"/cases/{case.id}/readers").status_code == readers
    for noun in ("record", "record/paper"):
        assert browser.get(f"/cases/{case.id}/{noun}").status_code == told


def test_a_colleague_who_left_is_somebody_who_works_here_no_more(
    browser_of: Enter, case: OpenCase, cast: Cast, session: Session
) -> None:
    aminata = cast.person("aminata")
    team = cast.team("Goundam").id
    members.remove_member(session, aminata.actor, aminata.keyring, team, cast.person("ibrahim").id)
    assert (
        "Quelqu’un qui ne travaille plus ici une fois"
        in browser_of("aminata").page(f"/cases/{case.id}/readers").text
    )


# To the person


def read_to_her(browser: StrictClient, case: OpenCase) -> str:
    """What is read aloud."""
    page = browser.page(browser.page(f"/cases/{case.id}").links["Ce qui a été fait : lisez-le-lui"])
    (section,) = (
        one for one in page.document.all("section") if "aloud" in (one.get("class") or "")
    )
    return text_of(section)


@on_both_databases
def test_it_is_told_in_sentences_what_was_done_and_who_looked(
    browser_of: Enter, case: OpenCase, session: Session
) -> None:
    text = read_to_her(browser_of("zeinab"), case)
    of_goundam = "Quelqu’un (parajuriste, Goundam)"
    assert f"{of_goundam} a ouvert votre dossier, " in text
    assert "a permis à CSRéf Goundam de lire une partie de votre dossier" in text
    assert "Quelqu’un (point focal, CSRéf Goundam) a suivi une demande d’aide." in text
    assert "2 personnes (parajuriste, Goundam) ont regardé votre dossier, 4 fois" in text
    assert "(point focal, CSRéf Goundam) a regardé votre dossier une fois." in text
    assert acts(session, "record.read") == [case.id]


def test_it_says_no_name_and_nothing_out_of_the_file(browser_of: Enter, case: OpenCase) -> None:
    browser = browser_of("zeinab")
    text = browser.page(f"/cases/{case.id}/record").document.source
    assert CANARY not in text
    assert "ec_naissance" not in text
    assert case.row.code[:4] in text


def test_acts_that_sound_alike_are_told_once_a_day(browser_of: Enter, case: OpenCase) -> None:
    text = read_to_her(browser_of("zeinab"), case)
    assert text.count("a écrit dans votre dossier") == 1


def test_content_removed_at_retention_leaves_a_page(
    browser_of: Enter, case: OpenCase, session: Session
) -> None:
    size = sequence_all(session)
    redact(session, [(0, size - 1)], "old")
    text = read_to_her(browser_of("zeinab"), case)
    assert "Votre dossier a le code" in text
    assert "a permis à" not in text


def test_an_unknown_case_is_not_there(browser_of: Enter, cast: Cast) -> None:
    for noun in ("readers", "record", "record/paper"):
        assert browser_of("aminata").get(f"/cases/{uuid4()}/{noun}").status_code == 404


# On paper


def test_nothing_is_printed_before_the_question(
    browser_of: Enter, case: OpenCase, session: Session
) -> None:
    page = browser_of("zeinab").page(f"/cases/{case.id}/record/paper")
    assert "Est-ce sûr pour elle d’avoir ce papier ?" in page.text
    assert "Ce que nous avons fait" not in page.text
    assert acts(session, "record.printed") == []


@pytest.mark.parametrize("answers", [("no", "yes"), ("yes", "no"), ("no", "no")])
def test_a_no_prints_nothing_and_says_what_to_tell_her(
    browser_of: Enter, case: OpenCase, session: Session, answers: tuple[str, str]
) -> None:
    browser = browser_of("zeinab")
    page = browser.page(f"/cases/{case.id}/record/paper")
    said = dict(zip(("wanted", "safe"), answers, strict=True))
    page = browser.submit(page, "/record/paper", **said)
    assert "Alors rien n’est imprimé" in page.text
    assert "Ce que nous avons fait" not in page.text
    assert acts(session, "record.printed") == []


def test_an_answer_left_out_is_asked_for(browser_of: Enter, case: OpenCase) -> None:
    browser = browser_of("zeinab")
    page = browser.submit(browser.page(f"/cases/{case.id}/record/paper"), "/paper", wanted="yes")
    assert "Choisissez une réponse" in page.text


def test_two_yes_print_and_the_log_says_so(
    browser_of: Enter, case: OpenCase, session: Session
) -> None:
    browser = browser_of("zeinab")
    page = browser.page(f"/cases/{case.id}/record/paper")
    page = browser.submit(page, "/record/paper", **SAFE)
    assert "Ce que nous avons fait" in page.text
    assert CANARY not in page.document.source
    assert acts(session, "record.printed") == [case.id]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.printed")).one()
    assert json.loads(entry.body or b"").keys() == {"action", "actor", "at", "salt", "case"}


def test_a_yes_for_one_case_prints_no_other(
    browser_of: Enter, case: OpenCase, session: Session, cast: Cast
) -> None:
    browser = browser_of("zeinab")
    other = opened(session, cast.person("zeinab"))
    page = browser.submit(browser.page(f"/cases/{case.id}/record/paper"), "/record/paper", **SAFE)
    held = page.address.partition("?")[2]
    assert (
        "Ce que nous avons fait" not in browser.page(f"/cases/{other.id}/record/paper?{held}").text
    )
    ibrahim = browser_of("ibrahim")
    assert "Ce que nous avons fait" not in ibrahim.page(page.address).text, "nor a colleague’s"


def test_every_page_is_small(browser_of: Enter, case: OpenCase) -> None:
    browser = browser_of("aminata")
    for noun in ("readers", "record", "record/paper"):
        answer = browser.get(f"/cases/{case.id}/{noun}")
        assert len(gzip.compress(answer.get_data())) <= 5_000, noun
