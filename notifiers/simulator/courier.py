"""Carries webhooks to the application: a bounded pool of senders over connections that are kept open."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from notifiers.simulator.delivery import Hook, Journey, Step, plan
from notifiers.simulator.poster import NoConnection, NoReply, Poster
from notifiers.simulator.signing import sign
from notifiers.simulator.store import Sms, now
from notifiers.simulator.world import World

_MOST_QUEUED = 1_000_000
_MOST_RETRYING = 10_000
_PATIENCE = 15.0
"""Seconds all tries of one webhook may take together (Twilio's `tt`)."""

_HEADERS = {
    "User-Agent": "TocsinSimulator/1",
    "Accept": "*/*",
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class _Parcel:
    due: float
    sms: Sms
    hook: Hook | None
    expired: bool


class Courier:
    """Moves accepted messages through their statuses and tells of each. Start it on a running loop."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parcels: asyncio.Queue[_Parcel] = asyncio.Queue(_MOST_QUEUED)
        self._tasks: list[asyncio.Task[None]] = []
        self._retrying: set[asyncio.Task[None]] = set()
        self._poster = Poster()

    async def start(self) -> None:
        """Open the pool."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._world.settings.senders)]

    async def stop(self) -> None:
        """Drop what is queued and close the pool."""
        tasks = [*self._tasks, *self._retrying]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._poster.close()

    @property
    def waiting(self) -> int:
        """Messages whose delivery has not been told yet, or is told again because it was refused."""
        return self._parcels.qsize() + len(self._retrying)

    def accept(self, sms: Sms, hook: Hook | None, validity: int | None) -> None:
        """Begin a message's delivery. Without a callback and without a delay it is over at once."""
        delay = self._world.settings.receipt_delay
        expired = validity is not None and delay > validity
        if hook is None and not delay:
            self._settle(sms, plan(self._world.faults, expired))
            return
        try:
            self._parcels.put_nowait(_Parcel(time.monotonic() + delay, sms, hook, expired))
        except asyncio.QueueFull:
            self._settle(sms, plan(self._world.faults, expired))
            self._world.counts["callbacks_dropped"] += 1

    async def post(self, url: str, params: Mapping[str, str]) -> int | str:
        """Post a signed form once: the HTTP status, or `ct` (no connection) or `rt` (no answer)."""
        signature = sign(url, params, self._world.settings.callback_token)
        try:
            return await self._poster.post(url, params, {**_HEADERS, "X-Twilio-Signature": signature})
        except NoConnection:
            return "ct"
        except NoReply:
            return "rt"

    async def _work(self) -> None:
        while True:
            parcel = await self._parcels.get()
            # The delay is the same for all, so the queue is in order of due time and waiting here holds up nobody.
            wait = parcel.due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            await self._carry(parcel)

    async def _carry(self, parcel: _Parcel) -> None:
        journey = plan(self._world.faults, parcel.expired)
        hook = parcel.hook
        if hook is None:
            self._settle(parcel.sms, journey)
            return
        if journey.told != journey.steps:
            self._settle(parcel.sms, journey)
        for step in journey.told:
            _apply(parcel.sms, step)
            await self._tell(hook, parcel.sms, step)
        _apply(parcel.sms, journey.steps[-1])

    async def _tell(self, hook: Hook, sms: Sms, step: Step) -> None:
        counts = self._world.counts
        counts["callbacks_lost"] += step.copies == 0
        counts["callbacks_doubled"] += step.copies == 2
        params = _callback_params(sms, step)
        for _ in range(step.copies):
            await self.tell(hook, params)

    async def tell(self, hook: Hook, params: Mapping[str, str]) -> None:
        """Post one callback; what fails is tried again later as the hook asks."""
        failure = _failure(await self.post(hook.url, params))
        if failure is None:
            self._world.counts["callbacks_sent"] += 1
        else:
            self._retry_later(hook, params, failure)

    def _retry_later(self, hook: Hook, params: Mapping[str, str], failure: str) -> None:
        if len(self._retrying) >= _MOST_RETRYING:
            self._world.counts["callbacks_failed"] += 1
            return
        task = asyncio.create_task(self._retry(hook, params, failure))
        self._retrying.add(task)
        task.add_done_callback(self._retrying.discard)

    async def _retry(self, hook: Hook, params: Mapping[str, str], failure: str | None) -> None:
        started = time.monotonic()
        for number in range(hook.retries):
            pause = 0.2 * 2**number
            if failure is None or not hook.retries_on(failure):
                break
            if time.monotonic() - started + pause > _PATIENCE:
                break
            await asyncio.sleep(pause)
            self._world.counts["callbacks_retried"] += 1
            failure = _failure(await self.post(hook.url, params))
        self._world.counts["callbacks_sent" if failure is None else "callbacks_failed"] += 1

    def _settle(self, sms: Sms, journey: Journey) -> None:
        for step in journey.steps:
            _apply(sms, step)


def _apply(sms: Sms, step: Step) -> None:
    sms.status, sms.error = step.status, step.error
    if step.status == "sent":
        sms.sent = now()


def _failure(answer: int | str) -> str | None:
    if isinstance(answer, str):
        return answer
    if answer < 400:
        return None
    return "5xx" if answer >= 500 else "4xx"


def _callback_params(sms: Sms, step: Step) -> dict[str, str]:
    params = {
        "AccountSid": sms.account,
        "ApiVersion": "2010-04-01",
        "From": sms.sender,
        "MessageSid": sms.sid,
        "MessageStatus": step.status,
        "SmsSid": sms.sid,
        "SmsStatus": step.status,
        "To": sms.recipient,
    }
    if sms.service:
        params["MessagingServiceSid"] = sms.service
    if step.error:
        params["ErrorCode"] = step.error
    return params
