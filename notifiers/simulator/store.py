"""The simulator's memory: messages by sid, phones by number, the oldest forgotten first. No I/O."""

import sys
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from uuid import uuid4

import smsutil


@dataclass(slots=True, eq=False)
class Sms:
    """One text as Twilio's Message resource knows it. Times are Unix seconds."""

    sid: str
    account: str
    sender: str
    recipient: str
    body: str
    direction: str
    status: str
    created: float
    service: str | None = None
    sent: float | None = None
    error: str | None = None

    @property
    def phone(self) -> str:
        """The number of the simulated phone: the far end, seen from the account."""
        return self.sender if self.direction == "inbound" else self.recipient


class Phone:
    """A simulated phone and its messages.

    A plain list, trimmed when half of it is forgotten: a deque would cost 600 bytes a phone, and most phones of a
    mass notice hold one message.
    """

    __slots__ = ("_forgotten", "_texts", "number")

    def __init__(self, number: str) -> None:
        self.number = number
        self._texts: list[Sms | None] = []
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._texts) - self._forgotten

    def __iter__(self) -> Iterator[Sms]:
        """The messages, newest first."""
        return (sms for sms in reversed(self._texts) if sms is not None)

    def add(self, sms: Sms) -> None:
        """Append the newest."""
        self._texts.append(sms)

    def forget_oldest(self) -> None:
        """Let go of the oldest; the phone must have one."""
        self._texts[self._forgotten] = None
        self._forgotten += 1
        if self._forgotten * 2 > len(self._texts):
            del self._texts[: self._forgotten]
            self._forgotten = 0


@lru_cache(maxsize=4096)
def segments(body: str) -> int:
    """Parts the text is split into, by GSM 03.38 and 3GPP TS 23.040 (160/153 GSM-7, 70/67 UCS-2)."""
    return len(smsutil.split(body).parts)


def new_sid() -> str:
    """A message id of Twilio's form: SM and 32 hex digits."""
    return "SM" + uuid4().hex


class Store:
    """Holds at most `keep` messages; the oldest leave first, and a phone without messages is forgotten."""

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self._messages: dict[str, Sms] = {}
        self._order: deque[Sms] = deque()
        self._inbound: deque[Sms] = deque()
        self._phones: OrderedDict[str, Phone] = OrderedDict()

    def clear(self) -> None:
        """Forget everything."""
        self._messages.clear()
        self._order.clear()
        self._inbound.clear()
        self._phones.clear()

    def add(self, sms: Sms) -> None:
        """Remember a message and put its phone first."""
        sms.body, sms.sender = sys.intern(sms.body), sys.intern(sms.sender)
        self._messages[sms.sid] = sms
        self._order.append(sms)
        if sms.direction == "inbound":
            self._inbound.append(sms)
        phone = self._phones.get(sms.phone)
        if phone is None:
            phone = self._phones[sms.phone] = Phone(sms.phone)
        self._phones.move_to_end(sms.phone, last=False)
        phone.add(sms)
        if len(self._messages) > self.keep:
            self._forget_oldest()

    def get(self, sid: str) -> Sms | None:
        """The message of this id, if it is still kept."""
        return self._messages.get(sid)

    def newest(self) -> Iterator[Sms]:
        """All messages, newest first."""
        return reversed(self._order)

    def of_phone(self, number: str) -> Iterator[Sms]:
        """One phone's messages, newest first; nothing for a phone never seen."""
        phone = self._phones.get(number)
        return iter(phone or ())

    def perhaps_to(self, number: str) -> Iterator[Sms]:
        """Newest first, every message that may be addressed to a number: a phone's own, or the inbound ones.

        Never all of them: a look-up of a number that was never reached must not walk two million messages.
        """
        phone = self._phones.get(number)
        return iter(phone) if phone is not None else reversed(self._inbound)

    def phones(self, query: str, limit: int) -> list[Phone]:
        """Up to `limit` phones whose number contains `query`, the latest used first."""
        matching = (phone for number, phone in self._phones.items() if query in number)
        return list(islice(matching, limit))

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def phone_count(self) -> int:
        """How many phones have messages."""
        return len(self._phones)

    def _forget_oldest(self) -> None:
        oldest = self._order.popleft()
        del self._messages[oldest.sid]
        if self._inbound and self._inbound[0] is oldest:
            self._inbound.popleft()
        phone = self._phones[oldest.phone]
        phone.forget_oldest()
        if not phone:
            del self._phones[oldest.phone]


def now() -> float:
    """Unix seconds: the simulator lives in real time, as the provider does."""
    return time.time()
