"""A gateway that reaches the public: what passes the guard goes to its transport."""

from datetime import datetime

from notifiers.base import Capabilities, Gateway, LookUp, Message, Outcome, Transport


class Live(Gateway):
    """Refuses exercise messages before anything else happens."""

    def __init__(self, name: str, transport: Transport, capabilities: Capabilities) -> None:
        super().__init__(name, live=True, capabilities=capabilities)
        self._transport = transport

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _send(self, message: Message) -> Outcome:
        return await self._transport.submit(message)

    async def _look_up(self, message: Message, since: datetime) -> LookUp:
        return await self._transport.find(message, since)
