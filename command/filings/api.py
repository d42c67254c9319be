"""Reports to the regulator over JSON: how an incident's stand, writing, submitting and correcting one, and those of all incidents."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from command.filings import copies, listing, service, submitting, views
from command.filings.asked import CopyIn, CorrectIn, EditionIn, ListIn, SubmitIn, VersionIn, WriteIn
from command.filings.shapes import AllOut, FilingOut, OfIncidentOut
from command.filings.submitting import Submission
from command.incidents import house, standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language, zone

api = APIBlueprint("filings_api", __name__, url_prefix="/api/v1", tag="Reports to the regulator")
Verb = Callable[[Session, Incident, Principal], object]
DRAFTS = 200


@api.get("/incidents/<number>/filings")
@api.output(OfIncidentOut)
@access("read")
def of_incident(number: str) -> Any:
    """By which rules an incident is reportable, and how each report of the profile stands."""
    with here().database.read() as session:
        return views.of_incident(session, seen(session, number), language())


@api.get("/incidents/<number>/filings/<report>")
@api.input(EditionIn, location="query", arg_name="asked")
@api.output(FilingOut)
@access("read")
def read(number: str, report: str, asked: EditionIn) -> Any:
    """One report, its newest edition by default; a preview from the incident where nothing was drafted."""
    with here().database.read() as session:
        return views.filing_out(session, seen(session, number), report, language(), zone(), asked.edition)


@api.get("/incidents/<number>/filings/<report>/copy")
@api.input(CopyIn, location="query", arg_name="asked")
@access("read")
def copy(number: str, report: str, asked: CopyIn) -> Any:
    """One report as PDF or DOCX."""
    return file(number, report, asked)


def file(number: str, report: str, asked: CopyIn) -> Response:
    """A copy as a download that nobody keeps on the way; its times are on the operator's clock."""
    with here().database.read() as session:
        incident = seen(session, number)
        tz = house.settings(session).tz
        made = copies.paper(session, incident, report, principal(), asked.language, tz, asked.edition)
    response = Response(copies.written(made, asked.form), mimetype=copies.TYPES[asked.form])
    name = f"{report}-{number}-{asked.language}.{asked.form}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.put("/incidents/<number>/filings/<report>")
@api.input(WriteIn, arg_name="given")
@api.output(FilingOut)
@access("write_bulletin")
def write(number: str, report: str, given: WriteIn) -> Any:
    """Write into a report; it is drafted from the incident first where there is no draft (version 0)."""
    return acted(
        number,
        report,
        lambda session, incident, who: service.write(session, incident, report, who, given.version, given.fields),
    )


@api.post("/incidents/<number>/filings/<report>/actions/refresh")
@api.input(VersionIn, arg_name="given")
@api.output(FilingOut)
@access("write_bulletin")
def refresh(number: str, report: str, given: VersionIn) -> Any:
    """Take what the incident gives anew; what a person wrote is kept."""
    return acted(
        number, report, lambda session, incident, who: service.refresh(session, incident, report, who, given.version)
    )


@api.post("/incidents/<number>/filings/<report>/actions/submit")
@api.input(SubmitIn, arg_name="given")
@api.output(FilingOut)
@access("approve_bulletin")
def submit(number: str, report: str, given: SubmitIn) -> Any:
    """Put on record that the regulator got it; refused while a required field holds nothing."""
    submission = Submission(**given.model_dump())
    return acted(
        number, report, lambda session, incident, who: submitting.submit(session, incident, report, submission, who)
    )


@api.post("/incidents/<number>/filings/<report>/actions/correct")
@api.input(CorrectIn, arg_name="given")
@api.output(FilingOut, status_code=201)
@access("write_bulletin")
def correct(number: str, report: str, given: CorrectIn) -> Any:
    """Begin the next edition of a report that was submitted."""
    return acted(
        number, report, lambda session, incident, who: service.correct(session, incident, report, who, given.reason)
    )


@api.get("/filings")
@api.input(ListIn, location="query", arg_name="asked")
@api.output(AllOut)
@access("read")
def every(asked: ListIn) -> Any:
    """What is owed, what is being written, and what was submitted in a period, of incidents the reader may know of."""
    with here().database.read() as session:
        return all_of(session, asked, principal(), language())


def all_of(session: Session, asked: ListIn, who: Principal, tongue: str) -> AllOut:
    """What is owed, drafted and submitted. Raise Invalid for a period that ends before it begins."""
    settings = house.settings(session)
    wanted = views.wanted(asked, settings.tz)
    return AllOut(
        profile=settings.profile,
        owed=[views.waiting_out(each, tongue) for each in listing.waiting(session, who)],
        drafts=[views.draft_out(row, tongue) for row in listing.drafts(session, who, DRAFTS)],
        submitted=[views.submitted_out(row, tongue) for row in listing.submitted(session, who, wanted, asked.limit)],
        rules=views.rules_out(session, tongue),
    )


def seen(session: Session, number: str) -> Incident:
    """The incident, as far as whoever asks may know of it; raise NotFound."""
    return visibility.seen_by(session, standing.find(session, number), principal())


def acted(number: str, report: str, verb: Verb) -> FilingOut:
    """Do something to a report of a locked incident, and answer with what became of it once that is on record."""
    unit(lambda session: done(session, number, verb))
    with here().database.read() as session:
        return views.filing_out(session, seen(session, number), report, language(), zone())


def done(session: Session, number: str, verb: Verb) -> None:
    """Do something to a locked incident that whoever asks may know of."""
    who = principal()
    verb(session, visibility.seen_by(session, standing.lock(session, number), who), who)
