"""The duties page: who is on call now and next, two to eight weeks as a calendar, covering and being away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.oncall.duties import asked, cover, drawing, fairness, feeds, holidays, schedules, watch
from command.oncall.duties.drawing import Turn
from command.oncall.models import DutyOverride, PersonLeave, Schedule
from command.people import language
from command.people.access import access, here, principal, public, unit
from command.people.models import Person

pages = Blueprint("duty_pages", __name__)

WEEKS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Line:
    """One duty: who holds it now, until when, who is next, and its calendar."""

    schedule: Schedule
    now: Turn
    next: Turn | None
    turns: Sequence[Turn]
    gaps: Sequence[Turn]
    shares: Sequence[tuple[Person | None, fairness.Share]]


@pages.get("/on-call")
@access("read")
def duties() -> Any:
    """Who is on call."""
    return page()


@pages.post("/on-call/cover")
@access("read")
def cover_now() -> Any:
    """Let somebody hold a duty for a time."""

    def work(session: Session) -> None:
        found = schedules.find(session, request.form.get("schedule", ""))
        cover.cover(session, found, _person(session), _time("start"), _time("end"), principal())

    return _done(work)


@pages.post("/on-call/leave")
@access("read")
def leave_now() -> Any:
    """Somebody is away for a time."""
    return _done(lambda session: cover.take_leave(session, _person(session), _time("start"), _time("end"), principal()))


@pages.post("/on-call/cover/<int:override_id>/end")
@access("read")
def cover_ends(override_id: int) -> Any:
    """End an override."""
    return _done(lambda session: cover.end_cover(session, override_id, principal()))


@pages.post("/on-call/leave/<int:leave_id>/end")
@access("read")
def leave_ends(leave_id: int) -> Any:
    """End leave."""
    return _done(lambda session: cover.end_leave(session, leave_id, principal()))


@pages.post("/on-call/feed")
@access("read")
def new_feed() -> Any:
    """A new calendar address of one's own duties, or of a schedule; shown this once."""
    code = request.form.get("schedule", "")

    def work(session: Session) -> str:
        person = session.get_one(Person, principal().person_id)
        return feeds.create(session, person, schedules.find(session, code) if code else None)

    try:
        text = unit(work)
    except Problem as problem:
        return page(problem), problem.status
    return page(feed=f"{here().settings.origin}/on-call/feed/{text}.ics"), 201


@pages.get("/on-call/feed/<text>.ics")
@public("the address is the secret: a calendar program has no way to sign in; it tells names and times of duties only")
def feed(text: str) -> Any:
    """The calendar behind a private address."""
    with here().database.read() as session:
        calendar = feeds.read(session, text, here().settings.origin)
    return Response(calendar, mimetype="text/calendar", headers={"Cache-Control": "private, max-age=300"})


def _done(work: Any) -> Any:
    """Do it and show the page again; a refusal keeps what was typed."""
    try:
        unit(work)
    except Problem as problem:
        return page(problem), problem.status
    return back()


def back() -> Any:
    """To the page, after something was done."""
    return redirect("/on-call", 303)


def _person(session: Session) -> Person:
    return asked.person(session, request.form.get("person", "").strip())


def _time(name: str) -> datetime:
    """A time from the form, which is on the reader's wall clock."""
    try:
        at = datetime.fromisoformat(request.form.get(name, ""))
        return (at if at.tzinfo else at.replace(tzinfo=language.zone())).astimezone(here().settings.tz)
    except (ValueError, OverflowError):
        raise Invalid(N_("This is not a time."), field=name, remedy=N_("Choose day and time.")) from None


def page(problem: Problem | None = None, feed: str = "") -> str:
    """The page; a refusal keeps what was typed."""
    who = principal()
    weeks = _weeks()
    days_off, fault = holidays.readable(here().settings.holidays)
    with here().database.read() as session:
        now = clock.now(session)
        begin = midnight(_first_day(now))
        end = midnight(begin.date() + timedelta(weeks=weeks))
        rows = session.scalars(select(Schedule).order_by(Schedule.code)).all()
        lines = [_line(session, row, now, (begin, end), days_off) for row in rows]
        people = session.scalars(select(Person).where(Person.active).order_by(Person.id).limit(1000)).all()
        covers = _running(session, DutyOverride, now)
        leave = _running(session, PersonLeave, now)
        flaws = watch.ahead(session, now)
        doubled = {each.flaw.person: session.get(Person, each.flaw.person) for each in flaws if each.flaw.person}
    days = [begin.date() + timedelta(days=n) for n in range(weeks * 7)]
    return render_template(
        "oncall/duties.html",
        lines=lines,
        named={row.id: row for row in rows},
        people=people,
        who=who,
        planner=bool(who.posts & cover.PLANNERS),
        editor=bool(who.posts & cover.EDITORS),
        covers=covers,
        flaws=flaws,
        doubled=doubled,
        leave=leave,
        days=days,
        holidays=[days_off[day] for day in days if day in days_off],
        holidays_fault=fault,
        today=now.astimezone(language.zone()).date(),
        here_now=drawing.share(now, begin, end),
        weeks=weeks,
        choices=WEEKS,
        earlier=days[0] - timedelta(weeks=weeks),
        later=days[0] + timedelta(weeks=weeks),
        starts=f"{now.astimezone(language.zone()):%Y-%m-%dT%H:%M}",
        zone=language.offset(now.astimezone(language.zone())),
        problem=document(problem, "") if problem else None,
        given=request.form,
        feed=feed,
    )


def _weeks() -> int:
    given = request.args.get("weeks", "")
    return int(given) if given in map(str, WEEKS) else WEEKS[0]


def _first_day(now: datetime) -> date:
    """The Monday from which the calendar runs: of this week, or of the one asked for by `?from=`."""
    local = now.astimezone(language.zone()).date()
    try:
        given = date.fromisoformat(request.args.get("from", "") or local.isoformat())
    except ValueError:
        given = local
    within = given if 1971 <= given.year < 2199 else local
    return within - timedelta(days=within.weekday())


def midnight(day: date) -> datetime:
    """When a day begins on the reader's wall clock."""
    return datetime.combine(day, time(), tzinfo=language.zone())


def _line(
    session: Session, row: Schedule, now: datetime, time_shown: tuple[datetime, datetime], days_off: Collection[date]
) -> Line:
    begin, end = time_shown
    ahead = schedules.spans(session, row, now, now + timedelta(days=40))
    shown = schedules.spans(session, row, begin, end)
    known = drawing.people(session, (*shown, *ahead))
    turns = drawing.turns(shown, known, begin, end)
    first = drawing.turns(ahead[:2], known, begin, end)
    return Line(
        schedule=row,
        now=first[0],
        next=first[1] if len(first) > 1 else None,
        turns=turns,
        gaps=[each for each in turns if each.person is None],
        shares=[
            (known[each.member] if each.member is not None else None, each)
            for each in fairness.shares(shown, here().settings.tz, days_off)
        ],
    )


def _running(session: Session, table: Any, now: datetime) -> list[tuple[Any, Person]]:
    """Overrides or leave that run or will, the earliest first, with their people."""
    query = select(table, Person).join(Person, Person.id == table.person_id)
    query = query.where(table.cancelled_at.is_(None), table.end_at > now).order_by(table.start_at, table.id).limit(200)
    return [(row, person) for row, person in session.execute(query).tuples()]
