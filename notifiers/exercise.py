"""The only way out for a drill: allow-listed numbers, marked texts, and nothing live.

A drill at Hawaii's emergency office reached the public in 2018 because test and live shared one interface. Here the
exercise gateway is another object, holds its own transport, and asks an allow-list that denies by default.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from notifiers.base import Capabilities, Channel, Gateway, LookUp, Message, Outcome, Transport, Unanswered, Verdict

MARKS = ("【演练】", "[DRILL]")
NOT_ALLOWED = "not_allowed"
NO_WIRE = "no_exercise_way"


def marked(text: str) -> str:
    """The text with its drill mark first; Chinese texts get the Chinese mark. A marked text stays as it is."""
    if text.startswith(MARKS):
        return text
    return f"{MARKS[0]}{text}" if any("\u4e00" <= char <= "\u9fff" for char in text) else f"{MARKS[1]} {text}"


class Exercise(Gateway):
    """Sends exercise messages to addresses for which `allowed` says yes; all others are rejected without a call. `others` are wires for
    what is no SMS, by channel."""

    def __init__(
        self,
        transport: Transport,
        allowed: Callable[[str], bool],
        capabilities: Capabilities,
        name: str = "exercise",
        others: Mapping[Channel, Transport] | None = None,
    ) -> None:
        super().__init__(name, live=False, capabilities=capabilities)
        self._wires: dict[Channel, Transport] = {**(others or {}), "sms": transport}
        self._allowed = allowed

    async def aclose(self) -> None:
        for wire in self._wires.values():
            await wire.aclose()

    async def _send(self, message: Message) -> Outcome:
        if not self._allowed(message.to):
            return Outcome(Verdict.REJECTED, code=NOT_ALLOWED, detail="number is not on the drill's allow-list")
        wire = self._wires.get(message.channel)
        if wire is None:
            return Outcome(Verdict.REJECTED, code=NO_WIRE, detail="exercises have no way of this kind")
        return await wire.submit(replace(message, text=marked(message.text)))

    async def _look_up(self, message: Message, since: datetime) -> LookUp:
        wire = self._wires.get(message.channel)
        if wire is None:
            return Unanswered("exercises have no way of this kind")
        return await wire.find(replace(message, text=marked(message.text)), since)
