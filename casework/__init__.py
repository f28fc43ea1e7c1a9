"""Casework: the case-management system of an access-to-justice referral mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve; see `casework.app`."""
    from casework.app import create_app as compose

    return compose(settings)
