"""`tocsin warnings import FILE` and `tocsin warnings poll`."""

from functools import partial
from pathlib import Path

import click

from command.core.problems import Problem
from command.core.settings import Settings
from command.network.commands import FILE, opened
from command.warnings import feeds, taking_in
from command.warnings.models import Source
from command.warnings.xml_tree import LARGEST

ACTOR = "system:command_line"


@click.group("warnings")
def warnings() -> None:
    """Warnings from CAP 1.2 files and feeds."""


@warnings.command("import")
@FILE
@click.option("--confirm", is_flag=True, help="It holds besides another warning of the same issuer and event.")
def import_cap(file: Path, confirm: bool) -> None:
    """Take a CAP 1.2 message in (docs/how-to/warn.md)."""
    with file.open("rb") as stream:
        body = stream.read(LARGEST + 1)
    work = partial(taking_in.take, data=body, source=Source.CAP, confirmed=confirm)
    try:
        code, did, unmatched = opened().database.write(lambda session: _said(work(session)), actor=ACTOR)
    except Problem as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{code}: {', '.join(did)}")
    if unmatched:
        click.echo(f"Areas that are none of ours: {', '.join(unmatched)}", err=True)


def _said(taken: taking_in.Taken) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return taken.warning.code, tuple(each.value for each in taken.did), taken.unmatched


@warnings.command("poll")
@click.pass_obj
def poll(settings: Settings) -> None:
    """Poll every feed of cap_feeds once, now."""
    database = opened().database
    for address in settings.cap_feeds:
        found = feeds.poll(database, address)
        click.echo(f"{address}: {found.taken} taken in")
        for each in found.wrong:
            click.echo(f"  {each}", err=True)
