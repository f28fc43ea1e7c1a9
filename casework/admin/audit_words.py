"""Every act of the log as a sentence, with what stands in its body said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework import codes
from casework.consent.recipients import CODE_OF_SECTION
from casework.i18n import gettext as _
from casework.i18n import lazy_gettext as _l
from casework.people.labels import role_label

SENTENCES: dict[str, Any] = {
    "session.opened": _l("signed in"),
    "session.refused": _l("A sign-in was refused (%(why)s)"),
    "session.closed": _l("signed out"),
    "session.expired": _l("A session ended by itself"),
    "session.locked": _l("locked the page"),
    "session.reopened": _l("reopened the page with six digits"),
    "words.given": _l("gave the six words again"),
    "factor.added": _l("added a second proof for signing in (%(kind)s)"),
    "factor.used": _l("gave a second proof for signing in (%(kind)s)"),
    "factor.removed": _l("removed a second proof for signing in (%(kind)s)"),
    "alarm.raised": _l("raised the alarm: every session ended, account suspended"),
    "alarm.lifted": _l("lifted the alarm of %(user)s"),
    "access.refused": _l("asked for something not open to this function (%(permission)s)"),
    "check.failed": _l("A row changed outside the program was refused (%(check)s)"),
    "history.differed": _l(
        "was warned at sign-in: the browser had seen %(seen)s acts of the log, it has %(size)s"
        " (%(why)s)"
    ),
    "history.reported": _l("told somebody by voice that the log differs (%(why)s)"),
    "account.invited": _l("invited %(user)s as %(role)s: %(team)s"),
    "account.activated": _l("took up the account with the one-time code"),
    "account.ended": _l("closed the account of %(user)s"),
    "member.confirmed": _l("confirmed %(user)s by voice as %(role)s: %(team)s"),
    "member.suspended": _l("suspended %(user)s: %(team)s"),
    "member.removed": _l("removed %(user)s from the team: %(team)s"),
    "partner.compared": _l("compared six words with %(peer)s for the team: %(team)s"),
    "team.created": _l("created the team: %(team)s"),
    "account.reset": _l("made the lost words of %(user)s void: %(team)s"),
    "team.rotated": _l("changed the keys of the team: %(team)s"),
    "team.restarted": _l("let %(user)s begin the team anew: %(team)s"),
    "team.recovered": _l("brought the team back by its recovery key for %(user)s: %(team)s"),
    "case.opened": _l("opened a new file in the team: %(team)s"),
    "case.viewed": _l("looked at a file (%(sections)s)"),
    "case.listed": _l("looked at a list of %(ids)s files"),
    "case.searched": _l("searched and found %(ids)s files"),
    "section.written": _l("wrote in a file (%(section)s)"),
    "entry.written": _l("added an entry to a file (%(section)s)"),
    "section.rekeyed": _l("sealed parts of a file with new keys"),
    "outcome.recorded": _l("recorded an outcome"),
    "case.assigned": _l("gave a file to %(to)s"),
    "case.closed": _l("closed a file"),
    "case.reopened": _l("reopened a file"),
    "card.written": _l("corrected the card of a file"),
    "case.erased": _l("erased a file"),
    "access.rekeyed": _l("sealed the key of a file under the new keys of the team"),
    "readers.viewed": _l("looked who opened a file"),
    "record.read": _l("read to a person what was done with her file"),
    "record.printed": _l("printed for a person what was done with her file"),
    "contact.tallied": _l("counted a person who wanted no file: %(team)s"),
    "draft.received": _l("handed in a sealed sheet for the team: %(team)s"),
    "draft.opened": _l("opened a sealed sheet of the team: %(team)s"),
    "consent.recorded": _l("recorded a consent"),
    "consent.withdrawn": _l("recorded the withdrawal of a consent"),
    "necessity.requested": _l("asked to share without consent because of a danger"),
    "necessity.confirmed": _l("confirmed, as second person, sharing because of a danger"),
    "decision.confirmed": _l("confirmed, as second worker, a decision for a child"),
    "referral.drafted": _l("prepared a referral"),
    "referral.sent": _l("sent a referral"),
    "referral.moved": _l("moved a referral from “%(from_state)s” to “%(to_state)s”"),
    "referral.viewed": _l("looked at a referral (%(sections)s)"),
    "referral.listed": _l("looked at a list of %(ids)s referrals"),
    "grant.issued": _l("opened parts of a file to %(team)s (%(sections)s)"),
    "grant.converted": _l("took over what was shared, for the team: %(team)s"),
    "grant.ended": _l("ended what was shared with %(team)s"),
    "letter.printed": _l("printed a referral letter"),
    "activity.recorded": _l("wrote down an activity (%(kind)s)"),
    "activity.changed": _l("corrected an activity"),
    "activity.removed": _l("removed an activity"),
    "radio.written": _l("wrote down a partner radio"),
    "practice.noted": _l("added a practice to the register"),
    "month.attested": _l("attested the month %(month)s: %(team)s"),
    "workload.viewed": _l("looked at the workload of the team: %(team)s"),
    "evidence.shown": _l(
        "showed a sample of %(ids)s files, without names, to a verifier (%(verifier)s): %(team)s"
    ),
    "fact.written": _l("A line for the statistics was written"),
    "fact.corrected": _l("A line for the statistics was corrected"),
    "fact.removed": _l("A line for the statistics was removed"),
    "statistics.closed": _l("closed the statistics of the period %(period)s"),
    "statistics.viewed": _l("looked at the statistics (%(period)s)"),
    "statistics.corrected": _l("added a note to the figures of the period %(period)s"),
    "quarter.signed": _l("signed that the period %(period)s is complete: %(team)s"),
    "export.made": _l("made an export (%(kind)s)"),
    "directory.changed": _l("changed the sheet of a provider: %(provider)s"),
    "configuration.changed": _l("changed a setting (%(setting)s)"),
    "backup.made": _l("A sealed backup was made"),
    "backup.restored": _l("A backup was brought back"),
    "demonstration.loaded": _l("loaded the demonstration with %(cases)s files"),
    "audit.viewed": _l("looked at this log (%(act)s)"),
    "unusual.viewed": _l("looked for unusual access"),
    "checkpoint.compared": _l("compared a kept checkpoint with the log (%(result)s)"),
    "audit.exported": _l("exported this log up to %(size)s acts"),
    "audit.redacted": _l("removed the content of old acts (%(reason)s)"),
}
"""The sentence of each act. It begins with a small letter where a person did it."""

REASONS: dict[str, Any] = {
    "words": _l("name or words not right"),
    "code": _l("one-time code not right"),
    "tries": _l("too many tries"),
    "factor_needed": _l("second proof missing"),
    "code_wrong": _l("code not right"),
    "code_used": _l("code used already"),
    "phone_fast": _l("clock of the telephone wrong"),
    "phone_slow": _l("clock of the telephone wrong"),
    "key_refused": _l("security key refused"),
    "pin": _l("six digits not right"),
    "words_again": _l("words not right, asked again before a serious act"),
    "unlock": _l("sealed words exchanged"),
    "account_waiting": _l("not confirmed yet"),
    "account_suspended": _l("account suspended"),
    "account_ended": _l("account closed"),
    "team_refused": _l("rows of the team do not agree"),
    "team_rows": _l("rows of a team"),
    "access": _l("a sealed box does not open"),
    "BookMismatch": _l("rows of a team"),
    "SealBroken": _l("a sealed box does not open"),
    "SignatureBroken": _l("a signature is not right"),
    "WeakParameters": _l("sealed words exchanged"),
    "shorter": _l("the log is shorter"),
    "differs": _l("another history"),
    "broken": _l("a part of the log is missing"),
    "continued": _l("still contained"),
    "refused": _l("not a checkpoint of this log"),
}
KINDS: dict[str, Any] = {
    "totp": _l("telephone"),
    "card": _l("printed card"),
    "key": _l("security key"),
    "pin": _l("six digits"),
}
SECTIONS = {str(section): code for section, code in CODE_OF_SECTION.items()}
ANY = "…"


def sentence(action: str, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What was done, in words; `names` gives the names that belong to the ids in the body."""
    said = {key: shown(key, value, names) for key, value in body.items()}
    return str(SENTENCES[action]) % said


