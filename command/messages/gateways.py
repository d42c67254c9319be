"""The gateways of this installation, built from its settings, on the one asyncio loop of the engine.

Each live gateway is built twice: pages have connections of their own. The exercise gateway always exists and holds transports of its
own, never a live gateway."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, get_args

from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings
from command.messages import exercises
from command.messages.models import EXERCISE_GATEWAY, SMS
from notifiers import console
from notifiers.base import Capabilities, Channel, Gateway, LookUp, Message, Outcome, Transport, Unanswered, Verdict
from notifiers.chat import Chat, ChatTransport
from notifiers.console import Console
from notifiers.exercise import Exercise
from notifiers.masking import mask
from notifiers.push import Push, PushSettings
from notifiers.smpp import Sink, Smpp, SmppTransport
from notifiers.smpp_settings import BadSettings, SmppSettings
from notifiers.smtp import Smtp, SmtpSettings, SmtpTransport
from notifiers.twilio_sms import TwilioSettings, TwilioSms, TwilioTransport
from notifiers.twilio_voice import TwilioVoice, VoiceTransport

T = TypeVar("T")

SIMULATED_ACCOUNT = "AC" + "0" * 32
SIMULATED_SENDER = "10690000"
THREADS = 16
"""Calls at once of gateways whose client blocks: each takes a thread. Their `window` may ask for fewer."""
CONSOLE = GatewaySettings(name="console", transport="console")
"""What is used where no gateway is configured: messages are printed."""


class GatewaySettingsError(ValueError):
    """The configured gateways cannot work; the text names the gateway and the remedy."""


def live(settings: Settings) -> Sequence[GatewaySettings]:
    """The gateways that reach people outside of exercises, in the order of the settings."""
    return [one for one in settings.gateways or (CONSOLE,) if one.name != EXERCISE_GATEWAY]


def token(installation: Installation) -> str:
    """The auth token the simulator and its gateway share where none is configured."""
    return installation.keyring.secret("simulator").hex()[:32]


def configured(installation: Installation, name: str, channel: Channel = SMS) -> GatewaySettings | None:
    """The settings of a gateway. Where none is named as the exercise gateway, its settings for a channel are those of the first gateway
    that carries it: the account is the same, the connection is not. One that is named so stands alone: whoever sets one up apart wants
    nothing else to ring."""
    given = installation.settings.gateways or (CONSOLE,)
    found = next((one for one in given if one.name == name), None)
    if name != EXERCISE_GATEWAY:
        return found
    if found is not None:
        return found if found.channel == channel else None
    carries = next((one for one in given if one.channel == channel), None)
    return carries or (CONSOLE if channel == SMS else None)


def exercise_channels(installation: Installation) -> dict[Channel, GatewaySettings]:
    """What the exercise gateway carries, and by which settings: SMS always."""
    carried = [channel for channel in get_args(Channel) if channel != "push"]  # the app's users are the public
    found = {channel: configured(installation, EXERCISE_GATEWAY, channel) for channel in carried}
    return {channel: one for channel, one in found.items() if one is not None}


def auth_token(installation: Installation, name: str, channel: Channel = SMS) -> str | None:
    """The token that signs a gateway's webhooks about what goes by `channel`, or None where it has none."""
    given = configured(installation, name, channel)
    if given is None or given.transport in ("console", "smtp", "chat", "push", "smpp"):
        return None
    return given.auth_token or (token(installation) if given.transport == "simulated" else None)


@dataclass(frozen=True)
class Road:
    """One gateway: its settings, the object for notices and the one for pages, and what it carries besides (the exercise gateway: every
    channel there is a live gateway for)."""

    name: str
    settings: GatewaySettings
    bulk: Gateway
    pages: Gateway
    besides: tuple[Capabilities, ...] = ()

    @property
    def capabilities(self) -> Capabilities:
        return self.bulk.capabilities

    def gateway(self, pages: bool) -> Gateway:
        """The object that carries pages or the one that carries notices."""
        return self.pages if pages else self.bulk


