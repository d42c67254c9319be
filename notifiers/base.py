"""What every gateway speaks: messages in, outcomes out, receipts and replies back.

A send never raises for network trouble. It is classified, because the one question that matters afterwards is whether
the message may be sent again: certainly (`RETRY`), never (`REJECTED`, `STOP`), or not before asking (`DOUBTFUL`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, Protocol, final

from notifiers.approved import fits


class Verdict(StrEnum):
    """What became of one send.

    ACCEPTED: the provider took it and gave it an id.
    REJECTED: final for this recipient; another try cannot succeed.
    RETRY: certainly not processed; may be tried again.
    DOUBTFUL: nobody knows whether it was taken; reconcile before anything else.
    STOP: something is wrong with the notice or the account; no recipient of it can be served.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETRY = "retry"
    DOUBTFUL = "doubtful"
    STOP = "stop"


Channel = Literal["sms", "voice", "email", "chat", "push"]
"""How a message reaches its person, and what its address is: a number for SMS and voice, a mailbox, a chat's address, what the carrier's
app knows its user by."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; routing obeys it. It carries messages of its `channel` only.

    `daily_cap` counts messages a day (None: no cap). `look_up` says how far an answer "not found" may be trusted:
    `authoritative` means the message was not taken. `elements` are the operator's own elements it depends on. `approved` are the only texts
    it takes (see notifiers.approved; None: any).
    """

    two_way: bool
    url: bool
    voice: bool
    unicode: bool
    daily_cap: int | None
    look_up: Literal["none", "advisory", "authoritative"]
    elements: tuple[str, ...] = ()
    channel: Channel = "sms"
    approved: tuple[str, ...] | None = None

    def takes(self, text: str) -> bool:
        """Whether it takes this text."""
        return self.approved is None or fits(text, self.approved)


TRACE = "X-Trace"
"""The header by which a gateway over HTTP, and a mail, say under which id the matter is logged."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one address.

    `attempt` is our id of this try (32 hex characters), `to` an E.164 number (SMS, voice), a mailbox or a chat's
    address, `valid_for` the seconds after which the text is pointless, `reference` a short string inside
    `text` by which a look-up can recognise it, `channel` what kind of address `to` is, `trace` the id under which the
    matter is logged, told to gateways that take it (the header TRACE). `title`, `language`, `kind` and `about` (the
    incident's number) are for gateways whose far end shows them apart: the carrier's app. `sender` is which of the
    gateway's own senders the text shows (empty: its only one).
    """

    attempt: str
    to: str
    text: str
    exercise: bool
    valid_for: int | None = None
    reference: str | None = None
    channel: Channel = "sms"
    trace: str = ""
    title: str = ""
    language: str = ""
    kind: str = ""
    about: str = ""
    sender: str = ""


def traced(trace: str) -> dict[str, str]:
    """The header that names a trace; none where there is none."""
    return {TRACE: trace} if trace else {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The classified end of one send. `retry_after` is in seconds; `suppress`: the recipient opted out at the provider;
    `final`: the provider took it and will tell nothing more.

    `detail` never holds a phone number, a mailbox or a chat's address.
    """

    verdict: Verdict
    provider_id: str | None = None
    code: str | None = None
    detail: str = ""
    retry_after: float | None = None
    suppress: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The provider knows the message. `status` is one of `RANK`, `code` its error code when it ended badly."""

    provider_id: str
    status: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider answered and does not know the message; proof only where look-up is `authoritative`."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The provider did not answer, or has no look-up; nothing was learnt."""

    detail: str


LookUp = Found | NotFound | Unanswered

RANK: Mapping[str, int] = MappingProxyType({"submitted": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3})
"""Order of our delivery states after acceptance: a receipt counts only if its rank is higher than the row's."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's word on a message it took. `status` is one of `RANK`; `attempt` is ours when it came back."""

    provider_id: str
    attempt: str | None
    status: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text somebody sent to us; `sender` and `recipient` are E.164 numbers as the provider gave them."""

    provider_id: str
    sender: str
    recipient: str
    text: str


class NotifierError(Exception):
    """Base of this package's errors."""


class ExerciseRefused(NotifierError):
    """A live gateway was handed an exercise message, or an exercise gateway a live one. Nothing was sent."""


class BadWebhook(NotifierError, ValueError):
    """A callback lacks a field or carries an impossible one; the text names the field and the remedy."""


class Transport(Protocol):
    """The wire alone, without the guard between exercise and live. Only a Gateway may hold one."""

    async def submit(self, message: Message) -> Outcome:
        """Hand the message to the provider and classify whatever happens."""

    async def find(self, message: Message, since: datetime) -> LookUp:
        """Ask the provider for a message submitted at or after `since` (with offset)."""

    async def aclose(self) -> None:
        """Close connections; a second call does nothing."""


class Gateway(ABC):
    """A way out of the house. `live` gateways reach the public and refuse exercises; others do the reverse.

    The guard sits in `send` and `look_up`, which no subclass may override: not even a question about an exercise
    message reaches a live provider.
    """

    def __init__(self, name: str, live: bool, capabilities: Capabilities) -> None:
        self.name = name
        self.live = live
        self.capabilities = capabilities

    @final
    async def send(self, message: Message) -> Outcome:
        """Send one message. Raises ExerciseRefused on a mismatch, and nothing for network trouble."""
        self._guard(message)
        return await self._send(message)

    @final
    async def look_up(self, message: Message, since: datetime) -> LookUp:
        """Ask whether a doubtful message was taken at or after `since` (with offset). Raises ExerciseRefused."""
        self._guard(message)
        if self.capabilities.look_up == "none":
            return Unanswered("gateway has no look-up")
        return await self._look_up(message, since)

    async def aclose(self) -> None:
        """Close connections; a second call does nothing."""
        return None

    @abstractmethod
    async def _send(self, message: Message) -> Outcome: ...

    async def _look_up(self, message: Message, since: datetime) -> LookUp:
        return Unanswered("gateway has no look-up")

    def _guard(self, message: Message) -> None:
        if message.exercise == self.live:
            kind = "an exercise" if message.exercise else "a live"
            raise ExerciseRefused(f"gateway {self.name} refuses {kind} message (attempt {message.attempt})")
