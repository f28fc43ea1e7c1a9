"""What each kind of activity asks, and the codes it may answer with. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from casework.i18n import lazy_gettext as _l

SEXES = {"F": _l("Women and girls"), "M": _l("Men and boys")}
AGES = {"u18": _l("Under 18"), "a18_35": _l("18 to 35"), "a36p": _l("36 and over")}
THEMES = {
    "civil_status": _l("Civil status"),
    "land": _l("Land"),
    "institutions": _l("Justice and its institutions"),
    "inheritance": _l("Inheritance and family"),
    "gbv": _l("Gender-based violence"),
    "rights": _l("Rights and ways to justice"),
}
TRAINED = ("civil_status", "land", "institutions")
PROOFS = {
    "signed_list": _l("Signed attendance list"),
    "photo": _l("Photo without faces"),
    "minutes": _l("Signed minutes"),
    "recording": _l("Recording or broadcast certificate"),
    "mission_report": _l("Mission report"),
    "tally_sheet": _l("Tally sheet"),
}
LANGUAGES = {
    "songhay": _l("Songhay"),
    "tamasheq": _l("Tamasheq"),
    "arabic": _l("Arabic"),
    "fulfulde": _l("Fulfulde"),
    "bambara": _l("Bambara"),
    "french": _l("French"),
}
PRACTICES = {"customary": _l("Customary"), "religious": _l("Religious")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of one kind asks besides day, commune and proof.

    `people`: heads by sex and age; `themes`: one of these; `tests`: marks before and after;
    `radio`: station, language, minutes, callers; `services`: how many services were at the table.
    """

    people: bool = True
    themes: tuple[str, ...] = ()
    tests: bool = False
    radio: bool = False
    services: bool = False


_MEETING = Asked(services=True)
KINDS: dict[str, Asked] = {
    "sensibilisation": Asked(themes=tuple(THEMES)),
    "causerie": Asked(themes=tuple(THEMES)),
    "formation_relais": Asked(themes=TRAINED, tests=True),
    "radio_message": Asked(people=False, themes=tuple(THEMES), radio=True),
    "radio_debat": Asked(people=False, themes=tuple(THEMES), radio=True),
    "info_sans_dossier": Asked(themes=tuple(THEMES)),
    "atelier_synergie": _MEETING,
    "reunion_mensuelle": _MEETING,
    "mission_suivi": Asked(people=False),
    "audience_foraine": _MEETING,
}
"""The kinds of activity a team writes down: codes of the list `type_activite`."""
