"""How what comes back (a reply, the fate of a page) reaches the rooms above; joined where the application is put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from command.messages.ways import OtherRoads


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A text that came in. `sender_index` is the blind index of the number, `person_id` whose number it is.

    `exercise` says which conversation is meant: handlers are asked about the live one first, and about the exercise one only when
    the sender is on the exercise allow-list and no handler took the message as live. What came by the exercise gateway is of exercises:
    a handler takes it for something real only where it names that by its code, and then answers with Real."""

    id: int
    gateway: str
    sender_index: bytes
    person_id: int | None
    text: str
    exercise: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one page: `state` is a delivery state from `submitted` on; `code` the provider's error, if any."""

    delivery_id: int
    purpose: str
    page_id: int | None
    notice_id: int | None
    state: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys pressed in the call that carries a page, or (without `page_id`) the call of a drill, by whoever picked up the phone of the
    person called."""

    delivery_id: int
    page_id: int | None
    person_id: int
    digits: str
    language: str
    exercise: bool


class Called(str):
    """An answer to a number that the room itself has written to: it goes out even if the number is nobody's of the register."""

    __slots__ = ()


class Real(Called):
    """An answer about something real, to a message that came by the exercise gateway: it goes out as a live one, for it is no exercise."""

    __slots__ = ()


Reply = Callable[[Session, InboundMessage], str | None]
"""Reads a message in its unit of work; returns the answer to send, or None when it is not for this room."""
Subscribed = Callable[[Session, InboundMessage, bool], str | None]
"""Learns in the same unit of work that a number sent STOP, or (True) START, where that changed something; returns what to answer."""
Told = Callable[[Session, Sequence[Settled]], None]
"""Learns in the same unit of work what became of pages. The same state may be told twice after a crash: handlers ignore repeats."""

Press = Callable[[Session, Pressed], str | None]
"""Takes keys in its unit of work; returns what the call says last, or None when the keys mean nothing to this room."""


@dataclass(frozen=True)
class Handlers:
    """The handlers of every room, in the order they are asked; `roads` knows by which other way somebody can be told, if any does."""

    replies: list[Reply] = field(default_factory=list)
    settled: list[Told] = field(default_factory=list)
    keys: list[Press] = field(default_factory=list)
    subscribed: list[Subscribed] = field(default_factory=list)
    roads: OtherRoads | None = None

    def answer(self, session: Session, message: InboundMessage) -> str | None:
        """The first answer a room gives, or None."""
        return next((text for reply in self.replies if (text := reply(session, message)) is not None), None)

    def press(self, session: Session, pressed: Pressed) -> str | None:
        """The first word a room has on pressed keys, or None."""
        return next((text for press in self.keys if (text := press(session, pressed)) is not None), None)

    def answer_subscription(self, session: Session, message: InboundMessage, back: bool) -> str | None:
        """Tell every room of a STOP or START; the first answer a room gives, or None."""
        answers = [heard(session, message, back) for heard in self.subscribed]
        return next((text for text in answers if text is not None), None)

    def tell(self, session: Session, outcomes: Sequence[Settled]) -> None:
        """Tell every room; nothing is told of nothing."""
        for told in self.settled if outcomes else ():
            told(session, outcomes)
