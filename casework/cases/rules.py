"""The rules of the domain over one grievance, one person, one outcome. Pure; dates are passed in.

Nothing here is stored: type, contexts, categories and bands are derived each time they are needed.
Sources: GBVIMS User Guide ch. 3 (one core type, by elimination), Primero's derived contexts with
its slips corrected (a stored « no » raises no flag), Code pénal 2024 art. 57 (no penal mediation
for sexual offences and crimes), the supreme cadi of Timbuktu (cadis: civil matters only), domain
brief §0 and §2. Ages and moments: see `ages` and `deadlines`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from casework import codes
from casework.cases.ages import age_band, age_years, below_marriage_age, is_child, is_under
from casework.cases.deadlines import act_within, hours_to_care, hours_to_report, incident_day
from casework.cases.fields_grievance import GBV_ACTS

__all__ = [
    "act_within",
    "age_band",
    "age_years",
    "below_marriage_age",
    "hours_to_care",
    "hours_to_report",
    "incident_day",
    "is_child",
]

Grievance = Mapping[str, Any]

SEXUAL = frozenset({"vbg_viol", "vbg_agr_sexuelle"})
"""Sexual offences among the core types; excision is sexual assault (GBVIMS)."""

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
"""Types of `type_cas_justice` taken for crimes, on the careful side: the list wants the word of a
jurist on the penal code of 2024."""

CIVIL = frozenset({"vbg_deni", "suc_heritage"})
CIVIL_GROUPS = ("ec_", "fon_", "fam_", "eco_")
"""Types, and beginnings of types, that a cadi or a chief may settle."""

SETTLEMENTS = frozenset(
    {"mediation", "decision_cadi", "conciliation", "conciliation_homologuee", "decision_coutumiere"}
)
"""Services and outcomes by which the parties agree out of court."""

BEFORE_CUSTOM = frozenset({"decision_cadi", "decision_coutumiere"})
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
    "arrangement_illicite": "non",
}
"""Each code of `issue` → code of `reparation` (result 2.1); no configuration changes it."""

ALERTS = frozenset({"arrangement_illicite"})
CLOSED_UNCOUNTED = frozenset({"doublon"})
"""Closing as a merged duplicate ends no case in the statistics."""

CLOSED_WITH_NOTE = frozenset({"transfere", "hors_perimetre", "financement", "securite"})
"""Reasons of closure that need a word: to whom, whereto, since when."""

YOUTH = range(15, 36)


def core_type(grievance: Grievance) -> str | None:
    """The one core type of a GBV incident: the first of the acts in the order of elimination."""
    return core_of(grievance.get("gbv_acts") or ())


def core_of(acts: Collection[str]) -> str | None:
    """The core type of what was ticked; None when nothing of it is gender-based violence."""
    return next((act for act in GBV_ACTS if act in acts), None)


def is_gbv(grievance: Grievance) -> bool:
    """True for an incident of gender-based violence."""
    return core_type(grievance) is not None


def problem_of(grievance: Grievance) -> str:
    """The type of a grievance: its core type, else its matter of justice, else `autre`."""
    return core_type(grievance) or str(grievance.get("justice_type") or "autre")


def problem_label(problem: str, language: str | None = None) -> str:
    """The words for a type of either list; KeyError for an unknown one."""
    name = "type_cas_vbg" if codes.is_code("type_cas_vbg", problem) else "type_cas_justice"
    return codes.label(name, problem, language)


def grievance_problems(grievance: Grievance) -> list[str]:
    """The codes of the rules a grievance breaks, most important first."""
    found = []
    if grievance.get("gbv_acts") and grievance.get("justice_type"):
        found.append("one_matter_one_grievance")
    if is_gbv(grievance) and len(grievance.get("people") or []) > 1:
        found.append("one_survivor_one_incident")
    return found


def contexts(
    grievance: Grievance, author: Mapping[str, Any], age: Any, on: date
) -> tuple[str, ...]:
    """The codes of `contexte_vbg_derive` that follow from the answers; never asked, never stored.

    `author` is the grievance's part of section perpetrator; `age` that of the person, taken on the
    day of the incident where that is known, else on `on`. A `non` or `aucun` raises no flag.
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
        "ctx_esclavage_sexuel": sexual and was_abducted(grievance),
        "ctx_ptn": (grievance.get("harmful_practice") or "non") != "non",
    }
    return tuple(code for code, holds in tests.items() if holds)


def was_abducted(grievance: Grievance) -> bool:
    """True when she was taken away at the time, whatever the way."""
    return (grievance.get("abduction") or "aucun") != "aucun"


def settlement_forbidden(grievance: Grievance) -> bool:
    """True for sexual offences and crimes: no conciliation, and no such outcome is redress.

    What the answers add counts too: excision and abduction, under whatever core type.
    """
    excised = is_gbv(grievance) and grievance.get("harmful_practice") == "excision"
    taken = is_gbv(grievance) and was_abducted(grievance)
    return excised or taken or problem_of(grievance) in SEXUAL | CRIMES


def is_civil(grievance: Grievance) -> bool:
    """True for a matter that custom or religion may settle."""
    problem = problem_of(grievance)
    return problem in CIVIL or problem.startswith(CIVIL_GROUPS)


def is_settlement(code: str) -> bool:
    """True for a service or an outcome that settles out of court."""
    return code in SETTLEMENTS


def settlement_problem(code: str, grievances: Iterable[Grievance]) -> str | None:
    """The rule that a service or outcome breaks for these grievances, or None.

    'settlement_forbidden' where one of them is a sexual offence or a crime, 'cadi_civil_only' where
    none of them is a civil matter and the code leads before a cadi or a customary authority.
    """
    concerned = list(grievances)
    if code in SETTLEMENTS and any(settlement_forbidden(one) for one in concerned):
        return "settlement_forbidden"
    if code in BEFORE_CUSTOM and concerned and not any(is_civil(one) for one in concerned):
        return "cadi_civil_only"
    return None


def is_redress(outcome: str) -> bool:
    """True when the outcome counts as redress."""
    return REDRESS[outcome] == "oui"


def is_alert(outcome: str) -> bool:
    """True for an unlawful settlement: the coordinator must know."""
    return outcome in ALERTS


def marriage_flags(sex: str, age: Any, on: date) -> tuple[str, ...]:
    """'child' under 18, 'below_legal_age' where the family code forbids it too; never merged."""
    tests = {"child": is_child(age, on), "below_legal_age": below_marriage_age(sex, age, on)}
    return tuple(flag for flag, holds in tests.items() if holds)


def categories(person: Mapping[str, Any], on: date) -> set[str]:
    """The codes of `categorie_beneficiaire` that hold for a person on a day; several may."""
    age, displacement = person.get("age"), person.get("displacement")
    years = age_years(age, on)
    young = years in YOUTH if years is not None else age_band(age, on) == "18_24"
    tests = {
        "femme": person.get("sex") == "F" and is_under(age, 18, on) is False,
        "enfant": is_child(age, on),
        "jeune": young,
        "pdi": displacement == "pdi",
        "retourne_rapatrie": displacement in {"pdi_retournee", "rapatrie"},
        "handicap": (person.get("disability") or "non") != "non",
    }
    derived = {code for code, holds in tests.items() if holds}
    return derived | set(person.get("other_categories") or [])


def closure_problems(reason: str, *, open_referrals: int, note: str) -> list[str]:
    """The codes of the rules that closing for this reason would break, most important first."""
    found = []
    if open_referrals:
        found.append("referrals_open")
    if reason in CLOSED_WITH_NOTE and not note.strip():
        found.append("closure_needs_note")
    return found
