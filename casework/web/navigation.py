"""The few links on top of each page, by permission, in the order of the working day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from casework.policy import Permission


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation as a template needs it."""

    address: str
    label: Any
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry leads, who sees it, and which endpoints belong to it."""

    endpoint: str
    label: Any
    permission: Permission
    order: int


def register_place(
    app: Flask, endpoint: str, label: Any, permission: Permission, order: int
) -> None:
    """Adds one entry to the navigation of everybody who holds the permission."""
    places = app.extensions.setdefault("places", [])
    places.append(Place(endpoint, label, permission, order))
    places.sort(key=lambda place: place.order)


def navigation(app: Flask) -> list[Link]:
    """The entries for the member of this request; none for somebody who is not signed in."""
    found = g.get("member")
    if found is None:
        return []
    return [
        Link(url_for(place.endpoint), place.label, request.endpoint == place.endpoint)
        for place in app.extensions.get("places", [])
        if found.actor.may(place.permission)
    ]


def register_account_link(
    app: Flask, endpoint: str, label: Any, permission: Permission, *, practice: bool = False
) -> None:
    """Adds one quiet link at the foot of each page for everybody who holds the permission.

    With `practice`, only a demonstration shows it.
    """
    places = app.extensions.setdefault("account_places", [])
    places.append((Place(endpoint, label, permission, 0), practice))


def account_links(app: Flask, demonstration: bool) -> list[Link]:
    """The quiet links for the member of this request."""
    found = g.get("member")
    if found is None:
        return []
    return [
        Link(url_for(place.endpoint), place.label, request.endpoint == place.endpoint)
        for place, practice in app.extensions.get("account_places", [])
        if found.actor.may(place.permission) and (demonstration or not practice)
    ]
