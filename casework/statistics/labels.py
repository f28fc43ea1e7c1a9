"""The words for kinds, tables and groups, in the reader's language; places keep their names."""

from __future__ import annotations

from casework import places
from casework.i18n import lazy_gettext as _l
from casework.statistics.catalogue import ELSEWHERE, TOTAL

KINDS = {
    "registered": _l("People registered"),
    "incident": _l("Incidents and grievances"),
    "served": _l("People helped"),
    "referral": _l("Referrals ended"),
    "redress": _l("People who obtained redress"),
    "document": _l("Civil status and identity papers issued"),
    "closed": _l("Cases closed"),
    "feedback": _l("Satisfaction answers"),
}
"""Each kind of fact as the title of its tables."""

DIMENSIONS = {
    TOTAL: _l("Whole project"),
    "circle": _l("Circle"),
    "commune": _l("Commune"),
    "sex": _l("Sex"),
    "age": _l("Age"),
    "category": _l("Category"),
    "problem": _l("Problem"),
    "core_type": _l("Type of violence"),
    "care": _l("Care after a rape"),
    "elapsed": _l("Time from incident to report"),
    "service": _l("Service"),
    "gbv": _l("Survivor of gender-based violence"),
    "partner": _l("Provider"),
    "referral_end": _l("How the referral ended"),
    "answer": _l("Time to the provider’s answer"),
    "outcome": _l("Redress obtained"),
    "way": _l("Way of redress"),
    "document": _l("Paper"),
    "closure": _l("Reason for closing"),
    "duration": _l("How long the case was open"),
    "satisfaction": _l("Satisfied with the help"),
}
"""Each dimension as the title of a table."""

GROUPS = {
    "sex": {"F": _l("Women and girls"), "M": _l("Men and boys"), "NP": _l("Not stated")},
    "age": {
        "0_11": _l("0 to 11 years"),
        "12_17": _l("12 to 17 years"),
        "18_59": _l("18 to 59 years"),
        "60p": _l("60 years and over"),
        "inconnu": _l("Age not known"),
    },
    "category": {
        "displaced": _l("Displaced or returned"),
        "vulnerable": _l("Disabled or vulnerable"),
        "child": _l("Other children"),
        "woman": _l("Other women"),
        "young": _l("Other young people"),
        "other": _l("Other people"),
    },
    "problem": {
        "sexual_violence": _l("Sexual violence"),
        "other_gbv": _l("Other gender-based violence"),
        "civil_status": _l("Civil status and identity"),
        "land": _l("Land, resources, inheritance"),
        "family_child": _l("Family and children"),
        "safety_rights": _l("Safety, goods, work, other rights"),
    },
    "core_type": {
        "vbg_viol": _l("Rape"),
        "vbg_agr_sexuelle": _l("Sexual assault"),
        "vbg_agr_physique": _l("Physical assault"),
        "vbg_mariage_force": _l("Forced marriage"),
        "vbg_deni": _l("Denial of resources or services"),
        "vbg_psy": _l("Psychological violence"),
        "non_vbg": _l("Not gender-based"),
    },
    "care": {
        "in_time": _l("Reported and cared for within 72 hours"),
        "missed": _l("Reported within 72 hours, no care in time"),
        "told_late": _l("Reported after 72 hours, or time not known"),
        "not_rape": _l("Not a rape"),
    },
    "elapsed": {
        "d0_3": _l("0 to 3 days"),
        "d4_5": _l("4 or 5 days"),
        "d6_14": _l("6 to 14 days"),
        "d15_30": _l("15 to 30 days"),
        "d31p": _l("More than 30 days"),
        "inconnu": _l("Time not known"),
    },
    "service": {
        "health": _l("Health"),
        "care": _l("Support, shelter, protection"),
        "legal_aid": _l("Legal information and aid"),
        "court_aid": _l("Lawyer or court aid"),
        "settlement": _l("Mediation and settlement"),
        "civil_status": _l("Civil status"),
        "practical": _l("Practical help"),
    },
    "gbv": {"yes": _l("Yes"), "no": _l("No")},
    "partner": {
        "justice": _l("Courts and justice"),
        "legal_aid": _l("Legal aid and lawyers"),
        "security": _l("Gendarmerie and police"),
        "health": _l("Health services"),
        "social": _l("Social services and associations"),
        "local": _l("Town halls, chiefs, cadis, land commissions"),
    },
    "referral_end": {
        "confirmed": _l("Service confirmed by the person"),
        "served": _l("Service provided"),
        "declined": _l("Declined by the provider"),
        "no_action": _l("Accepted, but no service"),
        "withdrawn": _l("Cancelled or consent withdrawn"),
        "unanswered": _l("Never answered"),
    },
    "answer": {
        "h24": _l("Within 24 hours"),
        "h72": _l("Within 72 hours"),
        "d14": _l("Within 2 weeks"),
        "later": _l("After 2 weeks"),
        "none": _l("No answer"),
    },
    "outcome": {
        "papers": _l("Papers issued"),
        "agreement": _l("Agreement or accepted decision"),
        "judgment": _l("Judgment in favour"),
        "restored": _l("Goods returned, paid, or person protected"),
        "no_redress": _l("No redress"),
    },
    "way": {
        "formal": _l("By the courts"),
        "customary": _l("Customary or amicable"),
        "administrative": _l("By an administration"),
    },
    "document": {
        "birth": _l("Birth"),
        "marriage": _l("Marriage"),
        "death": _l("Death"),
        "identity": _l("Identity and nationality"),
        "other": _l("Other papers"),
    },
    "closure": {
        "needs_met": _l("Needs met or decision carried out"),
        "own_wish": _l("At the person’s wish"),
        "out_of_reach": _l("Lost contact, moved away or died"),
        "passed_on": _l("Passed on to others"),
        "no_remedy": _l("No remedy left, or suspended"),
    },
    "duration": {
        "m1": _l("Up to 1 month"),
        "m3": _l("1 to 3 months"),
        "m6": _l("3 to 6 months"),
        "m12": _l("6 to 12 months"),
        "longer": _l("More than a year"),
    },
    "satisfaction": {
        "yes": _l("Satisfied"),
        "partly": _l("Partly satisfied"),
        "no": _l("Not satisfied"),
        "no_answer": _l("Did not answer"),
    },
}
"""Each group of each dimension, as the label of a row."""


def kind_label(kind: str) -> str:
    """The title of a kind of fact."""
    return str(KINDS[kind])


def dimension_label(dimension: str) -> str:
    """The title of a dimension, or of the whole."""
    return str(DIMENSIONS[dimension])


def code_label(dimension: str, code: str) -> str:
    """The words for one code of a dimension; a place is called by its name. Unknown: KeyError."""
    if dimension in ("commune", "circle"):
        return _place(dimension, code)
    return str(GROUPS[dimension][code])


def _place(dimension: str, code: str) -> str:
    if code == ELSEWHERE:
        return str(_l("Elsewhere"))
    if dimension == "commune":
        return places.name(code)
    return next(each.name for each in places.project_cercles() if each.pcode == code)


def table_label(table: str) -> str:
    """The title of a table: its dimensions, as «Commune × Sex»."""
    return " × ".join(map(dimension_label, table.split("*")))
