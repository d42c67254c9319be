"""The page on which a duty is made or changed: its layers, and what they would do before they are kept. Works without scripts."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, validated
from command.core.problems import Problem
from command.oncall.duties import cover, drawing, fairness, holidays, schedule_api, schedule_form, schedules
from command.oncall.duties.duty_pages import midnight
from command.oncall.duties.layers import Span
from command.oncall.duties.schedule_api import NewScheduleIn, ScheduleIn, TryIn
from command.people import language
from command.people.access import access, here, principal
from command.people.models import Person
from command.people.posts import DEPARTMENTS

pages = Blueprint("schedule_pages", __name__)
WEEKS = 4
"""Weeks of the trial."""
MOVE = re.compile(r"(up|down)\.(\d)")


@pages.get("/on-call/schedules/new")
@access("read")
def new() -> Any:
    """The form of a new duty."""
    return _form("", _blank())


@pages.get("/on-call/schedules/<code>")
@access("read")
def edit(code: str) -> Any:
    """The form of a duty."""
    with here().database.read() as session:
        row = schedules.find(session, code)
        members = [_written(session, schedules.member_ids(session, each)) for each in schedules.layers_of(session, row)]
        given = schedule_form.of(schedule_api.schedule_out(session, row), members)
    return _form(code, given)


@pages.post("/on-call/schedules/new")
@access("read")
def new_now() -> Any:
    """Keep a new duty, or try it."""
    return _posted("")


@pages.post("/on-call/schedules/<code>")
@access("read")
def edit_now(code: str) -> Any:
    """Keep a changed duty, or try it."""
    return _posted(code)


def _posted(code: str) -> Any:
    """Do what the button says; a refusal keeps what was typed."""
    given = schedule_form.tidy(request.form)
    do = request.form.get("do", "save")
    if move := MOVE.fullmatch(do):
        return _form(code, schedule_form.moved(given, int(move[2]), 1 if move[1] == "up" else -1))
    if do in ("layer", "people"):
        return _form(code, given, more=do)
    try:
        if do == "try":
            return _form(code, given, held=_tried(code, given))
        asked = schedule_form.schedule(given)
        if code:
            schedule_api.kept(validated(ScheduleIn, asked), code, new=False)
        else:
            made = validated(NewScheduleIn, {**asked, "code": given.get("code", "")})
            code = schedule_api.kept(made, made.code, new=True).code
    except Problem as problem:
        return _form(code, given, problem)
    return redirect(f"/on-call#{code}", 303)


def _tried(code: str, given: dict[str, str]) -> Sequence[Span]:
    with here().database.read() as session:
        begin, end = _shown(clock.now(session))
        wanted = {**schedule_form.layers(given), "code": code or None, "start": begin, "end": end}
        return schedule_api.tried(session, validated(TryIn, wanted))


def _shown(now: datetime) -> tuple[datetime, datetime]:
    first = _first_day(now)
    return midnight(first), midnight(first + timedelta(weeks=WEEKS))


def _first_day(now: datetime) -> date:
    local = now.astimezone(language.zone()).date()
    return local - timedelta(days=local.weekday())


def _blank() -> dict[str, str]:
    with here().database.read() as session:
        today = clock.now(session).astimezone(here().settings.tz).date()
    usual = {"zone": here().settings.zone, "starts_on": today.isoformat(), "handover": "09:00", "period_days": "7"}
    return {f"layers.0.{name}": value for name, value in usual.items()}


def _form(
    code: str,
    given: dict[str, str],
    problem: Problem | None = None,
    *,
    more: str = "",
    held: Sequence[Span] | None = None,
) -> Any:
    count = schedule_form.layers_in(given)
    shown = min(max(1, count + (more == "layer")), schedule_form.MOST_LAYERS)
    usual = {name.replace("layers.0.", ""): value for name, value in _blank().items()}
    for n in range(count, shown):
        given = {f"layers.{n}.{name}": value for name, value in usual.items()} | given
    room = schedule_form.ROOM + (8 if more == "people" else 0)
    with here().database.read() as session:
        now = clock.now(session)
        people = session.scalars(
            select(Person).where(Person.active, Person.number.is_not(None)).order_by(Person.username).limit(1000)
        ).all()
        reading = language.language()
        trial = _trial(session, held, now) if held is not None else None
    return render_template(
        "oncall/schedule.html",
        code=code,
        given=given,
        layers=[
            (n, min(schedule_form.members_in(given, n) + room, schedule_form.MOST_MEMBERS), _windows(given, n))
            for n in reversed(range(shown))
        ],
        count=shown,
        people=[schedule_form.written(names.of(each, reading), each.username) for each in people],
        departments_words=[(each, gettext(words)) for each, words in DEPARTMENTS.items()],
        zones=sorted(name for name in available_timezones() if "/" in name),
        editor=bool(principal().posts & cover.EDITORS),
        trial=trial,
        weeks=WEEKS,
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _windows(given: dict[str, str], n: int) -> list[set[str]]:
    """The days ticked in each part of the week of a layer, and an empty part."""
    taken = range(min(schedule_form.windows_in(given, n), schedule_form.MOST_WINDOWS - 1))
    return [set(given[f"layers.{n}.windows.{at}.days"].split(",")) for at in taken] + [set()]


def _trial(session: Session, held: Sequence[Span], now: datetime) -> dict[str, Any]:
    """What the layers would do, as the page draws it."""
    begin, end = _shown(now)
    known = drawing.people(session, held)
    turns = drawing.turns(held, known, begin, end)
    days_off, _ = holidays.readable(here().settings.holidays)
    days = [begin.date() + timedelta(days=n) for n in range(WEEKS * 7)]
    return {
        "turns": turns,
        "gaps": [each for each in turns if each.person is None],
        "days": days,
        "holidays": [days_off[day] for day in days if day in days_off],
        "here_now": drawing.share(now, begin, end),
        "shares": [
            (known[each.member] if each.member is not None else None, each)
            for each in fairness.shares(held, here().settings.tz, days_off)
        ],
    }


def _written(session: Session, ids: Sequence[int]) -> list[str]:
    reading = language.language()
    people = [session.get_one(Person, id) for id in ids]
    return [schedule_form.written(names.of(each, reading), each.username) for each in people]
