"""Seven cases told in full, the same for every seed: each shows a rule of the mechanism at work.

S1 rape of a girl with care in time · S2 four births never declared · S3 land of a fishing family ·
S4 a widow's inheritance · S5 no statistics, closed and opened again; and in `children` S7 a child
marriage prevented · S9 a girl in servitude, whom two people report. The people are invented, the
places are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from casework.cases.field_kinds import Per
from casework.consent.records import ASSENT, LEGAL
from casework.demonstration.children import child_marriage, girl_in_servitude
from casework.demonstration.play import (
    Performance,
    Step,
    answered,
    ask,
    close,
    note,
    provider_for,
    receive,
    send,
    step,
)
from casework.demonstration.scenes import (
    ALAFIA,
    BOUREM,
    DOUEKIRE,
    GOUNDAM,
    TOMBOUCTOU,
    hand_over,
    ident,
    lately,
    matter,
    reopen,
    someone,
    staged,
    tell,
)
from casework.demonstration.stage import Stage
from casework.referrals import agreement
from casework.referrals.workflow import Move

__all__ = ["ident", "play_scenarios"]


def play_scenarios(stage: Stage, begin: date) -> Iterator[Step]:
    """Every step of the seven scenarios, spread over the demonstration's quarters."""
    yield from rape_of_a_girl(stage, begin + timedelta(days=40))
    yield from births_never_declared(stage, begin + timedelta(days=110))
    yield from land_of_fishermen(stage, begin + timedelta(days=75))
    yield from widow_without_share(stage, begin + timedelta(days=150))
    yield from no_statistics(stage, begin + timedelta(days=230))
    yield from child_marriage(stage, begin + timedelta(days=300))
    yield from girl_in_servitude(stage, begin + timedelta(days=380))


def rape_of_a_girl(stage: Stage, on: date) -> Iterator[Step]:
    """S1: care within 72 hours; the complaint she had not yet decided on comes on the sixth day and
    goes on to the prosecutor; an uncle's deal counts for nothing."""
    girl = someone("S1", "F", 16, on, "Hadjara", family_name="Walet")
    done = (on - timedelta(days=2)).isoformat()
    told = "Un voisin l’a forcée. Sa grand-mère l’accompagne et reste avec elle."
    case = matter(
        "S1", [girl], told, gbv_acts=["vbg_viol"], happened_on=done, part_of_day="soir",
        phase="non_deplacee",
    )  # fmt: skip
    play = staged(stage, "S1", on, GOUNDAM, "zeinab", [girl], [case], risk="eleve")
    play.by = "tuteur"
    play.answers = (answered(ASSENT, "yes", by="personne"),)
    play.story.contact = {"means": ["tiers"], "trusted_person": "sa grand-mère"}
    play.story.perpetrator = {"grievances": {case["id"]: {"relations": ["voisin"]}}}
    play.story.health = {"grievances": {case["id"]: {"injured": True}}}
    care, psy, legal, law = (ident("S1", name) for name in ("care", "psy", "legal", "law"))
    yield play.at(0, lambda: receive(play))
    yield play.at(0.01, lambda: ask_about_complaint(play, "not_yet"))
    yield play.at(0.05, lambda: send(play, "sante_urgence", care))
    yield play.at(0.06, lambda: step(play, care, Move.ACCEPT))
    yield play.at(0.1, lambda: step(play, care, Move.SERVE))
    yield play.at(3, lambda: step(play, care, Move.CONFIRM, sender=True))
    yield play.at(1, lambda: send(play, "psychosocial", psy))
    yield play.at(2, lambda: step(play, psy, Move.ACCEPT))
    yield play.at(4, lambda: step(play, psy, Move.SERVE))
    yield play.at(5, lambda: step(play, psy, Move.CONFIRM, sender=True))
    yield play.at(2, lambda: send(play, "info_juridique", legal))
    yield play.at(3, lambda: step(play, legal, Move.ACCEPT))
    yield play.at(9, lambda: step(play, legal, Move.SERVE))
    yield play.at(11, lambda: step(play, legal, Move.CONFIRM, sender=True))
    yield from complaint(play, law)
    yield play.at(15, lambda: note(play, Per.OUTCOME, code="soins", proof="certificat"))
    yield lately(play)


