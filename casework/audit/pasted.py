"""A checkpoint as people hand it on: with broken lines, spaces, quotation marks, a whole letter
around it. Pure."""

from __future__ import annotations

import re

NOISE = re.compile("[\\s>\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
DASH = "[\u2010-\u2015\u2212-]{1,3}"
NUMBER = "([0-9]{1,19})"
ROOT = "([A-Za-z0-9+/]{43}=)"
SIGNATURE = "([A-Za-z0-9+/]{91}=)"
"""32 bytes of root, and 4 + 64 of key name and signature, always have these lengths in base64."""


def note_in(text: str, name: str) -> bytes | None:
    """The signed note of the log `name` that stands in the text, written as it was signed.

    None where there is none. Lines may be broken or joined anywhere and the long dash shortened;
    no other sign is guessed, so that what was signed stays what is verified.
    """
    own = re.escape(name)
    form = re.compile(f"{own}{NUMBER}{ROOT}{DASH}{own}{SIGNATURE}")
    found = form.search(NOISE.sub("", text))
    if found is None:
        return None
    size, root, signature = found.groups()
    return f"{name}\n{size}\n{root}\n\n\u2014 {name} {signature}\n".encode()