def in_general(action: str) -> str:
    """The act without anybody in particular, as a choice in a list."""
    words = str(SENTENCES[action]) % Whatever()
    return words[:1].upper() + words[1:]


class Whatever(dict[str, str]):
    """Says «…» for everything."""

    def __missing__(self, key: str) -> str:
        return ANY


def shown(key: str, value: Any, names: Mapping[str, str]) -> str:
    """One value of a body in words: a name for an id, a label for a code, a number for a list of
    ids."""
    if key == "ids":
        return str(len(value))
    if isinstance(value, list):
        return ", ".join(shown("section", one, names) for one in value) or ANY
    if value is None:
        return str(NOBODY.get(key, ANY))
    return str(LABELS[key](str(value))) if key in LABELS else names.get(str(value), str(value))


def section_words(code: str) -> Any:
    """What a section of a file is called."""
    if code in SECTIONS:
        return codes.label("section_partage", SECTIONS[code])
    return _("exchange with a partner") if code.startswith("x:") else _("internal")


def state_words(code: str) -> str:
    """What a state of a referral is called."""
    known = codes.is_code("statut_referencement", code)
    return codes.label("statut_referencement", code) if known else code


def kind_words(code: str) -> str:
    """What kind of activity, or of proof at sign-in, it was; other kinds say themselves."""
    if codes.is_code("type_activite", code):
        return codes.label("type_activite", code)
    return str(KINDS.get(code, code))


NOBODY: dict[str, Any] = {
    "team": _l("the organisation"),
    "to": _l("nobody"),
    "act": _l("every act"),
}
LABELS: dict[str, Any] = {
    "kind": kind_words,
    "role": lambda code: role_label(code) or code,
    "section": section_words,
    "from_state": state_words,
    "to_state": state_words,
    "why": lambda code: REASONS.get(code, code),
    "check": lambda code: REASONS.get(code, code),
    "result": lambda code: REASONS.get(code, code),
    "act": lambda code: in_general(code) if code in SENTENCES else code,
}
