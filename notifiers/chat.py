"""Chats (WeCom, DingTalk, Feishu, Slack, Teams) over Apprise. The address is the chat's own: it holds the secret that lets us write.

Apprise tells only whether a chat took the text; where it did not, nobody knows how far it came, so that is doubtful."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from apprise import Apprise, NotifyBase, NotifyFormat

from notifiers.base import Capabilities, LookUp, Message, Outcome, Unanswered, Verdict
from notifiers.live import Live

CAPABILITIES = Capabilities(
    two_way=False, url=True, voice=False, unicode=True, daily_cap=None, look_up="none", channel="chat"
)
SCHEMES = ("wecombot", "dingtalk", "feishu", "slack", "msteams", "workflow")
"""Apprise's names of the chats people may be reached in. Each writes to the chat provider's own host; schemes whose host is in the address
would let whoever types one make this machine call any other."""


class ChatTransport:
    """The wire to chats, without the guard between exercise and live."""

    def __init__(self, schemes: Sequence[str] = SCHEMES, connections: int = 4) -> None:
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its words hold addresses
        self._schemes = tuple(schemes)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="chat")

    async def aclose(self) -> None:
        """End the threads; a second call does nothing."""
        self._threads.shutdown(wait=False)

    async def find(self, message: Message, since: datetime) -> LookUp:
        """A chat tells nothing of what it took."""
        return Unanswered("a chat has no look-up")

    async def submit(self, message: Message) -> Outcome:
        """Write the text into the chat the address names, if it may be written to."""
        chat = chat_of(message.to, self._schemes)
        if chat is None:
            return Outcome(Verdict.REJECTED, code="invalid_address", detail="no chat that may be written to")
        taken = await asyncio.get_running_loop().run_in_executor(self._threads, _write, chat, message.text)
        if not taken:
            return Outcome(Verdict.DOUBTFUL, code="no_answer", detail="the chat did not take it")
        return Outcome(Verdict.ACCEPTED, provider_id=f"chat-{message.attempt}", final=True)


class Chat(Live):
    """The live chat gateway."""

    def __init__(
        self,
        schemes: Sequence[str] = SCHEMES,
        capabilities: Capabilities = CAPABILITIES,
        name: str = "chat",
        connections: int = 4,
    ) -> None:
        super().__init__(name, ChatTransport(schemes, connections), capabilities)


def chat_of(address: str, schemes: Sequence[str] = SCHEMES) -> NotifyBase | None:
    """The chat an address names, in Apprise's form (slack://…) or as the provider gives it (https://hooks.slack.com/…); None where it is
    none of `schemes`."""
    if not address.isprintable() or len(address) > 1000:
        return None
    made = Apprise.instantiate(address, suppress_exceptions=True)
    if not isinstance(made, NotifyBase) or not {*names_of(made)} & {*schemes}:
        return None
    return made


def names_of(chat: NotifyBase) -> Sequence[str]:
    """The schemes a chat goes by."""
    given: tuple[Any, ...] = (chat.protocol, chat.secure_protocol)
    return [name for each in given if each for name in ((each,) if isinstance(each, str) else each)]


def _write(chat: NotifyBase, text: str) -> bool:
    try:
        return bool(chat.notify(body=text, body_format=NotifyFormat.TEXT))
    except Exception:
        return False
