"""The life of a referral: one table says which moves exist, who may make them and what they start.

States are the codes of `statut_referencement` (without `en_retard`, which is derived from the due
date: see `deadlines`). Sent, received, accepted, served and *confirmed by the person* are different
things. Only the receiver accepts; a member of the sending team may record the receiver's answer on
its behalf, with source, means and date. Terminal states know correcting moves only, and a move
that corrects needs a reason. Source: design §2, domain brief §2 and issue on the main job.

A further question after acceptance is a message: `info_demandee` exists only before acceptance, so
that what a partner sees (`discloses`) depends on the state alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from casework import codes
from casework.errors import InvalidTransition
from casework.i18n import lazy_gettext as _

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


class State(StrEnum):
    """Where a referral stands; the value is the code that is stored."""

    DRAFT = "brouillon"
    SENT = "envoye"
    RECEIVED = "recu"
    INFO_REQUESTED = "info_demandee"
    ACCEPTED = "accepte"
    IN_PROGRESS = "en_cours"
    SERVED = "service_rendu"
    CONFIRMED = "confirme"
    DECLINED = "refuse"
    NO_ACTION = "sans_suite"
    CANCELLED = "annule"
    WITHDRAWN = "consentement_retire"
    EXPIRED = "expire"


class Move(StrEnum):
    """What can be done with a referral."""

    SEND = "send"
    RECEIVE = "receive"
    REQUEST_INFO = "request_info"
    GIVE_INFO = "give_info"
    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    SERVE = "serve"
    CONFIRM = "confirm"
    CONTRADICT = "contradict"
    NO_ACTION = "no_action"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CORRECT = "correct"


class By(StrEnum):
    """In which quality somebody moves a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"
    ON_BEHALF = "on_behalf"
    SYSTEM = "system"


class Side(StrEnum):
    """Who owes the next act."""

    SENDER = "sender"
    RECEIVER = "receiver"


class Clock(StrEnum):
    """Which delay runs while a referral is in a state (lengths: `deadlines`)."""

    SENDING = "sending"
    ANSWER = "answer"
    REPLY = "reply"
    SERVICE = "service"
    CONFIRMATION = "confirmation"


