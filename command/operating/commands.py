"""`tocsin backup`, `tocsin restore`, `tocsin db move`: what an operator does to keep an installation."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from command.core.database import Database
from command.core.keys import Keyring, KeyringError, open_keyring
from command.core.schema import SchemaError
from command.core.settings import Settings
from command.operating import backup, copying, entries, moving, restore
from command.operating.copying import CopyError
from command.operating.restore import Findings
from command.operating.rows import RowError

console = Console(stderr=True)
ACTOR = "system:command-line"


@contextmanager
def _shown() -> Iterator[copying.Progress]:
    """Progress on standard error: the table that is copied, and how many rows went by."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=None)

        def step(what: str, more: int) -> None:
            bars.update(task, description=what, advance=more)

        yield step


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is one line and code 1."""
    try:
        yield
    except (CopyError, RowError, SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


def _keyring(settings: Settings) -> Keyring:
    return open_keyring(settings.keys, settings.data / "keys", may_create=False)


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path))
@click.pass_obj
def backup_(settings: Settings, to: Path) -> None:
    """Write a backup to the file TO, or into the folder TO under a name of its own, while everything runs."""
    with _told():
        keyring = _keyring(settings)
        with _shown() as progress:
            made = backup.make(settings, keyring, to, progress)
        _remember(settings, made)
    for each in made.manifest.left_out:
        click.echo(f"left out: {each}", err=True)
    needs = ", ".join(sorted({*made.manifest.keys.needed, made.manifest.keys.index}))
    click.echo(
        f"{made.file}: {made.manifest.rows:,} rows, {len(made.manifest.files)} files, {made.size:,} bytes, of "
        f"{made.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    click.echo(f"It needs the keys {needs}, which are not in it. Prove it: tocsin restore --check {made.file}")


def _remember(settings: Settings, made: backup.Made) -> None:
    payload = entries.BackedUp(
        manifest=made.hash, moment=made.manifest.made_at, rows=made.manifest.rows, size=made.size
    )
    database = Database(settings.url, pool=5)
    try:
        database.write(lambda session: entries.record(session, payload), actor=ACTOR)
    finally:
        database.close()


@click.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Prove the backup; touch nothing that runs.")
@click.option(
    "--scratch",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Where --check restores it to for a moment; by default where temporary files go.",
)
@click.option("--lost-keys", is_flag=True, help="Though keys are lost for good: what they encrypted stays unreadable.")
@click.pass_obj
def restore_(settings: Settings, archive: Path, check: bool, scratch: Path | None, lost_keys: bool) -> None:
    """Bring the backup ARCHIVE back into the empty database of the settings, and its files into the data folder."""
    with _told():
        if check:
            _check(settings, archive, scratch)
            return
        with _shown() as progress:
            done = restore.restore(settings, _keyring(settings), archive, lost_keys=lost_keys, progress=progress)
    _say(done.findings)
    click.echo(f"restored into {copying.safe(settings.url)}, {done.files} files into {settings.data}")
    if done.configuration:
        click.echo(
            f"The configuration of then is in {done.configuration}: compare it with today's; nothing was put in place."
        )
    sys.exit(1 if done.findings.faults else 0)


def _check(settings: Settings, archive: Path, scratch: Path | None) -> None:
    try:
        keyring: Keyring | None = _keyring(settings)
    except KeyringError:
        keyring = None
    with _shown() as progress:
        found = restore.check(archive, keyring, scratch, progress)
    _say(found)
    click.echo(
        "The backup is good." if not found.faults else f"The backup cannot be relied on: {len(found.faults)} faults."
    )
    sys.exit(1 if found.faults else 0)


def _say(found: Findings) -> None:
    for word, texts in (("ok", found.proved), ("warning", found.warnings), ("fault", found.faults)):
        for each in texts:
            click.echo(f"{word:8} {each}")


@click.command("move")
@click.argument("url")
@click.option(
    "--rehearsal", is_flag=True, help="Copy though Tocsin runs; what is written meanwhile is not in the copy."
)
@click.pass_obj
def move_(settings: Settings, url: str, rehearsal: bool) -> None:
    """Copy everything into the empty database URL, of either kind, and prove it row by row."""
    with _told(), _shown() as progress:
        done = moving.move(settings, _keyring(settings), url, rehearsal=rehearsal, progress=progress)
    _say(done.findings)
    click.echo(f"{done.rows:,} rows of {done.tables} tables are in {copying.safe(url)}.")
    if rehearsal:
        click.echo(
            "This was a rehearsal: what was written meanwhile is not in it. Start no engine on it: what waits would be sent twice."
        )
    else:
        click.echo(
            f"Now set TOCSIN_DATABASE_URL={copying.safe(url)} (with its password) for every process, and start them."
        )
        click.echo(
            f"Keep {copying.safe(settings.url)} until you have made a backup of the new one; start nothing on it."
        )
