"""The invented people who work in the demonstration; their words follow from its seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from casework.directory import seed
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
PARTNERS: tuple[Worker, ...] = (
    Worker("mariam", "Mariam Diallo", Role.FOCAL_POINT, seed.HEALTH_GOUNDAM),
    Worker("adama", "Adama Koné", Role.SECOND, seed.HEALTH_GOUNDAM),
    Worker("docteur", "Youssouf Dicko", Role.FOCAL_POINT, seed.HOSPITAL),
    Worker("infirmiere", "Safiatou Sangaré", Role.SECOND, seed.HOSPITAL),
    Worker("juriste", "Nafissa Keïta", Role.FOCAL_POINT, seed.LEGAL_AID),
    Worker("avocat", "Modibo Sissoko", Role.SECOND, seed.LEGAL_AID),
    Worker("drpfef", "Halimatou Ba", Role.FOCAL_POINT, seed.WOMEN_AND_CHILDREN),
    Worker("travailleuse", "Oumou Traoré", Role.SECOND, seed.WOMEN_AND_CHILDREN),
    Worker("gendarme", "Seydou Coulibaly", Role.FOCAL_POINT, seed.GENDARMERIE),
    Worker("brigadier", "Issa Diarra", Role.SECOND, seed.GENDARMERIE),
    Worker("mairie", "Abdoulaye Arby", Role.FOCAL_POINT, seed.TOWN_HALL),
    Worker("etat_civil", "Bintou Kounta", Role.SECOND, seed.TOWN_HALL),
    Worker("greffe", "Hamma Niangaly", Role.FOCAL_POINT, seed.HIGH_COURT),
    Worker("substitut", "Lalla Ansari", Role.SECOND, seed.HIGH_COURT),
    Worker("social", "Mahamar Landouré", Role.FOCAL_POINT, seed.SOCIAL_SERVICE),
    Worker("agent_social", "Koumba Samassékou", Role.SECOND, seed.SOCIAL_SERVICE),
)
ORGANISATION: tuple[Worker, ...] = (
    Worker("admin", "Kadidia Sylla", Role.ADMINISTRATOR),
    Worker("manager", "Boubacar Konaté", Role.MANAGER),
    Worker("donor", "Claire Fontaine", Role.DONOR),
    Worker("auditor", "Salif Doumbia", Role.AUDITOR),
)
EVERYBODY: tuple[Worker, ...] = OWNERS + PARTNERS + ORGANISATION


def passphrase(number: int, handle: str) -> str:
    """The six words of an account of the demonstration with this seed."""
    digest = hashlib.sha256(f"demonstration {number} {handle}".encode()).digest()
    return " ".join(words_from(digest))
