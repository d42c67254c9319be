"""The `tocsin` command."""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.alarms import kinds
from command.alarms.commands import alarms
from command.archive.commands import archive
from command.authority.commands import authority
from command.cleaning.commands import numbers
from command.complaints import feed
from command.core import heads, log, schema
from command.core.installation import Installation
from command.core.keys import new_key
from command.core.problems import Problem
from command.core.settings import Settings, SettingsError, read
from command.demo.commands import demo
from command.drills.scenarios.commands import scenarios
from command.insights.commands import insights
from command.messages import policy
from command.network.commands import FILE
from command.network.commands import group as import_
from command.network.commands import run as import_file
from command.notices import plan_checks
from command.notices.commands import notices
from command.oncall.duties import schedules
from command.oncall.duties.commands import oncall
from command.oncall.duties.rotation import RotationError
from command.oncall.models import Schedule
from command.operating.commands import backup_, move_, restore_
from command.operating.doctor.commands import doctor
from command.people import service as people
from command.people.commands import admin, token
from command.people.posts import DEPARTMENTS, POSTS
from command.people.roster import Roster
from command.periodic.commands import report
from command.resources.commands import import_resources, resources
from command.retention.commands import retention
from command.risks.commands import import_risks
from command.roads.commands import gateways, routes
from command.serving import engine, opened, serve, upgraded, web
from command.sites.commands import import_sites
from command.trail import trace
from command.warnings.commands import warnings
from playbooks import source
from playbooks.checks import Known, Measures, check_paths
from playbooks.findings import Level
from playbooks.json_schema import json_schema
from playbooks.loader import SHIPPED
from playbooks.source import Fault

console = Console(stderr=True)


@click.group()
@click.version_option(package_name="tocsin")
@click.pass_context
def main(context: click.Context) -> None:
    """Incident and emergency response command for telecom operators."""
    if context.invoked_subcommand in ("keys", "doctor"):
        return
    try:
        context.obj = read()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    log.configure(context.obj.log_format)
    parts.watch_imports()


for group in (
    admin,
    authority,
    token,
    import_,
    alarms,
    archive,
    gateways,
    insights,
    notices,
    oncall,
    resources,
    retention,
    numbers,
    routes,
    scenarios,
    warnings,
    demo,
):
    main.add_command(group)
for command_ in (backup_, doctor, engine, report, restore_, serve, trace, web):
    main.add_command(command_)
import_.add_command(import_resources)
import_.add_command(import_risks)
import_.add_command(import_sites)


@main.group()
def complaints() -> None:
    """Complaints of customers."""


@complaints.command("import")
@FILE
@click.pass_obj
def import_complaints(settings: Settings, file: Path) -> None:
    """reference,channel,kind,number,severity,reach,text,… (docs/how-to/handle-complaints.md)"""
    import_file(file, partial(feed.complaints, opened(settings)))


@import_.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_people(settings: Settings, file: Path) -> None:
    """People, emergency groups and on-call schedules from YAML (config/demo/people.yaml is one). Again changes what differs."""
    installation = opened(settings)

    def work(session: Session) -> int:
        roster = source.load(file, Roster)
        found = people.load_people(session, installation.keyring, roster)
        schedules.load_schedules(session, roster)
        return len(found)

    click.echo(f"{_imported(installation, work)} people. Give each a password with `tocsin admin password USERNAME`.")


@import_.command("problems")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_problems(settings: Settings, file: Path) -> None:
    """What problem names mean: problem,name_zh,name_en,service_affecting,severity,momentary"""
    installation = opened(settings)
    click.echo(f"{_imported(installation, lambda session: kinds.load(session, file))} problems.")


def _imported(installation: Installation, work: Callable[[Session], int]) -> int:
    try:
        return installation.database.write(work, actor="system:command-line")
    except (Problem, source.SourceError, RotationError) as error:
        raise click.ClickException(str(error)) from error


@main.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the schema up to this version's."""
    settings.data.mkdir(parents=True, exist_ok=True)
    upgraded(settings)
    at = schema.versions(settings.url)[0] or ""
    console.print(f"the database is at {at}; it serves code of {', '.join(schema.served(at))}")


@db.command()
@click.argument("to")
@click.confirmation_option(prompt="A downgrade can lose data. Have you made a backup?")
@click.pass_obj
def downgrade(settings: Settings, to: str) -> None:
    """Take the schema down to revision TO."""
    try:
        schema.downgrade(settings.url, to)
    except schema.SchemaError as error:
        raise click.ClickException(str(error)) from error


db.add_command(move_)


@main.group()
def journal() -> None:
    """The journal."""


@journal.command()
@click.pass_obj
def verify(settings: Settings) -> None:
    """Walk every stream and every signed head; name the first bad entry of each."""
    installation = opened(settings)
    with installation.database.read(snapshot=True) as session, Progress(console=console) as progress:
        task = progress.add_task("verifying", total=None)
        found = heads.verify(session, installation.keyring, lambda n: progress.advance(task, n))
    for fault in found.faults:
        console.print(f"[red]{fault.stream} {fault.seq}: {fault.why}[/red]")
    console.print(
        f"{found.streams} streams, {found.entries} entries, {found.signatures} signed heads, {len(found.faults)} faults"
    )
    sys.exit(1 if found.faults else 0)


@journal.command("heads")
@click.pass_obj
def export_heads(settings: Settings) -> None:
    """Sign the heads now and print every signature as JSON lines, to keep elsewhere."""
    installation = opened(settings)
    installation.database.write(lambda session: heads.sign(session, installation.keyring), actor="system:cli")
    with installation.database.read() as session:
        for line in heads.export(session, installation.keyring):
            click.echo(orjson.dumps(line))


@main.group("playbooks")
def playbooks_() -> None:
    """Playbooks."""


@playbooks_.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def check(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Check playbooks (all shipped ones, or PATHS) against this installation: each fault with file, line and remedy."""
    known = Known(frozenset(DEPARTMENTS), frozenset(POSTS), _schedules(settings))
    on = datetime.now(settings.tz).date()
    roads = [one for one in settings.gateways if one.channel in ("sms", "voice")]  # what plans can ask for
    found = check_paths(paths or (SHIPPED,), on=on, gateways=roads, known=known, measures=_measures(settings))
    for each in found:
        click.echo(str(each))
    sys.exit(1 if any(isinstance(each, Fault) or each.level is Level.error for each in found) else 0)


def _measures(settings: Settings) -> Measures:
    """What the operator's notice policy has to say of plans; a fault in it is a fault of the command."""
    try:
        return plan_checks.measures(policy.read_file(settings.notices or policy.FILE))
    except source.SourceError as error:
        raise click.ClickException(str(error)) from error


def _schedules(settings: Settings) -> frozenset[str] | None:
    """The schedules of this installation's database; None where there is none yet."""
    try:
        with opened(settings).database.read() as session:
            return frozenset(session.scalars(select(Schedule.code))) or None
    except click.ClickException:
        return None


@playbooks_.command("schema")
def schema_() -> None:
    """Print the JSON Schema of a playbook."""
    click.echo(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2))


@main.group()
def keys() -> None:
    """Encryption keys."""


@keys.command("new")
def new() -> None:
    """Print a new key for TOCSIN_KEYS. Keep it apart from the database: losing it loses the numbers."""
    click.echo(new_key())


if __name__ == "__main__":
    main()
