"""`tocsin oncall who`."""

from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, schema
from command.core.database import Database
from command.core.problems import Problem
from command.core.settings import Settings
from command.oncall.duties import schedules
from command.oncall.models import Schedule
from command.people.models import Person

AHEAD = timedelta(days=40)


@click.group()
def oncall() -> None:
    """Duties."""


@oncall.command()
@click.option(
    "--at", "asked", default=None, help="An instant such as 2026-11-21T03:10 (the operator's clock); now unless given."
)
@click.option("--schedule", "code", default=None, help="One schedule; all of them unless given.")
@click.pass_obj
def who(settings: Settings, asked: str | None, code: str | None) -> None:
    """Who holds the duties, until when, and who is next."""
    try:
        schema.require_current(settings.url)
        database = Database(settings.url)
        try:
            with database.read() as session:
                at = _instant(settings, asked) if asked else clock.now(session)
                rows = (
                    [schedules.find(session, code)]
                    if code
                    else list(session.scalars(select(Schedule).order_by(Schedule.code)))
                )
                for row in rows:
                    click.echo(_line(session, settings, row, at))
        finally:
            database.close()
    except (Problem, schema.SchemaError) as error:
        raise click.ClickException(str(error)) from error


def _instant(settings: Settings, text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
        at = given if given.tzinfo else given.replace(tzinfo=settings.tz)
        return at.astimezone(UTC) if 1970 <= at.year < 2200 else _refused(text)
    except ValueError:
        return _refused(text)


def _refused(text: str) -> datetime:
    raise click.BadParameter(f"{text!r} is no date and time; write it as 2026-11-21T03:10", param_hint="--at")


def _line(session: Session, settings: Settings, row: Schedule, at: datetime) -> str:
    held = schedules.spans(session, row, at, at + AHEAD)
    following = held[1] if len(held) > 1 else None
    until = (
        f"until {following.start.astimezone(settings.tz):%Y-%m-%d %H:%M %Z}"
        if following
        else f"for {AHEAD.days} days or more"
    )
    then = f", then {_called(session, following.member)}" if following else ""
    return f"{row.code}: {_called(session, held[0].member)} {until}{then}"


def _called(session: Session, person_id: int | None) -> str:
    if person_id is None:
        return "NOBODY"
    person = session.get_one(Person, person_id)
    return f"{person.username} ({person.name_en}, {person.name_zh})"
