"""A silent commander is succeeded by rule: those who come next are paged in order, whoever takes the page first takes command, on record
and with a briefing; nobody there, and those of the echelon above are paged.

The chain of pages is the paging room's, so an engine that dies, a declined page and a late answer are what they always are."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.authority import entries
from command.authority import succession_words as words
from command.authority.models import Succession
from command.authority.silence import Silence, silence
from command.core import clock
from command.core.journal import Entry
from command.core.problems import N_, Conflict, Denied
from command.incidents import briefing, command_roles, house, places, plans, standing, telling
from command.incidents import entries as incident_entries
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident
from command.oncall.duties import telling as duty_telling
from command.oncall.models import Escalation, EscalationState, Page, PageState, Reason
from command.oncall.paging import service as paging
from command.people import authority_versions
from command.people.access import Principal
from command.people.models import GroupMember, Person
from playbooks.schema import Echelon

PAGE_MINUTES = 10
"""Where the table has no deputy for taking command. (Ours.)"""
ACK_MINUTES = 5
"""Minutes each of those who come next has to answer, before the next is paged too. (Ours.)"""
NO_SIGN = ("page.declined", "escalation.resumed", "board.cards")
"""Entries of somebody who says that they cannot come, and the cards that follow from any entry."""
MOST = 8
"""People paged one after another."""


def watched(session: Session) -> Sequence[Incident]:
    """Incidents whose commander somebody waits for: those that are being handled, the gravest first."""
    query = select(Incident).where(Incident.state.in_(BEFORE_RESTORATION), Incident.commander_id.is_not(None))
    return session.scalars(query.order_by(Incident.tier, Incident.id)).all()


def running(session: Session, incident_id: int, *, lock: bool = False) -> Succession | None:
    """The succession of an incident that has not ended."""
    query = select(Succession).where(Succession.incident_id == incident_id, Succession.ended_at.is_(None))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def of(session: Session, incident: Incident) -> Silence | None:
    """How the commander of an incident that is being handled is silent, by the table in force and the settings; None where there is no
    commander, or nothing is waited for."""
    if incident.commander_id is None or incident.state not in BEFORE_RESTORATION:
        return None
    sign_at = signed(session, incident)
    level = places.level_of(session, incident.area_id) or "country"
    rule = authority_versions.current(session).row("transfer_command", incident.tier, level)
    return silence(
        incident.tier,
        _unanswered(session, incident, sign_at),
        sign_at,
        rule.deputy.after_minutes if rule.deputy else PAGE_MINUTES,
        house.settings(session).commander_sign_minutes,
    )


def signed(session: Session, incident: Incident) -> datetime:
    """When the commander last gave a sign: an entry of theirs in the incident's journal, an answer to a page, or that they took command."""
    stream, person = incident_entries.stream(incident), incident.commander_id
    acts = (Entry.actor == f"person:{person}") & Entry.kind.not_in(NO_SIGN)
    done = select(func.max(Entry.at)).where(Entry.stream_id == stream, acts)
    mine = (Page.incident_id == incident.id) & (Page.person_id == person)
    said = select(func.max(Page.response_at)).where(mine, Page.state == PageState.ACKNOWLEDGED)
    found = [session.scalar(done), session.scalar(said), incident.commander_since, incident.reported_at]
    return max(each for each in found if each is not None)


def _unanswered(session: Session, incident: Incident, sign_at: datetime) -> datetime | None:
    """Since when a page of the incident has waited for its commander, or was declined by them, and they have given no sign since; one that
    could not reach them counts too."""
    mine = (Page.incident_id == incident.id) & (Page.person_id == incident.commander_id)
    pages = session.scalars(select(Page).where(mine, Page.state.in_((*standing.UNTAKEN, PageState.FAILED))))
    since = [page.response_at if page.state == PageState.DECLINED else page.created_at for page in pages]
    return min((at for at in since if at is not None and at >= sign_at), default=None)


def step(session: Session, incident_id: int) -> None:
    """Look at one incident: end or go on with what runs, or offer its command where the commander is silent for too long."""
    incident = standing.lock(session, incident_id)
    row = running(session, incident.id, lock=True)
    if row is not None:
        _go_on(session, incident, row)
        return
    silent = of(session, incident)
    if silent is not None and silent.due_at <= clock.now(session):
        offer(session, incident, silent)


def due(session: Session) -> list[int]:
    """The ids of incidents to look at now: those with a succession, and those whose commander is silent for too long."""
    open_now = list(session.scalars(select(Succession.incident_id).where(Succession.ended_at.is_(None))))
    now = clock.now(session)
    silent = [
        incident.id
        for incident in watched(session)
        if incident.id not in open_now and (found := of(session, incident)) is not None and found.due_at <= now
    ]
    return open_now + silent


