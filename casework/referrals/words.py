"""What the moves of a referral are called on screen: what one can do, and what was done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from casework import codes
from casework.consent.records import NECESSITY
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.referrals.deadlines import Rung
from casework.referrals.lines import Line
from casework.referrals.reading import Shared
from casework.referrals.workflow import MOVE_LABELS, By, Move, Side, State, rule
from casework.web.formats import day

M, S = Move, State

NOUNS: dict[str, Move] = {
    "receipt": M.RECEIVE,
    "information-request": M.REQUEST_INFO,
    "information": M.GIVE_INFO,
    "acceptance": M.ACCEPT,
    "decline": M.DECLINE,
    "start": M.START,
    "service": M.SERVE,
    "confirmation": M.CONFIRM,
    "contradiction": M.CONTRADICT,
    "end": M.NO_ACTION,
    "cancellation": M.CANCEL,
    "correction": M.CORRECT,
}
"""The address of each move that has a page of its own. Sending has its own pages; withdrawing is a
matter of consent; expiring is nobody's act."""

ADDRESSES: dict[Move, str] = {move: noun for noun, move in NOUNS.items()}

DONE: dict[Move, Any] = {
    M.SEND: _l("Sent"),
    M.RECEIVE: _l("Arrived"),
    M.REQUEST_INFO: _l("More information was asked for"),
    M.GIVE_INFO: _l("The information was given"),
    M.ACCEPT: _l("Accepted"),
    M.DECLINE: _l("Declined"),
    M.START: _l("The work began"),
    M.SERVE: _l("The service was given"),
    M.CONFIRM: _l("The person confirmed it"),
    M.CONTRADICT: _l("The person says she has not received it"),
    M.NO_ACTION: _l("Ended without further action"),
    M.CANCEL: _l("Cancelled"),
    M.WITHDRAW: _l("The person took her consent back"),
    M.EXPIRE: _l("The consent came to its end"),
    M.CORRECT: _l("Corrected"),
}

LABELS = MOVE_LABELS
BEHALF_LABELS: dict[Move, Any] = {
    M.RECEIVE: _l("It has arrived there"),
    M.REQUEST_INFO: _l("They ask for more information"),
    M.ACCEPT: _l("They accept"),
    M.DECLINE: _l("They decline"),
    M.START: _l("They have begun"),
    M.SERVE: _l("They gave the service"),
    M.NO_ACTION: _l("They end it without further action"),
    M.CORRECT: _l("They correct an error"),
}
"""What a member of the sending team can write down for the partner."""

AFTER: dict[Move, Any] = {
    M.RECEIVE: _l("The sender learns that it has arrived. The time to answer goes on."),
    M.REQUEST_INFO: _l("The sender gets your question and answers here."),
    M.GIVE_INFO: _l("The partner gets your answer, and its time to answer begins anew."),
    M.ACCEPT: _l(
        "The partner then reads what the person agreed to share, and the time for the "
        "service begins."
    ),
    M.DECLINE: _l("What was shared closes at once. The sender looks for another partner."),
    M.START: _l("The sender learns that the work has begun."),
    M.SERVE: _l("The sender then asks the person herself whether she received it."),
    M.CONFIRM: _l("Ask the person herself, in a safe way. Then the referral is over."),
    M.CONTRADICT: _l("The referral goes back to the partner, with a new time for the service."),
    M.NO_ACTION: _l("The referral is over, and what was shared closes at once."),
    M.CANCEL: _l("The referral is over. If it was sent, what was shared closes at once."),
    M.CORRECT: _l("Only to put right what was entered by mistake. The mistake stays readable."),
}
"""One sentence on what follows, on the page of each move."""

TO_DO: dict[tuple[State, Side], Any] = {
    (S.DRAFT, Side.SENDER): _l("Finish and send the referral"),
    (S.SENT, Side.RECEIVER): _l("Answer the referral"),
    (S.RECEIVED, Side.RECEIVER): _l("Answer the referral"),
    (S.INFO_REQUESTED, Side.SENDER): _l("Give the information that was asked for"),
    (S.ACCEPTED, Side.RECEIVER): _l("Give the service"),
    (S.IN_PROGRESS, Side.RECEIVER): _l("Say whether the service was given"),
    (S.SERVED, Side.SENDER): _l("Ask the person whether she received the service"),
    (S.SENT, Side.SENDER): _l("Fetch the partner’s answer"),
    (S.RECEIVED, Side.SENDER): _l("Fetch the partner’s answer"),
    (S.ACCEPTED, Side.SENDER): _l("Ask the partner whether the service was given"),
    (S.IN_PROGRESS, Side.SENDER): _l("Ask the partner whether the service was given"),
}
"""What the person who must act has to do, by state and by her side."""

