"""Complaints, surges and what is said in public over JSON: for the systems of other channels, and for what the pages do."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.orm import Session

from command.complaints import caller, figures, intake, opinions, reading, service, steps, surges
from command.complaints.intake import Complaint
from command.complaints.models import Case, Surge
from command.complaints.reading import Asked, ComplaintOut, OpinionOut, SurgeOut
from command.complaints.rules import STEPS
from command.core import clock
from command.core.problems import N_, Invalid, NotFound
from command.incidents import standing
from command.incidents.visibility import seen_by
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("complaints_api", __name__, url_prefix="/api/v1", tag="Complaints")
MOST = 200
"""Complaints of one request."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
Channel = Literal["phone", "web", "counter", "app", "mail", "social", "self_service"]


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class ComplaintIn(Strict):
    """A complaint. `reference` is its number at the source: the same source and reference again is the same complaint. `source` may be left
    out by a machine's token, whose name it is then. `own`: whoever sends it spoke with the customer and owns it (R14)."""

    channel: Channel
    kind: Name
    text: Words = ""
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    severity: Annotated[int, Field(ge=1, le=4)] = service.ORDINARY
    reach: Literal["one", "several", "group", "public"] = "one"
    service: Name = ""
    area: Name = ""
    tariff_plan: Name = ""
    language: Literal["zh", "en"] = "zh"
    received_at: AwareDatetime | None = None
    source: Name = ""
    reference: Name = ""
    own: bool = False
    exercise: bool = False


class ComplaintsIn(Strict):
    """A batch: this object, the list alone, or one complaint. It is taken whole or not at all."""

    complaints: Annotated[list[ComplaintIn], Field(min_length=1, max_length=MOST)]

    @model_validator(mode="before")
    @classmethod
    def _list_or_one(cls, given: Any) -> Any:
        if isinstance(given, list):
            return {"complaints": given}
        return {"complaints": [given]} if isinstance(given, dict) and "complaints" not in given else given


class ReceivedOut(BaseModel):
    """One complaint on record: its case number, class, by when it is answered, whom it was routed to; `new` false: it was there already."""

    case: str
    service_class: str
    department: str | None
    due_at: datetime | None
    reference: str
    new: bool


class ReceiptOut(BaseModel):
    received: int
    new: int
    items: list[ReceivedOut]


class ComplaintsAsked(Strict):
    """Filters; read on with `after`."""

    state: Literal["open", "closed"] | None = None
    kind: Name = ""
    service_class: Literal["regular", "emergency", "special"] | None = None
    channel: Channel | None = None
    area: Name = ""
    step: Literal["accept", "enquire", "answer", "follow_up"] | None = None
    late: bool = False
    mine: bool = False
    exercise: bool = False
    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ComplaintsOut(BaseModel):
    items: list[ComplaintOut]
    next: int | None


class StepIn(Strict):
    """`result`: what was found or said (enquire, answer, follow_up). `answer_by`: promised at the enquiry. `satisfied`: at the
    follow-up."""

    result: Words = ""
    answer_by: AwareDatetime | None = None
    satisfied: Literal["", "yes", "no", "no_answer"] = ""


class FiguresAsked(Strict):
    days: Annotated[int, Field(ge=1, le=366)] = 30


class FiguresOut(BaseModel):
    """R20 over the last days; shares are 0 to 1, null where there is nothing to count (docs/reference/figures.md)."""

    days: int
    complaints: int
    open: int
    first_response: float | None
    first_plan: float | None
    first_contact: float | None
    handling_minutes: float | None
    resolved: float | None
    complete: float | None
    complaint_rate: float | None


class SurgesOut(BaseModel):
    items: list[SurgeOut]


class DecisionIn(Strict):
    """`incident` to attach to, `reason` to dismiss for."""

    incident: Name = ""
    reason: Words = ""


class OpinionIn(Strict):
    link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    reach: Annotated[int, Field(ge=0, le=opinions.FARTHEST)] = 0
    sentiment: Literal["good", "neutral", "bad"] = "neutral"
    owner: Name
    note: Words = ""


class AnswerIn(Strict):
    answer: Words


class OpinionsOut(BaseModel):
    items: list[OpinionOut]


def complaint_of(given: ComplaintIn) -> Complaint:
    """What the intake takes. Raise Invalid."""
    who = principal()
    values = given.model_dump(exclude={"number", "own", "source"})
    source = given.source or who.source or ""
    if given.reference and not source:
        raise Invalid(
            N_("A reference needs the source it is from."),
            field="source",
            remedy=N_("Name the system that gave the reference."),
        )
    number = caller.read(given.number) if given.number else ""
    return Complaint(**values, number=number, source=source)


@api.post("/complaints")
@api.input(ComplaintsIn, arg_name="given")
@api.output(ReceiptOut, status_code=201)
@access("complaints.write")
def take(given: ComplaintsIn) -> ReceiptOut:
    """Take complaints, one or a batch."""
    who = principal()
    mine = [each.own and who.source is None for each in given.complaints]
    wanted = [complaint_of(each) for each in given.complaints]

    def work(session: Session) -> ReceiptOut:
        taken: dict[int, intake.Taken] = {}
        for own in (True, False):
            places = [at for at, each in enumerate(mine) if each is own]
            made = intake.take_all(session, here(), [wanted[at] for at in places], who, own=own)
            taken |= dict(zip(places, made, strict=True))
        items = [_received(taken[at].case, wanted[at].reference, taken[at].new) for at in range(len(wanted))]
        return ReceiptOut(received=len(items), new=sum(each.new for each in items), items=items)

    return unit(work)


def _received(case: Case, reference: str, new: bool) -> ReceivedOut:
    return ReceivedOut(
        case=case.reference,
        service_class=case.service_class,
        department=case.department,
        due_at=case.due_at,
        reference=reference,
        new=new,
    )


