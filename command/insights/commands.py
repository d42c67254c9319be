"""`tocsin insights`: the summaries that the overview is made of, checked against the incidents or made anew."""

import sys
from functools import partial

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.orm import Session

from command.core import schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.settings import Settings
from command.insights import checking, kin, summing

console = Console(stderr=True)
ACTOR = "system:command-line"


@click.group()
def insights() -> None:
    """The summaries behind the overview's figures."""


@insights.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Count every month once more from its incidents and compare; name what differs, and end with 1 where something does."""
    database, months = _opened(settings)
    wrong = 0
    with Progress(console=console) as progress:
        for month in progress.track(months, description="months"):
            with database.read(snapshot=True) as session:
                numbers = checking.differing(session, month)
            wrong += len(numbers)
            for number in numbers:
                progress.console.print(f"[red]{month} {number}: the summary differs from the incident[/red]")
    with database.read() as session:
        click.echo(f"{len(months)} months, {_standing(session)}, {wrong} differ")
    if wrong:
        click.echo("Make the summaries anew with `tocsin insights rebuild`.")
    sys.exit(1 if wrong else 0)


@insights.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Forget every summary and make them all anew, some incidents at a time. People go on working: what is in no summary is counted from
    its incidents, so the figures are right meanwhile, and slower."""
    database, months = _opened(settings)
    with Progress(console=console) as progress:
        for month in progress.track(months, description="forgotten"):
            database.background(partial(checking.forget, name=month), actor=ACTOR)
        with database.read() as session:
            batches = summing.batches(kin.members(session))
        for families in progress.track(batches, description="summed up"):
            database.background(partial(summing.sum_up, families=families), actor=ACTOR)
    with database.read() as session:
        click.echo(_standing(session))


def _opened(settings: Settings) -> tuple[Database, list[str]]:
    try:
        schema.require_current(settings.url)
        database = Installation.open(settings).database
    except (schema.SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error
    with database.read() as session:
        return database, checking.months(session)


def _standing(session: Session) -> str:
    held, opened = checking.counts(session)
    return f"{held} incidents summed up, {opened} counted from their rows"
