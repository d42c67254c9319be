"""Bulletins over JSON: draft, edit, submit, approve, correct; and for recipients' machines the bulletins that are theirs."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins import approving, reading, service, upward, views
from command.bulletins.asked import AgainIn, ApproveIn, DraftIn, EditIn, ListIn, PdfIn, ReasonIn
from command.bulletins.models import Bulletin
from command.bulletins.views import (
    BulletinOut,
    BulletinsOut,
    OfIncidentOut,
    UpwardOut,
)
from command.incidents import api as incidents_api
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language

api = APIBlueprint("bulletins_api", __name__, url_prefix="/api/v1", tag="Bulletins")
Verb = Callable[[Session, Incident, Bulletin, Principal], object]


@api.get("/incidents/<number>/bulletins")
@api.output(OfIncidentOut)
@access("read")
def of_incident(number: str) -> Any:
    """The bulletins of an incident, what is due next, and what was reported upward."""
    with here().database.read() as session:
        incident = incidents_api.read(session, number)
        return OfIncidentOut(
            items=[views.out(session, here(), row, language()) for row in reading.of(session, incident)],
            next_due=views.due_out(session, incident, reading.upcoming(session, incident)),
            upward=[views.upward_out(row, language()) for row in upward.of(session, incident)],
        )


@api.post("/incidents/<number>/bulletins")
@api.input(DraftIn, arg_name="given")
@api.output(BulletinOut, status_code=201)
@access("write_bulletin")
def draft(number: str, given: DraftIn) -> Any:
    """Draft a bulletin from the journal as of now."""
    return unit(lambda session: _out(session, drafted(session, number, given, principal())))


def drafted(session: Session, number: str, given: DraftIn, who: Principal) -> Bulletin:
    """Draft one for somebody; raise NotFound, Denied or Conflict."""
    incident = visibility.seen_by(session, standing.lock(session, number), who)
    return service.draft(session, incident, given.kind, who, asked=given.asked)


@api.get("/bulletins")
@api.input(ListIn, location="query", arg_name="asked")
@api.output(BulletinsOut)
@access("read")
def listed(asked: ListIn) -> Any:
    """Bulletins, newest first, without those of incidents the reader may not know of."""
    with here().database.read() as session:
        rows, following = found(session, asked, principal())
        return BulletinsOut(items=[views.out(session, here(), row, language()) for row in rows], next=following)


def found(session: Session, asked: ListIn, who: Principal) -> tuple[list[Bulletin], int | None]:
    """The bulletins that fit, and from where to read on."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(Bulletin).where(Bulletin.incident_id.in_(known))
    if asked.incident is not None:
        query = query.where(Bulletin.incident_id == incidents_api.read(session, asked.incident).id)
    for column, wanted in ((Bulletin.kind, asked.kind), (Bulletin.state, asked.state)):
        if wanted is not None:
            query = query.where(column == wanted)
    if asked.after is not None:
        query = query.where(Bulletin.id < asked.after)
    rows = list(session.scalars(query.order_by(Bulletin.id.desc()).limit(asked.limit + 1)))
    page = rows[: asked.limit]
    return page, page[-1].id if len(rows) > len(page) else None


@api.get("/bulletins/<int:bulletin_id>")
@api.output(BulletinOut)
@access("read")
def read(bulletin_id: int) -> Any:
    """One bulletin with its copies."""
    with here().database.read() as session:
        return _out(session, reading.find(session, bulletin_id, principal()).bulletin)


@api.get("/bulletins/<int:bulletin_id>/pdf")
@api.input(PdfIn, location="query", arg_name="asked")
@access("read")
def as_pdf(bulletin_id: int, asked: PdfIn) -> Any:
    """One bulletin as PDF."""
    with here().database.read() as session:
        row = reading.find(session, bulletin_id, principal()).bulletin
        return file(views.pdf_of(session, row, asked.language, asked.sees), row)


