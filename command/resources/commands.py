"""`tocsin import resources FILE` and `tocsin resources export FILE`; FILE ends with .csv or .xlsx."""

from functools import partial
from pathlib import Path

import click

from command.core import schema
from command.core.database import Database
from command.core.settings import Settings
from command.network.commands import FILE, opened, run
from command.resources import imports
from command.resources.sheet_export import to_file


@click.group()
def resources() -> None:
    """Resource pools."""


@click.command("resources")
@FILE
def import_resources(file: Path) -> None:
    """pool,resource,type,state,quantity,serial,… as CSV or XLSX (docs/how-to/manage-resources.md)"""
    run(file, partial(imports.resources, opened().database))


@resources.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(settings: Settings, file: Path) -> None:
    """Write every open pool as CSV or XLSX, by the end of the name, in the form that `tocsin import resources` reads."""
    try:
        schema.require_current(settings.url)
    except schema.SchemaError as error:
        raise click.ClickException(str(error)) from error
    database = Database(settings.url)
    try:
        with database.read() as session:
            count = to_file(session, file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    finally:
        database.close()
    click.echo(f"{count} rows")
