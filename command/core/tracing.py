"""One id from a signal to everything that comes of it, in the log of every process.

The request that brings an alarm gets an id (`core/web.py`). The first stream of the journal that it begins (an incident's) keeps that id,
and so do the texts that are written about it. Whoever takes such rows up, in whatever process, logs under the id they bear: so one `grep`
finds the alarm, the incident, each decision, the notice, its recipients, each call to a provider and each receipt. A person who decides
has a request of their own; its id stands beside, as `request`, and in the journal entry.

What a unit of work has to say is logged once it is committed, never for work that was rolled back or run again."""

import secrets
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy.orm import Session

log = structlog.get_logger()
HEADER = "X-Trace"


def new() -> str:
    """A fresh id: 16 hexadecimal digits that begin with a letter, so that none is ever taken for a phone number and masked (I10)."""
    return secrets.choice("abcdef") + secrets.token_hex(8)[1:]


def current() -> str | None:
    """The id under which this thread works, if any: that of the request."""
    found = structlog.contextvars.get_contextvars().get("trace")
    return str(found) if found else None


def of(session: Session) -> str:
    """The id of a unit of work: that of its request, or one of its own."""
    found: str | None = session.info.get("trace")
    if not found:
        found = session.info["trace"] = current() or new()
    return found


def say(session: Session, event: str, trace: str | None, **fields: Any) -> None:
    """Log a line under an id when the unit of work is committed; the request, where it has another id, is named beside."""
    own = session.info.get("trace")
    beside = {"request": own} if own and trace and own != trace else {}
    session.info.setdefault("said", []).append((event, {"trace": trace or own, **beside, **fields}))


def tell(session: Session) -> None:
    """Log what a unit of work had to say. What is committed stays so: a log that cannot be written is no reason to fail."""
    for event, fields in session.info.pop("said", ()):
        with suppress(OSError, ValueError):
            log.info(event, **fields)