class Grant(StrEnum):
    """What a move does to the box that opens the consented sections to the receiver.

    CONVERT is done by the receiver's own keys: at once when it moves itself, on its next act when a
    member answered on its behalf, never when the provider has no team and so no box.
    """

    KEEP = "keep"
    ISSUE = "issue"
    CONVERT = "convert"
    END = "end"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. `starts` is None where the running clock goes on, or none runs."""

    to: State
    by: frozenset[By]
    reason: bool = False
    grant: Grant = Grant.KEEP
    starts: Clock | None = None


_SENDER = frozenset({By.SENDER})
_RECEIVER = frozenset({By.RECEIVER, By.ON_BEHALF})
_ON_BEHALF = frozenset({By.ON_BEHALF})
_EITHER = _SENDER | _RECEIVER
_SYSTEM = frozenset({By.SYSTEM})
S, M = State, Move

_DECLINE = Rule(S.DECLINED, _RECEIVER, reason=True, grant=Grant.END)
_ACCEPT = Rule(S.ACCEPTED, _RECEIVER, grant=Grant.CONVERT, starts=Clock.SERVICE)
_CANCEL = Rule(S.CANCELLED, _SENDER, reason=True, grant=Grant.END)
_WITHDRAW = Rule(S.WITHDRAWN, _SENDER, grant=Grant.END)
_EXPIRE = Rule(S.EXPIRED, _SYSTEM, grant=Grant.END)
_SERVE = Rule(S.SERVED, _RECEIVER, starts=Clock.CONFIRMATION)
_SERVED_UNANNOUNCED = Rule(S.SERVED, _ON_BEHALF, grant=Grant.CONVERT, starts=Clock.CONFIRMATION)
_UNANSWERED = Rule(S.NO_ACTION, _SENDER, reason=True, grant=Grant.END)
_NO_ACTION = Rule(S.NO_ACTION, _EITHER, reason=True, grant=Grant.END)
_ASK = Rule(S.INFO_REQUESTED, _RECEIVER, reason=True, starts=Clock.REPLY)

TABLE: dict[tuple[State, Move], Rule] = {
    (S.DRAFT, M.SEND): Rule(S.SENT, _SENDER, grant=Grant.ISSUE, starts=Clock.ANSWER),
    (S.DRAFT, M.CANCEL): Rule(S.CANCELLED, _SENDER),
    (S.DRAFT, M.WITHDRAW): Rule(S.WITHDRAWN, _SENDER),
    (S.SENT, M.RECEIVE): Rule(S.RECEIVED, _RECEIVER),
    (S.SENT, M.REQUEST_INFO): _ASK,
    (S.SENT, M.ACCEPT): _ACCEPT,
    (S.SENT, M.DECLINE): _DECLINE,
    (S.SENT, M.SERVE): _SERVED_UNANNOUNCED,
    (S.SENT, M.NO_ACTION): _UNANSWERED,
    (S.SENT, M.CANCEL): _CANCEL,
    (S.SENT, M.WITHDRAW): _WITHDRAW,
    (S.SENT, M.EXPIRE): _EXPIRE,
    (S.RECEIVED, M.REQUEST_INFO): _ASK,
    (S.RECEIVED, M.ACCEPT): _ACCEPT,
    (S.RECEIVED, M.DECLINE): _DECLINE,
    (S.RECEIVED, M.SERVE): _SERVED_UNANNOUNCED,
    (S.RECEIVED, M.NO_ACTION): _UNANSWERED,
    (S.RECEIVED, M.CANCEL): _CANCEL,
    (S.RECEIVED, M.WITHDRAW): _WITHDRAW,
    (S.RECEIVED, M.EXPIRE): _EXPIRE,
    (S.INFO_REQUESTED, M.GIVE_INFO): Rule(S.RECEIVED, _SENDER, starts=Clock.ANSWER),
    (S.INFO_REQUESTED, M.ACCEPT): _ACCEPT,
    (S.INFO_REQUESTED, M.DECLINE): _DECLINE,
    (S.INFO_REQUESTED, M.NO_ACTION): _UNANSWERED,
    (S.INFO_REQUESTED, M.CANCEL): _CANCEL,
    (S.INFO_REQUESTED, M.WITHDRAW): _WITHDRAW,
    (S.INFO_REQUESTED, M.EXPIRE): _EXPIRE,
    (S.ACCEPTED, M.START): Rule(S.IN_PROGRESS, _RECEIVER),
    (S.ACCEPTED, M.SERVE): _SERVE,
    (S.ACCEPTED, M.DECLINE): _DECLINE,
    (S.ACCEPTED, M.NO_ACTION): _NO_ACTION,
    (S.ACCEPTED, M.CANCEL): _CANCEL,
    (S.ACCEPTED, M.WITHDRAW): _WITHDRAW,
    (S.ACCEPTED, M.EXPIRE): _EXPIRE,
    (S.IN_PROGRESS, M.SERVE): _SERVE,
    (S.IN_PROGRESS, M.NO_ACTION): _NO_ACTION,
    (S.IN_PROGRESS, M.CANCEL): _CANCEL,
    (S.IN_PROGRESS, M.WITHDRAW): _WITHDRAW,
    (S.IN_PROGRESS, M.EXPIRE): _EXPIRE,
    (S.SERVED, M.CONFIRM): Rule(S.CONFIRMED, _SENDER, grant=Grant.END),
    (S.SERVED, M.CONTRADICT): Rule(S.IN_PROGRESS, _SENDER, reason=True, starts=Clock.SERVICE),
    (S.SERVED, M.CORRECT): Rule(S.IN_PROGRESS, _RECEIVER, reason=True, starts=Clock.SERVICE),
    (S.SERVED, M.NO_ACTION): _UNANSWERED,
    (S.SERVED, M.WITHDRAW): _WITHDRAW,
    (S.SERVED, M.EXPIRE): _EXPIRE,
    (S.DECLINED, M.CORRECT): Rule(
        S.SENT, _SENDER, reason=True, grant=Grant.ISSUE, starts=Clock.ANSWER
    ),
    (S.NO_ACTION, M.CORRECT): Rule(
        S.SENT, _SENDER, reason=True, grant=Grant.ISSUE, starts=Clock.ANSWER
    ),
    (S.CONFIRMED, M.CORRECT): Rule(
        S.SENT, _SENDER, reason=True, grant=Grant.ISSUE, starts=Clock.ANSWER
    ),
}
"""(state, move) → rule. Cancelled, withdrawn and expired are final: a new consent is a new
referral. A correction of an ended referral sends it again, since its grant is gone."""

OWED_BY: dict[State, Side] = {
    S.DRAFT: Side.SENDER,
    S.SENT: Side.RECEIVER,
    S.RECEIVED: Side.RECEIVER,
    S.INFO_REQUESTED: Side.SENDER,
    S.ACCEPTED: Side.RECEIVER,
    S.IN_PROGRESS: Side.RECEIVER,
    S.SERVED: Side.SENDER,
}
CLOCKS: dict[State, Clock] = {
    S.DRAFT: Clock.SENDING,
    S.SENT: Clock.ANSWER,
    S.RECEIVED: Clock.ANSWER,
    S.INFO_REQUESTED: Clock.REPLY,
    S.ACCEPTED: Clock.SERVICE,
    S.IN_PROGRESS: Clock.SERVICE,
    S.SERVED: Clock.CONFIRMATION,
}
OPEN: frozenset[State] = frozenset(OWED_BY)
TERMINAL: frozenset[State] = frozenset(State) - OPEN
DISCLOSING: frozenset[State] = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.SERVED})
ANSWERED: frozenset[State] = DISCLOSING | {S.DECLINED, S.CONFIRMED}


def rule(state: State, move: Move) -> Rule:
    """The line of the table; InvalidTransition when the state knows no such move."""
    try:
        return TABLE[state, move]
    except KeyError:
        raise InvalidTransition(f"{state}: {move}") from None


def next_state(state: State, move: Move, by: By | None = None) -> State:
    """The state after the move; InvalidTransition when it does not exist, or not for `by`."""
    found = rule(state, move)
    if by is not None and by not in found.by:
        raise InvalidTransition(f"{state}: {move} by {by}")
    return found.to


def moves(state: State, by: By) -> tuple[Move, ...]:
    """The moves open to such a person in this state, in the order of `Move`."""
    return tuple(move for move in Move if (state, move) in TABLE and by in TABLE[state, move].by)


def owed_by(state: State, *, receiver_has_account: bool) -> Side | None:
    """Which side owes the next act, None once it is over.

    A provider without anybody who can sign in owes nothing here: the sending team fetches its
    answer, by telephone, on paper or with a relay's errand.
    """
    side = OWED_BY.get(state)
    return Side.SENDER if side and not receiver_has_account else side


def discloses(state: State) -> bool:
    """True while the receiver may open the consented sections; before, it sees the card only."""
    return state in DISCLOSING


def state_label(state: State, language: str | None = None) -> str:
    """The words for a state in the reader's language."""
    return codes.label("statut_referencement", state, language)


MOVE_LABELS: dict[Move, LazyString] = {
    M.SEND: _("Send the referral"),
    M.RECEIVE: _("Say it has arrived"),
    M.REQUEST_INFO: _("Ask for more information"),
    M.GIVE_INFO: _("Give the information"),
    M.ACCEPT: _("Accept"),
    M.DECLINE: _("Decline"),
    M.START: _("Start the work"),
    M.SERVE: _("Say the service was given"),
    M.CONFIRM: _("The person confirms the service"),
    M.CONTRADICT: _("The person says she has not received it"),
    M.NO_ACTION: _("Close without further action"),
    M.CANCEL: _("Cancel the referral"),
    M.WITHDRAW: _("The person withdraws her consent"),
    M.EXPIRE: _("The consent has ended"),
    M.CORRECT: _("Correct an error"),
}
