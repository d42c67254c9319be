"""The verbs of people: create, lock, give posts and passwords, look at a number."""

from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.keys import Keyring
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.people.access import Principal, must
from command.people.authority import ByDeputy, Override, Post
from command.people.entries import (
    PasswordSet,
    PersonCreated,
    PersonLocked,
    PostsChanged,
    SignedOut,
    Unmasked,
    audit,
)
from command.people.identity import SessionKey, end
from command.people.models import EmergencyGroup, GroupMember, Person, PersonPost
from command.people.roster import GroupCard, PersonCard, Roster


def create_person(
    session: Session,
    keyring: Keyring,
    card: PersonCard,
    *,
    password_hash: str | None = None,
    demo: bool = False,
) -> Person:
    """Somebody new. Raises Conflict where the username is taken."""
    if session.scalar(select(Person.id).where(Person.username == card.username)):
        raise Conflict(
            N_("The username %(username)s is taken."),
            field="username",
            remedy=N_("Choose another."),
            username=card.username,
        )
    person = _add(session, keyring, card, password_hash=password_hash, demo=demo)
    session.flush()
    _created(session, person)
    return person


def _add(session: Session, keyring: Keyring, card: PersonCard, *, password_hash: str | None, demo: bool) -> Person:
    person = Person(
        username=card.username, password_hash=password_hash, demo=demo, epoch=0, created_at=clock.now(session)
    )
    _describe(person, keyring, card)
    person.posts = [PersonPost(post=post) for post in card.posts]
    session.add(person)
    return person


def _created(session: Session, person: Person) -> None:
    audit(session, PersonCreated(person_id=person.id, posts=sorted(held.post for held in person.posts)))


def _describe(person: Person, keyring: Keyring, card: PersonCard) -> None:
    person.name_zh, person.name_en = card.name.zh, card.name.en
    person.department = card.department
    person.area_code = card.area
    person.language = card.language
    index = keyring.index(card.number)
    if person.number_index != index:
        person.number, person.number_index = keyring.encrypt(card.number), index


def find(session: Session, person_id: int) -> Person:
    """A person, locked for this unit of work. Raises NotFound."""
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound(N_("There is no such person."), remedy=N_("List the people to see their ids."))
    return person


def set_password(session: Session, person: Person, password_hash: str) -> None:
    """A new password (hashed with passwords.hashed); every session of theirs ends."""
    person.password_hash = password_hash
    person.epoch += 1
    audit(session, PasswordSet(person_id=person.id))


def set_posts(session: Session, person: Person, posts: Iterable[str]) -> None:
    """The posts a person holds from now on; if they change, every session of theirs ends. Raises Invalid."""
    after, before = sorted(set(posts)), sorted(held.post for held in person.posts)
    unknown = set(after) - set(Post)
    if unknown:
        raise Invalid(
            N_("There is no post %(post)s."),
            field="posts",
            remedy=N_("Use some of: %(known)s."),
            post=min(unknown),
            known=", ".join(Post),
        )
    if after == before:
        return
    held = {kept.post: kept for kept in person.posts}
    person.posts = [held.get(post) or PersonPost(post=post) for post in after]
    person.epoch += 1
    audit(session, PostsChanged(person_id=person.id, before=before, after=after))


def lock_person(session: Session, person: Person) -> None:
    """Nobody signs in as this person any more, and every session and token of theirs ends."""
    if person.active:
        person.active = False
        person.epoch += 1
        audit(session, PersonLocked(person_id=person.id))


def sign_out(session: Session, key: SessionKey) -> None:
    """End one session, at once and in every process."""
    end(session, key)
    audit(session, SignedOut(person_id=key.person_id, everywhere=False))


def sign_out_everywhere(session: Session, person: Person) -> None:
    """End every session of a person; tokens stay."""
    person.epoch += 1
    audit(session, SignedOut(person_id=person.id, everywhere=True))


def choose(
    session: Session, person_id: int, *, language: str | None = None, theme: str | None = None, zone: str | None = None
) -> None:
    """Remember the language (zh, en), the theme (dark, light, system) or the zone (an IANA name; "" for the operator's) somebody chose."""
    chosen: dict[str, str | None] = {"language": language, "theme": theme, "zone": zone}
    values = {name: value or None for name, value in chosen.items() if value is not None}
    session.execute(update(Person).where(Person.id == person_id).values(values))


def unmask(
    session: Session, keyring: Keyring, person: Person, reason: str, by: Principal, *, override: bool = False
) -> str:
    """The whole number of a person, for a reason that is kept, on record. Raises Denied and NotFound."""
    decision = must(by, "unmask", override=override)
    if person.number is None:
        raise NotFound(N_("This person has no number on file."), remedy=N_("Reach them another way."))
    how: Literal["alone", "deputy", "override"] = "alone"
    if isinstance(decision, ByDeputy | Override):
        how = "deputy" if isinstance(decision, ByDeputy) else "override"
    note_id, note_hash = journal.add_note(session, reason, by.actor)
    audit(session, Unmasked(person_id=person.id, how=how, note_id=note_id, note_hash=note_hash))
    return keyring.decrypt(person.number)


def load_people(
    session: Session, keyring: Keyring, roster: Roster, *, password_hash: str | None = None, demo: bool = False
) -> dict[str, int]:
    """Bring people, posts and emergency groups to what a roster says; return the ids by username. Loading twice changes nothing.

    People and groups the roster does not name stay as they are; a password already set is kept."""
    known = {person.username: person for person in session.scalars(select(Person))}
    fresh = []
    for card in roster.people:
        person = known.get(card.username)
        if person is None:
            known[card.username] = _add(session, keyring, card, password_hash=password_hash, demo=demo)
            fresh.append(known[card.username])
            continue
        _describe(person, keyring, card)
        person.password_hash = person.password_hash or password_hash
        set_posts(session, person, card.posts)
    session.flush()
    for person in fresh:
        _created(session, person)
    ids = {card.username: known[card.username].id for card in roster.people}
    _load_groups(session, roster.groups, ids)
    return ids


def _load_groups(session: Session, cards: Sequence[GroupCard], ids: dict[str, int]) -> None:
    known = {group.code: group for group in session.scalars(select(EmergencyGroup))}
    groups = [known.get(card.code) or EmergencyGroup(code=card.code) for card in cards]
    for group, card in zip(groups, cards, strict=True):
        group.name_zh, group.name_en = card.name.zh, card.name.en
        group.echelon, group.area_code = card.echelon, card.area
    session.add_all(groups)
    session.flush()
    session.execute(delete(GroupMember).where(GroupMember.group_id.in_([group.id for group in groups])))
    session.add_all(
        GroupMember(group_id=group.id, duty=member.duty, rank=rank, person_id=ids[username])
        for group, card in zip(groups, cards, strict=True)
        for member in card.members
        for rank, username in enumerate(member.everyone())
    )
