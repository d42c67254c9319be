"""SMS over SMPP 3.4, the way operators' own SMSCs speak. One event loop per gateway; its binds are shared by all sends.

A message of several parts is accepted when all its parts are. Its receipt is the last part's: one receipt for one message. A part that is
refused after others were taken leaves the message in doubt, for its person may see a piece of it; a part refused for rate only is tried
again here, because nobody else can send the rest of a message."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from notifiers import smpp_pdu as pdu
from notifiers import smpp_receipts, smpp_text
from notifiers.base import Capabilities, Inbound, LookUp, Message, Outcome, Receipt, Unanswered, Verdict
from notifiers.live import Live
from notifiers.smpp_bind import Bind, NoAnswer, NotSent
from notifiers.smpp_codes import SLOWER, classified
from notifiers.smpp_settings import SmppSettings

K = TypeVar("K")
V = TypeVar("V")

CAPABILITIES = Capabilities(two_way=True, url=True, voice=False, unicode=True, daily_cap=None, look_up="none")
"""SMPP can ask only about a message whose id is known, and a doubtful one is doubtful because it has none."""

BOUND_WITHIN = 5.0
"""Seconds a send waits for a bind before it is certainly not sent."""
PART_TRIES = 8
REMEMBERED = 200_000
"""Messages whose ids are remembered here, so that a receipt that overtakes its acceptance finds them."""
STRANGE_FOR = 300.0
"""Seconds for which a receipt nobody knows is sent back, in case its acceptance is still being written."""
MOST_STRANGE = 10_000
REPEATED_WITHIN = 120.0
"""Seconds within which the same text of the same person is the SMSC's repetition."""


@dataclass(frozen=True, slots=True)
class Unmatched(Receipt):
    """A receipt whose attempt this process does not know: the message went by another, or before a restart. `to` is the number it went to,
    `reference` the first 16 bits of the attempt where the SMSC gave them back."""

    to: str = ""
    reference: int | None = None


Sink = Callable[[Receipt | Inbound], Awaitable[bool]]
"""Keeps what came and returns once it is durable: False for a receipt nobody knows. Raises when it could not be kept."""


