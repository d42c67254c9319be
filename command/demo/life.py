"""The life of one made-up incident, chapter by chapter: rows and journal entries as its verbs would have left them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.demo.shift import Shift
from command.demo.tales import Origin, Tale
from command.evaluation import rules as evaluation_rules
from command.evaluation import texts
from command.evaluation.models import EvaluationReport, EvaluationSignature
from command.evaluation.models import State as Report
from command.incidents import clock_rows, entries, grading, house, intake, plans
from command.incidents.clocks import Event
from command.incidents.grading import Facts, Grade
from command.incidents.guards import State
from command.incidents.models import GradeChange, Impact, Incident, Role
from command.knowledge import service as knowledge
from command.messages.models import LossTally, Tally
from command.messages.models import State as Sent
from command.messages.optouts import OPTED_OUT
from command.network.models import Area, CutOff, Service
from command.notices.entries import NoticeApproved
from command.notices.models import Basis, Kind, Notice, NoticeState
from command.oncall.entries import Acknowledged, Paged
from command.oncall.entries import Started as ChainStarted
from command.oncall.models import Escalation, EscalationState, Page, PageState

SOURCE = "demo"
"""The source of incidents that were made up."""
WORDS = "演示数据，非真实事件 / demo data, made up"
QUIETEST = 4
"""The tier that pages nobody and teaches little."""
WIDEST = 5
"""Prefectures hit at once from which a commander raised the tier."""
LARGE = 2_000
"""Subscribers of one element from which only a part of them fails with it."""
RECENT = timedelta(days=6)
"""How long ago an incident was closed whose evaluation may still be open."""
TOLD_FROM = 500
"""Affected users from which a notice went out."""
FAILURES = ((Sent.UNDELIVERED, "30003", 0.012), (Sent.FAILED, "30005", 0.006), (Sent.SUPPRESSED, OPTED_OUT, 0.004))
"""States in which messages end that do not reach, why, and their share."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acted in the past, and what was there."""

    commander: int
    duty_officer: int
    engineers: Sequence[int]
    services: Mapping[int, Service]
    areas: Mapping[int, Area]
    subscribers: Mapping[tuple[int, int], int]
    signers: Mapping[str, int]
    signed_until: datetime


def reported(session: Session, shift: Shift, tale: Tale, players: Cast) -> Incident:
    shift.to(tale.reported_at, f"person:{players.duty_officer}")
    given = intake.Report(kind=tale.kind, area="", occurred_at=tale.occurred_at, detected_at=tale.detected_at)
    incident = intake.drafted(given, tale.places[0].area_id, SOURCE, clock.now(session))
    incident.number = intake.number(session, False, tale.reported_at)
    incident.scope_known = True
    incident.owner_id = players.duty_officer
    session.add(incident)
    session.flush()
    summary = entries.note(session, WORDS)
    incident.summary_note_id = summary.id if summary else None
    entries.record(
        session,
        incident,
        entries.Reported(
            event_kind=incident.kind,
            area_id=incident.area_id,
            source=SOURCE,
            owner_id=players.duty_officer,
            occurred_at=tale.occurred_at,
            detected_at=tale.detected_at,
            restricted=False,
            elements=len(tale.places),
            summary=summary,
        ),
    )
    _hit(session, tale, incident, players)
    _graded(session, tale, incident, players)
    clock_rows.refresh(session, incident, {Event.FIVE_FACTS_KNOWN: tale.detected_at + timedelta(minutes=9)})
    return incident


