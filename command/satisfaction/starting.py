"""A survey leaves: those who were told the all-clear are drawn by its seed and asked in chunks, in the lane behind everything else (I8).

Drawing only reads. What is written carries no state of its own: after a crash the same people are drawn again, and those who have their
message get no second one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from command.core import clock
from command.core.installation import Installation
from command.incidents import entries as journal
from command.incidents import house, observing_rows, standing
from command.incidents.models import Incident
from command.messages import gateways
from command.messages import service as messages
from command.messages.bad_models import BadNumber, Standing
from command.messages.models import TOLD, Delivery, Lane, OptOut, Purpose
from command.network.models import Area, Element, Subscriber
from command.notices import quiet
from command.notices.models import Kind, Notice, NoticeState
from command.satisfaction import entries, links, planning
from command.satisfaction.models import State, Survey, SurveyAnswer
from command.satisfaction.rules import Rule, rules
from command.satisfaction.sampling import Sample, Told, drawn
from playbooks.templates import Language, render

AT_ONCE, LOOKED_AT = 100, 20
"""People asked in one unit of work; surveys looked at in one round."""
VALID = timedelta(hours=12)
"""A question that could not be sent for so long is not sent any more."""
_COMING = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING)


def due(session: Session) -> list[int]:
    """The ids of surveys that may leave now, the one due first first."""
    query = select(Survey.id).where(Survey.state == State.PLANNED, Survey.due_at <= clock.now(session))
    return list(session.scalars(query.order_by(Survey.due_at, Survey.id).limit(LOOKED_AT)))


def look(session: Session, survey_id: int) -> Sample | None:
    """Whom a due survey asks; None while it waits for the end of the observation or for the all-clear. Nothing is written."""
    survey = session.get_one(Survey, survey_id)
    incident = session.get_one(Incident, survey.incident_id)
    rule = rules().of(incident.kind, incident.tier)
    if rule is None:
        return Sample(0, ())
    now = clock.now(session)
    watched = observing_rows.until(session, incident.id)
    if watched is not None and watched > now:
        return None
    states = _all_clears(session, incident.id)
    late = now > survey.due_at + timedelta(days=rules().patience_days)
    if not late and (not states or any(state in _COMING for state in states.values())):
        return None
    cleared = [notice for notice, state in states.items() if state == NoticeState.SENT]
    return _drawn(session, survey, cleared, rule)


def _all_clears(session: Session, incident_id: int) -> dict[int, str]:
    mine = (Notice.incident_id == incident_id, Notice.kind == Kind.ALL_CLEAR, Notice.exercise.is_(False))
    return dict(session.execute(select(Notice.id, Notice.state).where(*mine)).tuples().all())


def _drawn(session: Session, survey: Survey, cleared: Sequence[int], rule: Rule) -> Sample:
    told = (
        select(Subscriber.id, Subscriber.critical != "", _barred(survey.id))
        .join(Delivery, Delivery.addressee == Subscriber.id)
        .where(was_told(cleared))
        .distinct()
        .execution_options(yield_per=5000)
    )
    people = (Told(*row) for row in session.execute(told).tuples())
    return drawn(people, survey.seed, share=rule.share, most=rule.most, critical=rule.critical)


def was_told(cleared: Sequence[int]) -> ColumnElement[bool]:
    """The delivery told somebody one of these all-clears, for real."""
    return and_(Delivery.notice_id.in_(cleared), Delivery.state.in_(TOLD), Delivery.exercise.is_(False))


def _barred(survey_id: int) -> ColumnElement[bool]:
    """They opted out, their number takes no SMS, or another survey takes their answers."""
    other = aliased(Survey)
    asked = (
        exists()
        .where(SurveyAnswer.recipient == Subscriber.number_index, SurveyAnswer.survey_id == other.id)
        .where(other.state.in_((State.PLANNED, State.OPEN)), other.id != survey_id)
        .correlate(Subscriber)
    )
    gone = exists().where(BadNumber.addressee == Subscriber.id, BadNumber.state == Standing.MARKED)
    left = exists().where(OptOut.recipient == Subscriber.number_index).correlate(Subscriber)
    return or_(left, gone.correlate(Subscriber), asked)


def ask(session: Session, installation: Installation, survey_id: int, chosen: Sequence[int]) -> int:
    """Ask some of those drawn who were not asked yet; return how many those were. Nothing is asked where the survey leaves no more."""
    survey = session.get_one(Survey, survey_id, with_for_update=True, populate_existing=True)
    if survey.state != State.PLANNED:
        return 0
    incident = session.get_one(Incident, survey.incident_id)
    has = select(SurveyAnswer.id).where(
        SurveyAnswer.survey_id == survey.id, SurveyAnswer.subscriber_id == Subscriber.id
    )
    query = select(Subscriber).where(Subscriber.id.in_(chosen), ~has.exists()).order_by(Subscriber.id)
    people = session.scalars(query).all()
    linked = _may_link(installation, incident)
    release = quiet.releases(session)
    zones = _zones(session, people)
    for person in people:
        row = _row(session, survey, person)
        link = links.address(installation, row.id) if linked else None
        row.delivery_id = _send(session, row, person, link, release.of(zones.get(person.id)))
    session.flush()
    return len(people)


def _zones(session: Session, people: Sequence[Subscriber]) -> dict[int, str | None]:
    """The zones of the areas that some people live in."""
    query = select(Subscriber.id, Area.zone).join(Element, Element.id == Subscriber.element_id)
    query = query.join(Area, Area.id == Element.area_id).where(Subscriber.id.in_([each.id for each in people]))
    return dict(session.execute(query).tuples().all())


def _row(session: Session, survey: Survey, person: Subscriber) -> SurveyAnswer:
    row = SurveyAnswer(
        survey_id=survey.id,
        subscriber_id=person.id,
        recipient=person.number_index,
        language=person.language,
        asked_at=clock.now(session),
        exercise=False,
    )
    session.add(row)
    session.flush()
    return row


def _send(session: Session, row: SurveyAnswer, person: Subscriber, link: str | None, due_at: datetime) -> int:
    language: Language = "zh" if person.language == "zh" else "en"
    text = render(getattr(rules().texts.ask, language), fields(session, language) | {"link": link})
    outgoing = messages.Outgoing(
        purpose=Purpose.SURVEY,
        lane=Lane.SURVEY,
        addressee=row.id,
        recipient=person.number_index,
        number=person.number,
        body_id=messages.put_body(session, text, language),
        exercise=False,
        due_at=due_at,
        valid_until=due_at + VALID,
    )
    return messages.enqueue(session, outgoing)


def fields(session: Session, language: Language) -> dict[str, str | None]:
    """What a text of surveys may name."""
    settings = house.settings(session)
    name = settings.operator_name_zh if language == "zh" else settings.operator_name_en
    return {"operator": name, "hotline": settings.hotline}


def _may_link(installation: Installation, incident: Incident) -> bool:
    """Not where a gateway strips links, and never about information security: a link there looks like the attack itself."""
    given = installation.settings.gateways or (gateways.CONSOLE,)
    attack = incident.kind == "information_security"
    return not attack and all(gateway.url for gateway in given if gateway.channel == "sms")


def finish(session: Session, survey_id: int, sample: Sample) -> None:
    """Everybody drawn was asked: the survey is open. Where nobody was drawn it is void."""
    found = session.get_one(Survey, survey_id)
    incident = standing.lock(session, found.incident_id)
    survey = planning.of(session, incident.id, lock=True)
    if survey is None or survey.state != State.PLANNED:
        return
    rule = rules().of(incident.kind, incident.tier)
    if rule is None or not sample.chosen:
        planning.void(session, incident, survey, planning.RULES if rule is None else planning.NOBODY)
        return
    now = clock.now(session)
    survey.state, survey.started_at = State.OPEN, now
    survey.closes_at = (quiet.releases(session).last or now) + timedelta(days=rule.open_days)
    survey.audience, survey.asked = sample.audience, len(sample.chosen)
    payload = entries.SurveySent(
        survey_id=survey.id,
        audience=survey.audience,
        asked=survey.asked,
        seed=survey.seed,
        closes_at=survey.closes_at,
    )
    journal.record(session, incident, payload)
