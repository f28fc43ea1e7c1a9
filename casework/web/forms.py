"""Forms: one base class, and one way back to the page with everything she typed."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import wtforms
from flask import g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms.fields import HiddenField

from casework.db import db
from casework.i18n import lazy_gettext as _l
from casework.web.gate import csrf_token, member
from casework.web.held import held, hold

REPLACEMENT = "\ufffd"
UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
"""Characters that no keyboard types and no page may hold, and the mark of bytes that were none."""
RULES: dict[str, Any] = {}
NEVER_HELD = frozenset({"csrf_token", "passphrase", "pin", "pin_again"})


class BaseForm(wtforms.Form):
    """A form of the shell: hidden CSRF field, readable characters only, messages of the
    domain's rules."""

    csrf_token = HiddenField()
    rule: str | None = None

    class Meta:
        csrf = False
        locales = False

    def process(self, *args: Any, **kwargs: Any) -> None:
        """The token field always carries the session's own token, whatever was posted."""
        super().process(*args, **kwargs)
        found = g.get("member")
        self.csrf_token.data = csrf_token(found.session_key) if found else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """True when every field holds and carries readable characters."""
        valid = super().validate(extra_validators)
        return self.readable() and valid

    def readable(self) -> bool:
        """False when a field holds control characters or broken UTF-8; the field then says so."""
        fine = True
        for field in self:
            typed = [text for text in (field.raw_data or []) if isinstance(text, str)]
            if any(UNREADABLE.search(text) for text in typed):
                field.errors = [
                    *field.errors,
                    _l("This contains characters that cannot be read. Type it again."),
                ]
                fine = False
        return fine

    @property
    def rule_message(self) -> Any:
        """The message of the rule that refused the whole form, if one did."""
        return RULES.get(self.rule) if self.rule else None


Form = TypeVar("Form", bound=BaseForm)


def posted(form_class: type[Form], **values: Any) -> Form:
    """The form as it was just posted."""
    return form_class(request.form, **values)


def restored(form_class: type[Form], **values: Any) -> Form:
    """The form for a GET: what was refused a moment ago with its errors, else fresh from
    `values`."""
    kept = held(db.session(), member(), request.args.get("held")) if g.get("member") else None
    if kept is None or "form" not in kept:
        return form_class(**values)
    typed = MultiDict((name, UNREADABLE.sub(REPLACEMENT, text)) for name, text in kept["form"])
    form = form_class(typed, **values)
    form.validate()
    form.rule = kept.get("rule")
    return form


def sent_back(rule: str | None = None, address: str | None = None) -> Response:
    """Redirects to the page of the form, which will show what was typed and what to correct."""
    db.session.rollback()
    pairs = [
        (name, text)
        for name, texts in request.form.lists()
        for text in texts
        if name not in NEVER_HELD
    ]
    held_id = hold(db.session(), member(), {"form": pairs, "rule": rule})
    return redirect(f"{address or request.path}?held={held_id}#errors", 303)
