"""The authority table in force: the version published last, else config/authority.yaml, the first version.

A release may bring acts that an older version does not rule: those follow the file until somebody edits them."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core.columns import Base, BigId, Id, Json
from command.core.database import Database
from command.core.paths import CONFIG
from command.people.authority import Act, Authority, Row
from playbooks import source

FRESH = 1.0
"""Seconds for which a process believes the version it knows."""
DRAFT, PUBLISHED, DROPPED = "draft", "published", "dropped"
_OPEN = text("state = 'draft'")


class AuthorityVersion(Base):
    """A version of the table: draft → published | dropped. `base_id` is the version it began from (none: the file). `revision` grows with
    every change of a draft. `sole`: whoever published it also changed it last, there being no other administrator. Nobody (None) made or
    published one at the command line."""

    __tablename__ = "authority_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'dropped')", name="state"),
        Index("uq_authority_version_draft", "state", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    state: Mapped[str] = mapped_column(default=DRAFT)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    base_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("authority_version.id"))
    revision: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    sole: Mapped[bool] = mapped_column(default=False)
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


@cache
def first() -> Authority:
    """The table of config/authority.yaml, read once a process."""
    return source.load(CONFIG / "authority.yaml", Authority)


def newest(session: Session) -> int | None:
    """The id of the version in force; None for the file."""
    return session.scalar(select(func.max(AuthorityVersion.id)).where(AuthorityVersion.published_at.is_not(None)))


def of(session: Session, version_id: int | None) -> Authority:
    """The table of a version; None stands for the file. Raise NoResultFound."""
    if version_id is None:
        return first()
    return Authority(rows=completed(session.get_one(AuthorityVersion, version_id).rows))


def current(session: Session) -> Authority:
    """The table in force, as the database has it now: for processes that answer no requests."""
    return of(session, newest(session))


def completed(stored: Sequence[dict[str, Any]]) -> tuple[Row, ...]:
    """Rows as they were stored, without acts that are no more, and with the file's rows for acts that came since."""
    acts = {act.value for act in Act}
    rows = [Row.model_validate(each) for each in stored if each["act"] in acts]
    ruled = {row.act for row in rows}
    return (*rows, *(row for row in first().rows if row.act not in ruled))


class InForce:
    """The table in force as one process knows it: asked of the database again once a second at most, by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[int | None, Authority] | None = None
        self._until = 0.0

    def now(self, database: Database) -> Authority:
        """The table, a second old at most."""
        if self._known is None or time.monotonic() >= self._until:
            self._look(database)
        assert self._known is not None
        return self._known[1]

    def forget(self) -> None:
        """Ask again at the next look: a version was published here."""
        self._until = 0.0

    def _look(self, database: Database) -> None:
        if not self._lock.acquire(blocking=self._known is None):
            return
        try:
            with database.read() as session:
                version = newest(session)
                if self._known is None or self._known[0] != version:
                    self._known = (version, of(session, version))
            self._until = time.monotonic() + FRESH
        finally:
            self._lock.release()
