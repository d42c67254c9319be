"""E-mail over SMTP with TLS. The server's word that it took a message is the last that is ever heard of it.

A send never raises for network trouble: what fails before the text was handed over was certainly not sent, what fails while it was being
handed over is doubtful. Python's client blocks, so each send runs in a thread of this gateway's own."""

import asyncio
import contextlib
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Literal

from notifiers.base import Capabilities, LookUp, Message, NotifierError, Outcome, Unanswered, Verdict, traced
from notifiers.live import Live

CAPABILITIES = Capabilities(
    two_way=False, url=True, voice=False, unicode=True, daily_cap=None, look_up="none", channel="email"
)
LONGEST_SUBJECT = 78
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class BadSettings(NotifierError, ValueError):
    """A setting of the mail server that cannot work; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the mail server. `security`: `starttls`, `tls` from the first byte, or `none`, which only this machine's own server may
    have. Certificates are verified against the system's authorities or those in `ca_file`. `timeout` is in seconds."""

    host: str
    sender: str
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None
    timeout: float = 15.0
    connections: int = 4

    def __post_init__(self) -> None:
        if not self.host:
            raise BadSettings("host: missing; name the mail server")
        if not mailbox(self.sender):
            raise BadSettings(f"sender: {self.sender!r} is no mailbox; give one such as tocsin@example.net")
        if self.security == "none" and self.host not in _LOOPBACK:
            raise BadSettings("security: only a server on this machine may go without TLS; use starttls or tls")


def mailbox(address: str) -> bool:
    """Whether an address is one plain ASCII mailbox: nothing that could begin another header or name a second recipient."""
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not set(address) & set(' ,;:<>()[]"\\')
    return bool(plain and at and local and "." in domain.strip(".") and len(address) <= 254)


class SmtpTransport:
    """The wire to a mail server, without the guard between exercise and live."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.connections, thread_name_prefix="smtp")

    async def aclose(self) -> None:
        """End the threads; a second call does nothing."""
        self._threads.shutdown(wait=False)

    async def find(self, message: Message, since: datetime) -> LookUp:
        """A mail server tells nothing of what it took."""
        return Unanswered("a mail server has no look-up")

    async def submit(self, message: Message) -> Outcome:
        """Hand the message to the server; whatever happens is classified."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._deliver, message)

    def _deliver(self, message: Message) -> Outcome:
        if not mailbox(message.to):
            return Outcome(Verdict.REJECTED, code="invalid_address", detail="no mailbox")
        try:
            made = compose(message, self._settings.sender)
        except (ValueError, MessageError) as error:
            return Outcome(Verdict.REJECTED, code="unwritable", detail=type(error).__name__)
        try:
            server = self._connected()
            try:
                return _hand_over(server, self._settings.sender, message.to, made)
            finally:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(Verdict.STOP, detail=f"the mail server refused the sign-in ({error.smtp_code})")
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Verdict.RETRY, code="not_sent", detail=type(error).__name__)

    def _connected(self) -> smtplib.SMTP:
        """A session that may send: encrypted by a verified certificate, signed in."""
        given = self._settings
        port = given.port or _PORTS[given.security]
        trusted = ssl.create_default_context(cafile=given.ca_file)
        if given.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(given.host, port, timeout=given.timeout, context=trusted)
        else:
            server = smtplib.SMTP(given.host, port, timeout=given.timeout)
        try:
            if given.security == "starttls":
                server.starttls(context=trusted)
            if given.username:
                server.login(given.username, given.password)
        except BaseException:
            server.close()
            raise
        return server


class Smtp(Live):
    """The live e-mail gateway."""

    def __init__(self, settings: SmtpSettings, capabilities: Capabilities = CAPABILITIES, name: str = "mail") -> None:
        super().__init__(name, SmtpTransport(settings), capabilities)


def compose(message: Message, sender: str) -> EmailMessage:
    """The message as it is handed over: plain text, its first line the subject, its id made of our attempt's."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject_of(message.text)
    made["From"] = sender
    made["To"] = message.to
    made["Date"] = formatdate(usegmt=True)
    made["Message-ID"] = message_id(message.attempt, sender)
    made["Auto-Submitted"] = "auto-generated"
    for name, value in traced(message.trace).items():
        made[name] = value
    made.set_content(message.text)
    return made


def subject_of(text: str) -> str:
    """The first line, of printable characters only, cut where it would be too long."""
    first = next((line for line in text.splitlines() if line.strip()), "").strip()
    first = "".join(char if char.isprintable() else " " for char in first)
    return first if len(first) <= LONGEST_SUBJECT else first[: LONGEST_SUBJECT - 1] + "…"


def message_id(attempt: str, sender: str) -> str:
    """The Message-ID of one attempt: the same attempt has the same."""
    return f"<{attempt}@{sender.rpartition('@')[2]}>"


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, made: EmailMessage) -> Outcome:
    """Name sender and recipient, then hand over the text: only from there on it may have been taken."""
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(sender)
    if code != 250:
        return _refused(code, Verdict.STOP)
    code, _ = server.rcpt(recipient)
    if code not in (250, 251):
        return _refused(code, Verdict.REJECTED)
    try:
        code, _ = server.data(made.as_bytes())
    except smtplib.SMTPDataError as error:
        return _refused(int(error.smtp_code), Verdict.REJECTED)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Verdict.DOUBTFUL, code="no_answer", detail=type(error).__name__)
    if code != 250:
        return _refused(code, Verdict.REJECTED)
    return Outcome(Verdict.ACCEPTED, provider_id=made["Message-ID"], final=True)


def _refused(code: int, final: Verdict) -> Outcome:
    """A refusal for now (4xx) may be tried again; one for good ends this recipient, or with the sender refused, the gateway."""
    verdict = Verdict.RETRY if 400 <= code < 500 else final
    return Outcome(verdict, code=None if verdict == Verdict.STOP else f"smtp_{code}", detail=f"SMTP {code}")
