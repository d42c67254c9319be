"""One bind to an SMSC: it connects, signs in, keeps the connection alive, and comes back by itself when it breaks.

A request ends in one of three ways that are never confused: it was answered, it certainly never left (`NotSent`), or it left and nobody
knows (`NoAnswer`)."""

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from notifiers import smpp_pdu as pdu
from notifiers.base import NotifierError
from notifiers.smpp_settings import SmppSettings

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before a broken bind is made again, doubled from try to try."""
UNBIND_PATIENCE = 2.0
"""Seconds an SMSC that unbinds may still answer what it was given, before the link is let go."""
MOST_LATE = 10_000
"""Requests given up whose answer is still recognised when it comes after all."""
MOST_COMING = 500
"""Packets of the SMSC in work at once; beyond that nothing more is read, so that it waits."""
_KINDS = {
    "transceiver": pdu.BIND_TRANSCEIVER,
    "transmitter": pdu.BIND_TRANSMITTER,
    "receiver": pdu.BIND_RECEIVER,
}
REFUSED = {0x0D: "bind failed", 0x0E: "invalid password", 0x0F: "invalid system id", 0x53: "invalid system type"}
"""What says that the account itself is refused."""


class NotSent(NotifierError):
    """Certainly not written."""


class NoAnswer(NotifierError):
    """Written, and not answered."""


Came = Callable[[pdu.Packet], Awaitable[int]]
"""Takes a deliver_sm; returns the status to answer it with."""
Answered = Callable[[str, pdu.Packet], None]
"""Takes the answer to a request with the name it had, as it is read: `known` before the next packet is, so that a receipt right behind
its acceptance finds it; `late` when the request was given up."""


class Bind:
    """One bind of `kind`. Started by `start` on a running loop, ended by `close`."""

    def __init__(self, settings: SmppSettings, kind: str, came: Came, known: Answered, late: Answered) -> None:
        self.kind, self._settings, self._came = kind, settings, came
        self._known, self._late = known, late
        self.room = asyncio.Semaphore(settings.window)
        self.refused: str | None = None
        """Why the SMSC refuses the account; None while it does not."""
        self.last_error: str | None = None
        """What ended the last session, or the last attempt to begin one; kept while the next one stands."""
        self.error_at: datetime | None = None
        self.bound = asyncio.Event()
        self.tried = asyncio.Event()
        """Set once the first attempt to bind has ended, whichever way."""
        self._sequence = 0
        self._open: dict[int, asyncio.Future[pdu.Packet]] = {}
        self._names: dict[int, str] = {}
        self._given_up: OrderedDict[int, str] = OrderedDict()
        self._writer: asyncio.StreamWriter | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._coming: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._ask = asyncio.Event()

    @property
    def state(self) -> str:
        """bound, refused (the account), or down."""
        return "bound" if self.bound.is_set() else "refused" if self.refused else "down"

    @property
    def under_way(self) -> int:
        """Requests without an answer."""
        return len(self._open)

    def start(self) -> None:
        """Begin to connect; a second start does nothing."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Unbind and end; a second call does nothing."""
        if self._keeper is None:
            return
        if self.bound.is_set():
            with contextlib.suppress(NotSent, NoAnswer):
                await self.request(pdu.UNBIND, b"", "", 1.0)
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        self._keeper = None

    async def request(self, command: int, body: bytes, name: str, timeout: float | None = None) -> pdu.Packet:
        """Send a request and wait for its answer. `name` is told with an answer that comes too late."""
        writer = self._writer
        if writer is None or writer.is_closing():
            raise NotSent("not connected")
        if command == pdu.SUBMIT_SM and not self.bound.is_set():
            raise NotSent("the SMSC unbinds" if self._leaving else "the SMSC is silent")
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        own = self._sequence
        answer: asyncio.Future[pdu.Packet] = asyncio.get_running_loop().create_future()
        self._open[own], self._names[own] = answer, name
        try:
            writer.write(pdu.packed(command, own, body))
            return await asyncio.wait_for(answer, timeout or self._settings.timeout)
        except TimeoutError as error:
            if name:
                self._given_up[own] = name
                if len(self._given_up) > MOST_LATE:
                    self._given_up.popitem(last=False)
            if command == pdu.SUBMIT_SM and not self._leaving:
                # Nothing more is written to a peer that may be gone: it is asked at once, and what waits its turn is certainly not sent.
                self.bound.clear()
                self._ask.set()
            raise NoAnswer("no answer in time") from error
        finally:
            self._open.pop(own, None)
            self._names.pop(own, None)

    async def _keep(self) -> None:
        wait = FIRST_WAIT
        try:
            while True:
                try:
                    if await self._session():
                        wait = FIRST_WAIT
                except (OSError, pdu.BadPacket, NotSent, NoAnswer, TimeoutError, asyncio.IncompleteReadError) as error:
                    self._failed(_why(error))
                self.tried.set()
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)
        finally:
            self._lost()

    async def _session(self) -> bool:
        """One connection from its beginning to its end; whether it was bound."""
        given = self._settings
        context = ssl.create_default_context(cafile=given.ca_file) if given.tls else None
        opening = asyncio.open_connection(given.host, given.port, ssl=context)
        reader, self._writer = await asyncio.wait_for(opening, given.timeout)
        reading = asyncio.create_task(self._read(reader))
        beating: asyncio.Task[None] | None = None
        bound = False
        try:
            body = pdu.bind_body(given.system_id, given.password, given.system_type)
            answer = await self.request(_KINDS[self.kind], body, "")
            self.refused = REFUSED.get(answer.status)
            if answer.status == pdu.OK:
                bound = True
                self.bound.set()
                self.tried.set()
                beating = asyncio.create_task(self._beat())
                await asyncio.wait({reading, beating}, return_when=asyncio.FIRST_COMPLETED)
                self._failed(_ended(reading, beating))
            else:
                self._failed(f"the bind was refused: {self.refused or f'SMPP 0x{answer.status:08x}'}")
        finally:
            tasks = [task for task in (reading, beating) if task is not None]
            for task in tasks:
                task.cancel()
            self._lost()
            await asyncio.gather(*tasks, return_exceptions=True)
        return bound

    def _failed(self, why: str) -> None:
        self.last_error, self.error_at = why, datetime.now(UTC)

    def _lost(self) -> None:
        """The connection is gone: what was written and not answered is in doubt, and nothing else can be written."""
        self.bound.clear()
        self._given_up.clear()
        self._leaving = False
        self._ask.clear()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for answer in list(self._open.values()):
            if not answer.done():
                answer.set_exception(NoAnswer("the connection broke"))

    async def _beat(self) -> None:
        """Ask whether the SMSC is there, from time to time and as soon as a submit had no answer; no answer ends the session."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ask.wait(), self._settings.enquire_link)
            self._ask.clear()
            await self.request(pdu.ENQUIRE_LINK, b"", "")
            if not self._leaving:
                self.bound.set()

    async def _leave(self, packet: pdu.Packet) -> None:
        """The SMSC unbinds: nothing more is submitted; what it was given may still be answered for a moment, then it has its answer."""
        self._leaving = True
        self.bound.clear()
        asked = [answer for answer in self._open.values() if not answer.done()]
        if asked:
            await asyncio.wait(asked, timeout=UNBIND_PATIENCE)
        self._answer(packet, pdu.OK)
        if self._writer is not None:
            self._writer.close()  # once what is written has left; reading ends by it

    async def _read(self, reader: asyncio.StreamReader) -> None:
        leaving: asyncio.Task[None] | None = None
        try:
            while True:
                header = await reader.readexactly(pdu.HEADER)
                packet = pdu.unpacked(header + await reader.readexactly(pdu.size(header) - pdu.HEADER))
                if packet.command & pdu.RESPONSE:
                    self._answered(packet)
                elif packet.command == pdu.UNBIND:
                    leaving = asyncio.create_task(self._leave(packet))
                else:
                    while len(self._coming) >= MOST_COMING:
                        await asyncio.wait(self._coming, return_when=asyncio.FIRST_COMPLETED)
                    await self._take(packet)
        finally:
            if leaving is not None:
                leaving.cancel()
            self._lost()

    def _answered(self, packet: pdu.Packet) -> None:
        answer = self._open.get(packet.sequence)
        if answer is not None and not answer.done():
            if name := self._names.get(packet.sequence):
                self._known(name, packet)
            answer.set_result(packet)
        elif name := self._given_up.pop(packet.sequence, None):
            self._late(name, packet)

    async def _take(self, packet: pdu.Packet) -> None:
        if packet.command != pdu.DELIVER_SM:
            known = packet.command == pdu.ENQUIRE_LINK
            if known:
                self._answer(packet, pdu.OK)
            elif self._writer is not None:
                self._writer.write(pdu.packed(pdu.NACK, packet.sequence, b"", pdu.INVALID_COMMAND))
            return
        task = asyncio.create_task(self._deliver(packet, self._writer))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _deliver(self, packet: pdu.Packet, writer: asyncio.StreamWriter | None) -> None:
        """Answer on the connection it came by, and only once it is kept."""
        try:
            status = await self._came(packet)
        except Exception:
            status = pdu.TEMPORARY
        if writer is not None and not writer.is_closing():
            writer.write(pdu.packed(pdu.DELIVER_SM | pdu.RESPONSE, packet.sequence, b"\0", status))

    def _answer(self, packet: pdu.Packet, status: int) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pdu.packed(packet.command | pdu.RESPONSE, packet.sequence, b"", status))


def _why(error: BaseException) -> str:
    """What to tell of a session that could not begin or that broke; never what was carried."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    if isinstance(error, NoAnswer):
        return "the SMSC did not answer in time"
    if isinstance(error, pdu.BadPacket):
        return f"not SMPP: {error}"
    if isinstance(error, (asyncio.IncompleteReadError, NotSent, ConnectionResetError, BrokenPipeError)):
        return "the connection broke"
    return (error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__).lower()


def _ended(reading: "asyncio.Task[None]", beating: "asyncio.Task[None]") -> str:
    """Why a session ended."""
    if beating.done() and not beating.cancelled() and isinstance(beating.exception(), NoAnswer):
        return "the SMSC was silent: no answer to enquire_link"
    error = reading.exception() if reading.done() and not reading.cancelled() else None
    return _why(error) if error is not None else "the connection broke"
