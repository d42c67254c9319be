"""`tocsin alarms replay`."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from command.alarms import replay as replays
from command.alarms import trace
from command.alarms.caller import Caller, Refused, Unreachable
from command.core import settings as configuration
from command.core.paths import CONFIG

DEMO_TOKEN = "demo-token"


@click.group()
def alarms() -> None:
    """Alarms."""


@alarms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0, min_open=True), help="Times real time."
)
@click.option("--from", "start", default=0.0, show_default=True, help="Second of the recording to begin at.")
@click.option("--to", "end", default=float("inf"), help="Second of the recording to stop before.")
@click.option("--url", default=None, help="Address of the running Tocsin; this installation's unless given.")
@click.option("--token", default=None, envvar="TOCSIN_TOKEN", help="API token; the demo's unless given.")
@click.option("--source", default="replay", show_default=True, help="Name of the source.")
@click.option("--element", default="MW-{device:04d}", show_default=True, help="Names of elements, for numbered traces.")
@click.option("--problem", default="MW-{kind:02d}", show_default=True, help="Names of problems, for numbered traces.")
@click.option(
    "--problems",
    default=CONFIG / "demo" / "problems.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Table of problems with their severities; the demo's unless given.",
)
@click.pass_context
def replay(
    context: click.Context,
    file: Path,
    speed: float,
    start: float,
    end: float,
    url: str | None,
    token: str | None,
    source: str,
    element: str,
    problem: str,
    problems: Path,
) -> None:
    """Send the alarms of FILE (CSV, may be gzipped) to a running Tocsin, --speed times as fast as they happened.

    FILE has the columns alarm_id,device_id,start_timestamp,end_timestamp, or element,problem,severity,raised_at with any of
    object,cleared_at,text. Times are moved to now."""
    settings = context.find_object(configuration.Settings) or configuration.read()
    naming = trace.Naming(element, problem, trace.severities(problems))
    try:
        said = trace.read(file, naming, start, end)
        caller = Caller(url or settings.origin, token or _demo_token(settings))
        with _bar() as bar:
            task = bar.add_task(file.name, total=len(said))
            sent = replays.replay(
                said, caller, source=source, start=start, speed=speed, sent=lambda n: bar.advance(task, n)
            )
    except (trace.BadTrace, Refused, Unreachable) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{sent} reports sent")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _demo_token(settings: configuration.Settings) -> str:
    file = settings.data / DEMO_TOKEN
    if not file.exists():
        raise click.UsageError(f"no token: give --token or TOCSIN_TOKEN ({file} does not exist)")
    return file.read_text().strip()
