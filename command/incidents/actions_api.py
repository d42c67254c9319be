"""What people do to an incident, one address an action. A forbidden one answers 409, says why and what would allow it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, Invalid
from command.incidents import causing, command_roles, facts, impacts, intake, observing, places, service, views
from command.incidents.api import Count, Name, Strict, Users, Words
from command.incidents.causing import Cause
from command.incidents.lifecycle import Forbidden
from command.incidents.models import Incident
from command.incidents.views import IncidentOut
from command.people.access import Principal, access, principal, unit
from command.people.language import language
from command.people.models import Person

api = APIBlueprint("incident_actions_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Incident actions")


class Act(Strict):
    """Every action takes a reason; `override` acts on one's own word where another would have to agree, on record."""

    reason: Words = ""
    override: bool = False


class RegradeIn(Act):
    """To which tier, 1 (highest) to 4. Lowering needs the reason."""

    tier: Annotated[int, Field(ge=1, le=4)]


class RestoreIn(Act):
    """How it is known that service is back; not needed once every alarm has cleared."""

    evidence: Words = ""


class ReopenIn(Act):
    """Why, and which elements have failed (default: those that had failed last)."""

    elements: Annotated[list[Name], Field(max_length=5000)] = []


class ReviewIn(Act):
    """Parts of the review; what is left out can be written later. `root_cause` and `cause_code` are codes of config/causes.yaml (empty: not
    known any more), `third_party` says that it came from somebody else's side."""

    cause: Words = ""
    effect: Words = ""
    improvements: Words = ""
    root_cause: Annotated[str, Field(max_length=40)] | None = None
    cause_code: Annotated[str, Field(max_length=40)] | None = None
    third_party: bool | None = None

    def from_what(self, incident: Incident) -> Cause | None:
        """From what the incident came: what is left out stays as it is known; None where all is left out. A root given alone drops a
        cause of another root."""
        if self.root_cause is None and self.cause_code is None and self.third_party is None:
            return None
        known = causing.of(incident)
        root = self.root_cause if self.root_cause is not None else "" if self.cause_code else known.root
        code = self.cause_code if self.cause_code is not None else known.code if root == known.root else ""
        return Cause(root, code, known.third_party if self.third_party is None else self.third_party)


class MergeIn(Act):
    """The number of the incident this one belongs to."""

    into: Name


class TransferIn(Act):
    """Who takes the role over (username), with the briefing they get."""

    to: Name
    briefing: Words = ""
    role: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,63}$")] = command_roles.COMMANDER


class EtaIn(Act):
    """When service is expected back; null: not known any more."""

    eta: AwareDatetime | None


class FactsIn(Act):
    """Facts to add. `scope_known` says that the scope is known although no users or elements are on file."""

    feedback: Words = ""
    measures: Words = ""
    summary: Words = ""
    occurred_at: AwareDatetime | None = None
    scope_known: bool = False
    records_leaked: Count | None = None
    complaints: Count | None = None


class ImpactIn(Act):
    """Users of an area who have lost services (all that are not critical by default) or have them worse; 0 ends it. `share` (0 to 1)
    instead of `users`: that part of those who have each service there."""

    area: Name
    users: Users | None = None
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    services: Annotated[list[Name], Field(max_length=63)] = []
    kind: Literal["outage", "degradation"] = "outage"


class WatchIn(Act):
    """For how many minutes from now the repair is watched; 0 ends the observation. It takes a reason."""

    minutes: Annotated[int, Field(ge=0, le=20_160)]


class LocateIn(Act):
    """The failed part is found."""

    fault_class: Literal["hardware", "software", "network", "service"] | None = None


class ClockIn(Act):
    """A regulator's clock whose matter was done, and when (default: now)."""

    code: Name
    at: AwareDatetime | None = None


Verb = Callable[[Session, Incident, Principal], object]


def in_words(error: Forbidden, tongue: str) -> Conflict:
    """What the life of an incident forbids as a conflict: every reason, and what would allow it."""
    gap = "；" if tongue == "zh" else "; "
    why = gap.join(views.said(each.why, tongue) for each in error.refusals)
    allow = gap.join(views.said(each.what_would_allow, tongue) for each in error.refusals)
    return Conflict(why, remedy=allow, code=error.reason_key.replace("_", "-"))


