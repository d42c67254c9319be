"""Who commands and who holds which role: from the emergency group of the matching echelon (R4), handed over on record (R14)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, places, room_entries
from command.incidents.guards import FINAL, State
from command.incidents.models import Incident, Role
from command.incidents.standing import authorise
from command.people.access import Principal
from command.people.models import EmergencyGroup, GroupMember, Person
from playbooks.schema import Echelon

COMMANDER = "commander"
OWNER = "first_contact_owner"
ECHELONS: Mapping[str, Echelon] = {
    "county": Echelon.county,
    "prefecture": Echelon.prefecture,
    "province": Echelon.province,
    "country": Echelon.head_office,
}
"""The echelon whose emergency group is at home in an area of a level."""
WIDENING = (Echelon.county, Echelon.prefecture, Echelon.province, Echelon.head_office)


def groups_for(session: Session, incident: Incident, echelon: Echelon) -> list[EmergencyGroup]:
    """The groups that could handle the incident, the right one first: that of the echelon, then of wider ones; of each, those
    whose area contains the incident's before others."""
    codes = places.codes_upward(session, incident.area_id)
    order = {each.value: place for place, each in enumerate(WIDENING[WIDENING.index(echelon) :])}
    found = [g for g in session.scalars(select(EmergencyGroup).order_by(EmergencyGroup.id)) if g.echelon in order]
    near = [g for g in found if g.area_code in codes]
    return sorted(
        near or found, key=lambda g: (order[g.echelon], codes.index(g.area_code) if g.area_code in codes else 0)
    )


def holders(session: Session, group: EmergencyGroup) -> dict[str, Person]:
    """Who fills each duty of a group now: the holder, or the first deputy who is active."""
    rows = session.execute(
        select(GroupMember.duty, Person)
        .join(Person, Person.id == GroupMember.person_id)
        .where(GroupMember.group_id == group.id, Person.active)
        .order_by(GroupMember.rank, GroupMember.id)
    )
    found: dict[str, Person] = {}
    for duty, person in rows:
        found.setdefault(duty, person)
    return found


def appoint(session: Session, incident: Incident, echelon: Echelon, by: Principal | None) -> None:
    """Fill the roles that are still empty from the group of the echelon. Without any group, the person who activates commands."""
    filled = foreseen(session, incident, echelon)
    for duty, person in filled.items():
        take(session, incident, duty, person.id)
    if not filled and by is not None:
        take(session, incident, COMMANDER, by.person_id)


def foreseen(session: Session, incident: Incident, echelon: Echelon) -> dict[str, Person]:
    """Who would fill each duty: the first group for the incident that has somebody to command. Empty where none has."""
    for group in groups_for(session, incident, echelon):
        filled = holders(session, group)
        if COMMANDER in filled:
            return filled
    return {}


def appoint_local(session: Session, incident: Incident, commander: Person | None = None) -> None:
    """Give an incident that is part of another its own commander: the one named, else whoever commands the emergency group of its area
    (R4); raise Invalid for somebody who is not active."""
    if commander is not None and not commander.active:
        raise Invalid(N_("This person is not active."), field="commander", remedy=N_("Name somebody who is."))
    level = places.level_of(session, incident.area_id)
    found = commander or foreseen(session, incident, ECHELONS[level or "country"]).get(COMMANDER)
    if found is not None:
        take(session, incident, COMMANDER, found.id)


def go_up(session: Session, incident: Incident, echelon: Echelon, briefing: str) -> None:
    """The group of a wider echelon takes command over from one that its group appointed (R4): transferred on record, with a briefing to
    accept. Whoever commands by their own group of that echelon or a wider one stays, and so does somebody whom people put in command by
    name, and the local commander of a part."""
    if incident.parent_id is not None or incident.commander_id is None:
        return
    place = WIDENING.index(echelon)
    held = [WIDENING.index(Echelon(each)) for each in _commands_in(session, incident.commander_id)]
    to = foreseen(session, incident, echelon).get(COMMANDER)
    if to is None or not held or max(held) >= place or to.id == incident.commander_id:
        return
    _hand(session, incident, COMMANDER, to.id, entries.note(session, briefing), accepted=False)


def _commands_in(session: Session, person_id: int) -> Sequence[str]:
    """The echelons of the groups in which somebody is the commander, or stands in."""
    query = select(EmergencyGroup.echelon).join(GroupMember, GroupMember.group_id == EmergencyGroup.id)
    return session.scalars(query.where(GroupMember.person_id == person_id, GroupMember.duty == COMMANDER)).all()


def take(session: Session, incident: Incident, role: str, person_id: int) -> None:
    """Give somebody an empty role; who holds it already keeps it."""
    if _holding(session, incident, role) is not None or (role == COMMANDER and incident.commander_id is not None):
        return
    _begin(session, incident, role, person_id, None)
    entries.record(session, incident, entries.RoleTaken(role=role, person_id=person_id))


