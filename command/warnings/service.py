"""The verbs of warnings: issue, raise, lower, change, lift, and the end of what is over. Each is on record on the warning's stream.

A caller gives a locked row (`find(…, locked=True)`) and has checked who may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.core.log import masked_words
from command.core.marks import NUMBER
from command.core.names import Words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import house
from command.incidents.entries import NoteRef, note
from command.incidents.guards import FINAL
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident
from command.warnings import advisory, entries, facts, tasks
from command.warnings.colours import RANK, Colour
from command.warnings.entries import Changed, Expired, Issued, Lifted, Recoloured
from command.warnings.facts import Facts
from command.warnings.models import Source, State, Warning, WarningIncident
from command.warnings.words import STATES

LOCK = "warnings"
"""Warnings are issued one after another, so that of two alike the second is shown the first."""
OVER = (*FINAL, IncidentState.CLOSED)
"""States of an incident of which nothing is open."""
CHANGING = (
    *("issuer", "reference", "event", "areas", "from_at", "until_at"),
    *("headline_zh", "headline_en", "text_zh", "text_en"),
)


def find(session: Session, code: str, *, locked: bool = False) -> Warning:
    """The warning of a code; raise NotFound."""
    query = select(Warning).where(Warning.code == code)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if locked else query)
    if row is None:
        raise NotFound(
            N_("There is no warning %(name)s."), remedy=N_("Look it up in the list of warnings."), name=code[:64]
        )
    return row


def issue(
    session: Session,
    said: Facts,
    source: Source,
    *,
    exercise: bool = False,
    confirmed: bool = False,
    risk: str = "",
    unmatched: Sequence[str] = (),
    key: str | None = None,
) -> Warning:
    """A new warning with its preparedness tasks. The same `key` of the same actor twice is one warning. Raise Invalid at the field, or
    Conflict where one like it holds there already and that was not confirmed."""
    count_up(session, LOCK)
    if (before := again(session, key)) is not None:
        return before
    values = facts.columns(session, said)
    others = facts.alike(session, values["issuer"], said.event, values["areas"], exercise)
    facts.refuse_alike(others, confirmed)
    now = clock.now(session)
    row = Warning(
        **values,
        code=_code(session, now, exercise),
        source=source,
        risk=risk,
        unmatched=[masked_words(each)[:120] for each in unmatched][:50],
        issued_at=now,
        issued_by=session.info["actor"],
        request_key=_keyed(session, key),
        changed_at=now,
        exercise=exercise,
    )
    session.add(row)
    session.flush()
    entries.record(
        session,
        row,
        Issued(
            warning_id=row.id,
            event=row.event,
            colour=row.colour,
            areas=row.areas,
            from_at=row.from_at,
            until_at=row.until_at,
            source=source,
            risk=risk,
            overlaps=others,
        ),
    )
    tasks.give(session, row)
    return row


def again(session: Session, key: str | None) -> Warning | None:
    """The warning that whoever acts issued with this key, if they did."""
    mine = _keyed(session, key)
    return session.scalar(select(Warning).where(Warning.request_key == mine)) if mine else None


def _keyed(session: Session, key: str | None) -> str | None:
    return f"{session.info['actor']}/{key}" if key else None


def _code(session: Session, now: datetime, exercise: bool) -> str:
    line = f"{NUMBER if exercise else ''}W-{house.today(session, now):%Y-%m%d}"
    return f"{line}-{count_up(session, f'warning:{line}'):02d}"


def raise_to(session: Session, row: Warning, colour: str, reason: str) -> None:
    """A graver colour, with the tasks that it adds; raise Invalid, or Conflict where it is not graver."""
    _recolour(session, row, colour, reason, graver=True)
    tasks.give(session, row)


def lower_to(session: Session, row: Warning, colour: str, reason: str) -> None:
    """A lighter colour; tasks that were given stay. Raise Invalid, or Conflict where it is not lighter."""
    _recolour(session, row, colour, reason, graver=False)


def _recolour(session: Session, row: Warning, colour: str, reason: str, *, graver: bool) -> None:
    _must_be_live(row)
    facts.known_colour(colour)
    if colour == row.colour or (RANK[Colour(colour)] > RANK[Colour(row.colour)]) is not graver:
        raise Conflict(
            N_("The warning is %(before)s; that is not raised to %(colour)s.")
            if graver
            else N_("The warning is %(before)s; that is not lowered to %(colour)s."),
            field="colour",
            remedy=N_("The order is blue, yellow, orange, red."),
            code="colour-order",
            before=row.colour,
            colour=colour,
        )
    cited = _reason(session, reason)
    before, row.colour = row.colour, colour
    _touch(session, row)
    entries.record(session, row, Recoloured(before=before, colour=colour, raised=graver, reason=cited))


def change(
    session: Session,
    row: Warning,
    said: Facts,
    reason: str,
    *,
    version: int | None = None,
    confirmed: bool = False,
    unmatched: Sequence[str] | None = None,
) -> None:
    """Say anew what a warning says, its colour apart: areas, validity, words. Raise Invalid, or Conflict where it changed since `version`,
    nothing is new, or another one holds there already."""
    _must_be_live(row)
    if version is not None and version != row.version:
        raise Conflict(
            N_("Somebody has changed this warning since you opened it."),
            field="version",
            remedy=N_("Open the page again in another tab and carry your change over."),
        )
    values = facts.columns(session, said)
    changed = [name for name in CHANGING if getattr(row, name) != values[name]]
    if unmatched is not None:
        row.unmatched = [masked_words(each)[:120] for each in unmatched][:50]
    if not changed:
        raise Conflict(N_("This says what the warning says already."), remedy=N_("Change something, or go back."))
    others = facts.alike(session, values["issuer"], said.event, values["areas"], row.exercise, row.id)
    if {"issuer", "event", "areas"} & set(changed):
        facts.refuse_alike(others, confirmed)
    cited = _reason(session, reason)
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    _touch(session, row)
    at = {name: getattr(row, name) for name in ("areas", "from_at", "until_at", "version")}
    entries.record(session, row, Changed(fields=changed, reason=cited, **at))
    if "event" in changed:
        tasks.give(session, row)


def differs(session: Session, row: Warning, said: Facts) -> bool:
    """Whether facts say something else than a warning does, its colour apart; raise Invalid."""
    values = facts.columns(session, said)
    return any(getattr(row, name) != values[name] for name in CHANGING)


def said_by(row: Warning, **others: Any) -> Facts:
    """What a warning says, with some of it said anew."""
    return Facts(**{name: getattr(row, name) for name in (*CHANGING, "colour")} | others)


def lift(session: Session, row: Warning, reason: str) -> int:
    """End a warning before its time: what of its advisory has not left is withdrawn. Returns how many incidents that came of it are open
    still, which is no hindrance."""
    _must_be_live(row)
    cited = _reason(session, reason)
    row.state, row.ended_at = State.LIFTED, clock.now(session)
    _touch(session, row)
    advisory.end(session, row)
    still = open_incidents(session, row)
    entries.record(session, row, Lifted(incidents=still, reason=cited))
    return still


def over(session: Session) -> bool:
    """Whether the time of some live warning is over."""
    return session.scalar(_over(session).limit(1)) is not None


def expire(session: Session) -> list[Warning]:
    """End those whose time is over, 200 at most."""
    rows = list(session.scalars(_over(session).limit(200).with_for_update(skip_locked=True)))
    for row in rows:
        row.state, row.ended_at = State.EXPIRED, row.until_at
        _touch(session, row)
        advisory.end(session, row)
        entries.record(session, row, Expired(until_at=row.until_at, incidents=open_incidents(session, row)))
    return rows


def _over(session: Session) -> Select[Warning]:
    ended = (Warning.state == State.LIVE, Warning.until_at <= clock.now(session))
    return select(Warning).where(*ended).order_by(Warning.id)


def open_incidents(session: Session, row: Warning) -> int:
    """How many incidents that came of it are not over."""
    query = (
        select(func.count())
        .select_from(WarningIncident)
        .join(Incident, Incident.id == WarningIncident.incident_id)
        .where(WarningIncident.warning_id == row.id, Incident.state.not_in(OVER))
    )
    return session.scalar(query) or 0


def _must_be_live(row: Warning) -> None:
    if row.state != State.LIVE:
        raise Conflict(
            N_("This warning is over: %(state)s."),
            remedy=N_("Issue a new one."),
            state=Words((STATES[State(row.state)],)),
        )


def _touch(session: Session, row: Warning) -> None:
    row.changed_at = clock.now(session)
    session.flush()


def _reason(session: Session, reason: str) -> NoteRef:
    cited = note(session, masked_words(reason.strip()))
    if cited is None:
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    return cited