def _hit(session: Session, tale: Tale, incident: Incident, players: Cast) -> None:
    """Who loses what, from the first sign until service is back."""
    ended = tale.restored_at
    lost: Counter[tuple[int, int]] = Counter()
    for place in tale.places:
        for service, users in place.services.items():
            lost[place.area_id, service] += users
    for (area, service), users in lost.items():
        known = players.subscribers.get((area, service), 0)
        shown = {"users": users, "share": min(1.0, users / max(known, users)), "kind": "outage"}
        when = {"from_at": tale.detected_at, "until_at": ended}
        session.add(Impact(incident_id=incident.id, service_id=service, area_id=area, exercise=False, **shown, **when))
    for element in dict.fromkeys(place.element_id for place in tale.places):
        row = CutOff(incident_id=incident.id, element_id=element, failed=True, services=0, exercise=False)
        row.from_at, row.until_at = tale.detected_at, ended
        session.add(row)
    incident.users_now = incident.users_peak = incident.users_projected = tale.users
    incident.measured_at = tale.reported_at
    incident.user_minutes = tale.users * _minutes(tale.detected_at, tale.reported_at)
    payload = entries.ImpactChanged(
        cut_off=len(tale.places),
        restored=0,
        users_now=tale.users,
        users_peak=tale.users,
        user_minutes=incident.user_minutes,
    )
    entries.record(session, incident, payload)


def _graded(session: Session, tale: Tale, incident: Incident, players: Cast) -> None:
    """The tier that the operator's rules give it for all that it came to; a commander raised the widest ones further."""
    minutes = _minutes(tale.detected_at, tale.restored_at)
    counties = {place.area_id for place in tale.places}
    prefectures = {players.areas[area].parent_id for area in counties}
    facts = Facts(
        kind=tale.kind,
        users=tale.users,
        minutes=minutes,
        user_minutes=tale.users * minutes,
        areas={"county": len(counties), "prefecture": len(prefectures)}
        if len(prefectures) > 1
        else {"county": len(counties)},
        services=frozenset(players.services[each].code for place in tale.places for each in place.services),
    )
    found = grading.grade(house.tiers(), facts)
    level = grading.response_level(house.tiers(), facts)
    incident.tier = incident.current_tier = incident.projected_tier = found.tier
    incident.rules, incident.response_level = list(found.matched), level.level if level else None
    _keep(session, incident, found)
    payload = entries.Graded(
        before=None,
        tier=incident.tier,
        current_tier=incident.current_tier,
        projected_tier=incident.projected_tier,
        rules=found.matched,
        response_level=incident.response_level,
    )
    entries.record(session, incident, payload)
    if len(prefectures) >= WIDEST and incident.tier > 1:
        reason = entries.note(session, "多地市同时中断 / several prefectures at once")
        entries.record(session, incident, entries.RaisedByPerson(before=incident.tier, tier=1, reason=reason))
        incident.tier = 1
        _keep(session, incident, Grade(1, found.matched))


def _keep(session: Session, incident: Incident, found: Grade) -> None:
    change = GradeChange(incident_id=incident.id, at=clock.now(session), tier=found.tier, rules=list(found.matched))
    change.current_tier, change.projected_tier, change.by = found.tier, found.tier, session.info["actor"]
    change.exercise = False
    session.add(change)


def cancelled(session: Session, shift: Shift, tale: Tale, incident: Incident, players: Cast) -> None:
    shift.to(tale.responding_at, f"person:{players.commander}")
    incident.state, incident.ended_at, incident.users_now = State.CANCELLED, clock.now(session), 0
    for row in session.scalars(select(Impact).where(Impact.incident_id == incident.id)):
        row.until_at = incident.ended_at
    for cut in session.scalars(select(CutOff).where(CutOff.incident_id == incident.id)):
        cut.until_at = incident.ended_at
    clock_rows.void(session, incident)
    reason = entries.note(session, "误报，设备正常 / false alarm, the equipment works")
    entries.record(session, incident, entries.Cancelled(told=0, reason=reason))


