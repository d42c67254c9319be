"""Evaluation reports over JSON (R7)."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.evaluation import copies, proposing, publishing, report, signing, texts, views
from command.evaluation.asked import ActIn, CausesIn, CopyIn, ListIn, ReasonIn, SignIn, WriteIn
from command.evaluation.copies import Copy
from command.evaluation.parts import Part
from command.evaluation.views import EvaluationOut, HistoryOut, PartOut, RowsOut
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language, zone

api = APIBlueprint("evaluation_api", __name__, url_prefix="/api/v1", tag="Evaluation")
Verb = Callable[[Session, Principal], object]
BASE = "/incidents/<number>/evaluation"


@api.get("/evaluations")
@api.input(ListIn, location="query")
@api.output(RowsOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Reports of incidents that were restored, the overdue ones first; those of restricted incidents for whoever may know of these."""
    with here().database.read() as session:
        return views.rows_out(session, query_data.wanted(), principal())


@api.get(BASE)
@api.output(EvaluationOut)
@access("read")
def one(number: str) -> Any:
    """The report of an incident, what keeps it from being signed, and who has signed."""
    return shown(number)


@api.put(f"{BASE}/parts/<part>")
@api.input(WriteIn)
@api.output(PartOut)
@access("review")
def write(number: str, part: str, json_data: WriteIn) -> Any:
    """Write a part over the version one has read; 409 says what somebody else wrote meanwhile. What was signed of it so far is void."""
    which, who, asked = part_of(part), principal(), json_data
    written = unit(lambda session: texts.write(session, number, which, asked.text, asked.version, who))
    with here().database.read() as session:
        return views.part_out(session, written, language())


@api.get(f"{BASE}/parts/<part>")
@api.output(HistoryOut)
@access("read")
def history(number: str, part: str) -> Any:
    """A part version by version: who wrote it when, and what it said before."""
    with here().database.read() as session:
        incident = report.find(session, number, principal())
        found = texts.history(session, incident, report.of(session, incident), part_of(part))
        return HistoryOut(versions=[views.part_out(session, each, language()) for each in found])


@api.put(f"{BASE}/causes")
@api.input(CausesIn)
@api.output(EvaluationOut)
@access("review")
def causes(number: str, json_data: CausesIn) -> Any:
    """Name the root cause, the cause, and the causes that contributed."""
    asked = json_data
    return done(number, lambda session, who: texts.give_causes(session, number, asked.cause(), asked.contributing, who))


@api.post(f"{BASE}/improvements")
@api.input(ActIn)
@api.output(EvaluationOut, status_code=201)
@access("improve")
def improve(number: str, json_data: ActIn) -> Any:
    """Give an improvement action whose source is the incident, with the new text of the clause that it changes, if there is one."""
    asked = json_data
    return done(number, lambda session, who: proposing.give(session, number, asked.draft(number), asked.new(), who))


@api.post(f"{BASE}/actions/submit")
@api.output(EvaluationOut)
@access("review")
def submit(number: str) -> Any:
    """Put the report up for signature; 409 names what is missing."""
    return done(number, lambda session, who: signing.submit(session, number, who))


@api.post(f"{BASE}/actions/sign")
@api.input(SignIn)
@api.output(EvaluationOut)
@access("sign_evaluation")
def sign(number: str, json_data: SignIn) -> Any:
    """Sign as the first post of one's own that is missing; the last signature makes the report signed and proposes its new texts."""
    seen = json_data.seen
    return done(number, lambda session, who: signing.sign(session, number, who, seen))


@api.post(f"{BASE}/actions/reopen")
@api.input(ReasonIn)
@api.output(EvaluationOut)
@access("sign_evaluation")
def reopen(number: str, json_data: ReasonIn) -> Any:
    """Make it a draft again: its signatures are void, and users read it no more."""
    return done(number, lambda session, who: report.reopen(session, number, json_data.reason, who))


@api.post(f"{BASE}/actions/publish")
@api.output(EvaluationOut)
@access("sign_evaluation")
def publish(number: str) -> Any:
    """Let users read the version for them; 422 names what they should not read."""
    return done(number, lambda session, who: publishing.publish(session, number, who))


@api.post(f"{BASE}/actions/unpublish")
@api.input(ReasonIn)
@api.output(EvaluationOut)
@access("sign_evaluation")
def unpublish(number: str, json_data: ReasonIn) -> Any:
    """Users read it no more."""
    return done(number, lambda session, who: publishing.unpublish(session, number, json_data.reason, who))


@api.post(f"{BASE}/actions/propose")
@api.output(EvaluationOut)
@access("sign_evaluation")
def propose(number: str) -> Any:
    """Try once more to put new texts that wait into drafts of their plans."""
    return done(number, lambda session, who: proposing.again(session, number, who))


@api.post(f"{BASE}/report")
@api.input(CopyIn)
@access("export")
def copy(number: str, json_data: CopyIn) -> Response:
    """The report as a file; on record before it leaves."""
    return file(taken(number, principal(), json_data.form, json_data.language))


def done(number: str, verb: Verb) -> EvaluationOut:
    """Do something with a report and answer with what became of it, once that is on record."""
    who = principal()

    def work(session: Session) -> None:
        verb(session, who)

    unit(work)
    return shown(number)


def shown(number: str) -> EvaluationOut:
    """A report, as far as whoever asks may know of its incident; raise Conflict where there is none yet."""
    with here().database.read() as session:
        incident = report.find(session, number, principal())
        if not report.readable(session, incident):
            raise report.nothing()
        return views.out(session, incident, language())


def part_of(code: str) -> Part:
    """The part of a code; raise NotFound."""
    try:
        return Part(code)
    except ValueError:
        raise NotFound(
            N_("A report has no such part."), remedy=N_("Its parts are: %(parts)s."), parts=", ".join(Part)
        ) from None


def taken(number: str, who: Principal, form: str, tongue: str) -> Copy:
    """A copy that is on record; raise Invalid for a form or a language that there is not."""
    which, spoken = copies.wanted(form, tongue)
    here_zone = zone()
    return unit(lambda session: copies.take(session, number, who, which, spoken, here_zone))


def file(copy: Copy) -> Response:
    """A copy as a file."""
    made = Response(copy.written(), content_type=copies.CONTENT_TYPES[copy.form])
    made.headers["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    return made
