"""What a consent allows, what takes it back, and what goes without it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import codes
from casework.consent import records, rules
from casework.consent.recipients import NECESSITY_SECTIONS, SHAREABLE, Section, necessity_sections
from casework.consent.records import NECESSITY, SHARING, Answer, Consent

ON = date(2026, 3, 2)
CLINIC, COURT = UUID(int=1), UUID(int=2)
S = Section
ANSWERS = st.sampled_from(Answer)
SECTIONS = st.lists(st.sampled_from(SHAREABLE), unique=True)


def consent(kind: str = SHARING, answer: str = "yes", at: int = 0, **more: Any) -> Consent:
    value = {
        "kind": kind,
        "answer": answer,
        "given_on": "2026-03-01",
        "recorded_at": f"2026-03-01T10:{at:02d}:00+00:00",
        **more,
    }
    return Consent(uuid4(), value)


def sharing(answer: str = "yes", at: int = 0, *sections: Section, **more: Any) -> Consent:
    named = list(sections or (S.IDENTITY,))
    return consent(SHARING, answer, at, recipient=str(CLINIC), sections=named, **more)


def danger(**more: Any) -> Consent:
    value = {
        "recipient": str(CLINIC),
        "sections": [*SHAREABLE],
        "reason": "danger_vital",
        "requested_by": "a",
        "confirmed_by": "b",
        **more,
    }
    return consent(NECESSITY, **value)


def shared(*consents: Consent, section: Section = S.IDENTITY, on: date = ON) -> bool:
    return rules.may_share(consents, CLINIC, section, on)


def test_without_a_word_nothing_is_shared() -> None:
    assert not shared()


def test_a_yes_opens_the_named_section_to_the_named_recipient() -> None:
    assert shared(sharing())


def test_a_yes_for_one_recipient_opens_nothing_to_another() -> None:
    assert not rules.may_share([sharing()], COURT, S.IDENTITY, ON)


def test_a_yes_for_one_section_opens_no_other() -> None:
    assert not shared(sharing("yes", 0, S.IDENTITY), section=S.HEALTH)


@pytest.mark.parametrize("answer", ["no", "not_yet"])
def test_anything_but_a_yes_opens_nothing(answer: str) -> None:
    assert not shared(sharing(answer))


def test_a_later_no_closes_what_an_earlier_yes_opened() -> None:
    assert not shared(sharing("no", 2), sharing("yes", 1))


def test_a_later_yes_opens_again() -> None:
    assert shared(sharing("no", 1), sharing("yes", 2))


def test_a_no_without_sections_is_a_no_to_all_of_them() -> None:
    refusal = consent(SHARING, "no", 2, recipient=str(CLINIC), sections=[])
    assert not shared(sharing("yes", 1), refusal)


def test_a_no_about_one_section_leaves_the_others() -> None:
    both = sharing("yes", 1, S.IDENTITY, S.HEALTH)
    assert shared(both, sharing("no", 2, S.HEALTH))


def test_of_two_answers_at_one_moment_the_stricter_wins() -> None:
    assert not shared(sharing("yes", 1), sharing("no", 1))
    assert not shared(sharing("no", 1), sharing("yes", 1))


def test_a_withdrawn_consent_opens_nothing() -> None:
    assert not shared(sharing(withdrawn_on="2026-03-02"))


def test_withdrawing_the_last_word_does_not_bring_back_an_older_yes() -> None:
    assert not shared(sharing("yes", 1), sharing("yes", 2, withdrawn_on="2026-03-02"))


@pytest.mark.parametrize(("ends", "open_"), [("2026-03-02", True), ("2026-03-01", False)])
def test_a_consent_holds_until_the_end_of_its_last_day(ends: str, open_: bool) -> None:
    assert shared(sharing(expires_on=ends)) is open_


@given(
    st.lists(st.builds(sharing, ANSWERS, st.integers(0, 59))),
    st.builds(sharing, st.just("no"), st.just(59)),
)
def test_a_last_no_closes_whatever_was_said_before(before: list[Consent], last: Consent) -> None:
    assert not shared(*before, last)


@given(st.lists(st.builds(sharing, ANSWERS, st.integers(0, 59))))
def test_the_internal_section_is_never_shared(told: list[Consent]) -> None:
    everything = danger(sections=[*Section])
    assert Section.ADMIN not in rules.openable([*told, everything], CLINIC, ON, "sante")


# Necessity


def test_danger_opens_the_least_sections_and_no_more() -> None:
    assert set(rules.openable([danger()], CLINIC, ON)) == NECESSITY_SECTIONS


def test_danger_opens_health_to_those_who_care_for_it() -> None:
    assert S.HEALTH in rules.openable([danger()], CLINIC, ON, "sante")


def test_danger_opens_only_what_was_asked_for() -> None:
    assert set(rules.openable([danger(sections=[S.IDENTITY])], CLINIC, ON)) == {S.IDENTITY}


@pytest.mark.parametrize(
    "missing",
    [
        {"confirmed_by": None},
        {"confirmed_by": "a"},
        {"requested_by": None},
        {"reason": "curiosite"},
        {"reason": None},
        {"withdrawn_on": "2026-03-02"},
        {"answer": "no"},
    ],
)
def test_danger_needs_two_different_people_and_a_reason(missing: dict[str, Any]) -> None:
    assert not shared(danger(**missing))


@pytest.mark.parametrize(("days", "open_"), [(-1, False), (0, True), (7, True), (8, False)])
def test_danger_ends_after_seven_days_whatever_end_was_written(days: int, open_: bool) -> None:
    ground = danger(expires_on="2027-01-01")
    assert shared(ground, on=date(2026, 3, 1) + timedelta(days)) is open_


def test_danger_overrules_a_no() -> None:
    assert shared(sharing("no", 5), danger())


def test_a_consent_is_named_before_a_ground_of_necessity() -> None:
    asked = sharing()
    assert rules.openable([danger(), asked], CLINIC, ON)[S.IDENTITY] is asked


@given(st.sampled_from(codes.codes("type_partenaire")))
def test_perpetrator_legal_notes_and_files_never_go_by_necessity(kind: str) -> None:
    never = {S.PERPETRATOR, S.LEGAL, S.ATTACHMENTS, S.NOTES, S.ADMIN}
    assert not necessity_sections(kind) & never


# Merged files


@given(st.lists(ANSWERS, min_size=1))
def test_the_stricter_answer_is_yes_only_where_all_say_yes(answers: list[Answer]) -> None:
    assert (rules.stricter(answers) is Answer.YES) == (set(answers) == {Answer.YES})


def test_after_a_merge_a_no_in_one_file_closes_the_yes_of_the_other() -> None:
    files = [[sharing("yes", 9)], [sharing("no", 1)]]
    assert not rules.may_share_merged(files, CLINIC, S.IDENTITY, ON)


def test_after_a_merge_a_yes_that_nobody_contradicts_stands() -> None:
    assert rules.may_share_merged([[sharing()], []], CLINIC, S.IDENTITY, ON)


def test_after_a_merge_a_no_to_statistics_in_one_file_counts() -> None:
    files = [[consent("c_stats")], [consent("c_stats", "no")]]
    assert not rules.agreed_merged(files, "c_stats", ON)


@given(SECTIONS, SECTIONS, ANSWERS, ANSWERS)
def test_merging_never_opens_more_than_the_two_files_did(
    one: list[Section], other: list[Section], first: Answer, second: Answer
) -> None:
    files = [[sharing(first, 1, *one)], [sharing(second, 2, *other)]]
    apart = {s for file in files for s in rules.openable(file, CLINIC, ON)}
    merged = {s for s in SHAREABLE if rules.may_share_merged(files, CLINIC, s, ON)}
    assert merged <= apart


# Children


def test_a_child_needs_its_assent_and_its_guardian() -> None:
    assert rules.child_problems([], ON) == ["assent_missing", "guardian_missing"]


@pytest.mark.parametrize("by", ["parent", "tuteur"])
def test_with_assent_and_guardian_nothing_is_missing(by: str) -> None:
    told = [consent("assentiment"), consent("c_donnees", by=by)]
    assert rules.child_problems(told, ON) == []


def test_a_childs_no_is_a_missing_assent() -> None:
    told = [consent("assentiment", "no"), consent("c_donnees", by="parent")]
    assert rules.child_problems(told, ON) == ["assent_missing"]


def test_two_workers_decide_where_the_guardian_is_suspected() -> None:
    decided = consent("c_donnees", by="deux_agents", requested_by="a", confirmed_by="b")
    assert rules.child_problems([consent("assentiment"), decided], ON) == []


def test_one_worker_alone_does_not_decide_for_a_child() -> None:
    decided = consent("c_donnees", by="deux_agents", requested_by="a", confirmed_by="a")
    told = [consent("assentiment"), decided]
    assert rules.child_problems(told, ON) == ["second_worker_needed"]


# Recording


GOOD = {
    "kind": SHARING,
    "answer": "yes",
    "mode": "oral_temoin",
    "given_on": "2026-03-01",
    "recipient": str(CLINIC),
    "sections": ["identity"],
    "expires_on": "2026-06-01",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"kind": "c_tout"}, "consent_kind_unknown"),
        ({"mode": "sms"}, "consent_mode_missing"),
        ({"recipient": None}, "recipient_missing"),
        ({"answer": "no", "recipient": None}, "recipient_missing"),
        ({"sections": []}, "sections_missing"),
        ({"sections": ["admin"]}, "section_never_shared"),
        ({"expires_on": None}, "expiry_missing"),
        ({"expires_on": "2027-03-02"}, "expiry_too_far"),
        ({"kind": NECESSITY, "reason": "habitude"}, "reason_unknown"),
    ],
)
def test_a_consent_that_breaks_a_rule_says_which(change: dict[str, Any], problem: str) -> None:
    assert rules.problems({**GOOD, **change}) == [problem]


@pytest.mark.parametrize("change", [{}, {"answer": "no"}, {"kind": "c_stats", "sections": []}])
def test_a_whole_consent_breaks_none(change: dict[str, Any]) -> None:
    assert rules.problems({**GOOD, **change}) == []


@pytest.mark.parametrize(("kind", "days"), [(SHARING, 180), ("c_transfert", 30), (NECESSITY, 7)])
def test_a_consent_to_share_is_proposed_with_an_end(kind: str, days: int) -> None:
    assert rules.default_expiry(kind, ON) == ON + timedelta(days)


def test_a_consent_to_be_counted_holds_until_withdrawn() -> None:
    assert rules.default_expiry("c_stats", ON) is None


def test_every_code_in_the_rules_stands_in_its_list() -> None:
    assert codes.codes("qui_consent")[1:3] == ("parent", "tuteur")
    assert rules.GUARDIANS | {records.TWO_WORKERS} <= set(codes.codes("qui_consent"))
    assert {str(answer) for answer in Answer} == set(codes.codes("reponse"))
