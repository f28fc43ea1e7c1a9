"""Every code of the code lists is counted somewhere, and in one place only."""

from __future__ import annotations

from collections import Counter

import pytest

from casework import codes
from casework.facts import groups
from casework.facts.groups import Grouping

CASE_TYPES = ("type_cas_vbg", "type_cas_justice")
MAPPED = {
    "age": (groups.AGE, ("tranche_age",), 5),
    "sex": (groups.SEX, ("sexe",), 3),
    "category": (groups.CATEGORY, ("categorie_beneficiaire",), 6),
    "problem": (groups.PROBLEM, CASE_TYPES, 6),
    "core type": (groups.CORE_TYPE, CASE_TYPES, 7),
    "outcome": (groups.OUTCOME, ("issue",), 5),
    "service": (groups.SERVICE, ("type_service",), 7),
    "partner": (groups.PARTNER, ("type_partenaire",), 6),
    "referral end": (groups.REFERRAL_END, ("statut_referencement",), 6),
}


def missing(grouping: Grouping, lists: tuple[str, ...]) -> set[str]:
    known = set(grouping.members) | {code for held in grouping.members.values() for code in held}
    return {code for name in lists for code in codes.codes(name)} - known


@pytest.mark.parametrize("name", MAPPED)
def test_every_code_of_the_list_has_a_group(name: str) -> None:
    grouping, lists, _ = MAPPED[name]
    assert missing(grouping, lists) == set()


@pytest.mark.parametrize("name", MAPPED)
def test_groups_are_few(name: str) -> None:
    grouping, _, most = MAPPED[name]
    assert len(grouping.groups) <= most


@pytest.mark.parametrize("name", MAPPED)
def test_no_code_stands_in_two_groups(name: str) -> None:
    grouping = MAPPED[name][0]
    seen = Counter(code for group, held in grouping.members.items() for code in {group, *held})
    assert [code for code, times in seen.items() if times > 1] == []


def test_a_code_left_out_is_noticed() -> None:
    without_uncles = Grouping("problem", {"sexual_violence": ("vbg_viol",)})
    assert "suc_heritage" in missing(without_uncles, CASE_TYPES)


def test_every_closing_reason_is_grouped_but_the_merged_duplicate() -> None:
    assert missing(groups.CLOSURE, ("motif_cloture",)) == {"doublon"}


def test_only_the_outcomes_that_count_as_redress_are_redress() -> None:
    steps = {"jugement_supp", "dossier_agrv", "appel", "en_attente", "indemn_due", "soins"}
    ended = {"info_donnee", "jugement_def", "relaxe", "classement", "non_lieu", "desistement"}
    refused = {"incompetence", "arrangement_illicite"}
    assert set(groups.OUTCOME.members["no_redress"]) == steps | ended | refused


def test_every_redress_has_a_way() -> None:
    redress = set(codes.codes("issue")) - set(groups.OUTCOME.members["no_redress"])
    assert {groups.WAY.of(outcome) for outcome in redress} == set(groups.WAY.groups)


def test_a_displaced_disabled_woman_counts_as_displaced() -> None:
    assert groups.CATEGORY.first({"femme", "handicap", "pdi"}) == "displaced"


def test_a_person_of_no_category_counts_as_other() -> None:
    assert groups.CATEGORY.first(()) == "other"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="does not know"):
        groups.PROBLEM.of("vbg_inconnu")
