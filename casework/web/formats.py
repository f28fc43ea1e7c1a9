"""Dates and codes as people read them: local time, the page's language."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale

from casework import clock, codes
from casework.i18n import gettext as _


def day(value: date | datetime | str | None) -> str:
    """A day in words, as «12 mars 2026»; empty for None; a partial date as far as it is known."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return partial_day(value)
    local = clock.local(value).date() if isinstance(value, datetime) else value
    return whole_day(local)


def whole_day(value: date) -> str:
    """Day, month in letters and year, in this order in every language, as its boxes are filled in;
    in French the first of a month is «1er»."""
    words = format_date(value, format="d MMMM y", locale=get_locale())
    return f"1er{words[1:]}" if value.day == 1 and str(get_locale()) == "fr" else words


def partial_day(text: str) -> str:
    """ISO text of a day, month or year in words."""
    parts = text[:10].split("-")
    if len(parts) == 3:
        return whole_day(date.fromisoformat(text[:10]))
    if len(parts) == 2:
        month = date(int(parts[0]), int(parts[1]), 1)
        return format_date(month, format="MMMM yyyy", locale=get_locale())
    return text


def moment(value: datetime | str | None) -> str:
    """A moment in local time, as «12 mars 2026 à 14:05»; accepts the ISO text of a sealed value."""
    if not value:
        return ""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_datetime(
        clock.local(when).replace(tzinfo=None), "d MMM yyyy, HH:mm", locale=get_locale()
    )


def hour(value: datetime) -> str:
    """The hour in which something happened, where no more is kept, as «12 mars 2026, entre 14:00 et
    15:00»: `value` is its beginning."""
    begins = clock.local(value).replace(tzinfo=None)
    ends = begins + timedelta(hours=1)
    told = _(
        "%(day)s, between %(begins)s and %(ends)s",
        day=format_date(begins, format="d MMM yyyy", locale=get_locale()),
        begins=f"{begins:%H:%M}",
        ends=_("midnight") if ends.time() == time() else f"{ends:%H:%M}",
    )
    return str(told)


def label(code: str | None, list_name: str) -> str:
    """The words of a code in the page's language; empty for none."""
    return codes.label(list_name, code) if code else ""


def spoken(code: str) -> str:
    """A case code in two groups, as it is said aloud."""
    return f"{code[:4]}-{code[4:]}"


def register(app: Flask) -> None:
    """Templates may use the filters `day`, `moment`, `hour`, `code_label` and `spoken`."""
    filters: dict[str, Any] = {
        "day": day,
        "moment": moment,
        "hour": hour,
        "code_label": label,
        "spoken": spoken,
    }
    app.jinja_env.filters.update(filters)
