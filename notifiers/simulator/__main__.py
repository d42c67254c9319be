"""`python -m notifiers.simulator`: the simulator as a process, ended cleanly by SIGTERM or SIGINT."""

import asyncio
import os
import secrets
import signal
import threading
from collections.abc import Callable

import click

from notifiers.simulator.server import start
from notifiers.simulator.world import Settings


@click.command(context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8025, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--callback-token",
    envvar="TOCSIN_SIMULATOR_TOKEN",
    default=None,
    help="Auth token: opens the API and signs webhooks. Random and printed when not given.",
)
@click.option("--account-sid", default=None, help="Serve only this account; any when not given.")
@click.option("--inbound-url", default=None, help="Where replies typed on the phones are posted.")
@click.option("--seed", type=int, default=0, help="Seed of the faults' dice.")
@click.option("--keep", type=click.IntRange(min=1), default=2_000_000, help="Messages kept; the oldest go first.")
@click.option("--receipt-delay", type=click.FloatRange(min=0), default=0.0, help="Seconds until the first receipt.")
@click.option("--senders", type=click.IntRange(1, 256), default=16, help="Webhooks under way at once.")
@click.option(
    "--longest-gather", type=click.FloatRange(min=0), default=None, help="Seconds a call waits for keys at most."
)
@click.option(
    "--until-input-ends", is_flag=True, help="End when standard input does: with whoever holds its other end."
)
def main(
    host: str,
    port: int,
    callback_token: str | None,
    account_sid: str | None,
    inbound_url: str | None,
    seed: int,
    keep: int,
    receipt_delay: float,
    senders: int,
    longest_gather: float | None,
    until_input_ends: bool,
) -> None:
    """A Twilio-compatible SMS and voice provider that reaches nobody."""
    token = callback_token or secrets.token_hex(16)
    if callback_token is None:
        click.echo(f"callback token: {token}")
    try:
        settings = Settings(token, account_sid, inbound_url, seed, keep, receipt_delay, senders, longest_gather)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    try:
        asyncio.run(_serve(settings, host, port, until_input_ends))
    except OSError as error:
        raise click.ClickException(
            f"--port: cannot listen on {host}:{port} ({error.strerror}); choose another"
        ) from None


async def _serve(settings: Settings, host: str, port: int, until_input_ends: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if until_input_ends:
        threading.Thread(target=_at_the_end, args=(loop, ended.set), name="input", daemon=True).start()
    running = await start(settings, host, port)
    click.echo(f"SMS simulator (reaches nobody) on {running.url}")
    await ended.wait()
    await running.stop()


def _at_the_end(loop: asyncio.AbstractEventLoop, do: Callable[[], None]) -> None:
    """Do something on the loop once standard input has ended; a pipe ends with the last process that holds its other end."""
    while os.read(0, 1024):
        pass
    loop.call_soon_threadsafe(do)


if __name__ == "__main__":
    main()