def offer(session: Session, incident: Incident, silent: Silence) -> Succession:
    """Page those who come next, and tell the commander. Nobody loses command before somebody takes it."""
    commander = session.get_one(Person, incident.commander_id)
    people = list(successors(session, incident))[:MOST]
    steps = [
        {"target": f"person:{each.id}", "after_minutes": ACK_MINUTES if place else 0, "ack_minutes": ACK_MINUTES}
        for place, each in enumerate(people)
    ] or [{"target": "post:deputy", "after_minutes": 0, "ack_minutes": ACK_MINUTES}]
    about, codes = telling.about(session, incident), places.codes_upward(session, incident.area_id)
    texts = words.page(house.settings(session), incident, commander, silent.minutes)
    chain = paging.start(session, about, steps, texts, area_codes=codes, quiet_minutes=0)
    row = Succession(
        incident_id=incident.id,
        commander_id=commander.id,
        why=silent.why,
        minutes=silent.minutes,
        escalation_id=chain.id,
        began_at=clock.now(session),
        exercise=incident.exercise,
    )
    session.add(row)
    session.flush()
    payload = entries.SuccessionOffered(
        succession_id=row.id, person_id=commander.id, why=silent.why, minutes=silent.minutes, asked=len(people)
    )
    incident_entries.record(session, incident, payload)
    _tell(session, incident, commander, words.OFFERED, minutes=silent.minutes)
    return row


def successors(session: Session, incident: Incident) -> Iterator[Person]:
    """Who comes next: those who command the emergency group of the echelon, in their order, then those of the echelons above it."""
    plan = plans.tier_plan(session, incident)
    named = {incident.commander_id}
    for group in command_roles.groups_for(session, incident, plan.echelon if plan else Echelon.county):
        query = (
            select(Person)
            .join(GroupMember, GroupMember.person_id == Person.id)
            .where(GroupMember.group_id == group.id, GroupMember.duty == command_roles.COMMANDER)
            .where(Person.active, Person.number.is_not(None))
        )
        for person in session.scalars(query.order_by(GroupMember.rank, GroupMember.id)):
            if person.id not in named:
                named.add(person.id)
                yield person


def here(session: Session, incident: Incident, by: Principal) -> None:
    """The commander of a locked incident says that they are there: what was offered is taken back. Raise Denied or Conflict."""
    if incident.commander_id != by.person_id:
        raise Denied(
            N_("You do not command this incident."), remedy=N_("Only its commander can say that they are there.")
        )
    if incident.state not in BEFORE_RESTORATION:
        raise Conflict(N_("Nobody waits for the commander any more."), remedy=N_("Look at the state of the incident."))
    incident_entries.record(session, incident, entries.CommanderHere(person_id=by.person_id))
    row = running(session, incident.id, lock=True)
    if row is not None:
        _end(session, incident, row, "here")


def _go_on(session: Session, incident: Incident, row: Succession) -> None:
    if incident.commander_id != row.commander_id or incident.state not in BEFORE_RESTORATION:
        _end(session, incident, row, "over")
        return
    chain = session.get_one(Escalation, row.escalation_id)
    taker = _taker(session, chain)
    if taker is not None and taker.id != row.commander_id:
        _take(session, incident, row, taker)
    elif taker is not None or signed(session, incident) > row.began_at:
        _end(session, incident, row, "here")
    elif chain.state == EscalationState.EXHAUSTED and row.unanswered_at is None:
        row.unanswered_at = clock.now(session)
        payload = entries.SuccessionUnanswered(succession_id=row.id, person_id=row.commander_id)
        incident_entries.record(session, incident, payload)


def _taker(session: Session, chain: Escalation) -> Person | None:
    taken = (Page.escalation_id == chain.id) & (Page.state == PageState.ACKNOWLEDGED)
    query = select(Person).join(Page, Page.person_id == Person.id).where(taken, Person.active)
    return session.scalar(query.order_by(Page.answered_at, Page.id).limit(1))


def _take(session: Session, incident: Incident, row: Succession, to: Person) -> None:
    """Command passes to whoever took the page, with a briefing made from the record; who was silent is told."""
    tongue = briefing.tongue(to.language)
    said = briefing.text(briefing.sections(session, incident, tongue))
    cited = incident_entries.note(session, said)
    command_roles.pass_on(session, incident, command_roles.COMMANDER, to.id, cited)
    _end(session, incident, row, "taken", to)
    _tell(session, incident, session.get_one(Person, row.commander_id), words.TAKEN, to=to)


def _end(session: Session, incident: Incident, row: Succession, how: str, to: Person | None = None) -> None:
    row.state, row.ended_at = how, clock.now(session)
    row.successor_id = to.id if to else None
    paging.stop_one(session, row.escalation_id, Reason.ACKNOWLEDGED)
    payload = entries.SuccessionEnded.model_validate(
        {"succession_id": row.id, "person_id": row.commander_id, "how": how, "to_person_id": to.id if to else None}
    )
    incident_entries.record(session, incident, payload)


def _tell(
    session: Session,
    incident: Incident,
    person: Person,
    text: dict[str, str],
    *,
    minutes: int = 0,
    to: Person | None = None,
) -> None:
    """A text to the silent commander; in an exercise the page of the incident says it."""
    if incident.exercise:
        return
    said = {
        language: each % {"number": incident.number, "minutes": minutes, "to": words.called(to, language)}
        for language, each in text.items()
    }
    at = clock.now(session)
    duty_telling.tell(session, person, duty_telling.Said(said, at, words.ACT, f"/incidents/{incident.number}"))
