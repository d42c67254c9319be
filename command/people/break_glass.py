"""The sealed code that lets one locked-out person in, once, on record.

`tocsin admin break-glass` prints it; it is kept in an envelope, apart from everything else. Typed in place of the password it opens a
session for the name beside it even while that name or address is locked. Only its SHA-256 is stored: with 128 random bits that needs
no salt and cannot be guessed, so it is not counted as a try either."""

import hashlib
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.people import entries
from command.people.entries import audit
from command.people.models import BreakGlass

PREFIX = "glass-"


def seal(session: Session) -> str:
    """A new code, shown this once; one that was sealed before and not used is void from now on."""
    code = PREFIX + "-".join(secrets.token_hex(4) for _ in range(4))
    now = clock.now(session)
    session.execute(update(BreakGlass).where(BreakGlass.used_at.is_(None)).values(used_at=now))
    made = BreakGlass(code_hash=_hash(code), sealed_at=now)
    session.add(made)
    session.flush()
    audit(session, entries.GlassSealed(glass_id=made.id))
    return code


def is_one(password: str) -> bool:
    """Whether what was typed is meant as such a code."""
    return password.strip().startswith(PREFIX)


def broken(session: Session, code: str, person_id: int) -> bool:
    """Use up the code for a person; False where it is not the sealed one, or was used."""
    query = select(BreakGlass).where(BreakGlass.code_hash == _hash(code.strip()), BreakGlass.used_at.is_(None))
    found = session.scalar(query.with_for_update())
    if found is None:
        return False
    found.used_at, found.used_by = clock.now(session), person_id
    audit(session, entries.GlassBroken(glass_id=found.id, person_id=person_id))
    return True


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
