"""What the audit stream keeps of people: sign-ins, tokens, posts and looks at personal numbers. Typed names and addresses are only
kept as keyed indexes: a password typed into the wrong field must not be read here."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload


class SignedIn(Payload, kind="people.signed_in"):
    person_id: int
    address_index: str


class SignInFailed(Payload, kind="people.sign_in_failed"):
    name_index: str
    address_index: str


class SignInLocked(Payload, kind="people.sign_in_locked"):
    name_index: str
    address_index: str
    until: datetime


class GlassSealed(Payload, kind="people.glass_sealed"):
    glass_id: int


class GlassBroken(Payload, kind="people.glass_broken"):
    glass_id: int
    person_id: int


class SignedOut(Payload, kind="people.signed_out"):
    person_id: int
    everywhere: bool


class PersonCreated(Payload, kind="people.created"):
    person_id: int
    posts: list[str]


class PersonLocked(Payload, kind="people.locked"):
    person_id: int


class PasswordSet(Payload, kind="people.password_set"):
    person_id: int


class PostsChanged(Payload, kind="people.posts_changed"):
    person_id: int
    before: list[str]
    after: list[str]


class TokenCreated(Payload, kind="people.token_created"):
    token_id: int
    person_id: int
    scopes: list[str]
    source: str | None
    expires_at: datetime


class TokenRevoked(Payload, kind="people.token_revoked"):
    token_id: int
    person_id: int


class Unmasked(Payload, kind="people.unmasked"):
    person_id: int
    how: Literal["alone", "deputy", "override"]
    note_id: int
    note_hash: str


def audit(session: Session, payload: Payload) -> None:
    """Record an entry in this month's audit stream."""
    journal.record(session, journal.month("audit", clock.now(session)), payload)
