"""`tocsin serve`, `tocsin web` and `tocsin engine`: the commands that start processes."""

import logging
import os
import socket
import sys
import threading
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from command.alarms.caller import Caller, Refused, Unreachable
from command.core import log, schema
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.paths import CONFIG
from command.core.settings import Settings, read
from command.demo.load import COMMANDER, PASSWORD, is_loaded, load
from command.engine import cycles
from command.engine.run import Engine, run
from command.messages.gateways import Gateways, GatewaySettingsError
from command.parts import open_installation
from command.processes import Part, supervise, tocsin

console = Console(stderr=True)
_STARTS_WITHIN = 120.0
"""Seconds after which a demo that does not answer is said not to be ready."""


def opened(settings: Settings) -> Installation:
    """The installation, if its schema and keys can be used; a clear error otherwise."""
    try:
        schema.require_current(settings.url)
        return open_installation(settings)
    except (schema.SchemaError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


def upgraded(settings: Settings) -> None:
    """Bring the schema up to this version's; a clear error where that cannot be done."""
    try:
        schema.upgrade(settings.url)
    except schema.SchemaError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.option("--demo", "demo_", is_flag=True, help="With the demo operator, the SMS simulator and the driver.")
@click.pass_context
def serve(context: click.Context, demo_: bool) -> None:
    """Start web and engine, and restart what dies."""
    settings: Settings = context.obj
    if demo_:
        settings = _demo_settings()
    _port_is_free("PORT", settings.host, settings.port)
    if demo_:
        _port_is_free("SIMULATOR_PORT", settings.host, settings.simulator_port)
    settings.data.mkdir(parents=True, exist_ok=True)
    upgraded(settings)
    parts = [Part("web", tocsin("web")), Part("engine", tocsin("engine"))]
    if not demo_:
        console.print(f"[bold]Tocsin[/bold]  {settings.origin}/")
        supervise(parts, threading.Event())
        return
    log.configure(settings.log_format, logging.WARNING)
    _load_demo(opened(settings))
    parts = [_simulator(settings), *parts, Part("driver", tocsin("demo", "drive"), once=True)]
    lines = settings.data / "demo.log"
    lines.unlink(missing_ok=True)
    with lines.open("ab") as output:
        threading.Thread(target=_tell_where, args=(settings, lines), daemon=True).start()
        supervise(parts, threading.Event(), output)


def _port_is_free(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise click.ClickException(
            f"{name}: cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}). Set {name} to a free port, or end what runs there."
        ) from error


def _demo_settings() -> Settings:
    """The demo's settings, put into the environment so that every part reads the same."""
    if os.environ.get("TOCSIN_ENV") == "production":
        raise click.ClickException(
            "TOCSIN_ENV=production refuses the demo: its credentials are public. Unset it, or leave out --demo."
        )
    os.environ.setdefault("TOCSIN_CONFIG", str(CONFIG / "demo" / "tocsin.toml"))
    os.environ["TOCSIN_ENV"] = "demo"
    return read()


def _simulator(settings: Settings) -> Part:
    """The SMS simulator as a part, listening where the demo's gateway sends."""
    gateway = next((g for g in settings.gateways if g.transport == "twilio"), None)
    if gateway is None:
        raise click.ClickException("the demo needs a gateway of transport twilio in its settings")
    arguments = [
        *(sys.executable, "-m", "notifiers.simulator"),
        *("--port", str(settings.simulator_port), "--host", settings.host),
        *("--account-sid", gateway.account_sid),
        *("--inbound-url", f"{settings.origin}/hooks/twilio/{gateway.name}/inbound"),
    ]
    return Part("simulator", arguments, {"TOCSIN_SIMULATOR_TOKEN": gateway.auth_token})


def _load_demo(installation: Installation) -> None:
    if not is_loaded(installation):
        with Progress(console=console) as progress:
            load(installation, progress)


def _tell_where(settings: Settings, lines: Path) -> None:
    """Where to look, once somebody looking finds it: nothing is printed after it but what goes wrong."""
    try:
        with console.status("Starting"):
            Caller(f"http://{settings.host}:{settings.port}", patience=_STARTS_WITHIN).get("/readyz")
    except (Refused, Unreachable) as error:
        console.print(f"Not ready: {error}. What its parts say is in {lines}")
        return
    console.print(f"[bold]Tocsin[/bold]  {settings.origin}/")
    console.print(f"SMS simulator (the phones)  http://{settings.host}:{settings.simulator_port}/")
    console.print(f"Sign in as [bold]{COMMANDER}[/bold], password [bold]{PASSWORD}[/bold] (demo credentials)")
    console.print(f"API token of the commander  {settings.data / 'demo-token'}")
    console.print(f"What its parts say          {lines}")
    console.print("A real alarm storm begins within a minute. Stop with Ctrl-C.")


@click.command()
@click.pass_obj
def web(settings: Settings) -> None:
    """Start one web process (gunicorn: threads on SQLite, gevent on PostgreSQL)."""
    worker = "gevent" if settings.url.startswith("postgresql") else "gthread"
    os.environ.setdefault("TOCSIN_WEB_WORKER", worker)
    os.environ["TOCSIN_BIND"] = f"{settings.host}:{settings.port}"
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(CONFIG / "gunicorn.conf.py"), "command.wsgi:application"]
    os.execv(sys.executable, gunicorn)


@click.command()
@click.pass_obj
def engine(settings: Settings) -> None:
    """Start one engine: it runs every cycle; start as many as you like."""
    installation = opened(settings)
    stopping = threading.Event()
    try:
        gateways = Gateways(installation)
    except GatewaySettingsError as error:
        raise click.ClickException(str(error)) from error
    with gateways:
        run(Engine(installation, cycles.joined(installation, gateways, stopping), stopping))
