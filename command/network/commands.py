"""`tocsin import areas|travel|services|elements|subscribers FILE.csv` and `tocsin import geography FILE.geojson`: with a progress bar, and
with what became of the rows."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from command.core import schema, settings
from command.core.installation import Installation
from command.core.problems import Problem
from command.network import area_import, imports, subscriber_import
from command.network.geography import geography as outlines_of_areas
from command.network.imports import Outcome

Importer = Callable[[Path, Callable[[int], None]], Outcome]
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


@click.group("import")
def group() -> None:
    """Import the network's records from CSV files in UTF-8."""


@group.command()
@FILE
def areas(file: Path) -> None:
    """code,parent,level,name_zh,name_en,latitude,longitude"""
    installation = opened()
    run(file, partial(area_import.areas, installation.database))


@group.command()
@FILE
def travel(file: Path) -> None:
    """from,to,minutes: how long the way takes from one area to another"""
    installation = opened()
    run(file, partial(area_import.travel, installation.database))


@group.command()
@FILE
def services(file: Path) -> None:
    """code,bit,name_zh,name_en,critical"""
    installation = opened()
    run(file, partial(imports.services, installation.database))


@group.command()
@FILE
def elements(file: Path) -> None:
    """name,kind,area,uplinks(;),services(;),core"""
    installation = opened()
    run(file, partial(imports.elements, installation.database))


@group.command()
@FILE
def subscribers(file: Path) -> None:
    """number,language,element,services(;),tariff_plan,critical"""
    installation = opened()
    run(file, partial(subscriber_import.subscribers, installation.database, installation.keyring))


@group.command()
@FILE
def geography(file: Path) -> None:
    """Outlines of areas as GeoJSON; the property code is an area's code"""
    installation = opened()
    run(file, partial(outlines_of_areas, installation.database))


def opened() -> Installation:
    """The installation of this environment's settings."""
    read = settings.read()
    schema.require_current(read.url)
    return Installation.open(read)


def run(file: Path, importer: Importer) -> None:
    """Import a file with a progress bar and say what became of its rows; exit with 1 if some were set aside."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(file.name, total=file.stat().st_size)
            outcome = importer(file, lambda done: bar.update(task, completed=done))
    except Problem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(told(outcome))
    if outcome.bad:
        raise SystemExit(1)


def told(outcome: Outcome) -> str:
    """The outcome in words."""
    parts = [f"{outcome.kept} rows kept"]
    if outcome.doubtful:
        parts.append(f"{outcome.doubtful} of them with a number that cannot exist (kept; live gateways refuse it)")
    if outcome.bad:
        parts.append(f"{outcome.bad} errors, each with line and reason in {outcome.errors}")
    return "; ".join(parts)
