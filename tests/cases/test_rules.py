"""The rules of grievances, persons and outcomes."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.cases import rules
from casework.cases.fields_grievance import GBV_ACTS

ON = date(2026, 3, 2)
ACTS = st.lists(st.sampled_from(GBV_ACTS), unique=True)
GIRL, WOMAN = ({"years": years, "as_of": "2026-03-02"} for years in (16, 30))


def gbv(act: str, **answers: Any) -> dict[str, Any]:
    return {"gbv_acts": [act], **answers}


def problem(code: str) -> dict[str, Any]:
    return gbv(code) if code in GBV_ACTS else {"justice_type": code}


PROBLEMS = (*GBV_ACTS, *codes.codes("type_cas_justice"))


def test_every_code_in_the_rules_stands_in_its_list() -> None:
    used = {
        "type_cas_vbg": {*GBV_ACTS, *rules.SEXUAL, "vbg_deni"},
        "type_cas_justice": rules.CRIMES | rules.CIVIL - {"vbg_deni"},
        "type_service": rules.HEALTH_SERVICES | {"mediation", "decision_cadi"},
        "issue": set(rules.REDRESS) | rules.ALERTS,
        "reparation": set(rules.REDRESS.values()),
        "motif_cloture": rules.CLOSED_UNCOUNTED | rules.CLOSED_WITH_NOTE,
    }
    unknown = [
        (n, code) for n, found in used.items() for code in found if not codes.is_code(n, code)
    ]
    assert unknown == []


def test_settlements_are_services_or_outcomes() -> None:
    known = {*codes.codes("type_service"), *codes.codes("issue")}
    assert known.issuperset(rules.SETTLEMENTS | rules.BEFORE_CUSTOM)


def test_every_outcome_says_whether_it_is_redress() -> None:
    assert set(rules.REDRESS) == set(codes.codes("issue"))


def test_the_elimination_order_is_the_order_of_the_list() -> None:
    assert (*GBV_ACTS, "non_vbg") == codes.codes("type_cas_vbg")


@given(ACTS)
def test_an_incident_has_exactly_one_core_type_among_what_was_told(acts: list[str]) -> None:
    core = rules.core_of(acts)
    assert core in acts if acts else core is None


@pytest.mark.parametrize(("first", "second"), list(combinations(GBV_ACTS, 2)))
def test_the_earlier_type_wins_by_elimination(first: str, second: str) -> None:
    assert rules.core_of([second, first]) == first


def test_a_grievance_is_violence_or_another_matter_never_both() -> None:
    both = {"gbv_acts": ["vbg_deni"], "justice_type": "suc_heritage"}
    assert rules.grievance_problems(both) == ["one_matter_one_grievance"]


def test_an_incident_of_violence_concerns_one_person() -> None:
    assert rules.grievance_problems(gbv("vbg_psy", people=["a", "b"])) == [
        "one_survivor_one_incident"
    ]


def test_a_matter_of_justice_may_concern_several_people() -> None:
    assert rules.grievance_problems({"justice_type": "ec_naissance", "people": ["a", "b"]}) == []


@pytest.mark.parametrize(
    ("grievance", "author", "age", "context"),
    [
        (gbv("vbg_agr_physique"), {"relations": ["voisin", "partenaire"]}, WOMAN, "ctx_vpi"),
        (gbv("vbg_viol"), {}, GIRL, "ctx_abus_sexuel_enfant"),
        (gbv("vbg_mariage_force"), {}, GIRL, "ctx_mariage_precoce"),
        (gbv("vbg_viol", goods_exchanged=True), {}, WOMAN, "ctx_exploitation"),
        (gbv("vbg_agr_sexuelle", abduction="traite"), {}, WOMAN, "ctx_esclavage_sexuel"),
        (gbv("vbg_deni", harmful_practice="levirat"), {}, WOMAN, "ctx_ptn"),
    ],
)
def test_a_context_follows_from_the_answers(
    grievance: dict[str, Any], author: dict[str, Any], age: dict[str, Any], context: str
) -> None:
    assert rules.contexts(grievance, author, age, ON) == (context,)


@given(st.sampled_from(GBV_ACTS))
def test_a_stored_no_raises_no_flag(act: str) -> None:
    refused = gbv(act, harmful_practice="non", abduction="aucun", goods_exchanged=False)
    assert rules.contexts(refused, {"relations": []}, WOMAN, ON) == ()


@given(st.sampled_from(codes.codes("type_cas_justice")))
def test_a_matter_of_justice_has_no_context(code: str) -> None:
    answers = {"harmful_practice": "levirat", "abduction": "traite", "goods_exchanged": True}
    told = {"justice_type": code, **answers}
    assert rules.contexts(told, {"relations": ["partenaire"]}, GIRL, ON) == ()


def test_the_age_at_the_incident_counts_not_the_age_today() -> None:
    told = gbv("vbg_viol", happened_on="2024-01-01")
    age = {"years": 18, "as_of": "2026-03-02"}
    assert rules.contexts(told, {}, age, ON) == ("ctx_abus_sexuel_enfant",)


def test_every_context_stands_in_the_list() -> None:
    told = gbv("vbg_viol", harmful_practice="autre", abduction="traite", goods_exchanged=True)
    found = set(rules.contexts(told, {"relations": ["partenaire"]}, GIRL, ON))
    assert found | {"ctx_mariage_precoce"} == set(codes.codes("contexte_vbg_derive"))


@pytest.mark.parametrize("code", sorted(rules.SETTLEMENTS))
@pytest.mark.parametrize("type_", sorted(rules.SEXUAL | rules.CRIMES))
def test_nothing_settles_a_sexual_offence_or_a_crime(code: str, type_: str) -> None:
    assert rules.settlement_problem(code, [problem(type_)]) == "settlement_forbidden"


def test_one_crime_among_several_grievances_is_enough() -> None:
    concerned = [problem("fon_terre"), problem("vie_homicide")]
    assert rules.settlement_problem("mediation", concerned) == "settlement_forbidden"


@pytest.mark.parametrize(
    "answers", [{"harmful_practice": "excision"}, {"abduction": "autre_enlevement"}]
)
def test_excision_and_abduction_forbid_a_settlement_under_any_core_type(
    answers: dict[str, Any],
) -> None:
    assert rules.settlement_forbidden(gbv("vbg_agr_physique", **answers))


@pytest.mark.parametrize(
    "type_", ["vie_coups", "vbg_psy", "vbg_mariage_force", "bien_vol", "adm_abus"]
)
def test_a_cadi_judges_no_penal_matter(type_: str) -> None:
    assert rules.settlement_problem("decision_cadi", [problem(type_)]) == "cadi_civil_only"


@pytest.mark.parametrize(
    "type_", ["suc_heritage", "vbg_deni", "fon_terre", "fam_divorce", "eco_dette"]
)
@pytest.mark.parametrize("code", sorted(rules.SETTLEMENTS))
def test_civil_matters_may_be_settled(code: str, type_: str) -> None:
    assert rules.settlement_problem(code, [problem(type_)]) is None


def test_a_service_that_is_no_settlement_is_never_refused() -> None:
    refused = [
        s for s in ("psychosocial", "securite") if rules.settlement_problem(s, [gbv("vbg_viol")])
    ]
    assert refused == []


def test_an_unlawful_settlement_is_an_alert_and_no_redress() -> None:
    assert (rules.is_alert("arrangement_illicite"), rules.is_redress("arrangement_illicite")) == (
        True,
        False,
    )


@pytest.mark.parametrize("code", ["jugement_supp", "indemn_due", "soins", "appel", "info_donnee"])
def test_a_step_a_promise_or_a_service_is_no_redress(code: str) -> None:
    assert not rules.is_redress(code)


def test_nineteen_outcomes_of_thirty_three_are_redress() -> None:
    counted = sorted(rules.REDRESS.values())
    assert {flag: counted.count(flag) for flag in set(counted)} == {
        "oui": 19,
        "partiel": 1,
        "etape": 4,
        "non": 8,
        "service": 1,
    }


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ({"sex": "F", "age": WOMAN, "displacement": "pdi"}, {"femme", "jeune", "pdi"}),
        ({"sex": "F", "age": GIRL, "disability": "physique"}, {"enfant", "jeune", "handicap"}),
        ({"sex": "M", "age": WOMAN, "displacement": "rapatrie"}, {"jeune", "retourne_rapatrie"}),
        ({"sex": "F", "age": {"band": "25_59"}, "disability": "non"}, {"femme"}),
        ({"sex": "F", "age": {"band": "inconnu"}, "other_categories": ["notable"]}, {"notable"}),
    ],
)
def test_categories_follow_from_the_person_and_several_may_hold(
    person: dict[str, Any], found: set[str]
) -> None:
    assert rules.categories(person, ON) == found


@given(
    st.sampled_from(codes.codes("sexe")),
    st.integers(0, 100),
    st.sampled_from(codes.codes("statut_deplacement")),
    st.sampled_from(codes.codes("handicap")),
)
def test_every_category_stands_in_the_list(sex: str, years: int, moved: str, handicap: str) -> None:
    age = {"years": years, "as_of": "2026-03-02"}
    person = {"sex": sex, "age": age, "displacement": moved, "disability": handicap}
    assert rules.categories(person, ON) <= set(codes.codes("categorie_beneficiaire"))


@pytest.mark.parametrize(
    ("sex", "years", "flags"),
    [
        ("F", 15, ("child", "below_legal_age")),
        ("F", 17, ("child",)),
        ("F", 18, ()),
        ("M", 17, ("child", "below_legal_age")),
    ],
)
def test_child_marriage_and_legal_age_are_two_flags(
    sex: str, years: int, flags: tuple[str, ...]
) -> None:
    assert rules.marriage_flags(sex, {"years": years, "as_of": "2026-03-02"}, ON) == flags


def test_closing_waits_for_referrals_and_some_reasons_want_a_word() -> None:
    assert rules.closure_problems("transfere", open_referrals=1, note=" ") == [
        "referrals_open",
        "closure_needs_note",
    ]


def test_closing_when_needs_are_met_asks_nothing_more() -> None:
    assert rules.closure_problems("besoins_satisfaits", open_referrals=0, note="") == []


@given(st.sampled_from(PROBLEMS))
def test_every_type_has_words(code: str) -> None:
    assert rules.problem_label(rules.problem_of(problem(code)), "fr")
