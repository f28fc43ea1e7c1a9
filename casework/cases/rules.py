"""The rules of the domain over one grievance, one person, one outcome. Pure; dates are passed in.

Nothing here is stored: type, contexts, categories and age bands are derived each time they are
needed. Sources: GBVIMS User Guide ch. 3 (one core type, by elimination), Primero's derived contexts
with its two slips corrected, Code pénal 2024 art. 57 (no penal mediation for sexual offences and
crimes), WHO and ICEC care windows, domain brief §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casework.cases.fields_grievance import GBV_ACTS

SEXUAL = frozenset({"vbg_viol", "vbg_agr_sexuelle"})
CRIMES = frozenset(
    {
        "enf_travail",
        "enf_eafga",
        "lib_enlevement",
        "lib_traite",
        "lib_esclavage",
        "vie_homicide",
        "vie_torture",
        "eei_reg",
    }
)
"""Types of `type_cas_justice` that the penal code of 2024 punishes as crimes."""

SETTLEMENTS = frozenset(
    {"mediation", "decision_cadi", "conciliation", "conciliation_homologuee", "decision_coutumiere"}
)
"""Services and outcomes by which the parties agree out of court."""

HEALTH_SERVICES = frozenset({"sante_urgence", "sante", "certificat_medical"})
REDRESS: Mapping[str, str] = {
    "conciliation": "oui",
    "conciliation_homologuee": "oui",
    "decision_coutumiere": "oui",
    "acte_ec": "oui",
    "identite": "oui",
    "jugement_fav": "oui",
    "jugement_part": "oui",
    "condamnation": "oui",
    "indemn_payee": "oui",
    "restit_terre": "oui",
    "restit_bien": "oui",
    "heritage": "oui",
    "pension": "oui",
    "divorce": "oui",
    "protection": "oui",
    "liberation": "oui",
    "mariage_empeche": "oui",
    "retour_famille": "oui",
    "symbolique": "oui",
    "indemn_due": "partiel",
    "jugement_supp": "etape",
    "dossier_agrv": "etape",
    "appel": "etape",
    "en_attente": "etape",
    "soins": "service",
    "info_donnee": "non",
    "jugement_def": "non",
    "relaxe": "non",
    "classement": "non",
    "non_lieu": "non",
    "desistement": "non",
    "incompetence": "non",
    "arrangement_illicite": "alerte",
}
"""Whether an outcome is redress (result 2.1): fixed in code, no configuration changes it."""

CHILD_UNDER = 18
MARRIAGE_AGE = {"F": 16, "M": 18}
"""Family code of Mali; between it and 18 a marriage is lawful but still a child marriage."""

BANDS = ((5, "0_4"), (12, "5_11"), (18, "12_17"), (25, "18_24"), (60, "25_59"))
CHILD_BANDS = frozenset({"0_4", "5_11", "12_17"})
YOUTH = range(15, 36)
ACT_WITHIN = {"eleve": timedelta(days=1), "moyen": timedelta(days=3), "faible": timedelta(days=7)}
PARTS_OF_DAY = {"matin": 9, "apres_midi": 15, "soir": 20, "nuit": 2}
NOON = 12
PEP_HOURS = 72
CONTRACEPTION_HOURS = 120


def age_years(age: Any, on: date) -> int | None:
    """The age in whole years on a day, from any of the shapes of `approximate_age`."""
    if not age:
        return None
    if age.get("birth_on"):
        born = date.fromisoformat(age["birth_on"])
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if age.get("birth_year"):
        return on.year - int(age["birth_year"])
    if age.get("years") is not None:
        return int(age["years"]) + max(0, (on - date.fromisoformat(age["as_of"])).days) // 365
    return None


def age_band(age: Any, on: date) -> str:
    """The code of `tranche_age` on a day; `inconnu` when nothing is known."""
    if age and age.get("band"):
        return str(age["band"])
    years = age_years(age, on)
    if years is None:
        return "inconnu"
    return next((band for limit, band in BANDS if years < limit), "60p")


def is_child(age: Any, on: date) -> bool:
    """True under 18 (GBVIMS), also where only the band is known."""
    return age_band(age, on) in CHILD_BANDS


def below_marriage_age(sex: str, age: Any, on: date) -> bool:
    """True when the family code forbids marriage at this age: 16 for girls, 18 for boys."""
    years = age_years(age, on)
    return years is not None and years < MARRIAGE_AGE.get(sex, CHILD_UNDER)


def core_type(grievance: Mapping[str, Any]) -> str | None:
    """The one core type of a GBV incident: the first of the acts in the order of elimination."""
    acts = set(grievance.get("gbv_acts") or [])
    return next((act for act in GBV_ACTS if act in acts), None)


def is_gbv(grievance: Mapping[str, Any]) -> bool:
    """True for an incident of gender-based violence."""
    return core_type(grievance) is not None


def problem_of(grievance: Mapping[str, Any]) -> str:
    """The type of a grievance: its core type, else its matter of justice, else `autre`."""
    return core_type(grievance) or str(grievance.get("justice_type") or "autre")


def grievance_problems(grievance: Mapping[str, Any]) -> list[str]:
    """The codes of the rules a grievance breaks, most important first."""
    found = []
    if grievance.get("gbv_acts") and grievance.get("justice_type"):
        found.append("one_matter_one_grievance")
    if is_gbv(grievance) and len(grievance.get("people") or []) > 1:
        found.append("one_survivor_one_incident")
    return found


def contexts(
    grievance: Mapping[str, Any], author: Mapping[str, Any], age: Any, on: date
) -> tuple[str, ...]:
    """The codes of `contexte_vbg_derive` that follow from the answers; never asked, never stored.

    `author` is the grievance's part of section perpetrator; `age` that of the person. A stored
    `non` or `aucun` raises no flag.
    """
    core = core_type(grievance)
    if core is None:
        return ()
    sexual, child = core in SEXUAL, is_child(age, incident_day(grievance) or on)
    tests = {
        "ctx_vpi": "partenaire" in (author.get("relations") or []),
        "ctx_abus_sexuel_enfant": sexual and child,
        "ctx_mariage_precoce": core == "vbg_mariage_force" and child,
        "ctx_exploitation": sexual and grievance.get("goods_exchanged") is True,
        "ctx_esclavage_sexuel": sexual and (grievance.get("abduction") or "aucun") != "aucun",
        "ctx_ptn": (grievance.get("harmful_practice") or "non") != "non",
    }
    return tuple(code for code, holds in tests.items() if holds)


def settlement_forbidden(grievance: Mapping[str, Any]) -> bool:
    """True for sexual offences and crimes: no conciliation, and no such outcome is redress."""
    return problem_of(grievance) in SEXUAL | CRIMES


def is_settlement(code: str) -> bool:
    """True for a service or an outcome that settles out of court."""
    return code in SETTLEMENTS


def is_redress(outcome: str) -> bool:
    """True when the outcome counts as redress."""
    return REDRESS[outcome] == "oui"


def is_alert(outcome: str) -> bool:
    """True for an unlawful settlement: the coordinator must know."""
    return REDRESS[outcome] == "alerte"


def categories(person: Mapping[str, Any], on: date) -> set[str]:
    """The codes of `categorie_beneficiaire` that hold for a person on a day; several may."""
    sex, displacement = person.get("sex"), person.get("displacement")
    years, child = age_years(person.get("age"), on), is_child(person.get("age"), on)
    grown = age_band(person.get("age"), on) not in CHILD_BANDS | {"inconnu"}
    young = years in YOUTH if years is not None else age_band(person.get("age"), on) == "18_24"
    tests = {
        "femme": sex == "F" and grown,
        "enfant": child,
        "jeune": young,
        "pdi": displacement == "pdi",
        "retourne_rapatrie": displacement in {"pdi_retournee", "rapatrie"},
        "handicap": (person.get("disability") or "non") != "non",
    }
    return {code for code, holds in tests.items() if holds} | set(
        person.get("other_categories") or []
    )


def act_within(risk: str) -> timedelta:
    """The delay to the first step: 24 hours, 72 hours or 7 days."""
    return ACT_WITHIN.get(risk, ACT_WITHIN["faible"])


def incident_day(grievance: Mapping[str, Any]) -> date | None:
    """The day of the incident, when the whole day is known."""
    text = str(grievance.get("happened_on") or "")
    return date.fromisoformat(text) if len(text) == len("2026-01-31") else None


def incident_hour(grievance: Mapping[str, Any]) -> int:
    """The hour to count from: that of the part of the day she remembers, else noon."""
    return PARTS_OF_DAY.get(str(grievance.get("part_of_day") or ""), NOON)


def hours_to_report(grievance: Mapping[str, Any], on: date) -> float | None:
    """Hours from the incident to noon of the day she was received; None where the day is
    unknown."""
    return hours_until(grievance, on)


def hours_to_care(grievance: Mapping[str, Any], on: date | None) -> float | None:
    """Hours from the incident to noon of the day of the care; None where either is unknown."""
    return None if on is None else hours_until(grievance, on)


def hours_until(grievance: Mapping[str, Any], on: date) -> float | None:
    """Hours from the incident to noon of a day, never below zero."""
    day = incident_day(grievance)
    if day is None:
        return None
    return max(0.0, (on - day).days * 24.0 + NOON - incident_hour(grievance))


def care_windows(grievance: Mapping[str, Any]) -> dict[str, int]:
    """Hours within which care must start: prophylaxis and contraception after a rape, else none."""
    if core_type(grievance) != "vbg_viol":
        return {}
    return {"pep": PEP_HOURS, "contraception": CONTRACEPTION_HOURS}


def suggested_urgency(
    grievance: Mapping[str, Any], facts: Mapping[str, Any], health: Mapping[str, Any], on: date
) -> str:
    """The code of `priorite` to propose: danger or an open care window, recent violence, else
    normal."""
    hours = hours_to_report(grievance, on)
    open_window = (
        bool(care_windows(grievance)) and hours is not None and hours <= CONTRACEPTION_HOURS
    )
    if facts.get("life_in_danger") or health.get("wants_to_die") or open_window:
        return "urgence"
    recent = is_gbv(grievance) and hours is not None and hours <= CONTRACEPTION_HOURS
    return "urgent" if recent or facts.get("child_in_danger") else "normal"