def handled(session: Session, shift: Shift, tale: Tale, incident: Incident, players: Cast) -> None:
    if incident.tier < QUIETEST:
        _paged(session, shift, tale, incident, players)
    shift.to(tale.responding_at, f"person:{players.commander}")
    plan = plans.of(session, incident)
    assert plan is not None
    pinned = plans.pin(session, plan, clock.now(session))
    incident.state, incident.assessed_at = State.RESPONDING, clock.now(session)
    incident.responding_at, incident.playbook_id = clock.now(session), pinned.id
    incident.commander_id, incident.commander_since = players.commander, clock.now(session)
    entries.record(session, incident, entries.Assessed(tier=incident.tier, judgement=None))
    entries.record(session, incident, entries.RoleTaken(role="commander", person_id=players.commander))
    session.add(
        Role(
            incident_id=incident.id,
            role="commander",
            person_id=players.commander,
            from_at=clock.now(session),
            until_at=tale.closed_at,
            exercise=False,
        )
    )
    started = entries.Activated(
        playbook_id=pinned.id,
        playbook=plan.code,
        version=plan.version,
        tier=incident.tier,
        commander_id=players.commander,
    )
    entries.record(session, incident, started)
    clock_rows.refresh(session, incident, {Event.REGULATOR_INFORMED: tale.responding_at})
    if tale.users >= TOLD_FROM:
        _told(session, tale, incident, Kind.FIRST, tale.users)


def _paged(session: Session, shift: Shift, tale: Tale, incident: Incident, players: Cast) -> None:
    """The engineer on duty, who answered."""
    engineer = players.engineers[incident.id % len(players.engineers)]
    chain = Escalation(
        incident_id=incident.id,
        incident_number=incident.number,
        tier=incident.tier,
        steps=[],
        area_codes=[players.areas[tale.places[0].area_id].code],
        texts={},
        due_at=tale.reported_at,
        state=EscalationState.ACKNOWLEDGED,
        created_at=tale.reported_at,
        ended_at=tale.acknowledged_at,
        over_at=tale.restored_at,
        exercise=False,
    )
    session.add(chain)
    session.flush()
    page = Page(
        escalation_id=chain.id,
        incident_id=incident.id,
        incident_number=incident.number,
        person_id=engineer,
        target="technical",
        step=0,
        code=f"{incident.id % 1000:03d}",
        state=PageState.ACKNOWLEDGED,
        created_at=tale.reported_at,
        submitted_at=tale.reported_at,
        answered_at=tale.acknowledged_at,
        answered_via="sms",
        exercise=False,
    )
    session.add(page)
    session.flush()
    entries.record(session, incident, ChainStarted(escalation_id=chain.id, steps=1))
    entries.record(
        session,
        incident,
        Paged(page_id=page.id, escalation_id=chain.id, person_id=engineer, step=0, target="technical"),
    )
    shift.to(tale.acknowledged_at, f"person:{engineer}")
    seconds = round((tale.acknowledged_at - tale.reported_at).total_seconds())
    entries.record(session, incident, Acknowledged(page_id=page.id, person_id=engineer, via="sms", seconds=seconds))


def _told(session: Session, tale: Tale, incident: Incident, kind: Kind, audience: int) -> None:
    now = clock.now(session)
    notice = Notice(
        incident_id=incident.id,
        incident_number=incident.number,
        tier=incident.tier,
        kind=kind,
        state=NoticeState.SENT,
        basis=Basis.AFFECTED if kind == Kind.FIRST else Basis.TOLD,
        audience=audience,
        validity_minutes=240,
        automatic=True,
        created_by="system:demo",
        created_at=now,
        submitted_at=now,
        approved_by="system:demo",
        approved_at=now,
        finished_at=now + timedelta(seconds=20 + audience / 100),
        exercise=False,
    )
    session.add(notice)
    session.flush()
    missed = [(state, why, round(audience * share * (0.5 + incident.id % 10 / 10))) for state, why, share in FAILURES]
    lost = {state: count for state, _, count in missed}
    session.add_all(LossTally(notice_id=notice.id, why=why, count=count) for _, why, count in missed if count)
    counts = lost | {Sent.DELIVERED: audience - sum(lost.values())}
    session.add_all(Tally(notice_id=notice.id, state=state, count=count) for state, count in counts.items() if count)
    approved = NoticeApproved(notice_id=notice.id, notice_kind=kind, audience=audience, approved_by="system:demo")
    entries.record(session, incident, approved)