class SmppTransport:
    """The wire to an SMSC, without the guard between exercise and live. Nothing is taken in before `listen` names who keeps it."""

    def __init__(self, settings: SmppSettings) -> None:
        self._settings = settings
        self._binds: list[Bind] = []
        self._sink: Sink | None = None
        self._by_id: OrderedDict[str, str] = OrderedDict()
        self._by_part: OrderedDict[str, str] = OrderedDict()
        self._in_parts: OrderedDict[str, bool] = OrderedDict()
        self._by_reference: OrderedDict[tuple[int, str], str | None] = OrderedDict()
        self._strange: OrderedDict[str, float] = OrderedDict()
        self._texts: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._joiner = smpp_text.Joiner()
        self._late: set[asyncio.Task[bool]] = set()

    def listen(self, sink: Sink) -> None:
        """Bind, and give what comes to `sink`; called on the gateway's loop."""
        self._sink = sink
        self._start()

    def share(self, other: "SmppTransport") -> None:
        """Know what `other` sends on the same account: an SMSC sends a receipt by any bind of it."""
        self._by_id, self._by_reference, self._by_part = other._by_id, other._by_reference, other._by_part
        self._texts, self._joiner = other._texts, other._joiner

    def standing(self) -> list[dict[str, Any]]:
        """Each bind: its kind, its state, what is under way by it, what ended it last and when."""
        return [
            {
                "kind": one.kind,
                "state": one.state,
                "under_way": one.under_way,
                "error": one.last_error or "",
                "error_at": one.error_at.isoformat() if one.error_at else "",
            }
            for one in list(self._binds)
        ]

    @property
    def bound(self) -> int:
        """Binds that stand."""
        return sum(bind.bound.is_set() for bind in self._binds)

    async def submit(self, message: Message) -> Outcome:
        """Hand all parts to the SMSC; whatever happens is classified."""
        self._start()
        try:
            gsm, parts = smpp_text.parts(message.text, message.attempt)
            bodies = [self._body(message, gsm, part, len(parts), place) for place, part in enumerate(parts, 1)]
        except ValueError as error:
            return Outcome(Verdict.REJECTED, code="unwritable", detail=type(error).__name__)
        bind = await self._free()
        if bind is None:
            why = next((bind.refused for bind in self._binds if bind.refused), None)
            if why is not None:
                return Outcome(Verdict.STOP, detail=f"the SMSC refused the bind: {why}")
            return Outcome(Verdict.RETRY, code="not_sent", detail="no bind stands")
        self._remember_reference(message)
        if len(bodies) > 1:
            _keep(self._in_parts, message.attempt, True)
        outcome = Outcome(Verdict.RETRY, code="not_sent")
        for place, body in enumerate(bodies, 1):
            last = place == len(bodies)
            outcome = await self._part(bind, body, message.attempt if last else "", place > 1)
            if outcome.verdict != Verdict.ACCEPTED:
                return outcome if place == 1 else _partly(outcome, place, len(bodies))
            if not last and outcome.provider_id:
                _keep(self._by_part, outcome.provider_id, message.attempt)
        return outcome

    async def find(self, message: Message, since: datetime) -> LookUp:
        """An SMSC cannot be asked about a message it gave no id."""
        return Unanswered("SMPP has no look-up without the SMSC's id")

    async def aclose(self) -> None:
        """Unbind; a second call does nothing."""
        await asyncio.gather(*(bind.close() for bind in self._binds))
        self._binds = []

    def _start(self) -> None:
        if self._binds:
            return
        kinds = self._settings.bind_type.split("_")
        for _, kind in ((place, kind) for place in range(self._settings.binds) for kind in kinds):
            bind = Bind(self._settings, kind, self._came, self._answered, self._answered_late)
            bind.start()
            self._binds.append(bind)

    async def _free(self) -> Bind | None:
        """The least busy bind that may send; waits a little for one that is being made."""
        end = time.monotonic() + BOUND_WITHIN
        while True:
            sending = [bind for bind in self._binds if bind.kind != "receiver"]
            ready = [bind for bind in sending if bind.bound.is_set()]
            if ready:
                return min(ready, key=lambda bind: bind.under_way)
            if time.monotonic() >= end or not sending or all(bind.refused for bind in sending):
                return None
            await asyncio.sleep(0.02)

    def _body(self, message: Message, gsm: bool, part: bytes, count: int, place: int) -> bytes:
        given = self._settings
        number = message.to.removeprefix("+")
        return pdu.body(
            pdu.ShortMessage(
                source=pdu.Address(
                    (message.sender or given.sender).removeprefix("+"), given.source_ton, given.source_npi
                ),
                destination=pdu.Address(number, 1, 1),
                text=part,
                esm_class=pdu.UDH if count > 1 else 0,
                coding=smpp_text.GSM if gsm else smpp_text.UCS2,
                validity=validity(message.valid_for),
                registered=1 if place == count else 0,
                options={pdu.USER_REFERENCE: smpp_text.reference(message.attempt).to_bytes(2)},
            )
        )

    async def _part(self, bind: Bind, body: bytes, name: str, begun: bool) -> Outcome:
        """Send one part. Once others of its message were taken (`begun`), it waits out refusals for rate."""
        tries = PART_TRIES if begun else 1
        while True:
            tries -= 1
            try:
                async with bind.room:
                    answer = await bind.request(pdu.SUBMIT_SM, body, name)
            except NotSent as error:
                return Outcome(Verdict.RETRY, code="not_sent", detail=str(error))
            except NoAnswer as error:
                return Outcome(Verdict.DOUBTFUL, code="no_answer", detail=str(error))
            outcome = self._accepted(answer, name) if answer.status == pdu.OK else classified(answer.status)
            if outcome.retry_after is None or not tries:
                return outcome
            await asyncio.sleep(SLOWER)

    def _accepted(self, answer: pdu.Packet, name: str) -> Outcome:
        if not answer.command & pdu.RESPONSE or answer.command == pdu.NACK:
            return Outcome(Verdict.DOUBTFUL, code="unreadable", detail="neither taken nor refused")
        given = pdu.message_id(answer.body)
        if not given:
            return Outcome(Verdict.DOUBTFUL, code="unreadable", detail="success without an id")
        own = as_receipts_write(given, self._settings.message_ids)
        if name:
            _keep(self._by_id, own, name)
        return Outcome(Verdict.ACCEPTED, provider_id=own)

    def _remember_reference(self, message: Message) -> None:
        """Two attempts under one reference and number (one in 65,536) are told apart by no receipt: neither is remembered then."""
        key = (smpp_text.reference(message.attempt), message.to.removeprefix("+"))
        known = self._by_reference.get(key, message.attempt)
        _keep(self._by_reference, key, message.attempt if known == message.attempt else None)

    def _answered(self, name: str, packet: pdu.Packet) -> None:
        if packet.status == pdu.OK:
            self._accepted(packet, name)

    def _answered_late(self, name: str, packet: pdu.Packet) -> None:
        """An answer that comes after its call was given up settles the doubt as a receipt would: an acceptance, and a final refusal of the
        whole. One that may pass settles nothing, for whoever is in doubt may be tried again only marked."""
        if self._sink is None:
            return
        if packet.status == pdu.OK:
            own = self._accepted(packet, name).provider_id
            told = Receipt(own, name, "submitted") if own else None
        else:
            refused = classified(packet.status)
            whole = name not in self._in_parts and refused.verdict in (Verdict.REJECTED, Verdict.STOP)
            told = Receipt("", name, "failed", refused.code or f"smpp_{packet.status:02x}") if whole else None
        if told is not None:
            task = asyncio.ensure_future(self._sink(told))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _came(self, packet: pdu.Packet) -> int:
        if self._sink is None:
            return pdu.TEMPORARY
        try:
            came = pdu.read(packet.body)
        except pdu.BadPacket:
            return pdu.OK  # it will be no more readable the next time
        if smpp_receipts.is_receipt(came):
            return await self._receipt(came, self._sink)
        text = self._joiner.take(came)
        if text is not None:
            await self._sink(self._inbound(came, text))
            self._joiner.done(came)
        return pdu.OK

    async def _receipt(self, came: pdu.ShortMessage, sink: Sink) -> int:
        told = smpp_receipts.told(came, self._settings.number_errors)
        if told is None:
            return pdu.OK
        if (of_part := self._by_part.get(told.provider_id)) is not None:
            # A message is delivered when its last part is; it is not when any of them is not.
            if told.status == "undelivered":
                await sink(Receipt(told.provider_id, of_part, told.status, told.code))
            return pdu.OK
        attempt = self._by_id.get(told.provider_id)
        if attempt is None and told.reference is not None:
            attempt = self._by_reference.get((told.reference, told.to.removeprefix("+")))
        if attempt is not None:
            await sink(Receipt(told.provider_id, attempt, told.status, told.code))
            return pdu.OK
        known = await sink(Unmatched(told.provider_id, None, told.status, told.code, told.to, told.reference))
        return pdu.OK if known or self._strange_enough(told.provider_id) else pdu.TEMPORARY

    def _strange_enough(self, own: str) -> bool:
        first = self._strange.setdefault(own, time.monotonic())
        if len(self._strange) > MOST_STRANGE:
            self._strange.popitem(last=False)
        return time.monotonic() - first > STRANGE_FOR

    def _inbound(self, came: pdu.ShortMessage, text: str) -> Inbound:
        """A text of somebody. SMPP gives it no id, so it gets one of what it says and of the minute it first came in: what the SMSC repeats
        has the same, whichever bind it comes by; what its person writes again later has another."""
        sender, recipient = _e164(came.source), _e164(came.destination)
        made = "\0".join((self._settings.host, sender, recipient, text, *_own_reference(came)))
        now = time.time()
        given, first = self._texts.get(made, ("", 0.0))
        if now - first > REPEATED_WITHIN:
            given = "smpp-" + hashlib.sha256(f"{made}\0{int(now // 60)}".encode()).hexdigest()[:32]
            _keep(self._texts, made, (given, now))
        return Inbound(given, sender, recipient, text)


