"""Sections of a case and who is offered which: the unit in which a person shares.

A person consents per named recipient *and* section. What is proposed to her for a kind of provider
is only the least it needs to serve (need to know); she decides. Source: domain brief §2
(`section_partage`), §8 and the data-sharing protocol model of GBVIMS.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from casework import codes


class Section(StrEnum):
    """A part of a case with its own key; the value is the name the vault binds into the box."""

    IDENTITY = "identity"
    CONTACT = "contact"
    FACTS = "facts"
    HEALTH = "health"
    PERPETRATOR = "perpetrator"
    LEGAL = "legal"
    ATTACHMENTS = "attachments"
    NOTES = "notes"
    ADMIN = "admin"


S = Section
CODE_OF_SECTION: dict[Section, str] = {
    S.IDENTITY: "s_identite",
    S.CONTACT: "s_contact",
    S.FACTS: "s_faits",
    S.HEALTH: "s_sante",
    S.PERPETRATOR: "s_auteur",
    S.LEGAL: "s_juridique",
    S.ATTACHMENTS: "s_pieces",
    S.NOTES: "s_notes",
}
"""The code of `section_partage` for each section a person can share; `admin` has none."""

SHAREABLE: tuple[Section, ...] = tuple(CODE_OF_SECTION)
NEVER_PROPOSED = frozenset({S.NOTES, S.ADMIN})
"""Case notes are shared only where the person asks for it; `admin` holds ids of facts, never."""

NECESSITY_SECTIONS = frozenset({S.IDENTITY, S.CONTACT, S.FACTS})
"""What may go without consent when a life or a child is in danger: who, where to find her, what
threatens her. Health is left out unless the recipient cares for health (see `necessity_sections`);
perpetrator, legal, attachments and notes never go this way."""

_LEAST: dict[str, frozenset[Section]] = {
    "sante": frozenset({S.IDENTITY, S.HEALTH}),
    "pfef": frozenset({S.IDENTITY, S.FACTS}),
    "bajj": frozenset({S.IDENTITY, S.FACTS}),
    "barreau": frozenset({S.IDENTITY, S.FACTS, S.LEGAL}),
    "tribunal": frozenset({S.IDENTITY, S.LEGAL}),
    "parquet": frozenset({S.IDENTITY, S.FACTS, S.PERPETRATOR}),
    "gendarmerie": frozenset({S.IDENTITY, S.FACTS, S.PERPETRATOR}),
    "police": frozenset({S.IDENTITY, S.FACTS, S.PERPETRATOR}),
    "cndh": frozenset({S.IDENTITY, S.FACTS}),
    "agrv": frozenset({S.IDENTITY, S.FACTS}),
    "ong": frozenset({S.IDENTITY, S.FACTS}),
    "onu": frozenset({S.IDENTITY, S.FACTS}),
}
_LEAST_FOR_SERVICE: dict[str, frozenset[Section]] = {
    "sante_urgence": frozenset({S.IDENTITY, S.HEALTH}),
    "certificat_medical": frozenset({S.IDENTITY, S.HEALTH}),
    "transport": frozenset({S.CONTACT}),
    "interprete": frozenset(),
    "ame_vivres": frozenset({S.IDENTITY}),
}


def section_label(section: Section, language: str | None = None) -> str:
    """The words for a section a person can share; KeyError for `admin`."""
    return codes.label("section_partage", CODE_OF_SECTION[section], language)


def proposed_sections(provider_kind: str, service: str) -> tuple[Section, ...]:
    """The least sections this service at this kind of provider needs, in the order of `Section`.

    `provider_kind` is a code of `type_partenaire`, `service` one of `type_service`. A provider not
    listed gets the identity only.
    """
    least = _LEAST_FOR_SERVICE.get(service, _LEAST.get(provider_kind, frozenset({S.IDENTITY})))
    return tuple(section for section in Section if section in least - NEVER_PROPOSED)


def necessity_sections(provider_kind: str) -> frozenset[Section]:
    """What a ground of necessity opens to this kind of provider (code of `type_partenaire`)."""
    return NECESSITY_SECTIONS | ({S.HEALTH} if provider_kind == "sante" else frozenset())


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the person named: one provider of the directory, and where she wishes one person in it.

    `person` (« la sage-femme ») is sealed with the consent and shown on every screen that shares;
    the software cannot hold it against the provider's other members, people can.
    """

    provider_id: UUID
    person: str = ""

    def __repr__(self) -> str:
        return f"Recipient(provider_id={self.provider_id})"
