"""Who wants no updates and surveys. First notices, all-clears and corrections are never covered by an opt-out."""

import unicodedata

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages.models import Lane, OptOut

LANES = frozenset({Lane.UPDATE, Lane.SURVEY})
OPTED_OUT = "opted_out"
LEAVE = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "TD", "T", "退订"})
"""Words that opt out, alone in a message: Twilio's defaults that mean nothing else here, and those customary in China."""
RETURN = frozenset({"START", "UNSTOP", "恢复订阅"})


def word(text: str) -> str:
    """A message as compared with LEAVE and RETURN: one width, upper case, no spaces or full stop around it."""
    return unicodedata.normalize("NFKC", text).strip().strip(".。!").upper()


def opted_out(session: Session, recipient: bytes) -> bool:
    """Whether the owner of a number (by blind index) opted out."""
    return session.scalar(select(OptOut.at).where(OptOut.recipient == recipient)) is not None


def opt_out(session: Session, recipient: bytes, source: str) -> bool:
    """Record an opt-out; `source` is `reply` or the gateway that told. Once is enough: False where it was there."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    made = insert(OptOut).values(recipient=recipient, at=clock.now(session), source=source)
    once = made.on_conflict_do_nothing(index_elements=["recipient"]).returning(OptOut.recipient)
    return session.scalar(once) is not None


def opt_in(session: Session, recipient: bytes) -> bool:
    """Forget an opt-out; False where there was none."""
    gone = delete(OptOut).where(OptOut.recipient == recipient).returning(OptOut.recipient)
    return session.scalar(gone) is not None
