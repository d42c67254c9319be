"""The plan across incidents as somebody may know of it, and what becomes of it once lines are accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, visibility
from command.incidents.models import Incident
from command.incidents.places import level_of
from command.people import access
from command.people.access import Principal
from command.people.authority import Override
from command.resources import finding, planning, preemption, recalling, requests
from command.resources.allocation import Taking
from command.resources.models import ResourceAllocation, ResourceRequest, ResourceStock
from command.resources.planning import Line, Proposal
from command.resources.states import OVER

ACT = "preempt_resource"
MOST = 1000
"""Requests that are looked at."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line by its key, with the version of its resource's plan that somebody saw. One that takes from a lower tier is to be confirmed
    by `preempt`."""

    key: str
    version: str
    preempt: bool = False


def proposed(session: Session, who: Principal, *, exercise: bool = False, only: set[int] | None = None) -> Proposal:
    """The plan for drills or for real events. Incidents that `who` may not know of get nothing by it, and lose nothing."""
    return planning.propose(session, _known(session, who), exercise=exercise, only=only)


def _known(session: Session, who: Principal) -> list[ResourceRequest]:
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(ResourceRequest).where(
        ResourceRequest.state == requests.APPROVED, ResourceRequest.incident_id.in_(known)
    )
    ordered = query.order_by(ResourceRequest.tier, ResourceRequest.need_by, ResourceRequest.id)
    return list(session.scalars(ordered.limit(MOST)))


def accept(
    session: Session,
    chosen: Sequence[Chosen],
    by: Principal,
    *,
    exercise: bool = False,
    override: bool = False,
    reason: str = "",
) -> list[Line]:
    """Do what lines of the plan say, all of them or nothing: pieces are held for their requests. Raise Conflict (`stale-plan`) where the
    plan is another one by now, Invalid for a pre-emption that nobody confirmed or gave no reason for, Denied where they may not."""
    lines = _lines(session, chosen, by, exercise)
    for at, (each, line) in enumerate(zip(chosen, lines, strict=True)):
        if line.offer.request is not None and not each.preempt:
            raise Invalid(
                N_("This takes from an incident of a lower tier."),
                field=f"lines.{at}.preempt",
                remedy=N_("Confirm it by itself, with a reason."),
                code="preempts",
            )
    locked = _lock(session, lines)
    for request_id in sorted({line.request.id for line in lines}):
        mine = [line for line in lines if line.request.id == request_id]
        _give(session, locked, mine, by, override, reason)
    return lines


def _lines(session: Session, chosen: Sequence[Chosen], by: Principal, exercise: bool) -> list[Line]:
    """The lines as they stand; raise Conflict where they stand no more."""
    plan = proposed(session, by, exercise=exercise)
    by_key = {line.key: line for line in plan.lines}
    found = []
    for at, each in enumerate(chosen):
        line = by_key.get(each.key)
        if line is None or plan.versions[line.request.resource_id] != each.version:
            raise Conflict(
                N_("The plan has changed since you looked at it; nothing was done."),
                field=f"lines.{at}",
                remedy=N_("Look at the plan as it is now, and accept from that."),
                code="stale-plan",
            )
        found.append(line)
    if len({line.key for line in found}) < len(found):
        raise Invalid(N_("A line of the plan is named twice."), field="lines", remedy=N_("Name each line once."))
    return found


def _lock(session: Session, lines: Sequence[Line]) -> dict[int, ResourceRequest]:
    """Requests and stocks, each in the order of their ids, so that two who accept wait for each other and never in a circle."""
    wanted = {line.request.id for line in lines} | {line.offer.request.id for line in lines if line.offer.request}
    locked = {each: finding.request_to_change(session, each) for each in sorted(wanted)}
    stocks = select(ResourceStock).where(ResourceStock.id.in_({line.offer.stock_id for line in lines}))
    ordered = stocks.order_by(ResourceStock.id).with_for_update().execution_options(populate_existing=True)
    session.scalars(ordered).all()
    return locked


def _give(
    session: Session,
    locked: dict[int, ResourceRequest],
    lines: Sequence[Line],
    by: Principal,
    override: bool,
    reason: str,
) -> None:
    """What one request gets."""
    request = locked[lines[0].request.id]
    if any(line.offer.request for line in lines):
        _authorise(session, request, by, override, reason)
    units: list[Taking] = []
    pieces: Counter[int] = Counter()
    for line in lines:
        offer = line.offer
        if offer.allocation_id is not None and offer.recall_minutes is not None:
            _recall(session, offer.allocation_id, request, reason)
        if offer.allocation_id is None or offer.recall_minutes is not None:
            units += [Taking(offer.stock_id, unit_id=unit) for unit in line.units]
            pieces[offer.stock_id] += 0 if line.units else line.quantity
        elif offer.request is None:
            preemption.from_ahead(session, request, offer.allocation_id, line.quantity)
        else:
            loser = locked[offer.request.id]
            preemption.preempt(session, request, loser, offer.allocation_id, line.quantity, by, reason)
    takings = [*units, *(Taking(stock, count) for stock, count in pieces.items() if count)]
    if takings:
        requests.fill(session, request, takings)


def _recall(session: Session, allocation_id: int, request: ResourceRequest, reason: str) -> None:
    """What a drill has is free: once, where several requests get a part of it."""
    if session.get_one(ResourceAllocation, allocation_id).state not in OVER:
        recalling.recall(session, allocation_id, reason or ("" if request.restricted else request.incident_number))


def _authorise(session: Session, request: ResourceRequest, by: Principal, override: bool, reason: str) -> None:
    """Raise Denied unless somebody may take from lower tiers for this one; on their own word is on its record, to be reviewed."""
    incident = session.get_one(Incident, request.incident_id)
    level = level_of(session, incident.area_id)
    ruled = access.must(by, ACT, tier=request.tier, area_level=level, override=override)
    finding.reason(reason)
    if isinstance(ruled, Override):
        cited = entries.note(session, reason)
        entries.record(session, incident, entries.Overridden(act=ACT, person_id=by.person_id, reason=cited))


def holders(session: Session, request: ResourceRequest, who: Principal) -> list[Line]:
    """What incidents of lower tiers, that `who` may know of, have and would lose if it went to a request: the nearest first, what is under
    way or on scene too."""
    return planning.holders(session, request, _known(session, who))


def spare(session: Session, request: ResourceRequest, who: Principal) -> list[Line]:
    """What is out and nobody would lose by it: ahead of need, or on the way back from incidents that `who` may know of."""
    return planning.spare(session, request, _known(session, who))