def guarded(work: Callable[[Session], Any]) -> Any:
    """Run a unit of work; what the life of an incident forbids becomes a conflict with the reasons and what would allow it."""
    try:
        return unit(work)
    except Forbidden as error:
        raise in_words(error, language()) from None


def act(number: str, verb: Verb) -> IncidentOut:
    """Do something to a locked incident and answer with what became of it."""
    who, tongue = principal(), language()

    def work(session: Session) -> IncidentOut:
        incident = service.lock(session, number)
        verb(session, service.seen_by(session, incident, who), who)
        session.flush()
        return views.full(session, incident, tongue)

    done: IncidentOut = guarded(work)
    return done


@api.post("/actions/assess")
@api.input(Act)
@api.output(IncidentOut)
@access("assess")
def assess(number: str, json_data: Act) -> Any:
    """Judge nature, scope and harm: the report becomes an incident to act on."""
    return act(number, lambda s, i, who: service.assess(s, i, who, json_data.reason, override=json_data.override))


@api.post("/actions/regrade")
@api.input(RegradeIn)
@api.output(IncidentOut)
@access("raise")
def regrade(number: str, json_data: RegradeIn) -> Any:
    """Raise the tier, or lower it with a reason."""
    body = json_data
    return act(number, lambda s, i, who: service.change_tier(s, i, body.tier, body.reason, who, override=body.override))


@api.post("/actions/activate")
@api.input(Act)
@api.output(IncidentOut)
@access("activate")
def activate(number: str, json_data: Act) -> Any:
    """Start the response: tasks, pages, roles, clocks and the first notice."""
    body = json_data
    return act(number, lambda s, i, who: service.activate(s, i, who, override=body.override, reason=body.reason))


@api.post("/actions/restore")
@api.input(RestoreIn)
@api.output(IncidentOut)
@access("restore")
def restore(number: str, json_data: RestoreIn) -> Any:
    """Say that service is back, with evidence; the told get their all-clear."""
    shown = json_data.evidence or json_data.reason
    return act(number, lambda s, i, who: service.restore(s, i, who, shown, override=json_data.override))


@api.post("/actions/reopen")
@api.input(ReopenIn)
@api.output(IncidentOut)
@access("reopen")
def reopen(number: str, json_data: ReopenIn) -> Any:
    """The fault is back: the same incident goes on."""
    body = json_data

    def verb(session: Session, incident: Incident, who: Principal) -> None:
        failed = [element.id for element in places.elements_named(session, body.elements)]
        service.reopen(session, incident, who, body.reason, failed, override=body.override)

    return act(number, verb)


@api.post("/actions/review")
@api.input(ReviewIn)
@api.output(IncidentOut)
@access("review")
def review(number: str, json_data: ReviewIn) -> Any:
    """Begin the review, or write parts of it."""
    body, parts = json_data, json_data.model_dump(include={"cause", "effect", "improvements"})
    return act(
        number,
        lambda s, i, who: service.review(s, i, who, override=body.override, from_what=body.from_what(i), **parts),
    )


@api.post("/actions/close")
@api.input(Act)
@api.output(IncidentOut)
@access("close")
def close(number: str, json_data: Act) -> Any:
    """Close it: nothing is owed to anybody, and the journal verifies."""
    body = json_data
    return act(number, lambda s, i, who: service.close(s, i, who, override=body.override, reason=body.reason))


@api.post("/actions/cancel")
@api.input(Act)
@api.output(IncidentOut)
@access("cancel")
def cancel(number: str, json_data: Act) -> Any:
    """It was no incident; those told get the correction."""
    return act(number, lambda s, i, who: service.cancel(s, i, who, json_data.reason, override=json_data.override))


