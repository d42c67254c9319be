"""Calling a crew out: what is dispatched to an incident sends an SMS to its unit's contact, in the same unit of work, by the outbox."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.settings import GatewaySettings, Settings
from command.messages import gateways
from command.messages import service as messages
from command.messages.models import SMS, Lane, Purpose
from command.people.contacts import destination
from command.people.models import Person
from command.resources import crew_contacts, telling
from command.resources.crew_contacts import Called
from command.resources.crew_models import ResourceCall
from command.resources.crew_texts import code_of, say
from command.resources.entries import CrewCalled
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock, ResourceUnit
from command.resources.states import State

VALID = timedelta(hours=2)
"""How long the SMS may wait for a gateway: a crew sent later than that has been told otherwise. (Ours.)"""


def settings(session: Session) -> Settings:
    """The settings of the installation a session belongs to; the usual ones where nobody gave any."""
    found = session.info.get("settings")
    return found if isinstance(found, Settings) else Settings()


def follow(session: Session, held: ResourceAllocation, stock: ResourceStock) -> None:
    """What was taken has changed its state: an SMS that has not left yet is taken back, and what is under way calls its crew out."""
    for call in of(session, [held.id]):
        if call.delivery_id is not None:
            messages.withdraw_delivery(session, call.delivery_id, "superseded")
    if held.state == State.EN_ROUTE:
        _call(session, held, stock)


def _call(session: Session, held: ResourceAllocation, stock: ResourceStock) -> None:
    called = crew_contacts.of(session, held.unit_id) if held.unit_id else None
    if called is None or called.there is None or held.request_id is None:
        return
    request = session.get_one(ResourceRequest, held.request_id)
    number, index = called.there
    made = ResourceCall(
        allocation_id=held.id,
        person_id=called.person_id,
        name=called.name,
        recipient=index,
        language=called.language,
        code="",
        sent_by=_actor(session),
        sent_at=clock.now(session),
        exercise=held.exercise,
    )
    session.add(made)
    session.flush()
    made.code, held.crew_answer = code_of(made.id), None
    text = _text(session, held, stock, request, called, made.code)
    made.delivery_id = _send(session, text, called, held, number=number, index=index)
    session.flush()
    payload = CrewCalled(
        call_id=made.id,
        allocation_id=held.id,
        request_id=request.id,
        resource_id=stock.resource_id,
        unit_id=held.unit_id or 0,
        person_id=called.person_id,
    )
    telling.record(session, request, payload)


def _actor(session: Session) -> int | None:
    kind, _, person = str(session.info["actor"]).partition(":")
    return int(person) if kind == "person" and person.isdigit() else None


def _send(session: Session, text: str, called: Called, held: ResourceAllocation, *, number: bytes, index: bytes) -> int:
    outgoing = messages.Outgoing(
        purpose=Purpose.CREW,
        lane=Lane.PAGE,
        addressee=held.unit_id or 0,
        recipient=index,
        number=number,
        body_id=messages.put_body(session, text, called.language),
        exercise=held.exercise,
        valid_until=clock.now(session) + VALID,
    )
    return messages.enqueue(session, outgoing)


def _text(
    session: Session,
    held: ResourceAllocation,
    stock: ResourceStock,
    request: ResourceRequest,
    called: Called,
    code: str,
) -> str:
    given, language = settings(session), called.language
    by = held.eta_at or request.need_by
    unit = session.get_one(ResourceUnit, held.unit_id)
    said = say(
        language,
        "call",
        unit=unit.serial,
        resource=names.of(session.get_one(Resource, stock.resource_id), language),
        place=held.place or request.place,
        incident=incident(language, request),
        by=moment(by, given),
    )
    how = say(language, "how", code=code) if _answerable(given, held.exercise) else _ring(language, given)
    return begin(language, given, held.exercise) + said + how


def incident(language: str, request: ResourceRequest) -> str:
    """The incident as a text names it; a restricted one is not named."""
    return say(language, "restricted" if request.restricted else "incident", number=request.incident_number)


def begin(language: str, given: Settings, exercise: bool) -> str:
    """What every text to a crew begins with: the mark of an exercise, and whose text it is."""
    operator = given.operator_name_zh if language == "zh" else given.operator_name_en
    return (say(language, "drill") if exercise else "") + say(language, "sign", operator=operator)


def moment(at: datetime, given: Settings) -> str:
    """An instant as texts tell it, on the operator's wall clock."""
    return f"{at.astimezone(given.tz):%m-%d %H:%M}"


def _ring(language: str, given: Settings) -> str:
    return say(language, "ring", hotline=given.centre_hotline or given.hotline)


def _answerable(given: Settings, exercise: bool) -> bool:
    """Whether replies come back, by a gateway that carries SMS."""
    road: Sequence[GatewaySettings] = given.gateways or (gateways.CONSOLE,) if exercise else gateways.live(given)
    return any(gateways.capabilities(one).two_way for one in road if one.channel == SMS)


def of(session: Session, allocation_ids: Collection[int]) -> Sequence[ResourceCall]:
    """The calls for what was taken, the latest first."""
    query = select(ResourceCall).where(ResourceCall.allocation_id.in_(allocation_ids))
    return session.scalars(query.order_by(ResourceCall.id.desc())).all()


def tell_declined(session: Session, call: ResourceCall, held: ResourceAllocation, request: ResourceRequest) -> None:
    """Say that a crew cannot come to whoever sent it and to whoever asked for it, by the numbers on their record."""
    given, unit = settings(session), session.get_one(ResourceUnit, held.unit_id)
    wanted = {each for each in (call.sent_by, request.asked_by) if each is not None and each != call.person_id}
    people = session.scalars(select(Person).where(Person.id.in_(wanted), Person.active).order_by(Person.id)).all()
    for person in people:
        there, language = destination(person, None), "zh" if person.language == "zh" else "en"
        if there is None:
            continue
        named = {"unit": unit.serial, "who": call.name, "incident": incident(language, request)}
        said = say(language, "told_declined", place=held.place or request.place, **named)
        text = begin(language, given, held.exercise) + said
        outgoing = messages.Outgoing(
            purpose=Purpose.CREW,
            lane=Lane.PAGE,
            addressee=person.id,
            recipient=there[1],
            number=there[0],
            body_id=messages.put_body(session, text, language),
            exercise=held.exercise,
            valid_until=clock.now(session) + VALID,
        )
        messages.enqueue(session, outgoing)
