"""From a request to a Principal: a Bearer token, or else the session cookie.

A request with an Authorization header ignores cookies. A session ends after twelve hours, at sign-out, and when the person's `epoch`
grows (sign-out everywhere, lock, change of posts or password)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, request
from flask_login import LoginManager, current_user
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.people import tokens
from command.people.access import Principal, here
from command.people.models import ApiToken, EndedSession, Person

LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What the signed cookie holds: whose session, of which epoch, begun when, and its own name."""

    person_id: int
    epoch: int
    begun: int
    name: str

    @classmethod
    def new(cls, person: Person, now: datetime) -> "SessionKey":
        return cls(person.id, person.epoch, int(now.timestamp()), secrets.token_hex(8))

    @classmethod
    def read(cls, text: str) -> "SessionKey | None":
        parts = text.split(".")
        if len(parts) != 4 or not all(part.isdigit() for part in parts[:3]):
            return None
        return cls(int(parts[0]), int(parts[1]), int(parts[2]), parts[3])

    def __str__(self) -> str:
        return f"{self.person_id}.{self.epoch}.{self.begun}.{self.name}"

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.begun, UTC) + LIFETIME


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session, as Flask-Login wants to see them."""

    key: SessionKey
    principal: Principal
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return str(self.key)


def install(app: Flask) -> None:
    """Teach an application who asks."""
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(text: str) -> Visitor | None:
        key = SessionKey.read(text)
        return by_session(here(), key) if key else None

    def identify() -> Principal | None:
        header = request.headers.get("Authorization")
        if header is not None:
            return by_token(here(), header)
        return current_user.principal if isinstance(current_user._get_current_object(), Visitor) else None

    app.extensions["tocsin.identify"] = identify


def by_session(installation: Installation, key: SessionKey) -> Visitor | None:
    """Whoever has this session, if it still stands."""
    with installation.database.read() as session:
        person = session.get(Person, key.person_id)
        if person is None or not _stands(session, installation, person, key):
            return None
        return Visitor(key, described(person, key=key))


def _stands(session: Session, installation: Installation, person: Person, key: SessionKey) -> bool:
    if person.epoch != key.epoch or not usable(installation, person) or clock.now(session) >= key.until:
        return False
    return not session.scalar(select(exists().where(EndedSession.id == key.name)))


def usable(installation: Installation, person: Person) -> bool:
    """Whether this account may be used here: active, and not of the demo in production."""
    return person.active and (installation.settings.demo_allowed or not person.demo)


def by_token(installation: Installation, header: str) -> Principal | None:
    """Whoever the header's token belongs to: a person within its scopes, or a machine source without posts."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    with installation.database.read() as session:
        found = tokens.find_by_token(session, text.strip())
        if found is None or not usable(installation, found[1]):
            return None
        token, person = found
        now, who = clock.now(session), described(person, token=token)
        seen, token_id = token.used_at, token.id
    if seen is None or now - seen >= tokens.USE_NOTED_EVERY:
        tokens.note_use(installation.database, token_id, now)
    return who


def described(person: Person, *, key: SessionKey | None = None, token: ApiToken | None = None) -> Principal:
    """A person as a Principal, with the session or limited by the token they came with."""
    source = token.source if token else None
    return Principal(
        person_id=person.id,
        username=person.username,
        posts=frozenset() if source else frozenset(held.post for held in person.posts),
        area_code=person.area_code,
        language=person.language,
        scopes=frozenset(token.scopes) if token else None,
        source=source,
        zone=person.zone,
        theme=person.theme,
        epoch=person.epoch,
        token_id=token.id if token else None,
        session=str(key) if key else "",
    )


def standing(session: Session, principals: Iterable[Principal]) -> frozenset[Principal]:
    """Those whose session or token still holds: asked again and again of connections that outlive a request."""
    asked = list(principals)
    now = clock.now(session)
    ids = {who.person_id for who in asked}
    epochs = dict(
        session.execute(select(Person.id, Person.epoch).where(Person.id.in_(ids), Person.active)).tuples().all()
    )
    keys = {who: SessionKey.read(who.session) for who in asked if who.session}
    names = [key.name for key in keys.values() if key]
    ended = set(session.scalars(select(EndedSession.id).where(EndedSession.id.in_(names))))
    live = select(ApiToken.id).where(
        ApiToken.id.in_([who.token_id for who in asked if who.token_id]),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > now,
    )
    tokens_live = set(session.scalars(live))

    def stands(who: Principal) -> bool:
        if who.token_id is not None:
            return who.person_id in epochs and who.token_id in tokens_live
        key = keys.get(who)
        return key is not None and epochs.get(who.person_id) == key.epoch and key.name not in ended and now < key.until

    return frozenset(filter(stands, asked))


def end(session: Session, key: SessionKey) -> None:
    """Remember that a session was signed out, so that a copy of its cookie is worth nothing; forget those long over."""
    now = clock.now(session)
    session.execute(delete(EndedSession).where(EndedSession.until < now))
    if session.get(EndedSession, key.name) is None:
        session.add(EndedSession(id=key.name, until=key.until))
