"""The scenarios of children whose guardian is suspected: two workers decide in their place.

S7 a child marriage prevented · S9 a girl in servitude, whom two people report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from casework.audit.log import flush_views
from casework.cases.access import access_case
from casework.cases.field_kinds import Per
from casework.cases.intake import save_section
from casework.cases.listing import search
from casework.cases.names import MATCH
from casework.cases.sections import read_section
from casework.consent.records import ASSENT, TWO_WORKERS
from casework.demonstration.play import (
    Performance,
    Step,
    agree_together,
    answered,
    close,
    note,
    receive,
    send,
    step,
)
from casework.demonstration.scenes import (
    ALAFIA,
    TOMBOUCTOU,
    ident,
    lately,
    matter,
    someone,
    staged,
)
from casework.demonstration.stage import Stage
from casework.policy import Permission
from casework.referrals.workflow import Move


def decided_by_two(play: Performance, second: str) -> Iterator[Step]:
    """The girl is asked herself; in her guardian's place two workers decide, on the same day."""
    play.by, play.second = TWO_WORKERS, play.stage.player(second)
    play.answers = (answered(ASSENT, "yes", by="personne"),)
    yield play.at(0, lambda: receive(play))
    yield play.at(0.05, lambda: agree_together(play))


def child_marriage(stage: Stage, on: date) -> Iterator[Step]:
    """S7: a wedding in twelve days; the parents are not asked, two workers decide; the marriage is
    put off in writing, she goes back to school, and is visited for six months."""
    girl = someone("S7", "F", 15, on, "Takia")
    told = "Le mariage est dans douze jours. Elle dit non. Le maître d’école nous prévient."
    case = matter("S7", [girl], told, gbv_acts=["vbg_mariage_force"])
    more = {"source": "ecole"}
    play = staged(stage, "S7", on, TOMBOUCTOU, "alassane", [girl], [case], risk="eleve", more=more)
    yield from decided_by_two(play, "oumar")
    for day, service, kind, name, served_on in (
        (0.1, "protection_enfance", "pfef", "drpfef", 6),
        (0.2, "assistance_jud", "tribunal", "juge", 5),
        (1, "decision_cadi", "cadi", "imam", 6.5),
        (7, "education", "pfef", "ecole", 20),
    ):
        referral_id = ident("S7", name)
        yield from helped(play, day, service, kind, referral_id, served_on)
    put_off = {"code": "mariage_empeche", "proof": "declaration"}
    yield play.at(7, lambda: note(play, Per.OUTCOME, **put_off))
    for months in (1, 3, 6):
        yield play.at(7 + 30 * months, lambda: visited(play))
    yield play.at(200, lambda: close(play))


def helped(
    play: Performance, day: float, service: str, kind: str, referral_id: UUID, served_on: float
) -> Iterator[Step]:
    """A referral that is accepted soon, served on a day, and confirmed by the girl."""
    yield play.at(day, lambda: send(play, service, referral_id, kind))
    yield play.at(day + 0.4, lambda: step(play, referral_id, Move.ACCEPT))
    yield play.at(served_on, lambda: step(play, referral_id, Move.SERVE))
    yield play.at(served_on + 3, lambda: step(play, referral_id, Move.CONFIRM, sender=True))


def visited(play: Performance) -> None:
    """A visit after the marriage was prevented."""
    text = "Visite de suivi. Elle est à l’école, aucun mariage."
    note(play, Per.JOURNAL, nature="visite", text=text)


def girl_in_servitude(stage: Stage, on: date) -> Iterator[Step]:
    """S9: kept as a servant by her family's former masters; of two people who report her the second
    one's worker finds the file and joins it; an aunt takes her in."""
    girl = someone("S9", "F", 13, on, "Fatimata", father_name="Walet Alhousseini")
    told = "Elle garde les bêtes et sert dans la maison des anciens maîtres."
    served = matter("S9", [girl], told, justice_type="lib_esclavage")
    works = matter("S9 travail", [girl], told, justice_type="enf_travail")
    play = staged(stage, "S9", on, ALAFIA, "alassane", [girl], [served, works], risk="eleve")
    yield from decided_by_two(play, "oumar")
    for day, service, name, served_on in (
        (0.2, "protection_enfance", "drpfef", 25),
        (5, "reunification", "recherche", 25.5),
    ):
        yield from helped(play, day, service, "pfef", ident("S9", name), served_on)
    heard = {"given_name": "Fadimata", "father_name": "Oualett Al Housseyni", "years": 14}
    yield play.at(4, lambda: report_again(play, "fanta", on, heard))
    home = {"code": "retour_famille", "proof": "declaration"}
    yield play.at(26, lambda: note(play, Per.OUTCOME, **home))
    yield lately(play)


def report_again(play: Performance, handle: str, on: date, heard: dict[str, Any]) -> None:
    """Somebody else reports a girl. The worker searches first: where a file is the girl's, she
    joins it and writes the other spelling and the visit there; else she opens a second one."""
    stage, worker = play.stage, play.stage.player(handle)
    name = f"{heard['given_name']} {heard['father_name']}"
    found = search(stage.session, *worker.by, name)
    flush_views(stage.session)
    alike = [one.id for score, one in found if score >= MATCH]
    if alike:
        join(play, handle, alike[0], name)
        return
    girl = someone("S9 again", "F", heard["years"], on, heard["given_name"])
    girl["father_name"] = heard["father_name"]
    case = matter("S9 again", [girl], "Signalée à Goundam.", justice_type="lib_esclavage")
    receive(staged(stage, "S9 again", on, ALAFIA, handle, [girl], [case], risk="eleve"))


def join(play: Performance, handle: str, case_id: UUID, name: str) -> None:
    """The file that is there already knows the other spelling, and who reported her."""
    session, by = play.stage.session, play.stage.player(handle).by
    case = access_case(session, *by, case_id, Permission.CASE_WRITE)
    known = read_section(session, case, "identity")
    people: Any = known.value["beneficiaries"]
    people[0]["nickname"] = name
    value = {**known.value, "beneficiaries": people}
    save_section(session, *by, case_id, "identity", value, known.revision)
    text = "Un relais de Goundam signale la même jeune fille. Un seul dossier."
    note(replace(play, worker=play.stage.player(handle)), Per.JOURNAL, nature="visite", text=text)
