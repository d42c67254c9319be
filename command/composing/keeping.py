"""Audiences kept by name for the next notice: one's own, or shared with everybody who drafts notices; changed, removed and put back by
their owner alone."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.composing import entries
from command.composing.entries import Done
from command.composing.lists import REMEMBERED, name_of
from command.core import clock
from command.core.problems import N_, Conflict, Denied, NotFound
from command.notices import selecting
from command.notices.models import SavedAudience
from command.notices.selecting import Selection
from command.people.access import Principal


def saved(session: Session, who: Principal) -> list[SavedAudience]:
    """Their own audiences and those shared, by name."""
    mine = or_(SavedAudience.owner_id == who.person_id, SavedAudience.shared.is_(True))
    query = select(SavedAudience).where(mine, SavedAudience.removed_at.is_(None))
    return list(session.scalars(query.order_by(SavedAudience.name, SavedAudience.id)))


def removed(session: Session, who: Principal) -> list[SavedAudience]:
    """Their own audiences that may be put back, those removed last first."""
    lately = SavedAudience.removed_at > clock.now(session) - REMEMBERED
    query = select(SavedAudience).where(SavedAudience.owner_id == who.person_id, lately)
    return list(session.scalars(query.order_by(SavedAudience.removed_at.desc())))


def one(session: Session, audience_id: int, who: Principal, *, gone: bool = False) -> SavedAudience:
    """An audience they may use (`gone`: may put back); raise NotFound."""
    found = session.get(SavedAudience, audience_id) if audience_id < 2**62 else None
    at = found.removed_at if found else None
    lately = at is not None and at > clock.now(session) - REMEMBERED
    mine = found is not None and (found.owner_id == who.person_id or (found.shared and not gone))
    if found is None or not mine or (at is not None) != gone or (gone and not lately):
        raise NotFound(N_("There is no audience %(id)s."), remedy=N_("Look at the list of audiences."), id=audience_id)
    return found


def save(
    session: Session, name: str, shared: bool, selection: Selection, who: Principal, audience_id: int | None = None
) -> SavedAudience:
    """Keep a new audience, or change one's own. Raise Invalid, Denied, or Conflict for a name used already."""
    selecting.check(session, selection)
    row = SavedAudience(owner_id=who.person_id) if audience_id is None else _own(session, audience_id, who)
    name = name_of(name)
    _free(session, name, who, audience_id)
    row.name, row.shared, row.selection = name, shared, selection.model_dump(mode="json")
    return _keep(session, row, "made" if audience_id is None else "changed", who)


def rename(session: Session, audience_id: int, name: str, shared: bool, who: Principal) -> SavedAudience:
    """Call one's own audience otherwise, share it or share it no more."""
    row, name = _own(session, audience_id, who), name_of(name)
    _free(session, name, who, audience_id)
    row.name, row.shared = name, shared
    return _keep(session, row, "changed", who)


def remove(session: Session, audience_id: int, who: Principal) -> SavedAudience:
    """Remove one's own audience; for a day it may be put back. Notices that used it keep what they were sent by."""
    row = _own(session, audience_id, who)
    row.removed_at = clock.now(session)
    return _keep(session, row, "removed", who)


def restore(session: Session, audience_id: int, who: Principal) -> SavedAudience:
    """Put one's own audience back that was removed within the last day. Raise Conflict where its name is used again."""
    row = one(session, audience_id, who, gone=True)
    _free(session, row.name, who, audience_id)
    row.removed_at = None
    return _keep(session, row, "restored", who)


def _keep(session: Session, row: SavedAudience, done: Done, who: Principal) -> SavedAudience:
    row.changed_at = clock.now(session)
    session.add(row)
    session.flush()
    note_id, digest = entries.named(session, row.name, who.actor)
    fields = tuple(name for name, value in row.selection.items() if value and value != "any")
    entries.record(
        session,
        entries.AudienceKept(
            audience_id=row.id,
            done=done,
            shared=row.shared,
            fields=fields,
            name_note_id=note_id,
            name_hash=digest,
        ),
    )
    return row


def _free(session: Session, name: str, who: Principal, audience_id: int | None) -> None:
    same = select(SavedAudience.id).where(SavedAudience.owner_id == who.person_id, SavedAudience.name == name)
    same = same.where(SavedAudience.removed_at.is_(None), SavedAudience.id != (audience_id or 0))
    if session.scalar(same) is not None:
        raise Conflict(
            N_("You have an audience of this name."), field="name", remedy=N_("Give another name, or change that one.")
        )


def _own(session: Session, audience_id: int, who: Principal) -> SavedAudience:
    row = one(session, audience_id, who)
    if row.owner_id != who.person_id:
        raise Denied(N_("This audience is somebody else's."), remedy=N_("Save it under a name of your own."))
    return row
