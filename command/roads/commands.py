"""`tocsin gateways restart NAME` and `tocsin routes check`."""

import sys

import click
from sqlalchemy import select

from command.core import schema
from command.core.database import Database
from command.core.settings import Settings
from command.messages import breakers, routing
from command.messages.gateways import live
from command.network.models import Area
from playbooks.source import SourceError


@click.group()
def gateways() -> None:
    """Gateways."""


@gateways.command()
@click.argument("name")
@click.pass_obj
def restart(settings: Settings, name: str) -> None:
    """Put a gateway that was stopped (a refused account) back into service."""
    names = [gateway.name for gateway in settings.gateways]
    if name not in names:
        raise click.ClickException(f"there is no gateway {name}; use one of: {', '.join(names)}")
    try:
        schema.require_current(settings.url)
    except schema.SchemaError as error:
        raise click.ClickException(str(error)) from error
    database = Database(settings.url)
    try:
        database.write(lambda session: breakers.restart(session, name), actor="system:command-line")
    finally:
        database.close()


@click.group()
def routes() -> None:
    """Which gateways carry what: config/routes.yaml."""


@routes.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Check config/routes.yaml against the gateways and areas of this installation: each fault with its remedy."""
    try:
        table = routing.table()
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    found = routing.faults(table, [one.name for one in live(settings)], _areas(settings))
    for each in found:
        click.echo(f"{routing.FILE}: {each}")
    click.echo(f"rules: {len(table.rules)}, faults: {len(found)}")
    sys.exit(1 if found else 0)


def _areas(settings: Settings) -> dict[str, None] | None:
    """The codes of this installation's areas; None where there is no database of now, or nothing in it yet."""
    try:
        schema.require_current(settings.url)
    except schema.SchemaError:
        return None
    database = Database(settings.url)
    try:
        with database.read() as session:
            return dict.fromkeys(session.scalars(select(Area.code))) or None
    finally:
        database.close()
