"""What the simulator is told at start, and what its parts share."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from notifiers.simulator.delivery import parse_hook
from notifiers.simulator.faults import FaultBook
from notifiers.simulator.store import Store

DEFAULT_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True, slots=True)
class Settings:
    """`callback_token` is the auth token: it opens the API and signs every webhook.

    `account_sid` limits the API to one account (None: any of Twilio's form). `inbound_url` takes the replies.
    `receipt_delay` is the seconds from acceptance to the first receipt, `senders` how many webhooks may be under way. `longest_gather`
    caps the seconds a call waits for keys (None: as long as it asks).
    """

    callback_token: str
    account_sid: str | None = None
    inbound_url: str | None = None
    seed: int = 0
    keep: int = 2_000_000
    receipt_delay: float = 0.0
    senders: int = 16
    longest_gather: float | None = None

    def __post_init__(self) -> None:
        if self.inbound_url is not None:
            try:
                parse_hook(self.inbound_url)
            except ValueError:
                raise ValueError(f"inbound_url: {self.inbound_url!r} is no http(s) address; give a full one") from None


class World:
    """One simulator's state; lives on one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.keep)
        self.faults = FaultBook(settings.seed)
        self.counts: Counter[str] = Counter()
        self.stopping = asyncio.Event()

    def reset(self) -> None:
        """Back to the first moment: no messages, no faults, all counts zero."""
        self.store.clear()
        self.faults.clear()
        self.counts.clear()
