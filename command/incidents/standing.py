"""The incident's row under lock, and the frozen picture of it that guards look at."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.heads import _walk
from command.core.journal import Stream
from command.incidents import clock_rows, conditions, entries, house, observing_rows, plans
from command.incidents.family import kin
from command.incidents.guards import BEFORE_RESTORATION, Standing, State
from command.incidents.lifecycle import Action, Forbidden, Refusal, Step, attempt
from command.incidents.models import Incident, Task
from command.incidents.observing_rules import CLEAR
from command.incidents.places import level_of
from command.incidents.visibility import seen_by, unknown
from command.messages import service as messages
from command.messages.models import TOLD
from command.notices.models import Notice, NoticeState
from command.oncall.models import Page, PageState
from command.people import access
from command.people.access import Principal
from command.people.authority import ByDeputy, Decision, Override
from playbooks.schema import Kind
from playbooks.texts import Text

IN_FLIGHT = (NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING)
UNFINISHED = ("waiting", "open")
CHILDREN: Mapping[str, Callable[[Incident], bool]] = {
    "no_open_children": lambda child: child.state not in kin.OVER,
    "children_restored": lambda child: child.state in BEFORE_RESTORATION,
}
"""Guards that wait for children, and for which."""
UNTAKEN = (PageState.SENDING, PageState.WAITING, PageState.UNANSWERED, PageState.DECLINED)
"""States of a page of which its person has taken nothing."""


def lock(session: Session, which: str | int) -> Incident:
    """The incident of a number or id, its row locked until the unit of work ends; raise NotFound."""
    match = Incident.number == which if isinstance(which, str) else Incident.id == which
    query = select(Incident).where(match).with_for_update().execution_options(populate_existing=True)
    return _found(session.scalar(query), which)


def lock_both(session: Session, one: str, other: str) -> tuple[Incident, Incident]:
    """Two incidents locked in ascending id, given back in the order asked for."""
    numbers = {one, other}
    ids = session.scalars(select(Incident.id).where(Incident.number.in_(numbers)).order_by(Incident.id))
    by_number = {incident.number: incident for incident in [lock(session, each) for each in ids]}
    return _found(by_number.get(one), one), _found(by_number.get(other), other)


def find(session: Session, number: str) -> Incident:
    """The incident of a number, to read; raise NotFound."""
    return _found(session.scalar(select(Incident).where(Incident.number == number)), number)


def _found(incident: Incident | None, which: str | int) -> Incident:
    if incident is None:
        raise unknown(which)
    return incident


def waited_minutes(session: Session, incident: Incident) -> float:
    """How long a page of this incident has been without a commander who took it, in minutes: unanswered, or declined; 0 where nothing
    waits for them.

    Once they have taken one page they command, whatever happens to the others; but a page that they declined after that counts again."""
    mine = (Page.incident_id == incident.id) & (Page.person_id == incident.commander_id)
    pages = session.scalars(select(Page).where(mine)).all()
    took = [page.answered_at for page in pages if page.state == PageState.ACKNOWLEDGED and page.answered_at is not None]
    waiting = [page.created_at for page in pages if _waits(page, max(took, default=None))]
    return (clock.now(session) - min(waiting)).total_seconds() / 60 if waiting else 0.0


def _waits(page: Page, taken: datetime | None) -> bool:
    """Whether a page of the commander, who last took one at `taken`, still waits for one to take it."""
    if taken is None:
        return page.state in UNTAKEN
    return page.state == PageState.DECLINED and page.response_at is not None and page.response_at > taken


def authorise(
    session: Session, incident: Incident, by: Principal | None, act: str, *, override: bool = False, reason: str = ""
) -> None:
    """Let a person do an act to this incident, or raise Denied. Automation (None) has its own bounds. An override and a
    deputy's turn are journaled."""
    if by is None:
        return
    seen_by(session, incident, by)
    decision = access.must(
        by,
        act,
        tier=incident.tier,
        area_level=level_of(session, incident.area_id),
        waited_minutes=waited_minutes(session, incident),
        override=override,
    )
    on_record(session, incident, by, act, decision, reason)


def on_record(session: Session, incident: Incident, by: Principal, act: str, decision: Decision, reason: str) -> None:
    """Journal that somebody acted on their own word, or as deputy."""
    if isinstance(decision, Override):
        cited = entries.note(session, reason)
        entries.record(session, incident, entries.Overridden(act=act, person_id=by.person_id, reason=cited))
    elif isinstance(decision, ByDeputy):
        taken = entries.ActedAsDeputy(act=act, person_id=by.person_id, after_minutes=decision.after_minutes)
        entries.record(session, incident, taken)


