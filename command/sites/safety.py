"""Whether crews may go: decided by somebody, for an area or one crew, with a reason, the weather and a time until which it holds.

A no-go stops a dispatch until somebody decides anew, or overrides it on record. A go that has run out is a caution."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as incident_entries
from command.incidents import house, places, standing, visibility
from command.incidents.family import kin
from command.incidents.guards import LIVE
from command.incidents.models import Incident
from command.network.models import Area
from command.people.access import Principal
from command.resources import finding
from command.resources.departures import Caution, Leaving
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock, ResourceUnit
from command.resources.states import OVER, Kind, State
from command.sites import destination, duty, rules, scope
from command.sites.entries import Declared, Overridden, SentWarned
from command.sites.models import SafetyDecision

ACT = "declare_safe"


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as somebody gives it. `area` is a code (empty: all of the incident), `unit` a number (None: every crew)."""

    go: bool
    reason: str
    valid_until: datetime
    area: str = ""
    unit: int | None = None
    weather: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What rules one crew in one area: the no-go that stops it, the go that has run out, and a no-go for a part of the area only."""

    no_go: SafetyDecision | None = None
    run_out: SafetyDecision | None = None
    in_part: SafetyDecision | None = None


def declare(session: Session, number: str, said: Said, by: Principal) -> SafetyDecision:
    """Say whether crews may go. Raise NotFound, Denied, Invalid or Conflict."""
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    standing.authorise(session, incident, by, ACT)
    if incident.state not in LIVE:
        raise Conflict(
            N_("This incident is over; its record stands."),
            field="incident",
            remedy=N_("Reopen the incident where the emergency goes on."),
        )
    finding.reason(said.reason)
    now = clock.now(session)
    finding.not_past(said.valid_until, now, "valid_until")
    area = places.named(session, said.area) if said.area else None
    unit = _crew(session, said.unit)
    reason = incident_entries.note(session, masked_words(said.reason))
    weather = incident_entries.note(session, masked_words(said.weather))
    assert reason is not None  # one was given
    made = SafetyDecision(
        incident_id=incident.id,
        exercise=incident.exercise,
        area_id=area.id if area else None,
        unit_id=unit.id if unit else None,
        go=said.go,
        reason_note_id=reason.id,
        weather_note_id=weather.id if weather else None,
        valid_until=said.valid_until,
        decided_by=by.person_id,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    payload = Declared(
        decision_id=made.id,
        go=made.go,
        area_id=made.area_id,
        unit_id=made.unit_id,
        valid_until=made.valid_until,
        reason=reason,
        weather=weather,
    )
    incident_entries.record(session, incident, payload)
    return made


def _crew(session: Session, unit_id: int | None) -> ResourceUnit | None:
    if unit_id is None:
        return None
    unit = session.get(ResourceUnit, unit_id)
    if unit is None or session.get_one(Resource, unit.resource_id).kind != Kind.HUMAN:
        raise Invalid(
            N_("This is no crew."),
            field="unit",
            remedy=N_("Choose a crew of the list, or leave it empty for all crews."),
        )
    return unit


def standing_decisions(session: Session, incident: Incident) -> list[SafetyDecision]:
    """The newest decision of each scope, the newest first: of an incident, and of those it is a part of, whose word holds for it too."""
    above = [each.id for each in kin.ancestors(session, incident)]
    query = select(SafetyDecision).where(SafetyDecision.incident_id.in_([incident.id, *above]))
    newest: dict[tuple[int | None, int | None], SafetyDecision] = {}
    for row in session.scalars(query.order_by(SafetyDecision.id)):
        newest[row.area_id, row.unit_id] = row
    return sorted(newest.values(), key=lambda row: -row.id)


def ruling(
    decisions: Sequence[SafetyDecision],
    areas: Collection[int],
    unit_id: int | None,
    now: datetime,
    below: Collection[int] = (),
) -> Ruling:
    """What rules a crew that goes into an area (`areas`: with those it lies in; `below`: those that lie in it), of the newest decision of
    each scope. Pure.

    The newest word about all crews stands over older ones, whether it is about the area or about one it lies in. A no-go for a crew is
    lifted by a word about that crew alone."""
    applies = [d for d in decisions if d.area_id in (None, *areas) and d.unit_id in (None, unit_id)]
    own = [d for d in applies if d.unit_id is not None]
    common = [d for d in applies if d.unit_id is None]
    newest = [max(some, key=lambda d: d.id) for some in (own, common) if some]
    no_go = next((d for d in newest if not d.go), None)
    run_out = next((d for d in newest if d.go and d.valid_until <= now), None)
    parts = (d for d in decisions if d.area_id in below and d.unit_id in (None, unit_id) and not d.go)
    in_part = next((d for d in parts if all(d.id > each.id for each in newest)), None)
    return Ruling(no_go, run_out, in_part)


@dataclass(frozen=True, slots=True)
class _Trip:
    """A crew's way to an incident."""

    incident: Incident
    request: ResourceRequest
    resource: Resource
    ruling: Ruling
    unit_name: str
    hours: float
    over: bool

    @property
    def warnings(self) -> list[str]:
        """Why somebody should think twice."""
        found = {"over_hours": self.over, "run_out": self.ruling.run_out, "no_go_in_part": self.ruling.in_part}
        return [why for why, there in found.items() if there]


