"""The kinds of fact, and the details each kind carries beside the dimensions common to all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from casework.facts import groups as g
from casework.facts.groups import Grouping


class FactKind(StrEnum):
    """What one fact counts; the unit stands beside each."""

    REGISTERED = "registered"  # a beneficiary, when her case is registered
    INCIDENT = "incident"  # a grievance, when it is registered
    SERVED = "served"  # a beneficiary, at the first real service of the quarter
    REFERRAL = "referral"  # a referral, at its final state or when the case closes
    REDRESS = "redress"  # a named beneficiary, at the first outcome that is redress
    DOCUMENT = "document"  # an act or identity paper, when it is issued
    CLOSED = "closed"  # a case, when it is closed
    FEEDBACK = "feedback"  # a respondent, when she answers


DETAILS: Mapping[FactKind, tuple[Grouping, ...]] = {
    FactKind.REGISTERED: (),
    FactKind.INCIDENT: (g.CORE_TYPE, g.CARE, g.ELAPSED),
    FactKind.SERVED: (g.SERVICE, g.GBV),
    FactKind.REFERRAL: (g.SERVICE, g.PARTNER, g.REFERRAL_END, g.ANSWER),
    FactKind.REDRESS: (g.OUTCOME, g.WAY),
    FactKind.DOCUMENT: (g.DOCUMENT,),
    FactKind.CLOSED: (g.CLOSURE, g.DURATION),
    FactKind.FEEDBACK: (g.SATISFACTION,),
}
GBV_PROBLEMS = ("sexual_violence", "other_gbv")


def pack(kind: FactKind, detail: Mapping[str, str]) -> str:
    """The details of a fact as one text, `way=formal;outcome=papers` in the order of `DETAILS`.

    Raises ValueError unless `detail` names exactly the details of the kind, each with a known code:
    nothing but a published group can enter the table of facts.
    """
    expected = DETAILS[kind]
    if set(detail) != {grouping.name for grouping in expected}:
        raise ValueError(f"a fact {kind} needs exactly its own details")
    return ";".join(f"{each.name}={each.of(detail[each.name])}" for each in expected)


def check(kind: FactKind, problem_group: str, detail: Mapping[str, str]) -> None:
    """Nothing, when the codes of a fact agree with each other; raises ValueError otherwise.

    An incident bears the group of its own grievance, so that core types add up to problems and rape
    care to rapes; a redress has an outcome that counts as redress.
    """
    if kind is FactKind.INCIDENT:
        gbv = problem_group in GBV_PROBLEMS
        core = detail["core_type"]
        if (core != "non_vbg") != gbv or (gbv and g.PROBLEM.of(core) != problem_group):
            raise ValueError("the core type of an incident belongs to its problem")
        if (detail["care"] == "not_rape") != (core != "vbg_viol"):
            raise ValueError("only a rape has a window of care")
    if kind is FactKind.REDRESS and detail["outcome"] == "no_redress":
        raise ValueError("this outcome is no redress")


def unpack(text: str) -> dict[str, str]:
    """The details of a fact by name, from its stored text."""
    return dict(part.split("=", 1) for part in text.split(";") if part)
