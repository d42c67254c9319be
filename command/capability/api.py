"""Assessments of capability over JSON (R36)."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.capability import assessing, copies, importing, reading, standard, views
from command.capability.asked import BeginIn, ExportIn, ImproveIn, RateIn, ReasonIn
from command.capability.copies import Form
from command.capability.models import CapabilityAssessment
from command.capability.views import AssessmentOut, WholeOut
from command.core.problems import N_, Invalid, NotFound
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language

api = APIBlueprint("capability_api", __name__, url_prefix="/api/v1/capability", tag="Capability")
Verb = Callable[[Session, CapabilityAssessment, Principal], object]
TYPES = {Form.CSV: "text/csv; charset=utf-8", Form.PDF: "application/pdf"}


class AssessmentsOut(BaseModel):
    items: list[AssessmentOut]


class StandardItemOut(BaseModel):
    """`levels` describe 0 to 4; `figures` are codes of what Tocsin counts beside it."""

    code: str
    title: str
    weight: int
    evidence: str
    figures: list[str]
    levels: list[str]


class StandardDomainOut(BaseModel):
    code: str
    title: str
    weight: int
    items: list[StandardItemOut]


class StandardOut(BaseModel):
    version: int
    domains: list[StandardDomainOut]


@api.get("")
@api.output(AssessmentsOut)
@access("read_capability")
def listed() -> Any:
    """Assessments that were not given up, the newest period first."""
    with here().database.read() as session:
        return {"items": [views.assessment_out(session, row, language()) for row in reading.listed(session)]}


@api.get("/standard")
@api.output(StandardOut)
@access("read_capability")
def standard_of_today() -> Any:
    """The standard against which an assessment would be begun today."""
    return standard_out()


def standard_out() -> StandardOut:
    """The standard of today in the reader's language."""
    found, tongue = standard.current(), language()
    domains = [
        StandardDomainOut(
            code=domain.code,
            title=views.said(domain.title, tongue),
            weight=domain.weight,
            items=[_item(found, item, tongue) for item in domain.items],
        )
        for domain in found.domains
    ]
    return StandardOut(version=found.version, domains=domains)


def _item(found: standard.Standard, item: standard.Item, tongue: str) -> StandardItemOut:
    return StandardItemOut(
        code=item.code,
        title=views.said(item.title, tongue),
        weight=item.weight,
        evidence=views.said(item.evidence, tongue),
        figures=list(item.figures),
        levels=[views.said(text, tongue) for text in (found.absent, *item.levels)],
    )


@api.post("")
@api.input(BeginIn)
@api.output(WholeOut, status_code=201)
@access("assess_capability")
def begin(json_data: BeginIn) -> Any:
    """Begin an assessment against the standard of today."""
    return shown(begun(json_data))


def begun(asked: BeginIn) -> int:
    """Begin an assessment as asked; its id."""
    who = principal()
    return unit(lambda session: assessing.begin(session, asked.draft(), who).id)


@api.get("/<int:assessment_id>")
@api.output(WholeOut)
@access("read_capability")
def one(assessment_id: int) -> Any:
    """An assessment with every item, its evidence and its figures."""
    return shown(assessment_id)


def shown(assessment_id: int) -> WholeOut:
    """An assessment as it stands on record."""
    with here().database.read() as session:
        return views.whole(session, reading.find(session, assessment_id), language())


def done(assessment_id: int, verb: Verb) -> WholeOut:
    """Do something with a locked assessment and answer with what became of it, once that is on record."""
    act(assessment_id, verb)
    return shown(assessment_id)


def act(assessment_id: int, verb: Verb) -> None:
    """Do something with a locked assessment, as one unit of work."""
    who = principal()

    def work(session: Session) -> None:
        verb(session, reading.find(session, assessment_id, locked=True), who)

    unit(work)


@api.post("/<int:assessment_id>/actions/rate")
@api.input(RateIn)
@api.output(WholeOut)
@access("assess_capability")
def rate(assessment_id: int, json_data: RateIn) -> Any:
    """Rate items; all of them or none."""
    given = [each.rating() for each in json_data.ratings]
    return done(assessment_id, lambda session, row, who: assessing.rate(session, row, given, who))


@api.post("/<int:assessment_id>/actions/import")
@api.output(WholeOut)
@access("assess_capability")
def bring(assessment_id: int) -> Any:
    """Read the CSV file of a third party, sent as the field `file` of multipart/form-data."""
    bring_sent(assessment_id)
    return shown(assessment_id)


def bring_sent(assessment_id: int) -> None:
    """Read the file that came with the request."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(
            N_("Choose a file whose name ends with .csv."),
            field="file",
            remedy=N_("Take the CSV export of the assessment as the pattern."),
        )
    name, body = sent.filename.replace("\\", "/").rpartition("/")[2], sent.stream.read(importing.MOST_BYTES + 1)
    act(assessment_id, lambda session, row, who: importing.bring(session, row, name, body, who))


@api.post("/<int:assessment_id>/actions/finish")
@api.output(WholeOut)
@access("assess_capability")
def finish(assessment_id: int) -> Any:
    """Lock it: figures and scores are kept as they are now."""
    return done(assessment_id, assessing.finish)


@api.post("/<int:assessment_id>/actions/drop")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("assess_capability")
def drop(assessment_id: int, json_data: ReasonIn) -> Any:
    """Give a draft up, with a reason."""
    return done(assessment_id, lambda session, row, who: assessing.drop(session, row, json_data.reason, who))


@api.post("/<int:assessment_id>/items/<item>/actions/improve")
@api.input(ImproveIn)
@api.output(WholeOut)
@access("assess_capability")
def improve(assessment_id: int, item: str, json_data: ImproveIn) -> Any:
    """Give an improvement action for an item."""
    given = json_data.draft()
    return done(assessment_id, lambda session, row, who: assessing.improve(session, row, item, given, who))


@api.get("/<int:assessment_id>/export/<form>")
@api.input(ExportIn, location="query")
@access("read_capability")
def export(assessment_id: int, form: str, query_data: ExportIn) -> Any:
    """A copy as CSV or PDF; that it was taken is on record."""
    return copy(assessment_id, form, query_data.language or language())


def copy(assessment_id: int, written_as: str, tongue: str) -> Response:
    """A copy, once it is on record. Raise NotFound."""
    if written_as not in set(Form):
        raise NotFound(N_("There is nothing at this address."), remedy=N_("A copy is a csv or a pdf."))
    form = Form(written_as)
    who, zone = principal(), here().settings.tz
    body = unit(lambda session: copies.take(session, assessment_id, form, who, tongue, zone))
    name = f"tocsin-capability-{assessment_id}-{tongue}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, content_type=TYPES[form], headers=headers)


@api.get("/<int:assessment_id>/file")
@access("read_capability")
def file(assessment_id: int) -> Any:
    """The third party's file as it was read."""
    return kept_file(assessment_id)


def kept_file(assessment_id: int) -> Response:
    """The file as a download that no browser runs."""
    with here().database.read() as session:
        body = reading.file_of(session, reading.find(session, assessment_id))
    headers = {
        "Content-Disposition": f'attachment; filename="capability-{assessment_id}.csv"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)
