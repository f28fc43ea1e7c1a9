"""How often what happens in the demonstration: shaped after published figures for Mali.

GBV types after GBVIMS Mali 2018, with property and civil status the largest class of the rest
(domain brief §4); shares are weights, not percentages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Weights = Mapping[str, int]

COMMUNES: Weights = {
    "ML060208": 26,
    "ML060204": 12,
    "ML060205": 8,
    "ML060506": 30,
    "ML060501": 12,
    "ML060503": 12,
}
GOUNDAM_COMMUNES = frozenset({"ML060204", "ML060205", "ML060208"})
PROBLEMS: Weights = {
    "vbg_agr_sexuelle": 10,
    "vbg_viol": 7,
    "vbg_agr_physique": 11,
    "vbg_deni": 7,
    "vbg_psy": 6,
    "vbg_mariage_force": 5,
    "ec_naissance": 14,
    "ec_identite": 7,
    "ec_mariage": 4,
    "fon_terre": 9,
    "fon_occupation": 5,
    "suc_heritage": 6,
    "fam_pension": 6,
    "fam_divorce": 4,
    "bien_vol": 4,
    "eco_dette": 3,
    "lib_detention": 3,
    "adm_abus": 2,
}
DISPLACEMENT: Weights = {"resident": 58, "pdi": 26, "pdi_retournee": 9, "rapatrie": 7}
LANGUAGES: Weights = {"khq": 50, "taq": 24, "ses": 8, "bm": 6, "ff": 6, "mey": 6}
RISKS: Weights = {"faible": 52, "moyen": 33, "eleve": 15}
SOURCES: Weights = {
    "auto": 34,
    "leader": 28,
    "radio": 10,
    "humanitaire": 12,
    "sante": 8,
    "ecole": 8,
}
CLOSINGS: Weights = {
    "besoins_satisfaits": 46,
    "decision_executee": 14,
    "accord_mutuel": 12,
    "demande_victime": 12,
    "perte_contact": 9,
    "depart": 4,
    "voies_epuisees": 3,
}
REFUSALS: Weights = {"capacite": 30, "hors_zone": 18, "insecurite": 22, "incomplet": 18, "cout": 12}


@dataclass(frozen=True, slots=True)
class Way:
    """What is usually done for a problem: services asked, our own service, outcome, proof."""

    services: tuple[str, ...]
    own: str
    outcome: str
    proof: str


VIOLENCE = Way(
    ("sante", "psychosocial", "info_juridique"), "accompagnement", "protection", "certificat"
)
RAPE = Way(
    ("sante_urgence", "psychosocial", "info_juridique"), "accompagnement", "soins", "certificat"
)
PAPERS = Way(("redaction", "etat_civil"), "redaction", "acte_ec", "acte")
LAND = Way(("foncier", "info_juridique"), "info_juridique", "conciliation", "pv")
FAMILY = Way(("info_juridique", "mediation"), "mediation", "pension", "pv")
WAYS: Mapping[str, Way] = {
    "vbg_viol": RAPE,
    "vbg_agr_sexuelle": RAPE,
    "vbg_agr_physique": VIOLENCE,
    "vbg_psy": VIOLENCE,
    "vbg_mariage_force": Way(
        ("protection_enfance",), "accompagnement", "mariage_empeche", "declaration"
    ),
    "vbg_deni": Way(("info_juridique",), "info_juridique", "restit_bien", "declaration"),
    "ec_naissance": PAPERS,
    "ec_mariage": PAPERS,
    "ec_identite": Way(("etat_civil",), "redaction", "identite", "acte"),
    "fon_terre": LAND,
    "fon_occupation": Way(("foncier",), "info_juridique", "restit_terre", "pv"),
    "suc_heritage": Way(("info_juridique",), "info_juridique", "heritage", "pv"),
    "fam_pension": FAMILY,
    "fam_divorce": Way(("info_juridique",), "mediation", "divorce", "jugement"),
    "lib_detention": Way(("assistance_jud",), "info_juridique", "liberation", "declaration"),
}
OTHER = Way(("info_juridique",), "info_juridique", "restit_bien", "recu")


def pick(chance: Random, weights: Weights) -> str:
    """One of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def maybe(chance: Random, share: float) -> bool:
    """True in that share of the draws."""
    return chance.random() < share


def ages(problem: str) -> Sequence[tuple[int, int]]:
    """The ranges of age from which the person of such a case is drawn."""
    if problem == "vbg_mariage_force":
        return ((13, 16),)
    if problem in ("vbg_viol", "vbg_agr_sexuelle"):
        return ((10, 17), (18, 24), (25, 45))
    return ((18, 24), (25, 59), (25, 59), (60, 78))
