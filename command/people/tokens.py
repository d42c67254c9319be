"""API tokens: shown once, kept as SHA-256, limited by scopes, ending by themselves."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.problems import N_, Denied, Invalid, NotFound
from command.people.access import ALL, FEEDS, Principal, known, may
from command.people.entries import TokenCreated, TokenRevoked, audit
from command.people.models import ApiToken, Person

PREFIX = "tcs_"
LONGEST_DAYS = 730
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    session: Session,
    person: Person,
    name: str,
    scopes: Iterable[str],
    *,
    days: int,
    source: str | None = None,
    by: Principal | None = None,
) -> tuple[ApiToken, str]:
    """A token of `person`, or with `source` of a machine that `person` answers for; returned with its text, which is not kept.

    Nobody (`by`) hands out more than they have. Raises Invalid and Denied."""
    wanted = _checked(scopes, source)
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(
            N_("A token lives between 1 and %(longest)d days."),
            field="expires_in_days",
            remedy=N_("Choose a number of days in that range."),
            longest=LONGEST_DAYS,
        )
    if by is not None:
        _no_more_than_theirs(by, wanted, source)
    text = PREFIX + secrets.token_urlsafe(32)
    now = clock.now(session)
    token = ApiToken(
        name=name,
        person_id=person.id,
        token_hash=digest(text),
        scopes=wanted,
        source=source,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit(
        session,
        TokenCreated(token_id=token.id, person_id=person.id, scopes=wanted, source=source, expires_at=token.expires_at),
    )
    return token, text


def _checked(scopes: Iterable[str], source: str | None) -> list[str]:
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if not (scope in FEEDS if source else scope == ALL or known(scope))]
    if unknown or not wanted:
        raise Invalid(
            N_("These scopes cannot be given: %(scopes)s.") if unknown else N_("A token needs at least one scope."),
            field="scopes",
            remedy=N_("A source's token takes %(feeds)s; a person's takes acts of the authority table, or *."),
            scopes=", ".join(unknown),
            feeds=", ".join(FEEDS),
        )
    return wanted


def _no_more_than_theirs(by: Principal, wanted: list[str], source: str | None) -> None:
    own_all = by.scopes is None or ALL in by.scopes
    lacking = [scope for scope in wanted if not (own_all if scope == ALL else source or may(by, scope))]
    if lacking or not (own_all or may(by, "manage_tokens")):
        raise Denied(
            N_("A token cannot allow more than whoever creates it may do: %(scopes)s."),
            field="scopes",
            remedy=N_("Leave these scopes out, or ask an administrator."),
            scopes=", ".join(lacking) or "manage_tokens",
        )


def revoke_token(session: Session, token_id: int, by: Principal) -> None:
    """End a token at once: one's own, or anybody's with manage_tokens. Raises NotFound."""
    token = session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if token is None or (token.person_id != by.person_id and not may(by, "manage_tokens")):
        raise NotFound(N_("There is no such token."), remedy=N_("List your tokens to see their ids."))
    if token.revoked_at is None:
        token.revoked_at = clock.now(session)
        audit(session, TokenRevoked(token_id=token.id, person_id=token.person_id))


def tokens_of(session: Session, person_id: int) -> list[ApiToken]:
    """A person's tokens that are not revoked, newest first."""
    query = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(query.order_by(ApiToken.id.desc())))


def find_by_token(session: Session, text: str) -> tuple[ApiToken, Person] | None:
    """The token and its person, if the token is valid now and the person active."""
    found = session.execute(
        select(ApiToken, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(ApiToken.token_hash == digest(text), ApiToken.revoked_at.is_(None), Person.active)
    ).one_or_none()
    return None if found is None or found[0].expires_at <= clock.now(session) else (found[0], found[1])


def note_use(database: Database, token_id: int, now: datetime) -> None:
    """Remember that a token was used, unless another request just did."""
    stale = (ApiToken.used_at.is_(None)) | (ApiToken.used_at <= now - USE_NOTED_EVERY)
    database.write(
        lambda session: session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(used_at=now))
    )


def digest(text: str) -> bytes:
    """What is kept of a token. Its 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
