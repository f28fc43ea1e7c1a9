"""At every partner with an account one referral waits for its answer, so that its members have
something to practise on whenever the demonstration is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from casework.demonstration.play import Performance, Step, receive, send
from casework.demonstration.scenes import GOUNDAM, TOMBOUCTOU, ident, matter, someone, staged
from casework.demonstration.stage import Stage

WAITING = (
    ("sante", "sante", GOUNDAM, "zeinab", "Nana", "vbg_agr_physique"),
    ("sante", "sante", TOMBOUCTOU, "fanta", "Oumou", "vbg_agr_physique"),
    ("info_juridique", "bajj", GOUNDAM, "ibrahim", "Kadia", "fam_pension"),
    ("psychosocial", "pfef", TOMBOUCTOU, "fanta", "Safi", "vbg_psy"),
    ("securite", "gendarmerie", GOUNDAM, "ibrahim", "Moussa", "bien_vol"),
    ("etat_civil", "mairie", TOMBOUCTOU, "alassane", "Hawa", "ec_mariage"),
    ("etat_civil", "tribunal", TOMBOUCTOU, "fanta", "Aïssata", "ec_rectif"),
    ("subsistance", "devsocial", GOUNDAM, "zeinab", "Bintou", "fam_pension"),
)
"""Service, kind of provider, commune, worker, given name and problem: one for each partner."""

TOLD = "Elle demande de l’aide et veut savoir à qui parler."


def referrals_to_answer(stage: Stage, today: date) -> Iterator[Step]:
    """One case for each partner, received yesterday and referred at once; nobody has answered."""
    for number, (service, kind, *_) in enumerate(WAITING):
        play = waiting_case(stage, today - timedelta(days=1), number)
        referral_id = ident("waiting", f"referral {number}")
        yield play.at(number / 100, partial(receive, play))
        yield play.at(0.1 + number / 100, partial(send, play, service, referral_id, kind))


def waiting_case(stage: Stage, on: date, number: int) -> Performance:
    """The case that waits with this number."""
    _, _, commune, worker, given, problem = WAITING[number]
    key = f"waiting {number}"
    person = someone(key, "M" if given == "Moussa" else "F", 24 + 3 * number, on, given)
    violence = problem.startswith("vbg_")
    what = {"gbv_acts": [problem]} if violence else {"justice_type": problem}
    case = matter(key, [person], TOLD, **what)
    return staged(stage, key, on, commune, worker, [person], [case])
