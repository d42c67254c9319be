"""Crews over JSON: whom a unit is called by, and the SMS that went out for what was taken."""

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, StringConstraints
from sqlalchemy.orm import Session

from command.people.access import access, here, unit
from command.resources import crew_contacts, crew_views
from command.resources.asked import Maybe, Strict
from command.resources.crew_contacts import Given
from command.resources.crew_views import CallsOut, ContactOut

api = APIBlueprint("resource_crews_api", __name__, url_prefix="/api/v1/resources", tag="Resources")


class ContactIn(Strict):
    """A `person` of the register (username), or the name of somebody `outside` and a `number` in any shape people type, with the `language`
    they read."""

    person: Maybe = ""
    outside: Maybe = ""
    number: Annotated[str, StringConstraints(max_length=60)] = ""
    language: Literal["zh", "en"] = "zh"


class UnitContactOut(BaseModel):
    contact: ContactOut | None


@api.get("/units/<int:unit_id>/contact")
@api.output(UnitContactOut)
@access("read")
def contact(unit_id: int) -> Any:
    """Whom a unit is called by when it is dispatched."""
    with here().database.read() as session:
        return UnitContactOut(contact=crew_views.contact_out(session, here().keyring, unit_id))


@api.post("/units/<int:unit_id>/actions/contact")
@api.input(ContactIn)
@api.output(UnitContactOut)
@access("manage_resources")
def put_contact(unit_id: int, json_data: ContactIn) -> Any:
    """Name whom a unit is called by; the number is answered as it was understood, masked."""
    return named(unit_id, json_data)


def named(unit_id: int, given: ContactIn) -> UnitContactOut:
    """Keep a contact and answer with it."""
    house = here()
    whom = Given(given.person, given.outside, given.number, given.language)

    def work(session: Session) -> UnitContactOut:
        crew_contacts.put(session, unit_id, whom, house.keyring, house.settings)
        return UnitContactOut(contact=crew_views.contact_out(session, house.keyring, unit_id))

    return unit(work)


@api.post("/units/<int:unit_id>/actions/drop_contact")
@api.output(UnitContactOut)
@access("manage_resources")
def drop_contact(unit_id: int) -> Any:
    """Nobody is called any more."""
    unit(lambda session: crew_contacts.drop(session, unit_id))
    return UnitContactOut(contact=None)


@api.get("/out/<int:allocation_id>/calls")
@api.output(CallsOut)
@access("read")
def calls(allocation_id: int) -> Any:
    """The SMS that called the crew out, the latest first, with what became of each and what was answered."""
    with here().database.read() as session:
        return CallsOut(items=crew_views.calls_out(session, allocation_id))
