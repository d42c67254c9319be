"""The simulator as a server: on a loop of its own (`start`), or in a thread beside a test or a demo (`Simulator`)."""

import asyncio
import threading
from dataclasses import dataclass
from types import TracebackType

from aiohttp import web

from notifiers.simulator.app_backend import MESSAGES, AppBackend
from notifiers.simulator.calls import CALLS, Switchboard
from notifiers.simulator.controls import Controls, problems
from notifiers.simulator.courier import Courier
from notifiers.simulator.keypad import Keypad
from notifiers.simulator.twilio_api import PREFIX, TwilioApi
from notifiers.simulator.web import Pages
from notifiers.simulator.world import Settings, World

_LARGEST_REQUEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A started simulator."""

    url: str
    world: World
    runner: web.AppRunner
    courier: Courier
    calls: Switchboard
    app: AppBackend

    async def stop(self) -> None:
        """Let go of callers held by faults, close the port, then the senders."""
        self.world.stopping.set()
        await self.calls.stop()
        await self.app.stop()
        await self.runner.cleanup()
        await self.courier.stop()


async def start(settings: Settings, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
    world = World(settings)
    courier = Courier(world)
    twilio = TwilioApi(world, courier)
    calls = Switchboard(world, courier, twilio)
    backend = AppBackend(world, twilio)
    runner = web.AppRunner(
        _application(world, courier, twilio, calls, backend),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=2.0,
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    await courier.start()
    bound = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    return Running(f"http://{shown}:{bound}", world, runner, courier, calls, backend)


def _application(
    world: World, courier: Courier, twilio: TwilioApi, calls: Switchboard, backend: AppBackend
) -> web.Application:
    app = web.Application(middlewares=[problems], client_max_size=_LARGEST_REQUEST)
    controls, keypad, pages = Controls(world, courier, calls, backend), Keypad(calls), Pages()
    app.add_routes(
        [
            web.post(f"{PREFIX}.json", twilio.create),
            web.get(f"{PREFIX}.json", twilio.list),
            web.get(PREFIX + "/{sid}.json", twilio.fetch),
            web.post(f"{CALLS}.json", calls.create),
            web.get(CALLS + "/{sid}.json", calls.fetch),
            web.post(MESSAGES, backend.create),
            web.get(MESSAGES + "/{id}", backend.fetch),
            web.get("/api/pushes", backend.listed),
            web.get("/healthz", controls.healthz),
            web.get("/api/phones", controls.phones),
            web.get("/api/phones/{number}/messages", controls.messages),
            web.post("/api/phones/{number}/reply", controls.reply),
            web.get("/api/calls", keypad.all),
            web.get("/api/phones/{number}/calls", keypad.of_phone),
            web.post("/api/phones/{number}/press", keypad.press),
            web.post("/api/phones/{number}/hang-up", keypad.hang_up),
            web.get("/api/faults", controls.faults),
            web.post("/api/faults", controls.set_fault),
            web.delete("/api/faults", controls.clear_faults),
            web.get("/api/stats", controls.stats),
            web.post("/api/reset", controls.reset),
            web.get("/", pages.index),
            web.get("/assets/{name}", pages.asset),
        ]
    )
    return app


class Simulator:
    """A simulator in a thread, as a context manager. `url` is its address while it runs."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1", port: int = 0) -> None:
        self._settings, self._host, self._port = settings, host, port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)
        self._running: Running | None = None

    @property
    def url(self) -> str:
        """The base address; raises RuntimeError when it is not running."""
        if self._running is None:
            raise RuntimeError("the simulator is not running; use it as a context manager or call start()")
        return self._running.url

    def start(self) -> "Simulator":
        """Listen, and return once calls are answered. Raises OSError when the port is taken."""
        self._thread.start()
        starting = start(self._settings, self._host, self._port)
        try:
            self._running = asyncio.run_coroutine_threadsafe(starting, self._loop).result(30)
        except BaseException:
            self._end_loop()
            raise
        return self

    def stop(self) -> None:
        """Stop listening and end the thread; a second call does nothing."""
        running, self._running = self._running, None
        if running is None:
            return
        asyncio.run_coroutine_threadsafe(running.stop(), self._loop).result(30)
        self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def __enter__(self) -> "Simulator":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
