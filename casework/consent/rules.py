"""What a consent allows: for whom, which section, until when, and what overrules what. Pure.

The last word counts: a later no, a withdrawal or an end closes what an earlier yes had opened, for
the sections it names. Where two files of one person were merged, the stricter answer wins. A
child's file wants the child's assent beside a guardian's consent, or the decision of two workers
where the guardian is suspected. Necessity — danger to life, a child in danger — needs no consent
but two different people, opens the least sections (`recipients.necessity_sections`) and ends after
seven days. Sources: GBVIMS consent form, design §2, domain brief §2, §5 and scenario S9.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from casework import codes
from casework.consent.recipients import SHAREABLE, Section, necessity_sections
from casework.consent.records import (
    ASSENT,
    NECESSITY,
    RECORDING,
    SHARING,
    TRANSFER,
    TWO_WORKERS,
    Answer,
    Consent,
    Standing,
    latest,
)
from casework.i18n import lazy_gettext as _

NECESSITY_DAYS = 7
SHARING_DAYS = 180
TRANSFER_DAYS = 30
LONGEST_DAYS = 365
"""A consent to share is asked again at least once a year."""

REASONS = codes.codes("motif_necessite")
DECISION_DAYS = 7
"""How long what one worker decided for a child waits for the second; then it lapses."""

GUARDIANS = frozenset({"parent", "tuteur"})
_STRICTNESS = (Answer.NO, Answer.NOT_YET, Answer.YES)

MESSAGES: dict[str, Any] = {
    "no_consent": _("She has not agreed to share this. Ask her first, then record her answer."),
    "consent_kind_unknown": _("Choose what the person was asked."),
    "consent_mode_missing": _("Write how she said yes: by word of mouth, signature, thumbprint."),
    "recipient_missing": _("Name the partner. A consent is always for one partner."),
    "sections_missing": _("Choose what may be shared. Nothing else will be."),
    "section_never_shared": _("This part of the case is never shared."),
    "expiry_missing": _("Write until when she agrees."),
    "expiry_too_far": _("Agree on one year at most. You can ask her again later."),
    "reason_unknown": _("Without consent, only danger to life or a child in danger is a reason."),
    "second_person_needed": _("A second person must confirm the danger. Call your coordinator."),
    "second_worker_needed": _(
        "A second worker must confirm the decision for the child. Call her now."
    ),
    "two_workers_for_a_child": _(
        "Two workers decide only for a child. Ask the person herself, then record her answer."
    ),
    "assent_missing": _("Ask the child too, in simple words, and record the answer."),
    "guardian_missing": _(
        "Ask the parent or guardian. If the guardian is suspected, two workers decide together."
    ),
}
"""Words for the codes of this module, for `web.forms.RULES`."""


def default_expiry(kind: str, given_on: date) -> date | None:
    """The last day to propose for a consent of that kind; None where it holds until withdrawn."""
    days = {SHARING: SHARING_DAYS, TRANSFER: TRANSFER_DAYS, NECESSITY: NECESSITY_DAYS}.get(kind)
    return given_on + timedelta(days=days) if days else None


def stricter(answers: Iterable[Answer]) -> Answer:
    """The strictest of several answers: no before not yet before yes; ValueError for none."""
    return min(answers, key=_STRICTNESS.index)


def may_share(
    consents: Iterable[Consent],
    recipient: UUID,
    section: Section,
    on: date,
    provider_kind: str = "",
) -> bool:
    """True when the recipient may open the section on that day, by consent or by necessity."""
    return section in openable(consents, recipient, on, provider_kind)


def openable(
    consents: Iterable[Consent],
    recipient: UUID,
    on: date,
    provider_kind: str = "",
    service: str = "",
) -> dict[Section, Consent]:
    """The sections a recipient may open on a day, each with the consent or ground that allows it.

    `provider_kind` (code of `type_partenaire`) widens necessity by health where the recipient
    cares for health. `service` is the purpose: a yes given for another service opens nothing for
    this one, a no closes them all. A consent comes before a ground of necessity.
    """
    told = list(consents)
    found = {
        section: consent
        for section in SHAREABLE
        if (consent := last_word(told, recipient, section, service)) and consent.holds(on)
    }
    for ground in told:
        if ground.recipient == recipient and necessity_holds(ground, on):
            for section in ground.sections & necessity_sections(provider_kind):
                found.setdefault(section, ground)
    return found


def last_word(
    consents: Iterable[Consent], recipient: UUID, section: Section, service: str = ""
) -> Consent | None:
    """The answer last recorded about sharing this section with this recipient for this service.

    An answer without sections is about all of them: « share nothing with them » is one no. A yes
    that names another service is no answer here.
    """
    about = [
        consent
        for consent in consents
        if consent.kind == SHARING
        and consent.recipient == recipient
        and (section in consent.sections or not consent.sections)
        and not (consent.answer is Answer.YES and is_for_another(consent, service))
    ]
    return max(about, key=_recorded, default=None)


def is_for_another(consent: Consent, service: str) -> bool:
    """True when the person was asked about another service than this one."""
    asked_for = str(consent.value.get("service") or "")
    return bool(service and asked_for) and asked_for != service


def _recorded(consent: Consent) -> tuple[str, int]:
    """When it was recorded; of two at one moment, the stricter counts as the later."""
    answer = len(_STRICTNESS) - _STRICTNESS.index(consent.answer)
    return str(consent.value.get("recorded_at", "")), answer


def may_share_merged(
    files: Sequence[Iterable[Consent]], recipient: UUID, section: Section, on: date
) -> bool:
    """The same for one person whose files were merged: every file that has a word must allow it."""
    words = [last_word(list(file), recipient, section) for file in files]
    known = [word for word in words if word is not None]
    return bool(known) and all(word.holds(on) for word in known)


def agreed_merged(files: Sequence[Iterable[Consent]], kind: str, on: date) -> bool:
    """True when every merged file that has an answer to a general question has a yes that holds."""
    words = [latest(list(file), kind) for file in files]
    known = [word for word in words if word is not None]
    return bool(known) and all(word.holds(on) for word in known)


def necessity_holds(ground: Consent, on: date) -> bool:
    """True for seven days, once a second, different person confirmed a reason of the list."""
    if ground.kind != NECESSITY or ground.value.get("reason") not in REASONS:
        return False
    asked, confirmed = ground.value.get("requested_by"), ground.value.get("confirmed_by")
    two_people = bool(asked) and bool(confirmed) and asked != confirmed
    given = date.fromisoformat(str(ground.value["given_on"]))
    in_time = given <= on <= given + timedelta(days=NECESSITY_DAYS)
    return two_people and in_time and ground.holds(on)


def child_problems(consents: Iterable[Consent], on: date) -> list[str]:
    """The codes of what a child's file still lacks: the child's assent, the guardian's yes.

    In place of a guardian two different workers may decide (`by` = deux_agents): where the guardian
    is suspected, or asking would endanger the child.
    """
    told = list(consents)
    assent = latest(told, ASSENT)
    found = [] if assent is not None and assent.holds(on) else ["assent_missing"]
    grown = [c for c in told if c.kind == RECORDING]
    if any(c.holds(on) and c.value.get("by") in GUARDIANS | {TWO_WORKERS} for c in grown):
        return found
    waits = any(c.state(on) is Standing.WAITING for c in grown)
    return [*found, "second_worker_needed" if waits else "guardian_missing"]


def problems(value: Mapping[str, Any]) -> list[str]:
    """The codes of the rules that a consent about to be recorded breaks, in reading order."""
    kind = str(value.get("kind") or "")
    if kind == NECESSITY:
        reason = [] if value.get("reason") in REASONS else ["reason_unknown"]
        return reason + _addressed(value)
    if not codes.is_code("consentement", kind):
        return ["consent_kind_unknown"]
    if value.get("answer") != Answer.YES:
        return [] if kind != SHARING or value.get("recipient") else ["recipient_missing"]
    found = (
        []
        if codes.is_code("consentement_mode", str(value.get("mode")))
        else ["consent_mode_missing"]
    )
    return found + (_addressed(value) + _ending(value) if kind == SHARING else [])


def _addressed(value: Mapping[str, Any]) -> list[str]:
    found = [] if value.get("recipient") else ["recipient_missing"]
    sections = set(value.get("sections") or ())
    if not sections:
        return [*found, "sections_missing"]
    return found if sections <= set(SHAREABLE) else [*found, "section_never_shared"]


def _ending(value: Mapping[str, Any]) -> list[str]:
    if not value.get("expires_on"):
        return ["expiry_missing"]
    given, ends = (date.fromisoformat(str(value[key])) for key in ("given_on", "expires_on"))
    return ["expiry_too_far"] if ends > given + timedelta(days=LONGEST_DAYS) else []