def standing(
    session: Session,
    incident: Incident,
    by: Principal | None,
    *,
    reason: str = "",
    lowering: bool = False,
    closing: bool = False,
) -> Standing:
    """The facts of a locked incident that guards look at, as they are now. Its journal is walked for a closing only."""
    session.flush()
    told, in_flight = told_count(session, incident.id), len(notices_in_flight(session, incident))
    parts = kin.children(session, incident.id)
    return Standing(
        graded=bool(incident.rules),
        has_commander=incident.commander_id is not None,
        has_playbook=plans.of(session, incident) is not None,
        has_first_contact_owner=incident.owner_id is not None,
        positive_evidence=evidence(session, incident) is not None,
        quiet_is_recovery=house.settings(session).correlation.quiet_is_recovery,
        watch_minutes_left=observing_rows.minutes_left(session, incident),
        open_tasks=len(open_tasks(session, incident)),
        open_children=sum(child.state not in kin.OVER for child in parts),
        unrestored_children=sum(child.state in BEFORE_RESTORATION for child in parts),
        owed_clocks=len(clock_rows.owed(session, incident)),
        told_count=told,
        notices_in_flight=in_flight,
        review_written=None not in (incident.cause_note_id, incident.effect_note_id, incident.improvement_note_id),
        journal_ok=not closing or _journal_verifies(session, incident),
        reason_given=bool(reason.strip()),
        lowering=lowering,
        by_person=by is not None,
    )


def evidence(session: Session, incident: Incident) -> str | None:
    """The evidence that service is back, short of a person's word, as far as it counts for an incident of this kind."""
    counts = house.observation().counts(Kind(incident.kind))
    measured = conditions.shown(session, incident, counts)
    return measured or (CLEAR if CLEAR in counts and incident.quiet_at is not None else None)


def with_evidence(at: Standing, *, confirmed: bool) -> Standing:
    """The same picture with a person's own confirmation, if they gave one."""
    return replace(at, positive_evidence=at.positive_evidence or confirmed)


def with_target(at: Standing, child: Incident, into: Incident) -> Standing:
    """The same picture with the incident to merge into."""
    return replace(
        at,
        target=State(into.state),
        target_is_self=child.id == into.id,
        target_same_exercise=child.exercise == into.exercise,
    )


def open_tasks(session: Session, incident: Incident) -> list[str]:
    """Codes of tasks that nobody has finished or dropped."""
    query = select(Task.code).where(Task.incident_id == incident.id, Task.state.in_(UNFINISHED))
    return list(session.scalars(query.order_by(Task.due_at, Task.id)))


def children_in_the_way(session: Session, incident: Incident, key: str) -> list[str]:
    """The numbers of the children that a guard of CHILDREN waits for; restricted ones are not named."""
    waits = CHILDREN[key]
    return [child.number for child in kin.children(session, incident.id) if waits(child) and not child.restricted]


def notices_in_flight(session: Session, incident: Incident) -> list[Notice]:
    """Notices that wait for approval or are being sent, the oldest first."""
    query = select(Notice).where(Notice.incident_id == incident.id, Notice.state.in_(IN_FLIGHT))
    return list(session.scalars(query.order_by(Notice.id)))


def told_count(session: Session, incident_id: int) -> int:
    """How many messages of first notices and updates count as told: submitted or later, or unknown."""
    ids = session.scalars(
        select(Notice.id).where(Notice.incident_id == incident_id, Notice.kind.in_(("first", "update")))
    ).all()
    return sum(count for each in ids for state, count in messages.tally(session, each).items() if state in TOLD)


def _journal_verifies(session: Session, incident: Incident) -> bool:
    name = entries.stream(incident)
    head = session.execute(select(Stream.head_seq, Stream.head_hash).where(Stream.id == name)).one_or_none()
    return head is not None and _walk(session, name, head.head_seq, head.head_hash)[1] is None


def step(session: Session, incident: Incident, action: Action, at: Standing) -> Step:
    """The step an action makes; raise Forbidden, whose reasons name the tasks, clocks and notices that are in the way, and what the rooms
    above still ask."""
    more = conditions.against(session, incident, action)
    try:
        made = attempt(action, State(incident.state), at)
    except Forbidden as error:
        raise Forbidden(action, *(_named(session, incident, each) for each in error.refusals), *more) from None
    if more:
        raise Forbidden(action, *more)
    return made


def watched_until(session: Session, incident: Incident) -> str:
    """Until when an incident is watched, on the operator's clock."""
    at = observing_rows.until(session, incident.id)
    return f"{house.local(session, at):%m-%d %H:%M}" if at else ""


def _named(session: Session, incident: Incident, refusal: Refusal) -> Refusal:
    found: list[str] = []
    if refusal.reason_key == "no_open_tasks":
        found = open_tasks(session, incident)
    elif refusal.reason_key == "no_owed_clocks":
        found = clock_rows.owed(session, incident)
    elif refusal.reason_key in CHILDREN:
        found = children_in_the_way(session, incident, refusal.reason_key)
    elif refusal.reason_key == "no_notices_in_flight":
        found = [f"{notice.kind} {notice.id}" for notice in notices_in_flight(session, incident)]
    elif refusal.reason_key == "watch_over":
        found = [watched_until(session, incident)]
    if not found:
        return refusal
    names, allow = ", ".join(found), refusal.what_would_allow
    return replace(refusal, what_would_allow=Text(zh=f"{allow.zh}（{names}）", en=f"{allow.en} ({names})"))
