"""Invented people and stories: names of the region put together at random, never a real file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from casework.demonstration.shapes import (
    COMMUNES,
    DISPLACEMENT,
    LANGUAGES,
    PROBLEMS,
    RISKS,
    SOURCES,
    ages,
    maybe,
    pick,
)

WOMEN = (
    "Fadimata", "Aïchata", "Hawa", "Maïmouna", "Zeïnabou", "Salimata", "Bintou", "Halimatou",
    "Safiatou", "Nafissa", "Lalla", "Mariam", "Koumba", "Oumou", "Assétou", "Habiba", "Tinalbaraka",
    "Minetou", "Aminata", "Saouda",
)  # fmt: skip
MEN = (
    "Mohamed", "Abdoulaye", "Aly", "Ibrahim", "Moussa", "Issa", "Youssouf", "Salif", "Seydou",
    "Alkassoum", "Attaher", "Aghali", "Hamma", "Daouda", "Mahamar", "Bilal", "Oumar", "Modibo",
)  # fmt: skip
FAMILIES = (
    "Maïga", "Touré", "Cissé", "Haïdara", "Yattara", "Tandina", "Ansari", "Niangaly", "Djiteye",
    "Landouré", "Samassékou", "Sylla", "Arby", "Maouloud", "Dicko", "Kounta",
)  # fmt: skip
PLACES = (
    "près du marché", "derrière la mosquée", "camp au bord du fleuve", "quartier des forgerons",
    "à côté de l’école", "campement à l’est du puits",
)  # fmt: skip
TOLD: Mapping[str, str] = {
    "vbg_viol": "Elle revenait du puits. Un homme du voisinage l’a forcée.",
    "vbg_agr_sexuelle": "Il l’a touchée de force près de la maison. Elle a crié, il est parti.",
    "vbg_agr_physique": "Son mari la frappe depuis des mois. Hier il a pris un bâton.",
    "vbg_deni": "Depuis la mort de son mari, on lui refuse les bêtes et la récolte.",
    "vbg_psy": "On la menace et on l’insulte devant les enfants, chaque jour.",
    "vbg_mariage_force": "La famille a promis sa main. Elle dit non et veut rester à l’école.",
    "ec_naissance": "Les enfants sont nés pendant la fuite. Aucun n’a été déclaré.",
    "ec_identite": "Les papiers sont restés au village. Sans carte, elle ne passe pas.",
    "ec_mariage": "Le mariage a été fait devant l’imam, jamais à la mairie.",
    "fon_terre": "Le voisin a avancé la limite du champ après l’hivernage.",
    "fon_occupation": "À son retour, une autre famille vivait dans sa maison.",
    "suc_heritage": "Ses beaux-frères gardent la part des enfants.",
    "fam_pension": "Le père est parti et n’envoie plus rien.",
    "fam_divorce": "Répudiée sans papier, elle veut que ce soit écrit.",
    "bien_vol": "Des moutons ont été pris la nuit. Elle sait où ils sont.",
    "eco_dette": "Elle a prêté de l’argent devant témoins. On nie la dette.",
    "lib_detention": "Son fils a été arrêté. Personne ne lui dit pourquoi.",
    "adm_abus": "On lui demande de l’argent pour un papier gratuit.",
}


@dataclass(slots=True)
class Story:
    """One invented case: who came, what happened, and the dice for what follows."""

    case_id: UUID
    received_on: date
    commune: str
    problem: str
    risk: str
    counted: bool
    chance: Random = field(repr=False)
    identity: dict[str, Any] = field(default_factory=dict, repr=False)
    contact: dict[str, Any] = field(default_factory=dict, repr=False)
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    perpetrator: dict[str, Any] = field(default_factory=dict, repr=False)
    health: dict[str, Any] = field(default_factory=dict, repr=False)

    def sections(self) -> dict[str, dict[str, Any]]:
        """What the intake writes, in the order of its pages."""
        written = {
            "identity": self.identity,
            "contact": self.contact,
            "facts": self.facts,
            "perpetrator": self.perpetrator,
            "health": self.health,
        }
        return {name: value for name, value in written.items() if value}


def identifier(chance: Random) -> UUID:
    """A UUID that follows from the dice."""
    return UUID(int=chance.getrandbits(128), version=4)


def invent(seed: int, number: int, first_day: date, days: int) -> Story:
    """The story of that number: always the same for a seed and a first day."""
    chance = Random(f"{seed} {number}")  # nosec B311 - invented people, no secret
    story = Story(
        case_id=identifier(chance),
        received_on=first_day + timedelta(days=chance.randrange(days)),
        commune=pick(chance, COMMUNES),
        problem=pick(chance, PROBLEMS),
        risk=pick(chance, RISKS),
        counted=maybe(chance, 0.93),
        chance=chance,
    )
    people = household(story)
    story.identity = {
        "commune": story.commune,
        "source": pick(chance, SOURCES),
        "beneficiaries": people,
    }
    story.contact = contact(chance)
    grievance = happened(story, people)
    story.facts = {"grievances": [grievance], "risk": story.risk}
    details(story, grievance)
    return story


def household(story: Story) -> list[dict[str, Any]]:
    """The person who came; for birth papers her children too."""
    chance = story.chance
    violent = story.problem.startswith("vbg_")
    sex = "F" if violent or maybe(chance, 0.62) else "M"
    low, high = chance.choice(ages(story.problem))
    lodger = person(story, sex, chance.randint(low, high))
    lodger["displacement"] = pick(chance, DISPLACEMENT)
    if maybe(chance, 0.06):
        lodger["disability"] = "physique"
    children = chance.randint(1, 4) if story.problem == "ec_naissance" else 0
    family = lodger["family_name"]
    return [lodger, *(child(story, family) for _ in range(children))]


def person(story: Story, sex: str, years: int) -> dict[str, Any]:
    """A person with names as people give them and an age as she says it."""
    chance = story.chance
    return {
        "id": str(identifier(chance)),
        "sex": sex,
        "age": {"years": years, "as_of": story.received_on.isoformat(), "approximate": years > 20},
        "given_name": chance.choice(WOMEN if sex == "F" else MEN),
        "father_name": chance.choice(MEN),
        "grandfather_name": chance.choice(MEN),
        "family_name": chance.choice(FAMILIES),
    }


def child(story: Story, family: str) -> dict[str, Any]:
    """A child of the household."""
    sex = story.chance.choice("FM")
    return {**person(story, sex, story.chance.randint(1, 13)), "family_name": family}


def contact(chance: Random) -> dict[str, Any]:
    """How she can be reached; the numbers exist nowhere."""
    found: dict[str, Any] = {"language": pick(chance, LANGUAGES), "place": chance.choice(PLACES)}
    if maybe(chance, 0.6):
        return {
            **found,
            "means": ["appel"],
            "phone": f"00 00 {chance.randint(10, 99)} {chance.randint(10, 99)}",
        }
    return {**found, "means": ["bureau"], "times": "mardi matin, au marché"}


def happened(story: Story, people: list[dict[str, Any]]) -> dict[str, Any]:
    """The grievance: what was done, when, in her words."""
    chance = story.chance
    days_before = chance.choice((0, 1, 2, 4, 9, 20, 45, 200))
    grievance: dict[str, Any] = {
        "id": str(identifier(chance)),
        "people": [people[0]["id"]],
        "happened_on": (story.received_on - timedelta(days=days_before)).isoformat(),
        "incident_commune": story.commune,
        "story": TOLD[story.problem],
    }
    if story.problem.startswith("vbg_"):
        return {**grievance, "gbv_acts": [story.problem], "phase": "non_deplacee"}
    return {**grievance, "justice_type": story.problem, "people": [each["id"] for each in people]}


def details(story: Story, grievance: dict[str, Any]) -> None:
    """For violence: who did it, as far as she says, and her health."""
    if "gbv_acts" not in grievance:
        return
    near = story.problem in ("vbg_agr_physique", "vbg_psy")
    relation = "partenaire" if near else story.chance.choice(("voisin", "famille", "inconnu"))
    author = {"relations": [relation], "actor": "inconnu", "author_count": "un"}
    story.perpetrator = {"grievances": {grievance["id"]: author}}
    if story.problem in ("vbg_viol", "vbg_agr_physique"):
        hurt = {"injured": maybe(story.chance, 0.5), "care_received": False}
        story.health = {"grievances": {grievance["id"]: hurt}}