def complaint(play: Performance, law: UUID) -> Iterator[Step]:
    """On the sixth day she decides to complain; for nine days the gendarmerie has no vehicle, then
    the prosecutor has the record and the gendarmerie ends its part; meanwhile an uncle is paid."""
    court = "TGI de Tombouctou"
    deal = "L’oncle a accepté 150 000 FCFA. Cela n’est pas une réparation."
    yield play.at(6, lambda: ask_about_complaint(play, "yes"))
    yield play.at(6.1, lambda: send(play, "securite", law))
    yield play.at(7, lambda: step(play, law, Move.ACCEPT))
    yield play.at(7.1, lambda: note(play, Per.STEP, code="plainte", institution="Gendarmerie"))
    yield play.at(
        12,
        lambda: note(
            play, Per.OUTCOME, code="arrangement_illicite", proof="declaration", note=deal
        ),
    )
    yield play.at(16, lambda: note(play, Per.STEP, code="pv_transmis", institution=court))
    yield play.at(16.1, lambda: step(play, law, Move.NO_ACTION, reason="deja_suivi"))
    yield play.at(40, lambda: note(play, Per.STEP, code="poursuites", institution=court))


def ask_about_complaint(play: Performance, said: str) -> None:
    """Whether she wants to go to court; while she has not decided, the gendarmerie learns
    nothing."""
    session, by, case_id = play.stage.session, play.worker.by, play.story.case_id
    agreement.record_answer(session, *by, case_id, answered(LEGAL, said, by="personne"))
    gendarmerie = provider_for(play, "securite")
    if said != "yes" and gendarmerie is not None:
        ask(play, gendarmerie, said, sections=["identity", "facts"], service="securite")


def births_never_declared(stage: Stage, on: date) -> Iterator[Step]:
    """S2: a displaced widow and four children: four papers, four children with redress, five
    served; five weeks without network."""
    mother = someone("S2", "F", 34, on, "Fadimata", displacement="pdi", nickname="Fatimata")
    ages = (11, 8, 5, 3)
    names = ("Aly", "Hawa", "Moussa", "Mariam")
    children = [
        someone(f"S2 {name}", "M" if name in ("Aly", "Moussa") else "F", years, on, name)
        for name, years in zip(names, ages, strict=True)
    ]
    told = "Les quatre enfants sont nés pendant la fuite. L’école refuse l’aîné."
    ids = [child["id"] for child in children]
    case = matter("S2", children, told, justice_type="ec_naissance")
    play = staged(stage, "S2", on, TOMBOUCTOU, "fanta", [mother, *children], [case], risk="faible")
    play.story.contact = {"means": ["bureau"], "must_not_know": "le téléphone de son frère"}
    welfare, drafting, court, town = (
        ident("S2", name) for name in ("indigence", "redaction", "tribunal", "mairie")
    )
    yield play.at(0, lambda: receive(play))
    for day, service, kind, referral_id, answer in (
        (1, "subsistance", "devsocial", welfare, 2),
        (1.1, "redaction", "bajj", drafting, 3),
        (10, "etat_civil", "tribunal", court, 35),
        (46, "etat_civil", "mairie", town, 8),
    ):
        yield from served(play, day, service, kind, referral_id, answer)
    got = {"people": ids, "grievance": case["id"]}
    judged = {"code": "jugement_supp", "proof": "jugement", **got}
    yield play.at(45.5, lambda: note(play, Per.OUTCOME, **judged))
    held = {"code": "acte_ec", "proof": "acte", **got}
    yield play.at(62, lambda: note(play, Per.OUTCOME, **held))
    yield play.at(70, lambda: close(play))


def served(
    play: Performance, day: float, service: str, kind: str, referral_id: UUID, answer: float
) -> Iterator[Step]:
    """A referral that goes as it should: accepted and served after so many days, then confirmed."""
    yield play.at(day, lambda: send(play, service, referral_id, kind))
    yield play.at(day + answer / 2, lambda: step(play, referral_id, Move.ACCEPT))
    yield play.at(day + answer, lambda: step(play, referral_id, Move.SERVE))
    yield play.at(day + answer + 0.2, lambda: step(play, referral_id, Move.CONFIRM, sender=True))