CHANNELS: dict[str, tuple[Any, Any]] = {
    "electronic": (_l("On the screen"), _l("The partner gets it at once, sealed.")),
    "phone": (_l("By telephone"), _l("Say the code, never the name, until they accept.")),
    "accompaniment": (_l("By going along"), _l("You or a relay go there with the person.")),
    "letter": (_l("By letter"), _l("A neutral page with a code and a slip for the answer.")),
}
WHY_NOT: dict[str, Any] = {
    "no_account": _l(
        "This partner has no account yet, so nothing can be sent to it on the screen. "
        "Telephone, letter and going along work today: you write its answer down here."
    ),
    "not_compared": _l(
        "Your team and this partner have not yet compared their six words, so nobody can be sure "
        "who would read it. Telephone, letter and going along work today: you write its answer "
        "down here."
    ),
}
BLOCKED: dict[str, Any] = {
    "no_provider": _l("Nobody in the directory renders it for her commune."),
    "settlement_forbidden": _l("The law forbids any arrangement for a sexual offence or a crime."),
    "cadi_civil_only": _l("A cadi or a chief settles civil matters only."),
}
RUNGS: dict[Rung, Any] = {
    Rung.FOCAL_POINT: _l("the partner’s focal point"),
    Rung.SECOND: _l("the partner’s second"),
    Rung.SENDER: _l("the sender"),
    Rung.COORDINATOR: _l("the sender’s coordinator"),
}
REASON_LISTS = ("motif_refus_partenaire", "motif_refus_victime")


@dataclass(frozen=True, slots=True)
class Asks:
    """What the page of a move asks: the lists of reasons, or a text in place of one, and a note."""

    lists: tuple[str, ...] = ()
    reason: Any = None
    note: Any = None


PARTNER, PERSON = REASON_LISTS
ASKED: dict[tuple[Move, By], Asks] = {
    (M.DECLINE, By.RECEIVER): Asks((PARTNER,)),
    (M.DECLINE, By.ON_BEHALF): Asks((PARTNER,)),
    (M.NO_ACTION, By.RECEIVER): Asks((PARTNER,)),
    (M.NO_ACTION, By.SENDER): Asks((PERSON, PARTNER)),
    (M.CANCEL, By.SENDER): Asks((PERSON, PARTNER)),
}
QUESTION = _l("What do you need to know?")
TEXTS: dict[Move, Asks] = {
    M.REQUEST_INFO: Asks(reason=QUESTION),
    M.CONTRADICT: Asks(reason=_l("What does she say?")),
    M.CORRECT: Asks(reason=_l("What was wrong?")),
    M.GIVE_INFO: Asks(note=_l("Your answer")),
}


def asks(state: State, move: Move, quality: By) -> Asks:
    """What the page of a move asks of somebody who makes it in this quality; no reason where the
    table wants none."""
    found = ASKED.get((move, quality)) or TEXTS.get(move) or Asks()
    return found if rule(state, move).reason else replace(found, lists=(), reason=None)


def reason_words(reason: str) -> str:
    """A reason in words: that of its code, or the text that was written."""
    for name in REASON_LISTS:
        if codes.is_code(name, reason):
            return codes.label(name, reason)
    return reason


def plain_service(service: str) -> str:
    """A service as it is said on paper or aloud: without the part in brackets that tells why."""
    return codes.label("type_service", service).partition(" (")[0]


def means_words(means: str) -> str:
    """By which means an answer came, in words."""
    return codes.label("moyen_reponse", means) if codes.is_code("moyen_reponse", means) else means


def to_do(line: Line) -> Any:
    """What the person who must act on a referral has to do; empty once it is over."""
    side = Side.SENDER if line.to_fetch else line.owed_by
    return TO_DO.get((line.state, side), "") if side else ""


def why_words(shared: Shared) -> str:
    """Why a section may be shared today, with the day and the end of what allows it."""
    consent = shared.consent
    if consent is None:
        return str(_("Nothing allows it today."))
    given = {"day": day(str(consent.value["given_on"])), "end": day(consent.expires_on)}
    if consent.kind == NECESSITY:
        return str(_("Danger, confirmed by two of you on %(day)s; until %(end)s.", **given))
    if consent.expires_on is None:
        return str(_("She agreed on %(day)s.", day=given["day"]))
    return str(_("She agreed on %(day)s; until %(end)s.", **given))