def _trip(session: Session, held: ResourceAllocation) -> _Trip | None:
    """The way of something that is a crew and serves an incident; None for all else."""
    resource = session.get_one(Resource, session.get_one(ResourceStock, held.stock_id).resource_id)
    if held.request_id is None or resource.kind != Kind.HUMAN:
        return None
    request = session.get_one(ResourceRequest, held.request_id)
    incident = session.get_one(Incident, request.incident_id)
    now = clock.now(session)
    target = destination.area_of(session, held.place or request.place, request.area_id)
    areas = [area.id for area in places.upward(places.tree(session), target)]
    below = scope.areas_below(session, target) - {target}
    found = ruling(standing_decisions(session, incident), areas, held.unit_id, now, below)
    worked = duty.on_duty(session, [held.unit_id], now).get(held.unit_id, 0.0) if held.unit_id else 0.0
    unit = session.get(ResourceUnit, held.unit_id) if held.unit_id else None
    over = worked > rules.crews().limit_hours
    return _Trip(incident, request, resource, found, unit.serial if unit else "", round(worked, 1), over)


def refuse(session: Session, leaving: Leaving) -> None:
    """Stop a crew that a no-go holds, unless somebody who may decide overrides with a reason; put on record what was known of one that
    goes. Raise Conflict, Invalid or Denied."""
    trip = _trip(session, leaving.held)
    if trip is None:
        return
    if trip.ruling.no_go is not None:
        _overridden(session, leaving, trip, trip.ruling.no_go)
    if trip.warnings:
        warned = SentWarned(
            unit_id=leaving.held.unit_id, resource_id=trip.resource.id, why=trip.warnings, hours=trip.hours
        )
        incident_entries.record(session, trip.incident, warned)


def _overridden(session: Session, leaving: Leaving, trip: _Trip, no_go: SafetyDecision) -> None:
    if not leaving.override or leaving.by is None:
        raise Conflict(
            N_("No-go for crews: %(area)s, decided at %(at)s."),
            field="step",
            remedy=N_(
                "Wait for a go (incident, Sites and crews), or override on the page of what is out, with a reason."
            ),
            code="no-go",
            area=_area(session, no_go),
            at=f"{house.local(session, no_go.decided_at):%m-%d %H:%M}",
        )
    finding.reason(leaving.note)
    standing.authorise(session, trip.incident, leaving.by, ACT)
    cited = incident_entries.note(session, masked_words(leaving.note))
    assert cited is not None  # a reason was given
    word = incident_entries.Overridden(act=ACT, person_id=leaving.by.person_id, reason=cited)
    incident_entries.record(session, trip.incident, word)
    said = Overridden(
        decision_id=no_go.id,
        unit_id=leaving.held.unit_id,
        resource_id=trip.resource.id,
        person_id=leaving.by.person_id,
        reason=cited,
    )
    incident_entries.record(session, trip.incident, said)


def _area(session: Session, decision: SafetyDecision) -> str | Words:
    area = session.get(Area, decision.area_id) if decision.area_id else None
    return area.code if area else Words((N_("the whole incident"),))


def cautions(session: Session, held: ResourceAllocation) -> list[Caution]:
    """What to know before something taken is sent: a no-go, a go that has run out, a crew over its hours with who could relieve it."""
    if held.state in (*OVER, State.RELEASED):
        return []
    trip = _trip(session, held)
    if trip is None:
        return []
    found = []
    if (no_go := trip.ruling.no_go) is not None:
        at = f"{house.local(session, no_go.decided_at):%m-%d %H:%M}"
        values: dict[str, object] = {"area": _area(session, no_go), "at": at, "number": trip.incident.number}
        detail = N_("No-go for crews: %(area)s, decided at %(at)s.")
        remedy = N_("Look at “Sites and crews” of %(number)s; a newer go lifts it.")
        found.append(Caution(detail, remedy, values, stops=True))
    if (run_out := trip.ruling.run_out) is not None:
        at = f"{house.local(session, run_out.valid_until):%m-%d %H:%M}"
        detail = N_("The go for crews has run out at %(at)s.")
        found.append(Caution(detail, N_("Let somebody look at the weather and decide anew."), {"at": at}))
    if (part := trip.ruling.in_part) is not None:
        detail = N_("No-go for crews holds in a part of the area: %(area)s.")
        found.append(Caution(detail, N_("Make sure that the crew does not go there."), {"area": _area(session, part)}))
    if trip.over and held.unit_id is not None:
        found.append(_tired(session, trip, session.get_one(ResourceUnit, held.unit_id)))
    return found


def _tired(session: Session, trip: _Trip, unit: ResourceUnit) -> Caution:
    spare = duty.relief(session, unit, clock.now(session))
    values: dict[str, object] = {
        "unit": trip.unit_name,
        "hours": trip.hours,
        "limit": rules.crews().limit_hours,
        "relief": ", ".join(each.serial for each in spare),
    }
    remedy = N_("Relief that is rested: %(relief)s.") if spare else N_("No rested crew of this kind is in the pools.")
    detail = N_("%(unit)s has been on duty for %(hours)s h; the limit is %(limit)s h.")
    return Caution(detail, remedy, values)


def scope_words(session: Session, decision: SafetyDecision, language: str) -> str:
    """Whom and where a decision is about; empty for every crew everywhere."""
    area = session.get(Area, decision.area_id) if decision.area_id else None
    unit = session.get(ResourceUnit, decision.unit_id) if decision.unit_id else None
    return " · ".join([*([names.of(area, language)] if area else []), *([unit.serial] if unit else [])])
