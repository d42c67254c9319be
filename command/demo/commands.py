"""`tocsin demo load` and `tocsin demo drive`."""

import logging
import signal
import threading

import click
from rich.console import Console
from rich.progress import Progress

from command import parts
from command.alarms.caller import Unreachable
from command.core import log, schema
from command.core import settings as configuration
from command.core.keys import KeyringError
from command.demo import driver
from command.demo import load as loading
from command.demo.load import DemoRefused

console = Console(stderr=True)


@click.group()
def demo() -> None:
    """The demo: a fictional operator over a real storm of alarms."""


@demo.command()
@click.pass_context
def load(context: click.Context) -> None:
    """Load the demo operator and its 200,000 made-up subscribers."""
    settings = _settings(context)
    log.configure(settings.log_format, logging.WARNING)
    try:
        schema.require_current(settings.url)
        with Progress(console=console) as progress:
            loading.load(parts.open_installation(settings), progress)
    except (DemoRefused, schema.SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded. Sign in as {loading.COMMANDER}, password {loading.PASSWORD} (demo credentials).")


@demo.command()
@click.option("--url", default=None, help="Address of the running Tocsin; this installation's unless given.")
@click.option("--simulator", default=None, help="Address of the SMS simulator; this installation's unless given.")
@click.pass_context
def drive(context: click.Context, url: str | None, simulator: str | None) -> None:
    """Play the alarm storm, the engineer on call and the duty officer against a running demo, then end."""
    settings = _settings(context)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        tokens = loading.driver_tokens(settings.data)
        phones = simulator or f"http://{settings.host}:{settings.simulator_port}"
        here = url or f"http://{settings.host}:{settings.port}"
        driver.drive(driver.Places(here, phones, tokens), stopping)
    except (DemoRefused, Unreachable) as error:
        raise click.ClickException(str(error)) from error


def _settings(context: click.Context) -> configuration.Settings:
    return context.find_object(configuration.Settings) or configuration.read()
