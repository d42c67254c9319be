"""Filters that people keep under a name; one of them opens the archive, and some are shared with a department."""

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from command.archive.filters import Filter
from command.archive.models import SavedFilter
from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.people.access import Principal
from command.people.models import Person

MOST = 50
"""Filters one person keeps."""
LONGEST = 60


def department(session: Session, who: Principal) -> str | None:
    """The department of whoever asks; a machine has none."""
    return None if who.source else session.scalar(select(Person.department).where(Person.id == who.person_id))


def listed(session: Session, who: Principal) -> Sequence[SavedFilter]:
    """One's own and those shared with one's department, by name."""
    own = SavedFilter.person_id == who.person_id
    shared = SavedFilter.department == department(session, who)
    return session.scalars(select(SavedFilter).where(or_(own, shared)).order_by(SavedFilter.name)).all()


def standard(session: Session, who: Principal) -> SavedFilter | None:
    """The filter with which the archive opens for whoever asks."""
    query = select(SavedFilter).where(SavedFilter.person_id == who.person_id, SavedFilter.standard)
    return session.scalar(query)


def save(
    session: Session, who: Principal, name: str, asked: Filter, *, shared: bool = False, opens: bool = False
) -> SavedFilter:
    """Keep a filter; one of the same name takes its place. Raise Invalid for a name that is none, Conflict for too many."""
    name = masked_words(name.strip())
    if not 1 <= len(name) <= LONGEST:
        raise Invalid(
            N_("The filter needs a name of at most %(longest)d characters."),
            field="name",
            remedy=N_("Give it a short name."),
            longest=LONGEST,
        )
    of = department(session, who) if shared else None
    if shared and of is None:
        raise Invalid(
            N_("You belong to no department, so there is nobody to share with."),
            field="share",
            remedy=N_("Keep the filter for yourself."),
        )
    mine = session.scalars(select(SavedFilter).where(SavedFilter.person_id == who.person_id)).all()
    found = next((each for each in mine if each.name == name), None)
    if found is None:
        if len(mine) >= MOST:
            raise Conflict(N_("You keep %(most)d filters already."), remedy=N_("Delete one first."), most=MOST)
        found = SavedFilter(person_id=who.person_id, name=name, created_at=clock.now(session))
        session.add(found)
    found.query, found.department = asked.query(), of
    session.flush()
    if opens:
        open_with(session, who, found.id)
    return found


def open_with(session: Session, who: Principal, filter_id: int | None) -> None:
    """Let the archive open with a filter of one's own, or with none; raise NotFound."""
    chosen = own(session, who, filter_id) if filter_id is not None else None
    session.execute(update(SavedFilter).where(SavedFilter.person_id == who.person_id).values(standard=False))
    if chosen is not None:
        session.execute(update(SavedFilter).where(SavedFilter.id == chosen.id).values(standard=True))


def forget(session: Session, who: Principal, filter_id: int) -> None:
    """Delete a filter of one's own; raise NotFound."""
    session.delete(own(session, who, filter_id))


def own(session: Session, who: Principal, filter_id: int) -> SavedFilter:
    """A filter of one's own; raise NotFound for another's, as for none."""
    found = session.get(SavedFilter, filter_id)
    if found is None or found.person_id != who.person_id:
        raise NotFound(N_("You keep no such filter."), remedy=N_("Choose one of your list."))
    return found
