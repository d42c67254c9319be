"""What people type when asked how to reach them: numbers in any shape, mailboxes, addresses of chats. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from command.core.problems import N_, Invalid
from command.people import numbers
from command.people.numbers import REGIONS, plain
from notifiers.base import Channel
from notifiers.chat import chat_of
from notifiers.smtp import mailbox

__all__ = ["KINDS", "LONGEST", "REGIONS", "Rules", "plain", "shown", "understood"]
KINDS: tuple[Channel, ...] = ("sms", "voice", "email", "chat")
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """What is taken: `region` of numbers without a country code (None: every number needs one), whether numbers of no numbering plan are
    (as those of a demo are), which chats."""

    region: str | None
    made_up: bool
    schemes: Sequence[str]


def understood(kind: Channel, typed: str, rules: Rules) -> str:
    """The address meant by `typed`: a number in E.164, a mailbox, or a chat's address. Raise Invalid, which says what is wrong."""
    text = typed.strip()
    if not text:
        raise Invalid(N_("The address is empty."), field="address", remedy=N_("Give a number, a mailbox or a chat."))
    if len(text) > LONGEST:
        raise Invalid(N_("The address is too long."), field="address", remedy=N_("Give one address."))
    if kind == "email":
        return _mailbox(plain(text))
    if kind == "chat":
        return _chat(text, rules)
    return numbers.understood(text, rules.region, made_up=rules.made_up, sms=kind == "sms", field="address")


def shown(kind: str, address: str) -> str:
    """An address as its owner sees it: enough to tell it from their others, not enough for anybody else."""
    if kind == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if kind == "chat":
        scheme, _, rest = address.partition("://")
        return f"{rest.split('/')[0] if scheme == 'https' else scheme}…"
    return numbers.shown(address)


def _mailbox(text: str) -> str:
    local, _, domain = text.rpartition("@")
    address = f"{local}@{domain.lower()}"
    if not mailbox(address):
        raise Invalid(
            N_("This is no e-mail address."), field="address", remedy=N_("Give one such as li.hong@example.net.")
        )
    return address


def _chat(text: str, rules: Rules) -> str:
    if chat_of(text, rules.schemes) is None:
        raise Invalid(
            N_("This is no address of a chat that can be used here."),
            field="address",
            remedy=N_("Paste the webhook's address, or one that begins with: %(known)s."),
            known=", ".join(f"{scheme}://" for scheme in rules.schemes),
        )
    return text