def file(made: bytes, row: Bulletin) -> Response:
    """A PDF as a download that nobody keeps on the way."""
    response = Response(made, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"bulletin-{row.incident_number}-{row.number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@api.patch("/bulletins/<int:bulletin_id>")
@api.input(EditIn, arg_name="given")
@api.output(BulletinOut)
@access("write_bulletin")
def edit(bulletin_id: int, given: EditIn) -> Any:
    """Change the texts of a draft."""
    texts = given.model_dump(exclude_none=True)
    return _acted(bulletin_id, lambda session, incident, row, who: service.edit(session, incident, row, texts, who))


@api.post("/bulletins/<int:bulletin_id>/actions/refresh")
@api.output(BulletinOut)
@access("write_bulletin")
def refresh(bulletin_id: int) -> Any:
    """Draft it anew from the journal as of now; edits are given up."""
    return _acted(bulletin_id, service.refresh)


@api.post("/bulletins/<int:bulletin_id>/actions/submit")
@api.output(BulletinOut)
@access("write_bulletin")
def submit(bulletin_id: int) -> Any:
    """Ask somebody else to approve it."""
    return _acted(bulletin_id, service.submit)


@api.post("/bulletins/<int:bulletin_id>/actions/send_back")
@api.input(ReasonIn, arg_name="given")
@api.output(BulletinOut)
@access("write_bulletin")
def send_back(bulletin_id: int, given: ReasonIn) -> Any:
    """Give it back to be written on, with the reason."""
    return _acted(
        bulletin_id, lambda session, incident, row, who: approving.send_back(session, incident, row, who, given.reason)
    )


@api.post("/bulletins/<int:bulletin_id>/actions/approve")
@api.input(ApproveIn, arg_name="given")
@api.output(BulletinOut)
@access("approve_bulletin")
def approve(bulletin_id: int, given: ApproveIn) -> Any:
    """Let it leave: by somebody who did not write it, or by an override with a reason."""

    def verb(session: Session, incident: Incident, row: Bulletin, who: Principal) -> None:
        approving.approve(session, here(), incident, row, who, override=given.override, reason=given.reason)

    return _acted(bulletin_id, verb)


@api.post("/bulletins/<int:bulletin_id>/actions/drop")
@api.input(ReasonIn, arg_name="given")
@api.output(BulletinOut)
@access("write_bulletin")
def drop(bulletin_id: int, given: ReasonIn) -> Any:
    """Give it up, with the reason."""
    return _acted(
        bulletin_id, lambda session, incident, row, who: service.drop(session, incident, row, who, given.reason)
    )


@api.post("/bulletins/<int:bulletin_id>/actions/send_again")
@api.input(AgainIn, arg_name="given")
@api.output(BulletinOut)
@access("write_bulletin")
def send_again(bulletin_id: int, given: AgainIn) -> Any:
    """Send a recipient's mail again that failed, or of which nobody knows whether it arrived."""

    def verb(session: Session, incident: Incident, row: Bulletin, who: Principal) -> None:
        approving.send_again(session, here(), incident, row, given.recipient, who)

    return _acted(bulletin_id, verb)


@api.post("/bulletins/<int:bulletin_id>/actions/correct")
@api.output(BulletinOut, status_code=201)
@access("write_bulletin")
def correct(bulletin_id: int) -> Any:
    """Begin the bulletin that corrects this one; the new one is answered."""
    return unit(lambda session: _out(session, done(session, bulletin_id, principal(), service.correct)))


@api.post("/incidents/<number>/upward/<clock>/actions/acknowledge")
@api.output(UpwardOut)
@access("read")
def acknowledge(number: str, clock: str) -> Any:
    """The superior echelon has what was reported upward."""

    def work(session: Session) -> UpwardOut:
        incident = visibility.seen_by(session, standing.lock(session, number), principal())
        return views.upward_out(upward.acknowledge(session, incident, clock, principal()), language())

    return unit(work)


def _acted(bulletin_id: int, verb: Verb) -> BulletinOut:
    def work(session: Session) -> BulletinOut:
        done(session, bulletin_id, principal(), verb)
        session.flush()
        return _out(session, session.get_one(Bulletin, bulletin_id))

    return unit(work)


def done(session: Session, bulletin_id: int, who: Principal, verb: Verb) -> Any:
    """Do something to a bulletin of a locked incident."""
    incident = standing.lock(session, reading.find(session, bulletin_id, who).incident.id)
    row = session.get_one(Bulletin, bulletin_id, populate_existing=True)
    return verb(session, incident, row, who)


def _out(session: Session, row: Bulletin) -> BulletinOut:
    return views.out(session, here(), row, language())