@api.post("/actions/merge")
@api.input(MergeIn)
@api.output(IncidentOut)
@access("merge")
def merge(number: str, json_data: MergeIn) -> Any:
    """It belongs to another incident, which goes on for both."""
    who, tongue, body = principal(), language(), json_data

    def work(session: Session) -> IncidentOut:
        child, into = service.lock_both(session, number, body.into)
        service.seen_by(session, child, who)
        service.merge(session, child, into, who, body.reason, override=body.override)
        session.flush()
        return views.full(session, child, tongue)

    return guarded(work)


@api.post("/actions/transfer")
@api.input(TransferIn)
@api.output(IncidentOut)
@access("transfer_command")
def transfer(number: str, json_data: TransferIn) -> Any:
    """Hand command (or another role, or first_contact_owner) over on record."""
    body = json_data

    def verb(session: Session, incident: Incident, who: Principal) -> None:
        to = person_named(session, body.to)
        service.transfer(session, incident, to, body.briefing, who, role=body.role, override=body.override)

    return act(number, verb)


def person_named(session: Session, username: str, field: str = "to") -> Person:
    """The person of a username; raise Invalid naming the field."""
    found = session.scalar(select(Person).where(Person.username == username))
    if found is None:
        raise Invalid(
            N_("There is nobody called %(name)s."),
            field=field,
            remedy=N_("Use the username of a person."),
            name=username,
        )
    return found


@api.post("/actions/eta")
@api.input(EtaIn)
@api.output(IncidentOut)
@access("edit_task")
def eta(number: str, json_data: EtaIn) -> Any:
    """Say when service is expected back."""
    return act(number, lambda s, i, who: service.set_eta(s, i, json_data.eta, who, json_data.reason))


@api.post("/actions/facts")
@api.input(FactsIn)
@api.output(IncidentOut)
@access("edit_task")
def add_facts(number: str, json_data: FactsIn) -> Any:
    """Add facts: the ten-minute clock stops with the fifth."""
    return act(number, lambda s, i, who: service.add_facts(s, i, given_facts(json_data), who))


def given_facts(body: FactsIn) -> facts.Given:
    """The facts that a body gives."""
    return facts.Given(**body.model_dump(exclude={"reason", "override"}))


@api.post("/actions/impact")
@api.input(ImpactIn)
@api.output(IncidentOut)
@access("raise")
def impact(number: str, json_data: ImpactIn) -> Any:
    """Declare an impact that the topology does not show."""
    return act(number, lambda session, incident, who: declare(session, incident, who, json_data))


def declare(session: Session, incident: Incident, who: Principal, body: ImpactIn) -> None:
    """Declare an impact as asked, by users or by share."""
    if (body.users is None) == (body.share is None):
        raise Invalid(
            N_("Give either users or a share."),
            field="users",
            remedy=N_("Write how many users are hit, or which share of those who have the service."),
        )
    area = places.named(session, body.area)
    services = intake.services_named(session, body.services) or intake.usual_services(session)
    more: dict[str, Any] = {"kind": body.kind, "part": body.share, "note": body.reason}
    impacts.declare(session, incident, area, services, body.users, who, **more)


@api.post("/actions/observation")
@api.input(WatchIn)
@api.output(IncidentOut)
@access(observing.ACT)
def observation(number: str, json_data: WatchIn) -> Any:
    """Watch the repair longer or less long, or end the observation."""
    body = json_data

    def verb(session: Session, incident: Incident, who: Principal) -> None:
        observing.watch(session, incident, body.minutes, body.reason, who, override=body.override)

    return act(number, verb)


@api.post("/actions/locate")
@api.input(LocateIn)
@api.output(IncidentOut)
@access("edit_task")
def locate(number: str, json_data: LocateIn) -> Any:
    """The failed part is found."""
    body = json_data
    return act(number, lambda s, i, who: service.locate(s, i, who, fault_class=body.fault_class, note=body.reason))


@api.post("/actions/clock")
@api.input(ClockIn)
@api.output(IncidentOut)
@access("edit_task")
def stop_clock(number: str, json_data: ClockIn) -> Any:
    """What a regulator's clock asks for was done."""
    body = json_data
    at: datetime | None = body.at
    return act(number, lambda s, i, who: service.stop_clock(s, i, body.code, who, at, body.reason))
