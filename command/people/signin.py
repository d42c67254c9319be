"""Signing in: limited per name and per address, the same answer and about the same time whether or not a name exists."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Unauthenticated
from command.people import break_glass, entries, limits, passwords
from command.people.entries import audit
from command.people.identity import SessionKey, Visitor, described, usable
from command.people.models import Person

PER_NAME = 5
PER_ADDRESS = 30
"""Wrong tries in WINDOW. A control room shares one address: more than one person must be able to mistype."""
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)

WRONG = N_("The username or the password is wrong.")


def authenticate(installation: Installation, username: str, password: str, address: str) -> Visitor:
    """A new session of whoever this is. Raises Unauthenticated, or TooMany while the name or the address is locked.

    The try is counted before the password is looked at, so that tries at once cannot slip past the limit; hashing happens
    between units of work, never inside one."""
    tried = Try(installation, username, address)
    database = installation.database
    if break_glass.is_one(password):
        return _by_glass(installation, tried, username, password)
    locked = database.write(tried.count, actor="system:sign-in")
    person_id, stored = _account(installation, username)
    if not passwords.matches(stored, password):
        database.write(lambda session: tried.failed(session, locked), actor="system:sign-in")
        raise Unauthenticated(
            WRONG, remedy=N_("Correct them and try again; after five wrong tries the name is locked for 15 minutes.")
        )
    return database.write(lambda session: tried.succeeded(session, person_id), actor=f"person:{person_id}")


def _by_glass(installation: Installation, tried: "Try", username: str, code: str) -> Visitor:
    """Let a locked-out person in by the sealed code; it works whatever is locked, and once."""
    person_id, _ = _account(installation, username)

    def work(session: Session) -> Visitor | None:
        if person_id and break_glass.broken(session, code, person_id):
            return tried.succeeded(session, person_id)
        tried.failed(session, None)
        return None

    visitor = installation.database.write(work, actor=f"person:{person_id}" if person_id else "system:sign-in")
    if visitor is None:
        raise Unauthenticated(
            WRONG, remedy=N_("A sealed code works once; make a new one with `tocsin admin break-glass`.")
        )
    return visitor


def _account(installation: Installation, username: str) -> tuple[int, str | None]:
    """Id and password hash of whoever may sign in by this name; no hash where nobody may."""
    with installation.database.read() as session:
        person = session.scalar(select(Person).where(Person.username == username))
        if person is None or not usable(installation, person):
            return 0, None
        return person.id, person.password_hash


class Try:
    """One try to sign in, known by the keyed indexes of the name and the address only."""

    def __init__(self, installation: Installation, username: str, address: str) -> None:
        self.name = installation.keyring.index("sign-in name " + username.strip().lower()).hex()
        self.address = installation.keyring.index("sign-in address " + address).hex()

    def count(self, session: Session) -> datetime | None:
        by_address = limits.hit(session, f"sign-in:address:{self.address}", PER_ADDRESS, WINDOW, lock=LOCK)
        by_name = limits.hit(session, f"sign-in:name:{self.name}", PER_NAME, WINDOW, lock=LOCK)
        return by_name or by_address

    def failed(self, session: Session, locked: datetime | None) -> None:
        audit(session, entries.SignInFailed(name_index=self.name, address_index=self.address))
        if locked:
            audit(session, entries.SignInLocked(name_index=self.name, address_index=self.address, until=locked))

    def succeeded(self, session: Session, person_id: int) -> Visitor:
        person = session.get_one(Person, person_id)
        limits.give_back(session, f"sign-in:address:{self.address}")
        limits.clear(session, f"sign-in:name:{self.name}")
        audit(session, entries.SignedIn(person_id=person.id, address_index=self.address))
        key = SessionKey.new(person, clock.now(session))
        return Visitor(key, described(person, key=key))
