"""Permits to call a gateway, leased from the shared quota and handed out to the calls of one engine."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from command.messages.quota import Grant


class Permits:
    """Leases `chunk` permits at a time. A permit not used within its second is lost, so the rate holds in every second."""

    def __init__(self, lease: Callable[[int], Awaitable[Grant]], chunk: int) -> None:
        self._lease = lease
        self._chunk = chunk
        self._left = 0
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def take(self, deadline: float, given_up: Callable[[], bool] = bool) -> bool:
        """Wait for one permit; False when `deadline` (of time.monotonic) comes first, or nobody wants it any more."""
        while not self._taken():
            async with self._asking:
                if self._taken():
                    return True
                if time.monotonic() > deadline or given_up():
                    return False
                await self._ask()
        return True

    def _taken(self) -> bool:
        if self._left > 0 and time.monotonic() < self._until:
            self._left -= 1
            return True
        return False

    async def _ask(self) -> None:
        # The grant's seconds count from some moment after this one, so ending them from here errs on the safe side.
        asked = time.monotonic()
        grant = await self._lease(self._chunk)
        if grant.count:
            self._left, self._until = grant.count, asked + grant.seconds
        else:
            await asyncio.sleep(grant.seconds)
