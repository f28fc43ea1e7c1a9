"""From the codes of a case to the coarse dimensions and details of a fact. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.facts import groups as g


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Where a fact stands: a commune (P-code) and four groups. Nothing finer ever leaves a case."""

    commune: str
    sex: str
    age_group: str
    category_group: str
    problem_group: str

    @classmethod
    def from_codes(
        cls, commune: str, sex: str, age_band: str, categories: Iterable[str], problem: str
    ) -> Dimensions:
        """The groups of one beneficiary and of her case's main grievance, the first one recorded.

        `commune` is a P-code of at most 10 characters; the other codes are those of the lists
        `sexe`, `tranche_age`, `categorie_beneficiaire` (any number) and `type_cas_vbg` or
        `type_cas_justice`. Raises ValueError on a code that no grouping knows.
        """
        if not commune.isalnum() or len(commune) > 10:
            raise ValueError("a commune is given by its P-code")
        return cls(
            commune,
            g.SEX.of(sex),
            g.AGE.of(age_band),
            g.CATEGORY.first(categories),
            g.PROBLEM.of(problem),
        )


def derived_categories(sex: str, age_band: str, displacement: str, disability: str) -> set[str]:
    """The beneficiary categories that follow from other answers (codes of their lists).

    Youth is taken from the band 18-24 alone, since the wider bounds 15-35 cut across bands.
    """
    child = age_band in {"0_4", "5_11", "12_17"}
    grown = age_band in {"18_24", "25_59", "60p"}
    tests = {
        "femme": sex == "F" and grown,
        "enfant": child,
        "jeune": age_band == "18_24",
        "pdi": displacement == "pdi",
        "retourne_rapatrie": displacement in {"pdi_retournee", "rapatrie"},
        "handicap": disability not in {"", "non"},
    }
    return {code for code, holds in tests.items() if holds}


def incident_detail(
    problem: str, hours_to_report: float | None, hours_to_care: float | None
) -> dict[str, str]:
    """The details of an incident; hours run from the incident, None where unknown or not yet.

    Care after a rape is in time up to 72 hours (WHO, Clinical Management of Survivors of Rape).
    """
    return {
        "core_type": g.CORE_TYPE.of(problem),
        "care": _care(problem, hours_to_report, hours_to_care),
        "elapsed": _elapsed(hours_to_report),
    }


def served_detail(service: str, any_gbv: bool) -> dict[str, str]:
    """The details of a service given: its code, and whether a grievance of the person is GBV."""
    return {"service": g.SERVICE.of(service), "gbv": "yes" if any_gbv else "no"}


def referral_detail(
    service: str, partner_kind: str, state: str, hours_to_answer: float | None
) -> dict[str, str]:
    """The details of a referral; hours run from sending to the first answer, None without one."""
    return {
        "service": g.SERVICE.of(service),
        "partner": g.PARTNER.of(partner_kind),
        "referral_end": g.REFERRAL_END.of(state),
        "answer": _answer(hours_to_answer),
    }


def redress_detail(outcome: str, way: str | None = None) -> dict[str, str]:
    """The details of a redress; the way follows from the outcome unless another was recorded.

    Raises ValueError when the outcome is no redress.
    """
    group = g.OUTCOME.of(outcome)
    if group == "no_redress":
        raise ValueError("this outcome is no redress")
    return {"outcome": group, "way": g.WAY.of(way or outcome)}


def document_detail(problem_or_outcome: str) -> dict[str, str]:
    """The detail of a paper: from the civil status problem, or from the outcome `identite`."""
    return {"document": g.DOCUMENT.of(problem_or_outcome)}


def closed_detail(reason: str, days: int) -> dict[str, str]:
    """The details of a closure: the reason's group, and how many days the case was open."""
    bands = ((30, "m1"), (91, "m3"), (182, "m6"), (365, "m12"))
    return {
        "closure": g.CLOSURE.of(reason),
        "duration": next((band for limit, band in bands if days <= limit), "longer"),
    }


def feedback_detail(answer: str) -> dict[str, str]:
    """The detail of an answer to the satisfaction question."""
    return {"satisfaction": g.SATISFACTION.of(answer)}


def _care(problem: str, hours_to_report: float | None, hours_to_care: float | None) -> str:
    if problem != "vbg_viol":
        return "not_rape"
    if hours_to_report is None or hours_to_report > 72:
        return "told_late"
    return "in_time" if hours_to_care is not None and hours_to_care <= 72 else "missed"


def _elapsed(hours: float | None) -> str:
    if hours is None:
        return "inconnu"
    bands = ((72, "d0_3"), (120, "d4_5"), (14 * 24, "d6_14"), (30 * 24, "d15_30"))
    return next((band for limit, band in bands if hours <= limit), "d31p")


def _answer(hours: float | None) -> str:
    if hours is None:
        return "none"
    bands = ((24, "h24"), (72, "h72"), (14 * 24, "d14"))
    return next((band for limit, band in bands if hours <= limit), "later")
