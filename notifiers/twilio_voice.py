"""Calls over Twilio's REST API: the text is spoken, and keys answer it.

Twilio asks for the words when the call is answered (`voice_url`, with our attempt id in its query) and tells every status. A call that
was answered, even to its end, says nothing of who listened: only a key is an answer."""

from datetime import datetime
from typing import Any

from twilio.rest import Client

from notifiers.base import Capabilities, LookUp, Message, Outcome, Unanswered, Verdict
from notifiers.live import Live
from notifiers.twilio_http import API_HOST, LeanHttpClient
from notifiers.twilio_sms import (
    NOT_ASSIGNABLE,
    OVERRIDES,
    TwilioSettings,
    assignable,
    callback_prefix,
    created,
    mute,
)

CAPABILITIES = Capabilities(
    two_way=False, url=False, voice=True, unicode=True, daily_cap=None, look_up="none", channel="voice"
)
"""Nothing of a call tells which text it spoke, so a doubtful one is settled by its callbacks, which bear the attempt, or not at all."""

EVENTS = ("initiated", "ringing", "answered", "completed")
RINGING = 30
"""Seconds a phone rings; a mailbox mostly takes over later."""


class VoiceTransport:
    """The wire to Twilio's calls, without the guard between exercise and live. `voice_url` is where Twilio asks for the words."""

    def __init__(self, settings: TwilioSettings, voice_url: str) -> None:
        mute()
        self._http = LeanHttpClient(settings.base_url, settings.timeouts, settings.connections)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        self._address = f"{API_HOST}/2010-04-01/Accounts/{settings.account_sid}/Calls.json"
        self._sender = settings.sender
        self._reaches_people = settings.base_url is None
        self._callback = callback_prefix(settings.status_callback)
        self._words = callback_prefix(voice_url)

    async def aclose(self) -> None:
        """Close connections; a second call does nothing."""
        await self._http.close()

    async def submit(self, message: Message) -> Outcome:
        """Have Twilio ring the number; whatever happens is classified. A number of no numbering plan never leaves for the real provider."""
        if self._reaches_people and not assignable(message.to):
            return Outcome(Verdict.REJECTED, code=NOT_ASSIGNABLE, detail="no numbering plan has this number")
        return await created(self._client, self._address, self._fields(message), message.trace)

    async def find(self, message: Message, since: datetime) -> LookUp:
        """Nothing can be learnt."""
        return Unanswered("a call does not tell what it said")

    def _fields(self, message: Message) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "To": message.to,
            "From": self._sender,
            "Url": f"{self._words}{message.attempt}{OVERRIDES}",
            "Timeout": RINGING,
        }
        if self._callback is not None:
            fields["StatusCallback"] = f"{self._callback}{message.attempt}{OVERRIDES}"
            fields["StatusCallbackEvent"] = EVENTS
        return fields


class TwilioVoice(Live):
    """The live voice gateway."""

    def __init__(
        self, settings: TwilioSettings, voice_url: str, capabilities: Capabilities = CAPABILITIES, name: str = "voice"
    ) -> None:
        super().__init__(name, VoiceTransport(settings, voice_url), capabilities)
