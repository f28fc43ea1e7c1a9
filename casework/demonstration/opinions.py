"""What invented people say about the help they got: answers without a name, twice a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from casework import clock, places
from casework.demonstration.play import Step
from casework.demonstration.stage import Stage
from casework.facts.actions import write_feedback

ANSWERS = {"yes": 11, "partly": 5, "no": 2, "no_answer": 2}
SEXES = {"F": 3, "M": 1}


def opinions(stage: Stage, seed: int, begin: date) -> list[Step]:
    """One step for each answer from the first day until today."""
    rng = Random(seed)  # nosec B311
    actor = stage.player("zeinab").by[0].user_id
    found = []
    for number in range(2 * ((clock.today() - begin).days // 7)):
        day = begin + timedelta(days=number * 7 // 2)
        place = rng.choice(places.project_communes()).pcode
        sex = rng.choices(list(SEXES), list(SEXES.values()))[0]
        answer = rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        act = partial(write_feedback, stage.session, day, place, sex, answer, actor=actor)
        found.append(Step(datetime.combine(day, time(16), UTC), -1, act))
    return found
