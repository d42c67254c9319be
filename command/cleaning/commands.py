"""`tocsin numbers bad|export`."""

from dataclasses import dataclass
from pathlib import Path

import click

from command.cleaning import entries, export, listing
from command.cleaning.listing import Filter
from command.core import schema
from command.core.database import Database
from command.core.settings import Settings


@dataclass(frozen=True, slots=True)
class _Open:
    """A database of the installation, closed at the end."""

    settings: Settings

    def __call__(self) -> Database:
        try:
            schema.require_current(self.settings.url)
        except schema.SchemaError as error:
            raise click.ClickException(str(error)) from error
        return Database(self.settings.url)


@click.group()
def numbers() -> None:
    """Numbers that take no SMS, as providers say."""


@numbers.command()
@click.pass_obj
def bad(settings: Settings) -> None:
    """How many numbers are marked, by reason, road and area."""
    database = _Open(settings)()
    try:
        with database.read() as session:
            found = listing.sums(session, Filter())
    finally:
        database.close()
    click.echo(f"marked: {found.count:,}")
    for name, values in (("reason", found.reasons), ("road", found.roads)):
        for value, count in values:
            click.echo(f"{name} {value}: {count:,}")
    for code, _, english, count in found.areas:
        click.echo(f"area {code} {english}: {count:,}")
    if found.elsewhere:
        click.echo(f"elsewhere: {found.elsewhere:,}")


@numbers.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.pass_obj
def exported(settings: Settings, file: Path) -> None:
    """Write the operator's references of marked subscribers to a CSV FILE, for cleaning. It holds no number; that it was taken is on
    record."""
    database = _Open(settings)()
    try:
        with database.read() as session:
            text = export.text(listing.every(session, Filter()))
        count = text.count("\n") - 1
        told = entries.Exported(count=count, filter=Filter().kept)
        database.write(lambda session: entries.record(session, told), actor="system:command-line")
        file.write_text(text, encoding="utf-8")
    finally:
        database.close()
    click.echo(f"{file}: {count:,} subscribers")
