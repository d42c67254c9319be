"""The only way out for a drill: allow-listed addresses, marked texts, and nothing live.

A drill at Hawaii's emergency office reached the public in 2018 because test and live shared one interface. Here the
exercise gateway is another object, holds transports of its own, and asks an allow-list that denies by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from notifiers.base import Capabilities, Channel, Gateway, LookUp, Message, Outcome, Transport, Unanswered, Verdict

MARKS = ("【演练】", "[DRILL]")
NOT_ALLOWED = "not_allowed"
NO_WAY = "no_exercise_way"


def marked(text: str) -> str:
    """The text with its drill mark first; Chinese texts get the Chinese mark. A marked text stays as it is."""
    if text.startswith(MARKS):
        return text
    return f"{MARKS[0]}{text}" if any("\u4e00" <= char <= "\u9fff" for char in text) else f"{MARKS[1]} {text}"


class Exercise(Gateway):
    """Sends exercise messages to addresses for which `allowed` says yes; all others are rejected without a call. `transports` are its own,
    one for each channel it carries; `capabilities` are those of its SMS.

    A call speaks what it is asked for later, so its words are marked where they are read out."""

    def __init__(
        self,
        transports: Mapping[Channel, Transport],
        allowed: Callable[[str], bool],
        capabilities: Capabilities,
        name: str = "exercise",
    ) -> None:
        super().__init__(name, live=False, capabilities=capabilities)
        self._transports = transports
        self._allowed = allowed

    def transport(self, channel: Channel) -> Transport | None:
        """Its own transport for a channel, for who has to listen there. What it sends goes through `send` only."""
        return self._transports.get(channel)

    async def aclose(self) -> None:
        for transport in self._transports.values():
            await transport.aclose()

    async def _send(self, message: Message) -> Outcome:
        if not self._allowed(message.to):
            return Outcome(Verdict.REJECTED, code=NOT_ALLOWED, detail="address is not on the drill's allow-list")
        transport = self._transports.get(message.channel)
        if transport is None:
            return Outcome(Verdict.REJECTED, code=NO_WAY, detail="exercises have no way of this kind")
        return await transport.submit(replace(message, text=marked(message.text)))

    async def _look_up(self, message: Message, since: datetime) -> LookUp:
        transport = self._transports.get(message.channel)
        if transport is None:
            return Unanswered("exercises have no way of this kind")
        return await transport.find(replace(message, text=marked(message.text)), since)
