"""`tocsin scenarios check` and `tocsin scenarios schema`."""

import sys
from datetime import datetime
from pathlib import Path

import click
import orjson
from sqlalchemy.exc import OperationalError

from command.core import schema as database_schema
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.settings import Settings
from command.drills.scenarios import world
from command.people.posts import POSTS
from playbooks.faults import Fault
from playbooks.findings import Finding
from playbooks.json_schema import scenario_schema
from playbooks.loader import SHIPPED, load_library, yaml_files
from playbooks.scenario_checks import Asked, World, asked, grave
from playbooks.scenario_checks import check as findings
from playbooks.scenario_files import SCENARIOS, read_scenarios


@click.group()
def scenarios() -> None:
    """Scenarios of drills."""


@scenarios.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def check(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Check scenarios (those that ship, or PATHS) against this installation: each fault with file, line and remedy."""
    scripts, faults = read_scenarios(yaml_files(paths or (SCENARIOS,)))
    here = _world(settings, asked(script.scenario for script in scripts))
    found: list[Fault | Finding] = [*faults, *(finding for script in scripts for finding in findings(script, here))]
    for each in found:
        click.echo(str(each))
    sys.exit(1 if grave(found) else 0)


def _world(settings: Settings, names: Asked) -> World:
    """The installation's; posts and plans alone where it has no database yet."""
    try:
        database_schema.require_current(settings.url)
        with Installation.open(settings).database.read() as session:
            return world.around(session, names)
    except (database_schema.SchemaError, KeyringError, OperationalError):
        own = (settings.playbooks,) if settings.playbooks else ()
        plans = load_library((SHIPPED, *own))
        return World(frozenset(POSTS), world.tasks(plans, datetime.now(settings.tz).date()))


@scenarios.command("schema")
def schema() -> None:
    """Print the JSON Schema of a scenario."""
    click.echo(orjson.dumps(scenario_schema(), option=orjson.OPT_INDENT_2))
