"""The first page of a working day in rows: what to do, about what, who must do it, by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from flask import url_for

from casework import clock, codes, places
from casework.cases.listing import Listed
from casework.cases.rules import problem_label
from casework.consent.records import NECESSITY, TWO_WORKERS, Consent
from casework.desk.queries import Desk
from casework.i18n import gettext as _
from casework.referrals.lines import Line
from casework.referrals.words import to_do
from casework.web.formats import day, moment

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One row: where it leads, what to do, about what, and until when."""

    at: datetime
    address: str
    label: Any
    due: str
    shape: str
    state: Any
    code: str = ""
    who: str = field(default="", repr=False)
    about: str = field(default="", repr=False)
    settle: str = ""


def whole(desk: Desk, me: UUID, names: Names) -> dict[str, Any]:
    """Everything the first page shows."""
    return {
        "todo": todo(desk, me, names),
        "watched": watched(desk, me, names),
        "news": news(desk),
        "intakes": intakes(desk.intakes),
        "lost": len(desk.lost),
    }


def todo(desk: Desk, me: UUID, names: Names) -> list[Item]:
    """Everything that is due for this person, the oldest first."""
    items = [
        *alerts(desk, names),
        *dangers(desk, names),
        *(of_referral(line, me, names) for line in desk.referrals),
        *(of_case(listed, me, names) for listed in desk.cases),
        *newcomers(desk, names),
    ]
    return sorted(items, key=lambda item: item.at)


def watched(desk: Desk, me: UUID, names: Names) -> list[Item]:
    """What somebody else has left, the oldest first."""
    items = [
        *(left(line, of_referral(line, me, names), names) for line in desk.watched),
        *(of_case(listed, me, names) for listed in desk.watched_cases),
    ]
    return sorted(items, key=lambda item: item.at)


def of_referral(line: Line, me: UUID, names: Names) -> Item:
    """A referral that waits."""
    at = line.due_at or clock.now()
    shape, state = standing(at, line.silent)
    return Item(
        at=at,
        address=url_for("referrals.page", referral_id=line.id),
        label=to_do(line),
        due=_("before %(moment)s", moment=moment(at)),
        shape=shape,
        state=state,
        code=line.code,
        who=who(line.actor_id, me, names),
        about=about_referral(line),
    )


def left(line: Line, item: Item, names: Names) -> Item:
    """The same row for somebody who does not owe the act: whom to call about it."""
    if line.owed_by == "receiver" and line.has_team:
        words = _("Call %(name)s: no act yet", name=line.provider)
    else:
        words = _("Remind %(name)s", name=names.get(line.actor_id, "") if line.actor_id else "")
    return replace(item, label=words)


def about_referral(line: Line) -> str:
    """Whom or what a referral is about, as far as the reader may know."""
    if not line.card:
        return line.provider
    service = codes.label("type_service", line.card["service"])
    band = line.card.get("band")
    unnamed = [places.name(line.card["commune"])] if line.card.get("commune") else []
    unnamed += [codes.label("tranche_age", band)] if band else []
    person = [line.name] if line.name else unnamed
    other = [line.provider] if line.side == "sender" else []
    return " · ".join([service, *other, *person])


def of_case(listed: Listed, me: UUID, names: Names) -> Item:
    """A case whose next step is due."""
    due_on = listed.next_step_on or clock.today()
    shape, state = standing(end_of(due_on))
    return Item(
        at=end_of(due_on),
        address=url_for("case.page", case_id=listed.id),
        label=_("Take the next step in this case"),
        due=_("before %(moment)s", moment=day(due_on)),
        shape=shape,
        state=state,
        code=listed.code,
        who=who(listed.assigned_to, me, names),
        about=about_case(listed),
    )


def about_case(listed: Listed) -> str:
    """The name and the first matter of a case."""
    problems = [problem_label(code) for code in listed.card.get("problems", [])[:1]]
    return " · ".join(part for part in (listed.card.get("name", ""), *problems) if part)


