"""The groups in which codes are counted: coarse enough that a rare code never stands alone.

Each grouping maps every code of one code list to a group (the `stat_group` of the list); the words
shown for a group stand with the statistics. A change here needs a new version of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups in their published order, each with the codes it gathers; every code stands in one."""

    name: str
    members: dict[str, tuple[str, ...]]

    @property
    def groups(self) -> tuple[str, ...]:
        """The group codes, in published order."""
        return tuple(self.members)

    def of(self, code: str) -> str:
        """The group of a code, or the code itself when it names a group. Raises ValueError."""
        if code in self.members:
            return code
        for group, codes in self.members.items():
            if code in codes:
                return group
        raise ValueError(f"the grouping {self.name} does not know this code")

    def first(self, codes: Iterable[str]) -> str:
        """The first group, in published order, that gathers one of the codes, else the last."""
        held = set(codes)
        for group, members in self.members.items():
            if held & {group, *members}:
                return group
        return self.groups[-1]


SEX = Grouping("sex", {"F": (), "M": (), "NP": ()})

AGE = Grouping(
    "age",
    {
        "0_11": ("0_4", "5_11"),
        "12_17": (),
        "18_59": ("18_24", "25_59"),
        "60p": (),
        "inconnu": (),
    },
)

CATEGORY = Grouping(
    "category",
    {
        "displaced": ("pdi", "retourne_rapatrie"),
        "vulnerable": ("handicap",),
        "child": ("enfant",),
        "woman": ("femme",),
        "young": ("jeune",),
        "other": ("leader_com", "leader_rel", "notable", "membre_asso", "service_tech"),
    },
)
"""Who has several categories counts in the first of this published order; of none, in `other`."""

PROBLEM = Grouping(
    "problem",
    {
        "sexual_violence": ("vbg_viol", "vbg_agr_sexuelle"),
        "other_gbv": ("vbg_agr_physique", "vbg_mariage_force", "vbg_deni", "vbg_psy"),
        "civil_status": ("ec_naissance", "ec_mariage", "ec_deces", "ec_identite", "ec_rectif"),
        "land": ("fon_terre", "fon_ressources", "fon_occupation", "suc_heritage"),
        "family_child": (
            "fam_divorce",
            "fam_garde",
            "fam_pension",
            "fam_filiation",
            "enf_maltraitance",
            "enf_travail",
            "enf_eafga",
            "enf_conflit_loi",
        ),
        "safety_rights": (
            "lib_detention",
            "lib_enlevement",
            "lib_traite",
            "lib_esclavage",
            "vie_homicide",
            "vie_coups",
            "vie_menaces",
            "vie_torture",
            "bien_vol",
            "bien_taxe",
            "eco_travail",
            "eco_dette",
            "adm_abus",
            "eei_reg",
            "autre",
            "non_vbg",
        ),
    },
)

CORE_TYPE = Grouping(
    "core_type",
    {
        "vbg_viol": (),
        "vbg_agr_sexuelle": (),
        "vbg_agr_physique": (),
        "vbg_mariage_force": (),
        "vbg_deni": (),
        "vbg_psy": (),
        "non_vbg": tuple(
            code
            for group in ("civil_status", "land", "family_child", "safety_rights")
            for code in PROBLEM.members[group]
            if code != "non_vbg"
        ),
    },
)

OUTCOME = Grouping(
    "outcome",
    {
        "papers": ("acte_ec", "identite"),
        "agreement": (
            "conciliation",
            "conciliation_homologuee",
            "decision_coutumiere",
            "symbolique",
        ),
        "judgment": ("jugement_fav", "jugement_part", "condamnation", "pension", "divorce"),
        "restored": (
            "indemn_payee",
            "restit_terre",
            "restit_bien",
            "heritage",
            "protection",
            "liberation",
            "mariage_empeche",
            "retour_famille",
        ),
        "no_redress": (
            "info_donnee",
            "jugement_supp",
            "jugement_def",
            "relaxe",
            "indemn_due",
            "soins",
            "dossier_agrv",
            "classement",
            "non_lieu",
            "desistement",
            "incompetence",
            "appel",
            "arrangement_illicite",
            "en_attente",
        ),
    },
)

