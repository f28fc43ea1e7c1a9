"""One consent as it is sealed: what was asked, what the person answered, for whom and until when.

{"kind": code of `consentement`, or "necessity", "answer": "yes"|"no"|"not_yet",
 "given_on": iso day, "by": code of `consentement_par`…, "mode": code of `consentement_mode`,
 "language", "interpreter": bool, "witness": text, "text_version": text,
 "recipient"?: provider id, "person"?: text, "sections"?: [section], "service"?: code,
 "expires_on"?: iso day, "withdrawn_on"?: iso day, "reason"?: code,
 "requested_by"?, "confirmed_by"?: user ids, "agreed_until"?: iso day,
 "recorded_at", "recorded_by"}

A ground of necessity, and a yes that two workers give for a child, hold once a second person has
confirmed them; the latter lapses after seven days unless she does (`expires_on`), and then ends
when it was meant to (`agreed_until`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from casework.consent.recipients import Section


class Answer(StrEnum):
    """What the person said when she was asked."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"


class Standing(StrEnum):
    """What a recorded answer is worth on a day."""

    HOLDS = "holds"
    WAITING = "waiting"
    NO = "no"
    NOT_YET = "not_yet"
    WITHDRAWN = "withdrawn"
    OVER = "over"


RECORDING = "c_donnees"
SERVICES = "c_services"
SHARING = "c_partage"
STATISTICS = "c_stats"
CONTACT = "c_contact"
TRANSFER = "c_transfert"
FILES = "c_pieces"
INTERPRETER = "c_interprete"
LEGAL = "c_legal"
CALL_BACK = "c_rappel"
ASSENT = "assentiment"
NECESSITY = "necessity"
TWO_WORKERS = "deux_agents"
"""Who answered where two workers decided in the best interest of a child."""
ASKED_AT_INTAKE = (RECORDING, SERVICES, STATISTICS, CALL_BACK, LEGAL)


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent record, opened; `value` is what stands in its box."""

    id: UUID
    value: dict[str, Any] = field(repr=False)
    revision: int = 1

    @property
    def kind(self) -> str:
        """What was asked: a code of `consentement`, or `necessity`."""
        return str(self.value["kind"])

    @property
    def answer(self) -> Answer:
        """What the person answered."""
        return Answer(self.value["answer"])

    @property
    def recipient(self) -> UUID | None:
        """The provider named, for a consent to sharing or a ground of necessity."""
        found = self.value.get("recipient")
        return UUID(found) if found else None

    @property
    def sections(self) -> frozenset[Section]:
        """The sections the recipient may open."""
        return frozenset(Section(name) for name in self.value.get("sections", []))

    @property
    def expires_on(self) -> date | None:
        """The last day on which it holds."""
        text = self.value.get("expires_on")
        return date.fromisoformat(text) if text else None

    @property
    def confirmed(self) -> bool:
        """True unless it still wants its second, different person."""
        first, second = self.value.get("requested_by"), self.value.get("confirmed_by")
        return not wants_two(self.value) or (bool(first and second) and first != second)

    def holds(self, on: date) -> bool:
        """True when it was a yes, is not withdrawn, not over, and confirmed where two are
        needed."""
        return self.state(on) is Standing.HOLDS

    def state(self, on: date) -> Standing:
        """What it is worth on a day, the strongest reason against it first."""
        if self.answer is not Answer.YES:
            return Standing(self.answer)
        if self.value.get("withdrawn_on"):
            return Standing.WITHDRAWN
        if self.expires_on is not None and on > self.expires_on:
            return Standing.OVER
        return Standing.HOLDS if self.confirmed else Standing.WAITING


def wants_two(value: Mapping[str, Any]) -> bool:
    """True for what one person alone cannot decide: necessity, and a yes in a child's place."""
    for_a_child = value.get("by") == TWO_WORKERS and value.get("answer") == Answer.YES
    return value.get("kind") == NECESSITY or for_a_child


def latest(consents: Iterable[Consent], kind: str) -> Consent | None:
    """The last answer recorded for a question that names no recipient."""
    found = [consent for consent in consents if consent.kind == kind]
    return max(found, key=lambda consent: str(consent.value["recorded_at"]), default=None)


def agreed(consents: Iterable[Consent], kind: str, on: date) -> bool:
    """True when the last answer to the question is a yes that holds on the day."""
    found = latest(consents, kind)
    return found is not None and found.holds(on)
