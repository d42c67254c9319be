"""A gateway for a workstation: what would have been sent is printed, numbers masked."""

import sys
from typing import TextIO

from notifiers.base import Capabilities, Gateway, Message, Outcome, Verdict
from notifiers.masking import mask

CAPABILITIES = Capabilities(two_way=False, url=True, voice=False, unicode=True, daily_cap=None, look_up="none")


class Console(Gateway):
    """Prints each live message on one line and accepts it."""

    def __init__(self, name: str = "console", stream: TextIO | None = None) -> None:
        super().__init__(name, live=True, capabilities=CAPABILITIES)
        self._stream = stream

    async def _send(self, message: Message) -> Outcome:
        line = message.text.replace("\n", " ⏎ ")
        print(f"SMS → {mask(message.to)}  {line}", file=self._stream or sys.stdout, flush=True)
        return Outcome(Verdict.ACCEPTED, provider_id=f"console-{message.attempt}")
