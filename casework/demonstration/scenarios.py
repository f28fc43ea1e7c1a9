"""Seven cases told in full, the same for every seed: each shows a rule of the mechanism at work.

S1 rape of a girl with care in time · S2 four births never declared · S3 land of a fishing family ·
S4 a widow's inheritance · S5 no statistics, closed and opened again · S7 a child marriage
prevented · S9 a girl in servitude. The people are invented, the places are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from casework import clock
from casework.cases import closure
from casework.cases.field_kinds import Per
from casework.demonstration.inventions import Story
from casework.demonstration.play import Performance, Step, close, note, receive, send, step
from casework.demonstration.stage import Stage
from casework.referrals.workflow import Move

PLAYED = UUID("6f0c1f4e-50e5-4c4f-8f4f-0f6d5d3c9a11")
GOUNDAM, DOUEKIRE, ALAFIA, BOUREM, TOMBOUCTOU = (
    "ML060208",
    "ML060204",
    "ML060501",
    "ML060503",
    "ML060506",
)


def ident(*parts: str) -> UUID:
    """The same id for the same words."""
    return uuid5(PLAYED, " ".join(parts))


def someone(key: str, sex: str, years: int, on: date, given: str, **names: str) -> dict[str, Any]:
    """A beneficiary of a scenario."""
    age = {"years": years, "as_of": on.isoformat()}
    return {"id": str(ident(key)), "sex": sex, "age": age, "given_name": given, **names}


def matter(key: str, people: list[dict[str, Any]], story: str, **fields: Any) -> dict[str, Any]:
    """A grievance of a scenario."""
    ids = [person["id"] for person in people]
    return {"id": str(ident(key, "grief")), "people": ids, "story": story, **fields}


def staged(
    stage: Stage,
    key: str,
    on: date,
    commune: str,
    worker: str,
    people: list[dict[str, Any]],
    grievances: list[dict[str, Any]],
    risk: str = "moyen",
    counted: bool = True,
    more: dict[str, Any] | None = None,
) -> Performance:
    """A scenario ready to be played."""
    first = grievances[0]
    story = Story(
        case_id=ident(key, "case"),
        received_on=on,
        commune=commune,
        problem=(first.get("gbv_acts") or [first.get("justice_type", "autre")])[0],
        risk=risk,
        counted=counted,
        chance=Random(key),  # nosec B311 - invented people, no secret
        identity={"commune": commune, "beneficiaries": people, **(more or {})},
        facts={"grievances": grievances, "risk": risk},
    )
    return Performance(stage, story, -2, stage.player(worker))


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
    """S1: care within 72 hours, complaint on the sixth day, an uncle's deal that counts for
    nothing."""
    girl = someone("S1", "F", 16, on, "Hadjara", family_name="Walet")
    done = (on - timedelta(days=2)).isoformat()
    told = "Un voisin l’a forcée. Sa grand-mère l’accompagne et reste avec elle."
    case = matter("S1", [girl], told, gbv_acts=["vbg_viol"], happened_on=done, part_of_day="soir")
    play = staged(stage, "S1", on, GOUNDAM, "zeinab", [girl], [case], risk="eleve")
    play.story.perpetrator = {"grievances": {case["id"]: {"relations": ["voisin"]}}}
    play.story.health = {"grievances": {case["id"]: {"injured": True}}}
    care, psy, legal, law = (ident("S1", name) for name in ("care", "psy", "legal", "law"))
    yield play.at(0, lambda: receive(play))
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
    yield play.at(6, lambda: send(play, "securite", law))
    yield play.at(7, lambda: step(play, law, Move.ACCEPT))
    deal = "L’oncle a accepté 150 000 FCFA. Cela n’est pas une réparation."
    yield play.at(
        12,
        lambda: note(
            play, Per.OUTCOME, code="arrangement_illicite", proof="declaration", note=deal
        ),
    )
    yield play.at(
        14, lambda: note(play, Per.STEP, code="pv_transmis", institution="TGI de Tombouctou")
    )
    yield play.at(15, lambda: note(play, Per.OUTCOME, code="soins", proof="certificat"))
    yield lately(play)


def births_never_declared(stage: Stage, on: date) -> Iterator[Step]:
    """S2: a displaced widow and four children: four papers, four children with redress, five
    served."""
    mother = someone("S2", "F", 34, on, "Fadimata", displacement="pdi")
    ages = (11, 8, 5, 3)
    names = ("Aly", "Hawa", "Moussa", "Mariam")
    children = [
        someone(f"S2 {name}", "M" if name in ("Aly", "Moussa") else "F", years, on, name)
        for name, years in zip(names, ages, strict=True)
    ]
    people = [mother, *children]
    told = "Les quatre enfants sont nés pendant la fuite. L’école refuse l’aîné."
    case = matter("S2", people, told, justice_type="ec_naissance")
    play = staged(stage, "S2", on, TOMBOUCTOU, "fanta", people, [case], risk="faible")
    drafting, town = ident("S2", "redaction"), ident("S2", "mairie")
    ids = [child["id"] for child in children]
    yield play.at(0, lambda: receive(play))
    yield play.at(1, lambda: send(play, "redaction", drafting))
    yield play.at(3, lambda: step(play, drafting, Move.ACCEPT))
    yield play.at(8, lambda: step(play, drafting, Move.SERVE))
    yield play.at(9, lambda: step(play, drafting, Move.CONFIRM, sender=True))
    yield play.at(10, lambda: send(play, "etat_civil", town))
    yield play.at(20, lambda: step(play, town, Move.ACCEPT))
    yield play.at(
        45, lambda: note(play, Per.OUTCOME, code="jugement_supp", proof="jugement", people=ids)
    )
    yield play.at(60, lambda: step(play, town, Move.SERVE))
    yield play.at(61, lambda: step(play, town, Move.CONFIRM, sender=True))
    yield play.at(62, lambda: note(play, Per.OUTCOME, code="acte_ec", proof="acte", people=ids))
    yield play.at(70, lambda: close(play))


def land_of_fishermen(stage: Stage, on: date) -> Iterator[Step]:
    """S3: a group's right to the river bank; the record of conciliation is the redress, once."""
    elder = someone("S3", "M", 48, on, "Bakary", family_name="Niantao")
    told = "On nous a ordonné de quitter le campement du fleuve après vingt ans."
    land = matter("S3", [elder], told, justice_type="fon_ressources")
    group = {"collective": True, "affected_female": 6, "affected_male": 8}
    play = staged(stage, "S3", on, ALAFIA, "alassane", [elder], [land], more=group)
    meeting = ident("S3", "cofo")
    yield play.at(0, lambda: receive(play))
    yield play.at(2, lambda: send(play, "foncier", meeting))
    yield play.at(12, lambda: step(play, meeting, Move.DECLINE, reason="hors_zone"))
    yield play.at(40, lambda: note(play, Per.SERVICE, code="mediation", grievance=land["id"]))
    yield play.at(
        41, lambda: note(play, Per.OUTCOME, code="conciliation", proof="pv", grievance=land["id"])
    )
    yield play.at(
        250,
        lambda: note(
            play,
            Per.OUTCOME,
            code="conciliation_homologuee",
            proof="jugement",
            grievance=land["id"],
        ),
    )
    yield play.at(255, lambda: close(play))


