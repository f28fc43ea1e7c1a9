"""Consent as an object that the system obeys."""
