"""Casework: the case-management system of an access-to-justice referral mechanism."""

from __future__ import annotations

from casework.app import create_app

__all__ = ["create_app"]
