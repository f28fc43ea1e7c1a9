"""Commands for operators."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Adds every command to `flask --app casework`."""
    from casework.cli import audit, demo, jobs, setup, statistics

    for module in (setup, demo, audit, statistics, jobs):
        app.cli.add_command(module.command)
