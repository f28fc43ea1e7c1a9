"""The screens of the directory: looking for a provider, its sheet, and keeping it true."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework import places
from casework.db import db
from casework.directory import queries
from casework.directory.actions import save_provider
from casework.directory.contacts import dialled
from casework.directory.forms import (
    CHANGED,
    ProviderForm,
    SearchForm,
    differences,
    values_of,
)
from casework.errors import RuleBroken, StaleVersion
from casework.i18n import lazy_gettext as _l
from casework.people.queries import team_of_provider
from casework.policy import Permission
from casework.web.forms import posted, restored, sent_back
from casework.web.gate import member, requires, settings
from casework.web.navigation import register_place

blueprint = Blueprint("directory", __name__)


@blueprint.get("/directory")
@requires(Permission.DIRECTORY_VIEW)
def listing() -> str:
    """The providers of a service, for a commune."""
    form = SearchForm(request.args)
    known = form.validate()
    wanted = {"service": form.service.data, "commune": form.commune.data} if known else {}
    return render_template(
        "directory/listing.html",
        form=form,
        wanted=wanted,
        rows=queries.search(db.session(), **wanted),
        limit=queries.LIMIT,
        may_write=member().actor.may(Permission.DIRECTORY_WRITE),
    )


@blueprint.get("/directory/<uuid:provider_id>")
@requires(Permission.DIRECTORY_VIEW)
def sheet(provider_id: UUID) -> str:
    """One provider: what it does, for whom, where it sits, and how to reach it."""
    found = queries.sheet(db.session(), settings().server_key, provider_id)
    return render_template(
        "directory/sheet.html",
        sheet=found,
        dialled=dialled,
        has_team=team_of_provider(db.session(), provider_id) is not None,
        may_write=member().actor.may(Permission.DIRECTORY_WRITE),
    )


@blueprint.get("/directory/new")
@requires(Permission.DIRECTORY_WRITE)
def new_provider() -> str:
    """An empty sheet."""
    form = restored(ProviderForm, **offers(None))
    return render_template("directory/description.html", form=form, sheet=None, newer=[])


@blueprint.post("/directory/new")
@requires(Permission.DIRECTORY_WRITE)
def add_provider() -> Response:
    """The directory has one more provider."""
    return save(posted(ProviderForm, **offers(None)))


@blueprint.get("/directory/<uuid:provider_id>/description")
@requires(Permission.DIRECTORY_WRITE)
def description(provider_id: UUID) -> str:
    """A provider's sheet to correct; after somebody else's change, both versions of it."""
    stored = queries.sheet(db.session(), settings().server_key, provider_id)
    form = restored(ProviderForm, **offers(stored), **values_of(stored))
    newer = []
    if form.rule == CHANGED:
        newer = differences(form, ProviderForm(**offers(stored), **values_of(stored)))
        form.version.data = str(stored.provider.version)
    return render_template("directory/description.html", form=form, sheet=stored, newer=newer)


@blueprint.post("/directory/<uuid:provider_id>/description")
@requires(Permission.DIRECTORY_WRITE)
def change_provider(provider_id: UUID) -> Response:
    """The provider is as described."""
    stored = queries.sheet(db.session(), settings().server_key, provider_id)
    return save(posted(ProviderForm, **offers(stored)), provider_id)


def offers(stored: queries.Sheet | None) -> dict[str, Any]:
    """What the form of a provider offers beyond the lists: who may stand in, earlier communes."""
    own = stored.provider.id if stored else None
    others = [(one.id, one.name) for one in queries.providers(db.session()) if one.id != own]
    return {"others": others, "earlier": stored.communes if stored else ()}


def save(form: ProviderForm, provider_id: UUID | None = None) -> Response:
    """The directory says what the form says, or the form comes back with what to correct."""
    if not form.validate():
        return sent_back()
    try:
        provider = save_provider(
            db.session(),
            member().actor,
            settings().server_key,
            form.description(),
            form.contact(),
            provider_id,
            form.shown_version() if provider_id else None,
        )
    except RuleBroken as rule:
        return sent_back(rule.code)
    except StaleVersion:
        return sent_back(CHANGED)
    return redirect(
        url_for("directory.sheet", provider_id=provider.id, notice="provider_saved"), 303
    )


def commune_name(pcode: str | None) -> str:
    """The name of a commune; empty for none."""
    return places.name(pcode) if pcode else ""


def register(app: Flask) -> None:
    """Adds the directory to the application and to the navigation."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["commune_name"] = commune_name
    register_place(app, "directory.listing", _l("Directory"), Permission.DIRECTORY_VIEW, 50)
