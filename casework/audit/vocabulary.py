"""Every act the log knows, one line an act, with the exact keys of its body and what each may hold.

To add an act, append one line to the right group: the name is `noun.past_participle`, each key has
one of the kinds below. A key ending in `_at`, a name, a search word, an address or any content has
no kind, so it cannot be declared; content appears only as the digest of its ciphertext.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import TypeAlias


class Kind(Enum):
    """What one key of a body may hold; `bodies` checks it when the entry is recorded."""

    ID = auto()  # a UUID
    IDS = auto()  # UUIDs, in the order they were shown
    MAYBE_ID = auto()  # a UUID or None
    CODE = auto()  # one short code of a list, a state, a permission or a section
    CODES = auto()  # short codes
    MAYBE_CODE = auto()  # a short code or None
    COUNT = auto()  # a whole number from 0
    FLAG = auto()  # True or False
    PERIOD = auto()  # "2026", "2026-Q1" or "2026-03"
    MAYBE_PERIOD = auto()  # a period or None
    DIGEST = auto()  # sha256 of a ciphertext or a published block: 32 bytes or 64 hex digits
    BOXES = auto()  # {box name: digest} for an act that seals several boxes of one case
    RANGES = auto()  # (first, last) pairs of indexes of the log itself


ID, IDS, MAYBE_ID = Kind.ID, Kind.IDS, Kind.MAYBE_ID
CODE, CODES, MAYBE_CODE = Kind.CODE, Kind.CODES, Kind.MAYBE_CODE
COUNT, FLAG, PERIOD, MAYBE_PERIOD = Kind.COUNT, Kind.FLAG, Kind.PERIOD, Kind.MAYBE_PERIOD
DIGEST, BOXES, RANGES = Kind.DIGEST, Kind.BOXES, Kind.RANGES

Keys: TypeAlias = Mapping[str, Kind]

SESSIONS: dict[str, Keys] = {
    "session.opened": {},
    "session.refused": {"why": CODE},
    "session.closed": {},
    "session.expired": {},
    "session.locked": {},
    "session.reopened": {},
    "words.given": {},
    "factor.added": {"kind": CODE},
    "factor.used": {"kind": CODE},
    "factor.removed": {"kind": CODE},
    "alarm.raised": {},
    "alarm.lifted": {"user": ID},
    "access.refused": {"permission": CODE, "record": CODE},
    "check.failed": {"check": CODE},
    "history.differed": {"why": CODE, "seen": COUNT, "size": COUNT},
    "history.reported": {"why": CODE, "seen": COUNT, "size": COUNT},
}
PEOPLE: dict[str, Keys] = {
    "account.invited": {"user": ID, "team": MAYBE_ID, "role": CODE},
    "account.activated": {"user": ID},
    "account.ended": {"user": ID},
    "member.confirmed": {"team": ID, "user": ID, "role": CODE, "epoch": COUNT},
    "member.suspended": {"team": ID, "user": ID},
    "member.removed": {"team": ID, "user": ID},
    "partner.compared": {"team": ID, "peer": ID, "epoch": COUNT},
    "team.created": {"team": ID, "kind": CODE},
    "account.reset": {"user": ID, "team": MAYBE_ID},
    "team.rotated": {"team": ID, "epoch": COUNT},
    "team.restarted": {"team": ID, "user": ID},
    "team.recovered": {"team": ID, "user": ID},
}
CASES: dict[str, Keys] = {
    "case.opened": {"case": ID, "team": ID, "boxes": BOXES},
    "case.viewed": {"case": ID, "sections": CODES, "grounds": CODES},
    "case.listed": {"ids": IDS},
    "case.searched": {"ids": IDS},
    "section.written": {"case": ID, "section": CODE, "revision": COUNT, "digest": DIGEST},
    "entry.written": {"case": ID, "section": CODE, "entry": ID, "kind": CODE, "digest": DIGEST},
    "section.rekeyed": {"case": ID, "boxes": BOXES},
    "outcome.recorded": {"case": ID, "section": CODE, "entry": ID, "digest": DIGEST},
    "case.assigned": {"case": ID, "to": MAYBE_ID},
    "case.closed": {"case": ID, "reason": CODE, "boxes": BOXES},
    "case.reopened": {"case": ID, "boxes": BOXES},
    "card.written": {"case": ID, "boxes": BOXES},
    "case.erased": {"case": ID},
    "access.rekeyed": {"case": ID, "boxes": BOXES},
    "readers.viewed": {"case": ID},
    "record.read": {"case": ID},
    "record.printed": {"case": ID},
    "contact.tallied": {"team": ID},
    "draft.received": {"team": ID, "draft": ID, "kind": CODE, "digest": DIGEST},
    "draft.opened": {"team": ID, "draft": ID, "kind": CODE},
}
CONSENT: dict[str, Keys] = {
    "consent.recorded": {"case": ID, "consent": ID, "kind": CODE, "digest": DIGEST},
    "consent.withdrawn": {"case": ID, "consent": ID, "digest": DIGEST},
    "necessity.requested": {"case": ID, "consent": ID, "digest": DIGEST},
    "necessity.confirmed": {"case": ID, "consent": ID, "digest": DIGEST},
    "decision.confirmed": {"case": ID, "boxes": BOXES},
}

_ONE: dict[str, Kind] = {"case": ID, "referral": ID}
REFERRALS: dict[str, Keys] = {
    "referral.drafted": {**_ONE, "boxes": BOXES},
    "referral.sent": _ONE,
    "referral.moved": {
        **_ONE,
        "from_state": CODE,
        "to_state": CODE,
        "on_behalf": FLAG,
        "boxes": BOXES,
    },
    "referral.viewed": {**_ONE, "sections": CODES},
    "referral.listed": {"ids": IDS},
    "grant.issued": {**_ONE, "team": ID, "sections": CODES, "digest": DIGEST},
    "grant.converted": {**_ONE, "team": ID, "digest": DIGEST},
    "grant.ended": {**_ONE, "team": ID, "boxes": BOXES},
    "letter.printed": _ONE,
}
STATISTICS: dict[str, Keys] = {
    "fact.written": {"kind": CODE},
    "fact.corrected": {"kind": CODE},
    "fact.removed": {"kind": CODE},
    "statistics.closed": {"period": PERIOD, "digest": DIGEST},
    "statistics.viewed": {"period": MAYBE_PERIOD},
    "statistics.corrected": {"period": PERIOD, "digest": DIGEST},
    "quarter.signed": {"team": ID, "period": PERIOD},
}
PROGRAMME: dict[str, Keys] = {
    "activity.recorded": {"activity": ID, "kind": CODE},
    "activity.changed": {"activity": ID},
    "activity.removed": {"activity": ID},
    "radio.written": {"radio": ID},
    "practice.noted": {"practice": ID},
    "month.attested": {"team": ID, "month": PERIOD},
    "workload.viewed": {"team": ID},
    "evidence.shown": {"team": ID, "period": PERIOD, "verifier": CODE, "ids": IDS},
    "export.made": {"kind": CODE, "digest": DIGEST},
    "directory.changed": {"provider": ID},
    "configuration.changed": {"setting": CODE},
    "backup.made": {"boxes_digest": DIGEST, "ciphertext_digest": DIGEST},
    "backup.restored": {"boxes_digest": DIGEST, "ciphertext_digest": DIGEST},
    "demonstration.loaded": {"cases": COUNT},
    "audit.viewed": {"case": MAYBE_ID, "person": MAYBE_ID, "act": MAYBE_CODE},
    "unusual.viewed": {},
    "checkpoint.compared": {"result": CODE, "size": COUNT},
    "audit.exported": {"size": COUNT},
    "audit.redacted": {"reason": CODE, "ranges": RANGES},
}

ACTIONS: dict[str, Keys] = {
    **SESSIONS,
    **PEOPLE,
    **CASES,
    **CONSENT,
    **REFERRALS,
    **STATISTICS,
    **PROGRAMME,
}

TO_THE_MINUTE = frozenset(
    {
        "session.opened",
        "session.refused",
        "session.closed",
        "session.locked",
        "session.reopened",
        "alarm.raised",
    }
)
"""Acts whose minute matters (guessing, a shared machine); of every other the log keeps the hour."""
