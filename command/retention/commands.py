"""`tocsin retention check|plan|run`."""

from collections import Counter
from functools import partial

import click
from rich.progress import Progress

from command.core import schema
from command.core.database import Database
from command.core.settings import Settings
from command.retention import purging
from command.retention.rules import FILE, rule
from playbooks.source import SourceError


@click.group()
def retention() -> None:
    """What is kept how long: config/retention.yaml."""


@retention.command()
def check() -> None:
    """Check config/retention.yaml: each fault with its remedy."""
    try:
        found = rule()
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    said = ", ".join(f"{name} {days}" for name, days in zip(("I", "II", "III", "IV"), found.tiers, strict=True))
    click.echo(f"{FILE}: days by tier {said}; warnings {found.warnings}, exercises {found.exercises}")


@retention.command()
@click.pass_obj
def plan(settings: Settings) -> None:
    """Say what would be removed now, by month; remove nothing."""
    database = _opened(settings)
    try:
        with database.read() as session:
            due = purging.plan(session, rule())
    finally:
        database.close()
    notices, rows = Counter(one.month for one in due), Counter[str]()
    for one in due:
        rows[one.month] += one.rows
    for month in sorted(notices):
        click.echo(f"{month}: messages {rows[month]:,}, notices {notices[month]:,}")
    click.echo(f"in all: messages {sum(rows.values()):,}, notices {len(due):,}; nothing was removed")


@retention.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def run(settings: Settings, yes: bool) -> None:
    """Remove what is due now, at any hour. It cannot be undone."""
    database = _opened(settings)
    try:
        with database.read() as session:
            due = purging.plan(session, rule())
        total = sum(one.rows for one in due)
        if total and not yes:
            click.confirm(f"Remove {total:,} messages of {len(due):,} notices? It cannot be undone.", abort=True)
        removed = 0
        with Progress() as progress:
            task = progress.add_task("removing", total=total)
            while (
                gone := database.background(partial(purging.piece, rule=rule()), actor="system:command-line")
            ) is not None:
                removed += gone
                progress.update(task, advance=gone)
        click.echo(f"removed: messages {removed:,}")
    finally:
        database.close()


def _opened(settings: Settings) -> Database:
    try:
        schema.require_current(settings.url)
        rule()
    except (schema.SchemaError, SourceError) as error:
        raise click.ClickException(str(error)) from error
    return Database(settings.url)
