"""The blueprint on which every module of screens of this feature puts its views."""

from __future__ import annotations

from flask import Blueprint, abort, request

from casework.web.gate import settings

blueprint = Blueprint("cases", __name__)


@blueprint.before_request
def refuse_too_much() -> None:
    """A form larger than one field may be is refused (413) before anything of it is kept."""
    if (request.content_length or 0) > settings().max_field_bytes and not request.files:
        abort(413)