@api.get("/complaints")
@api.input(ComplaintsAsked, location="query", arg_name="asked")
@api.output(ComplaintsOut)
@access("take_case")
def listed(asked: ComplaintsAsked) -> ComplaintsOut:
    """Complaints, newest first, without those of incidents the reader may not know of."""
    who = principal()
    plain: dict[str, Any] = asked.model_dump(exclude={"after", "limit"}, exclude_none=True)
    wanted = Asked(**plain)
    with here().database.read() as session:
        query = reading.query(session, wanted, who)
        if asked.after is not None:
            query = query.where(Case.id < asked.after)
        rows = session.scalars(query.order_by(Case.id.desc()).limit(asked.limit + 1)).all()
        found = rows[: asked.limit]
        items = reading.shown(session, here().keyring, found, who, language())
        return ComplaintsOut(items=items, next=found[-1].id if len(rows) > len(found) else None)


@api.get("/complaints/<reference>")
@api.output(ComplaintOut)
@access("take_case")
def one(reference: str) -> ComplaintOut:
    """One complaint with its four steps."""
    with here().database.read() as session:
        return _out(session, service.find(session, reference, principal()))


def _out(session: Session, case: Case) -> ComplaintOut:
    return reading.shown(session, here().keyring, [case], principal(), language())[0]


@api.post("/complaints/<reference>/actions/<step>")
@api.input(StepIn, arg_name="given")
@api.output(ComplaintOut)
@access("take_case")
def act(reference: str, step: str, given: StepIn) -> ComplaintOut:
    """Do a step of a complaint."""

    def work(session: Session) -> ComplaintOut:
        case = service.lock(session, reference, principal())
        do(session, case, step, given)
        session.flush()
        return _out(session, case)

    return unit(work)


def do(session: Session, case: Case, step: str, given: StepIn) -> None:
    """One step of a locked complaint, by its name."""
    who = principal()
    if step == "accept":
        steps.accept(session, case, who)
    elif step == "enquire":
        steps.enquire(session, case, who, given.result, answer_by=given.answer_by)
    elif step == "answer":
        steps.answer(session, case, who, given.result)
    elif step == "follow_up":
        steps.follow_up(session, case, who, given.satisfied, given.result)
    else:
        raise NotFound(N_("There is no such action."), remedy=N_("Use one of: %(known)s."), known=", ".join(STEPS))


@api.get("/complaints/figures")
@api.input(FiguresAsked, location="query", arg_name="asked")
@api.output(FiguresOut)
@access("read")
def counted(asked: FiguresAsked) -> FiguresOut:
    """The figures of the last days (R20)."""
    with here().database.read() as session:
        now = clock.now(session)
        found = figures.between(session, now - timedelta(days=asked.days), now)
        plain = {name: getattr(found, name) for name in FiguresOut.model_fields if name != "days"}
        return FiguresOut(days=asked.days, **plain)


@api.get("/surges")
@api.output(SurgesOut)
@access("read")
def surges_listed() -> SurgesOut:
    """Surges: those that wait for a decision first, then the newest."""
    with here().database.read() as session:
        rows = reading.all_surges(session, principal())
        return SurgesOut(items=[reading.surge(session, row, language()) for row in rows])


@api.post("/surges/<int:surge_id>/actions/<decision>")
@api.input(DecisionIn, arg_name="given")
@api.output(SurgeOut)
@access("report_incident")
def decide(surge_id: int, decision: str, given: DecisionIn) -> SurgeOut:
    """Make a surge an incident, attach it to one, or dismiss it."""

    def work(session: Session) -> SurgeOut:
        row = surges.get(session, surge_id, principal())
        settle(session, row, decision, given)
        return reading.surge(session, row, language())

    return unit(work)


def settle(session: Session, row: Surge, decision: str, given: DecisionIn) -> None:
    """One decision about a locked surge, by its name."""
    if decision == "accept":
        surges.accept(session, row, principal())
    elif decision == "attach":
        surges.attach(session, row, given.incident, principal())
    elif decision == "dismiss":
        surges.dismiss(session, row, given.reason, principal())
    else:
        known = "accept, attach, dismiss"
        raise NotFound(N_("There is no such action."), remedy=N_("Use one of: %(known)s."), known=known)


@api.get("/incidents/<number>/opinions")
@api.output(OpinionsOut)
@access("read")
def opinions_listed(number: str) -> OpinionsOut:
    """What is said in public about an incident: what nobody has answered first."""
    with here().database.read() as session:
        incident = seen_by(session, standing.find(session, number), principal())
        return OpinionsOut(items=[reading.opinion(session, row) for row in opinions.of(session, incident)])


@api.post("/incidents/<number>/opinions")
@api.input(OpinionIn, arg_name="given")
@api.output(OpinionOut, status_code=201)
@access("take_case")
def keep(number: str, given: OpinionIn) -> OpinionOut:
    """Put something said in public on record."""

    def work(session: Session) -> OpinionOut:
        incident = seen_by(session, standing.lock(session, number), principal())
        said = opinions.Said(**given.model_dump())
        return reading.opinion(session, opinions.keep(session, incident, said, principal()))

    return unit(work)


@api.post("/incidents/<number>/opinions/<int:opinion_id>/actions/answer")
@api.input(AnswerIn, arg_name="given")
@api.output(OpinionOut)
@access("take_case")
def answer(number: str, opinion_id: int, given: AnswerIn) -> OpinionOut:
    """Say that it was answered, and how."""

    def work(session: Session) -> OpinionOut:
        incident = seen_by(session, standing.lock(session, number), principal())
        return reading.opinion(session, opinions.answered(session, incident, opinion_id, given.answer, principal()))

    return unit(work)