def transfer(
    session: Session,
    incident: Incident,
    to: Person,
    briefing: str,
    by: Principal,
    *,
    role: str = COMMANDER,
    override: bool = False,
) -> None:
    """Hand a role over on record, with a briefing for the one who takes it; raise Invalid without one, Denied, or Conflict."""
    if incident.commander_id != by.person_id:
        authorise(session, incident, by, "transfer_command", override=override, reason=briefing)
    _changes_hands(incident)
    if not briefing.strip():
        raise Invalid(
            N_("A role is handed over with a briefing."),
            field="briefing",
            remedy=N_("Write the situation, what is under way and what comes next."),
        )
    if not to.active:
        raise Invalid(N_("This person is not active."), field="to", remedy=N_("Name somebody who is."))
    _hand(session, incident, role, to.id, entries.note(session, briefing), accepted=to.id == by.person_id)


def pass_on(session: Session, incident: Incident, role: str, to_id: int, note: entries.NoteRef | None) -> None:
    """A role of a locked incident passes to somebody who accepts it in this moment, with a hand-over; whoever calls has asked both."""
    _hand(session, incident, role, to_id, note, accepted=True)


def _hand(
    session: Session, incident: Incident, role: str, to_id: int, cited: entries.NoteRef | None, *, accepted: bool
) -> None:
    before = incident.owner_id if role == OWNER else _end(session, incident, role)
    begun = _begin(session, incident, role, to_id, cited)
    if accepted:
        begun.accepted_at = begun.from_at
    changed = entries.RoleTransferred(role=role, from_person_id=before, to_person_id=to_id, briefing=cited)
    entries.record(session, incident, changed)


def _changes_hands(incident: Incident) -> None:
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Roles change hands while an incident is handled; reopen it first."),
            state=incident.state,
        )


def accept(session: Session, incident: Incident, by: Principal, role: str = COMMANDER) -> Role:
    """Say that one has a role that was handed over to one, with its briefing; raise Conflict where nothing waits to be accepted.

    Whoever gets a role answers for it from the transfer on; this puts on record that they know."""
    held = _holding(session, incident, role)
    if held is None or held.person_id != by.person_id or held.briefing_note_id is None or held.accepted_at is not None:
        raise Conflict(
            N_("Nothing was handed over to you that you have not accepted."),
            remedy=N_("Look at the people of the incident for who has which role."),
        )
    held.accepted_at = clock.now(session)
    seconds = round((held.accepted_at - held.from_at).total_seconds())
    entries.record(session, incident, room_entries.RoleAccepted(role=role, person_id=by.person_id, seconds=seconds))
    return held


def volunteer(session: Session, incident: Incident, role: str, by: Principal) -> None:
    """Take a role that nobody holds; raise Denied, or Conflict where somebody does: it is handed over then, with a briefing."""
    authorise(session, incident, by, "transfer_command" if role == COMMANDER else "edit_task")
    _changes_hands(incident)
    if _holding(session, incident, role) is not None or (role == OWNER and incident.owner_id is not None):
        raise Conflict(
            N_("Somebody holds this role already."), remedy=N_("Have it handed over, with a briefing."), role=role
        )
    take(session, incident, role, by.person_id)


def waiting_for(session: Session, person_id: int) -> list[tuple[Incident, Role]]:
    """Roles that were handed over to somebody in incidents that last, and that they have not accepted yet; the oldest first."""
    over = (*FINAL, State.CLOSED)
    rows = session.execute(
        select(Incident, Role)
        .join(Role, Role.incident_id == Incident.id)
        .where(Role.person_id == person_id, Role.until_at.is_(None), Role.accepted_at.is_(None))
        .where(Role.briefing_note_id.is_not(None), Incident.state.not_in(over))
        .order_by(Role.id)
    )
    return [(incident, role) for incident, role in rows]


def _begin(session: Session, incident: Incident, role: str, person_id: int, cited: entries.NoteRef | None) -> Role:
    now = clock.now(session)
    if role == OWNER:
        incident.owner_id = person_id
        _end(session, incident, role)
    if role == COMMANDER:
        incident.commander_id, incident.commander_since = person_id, now
    begun = Role(
        incident_id=incident.id,
        role=role,
        person_id=person_id,
        from_at=now,
        briefing_note_id=cited.id if cited else None,
        exercise=incident.exercise,
    )
    session.add(begun)
    session.flush()
    return begun


def _holding(session: Session, incident: Incident, role: str) -> Role | None:
    query = select(Role).where(Role.incident_id == incident.id, Role.role == role, Role.until_at.is_(None))
    return session.scalar(query.limit(1))


def _end(session: Session, incident: Incident, role: str) -> int | None:
    held = _holding(session, incident, role)
    if held is None:
        return None
    held.until_at = clock.now(session)
    return held.person_id


def own(session: Session, incident: Incident, person_id: int) -> None:
    """Make somebody the first-contact owner, if nobody is (R14)."""
    if incident.owner_id is None:
        take(session, incident, OWNER, person_id)


def of(session: Session, incident: Incident) -> Sequence[Role]:
    """Every role of an incident, those that ended too, the oldest first."""
    return session.scalars(select(Role).where(Role.incident_id == incident.id).order_by(Role.id)).all()
