"""A new version of the table: begun, changed rule by rule, read by a second administrator, put in force. The file is version 0."""

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from command.authority import entries, painting, thin
from command.core import clock
from command.core.columns import dump
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents.entries import note
from command.people import authority_versions as versions
from command.people.access import Principal, must
from command.people.authority import Authority, Row
from command.people.authority_versions import DRAFT, DROPPED, PUBLISHED, AuthorityVersion
from command.people.entries import audit
from command.people.models import Person, PersonPost

ACT = "manage_authority"
Source = Literal["table", "file", "version"]


def stored(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as a version keeps them."""
    return [row.model_dump(mode="json") for row in rows]


def digest(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 (hex) of rows as stored."""
    return hashlib.sha256(dump(list(rows)).encode()).hexdigest()


def draft(session: Session, *, lock: bool = False) -> AuthorityVersion | None:
    """The draft, if one is open: there is one at most."""
    query = select(AuthorityVersion).where(AuthorityVersion.state == DRAFT)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def required(session: Session) -> AuthorityVersion:
    """The draft, locked; raise NotFound."""
    found = draft(session, lock=True)
    if found is None:
        raise NotFound(N_("There is no draft of the table."), remedy=N_("Begin one from the table in force."))
    return found


def version(session: Session, number: int) -> AuthorityVersion:
    """A version by its number; raise NotFound."""
    found = session.get(AuthorityVersion, number)
    if found is None:
        raise NotFound(
            N_("There is no version %(version)d of the table."),
            remedy=N_("Look at the list of versions."),
            version=number,
        )
    return found


def history(session: Session) -> Sequence[AuthorityVersion]:
    """Every version, the newest first."""
    return session.scalars(select(AuthorityVersion).order_by(AuthorityVersion.id.desc())).all()


def begin(
    session: Session,
    by: Principal | None,
    rows: Sequence[Row] | None = None,
    *,
    source: Source = "table",
    of: int | None = None,
) -> AuthorityVersion:
    """Open a draft: from the table in force, from an older version (`of`; 0 is the file), or from `rows` that were imported. Raise Conflict
    while another is open; the command line drops that one, on record."""
    if by is not None:
        must(by, ACT)
    open_now = draft(session, lock=True)
    if open_now is not None and by is not None:
        raise _open(open_now.id)
    if open_now is not None:
        _drop(session, open_now)
    base = versions.newest(session)
    if source == "version":
        rows = _older(session, of or 0)
    now = clock.now(session)
    made = AuthorityVersion(
        state=DRAFT,
        rows=stored(versions.of(session, base).rows if rows is None else rows),
        base_id=base,
        made_by=by.person_id if by else None,
        made_at=now,
        changed_by=by.person_id if by else None,
        changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise _open(0) from None
    audit(session, entries.DraftBegun(version=made.id, source=source, of=of if source == "version" else None))
    return made


def _open(version_id: int) -> Conflict:
    return Conflict(
        N_("Version %(version)d is being drafted already.") if version_id else N_("A draft was begun just now."),
        remedy=N_("Publish or drop that draft first."),
        version=version_id,
    )


def _older(session: Session, number: int) -> tuple[Row, ...]:
    if number and version(session, number).published_at is None:
        raise Conflict(N_("This version was never in force."), remedy=N_("Choose one that was published."))
    return versions.of(session, number or None).rows


def put(session: Session, rule: Row, revision: int, by: Principal) -> AuthorityVersion:
    """Put a rule on its tiers and levels in the draft as it was seen (`revision`). Raise Conflict where it changed since, Invalid naming
    the cases in which nobody could act."""
    must(by, ACT)
    found = seen(session, revision)
    rows = painting.paint(versions.completed(found.rows), rule)
    if holes := painting.dead_ends(rows):
        raise Invalid(
            N_("Nobody would be able to act: %(cases)s."),
            field="alone",
            remedy=N_("Name posts that act alone, a deputy or an override: one person at night must be able to act."),
            cases="; ".join(holes[:4]) + ("; …" if len(holes) > 4 else ""),
        )
    found.rows, found.revision = stored(rows), found.revision + 1
    found.changed_by, found.changed_at = by.person_id, clock.now(session)
    payload = entries.DraftChanged(
        version=found.id,
        revision=found.revision,
        act=rule.act,
        tiers=list(rule.tiers),
        levels=list(rule.levels),
    )
    audit(session, payload)
    return found


def seen(session: Session, revision: int) -> AuthorityVersion:
    """The draft, locked, if it is still as it was seen; raise NotFound or Conflict."""
    found = required(session)
    if found.revision != revision:
        raise Conflict(
            N_("Somebody has changed the draft since you opened it."),
            field="revision",
            remedy=N_("Look at it as it is now, and do it again."),
        )
    return found


def drop(session: Session, by: Principal) -> None:
    """Give the draft up."""
    must(by, ACT)
    _drop(session, required(session))


def _drop(session: Session, found: AuthorityVersion) -> None:
    found.state = DROPPED
    session.flush()
    audit(session, entries.DraftDropped(version=found.id))


def others(session: Session, by: Principal) -> int:
    """How many active people besides `by` may publish."""
    posts = versions.current(session).row(ACT, 1, "country").alone
    query = (
        select(Person.id).join(PersonPost).where(Person.active, PersonPost.post.in_(posts), Person.id != by.person_id)
    )
    return len(set(session.scalars(query)))


def phrase(version_id: int) -> str:
    """What the only administrator types to publish what they wrote themselves."""
    return f"publish {version_id}"


def publish(
    session: Session, revision: int, reason: str, by: Principal | None, *, confirm: str = ""
) -> AuthorityVersion:
    """Put the draft in force, as it was seen. Whoever changed it last does not publish it, unless nobody else could: then they type
    `phrase` and that is on record. Nobody (None) is the command line. Raise Denied, Conflict or Invalid."""
    if by is not None:
        must(by, ACT)
    found = seen(session, revision)
    sole = by is not None and _sole(session, found, by, confirm)
    if not reason.strip():
        raise Invalid(N_("A version is published with a reason."), field="reason", remedy=N_("Say why it changes."))
    before = versions.newest(session)
    if found.base_id != before:
        raise Conflict(
            N_("Another version was published since this draft was begun."),
            remedy=N_("Drop the draft and begin it again from the table in force."),
        )
    rows = versions.completed(found.rows)
    changed = painting.changes(versions.of(session, before).rows, rows)
    _able(session, rows, changed)
    cited = note(session, reason)
    found.state, found.published_at, found.sole = PUBLISHED, clock.now(session), sole
    found.published_by = by.person_id if by else None
    found.note_id = cited.id if cited else None
    payload = entries.Published(
        version=found.id,
        before=before,
        changes=len(changed),
        acts=sorted({each.act for each in changed}),
        sole=sole,
        sha256=digest(found.rows),
        reason=cited,
    )
    audit(session, payload)
    return found


def _sole(session: Session, found: AuthorityVersion, by: Principal, confirm: str) -> bool:
    """Whether `by` publishes alone, as they may only where there is nobody else; raise Conflict or Invalid."""
    if found.changed_by != by.person_id:
        return False
    if others(session, by):
        raise Conflict(
            N_("Whoever changed the draft last does not publish it."),
            code="needs-second-person",
            remedy=N_("Ask another administrator to read it and publish it."),
        )
    if confirm.strip() != phrase(found.id):
        raise Invalid(
            N_("You are the only administrator: what you publish has no second reader."),
            field="confirm",
            remedy=N_("Type “%(phrase)s” to put it in force all the same; it is on record."),
            phrase=phrase(found.id),
        )
    return True


def _able(session: Session, rows: Sequence[Row], changed: Sequence[painting.Change]) -> None:
    """Raise Invalid where the table leaves a case open, or where nobody who is here could do what a change is about."""
    Authority(rows=tuple(rows))
    gone = thin.emptied(changed, thin.workers(session))
    if gone:
        named = [f"{each.act} ({', '.join(map(str, each.tiers))}; {', '.join(each.levels)})" for each in gone[:4]]
        raise Invalid(
            N_("Nobody active holds a post that could do this: %(cases)s."),
            field="rows",
            remedy=N_("Give somebody the post first, or name a post that somebody holds."),
            cases="; ".join(named),
        )
