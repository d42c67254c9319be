"""The list of names of a restricted incident: who is on it from the start, who adds and removes, each with a reason on record."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.incidents import command_roles, entries, plans, visibility
from command.incidents.grading import Tier
from command.incidents.models import Incident, Named
from command.oncall.duties import telling
from command.oncall.models import Page
from command.people.access import Principal
from command.people.authority import Post
from command.people.models import GroupMember, Person
from command.security.entries import PersonNamed, PersonUnnamed
from command.security.rules import rules

COMMANDING = frozenset({Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER})
TEXTS = {
    "named": {
        "zh": "您已列入受限事件%(number)s的知情人，请注意保密。",
        "en": "you are named in restricted incident %(number)s; keep it to yourself.",
    },
    "looked_in": {
        "zh": "%(person)s查看了受限事件%(number)s，理由已记录。",
        "en": "%(person)s looked in to restricted incident %(number)s; the reason is on record.",
    },
}
ACT = {"zh": "查看", "en": "look at it"}


def begin(session: Session, incident: Incident) -> None:
    """Name those who are named by default in a restricted incident: the emergency group of its echelon, and the security leads."""
    if not incident.restricted:
        return
    for person in _group(session, incident):
        _put(session, incident, person.id, "group")
    for person in leads(session, incident):
        _put(session, incident, person.id, "lead")


def _group(session: Session, incident: Incident) -> Sequence[Person]:
    """Everybody in the group that would handle it, deputies too: they are who stands in, and the second person that a notice needs."""
    plan = plans.of(session, incident)
    if plan is None:
        return ()
    for group in command_roles.groups_for(session, incident, plan.tier(cast(Tier, incident.tier)).echelon):
        if command_roles.COMMANDER in command_roles.holders(session, group):
            members = select(GroupMember.person_id).where(GroupMember.group_id == group.id)
            active = select(Person).where(Person.active, Person.id.in_(members))
            return session.scalars(active.order_by(Person.id)).all()
    return ()


def leads(session: Session, incident: Incident) -> list[Person]:
    """Who answers for information security where the incident is: the duty in the nearest group that has it, and those named by
    config/security.yaml."""
    given = rules().leads
    wanted = select(Person).where(Person.active, Person.username.in_(given.people))
    found = {each.id: each for each in session.scalars(wanted)}
    plan = plans.of(session, incident)
    if plan is not None:
        for group in command_roles.groups_for(session, incident, plan.tier(cast(Tier, incident.tier)).echelon):
            holding = [person for duty, person in command_roles.holders(session, group).items() if duty in given.duties]
            if holding:
                return list((found | {each.id: each for each in holding}).values())
    return list(found.values())


def is_lead(session: Session, who: Principal) -> bool:
    """Whether somebody answers for information security anywhere."""
    given = rules().leads
    if who.username in given.people:
        return True
    query = select(GroupMember.id).where(GroupMember.person_id == who.person_id, GroupMember.duty.in_(given.duties))
    return session.scalar(query.limit(1)) is not None


def may_keep(session: Session, incident: Incident, who: Principal) -> bool:
    """Whether somebody keeps the list: who commands the incident, a security lead, and before anybody commands those named who could."""
    if incident.commander_id == who.person_id or is_lead(session, who):
        return True
    return incident.commander_id is None and (
        bool(COMMANDING.intersection(who.posts)) or incident.owner_id == who.person_id
    )


def must_keep(session: Session, incident: Incident, who: Principal) -> None:
    """Raise NotFound to whoever may not know of the incident, Denied to whoever does not keep its list."""
    visibility.seen_by(session, incident, who)
    if not may_keep(session, incident, who):
        raise Denied(
            N_("Only who commands the incident and the security leads decide who may know of it."),
            remedy=N_("Ask one of them."),
        )


def add(session: Session, incident: Incident, person: Person, reason: str, who: Principal) -> None:
    """Name somebody, who is told; raise Invalid without a reason, Conflict where the incident is not restricted or they know already."""
    must_keep(session, incident, who)
    cited = reasoned(session, reason)
    if not incident.restricted:
        raise Conflict(N_("The incident is not restricted."), remedy=N_("Restrict it first."))
    if not person.active:
        raise Invalid(N_("This person is not active."), field="person", remedy=N_("Name somebody who is."))
    if visibility.known_to(session, incident, person):
        raise Conflict(N_("This person may know of the incident already."), remedy=N_("Look at the list of names."))
    _put(session, incident, person.id, "added", cited)
    tell(session, incident, [person], "named")


def remove(session: Session, incident: Incident, person: Person, reason: str, who: Principal) -> None:
    """Take somebody off the list; raise Conflict for the owner and holders of a role, which are handed over first, or who is not on it."""
    must_keep(session, incident, who)
    cited = reasoned(session, reason)
    held = {role.person_id for role in command_roles.of(session, incident) if role.until_at is None}
    if person.id in held or incident.owner_id == person.id:
        raise Conflict(
            N_("This person holds a role in the incident."),
            remedy=N_("Hand the role over first, then remove the name."),
        )
    if not visibility.known_to(session, incident, person):
        raise Conflict(N_("This person is not named."), remedy=N_("Look at the list of names."))
    row = _row(session, incident, person.id)
    now = clock.now(session)
    if row is None:
        row = Named(incident_id=incident.id, person_id=person.id, why="added", from_at=now, exercise=incident.exercise)
        session.add(row)
    row.until_at = now
    entries.record(session, incident, PersonUnnamed(person_id=person.id, reason=cited))


def reasoned(session: Session, reason: str) -> entries.NoteRef:
    """The reason as a note; raise Invalid without one."""
    cited = entries.note(session, reason)
    if cited is None:
        raise Invalid(N_("Say why."), field="reason", remedy=N_("Write the reason in a sentence; it stays on record."))
    return cited


def keep(session: Session, incident: Incident, person_id: int, why: str, cited: entries.NoteRef | None = None) -> None:
    """Put somebody on the list, again where they were taken off it."""
    _put(session, incident, person_id, why, cited)


def _put(session: Session, incident: Incident, person_id: int, why: str, cited: entries.NoteRef | None = None) -> None:
    row = _row(session, incident, person_id)
    if row is not None and row.until_at is None:
        return
    if row is None:
        row = Named(incident_id=incident.id, person_id=person_id, exercise=incident.exercise)
        session.add(row)
    row.why, row.from_at, row.until_at = why, clock.now(session), None
    session.flush()
    entries.record(session, incident, PersonNamed(person_id=person_id, why=why, reason=cited))


def _row(session: Session, incident: Incident, person_id: int) -> Named | None:
    return session.scalar(select(Named).where(Named.incident_id == incident.id, Named.person_id == person_id))


def everybody(session: Session, incident: Incident) -> list[tuple[Person, str]]:
    """All who may know of a restricted incident, with why: owner, a role, a page, or as in the list. In the order of their names."""
    why: dict[int, str] = {}
    for each in session.scalars(select(Page).where(Page.incident_id == incident.id)):
        why[each.person_id] = "paged"
    for row in session.scalars(select(Named).where(Named.incident_id == incident.id)):
        why.pop(row.person_id, None)
        if row.until_at is None:
            why[row.person_id] = row.why
    for role in command_roles.of(session, incident):
        if role.until_at is None:
            why[role.person_id] = "role"
    if incident.owner_id is not None:
        why[incident.owner_id] = "owner"
    people = session.scalars(select(Person).where(Person.id.in_(why)).order_by(Person.username))
    return [(person, why[person.id]) for person in people]


def tell(
    session: Session, incident: Incident, people: Sequence[Person], what: str, about: Person | None = None
) -> None:
    """A text to people about the list; in an exercise nobody is told."""
    if incident.exercise:
        return
    for person in people:
        text = {
            language: words
            % {
                "number": incident.number,
                "person": "" if about is None else about.name_zh if language == "zh" else about.name_en,
            }
            for language, words in TEXTS[what].items()
        }
        path = f"/incidents/{incident.number}/security"
        telling.tell(session, person, telling.Said(text, clock.now(session), ACT, path))