class Smpp(Live):
    """The live SMPP gateway."""

    def __init__(self, settings: SmppSettings, capabilities: Capabilities = CAPABILITIES, name: str = "smpp") -> None:
        self.transport = SmppTransport(settings)
        super().__init__(name, self.transport, capabilities)


def validity(seconds: int | None) -> str:
    """A relative time of SMPP (YYMMDDhhmmss000R); empty: the SMSC's default."""
    if seconds is None:
        return ""
    minutes, second = divmod(min(max(seconds, 1), 30 * 86400 - 1), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"0000{day:02d}{hour:02d}{minute:02d}{second:02d}000R"


def as_receipts_write(given: str, message_ids: str) -> str:
    """The id of an acceptance as the receipts of this SMSC write it; one that is no number stays."""
    try:
        match message_ids:
            case "hex_to_decimal":
                return str(int(given, 16))
            case "decimal_to_hex":
                return f"{int(given):x}"
    except ValueError:
        pass
    return given


def _partly(outcome: Outcome, place: int, count: int) -> Outcome:
    return Outcome(
        Verdict.DOUBTFUL, code="partly_told", detail=f"part {place} of {count}: {outcome.code or outcome.detail}"
    )


def _keep(known: OrderedDict[K, V], key: K, value: V) -> None:
    known[key] = value
    if len(known) > REMEMBERED:
        known.popitem(last=False)


def _own_reference(came: pdu.ShortMessage) -> tuple[str, ...]:
    own = came.options.get(pdu.USER_REFERENCE)
    return (own.hex(),) if own else ()


def _e164(address: pdu.Address) -> str:
    international = address.ton == 1 and address.number.isdigit()
    return f"+{address.number}" if international else address.number
