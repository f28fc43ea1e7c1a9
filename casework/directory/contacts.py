"""How a provider is reached: sealed under the server key, dialled with one tap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from casework.vault.server import open_under, seal_under

DAY, NIGHT, PERSON, ADDRESS = "day", "night", "person", "address"
CONTACT = (DAY, NIGHT, PERSON, ADDRESS)
"""The number by day, the number at night, whom to ask for, where a letter is brought."""

NUMBER = re.compile(r"\+?[0-9 .()/-]+")
FEWEST_DIGITS, MOST_DIGITS = 3, 15
"""From a short green number to the longest number of ITU-T E.164."""


def seal_contact(server_key: bytes, provider_id: UUID, contact: Mapping[str, str]) -> bytes | None:
    """The box with what is known of the contact; None when nothing is.

    Raises ValueError for a key that is not one of `CONTACT`.
    """
    if not set(contact) <= set(CONTACT):
        raise ValueError("a contact has a day and a night number, a person and an address only")
    known = {key: text for key, text in contact.items() if text}
    return seal_under(server_key, "provider", provider_id, value=known) if known else None


def open_contact(server_key: bytes, provider_id: UUID, box: bytes | None) -> dict[str, str]:
    """What is known of the contact, by the keys of `CONTACT`; {} without a box."""
    if box is None:
        return {}
    opened = open_under(server_key, "provider", provider_id, box=box)
    return {key: str(value) for key, value in opened.items()}


def is_number(text: str) -> bool:
    """True for one telephone number as people write it, with 3 to 15 digits."""
    digits = sum(letter.isdigit() for letter in text)
    return bool(NUMBER.fullmatch(text)) and FEWEST_DIGITS <= digits <= MOST_DIGITS


def dialled(number: str) -> str:
    """What a telephone dials for a number as written: its digits, and the leading plus."""
    return "".join(letter for letter in number if letter in "+0123456789")