class Gateways:
    """Every road out of the house and the loop they live on. Closed by `close`, or as a context manager."""

    def __init__(self, installation: Installation) -> None:
        given = installation.settings.gateways or (CONSOLE,)
        names = [one.name for one in given]
        if len(set(names)) != len(names):
            raise GatewaySettingsError(f"gateways: two have the same name ({', '.join(names)}); rename one")
        for name in names:
            if name != EXERCISE_GATEWAY and name.strip().casefold() == EXERCISE_GATEWAY:
                raise GatewaySettingsError(
                    f"gateways: {name!r} would be a live one; write {EXERCISE_GATEWAY}, or rename it"
                )
        self.roads: dict[str, Road] = {}
        for one in given:
            if one.name != EXERCISE_GATEWAY:
                self.roads[one.name] = Road(
                    one.name, one, _live(installation, one), _live(installation, one, pages=True)
                )
        for road in self.roads.values():
            if isinstance(road.bulk, Smpp) and isinstance(road.pages, Smpp):
                road.pages.transport.share(road.bulk.transport)
        self.roads[EXERCISE_GATEWAY] = _exercise(installation)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateways", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the gateways' loop and wait for it; called from any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def listen(self, sink: Callable[[str], Sink]) -> None:
        """Give what SMPP gateways bring to `sink` of their name; called once, by the process that sends."""

        async def begin() -> None:
            for road in self.roads.values():
                for transport in _wires(road):
                    transport.listen(sink(road.name))

        self.run(begin())

    def links(self) -> dict[str, list[dict[str, Any]]]:
        """By SMPP gateway, each of its binds and whether it is for pages; from any thread."""
        found: dict[str, list[dict[str, Any]]] = {}
        for road in self.roads.values():
            for wire in _wires(road):
                pages = isinstance(road.pages, Smpp) and wire is road.pages.transport
                found.setdefault(road.name, []).extend({"pages": pages, **each} for each in wire.standing())
        return found

    def close(self) -> None:
        """Close every connection and the loop."""
        if self._loop.is_closed():
            return
        self.run(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close_all(self) -> None:
        for road in self.roads.values():
            await road.bulk.aclose()
            await road.pages.aclose()

    def __enter__(self) -> "Gateways":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wires(road: Road) -> list[SmppTransport]:
    """The SMPP transports of a road, each once."""
    found = []
    for gateway in (road.bulk, road.pages):
        if isinstance(gateway, Smpp):
            found.append(gateway.transport)
        elif isinstance(gateway, Exercise) and isinstance(one := gateway.transport(SMS), SmppTransport):
            found.append(one)
    return list(dict.fromkeys(found))


class PrintedTransport:
    """The wire of the console for exercises: texts are printed, numbers masked."""

    async def submit(self, message: Message) -> Outcome:
        """Print and accept."""
        print(f"SMS → {mask(message.to)}  {message.text}", flush=True)
        return Outcome(Verdict.ACCEPTED, provider_id=f"console-{message.attempt}")

    async def find(self, message: Message, since: datetime) -> LookUp:
        """Nothing is remembered."""
        return Unanswered("the console remembers nothing")

    async def aclose(self) -> None:
        """There is nothing to close."""


def capabilities(given: GatewaySettings) -> Capabilities:
    """What the settings declare; the console can do what it can do."""
    if given.transport == "console":
        return console.CAPABILITIES
    return Capabilities(
        two_way=given.two_way,
        url=given.url,
        voice=given.voice,
        unicode=given.unicode,
        daily_cap=given.daily_cap,
        look_up=given.look_up if given.channel in ("sms", "push") else "none",
        elements=given.elements,
        channel=given.channel,
        approved=given.approved,
    )


def _live(installation: Installation, given: GatewaySettings, pages: bool = False) -> Gateway:
    match given.transport:
        case "smpp":
            return Smpp(_smpp(given, 1 if pages else given.binds), capabilities(given), given.name)
        case "console":
            return Console(given.name)
        case "twilio_voice":
            settings = _twilio(installation, given, given.name, "call")
            return TwilioVoice(settings, _words(installation, given.name), capabilities(given), given.name)
        case "smtp":
            return Smtp(_smtp(given), capabilities(given), given.name)
        case "chat":
            return Chat(given.schemes, capabilities(given), given.name, min(given.window, THREADS))
        case "push":
            return Push(_push(installation, given), capabilities(given), given.name)
    return TwilioSms(_twilio(installation, given, given.name), capabilities(given), given.name)


def _words(installation: Installation, name: str) -> str:
    """Where a gateway asks for what a call says."""
    return f"{installation.settings.origin}/hooks/twilio/{name}/voice"


def _push(installation: Installation, given: GatewaySettings) -> PushSettings:
    return PushSettings(
        base_url=given.base_url or "",
        secret=given.auth_token,
        receipts=f"{installation.settings.origin}/hooks/push/{given.name}",
        deliver_within=given.deliver_within,
        connections=given.window,
    )


def _smtp(given: GatewaySettings) -> SmtpSettings:
    return SmtpSettings(
        host=given.host,
        sender=given.sender,
        port=given.port,
        security=given.security,
        username=given.username,
        password=given.password,
        ca_file=str(given.ca_file) if given.ca_file else None,
        connections=min(given.window, THREADS),
    )


def _smpp(given: GatewaySettings, binds: int) -> SmppSettings:
    try:
        return SmppSettings(
            host=given.host,
            port=given.port or (3550 if given.tls else 2775),
            system_id=given.username,
            password=given.password,
            system_type=given.system_type,
            sender=given.sender,
            binds=binds,
            window=given.window,
            bind_type=given.bind_type,
            source_ton=given.source_ton,
            source_npi=given.source_npi,
            tls=given.tls,
            ca_file=str(given.ca_file) if given.ca_file else None,
            enquire_link=given.enquire_link,
            message_ids=given.message_ids,
            number_errors=given.number_errors,
        )
    except BadSettings as error:
        raise GatewaySettingsError(f"gateways: {given.name}: {error}") from error


def _exercise(installation: Installation) -> Road:
    """The exercise gateway with a transport of its own for every channel that is configured."""

    def allowed(number: str) -> bool:
        with installation.database.read() as session:
            return exercises.allowed(session, installation.keyring.index(number))

    own = next((one for one in installation.settings.gateways if one.name == EXERCISE_GATEWAY), None)
    if own is not None and own.channel != SMS:
        raise GatewaySettingsError(f"gateways: {EXERCISE_GATEWAY} must carry SMS; give it such a transport")
    given = exercise_channels(installation)
    transports = {channel: _drilled(installation, one) for channel, one in given.items()}
    sms = replace(capabilities(given[SMS]), approved=None)
    gateway = Exercise(transports, allowed, sms, EXERCISE_GATEWAY)
    besides = tuple(capabilities(one) for channel, one in given.items() if channel != SMS)
    return Road(EXERCISE_GATEWAY, given[SMS], gateway, gateway, besides)


def _drilled(installation: Installation, given: GatewaySettings) -> Transport:
    """A transport of the exercise gateway's own, to the account of `given`."""
    match given.transport:
        case "console":
            return PrintedTransport()
        case "twilio_voice":
            settings = _twilio(installation, given, EXERCISE_GATEWAY, "call")
            return VoiceTransport(settings, _words(installation, EXERCISE_GATEWAY))
        case "smtp":
            return SmtpTransport(_smtp(given))
        case "smpp":
            # On a live gateway's account it only sends: what comes back, comes by the live binds and is told apart there.
            own = _smpp(given, 1)
            return SmppTransport(own if given.name == EXERCISE_GATEWAY else replace(own, bind_type="transmitter"))
        case "chat":
            return ChatTransport(given.schemes, min(given.window, THREADS))
    return TwilioTransport(_twilio(installation, given, EXERCISE_GATEWAY))


def _twilio(installation: Installation, given: GatewaySettings, name: str, callback: str = "status") -> TwilioSettings:
    simulated = given.transport == "simulated"
    address = f"http://127.0.0.1:{installation.settings.simulator_port}" if simulated else None
    return TwilioSettings(
        account_sid=given.account_sid or (SIMULATED_ACCOUNT if simulated else ""),
        auth_token=given.auth_token or (token(installation) if simulated else ""),
        sender=given.sender or (SIMULATED_SENDER if simulated else ""),
        base_url=given.base_url or address,
        status_callback=f"{installation.settings.origin}/hooks/twilio/{name}/{callback}",
        connections=given.window,
    )