def news(desk: Desk) -> list[Item]:
    """What others did on the referrals of this person's cases, the last first."""
    return [
        Item(
            at=one.at,
            address=url_for("referrals.page", referral_id=one.line.id),
            label=one.line.provider,
            due=_("since %(moment)s", moment=moment(one.at)),
            shape=str(one.line.state),
            state=codes.label("statut_referencement", one.line.state),
            code=one.line.code,
            about=about_referral(one.line),
        )
        for one in desk.news
    ]


def dangers(desk: Desk, names: Names) -> Iterator[Item]:
    """What waits for this person's judgement: dangers, and decisions for a child."""
    for one in desk.dangers:
        endpoint, label, about = judged(one.consent)
        place: dict[str, Any] = {"case_id": one.case.id, "consent_id": one.consent.id}
        asked = datetime.fromisoformat(str(one.consent.value["recorded_at"]))
        yield Item(
            at=asked,
            address=url_for(endpoint, **place),
            label=label,
            due=_("since %(moment)s", moment=moment(asked)),
            shape="late",
            state=_("Now"),
            code=one.case.code,
            who=names.get(UUID(str(one.consent.value["requested_by"])), ""),
            about=about,
        )


def judged(consent: Consent) -> tuple[str, str, str]:
    """Where a second person judges it, what she is asked, and what it is about."""
    if consent.kind == NECESSITY:
        reason = codes.label("motif_necessite", str(consent.value["reason"]))
        return "consent.judgement", _("Judge a danger: a colleague waits for you"), reason
    decided = codes.label("qui_consent", TWO_WORKERS)
    return "consent.decision", _("Decide for a child: a colleague waits for you"), decided


def alerts(desk: Desk, names: Names) -> Iterator[Item]:
    """The unlawful settlements that no coordinator has looked at."""
    for one in desk.alerts:
        yield Item(
            at=one.at,
            address=url_for("case.page", case_id=one.case_id),
            label=_("An unlawful settlement was written down"),
            due=_("since %(moment)s", moment=moment(one.at)),
            shape="late",
            state=_("Alert"),
            code=one.code,
            who=names.get(one.raised_by, "") if one.raised_by else "",
            about=_("Speak with the worker, and with the person if she wishes."),
            settle=url_for("desk.settle", alert_id=one.id),
        )


def newcomers(desk: Desk, names: Names) -> Iterator[Item]:
    """Those who wait to be confirmed."""
    for one in desk.newcomers:
        place: dict[str, Any] = {"team_id": one.team_id, "user_id": one.user_id}
        yield Item(
            at=one.since,
            address=url_for("team.one", **place),
            label=_("Confirm a new member of the team"),
            due=_("since %(moment)s", moment=moment(one.since)),
            shape="wait",
            state=_("Waiting"),
            who=names.get(one.user_id, ""),
            about=_("Call her and compare the six words."),
        )


def standing(at: datetime, silent: bool = False) -> tuple[str, Any]:
    """The shape and the words for how much time is left; never by colour alone."""
    if at < clock.now():
        return "late", _("Overdue")
    if silent:
        return "late", _("No answer yet")
    if clock.local(at).date() == clock.today():
        return "wait", _("Today")
    return "new", _("In time")


def end_of(day: date) -> datetime:
    """The last moment of a day where the programme works."""
    return datetime.combine(day, time(23, 59, 59), clock.LOCAL)


def who(user_id: UUID | None, me: UUID, names: Names) -> str:
    """Who must act: you, or a name."""
    if user_id == me:
        return str(_("You"))
    return names.get(user_id, "") if user_id else ""


def intakes(listed: Iterable[Listed]) -> list[Item]:
    """The intakes that were begun and not finished."""
    return [
        Item(
            at=end_of(one.opened_on),
            address=url_for("cases.intake_tasks", case_id=one.id),
            label=_("Finish an intake"),
            due=_("since %(moment)s", moment=day(one.opened_on)),
            shape="wait",
            state=_("To finish"),
            code=one.code,
            about=str(one.card.get("name", "")),
        )
        for one in listed
    ]
