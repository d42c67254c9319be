"""`tocsin gateways list`, `tocsin gateways restart NAME` and `tocsin routes check`."""

import sys
from collections.abc import Iterator

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, schema
from command.core.beats import EngineBeat
from command.core.database import Database
from command.core.settings import Settings
from command.messages import breakers, routing
from command.messages.gateways import live
from command.messages.models import EXERCISE_GATEWAY, GatewayState
from command.network.models import Area
from command.roads import views
from command.roads.words import STATES
from playbooks.source import SourceError


@click.group()
def gateways() -> None:
    """Gateways."""


@gateways.command("list")
@click.pass_obj
def show(settings: Settings) -> None:
    """Every gateway with its standing, its senders and, for SMPP, each bind that an engine holds: its state and what ended it last."""
    try:
        schema.require_current(settings.url)
    except schema.SchemaError as error:
        raise click.ClickException(str(error)) from error
    database = Database(settings.url)
    try:
        with database.read() as session:
            for line in _told(session, settings):
                click.echo(line)
    finally:
        database.close()


def _told(session: Session, settings: Settings) -> Iterator[str]:
    at = clock.now(session)
    given = [*live(settings), *(one for one in settings.gateways if one.name == EXERCISE_GATEWAY)]
    stands = breakers.standing(session, [one.name for one in given])
    beats = list(session.scalars(select(EngineBeat)))
    states = {row.gateway: row for row in session.scalars(select(GatewayState))}
    for one in given:
        how = stands[one.name]
        state = f"stopped ({how.stopped})" if how.stopped else STATES[views.state_of(how, None, one.daily_cap)]
        yield f"{one.name}  {one.transport}  {one.channel}  {state}"
        for each in views.senders(one, states.get(one.name), at):
            yield f"  sender {each.number}  {_limits(each)}  {each.used_today} today"
        found = views.links(beats, one.name, at)
        for link in found:
            what = "pages" if link.pages else "notices"
            last = f"  last error at {link.error_at:%Y-%m-%d %H:%M:%SZ}: {link.error}" if link.error_at else ""
            yield f"  bind {link.engine}  {what}  {link.kind}  {link.state}  under way: {link.under_way}{last}"
        if one.transport == "smpp" and not found:
            yield "  no bind: no engine is running"


def _limits(sender: views.By) -> str:
    rate = [] if sender.rate is None else [f"{sender.rate}/s"]
    cap = [] if sender.daily_cap is None else [f"{sender.daily_cap} a day"]
    return ", ".join(rate + cap) or "no limit of its own"


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
