"""What a report would bring, asked over JSON before it is made, and a further report of an incident that is there."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.orm import Session

from command.core import names
from command.incidents import additions, preview, standing, views, visibility
from command.incidents.api import Name, ReportIn, SaidIn, Strict, Users, Words, report_from
from command.incidents.clocks import Fact
from command.incidents.intake import Report
from command.incidents.models import Incident
from command.incidents.preview import Paged, Preview
from command.incidents.similarity import Likeness
from command.incidents.views import AreaOut, FactsOut, IncidentOut, PersonOut, PlaybookOut, RuleOut
from command.people.access import access, here, principal, unit
from command.people.language import language
from playbooks.schema import Kind

api = APIBlueprint("report_api", __name__, url_prefix="/api/v1/incidents", tag="Incidents")


class PreviewIn(SaidIn):
    """A report as for `POST /incidents`; without `kind` it is guessed from the words."""

    kind: Kind | None = None


class AddIn(Strict):
    """What a further report says; something must be said."""

    summary: Words = ""
    feedback: Words = ""
    measures: Words = ""
    area: Name | None = None
    elements: Annotated[list[Name], Field(max_length=5000)] = []
    users: Users | None = None
    services: Annotated[list[Name], Field(max_length=63)] = []
    occurred_at: AwareDatetime | None = None


class StepOut(BaseModel):
    """Who is paged so many minutes after activation unless somebody has answered; nobody where `people` is empty."""

    after_minutes: float
    target: str
    people: list[PersonOut]


class AudienceOut(BaseModel):
    """Users affected, each once, among the subscribers of the reported area; elements cut off; areas and services hit."""

    users: int
    subscribers: int
    cut_off: int
    areas: int
    services: list[str]


class AlikeOut(BaseModel):
    """An open incident like the report: `score` 0–1, `reasons` the strongest first (elements, area, words, services, kind, …)."""

    number: str
    kind: str
    tier: int
    state: str
    area: AreaOut | None
    users_now: int
    detected_at: datetime
    summary: str | None
    score: float
    reasons: list[str]


class PreviewOut(BaseModel):
    """What reporting this would bring. `tier` is the worse of `current_tier` and `projected_tier`."""

    kind: Kind
    kind_guessed: bool
    area: AreaOut
    restricted: bool
    tier: int
    current_tier: int
    projected_tier: int
    rules: list[str]
    reasons: list[RuleOut]
    response_level: int | None
    audience: AudienceOut
    playbook: PlaybookOut | None
    commander: PersonOut | None
    pages: list[list[StepOut]]
    facts: FactsOut
    facts_due_at: datetime | None
    similar: list[AlikeOut]


@api.post("/preview")
@api.input(PreviewIn)
@api.output(PreviewOut)
@access("report_incident")
def preview_report(json_data: PreviewIn) -> Any:
    """What a report would bring: tier and rules, audience, plan, people paged, open incidents like it. Nothing is written."""
    who, tongue = principal(), language()
    given = _guessed(json_data)
    with here().database.read() as session:
        found = preview.preview(session, given, who, guessed_kind=json_data.kind is None)
        return shown(session, found, tongue)


def _guessed(body: PreviewIn) -> Report:
    kind = body.kind or preview.guess_kind(f"{body.summary}\n{body.feedback}", body.elements)
    return report_from(ReportIn.model_validate(body.model_dump() | {"kind": kind}), None)


def shown(session: Session, found: Preview, tongue: str) -> PreviewOut:
    """A preview in the reader's language."""
    incident = found.incident
    return PreviewOut(
        kind=Kind(incident.kind),
        kind_guessed=found.guessed_kind,
        area=AreaOut(code=found.area.code, name=names.of(found.area, tongue), level=found.area.level),
        restricted=incident.restricted,
        tier=incident.tier,
        current_tier=incident.current_tier,
        projected_tier=incident.projected_tier,
        rules=incident.rules,
        reasons=[RuleOut(id=rule, reason=views.rule_words(rule, tongue)) for rule in incident.rules],
        response_level=incident.response_level,
        audience=AudienceOut(
            users=found.users,
            subscribers=found.subscribers,
            cut_off=found.cut_off,
            areas=found.areas,
            services=list(found.services),
        ),
        playbook=PlaybookOut(code=found.plan.code, version=found.plan.version) if found.plan else None,
        commander=views.person(session, found.commander.id if found.commander else None, tongue),
        pages=[[_step(session, step, tongue) for step in chain] for chain in found.chains],
        facts=FactsOut(
            known=[fact.value for fact in Fact if fact in found.known],
            missing=[fact.value for fact in Fact if fact not in found.known],
        ),
        facts_due_at=found.facts_due_at,
        similar=[alike_out(session, each, tongue) for each in found.similar],
    )


def _step(session: Session, step: Paged, tongue: str) -> StepOut:
    people = [person for each in step.people if (person := views.person(session, each.id, tongue)) is not None]
    return StepOut(after_minutes=step.after_minutes, target=step.target, people=people)


def alike_out(session: Session, likeness: Likeness[Incident], tongue: str) -> AlikeOut:
    """An incident that is offered, and why."""
    short = views.summary(session, likeness.who, tongue)
    return AlikeOut(
        number=short.number,
        kind=short.kind,
        tier=short.tier,
        state=short.state,
        area=short.area,
        users_now=short.affected.now,
        detected_at=short.detected_at,
        summary=views.note_text(session, likeness.who.summary_note_id),
        score=round(likeness.score, 3),
        reasons=list(likeness.reasons),
    )


@api.post("/<number>/reports")
@api.input(AddIn)
@api.output(IncidentOut)
@access("report_incident")
def add_report(number: str, json_data: AddIn) -> Any:
    """Add a further report to an incident; its first-contact owner stays. Exercises take reports of their own kind only."""
    who, tongue = principal(), language()

    def work(session: Session) -> IncidentOut:
        incident = visibility.seen_by(session, standing.lock(session, number), who)
        values = json_data.model_dump() | {"area": json_data.area or "", "kind": incident.kind}
        values |= {"elements": tuple(json_data.elements), "services": tuple(json_data.services)}
        additions.add_report(session, incident, Report(**values, exercise=incident.exercise), who)
        session.flush()
        return views.full(session, incident, tongue)

    return unit(work)
