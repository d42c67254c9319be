"""By which other way somebody can be told: what the outbox asks of the rooms that know people and notices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from notifiers.base import Channel


@dataclass(frozen=True, slots=True)
class Unreached:
    """A notice's message that did not reach its person; `gateway` is None where it was never called."""

    id: int
    notice_id: int
    addressee: int
    channel: str
    gateway: str | None
    lane: int
    code: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """By which channel somebody can be reached otherwise, and the ciphertext of their address there."""

    channel: Channel
    address: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What a notice is: its kind, the public number of what it is about, and a title by language."""

    kind: str
    about: str
    titles: Mapping[str, str]


class OtherRoads(Protocol):
    """What the rooms above know of people and of notices."""

    def heads(self, session: Session, notices: Collection[int]) -> Mapping[int, Head]:
        """What the carrier's app is told beside the text, by notice."""

    def ways(self, session: Session, unreached: Sequence[Unreached]) -> Mapping[int, Way]:
        """The second way of each that has one, by delivery."""

    def untrue(self, session: Session, waiting: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
        """Which of these (notice, addressee) may not be told any more: they know the end already, or the notice is no longer true."""
