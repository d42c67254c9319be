"""`tocsin authority`: check a table's file, print the one in force, put a file in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from command.authority import drafts, painting, thin, yaml_text
from command.core import schema
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.problems import Problem
from command.core.settings import Settings
from command.people import authority_versions as versions
from command.people.authority import Row

ACTOR = "system:command-line"


@contextmanager
def _installation(settings: Settings) -> Iterator[Installation]:
    """This installation, at the right revision; what is wrong is said in one line."""
    try:
        schema.require_current(settings.url)
        found = Installation.open(settings)
        try:
            yield found
        finally:
            found.database.close()
    except (Problem, KeyringError, schema.SchemaError) as problem:
        raise click.ClickException(str(problem)) from problem


@click.group()
def authority() -> None:
    """Who may do what."""


def _rows(file: Path) -> tuple[Row, ...]:
    try:
        return yaml_text.read(file.read_text("utf-8-sig"), file.name).rows
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: cannot be read as UTF-8 text ({error}).") from error
    except Problem as problem:
        raise click.ClickException(f"{file}: {problem}") from problem


@authority.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Whether a file can be put in force: every hole is named by act, tier and level. Needs no database."""
    rows = _rows(file)
    click.echo(f"{file}: {len(rows)} rows, no holes.")


@authority.command("show")
@click.option("--version", "number", type=click.IntRange(0), default=None, help="A version; 0 is the file that ships.")
@click.pass_obj
def show(settings: Settings, number: int | None) -> None:
    """Print the table in force as YAML."""
    with _installation(settings) as found, found.database.read() as session:
        wanted = versions.newest(session) if number is None else number or None
        if wanted is not None:
            drafts.version(session, wanted)
        click.echo(yaml_text.written(versions.of(session, wanted).rows), nl=False)


@authority.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why it changes; kept on record.")
@click.pass_obj
def load(settings: Settings, file: Path, reason: str) -> None:
    """Put a file in force at once, on record. Running processes follow within a second."""
    rows = _rows(file)
    with _installation(settings) as found:
        made, changed, places = found.database.write(lambda session: _load(session, rows, reason), actor=ACTOR)
    click.echo(f"Version {made} is in force: {changed} groups of cases changed.")
    for place in places:
        click.echo(place, err=True)


def _load(session: Session, rows: tuple[Row, ...], reason: str) -> tuple[int, int, list[str]]:
    before = versions.current(session).rows
    row = drafts.begin(session, None, rows, source="file")
    drafts.publish(session, row.revision, reason, None)
    told = [
        f"{each.level}: {'one person' if each.person_id else 'nobody'} holds {', '.join(each.posts)} "
        f"({len(each.acts)} acts)"
        for each in thin.found(rows, thin.workers(session))
    ]
    return row.id, len(painting.changes(before, rows)), told
