"""Names as people give them: are two written names one person's? And the keys by which to search.

A full name is given name, father's, grandfather's, family or clan, with structural words (ag, ould,
walet, mint, kel, dit) that order it and never match anything themselves. Order counts: Mohamed Ag
Ahmed is the father of Ahmed Ag Mohamed. A surname says little in a region of few surnames, so the
given name must agree on its own. The score is evidence to show a person who decides; names alone
never prove identity (homonyms differ by age and place). Source: domain brief §6, roadmap item 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casework.cases.name_sounds import VOWELS, forms, letters, likeness, sound

MATCH, WEAK, GIVEN = 0.80, 0.62, 0.75
"""`is_match` from MATCH on with a given name of at least GIVEN; WEAK is worth showing to a human."""

_CHILD_OF = r"agg?|agh|oul[dt]?|ouel[dt]|w[eu]l[dt]|o/|m/|m[ei]ntt?e?|(?:o[u]?|w)al[ae]?tt?|w[ae]l[ae]?tt?|oual[ae]tt?|wlt|ibn|ben|bint"
_STRUCTURE = re.compile(rf"^(?:{_CHILD_OF}|kel|quel|kal)$")
_ALIAS = re.compile(r"\b(?:dite?s?|alias|surnomm[e]{1,2})\b")
