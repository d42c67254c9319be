"""A big incident handed out by area: what failed in a prefecture goes on as a child incident under a commander of that prefecture (R35)."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import (
    activation,
    command_roles,
    entries,
    impacts,
    intake,
    measuring,
    notifying,
    places,
    standing,
)
from command.incidents.family import linking
from command.incidents.family.entries import Carved, Joined
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.lifecycle import Forbidden
from command.incidents.models import Impact, Incident
from command.network.models import Area, Element
from command.people.access import Principal
from command.people.models import Person

on_carved: list[Callable[[Session, int, int, Collection[int]], None]] = []
"""Called with the ids of the incident, of the child carved out of it and of the elements that went over: what belongs to them in rooms
above (their alarms) follows. Joined where the application is put together."""


def carve(
    session: Session,
    big: Incident,
    by: Principal,
    *,
    areas: Sequence[str] = (),
    elements: Sequence[str] = (),
    commander: Person | None = None,
    reason: str = "",
    override: bool = False,
) -> Incident:
    """Hand what failed in `areas` (codes; all within them) or at `elements` (names) of a locked incident to a new child of it, and what was
    declared there. It is commanded by `commander`, else by the emergency group of its area (R4), and its response runs where the incident's
    does. Whom the incident told is told nothing twice. Raise Denied, Conflict, or Invalid naming the field."""
    standing.authorise(session, big, by, linking.LINK, override=override, reason=reason)
    _is_handled(big)
    chosen = [places.named(session, code, "areas") for code in areas]
    moving = _moving(session, big, chosen, elements)
    declared = _declared(session, big, chosen)
    if not moving and not declared:
        raise Invalid(
            N_("Nothing of %(number)s lies there."),
            field="areas",
            remedy=N_("Name areas or elements that its impact shows."),
            number=big.number,
        )
    where = places.containing(places.tree(session), {a.id for a in chosen} or places.element_areas(session, moving))
    child = intake.open_part(session, big, where, by)
    linking.check(session, big, child)
    linking.tie(session, big, child, by)
    command_roles.appoint_local(session, child, commander)
    cited = entries.note(session, reason)
    entries.record(session, child, Joined(into=big.number, reason=cited))
    _hand_over(session, big, child, moving, declared)
    payload = Carved(
        other=child.number,
        area_id=where,
        elements=len(moving),
        users=child.users_now,
        commander_id=child.commander_id,
        reason=cited,
    )
    entries.record(session, big, payload)
    _begin(session, big, child, by)
    return child


def _is_handled(big: Incident) -> None:
    if big.state not in BEFORE_RESTORATION:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Parts are handed out while an incident is handled; reopen it first."),
            state=big.state,
        )


def _within(session: Session, chosen: Sequence[Area]) -> set[int]:
    """The areas chosen and all that lie in them."""
    tree = places.tree(session)
    wanted = {area.id for area in chosen}
    return {each for each in tree if any(above.id in wanted for above in places.upward(tree, each))}


def _moving(session: Session, big: Incident, chosen: Sequence[Area], names: Sequence[str]) -> frozenset[int]:
    """The failed elements that are meant; raise Invalid for named ones that are not the incident's."""
    failed = impacts.failed_now(session, big)
    named = {element.id: element.name for element in places.elements_named(session, names)}
    strange = sorted(name for each, name in named.items() if each not in failed)
    if strange:
        raise Invalid(
            N_("These have not failed in %(number)s: %(names)s."),
            field="elements",
            remedy=N_("Name elements that failed in it, or areas."),
            number=big.number,
            names=", ".join(strange[:10]),
        )
    inside = _within(session, chosen)
    here = session.execute(select(Element.id, Element.area_id).where(Element.id.in_(list(failed)))).tuples()
    return frozenset(named) | {element for element, area in here if area in inside}


def _declared(session: Session, big: Incident, chosen: Sequence[Area]) -> list[Impact]:
    inside = _within(session, chosen)
    return [row for row in measuring.open_impacts(session, big) if row.declared and row.area_id in inside]


def _hand_over(
    session: Session, big: Incident, child: Incident, moving: frozenset[int], declared: Sequence[Impact]
) -> None:
    """The child has it before the big incident lets go: nobody is without an incident that cuts them off, so nobody hears of an end."""
    now = clock.now(session)
    for row in declared:
        again = impacts.row_of(child, row.service_id, row.area_id, row.users, row.share, row.from_at, declared=True)
        again.kind = row.kind
        session.add(again)
        row.until_at = now
    session.flush()
    for hear in on_carved:
        hear(session, big.id, child.id, moving)
    if moving:
        impacts.take(session, child, moving)
    else:
        child.scope_known = True
        impacts.measure(session, child)
    if moving:
        responding = big.state == State.RESPONDING
        change = impacts.take(session, big, impacts.failed_now(session, big) - moving)
        if responding:
            impacts.tell(session, big, change)
            notifying.recount(session, big)
    impacts.follow(session, big.id)


def _begin(session: Session, big: Incident, child: Incident, by: Principal) -> None:
    """The child is judged as the big incident was, and its response runs where that one's does."""
    if big.state == State.REPORTED:
        return
    if child.state == State.REPORTED:
        activation.assess(session, child, by)
    if big.state == State.RESPONDING and child.state == State.ASSESSED:
        try:
            activation.activate(session, child, by)
        except Forbidden as error:
            reasons = tuple(refusal.reason_key for refusal in error.refusals)
            entries.record(session, child, entries.ActivationWaits(tier=child.tier, reasons=reasons))
