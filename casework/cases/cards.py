"""The card of a case: the few words that lists and search need, sealed in the owner's access box.

{"name": as written, "others": names of the other beneficiaries, "keys": folded name keys,
 "phones": digits only, "commune": pcode, "sex": code, "band": age band code, "people": count,
 "problems": codes, "risk": code, "place": text}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.cases import names, rules
from casework.cases.sections import Section

NAME_PARTS = ("given_name", "father_name", "grandfather_name", "family_name", "nickname")


def full_name(person: Mapping[str, Any]) -> str:
    """The name as it was given: given, father's, grandfather's, family, then the nickname."""
    parts = [str(person.get(part, "")) for part in NAME_PARTS[:-1] if person.get(part)]
    nickname = person.get("nickname")
    return " ".join(parts + ([f"«\u00a0{nickname}\u00a0»"] if nickname else []))


def digits(phone: object) -> str:
    """The digits of a telephone number, without the country's prefix."""
    found = "".join(sign for sign in str(phone or "") if sign.isdigit())
    return found[-8:]


def card_of(sections: Mapping[str, Section], on: date) -> dict[str, object]:
    """The card that follows from the sections of a case as they stand on a day."""
    identity: Mapping[str, Any] = sections["identity"].value if "identity" in sections else {}
    contact: Mapping[str, Any] = sections["contact"].value if "contact" in sections else {}
    facts: Mapping[str, Any] = sections["facts"].value if "facts" in sections else {}
    people = list(identity.get("beneficiaries", []))
    lodger = people[0] if people else {}
    written = [full_name(person) for person in people]
    keys = {key for person in people for key in name_keys(person)}
    return {
        "name": written[0] if written else "",
        "others": [name for name in written[1:] if name],
        "keys": sorted(keys),
        "phones": [
            number
            for number in map(digits, (contact.get("phone"), contact.get("trusted_phone")))
            if number
        ],
        "place": contact.get("place", ""),
        "commune": identity.get("commune", ""),
        "sex": lodger.get("sex", ""),
        "band": rules.age_band(lodger.get("age"), on),
        "people": len(people),
        "problems": [rules.problem_of(grievance) for grievance in facts.get("grievances", [])],
        "risk": facts.get("risk", ""),
    }


def name_keys(person: Mapping[str, Any]) -> list[str]:
    """The folded keys of one person's names."""
    parts = [str(person.get(part, "")) for part in NAME_PARTS if person.get(part)]
    return names.folded_keys(parts)
