"""The directory a new programme in the region starts from: kinds, services and seats are real.

Source: domain brief §0 and §1. Judges of Goundam sit in Timbuktu for security: jurisdiction and
present seat are two things. Telephone numbers are invented, of a range that exists nowhere; a
programme writes its own before it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from casework.directory.actions import Description, store_provider

DOUEKIRE, DOUKOURIA, GOUNDAM = "ML060204", "ML060205", "ML060208"
ALAFIA, BOUREM_INALY, TOMBOUCTOU = "ML060501", "ML060503", "ML060506"
CERCLE_OF_GOUNDAM = (DOUEKIRE, DOUKOURIA, GOUNDAM)
CERCLE_OF_TOMBOUCTOU = (ALAFIA, BOUREM_INALY, TOMBOUCTOU)
EVERYWHERE = CERCLE_OF_GOUNDAM + CERCLE_OF_TOMBOUCTOU
OFFICE_HOURS = "lundi à vendredi, 8 h à 15 h"
DAY_AND_NIGHT = "jour et nuit"


@dataclass(frozen=True, slots=True)
class Row:
    """One provider of the seed; `fallback` is the name of another row, written before it."""

    kind: str
    name: str
    services: tuple[str, ...]
    communes: tuple[str, ...]
    seat: str
    hours: str = OFFICE_HOURS
    seat_note: str = ""
    fallback: str | None = None
    suspended: bool = False
    night: bool = False


HOSPITAL = "Hôpital régional et One Stop Center de Tombouctou"
HEALTH_GOUNDAM = "CSRéf de Goundam"
LEGAL_AID = "Clinique juridique DEME SO de Tombouctou"
WOMEN_AND_CHILDREN = "DRPFEF de Tombouctou"
GENDARMERIE = "Brigade de gendarmerie de Goundam"
TOWN_HALL = "Mairie de Tombouctou"
HIGH_COURT = "Tribunal de grande instance de Tombouctou"
SOCIAL_SERVICE = "Développement social de Tombouctou"

ROWS: tuple[Row, ...] = (
    Row(
        "sante",
        HOSPITAL,
        ("sante_urgence", "sante", "certificat_medical", "psychosocial", "abri"),
        EVERYWHERE,
        TOMBOUCTOU,
        DAY_AND_NIGHT,
        night=True,
    ),
    Row(
        "sante",
        HEALTH_GOUNDAM,
        ("sante_urgence", "sante", "certificat_medical"),
        CERCLE_OF_GOUNDAM,
        GOUNDAM,
        DAY_AND_NIGHT,
        fallback=HOSPITAL,
        night=True,
    ),
    Row(
        "sante",
        "CSCom de Bourem-Inaly",
        ("sante", "certificat_medical"),
        (BOUREM_INALY, ALAFIA),
        BOUREM_INALY,
        fallback=HOSPITAL,
    ),
    Row(
        "bajj",
        LEGAL_AID,
        ("info_juridique", "redaction", "assistance_jud"),
        EVERYWHERE,
        TOMBOUCTOU,
    ),
    Row(
        "pfef",
        WOMEN_AND_CHILDREN,
        ("protection_enfance", "psychosocial", "reunification", "mediation", "education"),
        EVERYWHERE,
        TOMBOUCTOU,
    ),
    Row(
        "gendarmerie",
        GENDARMERIE,
        ("securite",),
        CERCLE_OF_GOUNDAM,
        GOUNDAM,
        DAY_AND_NIGHT,
        night=True,
    ),
    Row(
        "police",
        "Commissariat de Tombouctou",
        ("securite",),
        CERCLE_OF_TOMBOUCTOU,
        TOMBOUCTOU,
        DAY_AND_NIGHT,
        night=True,
    ),
    Row("mairie", TOWN_HALL, ("etat_civil",), CERCLE_OF_TOMBOUCTOU, TOMBOUCTOU),
    Row("mairie", "Mairie de Goundam", ("etat_civil",), CERCLE_OF_GOUNDAM, GOUNDAM),
    Row(
        "tribunal",
        HIGH_COURT,
        ("etat_civil", "foncier", "assistance_jud"),
        EVERYWHERE,
        TOMBOUCTOU,
    ),
    Row(
        "tribunal",
        "Tribunal d’instance de Goundam",
        ("etat_civil", "foncier"),
        CERCLE_OF_GOUNDAM,
        TOMBOUCTOU,
        seat_note="Siège à Tombouctou pour raison de sécurité",
        fallback=HIGH_COURT,
    ),
    Row("devsocial", SOCIAL_SERVICE, ("ame_vivres", "subsistance"), EVERYWHERE, TOMBOUCTOU),
    Row("cofo", "Commission foncière de Goundam", ("foncier",), CERCLE_OF_GOUNDAM, GOUNDAM),
    Row("cofo", "Commission foncière d’Alafia", ("foncier",), CERCLE_OF_TOMBOUCTOU, ALAFIA),
    Row("cadi", "Cadi de Tombouctou", ("decision_cadi", "mediation"), EVERYWHERE, TOMBOUCTOU),
    Row(
        "ong",
        "Centre d’écoute de Diré",
        ("psychosocial",),
        CERCLE_OF_GOUNDAM,
        GOUNDAM,
        seat_note="Fermé jusqu’à nouvel ordre",
        fallback=HOSPITAL,
        suspended=True,
    ),
)


def seed_directory(session: Session, server_key: bytes) -> dict[str, UUID]:
    """The directory holds every row; returns the ids by name."""
    ids: dict[str, UUID] = {}
    for number, row in enumerate(ROWS):
        contact = {"day": f"00 00 {number:02d} 01"}
        if row.night:
            contact["night"] = f"00 00 {number:02d} 02"
        described = Description(
            kind=row.kind,
            name=row.name,
            services=row.services,
            communes=row.communes,
            seat=row.seat,
            seat_note=row.seat_note,
            hours=row.hours,
            fallback_id=ids[row.fallback] if row.fallback else None,
            suspended=row.suspended,
        )
        ids[row.name] = store_provider(session, None, server_key, described, contact).id
    return ids
