"""Permits to call a gateway, leased from the shared quota and handed out to the calls of one engine."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from command.messages.quota import Grant, Unused


class Permits:
    """Leases `chunk` permits at a time. A permit not used within its second is void, so the rate holds in every second; it is given back
    with the next lease, or when nothing more is to be sent, so that it does not count against the day."""

    def __init__(self, lease: Callable[[int, Unused | None], Awaitable[Grant]], chunk: int) -> None:
        self._lease = lease
        self._chunk = chunk
        self._left: deque[tuple[str, int]] = deque()
        self._until = 0.0
        self._day = ""
        self._asking = asyncio.Lock()

    async def take(self, deadline: float, given_up: Callable[[], bool] = bool) -> str | None:
        """Wait for one permit and tell by which sender of the gateway the call goes (empty: by its only one). None when `deadline` (of
        time.monotonic) comes first, or nobody wants it any more."""
        while (sender := self._taken()) is None:
            async with self._asking:
                if (sender := self._taken()) is not None:
                    return sender
                if time.monotonic() > deadline or given_up():
                    return None
                await self._ask()
        return sender

    @property
    def in_hand(self) -> bool:
        """Whether a call could begin at once."""
        return bool(self._left) and time.monotonic() < self._until

    def unused(self) -> Unused | None:
        """What is left, which nobody can take any more; None where nothing is. Whoever asks gives it back."""
        left: Counter[str] = Counter()
        for sender, count in self._left:
            left[sender] += count
        self._left.clear()
        return Unused(self._day, left) if left else None

    def _taken(self) -> str | None:
        if not self.in_hand:
            return None
        sender, count = self._left.popleft()
        if count > 1:
            self._left.append((sender, count - 1))
        return sender

    async def _ask(self) -> None:
        # The grant's seconds count from some moment after this one, so ending them from here errs on the safe side.
        # What is given back is gone from here first: where the lease fails it is lost, never used twice.
        asked = time.monotonic()
        grant = await self._lease(self._chunk, self.unused())
        if grant.count:
            self._left, self._until = deque(grant.by_sender or (("", grant.count),)), asked + grant.seconds
            self._day = grant.day
        else:
            await asyncio.sleep(grant.seconds)