def lately(play: Performance) -> Step:
    """A visit some days ago: what is still open is being followed."""
    text = "Visite. Elle va mieux ; la suite est convenue avec elle."
    days = (clock.today() - play.story.received_on).days - 5
    return play.at(days, lambda: note(play, Per.JOURNAL, nature="visite", text=text))


def widow_without_share(stage: Stage, on: date) -> Iterator[Step]:
    """S4: inheritance denied and levirate refused: two grievances, one person, redress once."""
    widow = someone("S4", "F", 52, on, "Salamata")
    told = "Ses beaux-frères ont pris le champ et six bœufs. Elle refuse le lévirat."
    share = matter("S4 part", [widow], told, justice_type="suc_heritage")
    denial = matter("S4 deni", [widow], told, gbv_acts=["vbg_deni"], harmful_practice="levirat")
    play = staged(stage, "S4", on, DOUEKIRE, "ibrahim", [widow], [share, denial])
    cadi = ident("S4", "cadi")
    yield play.at(0, lambda: receive(play))
    yield play.at(3, lambda: send(play, "decision_cadi", cadi))
    yield play.at(9, lambda: step(play, cadi, Move.ACCEPT))
    yield play.at(30, lambda: step(play, cadi, Move.SERVE))
    yield play.at(32, lambda: step(play, cadi, Move.CONFIRM, sender=True))
    yield play.at(
        31,
        lambda: note(play, Per.OUTCOME, code="decision_coutumiere", proof="pv", route="coutumiere"),
    )
    yield play.at(33, lambda: note(play, Per.OUTCOME, code="restit_bien", proof="declaration"))
    yield play.at(
        160, lambda: note(play, Per.OUTCOME, code="heritage", proof="jugement", route="formelle")
    )
    yield play.at(170, lambda: close(play))


