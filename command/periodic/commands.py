"""`tocsin report`: the report of a period as a file. An edition of the archive where these days have one, else counted for the moment."""

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy.orm import Session, undefer

from command.core import schema, settings
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.problems import Problem
from command.periodic import copies, making
from command.periodic.copies import Document, Form
from command.periodic.models import PeriodicReport
from command.periodic.rhythm import Days
from command.periodic.table import Kind, table

console = Console(stderr=True)
DAY = click.DateTime(formats=["%Y-%m-%d"])
TEXTS = (Form.HTML, Form.CSV, Form.JSON)
"""Forms that a terminal can show."""


@click.command()
@click.option("--from", "first", type=DAY, required=True, help="First day, such as 2026-11-01.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, included.")
@click.option("--code", help="Which report of config/reports.yaml; by default the one that covers such days.")
@click.option("--format", "form", type=click.Choice([str(form) for form in Form]), default="pdf", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), help="By default the operator's.")
@click.option("--fresh", is_flag=True, help="Count anew, even where the archive has an edition of these days.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; by default the output.")
def report(
    first: datetime, last: datetime, code: str | None, form: str, language: str | None, fresh: bool, output: Path | None
) -> None:
    """The report of a period: incidents, rates against targets, what was late, how ready we are. No restricted incident is in it."""
    chosen = Form(form)
    if output is None and chosen not in TEXTS and sys.stdout.isatty():
        raise click.ClickException(f"a terminal cannot show a {form}: name a file with -o")
    installation = opened()
    try:
        with installation.database.read() as session:
            found = _found(session, Days(first.date(), last.date()), code, fresh)
    except Problem as problem:
        raise click.ClickException(str(problem)) from problem
    body = copies.written(found, chosen, language or installation.settings.language)
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        try:
            output.write_bytes(body)
        except OSError as error:
            raise click.ClickException(f"{output} cannot be written: {error.strerror}") from error
    console.print(_said(found))


def opened() -> Installation:
    given = settings.read()
    try:
        schema.require_current(given.url)
        return Installation.open(given)
    except (schema.SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


def _found(session: Session, asked: Days, code: str | None, fresh: bool) -> Document:
    """The newest edition of these days, or what is counted now. Raise Invalid for days and codes that cannot be."""
    over = making.days(session, asked.first, asked.last)
    kind: Kind = table().named(code) if code else table().fitting(over)
    row = None if fresh else making.newest(session, kind.code, over)
    if row is not None:
        return copies.of(session.get_one(PeriodicReport, row.id, options=[undefer(PeriodicReport.content)]))
    made = making.compose(session, kind, over)
    return Document(kind.code, made.content, made.sha256)


def _said(found: Document) -> str:
    if found.edition is None:
        return f"{found.name}: counted now, kept nowhere (SHA-256 {found.sha256})"
    return f"{found.name}: edition {found.edition} of the archive (SHA-256 {found.sha256})"
