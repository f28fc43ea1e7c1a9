"""The directory a programme starts from: known codes, nobody without help, no real number."""

import re

from casework import codes, places
from casework.directory.seed import ROWS

NEEDED = (
    "sante_urgence",
    "certificat_medical",
    "psychosocial",
    "info_juridique",
    "securite",
    "etat_civil",
    "foncier",
    "protection_enfance",
)


def test_kinds_and_services_stand_in_their_lists() -> None:
    used = {row.kind for row in ROWS} | {service for row in ROWS for service in row.services}
    assert used <= {*codes.codes("type_partenaire"), *codes.codes("type_service")}


def test_every_place_is_a_commune_of_the_programme() -> None:
    named = {place for row in ROWS for place in (*row.communes, row.seat)}
    assert named <= {commune.pcode for commune in places.project_communes()}


def test_every_commune_has_a_working_provider_for_each_needed_service() -> None:
    served = {
        (c, s) for row in ROWS if not row.suspended for c in row.communes for s in row.services
    }
    wanted = {(commune.pcode, s) for commune in places.project_communes() for s in NEEDED}
    assert wanted - served == set()


def test_somebody_answers_at_night_for_emergency_care_and_safety_in_both_cercles() -> None:
    awake = {(c, s) for row in ROWS if row.night for c in row.communes for s in row.services}
    towns = ("ML060208", "ML060506")
    assert {(c, s) for c in towns for s in ("sante_urgence", "securite")} <= awake


def test_a_fallback_is_another_working_row_written_before() -> None:
    written: set[str] = set()
    for row in ROWS:
        assert row.fallback is None or row.fallback in written
        written.add(row.name) if not row.suspended else None


def test_the_court_of_goundam_sits_in_timbuktu() -> None:
    court = next(row for row in ROWS if re.search(r"d.instance de Goundam", row.name))
    assert (court.communes[-1], court.seat) == ("ML060208", "ML060506")


def test_no_cadi_is_offered_for_a_penal_matter() -> None:
    cadi = next(row for row in ROWS if row.kind == "cadi")
    assert set(cadi.services) <= {"decision_cadi", "mediation"}