def restored(session: Session, shift: Shift, tale: Tale, origin: Origin, incident: Incident, players: Cast) -> None:
    located = tale.responding_at + (tale.restored_at - tale.responding_at) * 0.6
    shift.to(located, f"person:{players.duty_officer}")
    incident.located_at, incident.fault_class = located, origin.fault_class
    entries.record(session, incident, entries.Located(fault_class=origin.fault_class, note=None))
    shift.to(tale.restored_at, f"person:{players.duty_officer}")
    now = clock.now(session)
    incident.state, incident.restored_at, incident.measured_at, incident.users_now = State.RESTORED, now, now, 0
    incident.user_minutes = tale.users * _minutes(tale.detected_at, tale.restored_at)
    payload = entries.Restored(
        evidence="clear",
        users=tale.users,
        user_minutes=incident.user_minutes,
        note=None,
    )
    entries.record(session, incident, payload)
    brief = min(tale.restored_at, tale.detected_at + timedelta(hours=3, minutes=30))
    clock_rows.refresh(session, incident, {Event.REGULATOR_BRIEF_SENT: brief})
    if tale.users >= TOLD_FROM:
        _told(session, tale, incident, Kind.ALL_CLEAR, round(tale.users * 0.98))


def closed(session: Session, shift: Shift, tale: Tale, origin: Origin, incident: Incident, players: Cast) -> None:
    shift.to(tale.closed_at, f"person:{players.commander}")
    now = clock.now(session)
    report = min(now, tale.detected_at + timedelta(hours=20))
    told = {Event.REGULATOR_REPORT_SENT: report, Event.REGULATOR_FINAL_REPORT_SENT: now}
    clock_rows.refresh(session, incident, told)
    cause = entries.note(session, f"{origin.cause.zh} / {origin.cause.en}")
    effect = entries.note(session, "已恢复，用户已告知 / restored, users were told")
    better = entries.note(session, f"{origin.improvement.zh} / {origin.improvement.en}")
    notes = [each for each in (cause, effect, better) if each is not None]
    incident.cause_note_id, incident.effect_note_id, incident.improvement_note_id = (each.id for each in notes)
    incident.root_cause, incident.cause = house.causes().causes[tale.cause].root, tale.cause
    incident.third_party = tale.third_party
    incident.state, incident.reviewing_at, incident.closed_at, incident.ended_at = State.CLOSED, now, now, now
    entries.record(session, incident, entries.ReviewBegan())
    written = entries.ReviewWritten(parts=("cause", "effect", "improvement"), notes=tuple(notes))
    entries.record(session, incident, written)
    states = Counter(row.state for row in clock_rows.rows(session, incident))
    payload = entries.Closed(
        users_peak=incident.users_peak,
        user_minutes=incident.user_minutes,
        clocks_met=states["met"],
        clocks_breached=states["breached"],
    )
    entries.record(session, incident, payload)
    if incident.tier < QUIETEST:
        knowledge.keep(session, incident)
    if tale.closed_at < players.signed_until:
        _evaluated(session, incident, players, now)


def _evaluated(session: Session, incident: Incident, players: Cast, now: datetime) -> None:
    """What is long over needs no report any more: each post of its tier has signed, or all of the past would stand there as overdue."""
    report = EvaluationReport(incident_id=incident.id, state=Report.SIGNED, public_id=incident.number, exercise=False)
    report.begun_by = report.submitted_by = players.commander
    report.begun_at = report.changed_at = report.submitted_at = report.signed_at = now
    session.add(report)
    session.flush()
    mark = texts.digest(session, incident, report)
    for post in evaluation_rules.table().of(incident.tier).posts:
        seal = EvaluationSignature(report_id=report.id, round=report.round, post=post, digest=mark, at=now)
        seal.person_id = players.signers[post]
        session.add(seal)


def _minutes(first: datetime, last: datetime) -> float:
    return (last - first) / timedelta(minutes=1)
