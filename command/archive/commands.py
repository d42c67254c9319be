"""`tocsin archive index`: the index over the notes of cases, made anew from the journal."""

from functools import partial

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.archive import index as indexing
from command.core import schema
from command.core import settings as configuration
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.incidents.models import Incident

console = Console(stderr=True)


@click.group()
def archive() -> None:
    """The archive of cases."""


@archive.command("index")
def index() -> None:
    """Index the notes of every case anew, a case at a time; people go on working meanwhile. Needed once after an upgrade from a version
    without the archive, for the cases from before."""
    settings = configuration.read()
    try:
        schema.require_current(settings.url)
        database = Installation.open(settings).database
    except (schema.SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error
    with database.read() as session:
        numbers = session.scalars(select(Incident.number).order_by(Incident.id)).all()
    notes = 0
    with Progress(console=console) as progress:
        for number in progress.track(numbers, description="cases"):
            notes += database.background(partial(_rebuilt, number))
    click.echo(f"{len(numbers)} cases, {notes} notes")


def _rebuilt(number: str, session: Session) -> int:
    return indexing.rebuild(session, number)
