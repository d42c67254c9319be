"""Writing bulletins: draft, refresh, edit, submit, drop, correct. Each takes a session and a locked incident, and
never commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins import diffing, drafting, due, entries, reading
from command.bulletins.drafting import Asked
from command.bulletins.models import OPEN, Bulletin, Kind, State, UpwardReport
from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as incident_entries
from command.incidents import plans, standing
from command.incidents.guards import State as IncidentState
from command.incidents.lifecycle import Action
from command.incidents.models import Incident
from command.people.access import Principal
from playbooks.templates import Language

LONGEST = 20_000
"""Characters of one text."""
TEXTS = ("zh", "en", "short_zh", "short_en")
WRITE = "write_bulletin"


@dataclass(frozen=True, slots=True)
class Upward:
    """What a report upward adds to its draft: why, in both languages, and what is asked."""

    why: Mapping[Language, str]
    asked: str = ""


def draft(
    session: Session,
    incident: Incident,
    kind: Kind,
    by: Principal | None,
    *,
    asked: str = "",
    upward: Upward | None = None,
    corrects: Bulletin | None = None,
) -> Bulletin:
    """Put down a bulletin drafted from the journal as of now. Raise Denied, or Conflict where one of the kind is being written."""
    standing.authorise(session, incident, by, WRITE)
    _reportable(session, incident, kind, corrects)
    upcoming = reading.upcoming(session, incident)
    number = reading.next_number(session, incident)
    row = Bulletin(
        incident_id=incident.id,
        incident_number=incident.number,
        number=number,
        kind=kind,
        tier=incident.tier,
        corrects_id=corrects.id if corrects else None,
        recipients=corrects.recipients if corrects else reading.sorts(session, incident, kind),
        answers=[str(event) for event in due.answers(kind, reading.owed(session, incident))] if not corrects else [],
        figures={},
        as_of=clock.now(session),
        drafted={},
        texts={},
        asked=asked.strip(),
        due_at=upcoming.at if upcoming and upcoming.kind == kind and not corrects else None,
        drafted_by=session.info["actor"],
        authors=[session.info["actor"]],
        drafted_at=clock.now(session),
        exercise=incident.exercise,
    )
    _fill(session, incident, row, upward, corrects)
    session.add(row)
    session.flush()
    payload = entries.BulletinDrafted(
        bulletin=number, bulletin_kind=kind, due_at=row.due_at, corrects=corrects.number if corrects else None
    )
    incident_entries.record(session, incident, payload)
    return row


def _reportable(session: Session, incident: Incident, kind: Kind, corrects: Bulletin | None) -> None:
    if incident.state == IncidentState.MERGED:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Write the bulletin of the incident it was merged into."),
            state=incident.state,
        )
    there = reading.open_one(session, incident, kind) if corrects is None else None
    if there is not None and kind != Kind.UPWARD:
        raise Conflict(
            N_("Bulletin %(number)d of this kind is being written."),
            field="kind",
            remedy=N_("Go on with it, or drop it first."),
            number=there.number,
        )


def _fill(
    session: Session, incident: Incident, row: Bulletin, upward: Upward | None, corrects: Bulletin | None
) -> None:
    """Draft texts and figures anew, as of now; what a person wrote is replaced."""
    plan = plans.tier_plan(session, incident)
    planned = reading.planned(plan, row.kind) if plan else None
    gap = plan.bulletins.follow_up.within_minutes if plan else None
    upcoming = (
        None
        if row.kind == Kind.FINAL or incident.restored_at or gap is None
        else clock.now(session) + timedelta(minutes=gap)
    )
    made = drafting.draft(
        session,
        incident,
        Asked(
            kind=Kind(row.kind),
            bulletin=row.number,
            text=planned.text if planned and row.kind != Kind.UPWARD else None,
            next_at=upcoming,
            corrects=corrects.number if corrects else None,
            asked=row.asked or (upward.asked if upward else ""),
            why=upward.why if upward else None,
        ),
    )
    row.drafted = row.texts = dict(made.texts)
    row.figures, row.as_of, row.next_at = dict(made.figures), made.as_of, upcoming


def refresh(session: Session, incident: Incident, row: Bulletin, by: Principal) -> None:
    """Draft a bulletin that is being written anew from the journal as of now; edits are given up. Raise Denied, Conflict."""
    standing.authorise(session, incident, by, WRITE)
    must_be(row, State.DRAFT)
    corrects = session.get(Bulletin, row.corrects_id) if row.corrects_id else None
    _fill(session, incident, row, _upward_of(session, row), corrects)
    row.edited_by = row.edited_at = None


def _upward_of(session: Session, row: Bulletin) -> Upward | None:
    """Why a time limit will not be met, as the first draft of a report upward said it: the first line below its heading. None for what was
    drafted by hand."""
    reported = select(UpwardReport.id).where(UpwardReport.bulletin_id == row.id)
    if row.kind != Kind.UPWARD or session.scalar(reported.limit(1)) is None:
        return None
    lines = {language: row.drafted[language].split("\n\n")[1].split("\n")[0] for language in ("zh", "en")}
    return Upward({"zh": lines["zh"], "en": lines["en"]})


def edit(session: Session, incident: Incident, row: Bulletin, texts: Mapping[str, str], by: Principal) -> None:
    """Change the given texts of a bulletin that is being written; what was drafted stays beside it. Raise Denied, Conflict, Invalid."""
    standing.authorise(session, incident, by, WRITE)
    must_be(row, State.DRAFT)
    new = dict(row.texts)
    for name, text in texts.items():
        new[name] = _checked(name, text)
    if new == row.texts:
        return
    row.texts, row.edited_by, row.edited_at = new, by.actor, clock.now(session)
    row.authors = sorted({*row.authors, by.actor})
    lines = max(diffing.changed(row.drafted[name], new[name]) for name in TEXTS)
    incident_entries.record(session, incident, entries.BulletinEdited(bulletin=row.number, lines=lines))


def _checked(name: str, text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if name not in TEXTS:
        raise Invalid(N_("There is no such field."), field=name, remedy=N_("Remove it, or correct its name."))
    if not plain:
        raise Invalid(N_("This field is missing."), field=name, remedy=N_("Write the text, or draft it anew."))
    if len(plain) > LONGEST:
        raise Invalid(
            N_("The text is longer than %(max_length)s."),
            field=name,
            remedy=N_("Correct its length."),
            max_length=LONGEST,
        )
    bad = next((char for char in plain if not char.isprintable() and char not in "\n\t"), None)
    if bad is not None:
        raise Invalid(
            N_("The text has a character that cannot be printed (%(char)s)."),
            field=name,
            remedy=N_("Take it out; copy the text from a plain editor."),
            char=f"U+{ord(bad):04X}",
        )
    return plain


def submit(session: Session, incident: Incident, row: Bulletin, by: Principal) -> None:
    """Ask somebody else to approve a bulletin. Raise Denied, Conflict."""
    standing.authorise(session, incident, by, WRITE)
    must_be(row, State.DRAFT)
    require_somebody(session, incident, row)
    row.state, row.submitted_by, row.submitted_at = State.SUBMITTED, by.actor, clock.now(session)
    incident_entries.record(session, incident, entries.BulletinSubmitted(bulletin=row.number, bulletin_kind=row.kind))


def require_somebody(session: Session, incident: Incident, row: Bulletin) -> None:
    if not reading.recipients_of(session, incident, row.recipients):
        raise Conflict(
            N_("Nobody would get this bulletin."),
            field="recipients",
            remedy=N_(
                "Name recipients for this area in config/recipients.yaml; for a restricted incident, cleared ones."
            ),
        )


def drop(session: Session, incident: Incident, row: Bulletin, by: Principal, reason: str) -> None:
    """Give up a bulletin that has not left, with the reason. Raise Denied, Conflict, Invalid."""
    standing.authorise(session, incident, by, WRITE)
    must_be(row, *OPEN)
    cited = incident_entries.note(session, reason)
    if cited is None:
        raise Invalid(
            N_("This field is missing."), field="reason", remedy=N_("Say in a few words why it is not needed.")
        )
    row.state = State.DROPPED
    incident_entries.record(session, incident, entries.BulletinDropped(bulletin=row.number, note=cited))


def turned(session: Session, incident: Incident, action: Action) -> None:
    """Hear of what was done to an incident: bulletins that were being written for what it is no more are given up. Once service is back
    these are drafts that nobody has touched; a final report follows. Of what was merged or cancelled nothing is told any more."""
    if action not in (Action.RESTORE, Action.MERGE, Action.CANCEL):
        return
    for row in reading.of(session, incident):
        untouched = all(author.startswith("system:") for author in row.authors)
        if row.state not in OPEN or (action == Action.RESTORE and not (untouched and row.kind != Kind.FINAL)):
            continue
        row.state = State.DROPPED
        incident_entries.record(session, incident, entries.BulletinDropped(bulletin=row.number, note=None))


def correct(session: Session, incident: Incident, row: Bulletin, by: Principal) -> Bulletin:
    """Begin the bulletin that corrects one which has left: of its kind, to its recipients. Raise Denied, Conflict."""
    must_be(row, State.APPROVED)
    return draft(session, incident, Kind(row.kind), by, asked=row.asked, upward=_upward_of(session, row), corrects=row)


def must_be(row: Bulletin, *states: State) -> None:
    if row.state in states:
        return
    detail, remedy = STANDS[State(row.state)]
    raise Conflict(detail, remedy=remedy, number=row.number)


STANDS = {
    State.APPROVED: (
        N_("Bulletin %(number)d has left."),
        N_("It has left and never changes: write the bulletin that corrects it."),
    ),
    State.SUBMITTED: (N_("Bulletin %(number)d waits for approval."), N_("It waits for approval: send it back first.")),
    State.DROPPED: (N_("Bulletin %(number)d was dropped."), N_("It was dropped: write a new one.")),
    State.DRAFT: (N_("Bulletin %(number)d is being written."), N_("It is being written: submit it first.")),
}
"""Why something cannot be done to a bulletin of a state, and what could be done instead."""