def no_statistics(stage: Stage, on: date) -> Iterator[Step]:
    """S5: beaten by her husband; she wants no statistics. Closed at her wish, open again later."""
    woman = someone("S5", "F", 23, on, "Aïchata")
    told = "Son mari la frappe. Elle est enceinte. Pas de gendarmerie, dit-elle."
    case = matter("S5", [woman], told, gbv_acts=["vbg_agr_physique"])
    play = staged(stage, "S5", on, BOUREM, "fanta", [woman], [case], risk="eleve", counted=False)
    play.story.contact = {
        "means": ["tiers"],
        "times": "mardi, au marché",
        "code_word": "le tissu bleu",
    }
    play.story.perpetrator = {"grievances": {case["id"]: {"relations": ["partenaire"]}}}
    play.story.health = {"grievances": {case["id"]: {"pregnant": True}}}
    care = ident("S5", "care")
    yield play.at(0, lambda: receive(play))
    yield play.at(0.1, lambda: send(play, "sante", care))
    yield play.at(0.5, lambda: step(play, care, Move.ACCEPT))
    yield play.at(1, lambda: step(play, care, Move.SERVE))
    yield play.at(8, lambda: step(play, care, Move.CONFIRM, sender=True))
    yield play.at(20, lambda: note(play, Per.OUTCOME, code="soins", proof="certificat"))
    yield play.at(30, lambda: close(play))
    yield play.at(180, lambda: reopen(play))
    yield lately(play)


def reopen(play: Performance) -> None:
    """She comes back: the same case is open again."""
    text = "Elle revient. Nouvelle violence depuis une semaine."
    value: dict[str, object] = {"happened_on": clock.today().isoformat(), "text": text}
    closure.reopen_case(play.stage.session, *play.worker.by, play.story.case_id, value)


def child_marriage(stage: Stage, on: date) -> Iterator[Step]:
    """S7: a wedding in twelve days; the marriage is put off in writing, she goes back to school."""
    girl = someone("S7", "F", 15, on, "Takia")
    told = "Le mariage est dans douze jours. Elle dit non. Le maître d’école nous prévient."
    case = matter("S7", [girl], told, gbv_acts=["vbg_mariage_force"])
    play = staged(stage, "S7", on, TOMBOUCTOU, "alassane", [girl], [case], risk="eleve")
    social, school = ident("S7", "drpfef"), ident("S7", "ecole")
    yield play.at(0, lambda: receive(play))
    yield play.at(0.1, lambda: send(play, "protection_enfance", social))
    yield play.at(0.5, lambda: step(play, social, Move.ACCEPT))
    yield play.at(6, lambda: step(play, social, Move.SERVE))
    yield play.at(9, lambda: step(play, social, Move.CONFIRM, sender=True))
    yield play.at(7, lambda: send(play, "education", school))
    yield play.at(7, lambda: note(play, Per.OUTCOME, code="mariage_empeche", proof="declaration"))
    for months in (1, 3, 6):
        yield play.at(7 + 30 * months, lambda: visited(play))
    yield play.at(200, lambda: close(play))


def visited(play: Performance) -> None:
    """A visit after the marriage was prevented."""
    text = "Visite de suivi. Elle est à l’école, aucun mariage."
    note(play, Per.JOURNAL, nature="visite", text=text)


def girl_in_servitude(stage: Stage, on: date) -> Iterator[Step]:
    """S9: kept as a servant by her family's former masters; an aunt takes her in."""
    girl = someone("S9", "F", 13, on, "Fatimata", father_name="Walet Alhousseini")
    told = "Elle garde les bêtes et sert dans la maison des anciens maîtres."
    case = matter("S9", [girl], told, justice_type="lib_esclavage")
    play = staged(stage, "S9", on, ALAFIA, "alassane", [girl], [case], risk="eleve")
    social = ident("S9", "drpfef")
    yield play.at(0, lambda: receive(play))
    yield play.at(0.2, lambda: send(play, "protection_enfance", social))
    yield play.at(1, lambda: step(play, social, Move.ACCEPT))
    yield play.at(25, lambda: step(play, social, Move.SERVE))
    yield play.at(27, lambda: step(play, social, Move.CONFIRM, sender=True))
    yield play.at(26, lambda: note(play, Per.OUTCOME, code="retour_famille", proof="declaration"))
    yield lately(play)