def land_of_fishermen(stage: Stage, on: date) -> Iterator[Step]:
    """S3: a group's right to the river bank; one of four partners declines, and the record of
    conciliation is the redress, once."""
    elder = someone("S3", "M", 48, on, "Bakary", family_name="Niantao")
    told = "On nous a ordonné, avec des menaces, de quitter le campement du fleuve après vingt ans."
    land = matter("S3", [elder], told, justice_type="fon_ressources")
    group = {"collective": True, "affected_female": 6, "affected_male": 8}
    play = staged(stage, "S3", on, ALAFIA, "alassane", [elder], [land], more=group)
    play.story.perpetrator = {"grievances": {land["id"]: {"actor": "inconnu"}}}
    meeting = ident("S3", "cofo")
    about = {"grievance": land["id"]}
    agreed = {"code": "conciliation", "proof": "pv", **about}
    approved = {"code": "conciliation_homologuee", "proof": "jugement", **about}
    yield play.at(0, lambda: receive(play))
    yield play.at(2, lambda: send(play, "foncier", meeting, "cofo"))
    yield play.at(12, lambda: step(play, meeting, Move.DECLINE, reason="hors_zone"))
    for day, service, kind, name, answer in (
        (3, "ame_vivres", "devsocial", "vivres", 6),
        (4, "info_juridique", "bajj", "conseil", 5),
        (75, "foncier", "tribunal", "homologation", 170),
    ):
        yield from served(play, day, service, kind, ident("S3", name), answer)
    yield play.at(40, lambda: note(play, Per.SERVICE, code="mediation", **about))
    yield play.at(41, lambda: note(play, Per.OUTCOME, **agreed))
    yield play.at(250, lambda: note(play, Per.OUTCOME, **approved))
    yield play.at(255, lambda: close(play))


def widow_without_share(stage: Stage, on: date) -> Iterator[Step]:
    """S4: inheritance denied and levirate refused: two grievances, one person, redress once, by
    custom first and by the court later."""
    widow = someone("S4", "F", 52, on, "Salamata")
    told = "Ses beaux-frères ont pris le champ et six bœufs. Elle refuse le lévirat."
    share = matter("S4 part", [widow], told, justice_type="suc_heritage")
    denial = matter("S4 deni", [widow], told, gbv_acts=["vbg_deni"], harmful_practice="levirat")
    play = staged(stage, "S4", on, DOUEKIRE, "ibrahim", [widow], [share, denial])
    play.answers = (answered(LEGAL, "no"),)
    cadi, legal = ident("S4", "cadi"), ident("S4", "conseil")
    about = {"grievance": share["id"]}
    yield play.at(0, lambda: receive(play))
    yield from served(play, 3, "decision_cadi", "cadi", cadi, 27)
    yield from served(play, 4, "info_juridique", "bajj", legal, 8)
    custom = {"code": "decision_coutumiere", "proof": "pv", "route": "coutumiere", **about}
    cattle = {"code": "restit_bien", "proof": "declaration", "route": "coutumiere", **about}
    inherited = {"code": "heritage", "proof": "jugement", "route": "formelle", **about}
    yield play.at(31, lambda: note(play, Per.OUTCOME, **custom))
    yield play.at(33, lambda: note(play, Per.OUTCOME, **cattle))
    yield play.at(150, lambda: now_agrees_to_court(play))
    yield play.at(160, lambda: note(play, Per.OUTCOME, **inherited))
    yield play.at(170, lambda: close(play))


def now_agrees_to_court(play: Performance) -> None:
    """What she refused at first she agrees to now: a later answer stands beside the earlier."""
    session, by = play.stage.session, play.worker.by
    agreement.record_answer(session, *by, play.story.case_id, answered(LEGAL, "yes", by=play.by))


def no_statistics(stage: Stage, on: date) -> Iterator[Step]:
    """S5: beaten by her husband; she wants no statistics. The worker is his cousin and gives the
    case away; closed at her wish, open again after a new violence."""
    woman = someone("S5", "F", 23, on, "Aïchata")
    told = "Son mari la frappe. Elle est enceinte. Pas de gendarmerie, dit-elle."
    case = matter("S5", [woman], told, gbv_acts=["vbg_agr_physique"])
    again = matter(
        "S5 retour", [woman], "Il l’a frappée de nouveau.", gbv_acts=["vbg_agr_physique"]
    )
    husband = {"relations": ["partenaire"]}
    play = staged(stage, "S5", on, BOUREM, "alassane", [woman], [case], risk="eleve", counted=False)
    play.story.contact = {
        "means": ["tiers"],
        "times": "mardi, au marché",
        "code_word": "le tissu bleu",
    }
    play.story.perpetrator = {"grievances": {case["id"]: husband}}
    play.story.health = {"grievances": {case["id"]: {"pregnant": True}}}
    care, cousin = ident("S5", "care"), "Il est le cousin du mari."
    yield play.at(0, lambda: receive(play))
    yield play.at(0.05, lambda: hand_over(play, "oumar", "fanta", cousin))
    yield from served(play, 0.1, "sante", "sante", care, 0.9)
    yield play.at(20, lambda: note(play, Per.OUTCOME, code="soins", proof="certificat"))
    yield play.at(30, lambda: close(play, "demande_victime"))
    yield play.at(180, lambda: reopen(play))
    new = {"grievances": {again["id"]: husband}}
    yield play.at(180.1, lambda: tell(play, again, perpetrator=new))
    yield lately(play)
