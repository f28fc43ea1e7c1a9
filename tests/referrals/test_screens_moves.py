"""Every move on its own page, from both sides: asked for what it needs, refused when it is not
one's own, and never done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import clock
from casework.audit.models import AuditEntry
from casework.referrals.letters import letter_code
from casework.referrals.models import Referral, ReferralMove
from casework.referrals.words import ADDRESSES
from casework.referrals.workflow import OPEN, By, Move, State, moves, rule
from tests.referrals.screens import Enter, case_of, link, page_of, sent_to_health
from tests.support.cast import COURT, HEALTH, Cast
from tests.support.files import CANARY, agree, moved, referred
from tests.support.html_rules import text_of
from tests.support.pages import Page

TOO_LATE = "Ce n’est plus possible"
DONE = "C’est noté. Vous voyez ci-dessous qui doit agir maintenant, et avant quand."
STATES = sorted(OPEN - {State.DRAFT})
WAY: dict[State, tuple[Move, ...]] = {
    State.SENT: (),
    State.RECEIVED: (Move.RECEIVE,),
    State.INFO_REQUESTED: (Move.REQUEST_INFO,),
    State.ACCEPTED: (Move.ACCEPT,),
    State.IN_PROGRESS: (Move.ACCEPT, Move.START),
    State.SERVED: (Move.ACCEPT, Move.SERVE),
    State.DECLINED: (Move.DECLINE,),
}
"""How the partner brings a sent referral into each state."""


def at(session: Session, cast: Cast, state: State) -> Referral:
    """A referral to the health centre that the partner has brought into a state."""
    row = sent_to_health(session, cast)
    for wanted in WAY[state]:
        moved(session, cast.person("mariam"), row, wanted, reason="capacite")
    assert row.state == state
    return row


def offered(page: Page) -> set[str]:
    """The moves to which the page has a button."""
    nouns = {noun: move for move, noun in ADDRESSES.items()}
    last = {address.rsplit("/", 1)[-1] for address in page.links.values()}
    return {nouns[noun] for noun in last & set(nouns)}


def told_by(page: Page) -> list[tuple[str | None, str]]:
    """The shape and the words of what the page says of the act before it."""
    found = (part for part in page.document.all("p") if part.get("role") == "status")
    return [(part.get("class"), text_of(part)) for part in found]


def state_of(session: Session, row: Referral) -> str:
    """Where the referral stands now."""
    session.refresh(row)
    return row.state


@pytest.mark.parametrize("state", STATES)
def test_the_partner_is_offered_exactly_its_moves(
    session: Session, cast: Cast, browser_of: Enter, state: State
) -> None:
    row = at(session, cast, state)
    page = browser_of("mariam").page(page_of(row.id))
    assert offered(page) == set(moves(state, By.RECEIVER))


@pytest.mark.parametrize("state", [*STATES, State.DECLINED])
def test_the_sender_is_offered_its_own_moves_and_the_partners_on_its_behalf(
    session: Session, cast: Cast, browser_of: Enter, state: State
) -> None:
    row = at(session, cast, state)
    page = browser_of("zeinab").page(page_of(row.id))
    allowed = {*moves(state, By.SENDER), *moves(state, By.ON_BEHALF)} - {Move.WITHDRAW}
    assert offered(page) == allowed


@pytest.mark.parametrize("state", STATES)
def test_every_offered_page_opens_and_asks_what_the_table_wants(
    session: Session, cast: Cast, browser_of: Enter, state: State
) -> None:
    row = at(session, cast, state)
    for handle in ("zeinab", "mariam"):
        client = browser_of(handle)
        for move in offered(client.page(page_of(row.id))):
            names = client.page(page_of(row.id, ADDRESSES[Move(move)])).form().names
            wants = {"reason", "told"} if rule(state, Move(move)).reason else set()
            assert bool(names & {"reason", "told"}) == bool(wants)
            own = handle == "mariam" or Move(move) in moves(state, By.SENDER)
            assert ("source" in names) == (not own)


def test_before_acceptance_the_partner_sees_the_card_and_not_even_which_sections(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = at(session, cast, State.RECEIVED)
    text = browser_of("mariam").page(page_of(row.id)).text
    assert "Goundam · 25-59 ans" in text
    assert "s’ouvrent quand vous acceptez" in text
    assert CANARY not in text
    assert "Identité" not in text


def test_after_acceptance_the_sections_stand_with_their_labels(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = at(session, cast, State.ACCEPTED)
    text = browser_of("mariam").page(page_of(row.id)).text
    assert f"Prénom {CANARY}" in text
    assert "Faits" not in text


def test_an_acceptance_of_the_partner_needs_one_tap(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.submit(client.page(page_of(row.id, "acceptance")))
    assert state_of(session, row) == State.ACCEPTED
    assert CANARY in page.text


def test_a_refusal_wants_its_reason_and_the_sender_reads_it(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.submit(client.page(page_of(row.id, "decline")), note="Revenez lundi.")
    assert "Choisissez un motif." in page.text
    assert page.form().values["note"] == "Revenez lundi."
    client.submit(page, reason="capacite")
    assert state_of(session, row) == State.DECLINED
    text = browser_of("zeinab").page(page_of(row.id)).text
    assert "Plus de place ou de personnel" in text
    assert "Revenez lundi." in text


def test_a_reason_of_another_list_is_refused(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    form = client.page(page_of(row.id, "decline")).form()
    form.values["reason"] = "honte"
    client.post(form.action, data=form.values)
    assert state_of(session, row) == State.SENT


def test_a_day_in_the_future_is_refused(session: Session, cast: Cast, browser_of: Enter) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.page(page_of(row.id, "acceptance"))
    told = client.submit(page, **{"happened_on-year": str(clock.today().year + 1)})
    assert "pas encore arrivée" in told.text
    assert state_of(session, row) == State.SENT


@pytest.mark.parametrize(
    ("field", "value"),
    [("note", "x" * 2001), ("note", "a\x00b"), ("happened_on-day", "31.5"), ("version", "x" * 50)],
)
def test_bad_input_is_asked_again_and_moves_nothing(
    session: Session, cast: Cast, browser_of: Enter, field: str, value: str
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.submit(client.page(page_of(row.id, "acceptance")), **{field: value})
    assert page.response.request.path == page_of(row.id, "acceptance")
    assert "Corrigez" in page.text
    assert state_of(session, row) == State.SENT


def test_an_illegal_move_leads_back_and_says_so(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.page(page_of(row.id, "confirmation"))
    assert TOO_LATE in page.text
    token = page.forms[0].values["csrf_token"]
    answer = client.post(
        page_of(row.id, "confirmation"), data={"csrf_token": token}, follow_redirects=True
    )
    assert TOO_LATE in answer.get_data(as_text=True)
    assert state_of(session, row) == State.SENT


def test_a_partner_never_answers_on_its_own_behalf_as_the_sender(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = at(session, cast, State.SENT)
    page = browser_of("mariam").page(page_of(row.id, "cancellation"))
    assert TOO_LATE in page.text


def test_an_answer_sent_twice_is_one(session: Session, cast: Cast, browser_of: Enter) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.page(page_of(row.id, "acceptance"))
    for _ in range(2):
        told = client.submit(page)
        assert ("notice", DONE) in told_by(told)
    made = session.scalars(select(ReferralMove.move).order_by(ReferralMove.recorded_at)).all()
    assert sorted(made) == sorted([Move.SEND, Move.ACCEPT])


def test_an_answer_sent_twice_says_the_same_also_once_the_referral_has_moved_on(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.page(page_of(row.id, "decline"))
    for _ in range(2):
        told = client.submit(page, reason="capacite")
        assert [shape for shape, _ in told_by(told)] == ["notice"]
    zeinab = browser_of("zeinab")
    zeinab.submit(zeinab.page(page_of(row.id, "correction")), told="Erreur")
    assert [shape for shape, _ in told_by(client.submit(page, reason="capacite"))] == ["notice"]
    assert state_of(session, row) == State.SENT


def test_what_is_no_longer_possible_is_never_told_as_a_success(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("mariam")
    page = client.page(page_of(row.id, "acceptance"))
    again = client.page(page_of(row.id, "acceptance"))
    client.submit(page)
    ((shape, words),) = told_by(client.submit(again))
    assert shape == "warning"
    assert words.startswith(TOO_LATE)


def test_the_form_of_somebody_else_is_nobodys_act(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, mariam, adama = at(session, cast, State.SENT), browser_of("mariam"), browser_of("adama")
    mine = mariam.page(page_of(row.id, "acceptance"))
    other = adama.page(page_of(row.id, "acceptance"))
    other.form().values["id"] = mine.form().values["id"]
    mariam.submit(mine)
    told = adama.submit(other, id=str(mine.form().values["id"]))
    assert [shape for shape, _ in told_by(told)] == ["warning"]


def test_the_second_of_two_is_told_and_loses_nothing(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = at(session, cast, State.SENT)
    mariam, adama = browser_of("mariam"), browser_of("adama")
    mine = mariam.page(page_of(row.id, "decline"))
    adama.submit(adama.page(page_of(row.id, "receipt")))
    told = mariam.submit(mine, reason="capacite", note="Plus de place.")
    assert "Le référencement a changé depuis que vous avez ouvert cette page." in told.text
    assert told.form().values["note"] == "Plus de place."
    assert state_of(session, row) == State.RECEIVED
    mariam.submit(told)
    assert state_of(session, row) == State.DECLINED


def test_an_answer_on_behalf_wants_who_and_how_and_both_sides_see_it(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("zeinab")
    page = client.submit(client.page(page_of(row.id, "acceptance")))
    assert "Écrivez qui a donné la réponse." in page.text
    client.submit(page, source="Le docteur Cissé", means="telephone")
    assert state_of(session, row) == State.ACCEPTED
    for handle in ("zeinab", "mariam"):
        text = browser_of(handle).page(page_of(row.id)).text
        assert "Noté pour le partenaire par Zeinab · dit par Le docteur Cissé · Téléphone" in text


def test_a_question_and_its_answer(session: Session, cast: Cast, browser_of: Enter) -> None:
    row = at(session, cast, State.SENT)
    mariam, zeinab = browser_of("mariam"), browser_of("zeinab")
    page = mariam.page(page_of(row.id, "information-request"))
    mariam.submit(page, told="Parle-t-elle songhay ?")
    asked = zeinab.page(link(zeinab.page("/desk"), "Donner le complément demandé"))
    assert "Parle-t-elle songhay ?" in asked.text
    answer = zeinab.page(asked.links["Donner le complément"])
    assert "Écrivez une réponse." in zeinab.submit(answer).text
    zeinab.submit(answer, note="Oui, et un peu tamasheq.")
    assert state_of(session, row) == State.RECEIVED
    assert "Oui, et un peu tamasheq." in mariam.page(page_of(row.id)).text


def test_the_persons_own_word_sends_it_back_to_the_partner(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SERVED), browser_of("zeinab")
    client.submit(client.page(page_of(row.id, "contradiction")), told="Personne ne l’a reçue.")
    assert state_of(session, row) == State.IN_PROGRESS
    assert row.actor_id == cast.person("mariam").id


def test_after_the_end_the_partner_sees_the_state_only(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, mariam = at(session, cast, State.ACCEPTED), browser_of("mariam")
    assert CANARY in mariam.page(page_of(row.id)).text
    moved(session, cast.person("zeinab"), row, Move.CANCEL, reason="pas_prete")
    text = mariam.page(page_of(row.id)).text
    assert "Ce qu’elle partageait est fermé." in text
    assert CANARY not in text
    assert "Pas prête" not in text


@pytest.mark.parametrize("handle", ["fanta", "oumar", "maitre_cisse", "moussa", "admin", "manager"])
def test_nobody_else_finds_the_referral(
    session: Session, cast: Cast, browser_of: Enter, handle: str
) -> None:
    row, client = at(session, cast, State.SENT), browser_of(handle)
    for noun in ("", "acceptance", "messages", "letter"):
        assert client.get(page_of(row.id, noun)).status_code == 404


def test_a_message_is_read_by_both_teams_and_posted_once(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = at(session, cast, State.SENT)
    mariam, zeinab = browser_of("mariam"), browser_of("zeinab")
    page = mariam.page(page_of(row.id, "messages"))
    for _ in range(2):
        mariam.submit(page, text="Faut-il un interprète ?")
    for client in (mariam, zeinab):
        assert client.page(page_of(row.id)).text.count("Faut-il un interprète ?") == 1


def test_a_message_after_the_end_is_not_lost_in_silence(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = at(session, cast, State.SENT), browser_of("zeinab")
    page = client.page(page_of(row.id, "messages"))
    moved(session, cast.person("zeinab"), row, Move.CANCEL, reason="pas_prete")
    assert TOO_LATE in client.submit(page, text="Bonjour").text


# Paper


def letter_to_the_court(session: Session, cast: Cast) -> Referral:
    """A referral by letter to the court, which has no account."""
    zeinab = cast.person("zeinab")
    case = case_of(session, zeinab)
    agree(session, zeinab, case, cast.provider(COURT), "identity")
    court = cast.provider(COURT)
    return referred(session, zeinab, case, court, service="etat_civil", channel="letter")


def test_a_letter_has_both_codes_and_no_name_and_the_log_knows(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row = letter_to_the_court(session, cast)
    client = browser_of("zeinab")
    page = client.page(page_of(row.id, "letter"))
    words = page.text.split("Demande de service")[1]
    assert letter_code(row.id) in words
    assert "État civil" in words
    assert CANARY not in words
    assert "Réponse : à détacher" in words
    acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("letter.printed") == 1


def test_the_slip_that_comes_back_finds_its_referral(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = letter_to_the_court(session, cast), browser_of("zeinab")
    page = client.submit(client.page("/referrals"), code=letter_code(row.id).lower())
    assert page.response.request.path == page_of(row.id)
    page = client.submit(client.page("/referrals"), code="ZZZZZZ")
    assert "Aucun référencement de votre équipe ne porte ce code." in page.text


def test_the_answer_of_a_partner_without_an_account_is_fetched_and_written_down(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    row, client = letter_to_the_court(session, cast), browser_of("zeinab")
    page = client.page(link(client.page("/desk"), "Aller chercher la réponse du partenaire"))
    assert "Ce partenaire n’a pas de compte" in page.text
    page = client.submit(
        client.page(page.links["Ils ont rendu le service"]), source="Le greffier", means="papier"
    )
    assert state_of(session, row) == State.SERVED
    assert "Papier signé" in page.text
    page = client.submit(client.page(page.links["La personne confirme le service"]))
    assert state_of(session, row) == State.CONFIRMED


def test_the_history_keeps_what_the_nightly_job_did(
    session: Session, cast: Cast, browser_of: Enter
) -> None:
    from casework.referrals.chores import expire_grants

    zeinab, health = cast.person("zeinab"), cast.provider(HEALTH)
    case = case_of(session, zeinab)
    agree(session, zeinab, case, health, "identity", days=1)
    row = referred(session, zeinab, case, health, "identity")
    with clock.at(clock.now() + timedelta(days=2)):
        expire_grants(session)
    assert "Le consentement est arrivé à sa fin" in browser_of("zeinab").page(page_of(row.id)).text
