"""`tocsin notices check`."""

import sys
from pathlib import Path

import click

from command.core.settings import Settings
from command.messages import policy
from playbooks.source import SourceError


@click.group("notices")
def notices() -> None:
    """Notices to the public."""


@notices.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def check(settings: Settings, file: Path | None) -> None:
    """Check the notice policy (config/notices.yaml, the operator's own, or FILE): each fault with its line and remedy."""
    path = file or settings.notices or policy.FILE
    try:
        rule = policy.read_file(path)
    except SourceError as error:
        for fault in error.faults:
            click.echo(str(fault))
        sys.exit(1)
    hours = f"{rule.quiet.from_}-{rule.quiet.until}" if settings.quiet_hours else "off in the settings"
    click.echo(f"{path}: sound. Quiet hours {hours}.")
