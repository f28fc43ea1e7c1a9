"""The invented people who work in the demonstration; their words follow from its seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from casework.policy import Role
from casework.vault.passphrases import words_from

GOUNDAM, TOMBOUCTOU = "Équipe de Goundam", "Équipe de Tombouctou"


@dataclass(frozen=True, slots=True)
class Worker:
    """One account of the demonstration."""

    handle: str
    name: str
    role: Role
    team: str | None = None


OWNERS: tuple[Worker, ...] = (
    Worker("aminata", "Aminata Maïga", Role.COORDINATOR, GOUNDAM),
    Worker("ibrahim", "Ibrahim Touré", Role.PARALEGAL, GOUNDAM),
    Worker("zeinab", "Zeïnabou Yattara", Role.PARALEGAL, GOUNDAM),
    Worker("ramata", "Ramata Cissé", Role.RELAY, GOUNDAM),
    Worker("oumar", "Oumar Haïdara", Role.COORDINATOR, TOMBOUCTOU),
    Worker("fanta", "Fanta Tandina", Role.PARALEGAL, TOMBOUCTOU),
    Worker("alassane", "Alassane Ag Mohamed", Role.PARALEGAL, TOMBOUCTOU),
    Worker("moussa", "Moussa Djiteye", Role.RELAY, TOMBOUCTOU),
)
ORGANISATION: tuple[Worker, ...] = (
    Worker("admin", "Kadidia Sylla", Role.ADMINISTRATOR),
    Worker("manager", "Boubacar Konaté", Role.MANAGER),
    Worker("donor", "Claire Fontaine", Role.DONOR),
    Worker("auditor", "Salif Doumbia", Role.AUDITOR),
)


def passphrase(seed: int, handle: str) -> str:
    """The six words of an account of the demonstration with this seed."""
    digest = hashlib.sha256(f"demonstration {seed} {handle}".encode()).digest()
    return " ".join(words_from(digest))
