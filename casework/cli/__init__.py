"""Commands for operators."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

MODULES = (
    "setup",
    "init",
    "demo",
    "jobs",
    "statistics",
    "retention",
    "processing",
    "audit",
    "backup",
    "recovery",
    "doctor",
)


def register(app: Flask) -> None:
    """Adds every command to `flask --app casework`."""
    for name in MODULES:
        app.cli.add_command(import_module(f"casework.cli.{name}").command)
