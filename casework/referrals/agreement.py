"""What a person answers is obeyed at once: recorded, counted, and open referrals kept to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from casework import clock
from casework.cases import counting
from casework.cases.access import OpenCase, access_case
from casework.cases.intake import concerns_child
from casework.cases.reception import after_reception
from casework.chronology import refuse_out_of_order
from casework.consent import actions as consents
from casework.consent import rules
from casework.consent.models import ConsentRow
from casework.consent.recipients import Section, necessity_sections
from casework.consent.records import NECESSITY, SHARING, TWO_WORKERS, Answer, Consent
from casework.directory.models import Provider
from casework.errors import NotVisible, RuleBroken
from casework.policy import Actor, Permission
from casework.referrals.withdrawal import end_uncovered, open_referrals, shares_uncovered
from casework.referrals.workflow import State
from casework.vault.keys import Keyring


def record_answer(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    value: dict[str, object],
    consent_id: UUID | None = None,
) -> ConsentRow:
    """The answer stands in the case: statistics follow it, and a no to sharing ends at once the
    referrals that share what it names. Posted twice, it is one answer.

    `value` as in `consent.records`. Raises NotVisible, NotAllowed; RuleBroken: those of
    `consent.rules.problems` and of `consent.actions.record_consent`, 'sharing_before_reception',
    'two_workers_for_a_child' where nobody in the case is under 18.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CONSENT_RECORD)
    for problem in rules.problems(value):
        raise RuleBroken(problem)
    if value.get("by") == TWO_WORKERS and not concerns_child(session, case):
        raise RuleBroken("two_workers_for_a_child")
    if value["kind"] == SHARING:
        floor = after_reception(session, case, "sharing_before_reception")
        refuse_out_of_order(consents.given_on(value), floor)
    key = case.key(consents.SECTION, consents.VERSION)
    row = consents.record_consent(session, actor, case.id, key, value, consent_id)
    if value["kind"] == SHARING:
        keep_to(session, actor, keyring, case, value)
    else:
        counting.recount(session, actor, case)
    return row


def keep_to(
    session: Session, actor: Actor, keyring: Keyring, case: OpenCase, value: Mapping[str, object]
) -> None:
    """After anything but a yes, whatever was sent and is no longer covered ends on that day; after
    a no to all sharing with somebody, everything sent there."""
    if value["answer"] == Answer.YES:
        return
    to_all = value["answer"] == Answer.NO and not value.get("sections")
    on = date.fromisoformat(str(value["given_on"]))
    for row in open_referrals(session, case.id, UUID(str(value["recipient"]))):
        sent = row.state != State.DRAFT
        if sent and (to_all or shares_uncovered(session, case, row)):
            end_uncovered(session, actor, keyring, case, row, on)


def ask_necessity(
    session: Session,
    actor: Actor,
    keyring: Keyring,
    case_id: UUID,
    provider_id: UUID,
    reason: str,
    sections: Sequence[Section],
    consent_id: UUID | None = None,
) -> ConsentRow:
    """A danger to a life or a child is written down with what the provider must know; it opens
    nothing until a second person confirms it, and nothing after seven days.

    `reason` is a code of `motif_necessite`. Raises NotVisible, NotAllowed; RuleBroken:
    'reason_unknown', 'sections_missing', 'necessity_too_wide'.
    """
    case = access_case(session, actor, keyring, case_id, Permission.CONSENT_RECORD)
    provider = session.get(Provider, provider_id)
    if provider is None:
        raise NotVisible
    today = clock.today()
    value: dict[str, object] = {
        "kind": NECESSITY,
        "answer": str(Answer.YES),
        "given_on": today.isoformat(),
        "expires_on": str(rules.default_expiry(NECESSITY, today)),
        "recipient": str(provider_id),
        "sections": [str(section) for section in sections],
        "reason": reason,
    }
    for problem in rules.problems(value):
        raise RuleBroken(problem)
    if not set(sections) <= necessity_sections(provider.kind):
        raise RuleBroken("necessity_too_wide")
    key = case.key(consents.SECTION, consents.VERSION)
    return consents.record_consent(session, actor, case.id, key, value, consent_id)


def confirm_necessity(
    session: Session, actor: Actor, keyring: Keyring, case_id: UUID, consent_id: UUID
) -> Consent:
    """A second person has judged the danger herself: what was asked may be shared from now on.

    Raises NotVisible, NotAllowed; RuleBroken as `consent.actions.confirm_necessity`.
    """
    case = access_case(session, actor, keyring, case_id, Permission.NECESSITY_CONFIRM)
    key = case.key(consents.SECTION, consents.VERSION)
    return consents.confirm_necessity(session, actor, case.id, key, consent_id)


def confirm_decision(
    session: Session, actor: Actor, keyring: Keyring, case_id: UUID, consent_id: UUID
) -> list[Consent]:
    """A second worker of the team stands by what a colleague decided in a child's place: it holds
    and counts from now on. Answers every consent that now holds.

    Raises NotVisible, NotAllowed; RuleBroken as `consent.actions.confirm_decision`.
    """
    case = access_case(session, actor, keyring, case_id, Permission.NECESSITY_CONFIRM)
    key = case.key(consents.SECTION, consents.VERSION)
    found = consents.confirm_decision(session, actor, case.id, key, consent_id)
    counting.recount(session, actor, case)
    return found
