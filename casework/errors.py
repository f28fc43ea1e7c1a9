"""What can go wrong, as types. Messages to people are made in `web.errors` from the catalogues."""

from __future__ import annotations


class CaseworkError(Exception):
    """The root of every error this project raises on purpose; carries no personal data."""


class BadConfiguration(CaseworkError):
    """The start must stop; the text is one sentence that says what to do."""


class NotVisible(CaseworkError):
    """The record does not exist for this actor: the answer is 404, whatever the reason."""


class NotAllowed(CaseworkError):
    """The record is visible but the act is not granted: refused (403) and audited."""


class StaleVersion(CaseworkError):
    """Somebody else changed the record since it was shown: show both versions, let her choose."""


class InvalidTransition(CaseworkError):
    """The table of moves has no such move from the present state."""


class RuleBroken(CaseworkError):
    """A rule of the domain forbids the act; `code` names the rule, and its message is in the
    catalogues."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