WAY = Grouping(
    "way",
    {
        "formal": (
            "conciliation_homologuee",
            "jugement_fav",
            "jugement_part",
            "condamnation",
            "pension",
            "divorce",
            "indemn_payee",
            "restit_terre",
            "liberation",
        ),
        "customary": (
            "conciliation",
            "decision_coutumiere",
            "restit_bien",
            "heritage",
            "symbolique",
            "retour_famille",
        ),
        "administrative": ("acte_ec", "identite", "protection", "mariage_empeche"),
    },
)
"""The way a redress was obtained, from its outcome, when the member did not record another way."""

SERVICE = Grouping(
    "service",
    {
        "health": ("sante_urgence", "sante", "certificat_medical"),
        "care": ("psychosocial", "abri", "securite", "protection_enfance", "reunification"),
        "legal_aid": ("info_juridique", "redaction", "accompagnement"),
        "court_aid": ("assistance_jud", "reparation_etat"),
        "settlement": ("mediation", "decision_cadi", "foncier"),
        "civil_status": ("etat_civil",),
        "practical": ("education", "subsistance", "ame_vivres", "transport", "interprete", "autre"),
    },
)

PARTNER = Grouping(
    "partner",
    {
        "justice": ("tribunal", "parquet", "penitentiaire", "cndh", "agrv"),
        "legal_aid": ("barreau", "bajj"),
        "security": ("gendarmerie", "police"),
        "health": ("sante",),
        "social": ("pfef", "devsocial", "ong", "onu"),
        "local": ("mairie", "prefecture", "cofo", "chef", "cadi"),
    },
)

REFERRAL_END = Grouping(
    "referral_end",
    {
        "confirmed": ("confirme",),
        "served": ("service_rendu",),
        "declined": ("refuse",),
        "no_action": ("sans_suite", "accepte", "en_cours", "info_demandee"),
        "withdrawn": ("annule", "consentement_retire", "brouillon"),
        "unanswered": ("expire", "envoye", "recu", "en_retard"),
    },
)
"""How a referral ended; one still open when its case closes ends in the group of its open state."""

CLOSURE = Grouping(
    "closure",
    {
        "needs_met": ("besoins_satisfaits", "decision_executee", "accord_mutuel"),
        "own_wish": ("demande_victime",),
        "out_of_reach": ("perte_contact", "depart", "deces"),
        "passed_on": ("transfere", "hors_perimetre"),
        "no_remedy": ("voies_epuisees", "financement", "securite"),
    },
)
"""Why a case was closed; a merged duplicate (`doublon`) has no group: it is never counted."""

DOCUMENT = Grouping(
    "document",
    {
        "birth": ("ec_naissance",),
        "marriage": ("ec_mariage",),
        "death": ("ec_deces",),
        "identity": ("ec_identite", "identite"),
        "other": ("ec_rectif", "acte_ec"),
    },
)

CARE = Grouping("care", {"in_time": (), "missed": (), "told_late": (), "not_rape": ()})
ELAPSED = Grouping(
    "elapsed", {"d0_3": (), "d4_5": (), "d6_14": (), "d15_30": (), "d31p": (), "inconnu": ()}
)
ANSWER = Grouping("answer", {"h24": (), "h72": (), "d14": (), "later": (), "none": ()})
DURATION = Grouping("duration", {"m1": (), "m3": (), "m6": (), "m12": (), "longer": ()})
SATISFACTION = Grouping("satisfaction", {"yes": (), "partly": (), "no": (), "no_answer": ()})
GBV = Grouping("gbv", {"yes": (), "no": ()})
