"""Who wants no updates and surveys. All-clears and corrections are never covered by an opt-out, nor first notices of tiers I and II; those
of lower tiers are where the operator's policy says so."""

import unicodedata
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import policy
from command.messages.models import Lane, OptOut

LANES = frozenset({Lane.UPDATE, Lane.SURVEY})
OPTED_OUT = "opted_out"


class Words(NamedTuple):
    """Words that opt out and back in, alone in a message, as `word` makes them."""

    leave: frozenset[str]
    back: frozenset[str]


def words(session: Session) -> Words:
    """The words of the operator's policy."""
    rule = policy.current(session).opt_out
    return Words(frozenset(map(word, rule.leave)), frozenset(map(word, rule.return_)))


def covers(session: Session, lane: int, tier: int) -> bool:
    """Whether an opt-out covers a notice of a lane and tier."""
    return lane in LANES or (lane == Lane.FIRST and tier in policy.current(session).opt_out.first_notices_of_tiers)


def word(text: str) -> str:
    """A message as compared with the words: one width, upper case, no spaces or full stop around it."""
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
